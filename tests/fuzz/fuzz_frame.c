/*
 * fuzz_frame.c - a stream in pieces through the reader, and every message
 * through the decoder.  The first byte sets the size of the pieces.
 */
#include "wire/decode.h"
#include "wire/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(struct kq_reader *r)
{
    struct kq_decode_opts opts = {.views = true, .max_size = 1 << 22};
    struct kq_msg msg;
    struct kq_err err;
    while (kq_reader_next(r, &msg, &err) == 1) {
        kq_unref(kq_decode_msg(&msg, &opts, &err));
        kq_msg_release(&msg);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    size_t piece = data[0] + 1u;
    struct kq_reader *r = kq_reader_new(1 << 22);
    for (size_t at = 1; at < size; at += piece) {
        kq_reader_feed(r, data + at, piece < size - at ? piece : size - at);
        take(r);
    }
    uint64_t total;
    kq_reader_pending(r, &total);
    kq_reader_free(r);
    kq_header_plausible(data, size);
    return 0;
}

/*
 * fuzz_wirefile.c - a wire file in pieces; what is read, written again, must
 * be the same bytes.  The first byte sets the size of the pieces.
 */
#include "wire/wirefile.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    size_t piece = data[0] + 1u;
    struct kq_wirefile f;
    struct kq_wirerec rec;
    struct kq_err err;
    struct kq_out out;
    kq_out_init_mem(&out);
    kq_wirefile_begin(&out);
    kq_wirefile_init(&f);
    for (size_t at = 1; at < size; at += piece) {
        kq_wirefile_feed(&f, data + at, piece < size - at ? piece : size - at);
        while (kq_wirefile_next(&f, &rec, &err) == 1)
            kq_wirefile_put(&out, &rec);
    }
    kq_wirefile_end(&f, &err);
    if (f.seen_magic && (out.len > size - 1 || memcmp(out.buf, data + 1, out.len) != 0))
        abort();
    kq_wirefile_release(&f);
    kq_out_release(&out);
    return 0;
}

/*
 * fuzz_decompress.c - a compressed frame whose length is made right; what
 * comes out must compress to something that gives it back.
 */
#include "wire/compress.h"
#include "wire/header.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void check_plain(const struct kq_rcbuf *plain)
{
    uint8_t *small = malloc(plain->len / 2 + 1);
    size_t n = kq_compress(plain->data, plain->len, small);
    if (n) {
        struct kq_rcbuf *again = kq_decompress(small, n, plain->len, NULL);
        must(again && again->len == plain->len);
        must(memcmp(again->data, plain->data, plain->len) == 0);
        kq_rcbuf_unref(again);
    }
    free(small);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < KQ_HEADER_LEN)
        return 0;
    uint8_t *frame = malloc(size), start[100];
    memcpy(frame, data, size);
    struct kq_header head = {
        .big = data[0] & 1, .kind = KQ_ASYNC, .compressed = data[2] & 1 ? 1 : 2, .total = size};
    kq_header_put(frame, &head);
    struct kq_rcbuf *plain = kq_decompress(frame, size, 1 << 22, NULL);
    size_t n = kq_decompress_prefix(frame, size, start, sizeof start);
    if (plain) {
        must(n == (plain->len < sizeof start ? plain->len : sizeof start));
        must(memcmp(start, plain->data, n) == 0);
        check_plain(plain);
    }
    kq_rcbuf_unref(plain);
    free(frame);
    return 0;
}

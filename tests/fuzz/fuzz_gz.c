/*
 * fuzz_gz.c - compressed streams: in one piece and byte by byte they must give
 * the same, and never more than the limit.
 */
#include "base/gz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LIMIT = 100000 };

static bool in_pieces(const uint8_t *data, size_t size, struct kq_buf *out)
{
    struct kq_err err;
    struct kq_gz *z = kq_gz_inflate_new(LIMIT);
    bool ok = true;
    for (size_t i = 0; i < size && ok; i++)
        ok = kq_gz_feed(z, data + i, 1, out, &err);
    ok = ok && kq_gz_finish(z, NULL, &err);
    kq_gz_free(z);
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kq_buf whole, pieces;
    struct kq_err err;
    kq_buf_init(&whole, 2 * LIMIT);
    kq_buf_init(&pieces, 2 * LIMIT);
    bool ok = kq_gz_inflate(data, size, LIMIT, &whole, &err);
    if (in_pieces(data, size, &pieces) != ok || whole.len > LIMIT || pieces.len > LIMIT)
        abort();
    if (ok && (whole.len != pieces.len || memcmp(whole.data, pieces.data, whole.len) != 0))
        abort();
    kq_buf_release(&whole);
    kq_buf_release(&pieces);
    return 0;
}

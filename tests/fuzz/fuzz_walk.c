/*
 * fuzz_walk.c - visiting a body with all paths, measuring it, and guessing
 * what it calls.  In the first byte, bit 0 is the byte order.
 */
#include "wire/walk.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    bool big = data[0] & 1;
    struct kq_walk w;
    struct kq_step step;
    struct kq_err err;
    struct kq_buf path;
    size_t len, last = 0;
    kq_buf_init(&path, 1 << 16);
    kq_walk_init(&w, data + 1, size - 1, big, 100, 0);
    int got;
    while ((got = kq_walk_next(&w, &step, &err)) == 1) {
        kq_buf_clear(&path);
        kq_walk_path(&w, &step, &path);
        last = step.end;
    }
    /* The walk limits nesting, measuring does not. */
    if (got == 0 && (kq_measure(data + 1, size - 1, big, &len, &err) != 1 || len != last))
        abort();
    struct kq_call call = kq_peek_call(data + 1, size - 1, big);
    if (call.text.len > size || call.fn.len > size || call.table.len > size)
        abort();
    kq_walk_release(&w);
    kq_buf_release(&path);
    return 0;
}

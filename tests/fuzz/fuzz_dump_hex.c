/*
 * fuzz_dump_hex.c - hex text in pieces: never more bytes than digits, and the
 * same whatever the pieces are.
 */
#include "hexin.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bytes that come out, and a sum of them. */
static uint64_t run(const uint8_t *data, size_t size, size_t piece, size_t *bytes)
{
    struct dump_hexin h;
    uint64_t sum = 0;
    int got = 0;
    *bytes = 0;
    dump_hexin_init(&h);
    for (size_t at = 0; at < size && got >= 0; at += piece) {
        const char *p = (const char *)data + at;
        size_t n = size - at < piece ? size - at : piece;
        while ((got = dump_hexin_next(&h, &p, &n, NULL)) > 0) {
            for (size_t i = 0; i < h.bytes.len; i++)
                sum = sum * 31 + h.bytes.data[i];
            *bytes += h.bytes.len;
        }
    }
    dump_hexin_release(&h);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t n[2];
    uint64_t a = run(data, size, size + 1, &n[0]), b = run(data, size, 3, &n[1]);
    if (a != b || n[0] != n[1] || 2 * n[0] > size)
        abort();
    dump_hexin_detect(data, size);
    return 0;
}

/*
 * hex.c - each line is laid out in place in the output buffer.
 */
#include "text/hex.h"

#include "base/num.h"

#include <string.h>

enum {
    PER_LINE = 16,
    HEX_WIDTH = 5 * PER_LINE / 2, /* "6162 " for each pair */
    ASCII_AT = HEX_WIDTH + 1,     /* after one more blank */
};

/* Hex and ASCII of n <= 16 bytes; returns the bytes used. */
static size_t put_line(char *d, const uint8_t *p, size_t n)
{
    memset(d, ' ', ASCII_AT);
    for (size_t i = 0; i < n; i++) {
        kq_fmt_hex(d + 5 * (i / 2) + 2 * (i % 2), p + i, 1);
        d[ASCII_AT + i] = p[i] >= 0x20 && p[i] < 0x7f ? (char)p[i] : '.';
    }
    d[ASCII_AT + n] = '\n';
    return ASCII_AT + n + 1;
}

/* Eight hex digits and more when the offset needs them. */
static void put_offset(struct kq_out *o, uint64_t at)
{
    uint8_t be[8];
    for (int i = 0; i < 8; i++)
        be[i] = (uint8_t)(at >> (56 - 8 * i));
    size_t skip = at >> 32 ? 0 : 4;
    kq_fmt_hex(kq_out_reserve(o, 2 * sizeof be), be + skip, sizeof be - skip);
    kq_out_advance(o, 2 * (sizeof be - skip));
    kq_out_write(o, ": ", 2);
}

void kq_hex_dump(struct kq_out *o, const uint8_t *p, size_t n, uint64_t base, const char *prefix)
{
    for (size_t at = 0; at < n; at += PER_LINE) {
        size_t len = n - at < PER_LINE ? n - at : PER_LINE;
        kq_out_puts(o, prefix);
        put_offset(o, base + at);
        kq_out_advance(o, put_line(kq_out_reserve(o, 128), p + at, len));
    }
}

void kq_hex_plain(struct kq_out *o, const uint8_t *p, size_t n)
{
    enum { BLOCK = 4096 };
    for (size_t at = 0; at < n; at += BLOCK) {
        size_t len = n - at < BLOCK ? n - at : BLOCK;
        kq_fmt_hex(kq_out_reserve(o, 2 * BLOCK), p + at, len);
        kq_out_advance(o, 2 * len);
    }
}

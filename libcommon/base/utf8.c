/*
 * utf8.c - eight ASCII bytes at a time, everything else one by one.
 */
#include "base/utf8.h"

#include "base/digits.h"

size_t kq_utf8_ascii(const char *s, size_t len)
{
    size_t i = 0;
    for (; len - i >= 8; i += 8) {
        uint64_t high = kq_load8(s + i) & KQ_BYTES8(0x80);
        if (high)
            return i + (size_t)__builtin_ctzll(high) / 8;
    }
    while (i < len && (unsigned char)s[i] < 0x80)
        i++;
    return i;
}

size_t kq_utf8_len(char lead)
{
    unsigned char c = (unsigned char)lead;
    if (c < 0x80)
        return 1;
    if (c < 0xc2 || c > 0xf4)
        return 0;
    return c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

size_t kq_utf8_decode(const char *s, size_t len, uint32_t *cp)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = len ? kq_utf8_len(*s) : 0;
    if (n == 0 || n > len)
        return 0;
    uint32_t v = (unsigned char)*s;
    if (n > 1)
        v &= 0x7fu >> n;
    for (size_t i = 1; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if ((c & 0xc0) != 0x80)
            return 0;
        v = v << 6 | (c & 0x3f);
    }
    if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
        return 0;
    *cp = v;
    return n;
}

size_t kq_utf8_prefix(const char *s, size_t len)
{
    size_t i = 0;
    for (;;) {
        i += kq_utf8_ascii(s + i, len - i);
        uint32_t cp;
        size_t n = kq_utf8_decode(s + i, len - i, &cp);
        if (n == 0)
            return i;
        i += n;
    }
}

size_t kq_utf8_encode(char *dst, uint32_t cp)
{
    if (cp < 0x80) {
        dst[0] = (char)cp;
        return 1;
    }
    if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        return 0;
    size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--) {
        dst[i] = (char)(0x80 | (cp & 0x3f));
        cp >>= 6;
    }
    dst[0] = (char)((0xf00u >> n & 0xff) | cp);
    return n;
}

size_t kq_utf8_count(const char *s, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; count++) {
        uint32_t cp;
        size_t n = kq_utf8_decode(s + i, len - i, &cp);
        i += n ? n : 1;
    }
    return count;
}

/*
 * digits.h - decimal and hexadecimal digits, eight at a time.
 *
 * Text output and text input both spend their time in digits, so the kernels
 * are inline and work on eight digits in one 64-bit word: no branch, no table
 * of lengths.  A "digit word" holds the digit that is written first in its
 * lowest byte, as values 0..9 (not ASCII), whatever the host's byte order.
 * num, fnum and cal are made of these; hot loops elsewhere may use them too.
 */
#ifndef KQ_BASE_DIGITS_H
#define KQ_BASE_DIGITS_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* "000102...9899": two digits for every number below 100. */
extern const char kq_digits2[201];
/* "000102...feff": two lower-case hex digits for every byte. */
extern const char kq_hex2[513];

/* The byte `c` in all eight places. */
#define KQ_BYTES8(c) (UINT64_C(0x0101010101010101) * (uint8_t)(c))

/* Eight bytes of text as a word, first byte lowest, and back. */
static inline uint64_t kq_load8(const char *s)
{
    uint64_t w;
    memcpy(&w, s, sizeof w);
    return le64toh(w);
}
static inline void kq_store8(char *dst, uint64_t w)
{
    w = htole64(w);
    memcpy(dst, &w, sizeof w);
}

/* The first `n` <= 8 bytes of `s` as a word, zeros above; reads no others. */
static inline uint64_t kq_load_upto8(const char *s, size_t n)
{
    if (n >= 8)
        return kq_load8(s);
    if (n >= 4) {
        uint32_t low, high;
        memcpy(&low, s, 4);
        memcpy(&high, s + n - 4, 4);
        return le32toh(low) | (uint64_t)le32toh(high) << (8 * (n - 4));
    }
    if (n == 0)
        return 0;
    uint64_t w = (unsigned char)s[0];
    w |= (uint64_t)(unsigned char)s[n / 2] << (8 * (n / 2));
    return w | (uint64_t)(unsigned char)s[n - 1] << (8 * (n - 1));
}

/*
 * Fixed-width output with leading zeros; `v` must have no more digits than
 * the name says.  Exactly that many bytes are written.
 */
static inline void kq_put2(char *dst, uint32_t v)
{
    memcpy(dst, kq_digits2 + 2 * v, 2);
}
static inline void kq_put3(char *dst, uint32_t v)
{
    dst[0] = (char)('0' + v / 100);
    kq_put2(dst + 1, v % 100);
}
static inline void kq_put4(char *dst, uint32_t v)
{
    kq_put2(dst, v / 100);
    kq_put2(dst + 2, v % 100);
}

/* The digit word of v < 100000000. */
static inline uint64_t kq_digits8(uint32_t v)
{
    uint64_t x = v / 10000 | (uint64_t)(v % 10000) << 32;
    uint64_t q = (x * 10486 >> 20) & UINT64_C(0x0000007f0000007f);
    x = q | (x - 100 * q) << 16;
    q = (x * 103 >> 10) & UINT64_C(0x000f000f000f000f);
    return q | (x - 10 * q) << 8;
}
static inline void kq_put8(char *dst, uint32_t v)
{
    kq_store8(dst, kq_digits8(v) | KQ_BYTES8('0'));
}
static inline void kq_put9(char *dst, uint32_t v)
{
    kq_put8(dst, v / 10);
    dst[8] = (char)('0' + v % 10);
}

/* v < 100000000 without leading zeros: returns its 1..8 digits, writes 8 bytes. */
static inline size_t kq_put_upto8(char *dst, uint32_t v)
{
    uint64_t w = kq_digits8(v);
    unsigned lead = (unsigned)__builtin_ctzll(w | UINT64_C(1) << 56) / 8;
    kq_store8(dst, (w | KQ_BYTES8('0')) >> (8 * lead));
    return 8 - lead;
}

/* True when every byte of the (candidate) digit word is 0..9. */
static inline bool kq_digits8_ok(uint64_t w)
{
    return (((w + KQ_BYTES8(0x76)) | w) & KQ_BYTES8(0x80)) == 0;
}
/* The number that a valid digit word spells. */
static inline uint32_t kq_digits8_value(uint64_t w)
{
    w = w * 10 + (w >> 8); /* pairs in bytes 0, 2, 4, 6 */
    uint64_t a = (w & UINT64_C(0x000000ff000000ff)) * (100 + (UINT64_C(1000000) << 32));
    uint64_t b = (w >> 16 & UINT64_C(0x000000ff000000ff)) * (1 + (UINT64_C(10000) << 32));
    return (uint32_t)((a + b) >> 32);
}

/*
 * The first `n` bytes of the text `w`, 1..8, as a (candidate) digit word with
 * zeros in front; what `w` has beyond them does not matter.
 */
static inline uint64_t kq_digits_from_text(uint64_t w, size_t n)
{
    return (w ^ KQ_BYTES8('0')) << (8 * (8 - n));
}

/*
 * Take the first point out of a candidate digit word: returns the digits that
 * follow it and closes the gap; -1 when there is none.  A second point stays
 * and is no digit.
 */
static inline int kq_digits_take_point(uint64_t *w)
{
    uint64_t y = *w ^ KQ_BYTES8('.' ^ '0');
    uint64_t hit = (y - KQ_BYTES8(1)) & ~y & KQ_BYTES8(0x80);
    if (!hit)
        return -1;
    hit &= -hit;
    *w = (*w & ((hit >> 7) - 1)) << 8 | (*w & ~((hit << 1) - 1));
    return 7 - __builtin_ctzll(hit) / 8;
}

static inline bool kq_is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

#endif

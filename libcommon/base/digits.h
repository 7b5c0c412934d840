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

static inline bool kq_is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

#endif

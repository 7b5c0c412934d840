/*
 * pow10.h - powers of ten to 128 bits, logarithms without floating point, and
 * the bits of doubles.
 *
 * Converting between doubles and decimal text, in either direction and to any
 * number of digits, is one multiplication by a power of ten plus a proof that
 * the rounding is right.  This is the multiplier; the proofs are in fnum.c and
 * fparse.c, which share this header.
 */
#ifndef KQ_BASE_POW10_H
#define KQ_BASE_POW10_H

#include <stdint.h>
#include <string.h>

/* v = (bits & (HIDDEN - 1) | HIDDEN) * 2^(exponent field - BIAS), if normal. */
enum { KQ_F64_FRAC = 52, KQ_F64_BIAS = 1075 };
#define KQ_F64_HIDDEN (UINT64_C(1) << KQ_F64_FRAC)
#define KQ_F64_INF    UINT64_C(0x7ff0000000000000)

static inline uint64_t kq_f64_bits(double v)
{
    uint64_t b;
    memcpy(&b, &v, sizeof b);
    return b;
}
static inline double kq_f64_from(uint64_t b)
{
    double v;
    memcpy(&v, &b, sizeof v);
    return v;
}

/* What doubles need: 17 digits of the least denormal up to the smallest 10^k that matters. */
enum { KQ_POW10_MIN = -342, KQ_POW10_MAX = 341 };

/*
 * 10^k = (hi * 2^64 + lo + d) * 2^(kq_log2_pow10(k) - 127) with 0 <= d < 1;
 * the top bit of hi is set.  d is 0, and the row exact, for 0 <= k <= 55.
 */
struct kq_pow10 {
    uint64_t hi, lo;
};
extern const struct kq_pow10 kq_pow10_table[KQ_POW10_MAX - KQ_POW10_MIN + 1];

static inline struct kq_pow10 kq_pow10(int k)
{
    return kq_pow10_table[k - KQ_POW10_MIN];
}

/* floor(log2(10^k)) for |k| <= 1233. */
static inline int kq_log2_pow10(int k)
{
    return (k * 1741647) >> 19;
}

/* floor(log10(2^e)) for |e| <= 2620. */
static inline int kq_log10_pow2(int e)
{
    return (e * 315653) >> 20;
}

#endif

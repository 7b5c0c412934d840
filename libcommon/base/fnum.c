/*
 * fnum.c - one multiplication by a 128-bit power of ten, then a proof.
 *
 * To `prec` digits: v is scaled so that its integer part has that many digits;
 * the 64-bit product is off by less than two units, so unless the fraction is
 * that close to one half the rounding is certain.  Near one half the full
 * product decides, or plain integer division, or at last snprintf.
 * Shortest: short decimals are tried first; then Schubfach (Raffaello
 * Giulietti, "The Schubfach way to render doubles", 2020).
 */
#include "base/fnum.h"

#include "base/digits.h"
#include "base/pow10.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef unsigned __int128 u128;

static const uint64_t ten_to[20] = {
    UINT64_C(1),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
    UINT64_C(10000000000000000000),
};

/* Bits of a real. */
enum { F32_FRAC = 23, F32_BIAS = 150 };

/* ---- from digits to text ---- */

/* Digits d (the first is not 0) times 10^x, with the point after the first. */
struct dec {
    uint64_t d;
    int x;
};

/* The text of 17 digits, in registers: storing and loading again would stall. */
struct digits {
    char first;
    uint64_t mid, last; /* eight each, as ASCII */
    int n;              /* without the zeros at the end */
};

/* `d` has 17 digits. */
static inline struct digits spread(uint64_t d)
{
    uint64_t high = d / 100000000;
    uint64_t mid = kq_digits8((uint32_t)(high % 100000000));
    uint64_t last = kq_digits8((uint32_t)(d % 100000000));
    int n = mid ? 9 - __builtin_clzll(mid) / 8 : 1;
    return (struct digits){
        .first = (char)('0' + high / 100000000),
        .mid = mid | KQ_BYTES8('0'),
        .last = last | KQ_BYTES8('0'),
        .n = last ? 17 - __builtin_clzll(last) / 8 : n,
    };
}

/* "e+07": sign always, at least `least` (1 or 2) digits. */
static size_t put_exponent(char *dst, int x, int least)
{
    dst[0] = 'e';
    dst[1] = x < 0 ? '-' : '+';
    uint32_t a = (uint32_t)(x < 0 ? -x : x);
    if (a >= 100) {
        kq_put3(dst + 2, a);
        return 5;
    }
    if (a < 10 && least == 1) {
        dst[2] = (char)('0' + a);
        return 3;
    }
    kq_put2(dst + 2, a);
    return 4;
}

/* ddd.ddd for 0 <= x <= 20. */
static inline size_t put_fixed(char *dst, const struct digits *g, int x)
{
    dst[0] = g->first;
    kq_store8(dst + 1, g->mid);
    kq_store8(dst + 9, g->last);
    kq_store8(dst + 17, KQ_BYTES8('0'));
    if (g->n <= x + 1)
        return (size_t)(x + 1);
    dst[x + 1] = '.';
    if (x <= 8) {
        kq_store8(dst + x + 2, g->mid >> (4 * x) >> (4 * x));
        kq_store8(dst + 10, g->last);
    } else {
        kq_store8(dst + x + 2, g->last >> (8 * (x - 8)));
    }
    return (size_t)(g->n + 1);
}

/* 0.000ddd for -6 <= x < 0. */
static inline size_t put_below_one(char *dst, const struct digits *g, int x)
{
    memcpy(dst, "0.00000", 8);
    dst += 1 - x;
    dst[0] = g->first;
    kq_store8(dst + 1, g->mid);
    kq_store8(dst + 9, g->last);
    return (size_t)(1 - x + g->n);
}

/* d.ddde+xx */
static inline size_t put_scientific(char *dst, const struct digits *g, int x, int least)
{
    dst[0] = g->first;
    dst[1] = '.';
    kq_store8(dst + 2, g->mid);
    kq_store8(dst + 10, g->last);
    size_t n = (size_t)(g->n > 1 ? g->n + 1 : 1);
    return n + put_exponent(dst + n, x, least);
}

/* %g: `d` has 17 digits. */
static size_t layout_g(char *dst, struct dec v, int prec)
{
    struct digits g = spread(v.d);
    if (v.x >= 0 && v.x < prec)
        return put_fixed(dst, &g, v.x);
    if (v.x < 0 && v.x >= -4)
        return put_below_one(dst, &g, v.x);
    return put_scientific(dst, &g, v.x, 2);
}

/* Number::toString of ECMAScript: `d` has 17 digits. */
static size_t layout_json(char *dst, struct dec v)
{
    struct digits g = spread(v.d);
    if (v.x >= 0 && v.x < 21)
        return put_fixed(dst, &g, v.x);
    if (v.x < 0 && v.x >= -6)
        return put_below_one(dst, &g, v.x);
    return put_scientific(dst, &g, v.x, 1);
}

/* %g again, for 8 digits in one register. */
static inline size_t layout_g8(char *dst, struct dec v, int prec)
{
    uint64_t w = kq_digits8((uint32_t)v.d);
    size_t n = 8 - (size_t)__builtin_clzll(w) / 8;
    w |= KQ_BYTES8('0');
    if ((unsigned)v.x < (unsigned)prec) {
        size_t whole = (size_t)v.x + 1;
        kq_store8(dst, w);
        dst[whole] = '.';
        kq_store8(dst + whole + 1, w >> (8 * v.x) >> 8);
        return n > whole ? n + 1 : whole;
    }
    if (v.x < 0 && v.x >= -4) {
        memcpy(dst, "0.000", 5);
        kq_store8(dst + 1 - v.x, w);
        return (size_t)(1 - v.x) + n;
    }
    dst[0] = (char)w;
    dst[1] = '.';
    kq_store8(dst + 2, w >> 8);
    n += n > 1;
    return n + put_exponent(dst + n, v.x, 2);
}

/* ---- a given number of digits ---- */

/* v = m * 2^(e - 63), the top bit of m set. */
struct bin {
    uint64_t m;
    int e;
};

static struct bin normalise(uint64_t bits)
{
    uint64_t frac = bits & (KQ_F64_HIDDEN - 1);
    int be = (int)(bits >> KQ_F64_FRAC);
    if (be)
        return (struct bin){(frac | KQ_F64_HIDDEN) << 11, be - 1023};
    int z = __builtin_clzll(frac);
    return (struct bin){frac << z, -1011 - z};
}

/* floor(log10(v)): a guess from the exponent, corrected by one comparison. */
static int log10_floor(struct bin v)
{
    int x = kq_log10_pow2(v.e) + 1;
    struct kq_pow10 g = kq_pow10(x);
    int below = (int)(v.e < kq_log2_pow10(x)) | (int)(v.m < g.hi + (g.lo != 0));
    return x - below;
}

/* The last resort: libc, read back digit by digit. */
static struct dec digits_libc(double v, int p)
{
    char t[KQ_NUM_MAX];
    snprintf(t, sizeof t, "%.*e", p - 1, v);
    struct dec r = {0, 0};
    const char *s = t;
    for (; *s != 'e'; s++) {
        if (kq_is_digit(*s))
            r.d = r.d * 10 + (uint64_t)(*s - '0');
    }
    r.x = atoi(s + 1);
    return r;
}

/* The integer v / 10^k rounded half to even, for 1 <= k <= 19. */
static uint64_t round_integer(uint64_t v, int k)
{
    uint64_t q = v / ten_to[k], r = v % ten_to[k], half = ten_to[k] / 2;
    return q + (r > half || (r == half && (q & 1)));
}

/*
 * The fraction is so close to one half that 64 bits do not decide: try all
 * 192 bits of the product (exact while the power of ten is), then integers.
 */
static uint64_t round_close(struct bin b, int scale, int shift, int *unsure)
{
    struct kq_pow10 g = kq_pow10(scale);
    u128 low = (u128)b.m * g.lo;
    u128 prod = (u128)b.m * g.hi + (low >> 64);
    u128 half = (u128)1 << (shift + 63), frac = prod & (2 * half - 1);
    uint64_t d = (uint64_t)(prod >> 64) >> shift;
    bool exact = scale >= 0 && scale <= 55;
    if (exact && frac == half && (uint64_t)low == 0)
        return d + (d & 1);
    if (exact || frac + 2 < half || frac > half)
        return d + (frac >= half);
    if (b.e < 64 && b.e >= 0 && scale >= -19 && !(b.m << b.e << 1))
        return round_integer(b.m >> (63 - b.e), -scale);
    *unsure = 1;
    return 0;
}

/* v > 0 to exactly p digits, rounded half to even on its exact value. */
static struct dec digits_fixed(double v, int p)
{
    struct bin b = normalise(kq_f64_bits(v));
    struct dec r = {.x = log10_floor(b)};
    int scale = p - 1 - r.x;
    u128 prod = (u128)b.m * kq_pow10(scale).hi;
    uint64_t hi = (uint64_t)(prod >> 64);
    int shift = 62 - b.e - kq_log2_pow10(scale);
    uint64_t half = UINT64_C(1) << (shift - 1), frac = hi & (2 * half - 1);
    r.d = (hi >> shift) + (frac >= half);
    if (frac - (half - 1) <= 1 && (frac < half || (uint64_t)prod == 0)) {
        int unsure = 0;
        r.d = round_close(b, scale, shift, &unsure);
        if (unsure)
            return digits_libc(v, p);
    }
    if (r.d == ten_to[p]) {
        r.d = ten_to[p - 1];
        r.x++;
    }
    return r;
}

/* Zero, infinities and nans, as printf writes them. */
static size_t put_special(char *dst, uint64_t bits)
{
    const char *word = bits == 0 ? "0" : bits == KQ_F64_INF ? "inf" : "nan";
    size_t n = strlen(word);
    memcpy(dst, word, n);
    return n;
}

/* kq_fmt_f64 of v >= 0 without shortcuts. */
static __attribute__((noinline)) size_t fmt_general(char *dst, double v, int prec)
{
    uint64_t bits = kq_f64_bits(v);
    if (bits - 1 >= KQ_F64_INF - 1)
        return put_special(dst, bits);
    struct dec r = digits_fixed(v, prec);
    if (prec <= 8) {
        r.d *= ten_to[8 - prec];
        return layout_g8(dst, r, prec);
    }
    r.d *= ten_to[17 - prec];
    return layout_g(dst, r, prec);
}

/*
 * digits_fixed for normal v and at most 8 digits, without its last doubts: the
 * fraction has 35 bits or more here, so 2^-33 around one half is a generous
 * "too close".  A wrong log10_floor next to a power of ten does not matter to
 * so few digits: 9.999999999 and 10.00000000 both round to 10^prec.
 */
size_t kq_fmt_f64(char *dst, double v, int prec)
{
    const uint64_t close = UINT64_C(1) << 31;
    uint64_t bits = kq_f64_bits(v), sign = bits >> 63;
    dst[0] = '-';
    dst += sign;
    v = fabs(v);
    int be = (int)(bits >> KQ_F64_FRAC & 0x7ff);
    if (prec < 1 || prec > 8 || be == 0 || be == 0x7ff)
        return sign + fmt_general(dst, v, prec >= 1 && prec <= 17 ? prec : 17);
    struct bin b = {bits << 11 | UINT64_C(1) << 63, be - 1023};
    int up = kq_log10_pow2(b.e) + 1;
    int x = up - ((int)(b.e < kq_log2_pow10(up)) | (int)(b.m < kq_pow10(up).hi));
    int scale = prec - 1 - x;
    uint64_t hi = (uint64_t)((u128)b.m * kq_pow10(scale).hi >> 64);
    int shift = 62 - b.e - kq_log2_pow10(scale);
    uint64_t frac = hi << (64 - shift);
    uint64_t d = ((hi >> shift) + (frac >> 63)) * ten_to[8 - prec];
    if (frac + close - (UINT64_C(1) << 63) < 2 * close || d >= 100000000)
        return sign + fmt_general(dst, v, prec);
    return sign + layout_g8(dst, (struct dec){d, x}, prec);
}

size_t kq_fmt_f32(char *dst, float v, int prec)
{
    return kq_fmt_f64(dst, (double)v, prec);
}

/* ---- the shortest digits ---- */

/* High bits of g * c / 2^128; the lowest bit says that there was a remainder. */
static uint64_t round_to_odd(struct kq_pow10 g, uint64_t c)
{
    u128 low = (u128)g.lo * c;
    u128 y = (u128)g.hi * c + (low >> 64);
    return (uint64_t)(y >> 64) | ((uint64_t)y > 1);
}

/* The power of ten rounded up, as Schubfach wants it. */
static struct kq_pow10 pow10_up(int k)
{
    struct kq_pow10 g = kq_pow10(k);
    g.lo += k < 0 || k > 55;
    g.hi += g.lo == 0 && k > 55;
    return g;
}

/* Digits and the exponent of their last place. */
struct sdec {
    uint64_t d;
    int k;
};

/* Shortest decimal in the rounding interval of c * 2^q (Schubfach, section 9). */
static inline struct sdec schubfach(uint64_t c, int q, bool closer)
{
    uint64_t odd = c & 1;
    int k = (q * 1262611 - (closer ? 524031 : 0)) >> 22;
    int h = q + kq_log2_pow10(-k) + 1;
    struct kq_pow10 g = pow10_up(-k);
    uint64_t lower = round_to_odd(g, (4 * c - 2 + closer) << h) + odd;
    uint64_t mid = round_to_odd(g, 4 * c << h);
    uint64_t upper = round_to_odd(g, (4 * c + 2) << h) - odd;
    /*
     * s or its successor, rounded to tens if that lies within: which of them is
     * a matter of chance, so choose without branches.
     */
    uint64_t s = mid / 4, tens = s / 10 * 10;
    unsigned down10 = lower <= 4 * tens, up10 = 4 * tens + 40 <= upper;
    unsigned down = lower <= 4 * s, up = 4 * s + 4 <= upper;
    unsigned near = (unsigned)(mid > 4 * s + 2) | ((unsigned)(mid == 4 * s + 2) & (s & 1));
    uint64_t ones = s + near + (-(uint64_t)(down ^ up) & (up - (uint64_t)near));
    tens += 10 * up10;
    uint64_t pick = -(uint64_t)((unsigned)(s >= 10) & (down10 ^ up10));
    return (struct sdec){ones ^ ((ones ^ tens) & pick), k};
}

/* Decimal digits of v > 0 (v < 10^19). */
static int count_digits(uint64_t v)
{
    int n = (64 - __builtin_clzll(v)) * 1233 >> 12;
    return n + (v >= ten_to[n]);
}

static inline size_t put_shortest(char *dst, uint64_t c, int q, bool closer)
{
    struct sdec s = schubfach(c, q, closer);
    int n = count_digits(s.d);
    return layout_json(dst, (struct dec){s.d * ten_to[17 - n], s.k + n - 1});
}

/*
 * Decimals for people.  If r / 10^k is v, then r, having no more than 15
 * digits, is the only decimal as short as that (DBL_DIG), so the shortest one
 * is r without its zeros.  Those that return 0 found that v is not so.
 */

/* r / 10^4 for r < 10^8. */
static inline size_t put_decimal4(char *dst, uint32_t r)
{
    uint64_t w = kq_digits8(r);
    unsigned lead = (unsigned)__builtin_ctz((uint32_t)w | UINT32_C(1) << 24) / 8;
    uint32_t frac = (uint32_t)(w >> 32);
    w |= KQ_BYTES8('0');
    kq_store8(dst, w >> (8 * lead));
    dst += 4 - lead;
    dst[0] = '.';
    kq_store8(dst + 1, w >> 32);
    return frac ? 9 - lead - (unsigned)__builtin_clz(frac) / 8 : 4 - lead;
}

/* Below 10^8, at most seven digits after the point; from 1e-6. */
static size_t put_decimal7(char *dst, double v)
{
    int64_t r = (int64_t)(v * 1e7 + 0.5);
    if ((double)r / 1e7 != v || r < 10)
        return 0;
    size_t n = kq_put_upto8(dst, (uint32_t)(r / 10000000));
    uint64_t w = kq_digits8((uint32_t)(r % 10000000) * 10);
    dst[n] = '.';
    kq_store8(dst + n + 1, w | KQ_BYTES8('0'));
    return w ? n + 9 - (size_t)__builtin_clzll(w) / 8 : n;
}

/* Whole and below 2^53. */
static size_t put_whole(char *dst, double v)
{
    int64_t r = (int64_t)v;
    if ((double)r != v)
        return 0;
    int n = count_digits((uint64_t)r);
    return layout_json(dst, (struct dec){(uint64_t)r * ten_to[17 - n], n - 1});
}

/* v > 0 and finite, by Schubfach. */
static __attribute__((noinline)) size_t put_any(char *dst, double v)
{
    uint64_t bits = kq_f64_bits(v), frac = bits & (KQ_F64_HIDDEN - 1);
    int be = (int)(bits >> KQ_F64_FRAC);
    if (be == 0)
        return put_shortest(dst, frac, 1 - KQ_F64_BIAS, false);
    return put_shortest(dst, frac | KQ_F64_HIDDEN, be - KQ_F64_BIAS, frac == 0 && be > 1);
}

static __attribute__((noinline)) size_t short_general(char *dst, double v)
{
    size_t n = 0;
    uint64_t bits = kq_f64_bits(v);
    if (bits - 1 >= KQ_F64_INF - 1)
        return put_special(dst, bits);
    if (v < 1e8)
        n = put_decimal7(dst, v);
    else if (v < 0x1p53)
        n = put_whole(dst, v);
    return n ? n : put_any(dst, v);
}

size_t kq_fmt_f64_short(char *dst, double v)
{
    size_t sign = kq_f64_bits(v) >> 63;
    dst[0] = '-';
    dst += sign;
    v = fabs(v);
    if (v < 1e4) {
        int32_t r = (int32_t)(v * 1e4 + 0.5);
        if ((double)r / 1e4 == v)
            return sign + put_decimal4(dst, (uint32_t)r);
    }
    return sign + short_general(dst, v);
}

static __attribute__((noinline)) size_t short_general_f32(char *dst, float v)
{
    uint32_t bits, hidden = UINT32_C(1) << F32_FRAC;
    memcpy(&bits, &v, sizeof bits);
    uint32_t frac = bits & (hidden - 1);
    int be = (int)(bits >> F32_FRAC);
    if (be == 0xff)
        return put_special(dst, kq_f64_bits((double)v));
    if (be == 0)
        return put_shortest(dst, frac, 1 - F32_BIAS, false);
    return put_shortest(dst, frac | hidden, be - F32_BIAS, frac == 0 && be > 1);
}

/* As for doubles, with the 6 digits of FLT_DIG: four decimals or two. */
size_t kq_fmt_f32_short(char *dst, float v)
{
    size_t sign = kq_f64_bits((double)v) >> 63;
    dst[0] = '-';
    dst += sign;
    v = fabsf(v);
    int32_t unit = v < 100 ? 10000 : 100;
    if (v < 1e4f) {
        int32_t r = (int32_t)((double)v * unit + 0.5);
        if ((float)((double)r / unit) == v)
            return sign + put_decimal4(dst, (uint32_t)(r * (10000 / unit)));
    }
    return sign + short_general_f32(dst, v);
}

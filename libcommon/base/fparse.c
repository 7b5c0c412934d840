/*
 * fparse.c - short numbers in digit words, others by the method of Lemire.
 *
 * Clinger's observation covers nearly everything people write: a mantissa
 * below 2^53 and a power of ten up to 10^22 are exact doubles, so one division
 * rounds correctly.  Beyond that comes the algorithm of Daniel Lemire ("Number
 * parsing at a gigabyte per second", 2021), and strtod for the rare rest, on
 * text without a decimal point, which makes it blind to the locale.
 */
#include "base/fparse.h"

#include "base/digits.h"
#include "base/pow10.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef unsigned __int128 u128;

/* What the text says: (+/-) w * 10^x, where `cut` tells that w lost digits. */
struct scan {
    uint64_t w;
    int64_t x;
    const char *digits; /* first significant digit, and the end of the mantissa */
    const char *end;
    bool neg;
    bool cut;
};

enum { W_DIGITS = 19 }; /* any 19 digits fit 64 bits */

/* [eE][+-]digits up to `e`; far away exponents saturate. */
static bool scan_exponent(const char *s, const char *e, int64_t *x)
{
    bool neg = s < e && *s == '-';
    s += s < e && (*s == '-' || *s == '+');
    if (s == e)
        return false;
    int64_t v = 0;
    for (; s < e; s++) {
        if (!kq_is_digit(*s))
            return false;
        if (v < 1000000000)
            v = v * 10 + (*s - '0');
    }
    *x += neg ? -v : v;
    return true;
}

/* Eight digits at once, if the next eight bytes are that and fit in. */
static inline bool scan_eight(struct scan *r, const char *s, const char *e, int n)
{
    if (e - s < 8 || n > W_DIGITS - 8)
        return false;
    uint64_t digits = kq_load8(s) ^ KQ_BYTES8('0');
    if (!kq_digits8_ok(digits))
        return false;
    r->w = r->w * 100000000 + kq_digits8_value(digits);
    return true;
}

/* Digits and at most one point; false when there is no digit. */
static bool scan_mantissa(struct scan *r, const char *s, const char *e)
{
    const char *start = s, *point = NULL;
    int n = 0;
    bool any = false;
    while (s < e) {
        if (scan_eight(r, s, e, n)) {
            any = true;
            n += 8;
            r->x -= point ? 8 : 0;
            s += 8;
            continue;
        }
        unsigned digit = (unsigned char)(*s - '0');
        if (digit < 10) {
            any = true;
            if (n < W_DIGITS) {
                r->w = r->w * 10 + digit;
                n += r->w != 0;
                r->x -= point != NULL;
            } else {
                r->cut |= digit != 0;
                r->x += !point;
            }
        } else if (*s == '.' && !point) {
            point = s;
        } else {
            break;
        }
        s++;
    }
    r->digits = start;
    r->end = s;
    return any;
}

static bool scan_number(struct scan *r, const char *s, size_t len)
{
    const char *e = s + len;
    *r = (struct scan){.neg = len && *s == '-'};
    s += len && (*s == '-' || *s == '+');
    if (!scan_mantissa(r, s, e))
        return false;
    if (r->end == e)
        return true;
    return (*r->end | 0x20) == 'e' && scan_exponent(r->end + 1, e, &r->x);
}

/* w * 10^x by Lemire's algorithm; false where it cannot decide. */
static bool lemire(uint64_t w, int64_t x, double *v)
{
    if (x < KQ_POW10_MIN || x > 308)
        return false;
    int z = __builtin_clzll(w);
    w <<= z;
    struct kq_pow10 g = kq_pow10((int)x);
    u128 prod = (u128)w * g.hi;
    if (((uint64_t)(prod >> 64) & 0x1ff) == 0x1ff && (uint64_t)prod + w < w) {
        u128 low = (u128)w * g.lo;
        prod += low >> 64;
        if (((uint64_t)(prod >> 64) & 0x1ff) == 0x1ff && (uint64_t)prod + 1 == 0 &&
            (uint64_t)low + w < w)
            return false;
    }
    uint64_t hi = (uint64_t)(prod >> 64);
    int msb = (int)(hi >> 63);
    uint64_t m = hi >> (msb + 9);
    if ((uint64_t)prod == 0 && (hi & 0x1ff) == 0 && (m & 3) == 1)
        return false;
    m = (m + (m & 1)) >> 1;
    int e = kq_log2_pow10((int)x) + 63 - z + msb + 1023;
    if (m >> 53) {
        m >>= 1;
        e++;
    }
    if (e < 1 || e > 2046)
        return false;
    *v = kq_f64_from((uint64_t)e << KQ_F64_FRAC | (m & (KQ_F64_HIDDEN - 1)));
    return true;
}

/*
 * The number again as "digits e exponent" for strtod, without a point.  768
 * digits decide the rounding of any double; what follows can only say "and a
 * little more".
 */
enum { SLOW_DIGITS = 800, SLOW_TEXT = SLOW_DIGITS + 32 };

static void slow_text(const struct scan *r, int64_t exp10, char *t)
{
    size_t n = 0;
    bool point = false, more = false;
    int64_t x = exp10;
    for (const char *s = r->digits; s < r->end; s++) {
        if (*s == '.') {
            point = true;
        } else if (n < SLOW_DIGITS) {
            x -= point;
            t[n] = *s;
            n += n || *s != '0';
        } else {
            more |= *s != '0';
            x += !point;
        }
    }
    if (more) {
        t[n++] = '1';
        x--;
    }
    snprintf(t + n, SLOW_TEXT - n, "%se%lld", n ? "" : "0", (long long)x);
}

/* The exponent that the text itself gives; it has been checked before. */
static int64_t written_exponent(const struct scan *r, const char *s, size_t len)
{
    int64_t x = 0;
    if (r->end < s + len)
        (void)scan_exponent(r->end + 1, s + len, &x);
    return x;
}

static const double exact[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static double magnitude(const struct scan *r, const char *s, size_t len)
{
    if (!r->cut && r->w <= KQ_F64_HIDDEN * 2 && r->x >= -22 && r->x <= 22)
        return r->x < 0 ? (double)r->w / exact[-r->x] : (double)r->w * exact[r->x];
    double v, above;
    if (r->w == 0)
        return 0;
    if (lemire(r->w, r->x, &v) && (!r->cut || (lemire(r->w + 1, r->x, &above) && above == v)))
        return v;
    char t[SLOW_TEXT];
    slow_text(r, written_exponent(r, s, len), t);
    return strtod(t, NULL);
}

static __attribute__((noinline)) bool parse_general(const char *s, size_t len, double *v)
{
    struct scan r;
    if (!scan_number(&r, s, len))
        return false;
    double m = magnitude(&r, s, len);
    *v = r.neg ? -m : m;
    return true;
}

/*
 * 9..16 bytes of digits and at most one point, as two digit words: the digits
 * in *m, those after the point in *decimals.
 */
static inline bool two_words(const char *s, size_t len, uint64_t *m, int *decimals)
{
    uint64_t head = kq_digits_from_text(kq_load8(s), len - 8);
    uint64_t tail = kq_load8(s + len - 8) ^ KQ_BYTES8('0');
    int in_tail = kq_digits_take_point(&tail);
    int in_head = in_tail < 0 ? kq_digits_take_point(&head) : -1;
    *decimals = in_tail >= 0 ? in_tail : in_head >= 0 ? in_head + 8 : 0;
    *m = kq_digits8_value(head) * (in_tail >= 0 ? UINT64_C(10000000) : UINT64_C(100000000)) +
         kq_digits8_value(tail);
    return kq_digits8_ok(head) && kq_digits8_ok(tail);
}

/* Digits and perhaps a point in at most 16 bytes; the rest has the general reader. */
bool kq_parse_f64(const char *s, size_t len, double *v)
{
    uint64_t sign = len && *s == '-', m;
    const char *t = s + sign;
    size_t n = len - sign;
    int decimals;
    if (n - 1 < 8) {
        uint64_t w = kq_digits_from_text(kq_load_upto8(t, n), n);
        decimals = kq_digits_take_point(&w);
        m = kq_digits8_value(w);
        if (!kq_digits8_ok(w) || (n == 1 && decimals == 0))
            return parse_general(s, len, v);
        decimals += decimals < 0;
    } else if (n - 1 >= 16 || !two_words(t, n, &m, &decimals) || m > 2 * KQ_F64_HIDDEN) {
        return parse_general(s, len, v);
    }
    *v = kq_f64_from(kq_f64_bits((double)(int64_t)m / exact[decimals]) | sign << 63);
    return true;
}

/*
 * Through the double, unless that lies half way between two reals (it may have
 * been rounded there) or where reals are denormal.
 */
bool kq_parse_f32(const char *s, size_t len, float *v)
{
    double d;
    if (!kq_parse_f64(s, len, &d))
        return false;
    const uint64_t half = UINT64_C(1) << 28;
    *v = (float)d;
    if ((kq_f64_bits(d) & (2 * half - 1)) == half || (fabs(d) < 0x1p-126 && d != 0)) {
        struct scan r;
        char t[SLOW_TEXT];
        (void)scan_number(&r, s, len);
        slow_text(&r, written_exponent(&r, s, len), t);
        float m = strtof(t, NULL);
        *v = r.neg ? -m : m;
    }
    return true;
}

/*
 * test_fnum.c - float text against libc, which rounds correctly but slowly,
 * and the power table against plain long arithmetic.
 */
#include "base/fnum.h"
#include "base/fparse.h"
#include "base/pow10.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t seed = UINT64_C(88172645463325252);

static uint64_t rnd(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static double from_bits(uint64_t bits)
{
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

/* Doubles of every kind in turn: what people have, and what is hard. */
static double sample(int i)
{
    uint64_t r = rnd();
    switch (i % 8) {
    case 0: return from_bits(r);                                       /* anything */
    case 1: return from_bits(r & UINT64_C(0x800fffffffffffff));        /* denormal */
    case 2: return (double)(r % 100000000) / 10000;                    /* a price */
    case 3: return (double)((int64_t)r >> (r % 63)) / 2;               /* halves: ties */
    case 4: return (double)(r >> (rnd() % 64));                        /* whole */
    case 5: return (double)(r % 1000) * pow(10, (int)(r >> 20) % 320); /* round */
    case 6: return ldexp(1, (int)(r % 2098) - 1074);                   /* powers of two */
    default: return (double)(r % 4096) / 1024;                         /* binary fractions */
    }
}

/* Text of v into `t`, NUL-terminated. */
static const char *fmt(char *t, double v, int prec)
{
    t[kq_fmt_f64(t, v, prec)] = 0;
    return t;
}

static const char *fmt_short(char *t, double v)
{
    t[kq_fmt_f64_short(t, v)] = 0;
    return t;
}

static void prints_as_q_does(void **state)
{
    (void)state;
    static const struct {
        double v;
        int prec;
        const char *want;
    } cases[] = {
        {123456789, 7, "1.234568e+08"},
        {1.0 / 7, 7, "0.1428571"},
        {1e7, 7, "1e+07"},
        {5, 7, "5"},
        {-0.5, 7, "-0.5"},
        {100, 7, "100"},
        {1.0 / 3, 0, "0.33333333333333331"},
        {9.223372036854775807e18, 7, "9.223372e+18"},
        {0, 7, "0"},
        {-0.0, 7, "-0"},
        {1234567.5, 7, "1234568"},
        {1234566.5, 7, "1234566"},
        {9999999.6, 7, "1e+07"},
        {12345675, 7, "1.234568e+07"},
        {0.0001, 7, "0.0001"},
        {0.00001, 7, "1e-05"},
        {5e-324, 7, "4.940656e-324"},
        {DBL_MAX, 17, "1.7976931348623157e+308"},
        {INFINITY, 7, "inf"},
        {-INFINITY, 7, "-inf"},
        {3, 1, "3"},
        {12345678, 8, "12345678"},
        {123456789012345678, 17, "1.2345678901234568e+17"},
    };
    char t[KQ_NUM_MAX];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(fmt(t, cases[i].v, cases[i].prec), cases[i].want);
}

static void agrees_with_printf(void **state)
{
    (void)state;
    char t[KQ_NUM_MAX], want[KQ_NUM_MAX];
    for (int i = 0; i < 200000; i++) {
        double v = sample(i);
        int prec = i & 8 ? 7 : 1 + (int)(rnd() % 17);
        snprintf(want, sizeof want, "%.*g", prec, v);
        if (strcmp(fmt(t, v, prec), want) != 0)
            fail_msg("%a to %d digits is \"%s\", should be \"%s\"", v, prec, t, want);
    }
}

static void shortest_is_laid_out_as_json(void **state)
{
    (void)state;
    static const struct {
        double v;
        const char *want;
    } cases[] = {
        {5, "5"},
        {0.1, "0.1"},
        {-0.0, "-0"},
        {0, "0"},
        {101.25, "101.25"},
        {1e22, "1e+22"},
        {1e21, "1e+21"},
        {123456789012345680000.0, "123456789012345680000"},
        {1e20, "100000000000000000000"},
        {0.000001, "0.000001"},
        {1.5e-7, "1.5e-7"},
        {1e23, "1e+23"},
        {9007199254740993, "9007199254740992"},
        {5e-324, "5e-324"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {DBL_MAX, "1.7976931348623157e+308"},
        {0.30000000000000004, "0.30000000000000004"},
        {1e-5, "0.00001"},
    };
    char t[KQ_NUM_MAX];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(fmt_short(t, cases[i].v), cases[i].want);
}

/* Significant digits of a number's text. */
static int significant(const char *t)
{
    int n = 0, zeros = 0;
    for (; *t && *t != 'e'; t++) {
        if (*t < '0' || *t > '9' || (*t == '0' && n == 0))
            continue;
        n++;
        zeros = *t == '0' ? zeros + 1 : 0;
    }
    return n - zeros;
}

static void shortest_reads_back(void **state)
{
    (void)state;
    char t[KQ_NUM_MAX], less[KQ_NUM_MAX];
    for (int i = 0; i < 100000; i++) {
        double v = sample(i);
        if (!isfinite(v) || v == 0)
            continue;
        if (strtod(fmt_short(t, v), NULL) != v)
            fail_msg("%a is printed as %s, which is another number", v, t);
        int n = significant(t);
        snprintf(less, sizeof less, "%.*e", n > 1 ? n - 2 : 0, v);
        if (n > 1 && strtod(less, NULL) == v)
            fail_msg("%a is printed as %s, but %s would do", v, t, less);
    }
}

static void shortest_real_reads_back(void **state)
{
    (void)state;
    char t[KQ_NUM_MAX], less[KQ_NUM_MAX];
    for (int i = 0; i < 100000; i++) {
        uint32_t bits = (uint32_t)rnd();
        float v;
        memcpy(&v, &bits, sizeof v);
        if (!isfinite(v) || v == 0)
            continue;
        t[kq_fmt_f32_short(t, v)] = 0;
        if (strtof(t, NULL) != v)
            fail_msg("real %a is printed as %s, which is another number", (double)v, t);
        int n = significant(t);
        snprintf(less, sizeof less, "%.*e", n > 1 ? n - 2 : 0, (double)v);
        if (n > 1 && strtof(less, NULL) == v)
            fail_msg("real %a is printed as %s, but %s would do", (double)v, t, less);
    }
    t[kq_fmt_f32_short(t, 0.1f)] = 0;
    assert_string_equal(t, "0.1");
    t[kq_fmt_f32_short(t, -0.0f)] = 0;
    assert_string_equal(t, "-0");
    t[kq_fmt_f32(t, 5.5f, 7)] = 0;
    assert_string_equal(t, "5.5");
}

/* Bits must agree, so that -0 differs from 0. */
static void check_parse(const char *text)
{
    double v = 42, want = strtod(text, NULL);
    if (!kq_parse_f64(text, strlen(text), &v))
        fail_msg("\"%s\" was refused", text);
    if (memcmp(&v, &want, sizeof v) != 0)
        fail_msg("\"%s\" is %a, should be %a", text, v, want);
    float f = 42, wantf = strtof(text, NULL);
    if (!kq_parse_f32(text, strlen(text), &f) || memcmp(&f, &wantf, sizeof f) != 0)
        fail_msg("\"%s\" is the real %a, should be %a", text, (double)f, (double)wantf);
}

static void reads_as_strtod_does(void **state)
{
    (void)state;
    char t[64];
    for (int i = 0; i < 100000; i++) {
        double v = sample(i);
        if (!isfinite(v))
            continue;
        snprintf(t, sizeof t, i & 16 ? "%.*g" : "%.*e", (int)(rnd() % 30), v);
        check_parse(t);
    }
}

static void reads_hard_cases(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "0",
        "-0",
        "1",
        "+1",
        ".5",
        "5.",
        "-.5e1",
        "1E5",
        "1e+5",
        "1e-5",
        "000123",
        "0.000",
        "1e400",
        "-1e400",
        "1e-400",
        "1e99999999999",
        "1e-99999999999",
        "0e99999999999",
        "9007199254740993",
        "9007199254740992.5",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "2.2250738585072011e-308",
        "4.9e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "8.5e-3",
        "1234567890123456789012345678901234567890",
        "0.000000000000000000000000000000000000000000001234567890123456789",
        "7.0060e-46",
        "1.1754943508e-38",
        "16777217",
        "16777217.0000000001",
        "340282356779733661637",
        "1.00000017881393432617187499",
        "1.00000017881393432617187500",
        "1.00000017881393432617187501",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_parse(cases[i]);
}

/* 2^-1074 + half an ulp: 767 digits are needed to see on which side it is. */
static void reads_more_digits_than_matter(void **state)
{
    (void)state;
    enum { ROOM = 2000 };
    char t[ROOM];
    int n = snprintf(t, 1200, "%.1100f", ldexp(3, -1074) / 2);
    assert_in_range(n, 1000, 1150);
    check_parse(t);
    for (int extra = 0; extra < 3; extra++) {
        int m = snprintf(t, ROOM, "0.%0300d%0700d%d", 0, 3, extra);
        assert_in_range(m, 1000, ROOM);
        check_parse(t);
        m = snprintf(t, ROOM, "9007199254740993%0700d%d.%d", 0, extra, extra);
        assert_in_range(m, 700, ROOM);
        check_parse(t);
        snprintf(t, ROOM, "9007199254740993.%0900d%d", 0, extra);
        check_parse(t);
    }
}

static void refuses_what_is_no_number(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",    "-",    "+",    ".",     "-.",    "e5",    ".e5", "1e",       "1e+",
        "1e-", "1e5x", "1..2", "1.2.3", "0x10",  "inf",   "nan", "infinity", " 1",
        "1 ",  "1,5",  "--1",  "+-1",   "1e5.5", "1_000", "1f",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double v = 42;
        float f = 42;
        if (kq_parse_f64(cases[i], strlen(cases[i]), &v) || v != 42)
            fail_msg("\"%s\" was read as %g", cases[i], v);
        assert_false(kq_parse_f32(cases[i], strlen(cases[i]), &f));
    }
}

/* Nothing beyond the slice counts: the bytes after it are digits too. */
static void stops_at_the_end_of_the_slice(void **state)
{
    (void)state;
    double v;
    assert_true(kq_parse_f64("1.2599999", 4, &v));
    assert_true(v == 1.25);
}

/* ---- the table: 10^k once more, in base 2^32 ---- */

enum { LIMBS = 80 };
struct big {
    uint32_t limb[LIMBS]; /* lowest first */
};

static void times(struct big *b, uint32_t f)
{
    uint64_t carry = 0;
    for (int i = 0; i < LIMBS; i++) {
        carry += (uint64_t)b->limb[i] * f;
        b->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    assert_int_equal(carry, 0);
}

static void divide(struct big *b, uint32_t by)
{
    uint64_t rest = 0;
    for (int i = LIMBS - 1; i >= 0; i--) {
        rest = rest << 32 | b->limb[i];
        b->limb[i] = (uint32_t)(rest / by);
        rest %= by;
    }
}

static int top_bit(const struct big *b)
{
    int i = LIMBS - 1;
    while (b->limb[i] == 0)
        i--;
    return 32 * i + 31 - __builtin_clz(b->limb[i]);
}

/* 64 bits from bit `low` upwards; bits below 0 are zeros. */
static uint64_t bits_at(const struct big *b, int low)
{
    uint64_t v = 0;
    for (int i = 63; i >= 0; i--) {
        int at = low + i;
        v = v << 1 | (at < 0 ? 0 : b->limb[at / 32] >> (at % 32) & 1);
    }
    return v;
}

static void check_row(int k, const struct big *b, int scale)
{
    int top = top_bit(b);
    struct kq_pow10 g = kq_pow10(k);
    assert_int_equal(kq_log2_pow10(k), top - scale);
    assert_int_equal(g.hi, bits_at(b, top - 63));
    assert_int_equal(g.lo, bits_at(b, top - 127));
    /* fnum.c relies on both: comparing with hi + 1, and a zero lo being exact. */
    assert_true(g.hi != UINT64_MAX);
    assert_true(g.lo != 0 || (k >= 0 && k <= 27));
}

static void power_table_is_right(void **state)
{
    (void)state;
    struct big up = {{1}}, down = {{0}};
    for (int k = 0; k <= KQ_POW10_MAX; k++) {
        check_row(k, &up, 0);
        if (k < KQ_POW10_MAX)
            times(&up, 10);
    }
    /* 10^-k as a fixed-point number; dividing by ten k times rounds down like
     * dividing once does. */
    enum { POINT = 32 * (LIMBS - 1) };
    down.limb[LIMBS - 1] = 1;
    for (int k = 0; k >= KQ_POW10_MIN; k--) {
        check_row(k, &down, POINT);
        divide(&down, 10);
    }
}

static void logarithms_are_right(void **state)
{
    (void)state;
    for (int e = -1074; e < 1024; e++) {
        char t[32];
        /* %e rounds, but no power of two is that close to a power of ten. */
        snprintf(t, sizeof t, "%.17e", ldexp(1, e));
        assert_int_equal(kq_log10_pow2(e), atoi(strchr(t, 'e') + 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_as_q_does),
        cmocka_unit_test(agrees_with_printf),
        cmocka_unit_test(shortest_is_laid_out_as_json),
        cmocka_unit_test(shortest_reads_back),
        cmocka_unit_test(shortest_real_reads_back),
        cmocka_unit_test(reads_as_strtod_does),
        cmocka_unit_test(reads_hard_cases),
        cmocka_unit_test(reads_more_digits_than_matter),
        cmocka_unit_test(refuses_what_is_no_number),
        cmocka_unit_test(stops_at_the_end_of_the_slice),
        cmocka_unit_test(power_table_is_right),
        cmocka_unit_test(logarithms_are_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

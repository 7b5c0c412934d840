/*
 * test_fnum.c - float text against libc, which rounds correctly but slowly.
 */
#include "base/fnum.h"
#include "doubles.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_as_q_does),
        cmocka_unit_test(agrees_with_printf),
        cmocka_unit_test(shortest_is_laid_out_as_json),
        cmocka_unit_test(shortest_reads_back),
        cmocka_unit_test(shortest_real_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

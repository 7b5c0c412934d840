/*
 * test_fparse.c - floats read by us and by libc must have the same bits.
 */
#include "base/fparse.h"
#include "doubles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_as_strtod_does),
        cmocka_unit_test(reads_hard_cases),
        cmocka_unit_test(reads_more_digits_than_matter),
        cmocka_unit_test(refuses_what_is_no_number),
        cmocka_unit_test(stops_at_the_end_of_the_slice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

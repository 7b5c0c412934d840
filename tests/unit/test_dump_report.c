/*
 * test_dump_report.c - the report: text made harmless, spans of time for people, slow times found.
 */
#include "findings.h"
#include "page.h"
#include "stamp.h"

#include "hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void expect_text(const char *s, size_t n, const char *expected)
{
    struct kq_out o;
    kq_out_init_mem(&o);
    dump_page_text(&o, s, n);
    kq_out_char(&o, 0);
    assert_string_equal(o.buf, expected);
    kq_out_release(&o);
}

static void text_is_harmless(void **state)
{
    (void)state;
    expect_text("", 0, "");
    expect_text("a<b>&\"c\"", 8, "a&lt;b&gt;&amp;&quot;c&quot;");
    expect_text("1\n2\0003", 5, "1&#32;2&#32;3");
    /* UTF-8 stays what it is; what is none, and what turns text around, does not. */
    expect_text("\303\274", 2, "&#252;");
    expect_text("\374", 1, "&#65533;");
    expect_text("\342\200\256x", 4, "&#65533;x");
}

static void expect_span(int64_t ns, const char *expected)
{
    struct kq_out o;
    kq_out_init_mem(&o);
    dump_span_put(&o, ns);
    kq_out_char(&o, 0);
    assert_string_equal(o.buf, expected);
    kq_out_release(&o);
}

static void spans(void **state)
{
    const int64_t ms = 1000000, s = 1000 * ms;
    (void)state;
    expect_span(-1, "-");
    expect_span(0, "0us");
    expect_span(999499, "999us");
    expect_span(999500, "1.0ms");
    expect_span(12345678, "12.3ms");
    expect_span(999 * ms + 949499, "999.9ms");
    expect_span(999 * ms + 950000, "1.00s");
    expect_span(99 * s + 994 * ms, "99.99s");
    expect_span(99 * s + 996 * ms, "1m40s");
    expect_span(3599 * s, "59m59s");
    expect_span(3600 * s, "1h00m");
    expect_span(86399 * s, "23h59m");
    expect_span(86400 * s + 3600 * s, "1d01h");
    expect_span(INT64_MAX, "106751d23h");
}

static void claimed_times_can_be_subtracted(void **state)
{
    const int64_t most = INT64_C(4294967296000000000);
    (void)state;
    assert_int_equal(dump_stamp_claimed(1704186000, 123456789), INT64_C(1704186000123456789));
    assert_int_equal(dump_stamp_claimed(-1, 999999999), -1);
    assert_int_equal(dump_stamp_claimed(INT64_MAX, 0), most);
    assert_int_equal(dump_stamp_claimed(INT64_MAX, INT64_MAX), most);
    assert_int_equal(dump_stamp_claimed(INT64_MIN, 0), -most);
    assert_int_equal(dump_stamp_claimed(INT64_MIN, INT64_MIN), -most);
}

/* `n` answers after `latency_ns` each in interval `i`. */
static void answer(struct dump_series *s, unsigned i, int64_t latency_ns, unsigned n)
{
    s->at[i].bin[dump_series_bin(latency_ns)] += n;
    if (i >= s->n)
        s->n = i + 1;
}

static struct dump_series *steady(unsigned intervals)
{
    struct dump_series *s = malloc(sizeof *s);
    dump_series_init(s);
    for (unsigned i = 0; i < intervals; i++)
        answer(s, i, 1000000, 10);
    return s;
}

static void nothing_is_slow(void **state)
{
    struct dump_slow_time t;
    struct dump_series *s = steady(0);
    (void)state;
    assert_false(dump_find_slow_time(s, &t));
    free(s);
    s = steady(50);
    assert_false(dump_find_slow_time(s, &t));
    /* A few slow ones among many do not make a slow time. */
    answer(s, 7, 1000000000, 4);
    assert_false(dump_find_slow_time(s, &t));
    free(s);
}

static void slow_time_is_found(void **state)
{
    struct dump_slow_time t;
    struct dump_series *s = steady(50);
    (void)state;
    /* From 20 to 25 with a pause, and for a moment at 40. */
    for (unsigned i = 20; i < 25; i++)
        answer(s, i, 50000000, i == 22 ? 0 : 30);
    answer(s, 40, 50000000, 25);
    assert_true(dump_find_slow_time(s, &t));
    assert_int_equal(t.from, 20);
    assert_int_equal(t.to, 25);
    assert_true(t.median_ns > 40e6 && t.median_ns < 60e6);
    assert_true(t.otherwise_ns > 0.8e6 && t.otherwise_ns < 1.3e6);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_harmless),
        cmocka_unit_test(spans),
        cmocka_unit_test(claimed_times_can_be_subtracted),
        cmocka_unit_test(nothing_is_slow),
        cmocka_unit_test(slow_time_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_stats.c - percentiles against sorted samples.
 */
#include "base/stats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static struct kq_stats s, other;

static void empty_is_all_zeros(void **state)
{
    (void)state;
    kq_stats_init(&s);
    assert_int_equal(s.count, 0);
    assert_int_equal(kq_stats_percentile(&s, 50), 0);
    assert_int_equal(kq_stats_percentile(&s, 100), 0);
    assert_true(kq_stats_mean(&s) == 0);
}

static void one_value_is_every_percentile(void **state)
{
    (void)state;
    kq_stats_init(&s);
    kq_stats_add(&s, 123456789);
    for (int p = 0; p <= 100; p += 10)
        assert_int_equal(kq_stats_percentile(&s, p), 123456789);
    assert_true(kq_stats_mean(&s) == 123456789);
}

static void small_values_are_exact(void **state)
{
    (void)state;
    kq_stats_init(&s);
    for (int i = 1; i <= 100; i++)
        kq_stats_add(&s, i);
    for (int p = 1; p <= 100; p++)
        assert_int_equal(kq_stats_percentile(&s, p), p);
    assert_int_equal(kq_stats_percentile(&s, 0), 1);
    assert_int_equal(kq_stats_percentile(&s, 99.9), 100);
    assert_true(kq_stats_mean(&s) == 50.5);
    assert_int_equal(s.min, 1);
    assert_int_equal(s.max, 100);
}

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void percentiles_are_good_to_one_percent(void **state)
{
    (void)state;
    enum { N = 20000 };
    static int64_t v[N];
    uint64_t r = 1;
    kq_stats_init(&s);
    for (int i = 0; i < N; i++) {
        r = r * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        v[i] = (int64_t)((r >> 20) >> (r % 40));
        kq_stats_add(&s, v[i]);
    }
    qsort(v, N, sizeof v[0], ascending);
    for (int p = 1; p < 100; p++) {
        int64_t want = v[N * p / 100 - 1], got = kq_stats_percentile(&s, p);
        int64_t off = got > want ? got - want : want - got;
        if (off * 100 > want)
            fail_msg("percentile %d is %lld, should be about %lld", p, (long long)got,
                     (long long)want);
    }
    assert_int_equal(kq_stats_percentile(&s, 100), v[N - 1]);
    assert_int_equal(kq_stats_percentile(&s, 0), v[0]);
}

static void extremes_have_a_bucket(void **state)
{
    (void)state;
    kq_stats_init(&s);
    kq_stats_add(&s, INT64_MAX);
    kq_stats_add(&s, -5);
    kq_stats_add(&s, INT64_MAX - 1);
    assert_int_equal(s.min, 0);
    assert_int_equal(s.max, INT64_MAX);
    assert_int_equal(kq_stats_percentile(&s, 10), 0);
    int64_t median = kq_stats_percentile(&s, 50);
    assert_true(median > INT64_MAX / 100 * 99);
}

static void merging_adds_up(void **state)
{
    (void)state;
    kq_stats_init(&s);
    kq_stats_init(&other);
    kq_stats_merge(&s, &other);
    assert_int_equal(s.count, 0);
    for (int i = 1; i <= 50; i++)
        kq_stats_add(&s, i + 50);
    for (int i = 1; i <= 50; i++)
        kq_stats_add(&other, i);
    kq_stats_merge(&s, &other);
    assert_int_equal(s.count, 100);
    assert_int_equal(s.min, 1);
    assert_int_equal(s.max, 100);
    assert_int_equal(kq_stats_percentile(&s, 50), 50);
    assert_true(kq_stats_mean(&s) == 50.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_is_all_zeros),
        cmocka_unit_test(one_value_is_every_percentile),
        cmocka_unit_test(small_values_are_exact),
        cmocka_unit_test(percentiles_are_good_to_one_percent),
        cmocka_unit_test(extremes_have_a_bucket),
        cmocka_unit_test(merging_adds_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

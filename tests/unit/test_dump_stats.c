/*
 * test_dump_stats.c - normal forms of queries, tallies, intervals of time.
 */
#include "normq.h"
#include "series.h"
#include "tally.h"

#include "hex.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void same_query(const char *text, const char *want)
{
    struct kq_buf b;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    dump_normq(&b, kq_strz(text));
    kq_buf_byte(&b, 0);
    assert_string_equal((char *)b.data, want);
    kq_buf_release(&b);
}

static void replaces_literals(void **state)
{
    (void)state;
    same_query("", "");
    same_query("2+2", "?+?");
    same_query("select from t where date=2024.01.02,sym=`IBM,price>-1.5e-3",
               "select from t where date=?,sym=?,price>?");
    same_query("select from t where sym in `a`b`c", "select from t where sym in ?");
    same_query("f[1 2 3;\"a \\\" b\";0x01ff]", "f[?;?;?]");
    same_query("x-1", "x-?");
    same_query("x - 1", "x - ?");
    same_query("(-1;2)", "(?;?)");
    same_query("t1:trade2 `a", "t1:trade2 ?");
    same_query(".z.p  \n  .u.sub[`trade;`]", ".z.p .u.sub[?;?]");
    same_query("2024.01.02D03:04:05.678901234 0Wj 0Np", "?");
    same_query("\"open", "?");
    same_query("`", "?");
    same_query("aggr[`:host:5010;.5]", "aggr[?;?]");
}

static void finds_the_table_of_a_query(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"select from trade where x", "trade"},
        {"exec a from  .ref.t", ".ref.t"},
        {"count trade", NULL},
        {"\"from x\" from y", "y"},
        {"select from (a)", NULL},
        {"upfrom x", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kq_str t = dump_normq_table(kq_strz(cases[i][0]));
        if (cases[i][1])
            assert_true(kq_str_is(t, cases[i][1]));
        else
            assert_null(t.s);
    }
}

static void keeps_names_apart(void **state)
{
    (void)state;
    struct dump_tallies *t = dump_tallies_new(100);
    char name[20];
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 300; i++) {
            snprintf(name, sizeof name, "name%d", i);
            dump_tallies_at(t, kq_strz(name))->count++;
        }
    }
    size_t n;
    struct dump_tally **all = dump_tallies_sorted(t, &n);
    assert_int_equal(n, 101);
    assert_true(kq_str_is(all[0]->key, "(other)"));
    assert_int_equal(all[0]->count, 600);
    assert_int_equal(all[1]->count, 3);
    free(all);
    dump_tallies_free(t);
}

static void knows_percentiles_of_few_and_many(void **state)
{
    (void)state;
    struct dump_tallies *t = dump_tallies_new(10);
    struct dump_latency *l = &dump_tallies_at(t, kq_strz("x"))->latency;
    assert_int_equal(dump_latency_percentile(l, 50), -1);
    for (int i = 1; i <= 10; i++)
        dump_latency_add(t, l, i * 1000);
    assert_int_equal(dump_latency_percentile(l, 50), 5000);
    assert_int_equal(dump_latency_percentile(l, 95), 10000);
    assert_int_equal(dump_latency_percentile(l, 0), 1000);
    for (int i = 11; i <= 1000; i++)
        dump_latency_add(t, l, i * 1000);
    assert_in_range(dump_latency_percentile(l, 50), 495000, 505000);
    assert_in_range(dump_latency_percentile(l, 99), 980000, 1000000);
    assert_int_equal(l->max, 1000000);
    dump_tallies_free(t);
}

static void bins_latencies_by_quarters_of_a_doubling(void **state)
{
    (void)state;
    uint64_t seed = 99;
    assert_int_equal(dump_series_bin(0), 0);
    assert_int_equal(dump_series_bin(1), 0);
    assert_int_equal(dump_series_bin(2), 4);
    assert_int_equal(dump_series_bin(INT64_MAX), DUMP_SERIES_BINS - 1);
    for (int i = 0; i < 10000; i++) {
        int64_t ns = (int64_t)(test_random(&seed) % 1000000000000);
        unsigned b = dump_series_bin(ns);
        assert_true((double)ns >= dump_series_floor(b) - 0.5 || !b);
        assert_true((double)ns <= dump_series_floor(b + 1) + 0.5);
    }
}

static void covers_any_time_with_the_same_intervals(void **state)
{
    (void)state;
    struct dump_series *s = malloc(sizeof *s);
    dump_series_init(s);
    uint64_t n = 0, bytes = 0;
    for (int64_t when = 5; when < INT64_C(100000000000); when = when * 2 + 1000000, n++) {
        struct dump_msg m;
        dump_msg_init(&m, DUMP_SYNC);
        m.last_ns = when;
        m.len = 10;
        m.latency_ns = 1000;
        dump_series_add(s, &m);
    }
    assert_in_range(s->n, 1, DUMP_SERIES_N);
    assert_true(s->width_ns * DUMP_SERIES_N > INT64_C(50000000000));
    uint64_t seen = 0, latencies = 0;
    for (unsigned i = 0; i < DUMP_SERIES_N; i++) {
        seen += s->at[i].messages;
        bytes += s->at[i].bytes[0];
        latencies += s->at[i].bin[dump_series_bin(1000)];
    }
    assert_int_equal(seen, n);
    assert_int_equal(bytes, 10 * n);
    assert_int_equal(latencies, n);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaces_literals),
        cmocka_unit_test(finds_the_table_of_a_query),
        cmocka_unit_test(keeps_names_apart),
        cmocka_unit_test(knows_percentiles_of_few_and_many),
        cmocka_unit_test(bins_latencies_by_quarters_of_a_doubling),
        cmocka_unit_test(covers_any_time_with_the_same_intervals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

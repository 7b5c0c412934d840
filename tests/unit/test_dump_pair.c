/*
 * test_dump_pair.c - responses find their requests, whatever goes on between.
 */
#include "pair.h"

#include "hex.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct rig {
    struct dump_pair pair;
    uint64_t n;
};

/* A message from bytes, seen between two times; what it found is left in *m. */
static void see(struct rig *g, struct dump_msg *m, enum dump_kind kind, bool to_client,
                const char *body, int64_t first_ns, int64_t last_ns)
{
    struct hex h = unhex(body);
    dump_msg_init(m, kind);
    m->n = g->n++;
    m->to_client = to_client;
    m->p = h.p;
    m->have = m->len = h.n;
    m->first_ns = first_ns;
    m->last_ns = last_ns;
    dump_pair_see(&g->pair, m);
    free(h.p);
    m->p = NULL;
    m->have = 0;
}

#define F "0a00 01000000 66"
#define G "0a00 01000000 67"

static void assert_ask(const struct dump_msg *m, uint64_t n, const char *query)
{
    assert_non_null(m->ask);
    assert_int_equal(m->ask->n, n);
    assert_true(kq_str_is(m->ask->query, query));
}

static void answers_come_in_order(void **state)
{
    (void)state;
    struct rig g = {0};
    struct dump_msg m;
    see(&g, &m, DUMP_SYNC, false, F, 100, 200);
    see(&g, &m, DUMP_SYNC, false, G, 300, 300);
    assert_null(m.ask);
    /* A push in between is no answer and has none. */
    see(&g, &m, DUMP_ASYNC, true, F, 310, 320);
    assert_null(m.ask);
    see(&g, &m, DUMP_RESPONSE, true, F, 500, 900);
    assert_ask(&m, 0, "f");
    assert_int_equal(m.wait_ns, 300);
    assert_int_equal(m.latency_ns, 700);
    see(&g, &m, DUMP_RESPONSE, true, F, 1000, 1000);
    assert_ask(&m, 1, "g");
    assert_int_equal(m.latency_ns, 700);
    see(&g, &m, DUMP_RESPONSE, true, F, 1100, 1100);
    assert_null(m.ask);
    assert_int_equal(m.latency_ns, -1);
    assert_false(dump_pair_unanswered(&g.pair, &m));
    dump_pair_release(&g.pair);
}

static void servers_may_ask_too(void **state)
{
    (void)state;
    struct rig g = {0};
    struct dump_msg m;
    see(&g, &m, DUMP_SYNC, false, F, 1, 1);
    see(&g, &m, DUMP_SYNC, true, G, 2, 2);
    see(&g, &m, DUMP_RESPONSE, false, F, 3, 3);
    assert_ask(&m, 1, "g");
    see(&g, &m, DUMP_RESPONSE, true, F, 4, 4);
    assert_ask(&m, 0, "f");
    dump_pair_release(&g.pair);
}

static void times_that_go_back_or_are_unknown(void **state)
{
    (void)state;
    struct rig g = {0};
    struct dump_msg m;
    see(&g, &m, DUMP_SYNC, false, F, 100, 100);
    see(&g, &m, DUMP_RESPONSE, true, F, 90, 95);
    assert_int_equal(m.latency_ns, 0);
    see(&g, &m, DUMP_SYNC, false, F, DUMP_NO_TIME, DUMP_NO_TIME);
    see(&g, &m, DUMP_RESPONSE, true, F, DUMP_NO_TIME, DUMP_NO_TIME);
    assert_ask(&m, 2, "f");
    assert_int_equal(m.latency_ns, -1);
    dump_pair_release(&g.pair);
}

static void the_rest_is_unanswered(void **state)
{
    (void)state;
    struct rig g = {0};
    struct dump_msg m;
    see(&g, &m, DUMP_SYNC, false, F, 100, 150);
    see(&g, &m, DUMP_SYNC, true, G, 200, 250);
    assert_true(dump_pair_unanswered(&g.pair, &m));
    assert_ask(&m, 0, "f");
    assert_false(m.to_client);
    assert_int_equal(m.last_ns, 150);
    assert_true(dump_pair_unanswered(&g.pair, &m));
    assert_ask(&m, 1, "g");
    assert_true(m.to_client);
    assert_false(dump_pair_unanswered(&g.pair, &m));
    dump_pair_release(&g.pair);
}

static void requests_without_end_are_forgotten(void **state)
{
    (void)state;
    struct dump_memory memory = {0};
    struct rig g = {.pair.memory = &memory};
    struct dump_msg m;
    uint64_t n = 0;
    for (int i = 0; i < 100000; i++)
        see(&g, &m, DUMP_SYNC, false, F, i, i);
    assert_in_range(memory.used, DUMP_PAIR_MAX / 2, DUMP_PAIR_MAX + 1000);
    while (dump_pair_unanswered(&g.pair, &m))
        n++;
    assert_int_equal(memory.used, 0);
    assert_in_range(n, 100, 99999);
    dump_pair_release(&g.pair);
}

static void what_was_dropped_is_answered_first(void **state)
{
    (void)state;
    struct rig g = {0};
    struct dump_msg m;
    see(&g, &m, DUMP_SYNC, false, F, 1, 1);
    dump_pair_drop(&g.pair);
    see(&g, &m, DUMP_SYNC, false, G, 2, 2);
    see(&g, &m, DUMP_RESPONSE, true, F, 3, 3);
    assert_null(m.ask);
    see(&g, &m, DUMP_RESPONSE, true, F, 4, 4);
    assert_ask(&m, 1, "g");
    dump_pair_release(&g.pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_come_in_order),
        cmocka_unit_test(servers_may_ask_too),
        cmocka_unit_test(times_that_go_back_or_are_unknown),
        cmocka_unit_test(the_rest_is_unanswered),
        cmocka_unit_test(requests_without_end_are_forgotten),
        cmocka_unit_test(what_was_dropped_is_answered_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_dump_reasm.c - segments in every order, with holes, overlaps and wrap.
 */
#include "reasm.h"

#include "hex.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* What comes out: bytes as they are, a hole of n as "<n>". */
struct seen {
    char text[4096];
    size_t len;
};

static bool on_data(void *user, const uint8_t *p, size_t n, int64_t when_ns)
{
    struct seen *s = user;
    (void)when_ns;
    memcpy(s->text + s->len, p, n);
    s->len += n;
    s->text[s->len] = 0;
    return true;
}

static bool on_gap(void *user, uint64_t n, int64_t when_ns)
{
    struct seen *s = user;
    (void)when_ns;
    s->len += (size_t)sprintf(s->text + s->len, "<%llu>", (unsigned long long)n);
    return true;
}

struct rig {
    struct dump_memory memory;
    struct dump_reasm r;
    struct seen seen;
    struct dump_reasm_out out;
};

static void begin(struct rig *g)
{
    *g = (struct rig){.out = {on_data, on_gap, NULL}};
    g->out.user = &g->seen;
    dump_reasm_init(&g->r, NULL, &g->memory);
}

static void feed(struct dump_reasm *r, const struct dump_piece *s, const struct dump_reasm_out *out)
{
    struct dump_piece copy = *s;
    uint8_t *p = malloc(s->n ? s->n : 1);
    memcpy(p, s->p, s->n);
    copy.p = p;
    assert_true(dump_reasm_segment(r, &copy, out));
    free(p);
}

static void segment(struct rig *g, uint32_t seq, const char *text)
{
    struct dump_piece s = {.p = (const uint8_t *)text, .n = strlen(text), .seq = seq};
    feed(&g->r, &s, &g->out);
}

/* A segment of which the capture lacks `missing` bytes at the end. */
static void cut_segment(struct rig *g, uint32_t seq, const char *text, size_t missing)
{
    struct dump_piece s = {
        .p = (const uint8_t *)text, .n = strlen(text), .missing = missing, .seq = seq};
    feed(&g->r, &s, &g->out);
}

static void end(struct rig *g, const char *want)
{
    dump_reasm_begin(&g->r);
    dump_reasm_flush(&g->r, 0, &g->out);
    assert_string_equal(g->seen.text, want);
    dump_reasm_release(&g->r);
    assert_int_equal(g->memory.used, 0);
}

static void passes_on_what_is_in_order(void **state)
{
    (void)state;
    struct rig g;
    begin(&g);
    dump_reasm_start(&g.r, 100);
    segment(&g, 100, "abc");
    assert_string_equal(g.seen.text, "abc");
    segment(&g, 103, "def");
    end(&g, "abcdef");
}

static void sorts_what_comes_early(void **state)
{
    (void)state;
    struct rig g;
    begin(&g);
    dump_reasm_start(&g.r, 0);
    segment(&g, 6, "ghi");
    segment(&g, 3, "def");
    assert_string_equal(g.seen.text, "");
    segment(&g, 0, "abc");
    assert_string_equal(g.seen.text, "abcdefghi");
    end(&g, "abcdefghi");
}

static void counts_bytes_once_and_the_first_win(void **state)
{
    (void)state;
    struct rig g;
    begin(&g);
    dump_reasm_start(&g.r, 0);
    segment(&g, 0, "abc");
    segment(&g, 0, "abc");
    segment(&g, 1, "XXd");
    segment(&g, 6, "gh");
    segment(&g, 5, "fXXi");
    segment(&g, 4, "eXXXXj");
    end(&g, "abcdefghij");
}

static void wraps_around(void **state)
{
    (void)state;
    for (uint32_t start = 0xfffffff0; start != 16; start++) {
        struct rig g;
        begin(&g);
        dump_reasm_start(&g.r, start);
        segment(&g, start + 8, "ijklmnop");
        segment(&g, start, "abcdefgh");
        segment(&g, start + 16, "q");
        end(&g, "abcdefghijklmnopq");
    }
}

static void gives_an_acknowledged_hole_up(void **state)
{
    (void)state;
    struct rig g;
    begin(&g);
    dump_reasm_start(&g.r, 0);
    segment(&g, 0, "abc");
    segment(&g, 8, "ijk");
    segment(&g, 13, "no");
    for (int i = 0; i < 100; i++)
        dump_reasm_tick(&g.r, 0, &g.out);
    assert_string_equal(g.seen.text, "abc");
    dump_reasm_ack(&g.r, 14);
    for (int i = 0; i < 20; i++)
        dump_reasm_tick(&g.r, 0, &g.out);
    assert_string_equal(g.seen.text, "abc");
    for (int i = 0; i < 80; i++)
        dump_reasm_tick(&g.r, 0, &g.out);
    assert_string_equal(g.seen.text, "abc<5>ijk<2>no");
    end(&g, "abc<5>ijk<2>no");
}

static void fills_a_hole_that_is_acknowledged_first(void **state)
{
    (void)state;
    struct rig g;
    begin(&g);
    dump_reasm_start(&g.r, 0);
    segment(&g, 3, "def");
    for (int i = 0; i < 1000; i++)
        dump_reasm_tick(&g.r, 0, &g.out);
    dump_reasm_ack(&g.r, 6);
    for (int i = 0; i < 30; i++)
        dump_reasm_tick(&g.r, 0, &g.out);
    segment(&g, 0, "abc");
    end(&g, "abcdef");
}

static void gives_other_holes_up_in_time(void **state)
{
    (void)state;
    struct rig g;
    begin(&g);
    dump_reasm_start(&g.r, 0);
    segment(&g, 2, "c");
    dump_reasm_tick(&g.r, INT64_C(60000000000), &g.out);
    end(&g, "<2>c");
}

static void counts_what_the_snapshot_cut_off(void **state)
{
    (void)state;
    struct rig g;
    begin(&g);
    dump_reasm_start(&g.r, 0);
    cut_segment(&g, 0, "abc", 7);
    assert_string_equal(g.seen.text, "abc<7>");
    segment(&g, 10, "k");
    /* Early, and again: the bytes that were there stay. */
    cut_segment(&g, 13, "no", 1);
    cut_segment(&g, 13, "NO", 1);
    segment(&g, 11, "lm");
    end(&g, "abc<7>klmno<1>");
}

static void reports_what_never_came_at_the_end(void **state)
{
    (void)state;
    struct rig g;
    begin(&g);
    dump_reasm_start(&g.r, 0);
    segment(&g, 0, "abc");
    dump_reasm_ack(&g.r, 8);
    end(&g, "abc<5>");
    /* One byte more is the FIN. */
    begin(&g);
    dump_reasm_start(&g.r, 0);
    segment(&g, 0, "abc");
    dump_reasm_ack(&g.r, 4);
    end(&g, "abc");
    /* A direction that was not captured at all has no holes. */
    begin(&g);
    dump_reasm_start(&g.r, 0);
    dump_reasm_ack(&g.r, 100);
    end(&g, "");
}

/* An acknowledgement alone does not take away what comes late. */
static void takes_back_what_was_given_up(void **state)
{
    (void)state;
    struct rig g;
    begin(&g);
    dump_reasm_start(&g.r, 0);
    segment(&g, 0, "abc");
    dump_reasm_ack(&g.r, 1000000);
    for (int i = 0; i < 100; i++)
        dump_reasm_tick(&g.r, 0, &g.out);
    segment(&g, 5, "fg");
    segment(&g, 7, "hi");
    end(&g, "abc<2>fghi<999991>");
}

/* Two directions into one text. */
struct pair {
    struct dump_memory memory;
    struct dump_reasm r[2];
    struct seen seen;
    struct dump_reasm_out out;
};

static void begin_pair(struct pair *g)
{
    *g = (struct pair){.out = {on_data, on_gap, NULL}};
    g->out.user = &g->seen;
    for (int i = 0; i < 2; i++) {
        dump_reasm_init(&g->r[i], &g->r[!i], &g->memory);
        dump_reasm_start(&g->r[i], 1000 * (uint32_t)i);
    }
}

static void exchange(struct pair *g, int from, uint32_t seq, uint32_t ack, const char *text)
{
    int64_t when;
    struct dump_piece s = {.p = (const uint8_t *)text,
                           .n = strlen(text),
                           .seq = 1000 * (uint32_t)from + seq,
                           .has_ack = true,
                           .ack = 1000 * (uint32_t)!from + ack};
    dump_reasm_ack(&g->r[!from], s.ack);
    if (s.n)
        feed(&g->r[from], &s, &g->out);
    for (int i = 0; i < 2; i++)
        dump_reasm_tick(&g->r[i], 0, &g->out);
    for (int i = 0; i < 4; i++) {
        while (dump_reasm_due(&g->r[i & 1], &when))
            dump_reasm_one(&g->r[i & 1], &g->out);
    }
}

static void end_pair(struct pair *g, const char *want)
{
    for (int i = 0; i < 2; i++)
        dump_reasm_flush(&g->r[i], 0, &g->out);
    assert_string_equal(g->seen.text, want);
    for (int i = 0; i < 2; i++)
        dump_reasm_release(&g->r[i]);
    assert_int_equal(g->memory.used, 0);
}

static void puts_answers_behind_what_they_acknowledge(void **state)
{
    (void)state;
    struct pair g;
    begin_pair(&g);
    exchange(&g, 1, 0, 3, "ABC");
    assert_string_equal(g.seen.text, "");
    exchange(&g, 0, 3, 3, "def");
    exchange(&g, 0, 0, 0, "abc");
    assert_string_equal(g.seen.text, "abcABCdef");
    end_pair(&g, "abcABCdef");
}

static void waits_only_so_long_for_what_was_acknowledged(void **state)
{
    (void)state;
    struct pair g;
    begin_pair(&g);
    exchange(&g, 1, 0, 30, "ABC");
    for (int i = 0; i < 100; i++)
        exchange(&g, 0, 0, 3, "");
    assert_string_equal(g.seen.text, "ABC");
    exchange(&g, 0, 30, 3, "d");
    assert_string_equal(g.seen.text, "ABC<30>d");
    /* Acknowledgements that are made up hold nobody up for good. */
    exchange(&g, 1, 3, 5000, "D");
    exchange(&g, 0, 31, 5000, "e");
    for (int i = 0; i < 100; i++)
        exchange(&g, 0, 32, 3, "");
    assert_string_equal(g.seen.text, "ABC<30>deD");
    end_pair(&g, "ABC<30>deD<4968><4996>");
}

static void begins_with_the_lowest_when_no_syn_was_seen(void **state)
{
    (void)state;
    struct rig g;
    begin(&g);
    segment(&g, 53, "def");
    segment(&g, 50, "abc");
    assert_string_equal(g.seen.text, "");
    assert_false(dump_reasm_is_ripe(&g.r));
    for (int i = 0; i < 10; i++)
        dump_reasm_tick(&g.r, 0, &g.out);
    assert_true(dump_reasm_is_ripe(&g.r));
    end(&g, "abcdef");
}

static void knows_the_end(void **state)
{
    (void)state;
    struct rig g;
    begin(&g);
    dump_reasm_start(&g.r, 0);
    dump_reasm_fin(&g.r, 3);
    assert_false(dump_reasm_finished(&g.r));
    segment(&g, 0, "abc");
    assert_true(dump_reasm_finished(&g.r));
    end(&g, "abc");
}

/* Any order, any overlap: the stream is what was sent. */
static void survives_a_shuffle(void **state)
{
    (void)state;
    uint64_t seed = 12345;
    char sent[1001];
    for (int i = 0; i < 1000; i++)
        sent[i] = (char)('a' + i % 26);
    sent[1000] = 0;
    for (int round = 0; round < 200; round++) {
        struct rig g;
        begin(&g);
        uint32_t isn = (uint32_t)test_random(&seed);
        dump_reasm_start(&g.r, isn);
        for (int i = 0; i < 400; i++) {
            size_t at = test_random(&seed) % 1000, n = 1 + test_random(&seed) % 60;
            if (n > 1000 - at)
                n = 1000 - at;
            char piece[64];
            memcpy(piece, sent + at, n);
            piece[n] = 0;
            segment(&g, isn + (uint32_t)at, piece);
        }
        segment(&g, isn, sent);
        end(&g, sent);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_on_what_is_in_order),
        cmocka_unit_test(sorts_what_comes_early),
        cmocka_unit_test(counts_bytes_once_and_the_first_win),
        cmocka_unit_test(wraps_around),
        cmocka_unit_test(gives_an_acknowledged_hole_up),
        cmocka_unit_test(fills_a_hole_that_is_acknowledged_first),
        cmocka_unit_test(gives_other_holes_up_in_time),
        cmocka_unit_test(counts_what_the_snapshot_cut_off),
        cmocka_unit_test(reports_what_never_came_at_the_end),
        cmocka_unit_test(takes_back_what_was_given_up),
        cmocka_unit_test(puts_answers_behind_what_they_acknowledge),
        cmocka_unit_test(waits_only_so_long_for_what_was_acknowledged),
        cmocka_unit_test(begins_with_the_lowest_when_no_syn_was_seen),
        cmocka_unit_test(knows_the_end),
        cmocka_unit_test(survives_a_shuffle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

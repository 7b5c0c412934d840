/*
 * test_dump_objects.c - records of logs: in pieces, cut off, damaged.
 */
#include "objects.h"

#include "hex.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define RECORD "0000 03000000 f575706400 f57400 fa 01000000" /* (`upd;`t;1i) */
enum { RECORD_LEN = 19 };

struct seen {
    int n;
    uint64_t bytes, last_off, found_n;
    int damaged, found;
};

static bool got(void *user, const uint8_t *p, size_t len, uint64_t off)
{
    struct seen *s = user;
    (void)p;
    s->n++;
    s->bytes += len;
    s->last_off = off;
    return true;
}

static void damaged(void *user, uint64_t off, const struct kq_err *err)
{
    (void)off;
    assert_int_equal(err->code, KQ_EPROTO);
    ((struct seen *)user)->damaged++;
}

static void found(void *user, uint64_t off, uint64_t n)
{
    (void)off;
    struct seen *s = user;
    s->found++;
    s->found_n += n;
}

static struct seen run(const char *text, size_t piece, bool repair, bool want_ok)
{
    struct hex h = unhex(text);
    struct dump_objects o;
    struct seen seen = {0};
    struct dump_objects_out out = {got, damaged, found, &seen};
    bool go = true;
    if (piece > h.n)
        piece = h.n;
    dump_objects_init(&o, &out, 0, 8, repair);
    for (size_t at = 0; go && at < h.n; at += piece) {
        uint8_t *copy = malloc(piece);
        size_t n = h.n - at < piece ? h.n - at : piece;
        memcpy(copy, h.p + at, n);
        go = dump_objects_feed(&o, copy, n);
        free(copy);
    }
    if (go)
        dump_objects_end(&o);
    assert_int_equal(!o.err.code, want_ok);
    dump_objects_release(&o);
    free(h.p);
    return seen;
}

static void reads_records_in_any_pieces(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < 60; piece++) {
        struct seen s = run(RECORD RECORD RECORD, piece, false, true);
        assert_int_equal(s.n, 3);
        assert_int_equal(s.bytes, 3 * RECORD_LEN);
        assert_int_equal(s.last_off, 8 + 2 * RECORD_LEN);
    }
}

static void stops_where_a_record_is_cut(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < 60; piece++) {
        struct seen s = run(RECORD RECORD "0000 03000000 f575", piece, false, false);
        assert_int_equal(s.n, 2);
        assert_int_equal(s.damaged, 1);
    }
}

static void finds_records_behind_damage(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < 90; piece++) {
        struct seen s =
            run(RECORD "2a2a2a" RECORD "0000 03000000 f575706400" RECORD, piece, true, true);
        assert_int_equal(s.n, 3);
        assert_int_equal(s.bytes, 3 * RECORD_LEN);
        assert_int_equal(s.found, 2);
        assert_int_equal(s.found_n, 3 + 11);
    }
}

static void gives_a_cut_tail_up(void **state)
{
    (void)state;
    struct seen s = run(RECORD "0000 03000000 f575", 7, true, true);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.damaged, 1);
    assert_int_equal(s.found, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_records_in_any_pieces),
        cmocka_unit_test(stops_where_a_record_is_cut),
        cmocka_unit_test(finds_records_behind_damage),
        cmocka_unit_test(gives_a_cut_tail_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

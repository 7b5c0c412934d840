/*
 * test_walk.c - visiting bodies: order, ranges, paths, lengths, calls.
 */
#include "wire/walk.h"

#include "hex.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* One line for each step: kind, range, type, path. */
static void assert_walk(const char *hex, const char *want)
{
    struct hex h = unhex(hex);
    struct kq_walk w;
    struct kq_step s;
    struct kq_buf text;
    struct kq_err err = {0};
    kq_buf_init(&text, KQ_BUF_NOMAX);
    kq_walk_init(&w, h.p, h.n, false, 0, 0);
    while (kq_walk_next(&w, &s, &err) == 1) {
        kq_buf_printf(&text, "%c%zu-%zu t%d ", "=<>"[s.kind], s.item.at, s.end, s.item.type);
        kq_walk_path(&w, &s, &text);
        kq_buf_byte(&text, '\n');
    }
    assert_string_equal(err.msg, "");
    kq_buf_byte(&text, 0);
    assert_string_equal((char *)text.data, want);
    kq_buf_release(&text);
    kq_walk_release(&w);
    free(h.p);
}

static void steps_and_paths(void **state)
{
    (void)state;
    assert_walk("fa01000000", "=0-5 t-6 \n");
    assert_walk("0000 02000000 f56100 0000 01000000 6500", "<0-0 t0 \n"
                                                           "=6-9 t-11 [0]\n"
                                                           "<9-0 t0 [1]\n"
                                                           "=15-17 t101 [1][0]\n"
                                                           ">9-17 t0 [1]\n"
                                                           ">0-17 t0 \n");
    assert_walk("6200 63 0b00 02000000 6100 6200 0000 02000000 0600 01000000 02000000 "
                "0000 01000000 f661",
                "<0-0 t98 \n"
                "<2-0 t99 \n"
                "=3-13 t11 (key)\n"
                "<13-0 t0 \n"
                "=19-29 t6 .a\n"
                "<29-0 t0 .b\n"
                "=35-37 t-10 .b[0]\n"
                ">29-37 t0 .b\n"
                ">13-37 t0 \n"
                ">2-37 t99 \n"
                ">0-37 t98 \n");
    assert_walk("63 0700 01000000 0100000000000000 0400 01000000 ff", "<0-0 t99 \n"
                                                                      "=1-15 t7 (key)\n"
                                                                      "=15-22 t4 (value)\n"
                                                                      ">0-22 t99 \n");
    assert_walk("64 6400 0a00 02000000 7b7d", "<0-0 t100 \n"
                                              "=3-11 t10 (source)\n"
                                              ">0-11 t100 \n");
}

static void faults_end_a_walk(void **state)
{
    (void)state;
    struct hex h = unhex("0000 02000000 f56100 14");
    struct kq_walk w;
    struct kq_step s;
    struct kq_err err = {0};
    kq_walk_init(&w, h.p, h.n, false, 0, 100);
    assert_int_equal(kq_walk_next(&w, &s, &err), 1);
    assert_int_equal(kq_walk_next(&w, &s, &err), 1);
    assert_int_equal(kq_walk_next(&w, &s, &err), -1);
    assert_string_equal(err.msg, "at byte 109: enumerations are not sent, their symbols are");
    assert_int_equal(kq_walk_next(&w, &s, &err), -1);
    kq_walk_release(&w);
    free(h.p);
    uint8_t deep[3000];
    memset(deep, 0x6a, sizeof deep);
    kq_walk_init(&w, deep, sizeof deep, false, 5, 0);
    int got, steps = 0;
    while ((got = kq_walk_next(&w, &s, &err)) == 1)
        steps++;
    assert_int_equal(got, -1);
    assert_in_range(steps, 3, 6);
    kq_walk_release(&w);
}

static int measure(const char *hex, size_t *len, struct kq_err *err)
{
    struct hex h = unhex(hex);
    int got = kq_measure(h.p, h.n, false, len, err);
    free(h.p);
    return got;
}

static void lengths_of_records(void **state)
{
    (void)state;
    struct kq_err err = {0};
    size_t len;
    assert_int_equal(measure("fa01000000 0102", &len, &err), 1);
    assert_int_equal(len, 5);
    assert_int_equal(measure("0000 03000000 f575706400 f57400 0000 01000000 6500 00", &len, &err),
                     1);
    assert_int_equal(len, 22);
    assert_int_equal(measure("0000 03000000 f575706400 f57400 0000 01000000 65", &len, &err), 0);
    assert_int_equal(measure("0700 ff000000 00", &len, &err), 0);
    assert_int_equal(measure("f5 6162", &len, &err), 0);
    assert_int_equal(measure("", &len, &err), 0);
    assert_int_equal(measure("0000 01000000 1400", &len, &err), -1);
    assert_string_equal(err.msg, "at byte 6: enumerations are not sent, their symbols are");
    assert_int_equal(measure("0000 01000000 806100", &len, &err), -1);
}

static bool may_begin(const char *hex, uint64_t total)
{
    struct hex h = unhex(hex);
    bool may = kq_may_begin(h.p, h.n, total, false);
    free(h.p);
    return may;
}

static void beginnings_of_objects(void **state)
{
    (void)state;
    /* Ten longs take 86 bytes, no more and no less. */
    assert_true(may_begin("0700 0a000000 01", 86));
    assert_false(may_begin("0700 0a000000 01", 85));
    assert_false(may_begin("0700 0a000000 01", 87));
    assert_true(may_begin("", 10));
    assert_true(may_begin("0700 0a", 86));
    assert_false(may_begin("1400", 86));
    /* Symbols end who knows where, but each takes a byte. */
    assert_true(may_begin("0b00 0a000000 61", 50));
    assert_false(may_begin("0b00 2d000000 61", 50));
    /* Every item of a list takes two bytes, also those behind a long vector. */
    assert_true(may_begin("0000 03000000 f575706400", 20));
    assert_false(may_begin("0000 08000000", 20));
    assert_true(may_begin("0000 03000000 0700 0a000000", 96));
    assert_false(may_begin("0000 03000000 0700 0a000000", 95));
    assert_true(may_begin("62 00 63 0b00 01000000 6100", 100));
    assert_true(may_begin("f5", 10));
    assert_true(may_begin("64", 10));
    /* What is all there must end where it should. */
    assert_true(may_begin("fa01000000", 5));
    assert_false(may_begin("fa01000000", 6));
    assert_false(may_begin("fa01000000", 4));
    assert_false(may_begin("0704 ffffffff", UINT64_C(1) << 35));
    assert_false(may_begin("0080 ffffffffffffffff", UINT64_MAX));
}

static void assert_call(const char *hex, const char *fn, const char *table, int64_t args,
                        int64_t rows)
{
    struct hex h = unhex(hex);
    struct kq_call call = kq_peek_call(h.p, h.n, false);
    assert_true(kq_str_is(call.fn, fn));
    assert_true(kq_str_is(call.table, table));
    assert_int_equal(call.args, args);
    assert_int_equal(kq_peek_rows(h.p, h.n, false, &call), rows);
    free(h.p);
}

static void calls_are_recognised(void **state)
{
    (void)state;
    /* ("upd";`t;(1 2;3 4)), with the end missing; the head of the first column is enough */
    assert_call("0000 03000000 0a00 03000000 757064 f57400 0000 02000000 0700 02000000 01", "upd",
                "t", 2, 2);
    assert_call("0000 03000000 f575706400 f57400 0000 02000000 f90100000000000000 f57800", "upd",
                "t", 2, 1);
    assert_call("0000 03000000 f575706400 f57400 62 00 63 0b00 01000000 6100 0000 01000000 "
                "0600 05000000",
                "upd", "t", 2, 5);
    assert_call("0000 03000000 f575706400 f57400 63 62 00 63 0b00 01000000 6100 0000 01000000 "
                "0600 07000000",
                "upd", "t", 2, 7);
    assert_call("0000 03000000 64 00 0a00 05000000 7b782b797d fa01000000 fa02000000", "{x+y}", "",
                2, 1);
    assert_call("0000 02000000 64 6e6500 0a00 05000000 7b78", "{x", "", 1, -1);
    assert_call("0000 02000000 f66600 ", "f", "", 1, -1);
    assert_call("0000 02000000 6601 fa01000000", "", "", 1, -1);
    assert_call("0a00 0d000000 202e752e7375625b603b605d3b", ".u.sub", "", -1, -1);
    static const char *const queries[][2] = {
        {"count trade", "count"},
        {" .u.sub[`t;`]", ".u.sub"},
        {"f -1", "f"},
        {"f`a", "f"},
        {"tables[]", "tables"},
        {"name", "name"},
        {"f;g", "f"},
        {"a:til 5", ""},
        {"a-1", ""},
        {"a - 1", ""},
        {"2+2", ""},
        {"{x}1", ""},
        {"select from t", ""},
        {"delete a from t", ""},
        {"", ""},
        {"selection 1", "selection"},
        {"a,b", ""},
        {"(f;1)", ""},
    };
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        uint8_t body[100] = {10, 0, (uint8_t)strlen(queries[i][0])};
        strcpy((char *)body + 6, queries[i][0]);
        struct kq_call call = kq_peek_call(body, 6 + body[2], false);
        assert_true(kq_str_is(call.fn, queries[i][1]));
    }
    /* A string argument is a table only when it is a name. */
    assert_call("0000 02000000 f56600 0a00 05000000 7472616465", "f", "trade", 1, -1);
    assert_call("0000 02000000 f56600 0a00 03000000 412042", "f", "", 1, -1);
    assert_call("f5 666e00", "fn", "", -1, -1);
    assert_call("fa01000000", "", "", -1, -1);
    assert_call("", "", "", -1, -1);
    assert_call("0000 03000000", "", "", 2, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_and_paths),      cmocka_unit_test(faults_end_a_walk),
        cmocka_unit_test(lengths_of_records),   cmocka_unit_test(beginnings_of_objects),
        cmocka_unit_test(calls_are_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_console.c - the console look: golden examples of the kdb+ documentation
 * and the rules between them, each as q data and the text that it shows as.
 */
#include "obj/list.h"
#include "text/console.h"
#include "text/data.h"
#include "values.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct kq_obj *parse(const char *q)
{
    struct kq_err err = {0};
    struct kq_obj *x = kq_data_parse(q, strlen(q), &err);
    if (!x)
        fail_msg("%s: %s", q, err.msg);
    return x;
}

static void expect_object(struct kq_obj *x, int rows, int columns, const char *want)
{
    struct kq_style s = kq_style_default;
    struct kq_out o;
    s.rows = rows;
    s.columns = columns;
    kq_out_init_mem(&o);
    kq_console(&o, x, &s);
    kq_out_char(&o, '\0');
    assert_string_equal(o.buf, want);
    kq_out_release(&o);
    kq_unref(x);
}

/* Without limits, and at an 80 x 25 screen where nothing here needs cutting. */
static void expect(const char *q, const char *want)
{
    expect_object(parse(q), 0, 0, want);
    expect_object(parse(q), 25, 80, want);
}

static void one_line_forms(void **state)
{
    (void)state;
    expect("42", "42\n");
    expect("1 0N 3h", "1 0N 3h\n");
    expect("\"abc\"", "\"abc\"\n");
    expect("`symbol$()", "`symbol$()\n");
    expect("`s#1 2 3", "`s#1 2 3\n");
    expect("()", "()\n");
    expect("::", "");
    expect("{x+y}", "{x+y}\n");
    expect("+/", "+/\n");
    expect("{x\n y}", "{x\n y}\n");
    expect_object(kq_error("type", 4), 25, 80, "'type\n");
}

static void lists_line_by_line(void **state)
{
    (void)state;
    expect("(0;1 2.5;01b;`a;\"abc\")", "0\n1 2.5\n01b\n`a\n\"abc\"\n");
    expect("(\"select\";,\" \";\"this\")", "\"select\"\n,\" \"\n\"this\"\n");
    expect("(1 2;3 4 5)", "1 2\n3 4 5\n");
    expect("(000b;000b;11b)", "000b\n000b\n11b\n");
    expect("(100b;010b)", "100b\n010b\n");
    expect("(\"ab\";\"cd\")", "\"ab\"\n\"cd\"\n");
    expect("(,0x01;,0x02)", ",0x01\n,0x02\n");
    expect("(1;::)", "1\n::\n");
    expect("(();())", "()\n()\n");
    expect("(`a`b!1 2;`a)", "`a`b!1 2\n`a\n");
    expect(",`a`b!1 2", "`a`b!1 2\n");
}

static void matrices(void **state)
{
    (void)state;
    expect("(1 2;3 4)", "1 2\n3 4\n");
    expect("(0 5 10;15 20 25)", "0  5  10\n15 20 25\n");
    expect("(1 10;100 2)", "1   10\n100 2 \n");
    expect("(1 2i;3 0Ni)", "1 2\n3  \n");
    expect("(`Kuh`Hund;`vache`chien)", "Kuh   Hund \nvache chien\n");
    expect("(1 2;`a`b)", "1 2\na b\n");
    expect("(0 255;\"AB\";0 -1)", "0 255\nA B  \n0 -1 \n");
    expect("((\"gfg\";\"best\");(,\"I\";\"am\"))", "\"gfg\" \"best\"\n,\"I\"  \"am\"  \n");
    expect("((2 1;5 4);(14 13;16 15))", "2 1   5 4  \n14 13 16 15\n");
    expect(",1 2 3", "1 2 3\n");
    expect("(1.5 2;3 4)", "1.5 2\n3   4\n");
}

static void dictionaries(void **state)
{
    (void)state;
    expect("`a`b`c!1 2 3", "a| 1\nb| 2\nc| 3\n");
    expect("`minutes`seconds`nanoseconds!(12:00;12:00:00;0D12:00:00.000000000)",
           "minutes    | 12:00\nseconds    | 12:00:00\nnanoseconds| "
           "0D12:00:00.000000000\n");
    expect("8 9 35!(\"FIX.4.2\";\"339\";,\"D\")", "8 | \"FIX.4.2\"\n9 | \"339\"\n35| ,\"D\"\n");
    expect("`a`b!(0 1;(\"hello\";\"world\"))", "a| 0       1      \nb| \"hello\" \"world\"\n");
    expect("`compressedLength`uncompressedLength`algorithm!(137349;80000016;2i)",
           "compressedLength  | 137349\nuncompressedLength| 80000016\nalgorithm         "
           "| 2i\n");
    expect("`x`y!(`a`b;,`a)", "x| `a`b\ny| ,`a\n");
    expect("1 2i!`abc`", "1| abc\n2| \n");
    expect("(\"john\";\"jo\")!4 3", "\"john\"| 4\n\"jo\"  | 3\n");
    expect("()!()", "");
    expect("`s#`a`b!1 2", "a| 1\nb| 2\n");
}

static void tables(void **state)
{
    (void)state;
    expect("([]sym:`a`b;price:36.433 30.327)", "sym price \n----------\na   36.433\nb   30.327\n");
    expect("([]time:`timespan$();sym:`symbol$())", "time sym\n--------\n");
    expect("([]a:1 2;b:(\"ab\";,\"1\"))", "a b   \n------\n1 \"ab\"\n2 ,\"1\"\n");
    expect("([]b:101b;x:0x0102ff;c:\"a c\")", "b x  c\n------\n1 01 a\n0 02  \n1 ff c\n");
    expect("([]a:0N 1;f:0n 2.5;d:2001.01.01 0Nd)",
           "a f   d         \n----------------\n      2001.01.01\n1 2.5           \n");
    expect("([]v:(10 40 40;,20;30 30))", "v       \n--------\n10 40 40\n,20     \n30 30   \n");
    expect("([]v:(1 0 -1i;1 1 1i))", "v      \n-------\n1 0 -1i\n1 1 1i \n");
    expect("([]v:(1;`a;\"xyz\"))", "v    \n-----\n1    \n`a   \n\"xyz\"\n");
    expect("([]m:0W -0W;h:1 32767h)", "m   h    \n---------\n0W  1    \n-0W 32767\n");
}

static void keyed_tables(void **state)
{
    (void)state;
    expect(
        "([a:0 1 2]b:(\"abc\";\"abc\";\"abc\");c:(1 2 3;1 2 3;1 2 3))",
        "a| b     c    \n-| -----------\n0| \"abc\" 1 2 3\n1| \"abc\" 1 2 3\n2| \"abc\" 1 2 3\n");
    expect("([name:`bob`al;city:`NYC`CHI]ages:42 39)",
           "name city| ages\n---------| ----\nbob  NYC | 42  \nal   CHI | 39  \n");
}

/* A dictionary with a table on one side: the other side's heading is empty. */
static void table_on_one_side(void **state)
{
    (void)state;
    expect("`p1`p2!([]name:`nut`bolt;weight:12 17)",
           "  | name weight\n--| -----------\np1| nut  12    \np2| bolt 17    \n");
    expect("([]a:1 20)!`x`yy", "a | \n--| --\n1 | x \n20| yy\n");
}

static void clipped_lines(void **state)
{
    (void)state;
    expect_object(parse("0 1 2 3 4 5 6 7 8 9"), 10, 10, "0 1 2 3..\n");
    expect_object(parse("\"abcdefg\""), 10, 10, "\"abcdefg\"\n");
    expect_object(parse("\"abcdefgh\""), 10, 10, "\"abcdef..\n");
    expect_object(parse("`a`b!(\"0123456789\";1)"), 10, 10, "a| \"012..\nb| 1\n");
    expect_object(parse("([]name:`a`b;weight:1 2)"), 10, 10,
                  "name we..\n-------..\na    1 ..\nb    2 ..\n");
    expect_object(parse("{x+y+z+x+y}"), 10, 10, "{x+y+z+..\n");
}

/* A list of `n` longs, each its own list, or a one-column table of them. */
static struct kq_obj *upto(int n, bool is_table)
{
    struct kq_obj *v = kq_vec_new(KQ_LONG, n);
    for (int i = 0; i < n; i++)
        kq_longs(v)[i] = i;
    if (is_table)
        return table("a", list(1, v));
    struct kq_obj *x = kq_explode(v);
    kq_unref(v);
    return x;
}

static int lines_of(struct kq_obj *x, int rows, int columns, char *last, size_t size)
{
    struct kq_style s = kq_style_default;
    struct kq_out o;
    int n = 0;
    s.rows = rows;
    s.columns = columns;
    kq_out_init_mem(&o);
    kq_console(&o, x, &s);
    kq_out_char(&o, '\0');
    for (char *p = o.buf, *nl; (nl = strchr(p, '\n')); p = nl + 1, n++)
        snprintf(last, size, "%.*s", (int)(nl - p), p);
    kq_out_release(&o);
    kq_unref(x);
    return n;
}

/* 25 lines: 22 items and dots, 20 rows and dots, or all if there is one more. */
static void clipped_rows(void **state)
{
    char last[32];
    (void)state;
    assert_int_equal(lines_of(upto(23, false), 25, 80, last, sizeof last), 23);
    assert_string_equal(last, "22");
    assert_int_equal(lines_of(upto(24, false), 25, 80, last, sizeof last), 23);
    assert_string_equal(last, "..");
    assert_int_equal(lines_of(upto(21, true), 25, 80, last, sizeof last), 23);
    assert_string_equal(last, "20");
    assert_int_equal(lines_of(upto(22, true), 25, 80, last, sizeof last), 23);
    assert_string_equal(last, "..");
    assert_int_equal(lines_of(upto(1000, true), 0, 80, last, sizeof last), 1002);
}

/* The documentation's example of \c 10 10. */
static void clipped_both_ways(void **state)
{
    struct kq_obj *x = kq_vec_new(KQ_LIST, 10);
    (void)state;
    for (int i = 0; i < 10; i++) {
        struct kq_obj *v = kq_vec_new(KQ_LONG, 20 + i);
        for (int k = 0; k < 20 + i; k++)
            kq_longs(v)[k] = k;
        kq_items(x)[i] = v;
    }
    expect_object(x, 10, 10,
                  "0 1 2 3..\n0 1 2 3..\n0 1 2 3..\n0 1 2 3..\n0 1 2 3..\n0 1 2 3..\n"
                  "0 1 2 3..\n..\n");
}

/* Widths count only the rows that are shown. */
static void hidden_rows_do_not_widen(void **state)
{
    struct kq_obj *t = parse("([]a:1 2 3 4 5 600000)");
    (void)state;
    expect_object(t, 8, 80, "a\n-\n1\n2\n3\n..\n");
}

static void null_text(void **state)
{
    struct kq_style s = kq_style_default;
    struct kq_obj *x = parse("([]a:0N 1;s:`a`)");
    struct kq_out o;
    (void)state;
    s.null_text = "NULL";
    kq_out_init_mem(&o);
    kq_console(&o, x, &s);
    kq_out_char(&o, '\0');
    assert_string_equal(o.buf, "a    s   \n---------\nNULL a   \n1    NULL\n");
    kq_out_release(&o);
    kq_unref(x);
}

/* What was sent must not steer the terminal it is shown on. */
static void control_bytes(void **state)
{
    struct kq_style s = kq_style_default;
    struct kq_obj *x = table("a\033 b", list(2, syms("x\ny \302\233z"), str("\007t")));
    struct kq_out o;
    (void)state;
    s.terminal = true;
    kq_out_init_mem(&o);
    kq_console(&o, x, &s);
    kq_out_char(&o, '\0');
    assert_string_equal(o.buf, "a.  b\n-----\nx.y .\n..z t\n");
    kq_out_release(&o);
    kq_unref(x);
}

/* What no q can build but a peer can send. */
static void odd_shapes(void **state)
{
    (void)state;
    expect_object(dict(longs(2, 1, 2), longs(1, 3)), 25, 80, "1 2!,3\n");
    expect_object(dict(kq_long(1), longs(1, 3)), 25, 80, "1!,3\n");
    expect_object(pair(KQ_TABLE, syms("a"), sym(":t/")), 25, 80, "+(,`a)!`:t/\n");
    expect_object(table("a b", list(2, longs(1, 1), longs(2, 1, 2))), 25, 80, "+`a`b!(,1;1 2)\n");
    expect_object(dict(syms("a"), table("x", list(2, longs(1, 1), longs(1, 2)))), 25, 80,
                  "(,`a)!+(,`x)!(,1;,2)\n");
    expect_object(table("a", list(1, table("b", list(1, longs(2, 1, 2))))), 25, 80,
                  "a       \n--------\n(,`b)!,1\n(,`b)!,2\n");
    expect_object(dict(syms("a b"), dict(syms("x y"), longs(2, 1, 2))), 25, 80, "`a`b!`x`y!1 2\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_line_forms),
        cmocka_unit_test(lists_line_by_line),
        cmocka_unit_test(matrices),
        cmocka_unit_test(dictionaries),
        cmocka_unit_test(tables),
        cmocka_unit_test(keyed_tables),
        cmocka_unit_test(table_on_one_side),
        cmocka_unit_test(clipped_lines),
        cmocka_unit_test(clipped_rows),
        cmocka_unit_test(clipped_both_ways),
        cmocka_unit_test(hidden_rows_do_not_widen),
        cmocka_unit_test(null_text),
        cmocka_unit_test(control_bytes),
        cmocka_unit_test(odd_shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

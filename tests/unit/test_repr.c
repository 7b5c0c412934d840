/*
 * test_repr.c - one-line q text of every kind of object, as kdb+ prints it.
 */
#include "obj/null.h"
#include "text/repr.h"
#include "values.h"

#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void expect_styled(struct kq_obj *x, const struct kq_style *style, const char *want)
{
    struct kq_out o;
    kq_out_init_mem(&o);
    kq_repr(&o, x, style);
    kq_out_char(&o, '\0');
    assert_string_equal(o.buf, want);
    kq_out_release(&o);
    kq_unref(x);
}

static void expect(struct kq_obj *x, const char *want)
{
    expect_styled(x, &kq_style_default, want);
}

static struct kq_obj *atom(int type, int64_t v)
{
    return kq_atom_int(type, v);
}

static void whole_atoms(void **state)
{
    (void)state;
    expect(kq_bool(true), "1b");
    expect(atom(KQ_BYTE, 0x2a), "0x2a");
    expect(atom(KQ_SHORT, 42), "42h");
    expect(atom(KQ_SHORT, SHRT_MIN), "0Nh");
    expect(atom(KQ_SHORT, SHRT_MAX), "32767h");
    expect(atom(KQ_SHORT, -SHRT_MAX), "-32767h");
    expect(atom(KQ_INT, 1), "1i");
    expect(atom(KQ_INT, INT_MIN), "0Ni");
    expect(atom(KQ_INT, -INT_MAX), "-0Wi");
    expect(kq_long(42), "42");
    expect(kq_long(INT64_MIN), "0N");
    expect(kq_long(INT64_MAX), "0W");
    expect(kq_long(-INT64_MAX), "-0W");
    expect(kq_long(89421099511627575), "89421099511627575");
}

static void float_atoms(void **state)
{
    (void)state;
    expect(kq_float(3.234), "3.234");
    expect(kq_float(1), "1f");
    expect(kq_float(-0.0), "-0f");
    expect(kq_float(NAN), "0n");
    expect(kq_float(-NAN), "0n");
    expect(kq_float(INFINITY), "0w");
    expect(kq_float(-INFINITY), "-0w");
    expect(kq_float(1.0 / 7), "0.1428571");
    expect(kq_float(123456789), "1.234568e+08");
    expect(kq_float(1e7), "1e+07");
    expect(kq_float(9.223372036854775807e18), "9.223372e+18");
    expect(kq_atom_float(KQ_REAL, 5.5), "5.5e");
    expect(kq_atom_float(KQ_REAL, 0), "0e");
    expect(kq_atom_float(KQ_REAL, NAN), "0Ne");
    expect(kq_atom_float(KQ_REAL, -INFINITY), "-0we");
    expect(kq_atom_float(KQ_REAL, 1e15), "1e+15e");
}

static void precision(void **state)
{
    struct kq_style s = kq_style_default;
    (void)state;
    s.precision = 0;
    expect_styled(kq_float(1.0 / 3), &s, "0.33333333333333331");
    s.precision = 3;
    expect_styled(reals(KQ_FLOAT, 2, 3.14159, 1234.0), &s, "3.14 1.23e+03");
}

static void texts(void **state)
{
    (void)state;
    expect(atom(KQ_CHAR, 'a'), "\"a\"");
    expect(atom(KQ_CHAR, 017), "\"\\017\"");
    expect(str("abc"), "\"abc\"");
    expect(str("a"), ",\"a\"");
    expect(str(""), "\"\"");
    expect(str("line1\nline2\r\n\tend"), "\"line1\\nline2\\r\\n\\tend\"");
    expect(str("say \"hi\" \\ there"), "\"say \\\"hi\\\" \\\\ there\"");
    expect(str("Z\303\274rich"), "\"Z\\303\\274rich\"");
    expect(sym("abc"), "`abc");
    expect(sym(""), "`");
    expect(sym("hello world "), "`hello world ");
    expect(syms("the quick"), "`the`quick");
    expect(syms("- quick - fox"), "``quick``fox");
    expect(syms("a"), ",`a");
    expect(syms(""), "`symbol$()");
}

static void times(void **state)
{
    (void)state;
    expect(atom(KQ_TIMESTAMP, 279417600000000), "2000.01.04D05:36:57.600000000");
    expect(atom(KQ_TIMESTAMP, INT64_MIN), "0Np");
    expect(atom(KQ_MONTH, 12), "2001.01m");
    expect(atom(KQ_MONTH, -INT_MAX), "-0Wm");
    expect(atom(KQ_DATE, 366), "2001.01.01");
    expect(atom(KQ_DATE, 3000000), "0000.00.00");
    expect(atom(KQ_DATE, INT_MIN), "0Nd");
    expect(kq_atom_float(KQ_DATETIME, 3.234), "2000.01.04T05:36:57.600");
    expect(kq_atom_float(KQ_DATETIME, NAN), "0Nz");
    expect(kq_atom_float(KQ_DATETIME, INFINITY), "0wz");
    expect(atom(KQ_TIMESPAN, 20217600000000), "0D05:36:57.600000000");
    expect(atom(KQ_TIMESPAN, -INT64_MAX + 1), "-106751D23:47:16.854775806");
    expect(atom(KQ_MINUTE, 721), "12:01");
    expect(atom(KQ_MINUTE, -9), "-00:09");
    expect(atom(KQ_SECOND, 43500), "12:05:00");
    expect(atom(KQ_SECOND, 86400), "24:00:00");
    expect(atom(KQ_TIME, 43499123), "12:04:59.123");
    expect(atom(KQ_TIME, INT_MAX), "0Wt");
}

static void guids(void **state)
{
    static const uint8_t g[16] = {0x8c, 0x68, 0x0a, 0x01, 0x5a, 0x49, 0x5a, 0xab,
                                  0x5a, 0x65, 0xd4, 0xbf, 0xdd, 0xb6, 0xa6, 0x61};
    (void)state;
    expect(kq_atom_guid(g), "8c680a01-5a49-5aab-5a65-d4bfddb6a661");
    expect(kq_null_atom(KQ_GUID), "00000000-0000-0000-0000-000000000000");
}

static void vectors(void **state)
{
    (void)state;
    expect(vec(KQ_BOOLEAN, 3, INT64_C(1), INT64_C(0), INT64_C(1)), "101b");
    expect(vec(KQ_BOOLEAN, 1, INT64_C(1)), ",1b");
    expect(vec(KQ_BYTE, 3, INT64_C(1), INT64_C(2), INT64_C(255)), "0x0102ff");
    expect(vec(KQ_BYTE, 0), "`byte$()");
    expect(vec(KQ_SHORT, 3, INT64_C(1), (int64_t)SHRT_MIN, INT64_C(3)), "1 0N 3h");
    expect(vec(KQ_INT, 1, (int64_t)INT_MIN), ",0Ni");
    expect(vec(KQ_INT, 2, (int64_t)INT_MAX, -(int64_t)INT_MAX), "0W -0Wi");
    expect(longs(3, 1, 2, 3), "1 2 3");
    expect(longs(1, 7), ",7");
    expect(longs(0), "`long$()");
    expect(reals(KQ_FLOAT, 3, 1.0, 2.0, 3.0), "1 2 3f");
    expect(reals(KQ_FLOAT, 2, 1.0, 2.5), "1 2.5");
    expect(reals(KQ_FLOAT, 2, 1.0, NAN), "1 0n");
    expect(reals(KQ_FLOAT, 5, NAN, 1.0, INFINITY, -INFINITY, 2.5), "0n 1 0w -0w 2.5");
    expect(reals(KQ_FLOAT, 1, 1.0), ",1f");
    expect(reals(KQ_REAL, 2, 5.5, NAN), "5.5 0Ne");
    expect(reals(KQ_REAL, 3, 1.0, 2.0, 3.0), "1 2 3e");
}

/* Only at the end does a null in a vector of times show the type. */
static void vectors_of_times(void **state)
{
    int64_t null = INT_MIN;
    (void)state;
    expect(vec(KQ_DATE, 3, INT64_C(366), INT64_C(121), null), "2001.01.01 2000.05.01 0Nd");
    expect(vec(KQ_DATE, 3, INT64_C(1), null, INT64_C(2)), "2000.01.02 0N 2000.01.03");
    expect(vec(KQ_MONTH, 2, INT64_C(1), null), "2000.02 0Nm");
    expect(vec(KQ_MONTH, 2, INT64_C(0), INT64_C(12)), "2000.01 2001.01m");
    expect(vec(KQ_TIME, 2, null, INT64_C(1)), "0N 00:00:00.001");
    expect(vec(KQ_DATE, 1, INT64_C(366)), ",2001.01.01");
    expect(vec(KQ_TIMESPAN, 0), "`timespan$()");
    expect(reals(KQ_DATETIME, 2, NAN, 3.234), "0N 2000.01.04T05:36:57.600");
}

static void attributes(void **state)
{
    (void)state;
    expect(with_attr(KQ_ATTR_SORTED, longs(3, 1, 2, 3)), "`s#1 2 3");
    expect(with_attr(KQ_ATTR_UNIQUE, syms("a b")), "`u#`a`b");
    expect(with_attr(KQ_ATTR_PARTED, vec(KQ_INT, 1, INT64_C(2))), "`p#,2i");
    expect(with_attr(KQ_ATTR_GROUPED, str("")), "`g#\"\"");
    expect(with_attr(KQ_ATTR_SORTED, list(2, str("a"), sym("b"))), "`s#(,\"a\";`b)");
}

static void lists(void **state)
{
    (void)state;
    expect(list(0), "()");
    expect(list(4, kq_long(1), sym("bcd"), str("0bc"), kq_atom_float(KQ_REAL, 5.5)),
           "(1;`bcd;\"0bc\";5.5e)");
    expect(list(1, longs(3, 1, 2, 3)), ",1 2 3");
    expect(list(1, list(1, longs(1, 1))), ",,,1");
    expect(list(3, kq_long(42), kq_generic_null(), sym("foo")), "(42;::;`foo)");
    expect(list(2, list(0), longs(0)), "(();`long$())");
    expect(list(2, kq_elided(), kq_long(1)), "(;1)");
}

static void dictionaries(void **state)
{
    (void)state;
    expect(dict(syms("a b"), vec(KQ_INT, 2, INT64_C(2), INT64_C(3))), "`a`b!2 3i");
    expect(dict(syms("a"), longs(1, 1)), "(,`a)!,1");
    expect(dict(list(0), list(0)), "()!()");
    expect(dict(syms(""), longs(0)), "(`symbol$())!`long$()");
    expect(dict(str("ab"), longs(2, 10, 20)), "\"ab\"!10 20");
    expect(dict(list(2, longs(2, 0, 1), longs(2, 2, 3)), syms("x y")), "(0 1;2 3)!`x`y");
    expect(pair(KQ_SORTEDDICT, with_attr(KQ_ATTR_SORTED, syms("a b")), longs(2, 2, 3)),
           "`s#`a`b!2 3");
    expect(pair(KQ_SORTEDDICT, with_attr(KQ_ATTR_SORTED, syms("")), longs(0)),
           "`s#(`symbol$())!`long$()");
    expect(dict(with_attr(KQ_ATTR_UNIQUE, syms("a b")), longs(2, 1, 2)), "`u#`a`b!1 2");
}

static void tables(void **state)
{
    (void)state;
    expect(table("a b", list(2, longs(3, 1, 2, 3), longs(3, 11, 22, 33))),
           "+`a`b!(1 2 3;11 22 33)");
    expect(table("a", list(1, longs(3, 1, 2, 3))), "+(,`a)!,1 2 3");
    expect(dict(table("k", list(1, longs(2, 1, 2))), table("v", list(1, longs(2, 3, 4)))),
           "(+(,`k)!,1 2)!+(,`v)!,3 4");
    expect(list(2, kq_long(1), table("a", list(1, longs(2, 1, 2)))), "(1;+(,`a)!,1 2)");
    expect(pair(KQ_TABLE, syms("a"), sym(":test/")), "+(,`a)!`:test/");
    expect(with_attr(KQ_ATTR_SORTED, table("a", list(1, with_attr(KQ_ATTR_PARTED, longs(1, 2))))),
           "`s#+(,`a)!,`p#,2");
}

/* Columns that are a type each, with a sorted key, as the documentation of q's command line has it. */
static void keyed_and_sorted(void **state)
{
    struct kq_obj *k, *v;
    (void)state;
    k = table("color", list(1, with_attr(KQ_ATTR_SORTED, syms("blue green red"))));
    v = table("qty", list(1, longs(3, 900, 1000, 1200)));
    expect(dict(with_attr(KQ_ATTR_SORTED, k), v),
           "(`s#+(,`color)!,`s#`blue`green`red)!+(,`qty)!,900 1000 1200");
}

static void functions(void **state)
{
    (void)state;
    expect(lambda("{x+y}"), "{x+y}");
    expect(lambda("k){x+y}"), "k){x+y}");
    expect(kq_generic_null(), "::");
    expect(kq_prim(KQ_BINARY, 1), "+");
    expect(kq_prim(KQ_UNARY, 2), "-:");
    expect(kq_prim(KQ_UNARY, 23), "avg");
    expect(kq_prim(KQ_ITERATOR, 4), "/:");
    expect(derived(KQ_OVER, kq_prim(KQ_BINARY, 1)), "+/");
    expect(derived(KQ_EACHLEFT, lambda("{x+y}")), "{x+y}\\:");
    expect(parts(KQ_PROJECTION, 2, lambda("{x+y}"), kq_long(3)), "{x+y}[3]");
    expect(parts(KQ_PROJECTION, 3, lambda("{x+y}"), kq_elided(), kq_long(3)), "{x+y}[;3]");
    expect(parts(KQ_PROJECTION, 2, kq_prim(KQ_BINARY, 11), atom(KQ_CHAR, 'b')), "$[\"b\"]");
    expect(parts(KQ_COMPOSITION, 2, kq_prim(KQ_UNARY, 15),
                 derived(KQ_EACHPRIOR, kq_prim(KQ_BINARY, 15))),
           "~:~':");
    expect(kq_error("type", 4), "'type");
}

static void cut_by_items_and_depth(void **state)
{
    struct kq_style s = kq_style_default;
    (void)state;
    s.max_items = 2;
    expect_styled(longs(4, 1, 2, 3, 4), &s, "1 2..");
    expect_styled(str("abcdef"), &s, "\"ab\"..");
    expect_styled(list(3, kq_long(1), sym("a"), kq_long(2)), &s, "(1;`a..)");
    expect_styled(longs(2, 1, 2), &s, "1 2");
    s.max_items = 0;
    s.depth = 1;
    expect_styled(list(2, kq_long(1), list(2, kq_long(1), sym("a"))), &s, "(1;..)");
    expect_styled(list(2, kq_prim(KQ_BINARY, 1), list(0)), &s, "(+;())");
}

/* Asked for the beginning only, a long value must not be formatted to its end. */
static void beginning_only(void **state)
{
    struct kq_obj *x = kq_vec_new(KQ_LONG, 1000000);
    struct kq_out o;
    (void)state;
    memset(kq_longs(x), 0, 8000000);
    kq_out_init_mem(&o);
    assert_true(kq_repr_start(&o, x, &kq_style_default, 20) > 20);
    assert_in_range(o.len, 21, 100);
    assert_memory_equal(o.buf, "0 0 0 0 0 0 0 0 0 0 0", 21);
    kq_out_release(&o);
    kq_unref(x);
}

/* The first column must not be all that is seen of a table. */
static void columns_share(void **state)
{
    struct kq_style s = kq_style_default;
    struct kq_obj *names = kq_vec_new(KQ_SYMBOL, 2), *a = kq_vec_new(KQ_LONG, 100);
    struct kq_out o;
    (void)state;
    kq_syms(names)[0] = kq_symz("a");
    kq_syms(names)[1] = kq_symz("b");
    memset(kq_longs(a), 0, 800);
    struct kq_obj *columns = list(2, a, kq_stringz("twelve bytes")), *x = kq_table(names, columns);
    s.share = true;
    kq_out_init_mem(&o);
    kq_repr_start(&o, x, &s, 30);
    kq_out_char(&o, 0);
    assert_string_equal(o.buf, "+`a`b!(0 0 0 0 0 0 0..;\"twelve b\"..)");
    o.len = 0;
    /* Nothing is left out where there is room for all of it. */
    kq_repr_start(&o, x, &s, 1000);
    assert_memory_equal(o.buf + o.len - 20, " 0 0;\"twelve bytes\")", 20);
    kq_out_release(&o);
    kq_unref(x);
    kq_unref(names);
    kq_unref(columns);
}

static void nesting_without_end(void **state)
{
    struct kq_obj *x = kq_long(1);
    struct kq_out o;
    (void)state;
    for (int i = 0; i < 100000; i++)
        x = list(1, x);
    kq_out_init_mem(&o);
    kq_repr(&o, x, &kq_style_default);
    assert_memory_equal(o.buf + o.len - 3, ",..", 3);
    kq_out_release(&o);
    kq_unref(x);
}

/* Texts that stay in a received buffer. */
static void views(void **state)
{
    static uint8_t bytes[] = "ab\0\0cde";
    struct kq_rcbuf *buf = kq_rcbuf_wrap(bytes, sizeof bytes, NULL, NULL);
    (void)state;
    expect(kq_vec_view(KQ_SYMBOL, 3, bytes, buf), "`ab``cde");
    expect(kq_vec_view(KQ_SHORT, 1, bytes + 4, buf), ",25699h");
    expect(kq_atom_sym_view(-KQ_SYMBOL, (const char *)bytes + 4, buf), "`cde");
    kq_rcbuf_unref(buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_atoms),
        cmocka_unit_test(float_atoms),
        cmocka_unit_test(precision),
        cmocka_unit_test(texts),
        cmocka_unit_test(times),
        cmocka_unit_test(guids),
        cmocka_unit_test(vectors),
        cmocka_unit_test(vectors_of_times),
        cmocka_unit_test(attributes),
        cmocka_unit_test(lists),
        cmocka_unit_test(dictionaries),
        cmocka_unit_test(tables),
        cmocka_unit_test(keyed_and_sorted),
        cmocka_unit_test(functions),
        cmocka_unit_test(cut_by_items_and_depth),
        cmocka_unit_test(beginning_only),
        cmocka_unit_test(columns_share),
        cmocka_unit_test(nesting_without_end),
        cmocka_unit_test(views),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

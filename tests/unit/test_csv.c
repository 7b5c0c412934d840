/*
 * test_csv.c - tables and other values as csv, tsv and raw text.
 */
#include "obj/cmp.h"
#include "text/csv.h"
#include "text/data.h"
#include "text/raw.h"
#include "values.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct kq_obj *parse(const char *q)
{
    struct kq_err err = {0};
    struct kq_obj *x = kq_data_parse(q, strlen(q), &err);
    if (!x)
        fail_msg("%s: %s", q, err.msg);
    return x;
}

static void expect_with(const char *q, const struct kq_csv *csv, const struct kq_style *style,
                        const char *want)
{
    struct kq_obj *x = parse(q);
    struct kq_out o;
    kq_out_init_mem(&o);
    kq_csv_put(&o, x, csv, style);
    kq_out_char(&o, '\0');
    assert_string_equal(o.buf, want);
    kq_out_release(&o);
    kq_unref(x);
}

static void expect(const char *q, const char *want)
{
    expect_with(q, &kq_csv_default, &kq_style_default, want);
}

static void raw(const char *q, const char *want)
{
    struct kq_obj *x = parse(q);
    struct kq_out o;
    kq_out_init_mem(&o);
    kq_raw_put(&o, x, '\n', &kq_style_default);
    assert_int_equal(o.len, strlen(want));
    assert_memory_equal(o.buf, want, o.len);
    kq_out_release(&o);
    kq_unref(x);
}

static void tables(void **state)
{
    (void)state;
    expect("([]a:1 2;s:`x`y)", "a,s\n1,x\n2,y\n");
    expect("([k:`p`q]v:1.5 2)", "k,v\np,1.5\nq,2\n");
    expect("([]a:`long$();b:())", "a,b\n");
}

static void cells(void **state)
{
    (void)state;
    expect("([]b:10b;x:0x0aff;c:\"yn\")", "b,x,c\n1,0a,y\n0,ff,n\n");
    expect("([]h:1 0Nh;i:0N 2i;f:0n 2.5;s:``a)", "h,i,f,s\n1,,,\n,2,2.5,a\n");
    expect("([]f:1e10 0.1;e:0w -0w)", "f,e\n1e+10,0w\n0.1,-0w\n");
    expect("([]v:(1 2;\"a b\";`x`y;(1;\"zz\");::))", "v\n1 2\na b\nx y\n\"(1;\"\"zz\"\")\"\n\n");
    expect("([]v:(0x0102;{x+y};(1;`a)))", "v\n0102\n{x+y}\n1 a\n");
}

static void times(void **state)
{
    const char *q =
        "([]d:,2022.03.14;t:,16:12:57.427;p:,2022.03.14D16:12:57.427499000;m:,2022.03m)";
    struct kq_style s = kq_style_default;
    (void)state;
    expect(q, "d,t,p,m\n2022-03-14,16:12:57.427,2022-03-14T16:12:57.427499000,2022-03\n");
    s.times = KQ_TIMES_COMMA;
    expect_with(q, &kq_csv_default, &s,
                "d,t,p,m\n2022-03-14,16:12:57.427,2022-03-14D16:12:57.427499000,2022-03\n");
    s.times = KQ_TIMES_Q;
    expect_with(q, &kq_csv_default, &s,
                "d,t,p,m\n2022.03.14,16:12:57.427,2022.03.14D16:12:57.427499000,2022.03\n");
}

static void quotes(void **state)
{
    const char *q = "([]s:(\"a,b\";\"qu\\\"ux\";\"two\\nlines\";\"\\\",\";\"cr\\r\"))";
    struct kq_csv csv = kq_csv_default;
    (void)state;
    expect(q, "s\n\"a,b\"\n\"qu\"\"ux\"\n\"two\nlines\"\n\"\"\",\"\n\"cr\r\"\n");
    csv.quotes = KQ_CSV_Q;
    expect_with(q, &csv, &kq_style_default,
                "s\n\"a,b\"\nqu\"ux\n\"two\nlines\"\n\"\"\",\"\ncr\r\n");
    csv.quotes = KQ_CSV_NONE;
    expect_with(q, &csv, &kq_style_default, "s\na,b\nqu\"ux\ntwo\nlines\n\",\ncr\r\n");
    expect("([]s:`$(\"a,b\";\"c\");c:\",x\")", "s,c\n\"a,b\",\",\"\nc,x\n");
    expect("(,`$\"x,y\")!,1 2", "key,value\n\"x,y\",1 2\n");
}

static void delimiters(void **state)
{
    struct kq_csv csv = kq_csv_default;
    (void)state;
    csv.delim = '\t';
    expect_with("([]a:1 2;s:(\"x,y\";\"x\\ty\"))", &csv, &kq_style_default,
                "a\ts\n1\tx,y\n2\t\"x\ty\"\n");
    csv.delim = '.';
    expect_with("([]a:1.5 2;i:1 2)", &csv, &kq_style_default, "a.i\n\"1.5\".1\n2.2\n");
    csv.delim = ',';
    csv.header = false;
    csv.end = '|';
    expect_with("([]a:1 2;b:3 4)", &csv, &kq_style_default, "1,3|2,4|");
}

static void nulls(void **state)
{
    struct kq_style s = kq_style_default;
    (void)state;
    s.null_text = "NA";
    expect_with("([]a:1 0N;s:``x;d:0Nd 2000.01.01;c:\" y\")", &kq_csv_default, &s,
                "a,s,d,c\n1,NA,NA, \nNA,x,2000-01-01,y\n");
}

static void other_shapes(void **state)
{
    (void)state;
    expect("`a`b!1 2", "key,value\na,1\nb,2\n");
    expect("`a`b!([]x:1 2;y:3 4)", "key,x,y\na,1,3\nb,2,4\n");
    expect("1 2 3", "1\n2\n3\n");
    expect("(\"ab\";\"c,d\")", "ab\n\"c,d\"\n");
    expect("(1 2;`a`b;\"str\";7)", "1,2\na,b\nstr\n7\n");
    expect("\"text\"", "text\n");
    expect("42i", "42\n");
    expect("::", "");
    expect("{x,y}", "\"{x,y}\"\n");
    expect("()", "");
}

static void lines_as_list(void **state)
{
    struct kq_obj *t = parse("([]a:1 2;s:(\"x,y\";\"z\"))"), *want;
    struct kq_obj *got = kq_csv_lines(t, &kq_csv_default, &kq_style_default);
    (void)state;
    want = list(3, str("a,s"), str("1,\"x,y\""), str("2,z"));
    assert_true(kq_identical(got, want));
    kq_unref(t);
    kq_unref(got);
    kq_unref(want);
}

static void raw_text(void **state)
{
    (void)state;
    raw("\"two\\nlines\"", "two\nlines\n");
    raw("`a`b", "a\nb\n");
    raw("(\"x\";\"qu\\\"o,te\")", "x\nqu\"o,te\n");
    raw("1 2i", "1\n2\n");
    raw("2024.01.02", "2024.01.02\n");
    raw("0x610a62", "a\nb");
    raw("([]a:1 2;b:(\"x y\";\"z\"))", "1\tx y\n2\tz\n");
    raw("`a`b!1 2", "a\t1\nb\t2\n");
    raw("1b", "1\n");
    raw("0N", "\n");
    raw("::", "");
    raw("{x+y}", "{x+y}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables),       cmocka_unit_test(cells),         cmocka_unit_test(times),
        cmocka_unit_test(quotes),       cmocka_unit_test(delimiters),    cmocka_unit_test(nulls),
        cmocka_unit_test(other_shapes), cmocka_unit_test(lines_as_list), cmocka_unit_test(raw_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

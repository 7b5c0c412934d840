/*
 * test_jsonval.c - kdb+ objects as JSON, in the three mappings.
 */
#include "text/data.h"
#include "text/jsonval.h"
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

static void expect_object(struct kq_obj *x, enum kq_json_mode mode, const struct kq_style *style,
                          const char *want)
{
    struct kq_out o;
    kq_out_init_mem(&o);
    struct kq_json j = kq_json(&o);
    kq_json_value(&j, x, mode, style);
    kq_out_char(&o, '\0');
    assert_string_equal(o.buf, want);
    kq_out_release(&o);
    kq_unref(x);
}

static void rows(const char *q, const char *want)
{
    expect_object(parse(q), KQ_JSON_ROWS, &kq_style_default, want);
}

static void columns(const char *q, const char *want)
{
    expect_object(parse(q), KQ_JSON_COLUMNS, &kq_style_default, want);
}

static void typed(const char *q, const char *want)
{
    expect_object(parse(q), KQ_JSON_TYPED, &kq_style_default, want);
}

static void document(const char *q, bool jsonl, const char *want)
{
    struct kq_obj *x = parse(q);
    struct kq_out o;
    kq_out_init_mem(&o);
    kq_json_document(&o, x, KQ_JSON_ROWS, jsonl, &kq_style_default);
    kq_out_char(&o, '\0');
    assert_string_equal(o.buf, want);
    kq_out_release(&o);
    kq_unref(x);
}

static void atoms(void **state)
{
    (void)state;
    rows("1b", "true");
    rows("0b", "false");
    rows("0x2a", "\"0x2a\"");
    rows("42h", "42");
    rows("0Ni", "null");
    rows("9223372036854775806", "9223372036854775806");
    rows("0W", "9223372036854775807");
    rows("1f", "1");
    rows("0.1", "0.1");
    rows("0n", "null");
    rows("0w", "\"0w\"");
    rows("-0we", "\"-0w\"");
    rows("0.1e", "0.1");
    rows("\"a\"", "\"a\"");
    rows("`sym", "\"sym\"");
    rows("`", "\"\"");
    rows("::", "null");
    rows("8c680a01-5a49-5aab-5a65-d4bfddb6a661", "\"8c680a01-5a49-5aab-5a65-d4bfddb6a661\"");
}

static void times(void **state)
{
    (void)state;
    rows("2024.01.02D03:04:05.123456789", "\"2024-01-02T03:04:05.123456789\"");
    rows("2024.01.02", "\"2024-01-02\"");
    rows("2024.01m", "\"2024-01\"");
    rows("2000.01.04T05:36:57.600", "\"2000-01-04T05:36:57.600\"");
    rows("1D02:03:04.000000005", "\"1D02:03:04.000000005\"");
    rows("03:04:05.678", "\"03:04:05.678\"");
    rows("03:04", "\"03:04\"");
    rows("0Np", "null");
    rows("0Nz", "null");
    rows("-0Wd", "\"-0W\"");
    rows("0wz", "\"0w\"");
}

static void lists(void **state)
{
    (void)state;
    rows("1 0N 3", "[1,null,3]");
    rows("101b", "[true,false,true]");
    rows("0x0102", "\"0x0102\"");
    rows("`a`b", "[\"a\",\"b\"]");
    rows("\"abc\"", "\"abc\"");
    rows("2024.01.02 0Nd", "[\"2024-01-02\",null]");
    rows("1 0w", "[1,\"0w\"]");
    rows("(1;`a;\"xy\";(1 2;::))", "[1,\"a\",\"xy\",[[1,2],null]]");
    rows("()", "[]");
    rows("`long$()", "[]");
    rows("{x+y}", "\"{x+y}\"");
    rows("(+;1;2)", "[\"+\",1,2]");
}

static void dictionaries(void **state)
{
    (void)state;
    rows("`a`b!1 2", "{\"a\":1,\"b\":2}");
    rows("`a`b!(1;\"xy\")", "{\"a\":1,\"b\":\"xy\"}");
    rows("1 2!`a`b", "{\"k\":[1,2],\"v\":[\"a\",\"b\"]}");
    rows("`x`y!([]a:1 2;b:`p`q)", "{\"x\":{\"a\":1,\"b\":\"p\"},\"y\":{\"a\":2,\"b\":\"q\"}}");
    expect_object(dict(syms("a b"), longs(1, 1)), KQ_JSON_ROWS, &kq_style_default,
                  "{\"k\":[\"a\",\"b\"],\"v\":[1]}");
    expect_object(dict(sym("a"), longs(1, 1)), KQ_JSON_ROWS, &kq_style_default,
                  "{\"k\":\"a\",\"v\":[1]}");
}

static void tables(void **state)
{
    (void)state;
    rows("([]a:1 2;s:`x`y)", "[{\"a\":1,\"s\":\"x\"},{\"a\":2,\"s\":\"y\"}]");
    rows("([k:1 2]c:\"ab\")", "[{\"k\":1,\"c\":\"a\"},{\"k\":2,\"c\":\"b\"}]");
    rows("([]a:`long$())", "[]");
    rows("([]v:(1 2;\"str\"))", "[{\"v\":[1,2]},{\"v\":\"str\"}]");
    rows("(1;([]a:,1))", "[1,[{\"a\":1}]]");
    columns("([]a:1 2;s:`x`y)", "{\"a\":[1,2],\"s\":[\"x\",\"y\"]}");
    columns("([k:1 2]c:\"ab\")", "{\"k\":[1,2],\"c\":\"ab\"}");
    expect_object(pair(KQ_TABLE, syms("a"), sym(":t/")), KQ_JSON_ROWS, &kq_style_default,
                  "\"+(,`a)!`:t/\"");
}

static void documents(void **state)
{
    (void)state;
    document("([]a:1 2)", false, "[{\"a\":1},\n {\"a\":2}]\n");
    document("([]a:1 2)", true, "{\"a\":1}\n{\"a\":2}\n");
    document("([k:,1]a:,2)", true, "{\"k\":1,\"a\":2}\n");
    document("([]a:`long$())", true, "");
    document("([]a:`long$())", false, "[]\n");
    document("1 2", true, "[1,2]\n");
}

static void typed_values(void **state)
{
    (void)state;
    typed("42", "{\"t\":-7,\"v\":42}");
    typed("0N", "{\"t\":-7,\"v\":null}");
    typed("1 2h", "{\"t\":5,\"v\":[1,2]}");
    typed("`s#1 2", "{\"t\":7,\"a\":\"s\",\"v\":[1,2]}");
    typed("0x01ff", "{\"t\":4,\"v\":\"0x01ff\"}");
    typed("2000.01.02", "{\"t\":-14,\"v\":1,\"s\":\"2000-01-02\"}");
    typed("2000.01.02 0Nd 0Wd",
          "{\"t\":14,\"v\":[1,null,2147483647],\"s\":[\"2000-01-02\",null,\"0W\"]}");
    typed("2000.01.02T12:00:00.000", "{\"t\":-15,\"v\":1.5,\"s\":\"2000-01-02T12:00:00.000\"}");
    typed("::", "{\"t\":101}");
    typed("{x+y}", "{\"t\":100,\"v\":\"{x+y}\"}");
    typed("(1;`a)", "{\"t\":0,\"v\":[{\"t\":-7,\"v\":1},{\"t\":-11,\"v\":\"a\"}]}");
    typed("`a`b!1 2",
          "{\"t\":99,\"k\":{\"t\":11,\"v\":[\"a\",\"b\"]},\"v\":{\"t\":7,\"v\":[1,2]}}");
    typed("([]a:1 2)", "{\"t\":98,\"k\":[\"a\"],\"v\":[{\"t\":7,\"v\":[1,2]}]}");
    expect_object(kq_error("type", 4), KQ_JSON_TYPED, &kq_style_default,
                  "{\"t\":-128,\"v\":\"type\"}");
}

static void typed_encodings(void **state)
{
    (void)state;
    typed("\"Z\\303\\274rich\"", "{\"t\":10,\"v\":\"Z\303\274rich\"}");
    typed("\"\\303\\274\\374\"", "{\"t\":10,\"enc\":\"latin1\",\"v\":\"\\u00c3\\u00bc\\u00fc\"}");
    typed("\"\\374\"", "{\"t\":-10,\"enc\":\"latin1\",\"v\":\"\\u00fc\"}");
    rows("\"\\303\\274\\374\"", "\"\303\274\\u00fc\"");
}

static void int64_as_string(void **state)
{
    struct kq_style s = kq_style_default;
    (void)state;
    s.int64_string = true;
    expect_object(parse("1 0N 9223372036854775806"), KQ_JSON_ROWS, &s,
                  "[\"1\",null,\"9223372036854775806\"]");
    expect_object(parse("1i"), KQ_JSON_ROWS, &s, "1");
    expect_object(parse("0D00:00:00.000000005"), KQ_JSON_TYPED, &s,
                  "{\"t\":-16,\"v\":\"5\",\"s\":\"0D00:00:00.000000005\"}");
}

static void nesting_without_end(void **state)
{
    struct kq_obj *x = longs(1, 1);
    struct kq_out o;
    (void)state;
    for (int i = 0; i < 100000; i++)
        x = list(1, x);
    kq_out_init_mem(&o);
    kq_json_document(&o, x, KQ_JSON_ROWS, true, &kq_style_default);
    assert_int_equal(o.len, 2 * 1000 + 4 + 1);
    kq_out_release(&o);
    kq_unref(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(atoms),           cmocka_unit_test(times),
        cmocka_unit_test(lists),           cmocka_unit_test(dictionaries),
        cmocka_unit_test(tables),          cmocka_unit_test(documents),
        cmocka_unit_test(typed_values),    cmocka_unit_test(typed_encodings),
        cmocka_unit_test(int64_as_string), cmocka_unit_test(nesting_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

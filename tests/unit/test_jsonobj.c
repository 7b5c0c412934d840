/*
 * test_jsonobj.c - JSON to objects: everyday JSON, typed round trips, refusals.
 */
#include "text/data.h"
#include "text/jsonobj.h"
#include "text/jsonval.h"
#include "text/repr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect(const char *json, const char *want)
{
    struct kq_err err = {0};
    struct kq_out o;
    struct kq_obj *x = kq_json_parse(json, strlen(json), &err);
    if (!x)
        fail_msg("%s: %s", json, err.msg);
    kq_out_init_mem(&o);
    kq_repr(&o, x, &kq_style_default);
    kq_out_char(&o, 0);
    assert_string_equal(o.buf, want);
    kq_out_release(&o);
    kq_unref(x);
}

static void expect_error(const char *json, const char *part)
{
    struct kq_err err = {0};
    struct kq_obj *x = kq_json_parse(json, strlen(json), &err);
    assert_null(x);
    assert_int_equal(err.code, KQ_EUSAGE);
    if (!strstr(err.msg, part))
        fail_msg("'%s' does not say '%s'", err.msg, part);
}

static void test_scalars(void **state)
{
    (void)state;
    expect("42", "42");
    expect("-9223372036854775808", "0N");
    expect("1.5", "1.5");
    expect("1e3", "1000f");
    expect("true", "1b");
    expect("null", "::");
    expect("\"a\"", ",\"a\"");
    expect("\"it's\\n\\u00e9\"", "\"it's\\n\\303\\251\"");
    expect("\"\"", "\"\"");
}

static void test_arrays(void **state)
{
    (void)state;
    expect("[]", "()");
    expect("[1,2,3]", "1 2 3");
    expect("[1,null]", "1 0N");
    expect("[1,2.5,null]", "1 2.5 0n");
    expect("[true,false]", "10b");
    expect("[\"ab\",\"c\"]", "(\"ab\";,\"c\")");
    expect("[1,\"a\"]", "(1;,\"a\")");
    expect("[null,null]", "(::;::)");
    expect("[[1,2],[3]]", "(1 2;,3)");
}

static void test_objects(void **state)
{
    (void)state;
    expect("{\"a\":1,\"b\":2}", "`a`b!1 2");
    expect("{\"a\":1,\"b\":\"x\"}", "`a`b!(1;,\"x\")");
    expect("[{\"a\":1,\"b\":\"x\"},{\"a\":null,\"b\":\"yz\"}]", "+`a`b!(1 0N;(,\"x\";\"yz\"))");
    expect("[{\"a\":1},{\"b\":2}]", "((,`a)!,1;(,`b)!,2)");
    expect("[{\"t\":-7,\"v\":1},{\"t\":-6,\"v\":2}]", "(1;2i)");
}

/* What the typed mapping writes comes back the same. */
static void round_trip(const char *q)
{
    struct kq_err err = {0};
    struct kq_out o;
    struct kq_obj *x = kq_data_parse(q, strlen(q), &err);
    if (!x)
        fail_msg("%s: %s", q, err.msg);
    kq_out_init_mem(&o);
    struct kq_json j = kq_json(&o);
    kq_json_value(&j, x, KQ_JSON_TYPED, &kq_style_default);
    kq_out_char(&o, 0);
    struct kq_out want;
    kq_out_init_mem(&want);
    kq_repr(&want, x, &kq_style_default);
    kq_out_char(&want, 0);
    expect(o.buf, want.buf);
    kq_out_release(&o);
    kq_out_release(&want);
    kq_unref(x);
}

static void test_typed_round_trips(void **state)
{
    (void)state;
    static const char *const values[] = {
        "1b",
        "0x2a",
        "0x0102",
        "42h",
        "-1i",
        "0N",
        "9223372036854775806",
        "0W",
        "1.5e",
        "0n",
        "-0w",
        "\"a\"",
        "\"text\"",
        "\"\\200\\377\"",
        "`s",
        "`",
        "`a`b",
        "`$\"b c\"",
        "2024.01.02D03:04:05.123456789",
        "2024.01m",
        "2024.01.02",
        "2024.01.02T03:04:05.678",
        "1D02:03:04.000000005",
        "12:34",
        "12:34:56",
        "12:34:56.789",
        "0Np 0Wp",
        "1 2 3i",
        "0x",
        "10b",
        "`s#1 2 3",
        "1 2.5 0n 0w",
        "()",
        "(1;`a;\"x\")",
        "(1 2;(`a;\"b\"))",
        "8c6b8b64-6815-6084-0a3e-178401251b68",
        "0Ng",
        "`a`b!1 2",
        "(`a;1)!(2;\"x\")",
        "([]a:1 2;b:`x`y)",
        "([k:1 2]v:3 4)",
        "::",
        "{x+y}",
        "+",
    };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        round_trip(values[i]);
}

static void test_refusals(void **state)
{
    (void)state;
    expect_error("", "line 1");
    expect_error("[1,", "line 1");
    expect_error("{\"a\":\n1 2}", "line 2");
    expect_error("99999999999999999999", "too big integer");
    expect_error("{\"t\":-5,\"v\":40000}", "type -5 does not fit");
    expect_error("{\"t\":7}", "type 7 has no v");
    expect_error("{\"t\":7,\"v\":3}", "is no array");
    expect_error("{\"t\":-1,\"v\":1}", "is no boolean");
    expect_error("{\"t\":3,\"v\":[]}", "type 3 does not exist");
    expect_error("{\"t\":1000,\"v\":[]}", "type 1000 does not exist");
    expect_error("{\"t\":98,\"k\":[\"a\"],\"v\":[]}", "type 98");
    expect_error("{\"t\":99,\"k\":{\"t\":11,\"v\":[\"a\"]},\"v\":{\"t\":7,\"v\":[]}}", "as many");
    expect_error("{\"t\":-11,\"v\":\"a\\u0000b\"}", "is no symbol");
    expect_error("{\"t\":4,\"v\":\"0x0g\"}", "hex");
    expect_error("{\"t\":-2,\"v\":\"x\"}", "guid");
    expect_error("{\"t\":100,\"v\":\"select\"}", "column");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalars),  cmocka_unit_test(test_arrays),
        cmocka_unit_test(test_objects),  cmocka_unit_test(test_typed_round_trips),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

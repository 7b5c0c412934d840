/*
 * test_msgjson.c - the message object that scripts rely on.
 */
#include "cli/msgjson.h"

#include "text/data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct kq_obj *q(const char *text)
{
    struct kq_err err;
    struct kq_obj *x = kq_data_parse(text, strlen(text), &err);
    if (!x)
        fail_msg("%s: %s", text, err.msg);
    return x;
}

static void expect_json(const struct kq_msgrec *m, const char *want)
{
    struct kq_out o;
    kq_out_init_mem(&o);
    kq_msgrec_json(&o, m, KQ_JSON_ROWS, &kq_style_default);
    kq_out_char(&o, 0);
    assert_string_equal(o.buf, want);
    kq_out_release(&o);
}

static void test_all_fields(void **state)
{
    (void)state;
    struct kq_obj *x = q("(`upd;`trade;1 2)");
    struct kq_msgrec m = {.n = 7,
                          .time_ns = INT64_C(1704164645123456789),
                          .conn = 1,
                          .src = "10.0.0.1:40123",
                          .dst = "10.0.0.2:5010",
                          .kind = KQ_RESPONSE,
                          .size = 47,
                          .zsize = 30,
                          .value = x,
                          .latency_us = 123.5,
                          .reply_to = 6,
                          .error = kq_strz("ty\"pe")};
    kq_msgrec_call(&m, x);
    expect_json(&m, "{\"v\":1,\"n\":7,\"time\":\"2024-01-02T03:04:05.123456789Z\",\"conn\":1,"
                    "\"src\":\"10.0.0.1:40123\",\"dst\":\"10.0.0.2:5010\",\"kind\":\"response\","
                    "\"size\":47,\"zsize\":30,\"endian\":\"little\",\"fn\":\"upd\","
                    "\"table\":\"trade\",\"query\":null,\"value\":[\"upd\",\"trade\",[1,2]],"
                    "\"latency_us\":123.5,\"reply_to\":6,\"error\":\"ty\\\"pe\"}");
    kq_unref(x);
}

static void test_unknown_is_null(void **state)
{
    (void)state;
    struct kq_msgrec m = {
        .conn = 1, .kind = KQ_ASYNC, .big = true, .latency_us = -1, .reply_to = -1};
    expect_json(&m, "{\"v\":1,\"n\":0,\"time\":null,\"conn\":1,\"src\":null,\"dst\":null,"
                    "\"kind\":\"async\",\"size\":0,\"zsize\":null,\"endian\":\"big\",\"fn\":null,"
                    "\"table\":null,\"query\":null,\"value\":null,\"latency_us\":null,"
                    "\"reply_to\":null,\"error\":null}");
}

static void expect_call(const char *text, const char *fn, const char *table, const char *query)
{
    struct kq_obj *x = q(text);
    struct kq_msgrec m = {0};
    kq_msgrec_call(&m, x);
    const char *want[] = {fn, table, query};
    struct kq_str got[] = {m.fn, m.table, m.query};
    for (int i = 0; i < 3; i++) {
        if (want[i] ? !got[i].s || !kq_str_is(got[i], want[i]) : got[i].s != NULL)
            fail_msg("%s: field %d is %.*s", text, i, (int)got[i].len, got[i].s ? got[i].s : "");
    }
    kq_unref(x);
}

static void test_calls(void **state)
{
    (void)state;
    expect_call("(`upd;`trade;1 2)", "upd", "trade", NULL);
    expect_call("(\"upd\";`trade;1 2)", "upd", "trade", NULL);
    expect_call("`.u.sub`trade`", ".u.sub", "trade", NULL);
    expect_call("(`f;1)", "f", NULL, NULL);
    expect_call("(1;`f)", NULL, "f", NULL);
    expect_call("\"select from t\"", NULL, NULL, "select from t");
    expect_call("42", NULL, NULL, NULL);
    expect_call("()", NULL, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_fields),
        cmocka_unit_test(test_unknown_is_null),
        cmocka_unit_test(test_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

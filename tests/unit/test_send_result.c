/*
 * test_send_result.c - what is true, and what is of which type.
 */
#include "result.h"
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

static void test_truth(void **state)
{
    (void)state;
    static const char *const yes[] = {"1b",     "0x01",       "-1",       "0W",
                                      "2.5",    "\"a\"",      "`a",       "1 0",
                                      "\"ab\"", ",0b",        "(,`a)!,1", "([]a:1 2)",
                                      "{x}",    "2024.01.02", "0Wp",      "12:00"};
    static const char *const no[] = {"0b", "0x00",  "0",          "0N",       "0i",      "0n",
                                     "0f", "\" \"", "`",          "()",       "\"\"",    "0Ng",
                                     "::", "0Np",   "2000.01.01", "`long$()", "([]a:())"};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        struct kq_obj *x = q(yes[i]);
        if (!send_result_is_true(x))
            fail_msg("%s is false", yes[i]);
        kq_unref(x);
    }
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
        struct kq_obj *x = q(no[i]);
        if (send_result_is_true(x))
            fail_msg("%s is true", no[i]);
        kq_unref(x);
    }
}

static void test_types(void **state)
{
    (void)state;
    static const struct {
        const char *value, *fits, *misses;
    } cases[] = {
        {"1", "-7", "7"},
        {"1", "j", "i"},
        {"1 2", "long", "float"},
        {"1 2", "list", "string"},
        {"\"ab\"", "string", "symbol"},
        {"`a", "symbol", "list"},
        {"([]a:1 2)", "table", "keyed"},
        {"([]a:1 2)", "98", "99"},
        {"([k:1 2]v:3 4)", "keyed", "dict"},
        {"`a`b!1 2", "dict", "keyed"},
        {"{x}", "function", "dict"},
        {"()", "0", "j"},
        {"2024.01.02D00:00:00", "p", "z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kq_obj *x = q(cases[i].value);
        struct kq_err err = {0};
        if (!send_result_check(x, cases[i].fits, &err))
            fail_msg("%s is no %s: %s", cases[i].value, cases[i].fits, err.msg);
        if (send_result_check(x, cases[i].misses, &err))
            fail_msg("%s is a %s", cases[i].value, cases[i].misses);
        assert_int_equal(err.code, KQ_EPROTO);
        kq_unref(x);
    }
}

static void test_known(void **state)
{
    (void)state;
    static const char *const known[] = {"-7", "98", "j", "timestamp", "table", "keyed"};
    static const char *const unknown[] = {"", "J", "y", "tables", "7x"};
    struct kq_err err = {0};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        assert_true(send_result_known(known[i], &err));
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        if (send_result_known(unknown[i], &err))
            fail_msg("'%s' is a type", unknown[i]);
        assert_int_equal(err.code, KQ_EUSAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_truth),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

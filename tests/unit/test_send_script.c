/*
 * test_send_script.c - scripts cut into statements as \l cuts them.
 */
#include "script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The statements of `text` with a '|' behind each. */
static void expect(const char *text, const char *want)
{
    char got[500] = "";
    size_t n = 0;
    struct send_script s = {kq_strz(text)};
    struct kq_str one;
    while (send_script_next(&s, &one))
        n += (size_t)snprintf(got + n, sizeof got - n, "%.*s|", KQ_STR_FMT(one));
    assert_string_equal(got, want);
}

static void test_statements(void **state)
{
    (void)state;
    expect("", "");
    expect("\n\n  \n", "");
    expect("a:1", "a:1|");
    expect("a:1\nb:2\n", "a:1|b:2|");
    expect("a:1\r\nb:2\r\n", "a:1|b:2|");
    expect("\\d .a\nx:1\n", "\\d .a|x:1|");
}

static void test_continuation(void **state)
{
    (void)state;
    expect("f:{\n x\n\t+1}\ng:2\n", "f:{\n x\n\t+1}|g:2|");
    expect("f:{\n\n/ note\n x}\n", "f:{\n\n/ note\n x}|");
    expect("a:1\n\n/ note\nb:2\n", "a:1|b:2|");
    expect("a:1\n\n", "a:1|");
    /* A brace in the first column does not continue. */
    expect("f:{\n x\n }\n", "f:{\n x\n }|");
}

static void test_comments(void **state)
{
    (void)state;
    expect("/ one\na:1 / two\n/three\n", "a:1 / two|");
    expect("a:1\n/\nb:2\n c:3\n\\\nd:4\n", "a:1|d:4|");
    expect("a:1\n/  \nb:2\n", "a:1|");
    expect("a:1\n\\\nb:2\n", "a:1|");
    expect("a:1\n\\ \nb:2", "a:1|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statements),
        cmocka_unit_test(test_continuation),
        cmocka_unit_test(test_comments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

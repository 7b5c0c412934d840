/*
 * test_send_entry.c - when an entry at the prompt is finished, and whether its
 * result is shown.
 */
#include "entry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void state(const char *text, enum send_entry want)
{
    enum send_entry got = send_entry_state(kq_strz(text));
    if (got != want)
        fail_msg("state of <%s> is %d, should be %d", text, got, want);
}

static void silent(const char *text, bool want)
{
    if (send_entry_is_silent(kq_strz(text)) != want)
        fail_msg("<%s> should be %s", text, want ? "silent" : "shown");
}

static void one_line_is_whole(void **unused)
{
    (void)unused;
    state("1+1", SEND_ENTRY_WHOLE);
    state("f[1;(2;3)]", SEND_ENTRY_WHOLE);
    state("{x+y}", SEND_ENTRY_WHOLE);
    state("\"a string\"", SEND_ENTRY_WHOLE);
    state(";", SEND_ENTRY_WHOLE);
    state("+", SEND_ENTRY_WHOLE);
    state("1+", SEND_ENTRY_WHOLE);
}

static void nothing_to_send(void **unused)
{
    (void)unused;
    state("", SEND_ENTRY_EMPTY);
    state(" \t ", SEND_ENTRY_EMPTY);
    state("/ only words (", SEND_ENTRY_EMPTY);
    state("  / indented [", SEND_ENTRY_EMPTY);
    state("/\ntext ( [ \"\n\\", SEND_ENTRY_EMPTY);
}

static void brackets_continue(void **unused)
{
    (void)unused;
    state("f:{", SEND_ENTRY_OPEN);
    state("(1;2", SEND_ENTRY_OPEN);
    state("t[`a", SEND_ENTRY_OPEN);
    state("({[", SEND_ENTRY_OPEN);
    state("f:{\n x+1\n", SEND_ENTRY_OPEN);
    state("f:{\n x+1\n }", SEND_ENTRY_WHOLE);
    state("f:{ / comment }\n x", SEND_ENTRY_OPEN);
    state("([]a:1 2;\n b:3 4)", SEND_ENTRY_WHOLE);
}

static void strings_continue(void **unused)
{
    (void)unused;
    state("\"abc", SEND_ENTRY_OPEN_TEXT);
    state("\"abc\n", SEND_ENTRY_OPEN_TEXT);
    state("\"abc\ndef\"", SEND_ENTRY_WHOLE);
    state("(\"abc", SEND_ENTRY_OPEN_TEXT);
    state("\"a\\\"", SEND_ENTRY_OPEN_TEXT);
    state("\"a\\", SEND_ENTRY_OPEN_TEXT);
    state("\"a\\\\\"", SEND_ENTRY_WHOLE);
    state("\"a\\\"b\"", SEND_ENTRY_WHOLE);
}

static void block_comments_continue(void **unused)
{
    (void)unused;
    state("/", SEND_ENTRY_OPEN_TEXT);
    state("/ \ntext", SEND_ENTRY_OPEN_TEXT);
    state("/\ntext\n \\", SEND_ENTRY_OPEN_TEXT);
    state("/\n\\\n1+1", SEND_ENTRY_WHOLE);
}

static void brackets_in_text_do_not_count(void **unused)
{
    (void)unused;
    state("\"(\"", SEND_ENTRY_WHOLE);
    state("\"[{\",\"(\"", SEND_ENTRY_WHOLE);
    state("1+1 / (and so on", SEND_ENTRY_WHOLE);
    state("count \"/ no (comment\"", SEND_ENTRY_WHOLE);
    state("1 / \"", SEND_ENTRY_WHOLE);
}

static void an_over_without_blank_is_no_comment(void **unused)
{
    (void)unused;
    state("+/(1 2", SEND_ENTRY_OPEN);
    state("(+/)1 2", SEND_ENTRY_WHOLE);
    state("`:a/b (", SEND_ENTRY_OPEN);
}

static void the_server_hears_of_wrong_brackets(void **unused)
{
    (void)unused;
    state(")", SEND_ENTRY_WHOLE);
    state("(]", SEND_ENTRY_WHOLE);
    state("{)\n", SEND_ENTRY_WHOLE);
    state("f[1))", SEND_ENTRY_WHOLE);
}

static void too_deep_is_the_servers_problem(void **unused)
{
    (void)unused;
    char text[2000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = '(';
    assert_int_equal(send_entry_state(kq_str(text, sizeof text)), SEND_ENTRY_WHOLE);
    assert_int_equal(send_entry_state(kq_str(text, 200)), SEND_ENTRY_OPEN);
}

static void system_commands_are_one_line(void **unused)
{
    (void)unused;
    state("\\l file(1.q", SEND_ENTRY_WHOLE);
    state("\\ls \"", SEND_ENTRY_WHOLE);
    state("\\", SEND_ENTRY_WHOLE);
}

static void language_prefix_is_no_bracket(void **unused)
{
    (void)unused;
    state("k)+/1 2", SEND_ENTRY_WHOLE);
    state("k){x", SEND_ENTRY_OPEN);
    state("k)", SEND_ENTRY_WHOLE);
}

static void assignments_are_silent(void **unused)
{
    (void)unused;
    silent("a:1", true);
    silent("a : 1", true);
    silent(".ns.a:1", true);
    silent("a_1:{x+1}", true);
    silent("a[0]:1", true);
    silent("a[`x;\"]\"]:1", true);
    silent("a[0][1]:1", true);
    silent("a+:1", true);
    silent("a[i],:1 2", true);
    silent("v::a+b", true);
    silent("1;a:2", true);
    silent("f:{\n x}", true);
    silent("/ comment\na:1", true);
    silent("a:1 / comment", true);
    silent("a:1;b:2", true);
}

static void statements_that_end_are_silent(void **unused)
{
    (void)unused;
    silent("1+1;", true);
    silent("1+1; ", true);
    silent("1+1; / why", true);
    silent("f[1;2];", true);
    silent("", true);
}

static void results_are_shown(void **unused)
{
    (void)unused;
    silent("a", false);
    silent("1+1", false);
    silent("a:1;a", false);
    silent("f[a:1;2]", false);
    silent("(a:1)", false);
    silent("\"a:1\"", false);
    silent("\";\"", false);
    silent("select a:b from t", false);
    silent("{a:1;}", false);
    silent("a+/:b", false);
    silent("a\\:b", false);
    silent("x 0: y", false);
    silent("`a:1", false);
    silent("\\v", false);
    silent("\\t:10 f[];", false);
    silent("a=1", false);
    silent("1 /a;", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_line_is_whole),
        cmocka_unit_test(nothing_to_send),
        cmocka_unit_test(brackets_continue),
        cmocka_unit_test(strings_continue),
        cmocka_unit_test(block_comments_continue),
        cmocka_unit_test(brackets_in_text_do_not_count),
        cmocka_unit_test(an_over_without_blank_is_no_comment),
        cmocka_unit_test(the_server_hears_of_wrong_brackets),
        cmocka_unit_test(too_deep_is_the_servers_problem),
        cmocka_unit_test(system_commands_are_one_line),
        cmocka_unit_test(language_prefix_is_no_bracket),
        cmocka_unit_test(assignments_are_silent),
        cmocka_unit_test(statements_that_end_are_silent),
        cmocka_unit_test(results_are_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

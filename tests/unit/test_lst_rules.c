/*
 * test_lst_rules.c - rules are parsed, chosen in order, and refused with a reason.
 */
#include "rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct lst_rules rules_of(const char *text)
{
    struct lst_rules r = {0};
    struct kq_err err = {0};
    if (!lst_rules_add(&r, kq_strz(text), "-R", &err))
        fail_msg("%s", err.msg);
    return r;
}

static void assert_refused(const char *text, const char *want)
{
    struct lst_rules r = {0};
    struct kq_err err = {0};
    assert_false(lst_rules_add(&r, kq_strz(text), "-R", &err));
    assert_int_equal(err.code, KQ_EUSAGE);
    assert_non_null(strstr(err.msg, want));
    lst_rules_release(&r);
}

static void a_rule_answers_a_literal(void **state)
{
    (void)state;
    struct lst_rules r = rules_of("^select=([]a:1 2)");
    struct lst_rule *rule = lst_rules_find(&r, "select from t", KQ_SYNC, "me");
    assert_non_null(rule);
    assert_int_equal(rule->reply.action, LST_VALUE);
    assert_int_equal(rule->reply.value->type, KQ_TABLE);
    assert_null(lst_rules_find(&r, "exec from t", KQ_SYNC, "me"));
    lst_rules_release(&r);
}

static void the_first_equals_outside_brackets_splits(void **state)
{
    (void)state;
    struct lst_rules r = rules_of("a[=]b\\=c='type");
    struct lst_rule *rule = lst_rules_find(&r, "a=b=c", KQ_SYNC, "");
    assert_non_null(rule);
    assert_int_equal(rule->reply.action, LST_ERROR);
    assert_string_equal(rule->reply.error, "type");
    lst_rules_release(&r);
}

static void keys_narrow_a_rule(void **state)
{
    (void)state;
    struct lst_rules r = rules_of("delay=250ms times=2 kind=sync user=bob x=hang");
    assert_null(lst_rules_find(&r, "x", KQ_ASYNC, "bob"));
    assert_null(lst_rules_find(&r, "x", KQ_SYNC, "eve"));
    struct lst_rule *rule = lst_rules_find(&r, "x", KQ_SYNC, "bob");
    assert_non_null(rule);
    assert_int_equal(rule->delay_ns, 250000000);
    assert_int_equal(rule->reply.action, LST_HANG);
    assert_non_null(lst_rules_find(&r, "x", KQ_SYNC, "bob"));
    assert_null(lst_rules_find(&r, "x", KQ_SYNC, "bob"));
    lst_rules_release(&r);
}

static void words_are_actions(void **state)
{
    (void)state;
    struct lst_reply reply;
    static const struct {
        const char *text;
        enum lst_action action;
    } cases[] = {{"eval", LST_EVAL},   {" echo ", LST_ECHO},     {"close", LST_CLOSE},
                 {"hang", LST_HANG},   {"literal", LST_LITERAL}, {"'nyi", LST_ERROR},
                 {"1 2 3", LST_VALUE}, {"::", LST_VALUE}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kq_err err = {0};
        assert_true(lst_reply_parse(&reply, kq_strz(cases[i].text), &err));
        assert_int_equal(reply.action, cases[i].action);
        lst_reply_release(&reply);
    }
}

static void a_file_may_hold_a_frame_or_text(void **state)
{
    (void)state;
    static const unsigned char frame[] = {1, 2, 0, 0, 13, 0, 0, 0, 0xfa, 7, 0, 0, 0};
    char path[] = "/tmp/kq-test-rules-XXXXXX", text[64];
    FILE *f = fdopen(mkstemp(path), "w");
    fwrite(frame, 1, sizeof frame, f);
    fclose(f);
    snprintf(text, sizeof text, "x=@%s", path);
    struct lst_rules r = rules_of(text);
    assert_int_equal(kq_int_at(r.rule[0].reply.value, 0), 7);
    lst_rules_release(&r);
    f = fopen(path, "w");
    fputs("`a`b!1 2\n", f);
    fclose(f);
    r = rules_of(text);
    assert_int_equal(r.rule[0].reply.value->type, KQ_DICT);
    lst_rules_release(&r);
    unlink(path);
}

static void a_file_of_rules_names_the_line_at_fault(void **state)
{
    (void)state;
    char path[] = "/tmp/kq-test-rules-XXXXXX", want[64];
    FILE *f = fdopen(mkstemp(path), "w");
    fputs("# comment\n\na=1\nb\n", f);
    fclose(f);
    struct lst_rules r = {0};
    struct kq_err err = {0};
    assert_false(lst_rules_load(&r, path, &err));
    snprintf(want, sizeof want, "%s:4: expected RE=VALUE", path);
    assert_non_null(strstr(err.msg, want));
    assert_int_equal(r.n, 1);
    lst_rules_release(&r);
    unlink(path);
}

static void bad_rules_say_why(void **state)
{
    (void)state;
    assert_refused("nothing", "expected RE=VALUE");
    assert_refused("(=1", "bad regular expression");
    assert_refused("delay=soon x=1", "bad delay=soon");
    assert_refused("times=0 x=1", "bad times=0");
    assert_refused("kind=other x=1", "bad kind=other");
    assert_refused("x=nosuchname", "nosuchname");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_answers_a_literal),
        cmocka_unit_test(the_first_equals_outside_brackets_splits),
        cmocka_unit_test(keys_narrow_a_rule),
        cmocka_unit_test(words_are_actions),
        cmocka_unit_test(a_file_may_hold_a_frame_or_text),
        cmocka_unit_test(a_file_of_rules_names_the_line_at_fault),
        cmocka_unit_test(bad_rules_say_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

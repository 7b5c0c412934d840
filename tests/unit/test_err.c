/*
 * test_err.c - error messages: context, errno, what happens to long or hostile text.
 */
#include "base/err.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool refuse(struct kq_err *err)
{
    return kq_fail(err, KQ_EPROTO, "bad length %d at byte %d", -5, 4);
}

static void fail_fills_and_is_false(void **state)
{
    (void)state;
    struct kq_err err = {0};
    assert_false(refuse(&err));
    assert_int_equal(err.code, KQ_EPROTO);
    assert_string_equal(err.msg, "bad length -5 at byte 4");
    assert_false(refuse(NULL));
}

static void context_goes_in_front(void **state)
{
    (void)state;
    struct kq_err err = {0};
    refuse(&err);
    kq_err_context(&err, "%s:%d", "trades.log", 7);
    assert_int_equal(err.code, KQ_EPROTO);
    assert_string_equal(err.msg, "trades.log:7: bad length -5 at byte 4");
    kq_err_context(NULL, "nobody listens");
}

static void errno_text_goes_behind(void **state)
{
    (void)state;
    struct kq_err err = {0};
    kq_err_errno(&err, KQ_EIO, ENOENT, "cannot open %s", "x.csv");
    assert_int_equal(err.code, KQ_EIO);
    assert_string_equal(err.msg, "cannot open x.csv: No such file or directory");
}

static void assert_cut(const struct kq_err *err)
{
    assert_int_equal(strlen(err->msg), KQ_ERR_MAX - 1);
    assert_string_equal(err->msg + KQ_ERR_MAX - 4, "...");
}

static void long_text_is_cut_and_says_so(void **state)
{
    (void)state;
    char text[2 * KQ_ERR_MAX];
    struct kq_err err = {0};
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = 0;

    kq_err_set(&err, KQ_EDATA, "%s", text);
    assert_cut(&err);
    kq_err_context(&err, "line %d", 1);
    assert_cut(&err);
    assert_memory_equal(err.msg, "line 1: xxx", 11);
    kq_err_context(&err, "%s", text);
    assert_cut(&err);
    kq_err_errno(&err, KQ_EIO, EACCES, "%s", text);
    assert_cut(&err);

    text[KQ_ERR_MAX - 1] = 0; /* the longest that fits */
    kq_err_set(&err, KQ_EDATA, "%s", text);
    assert_string_equal(err.msg, text);
}

static void control_characters_cannot_reach_a_terminal(void **state)
{
    (void)state;
    struct kq_err err = {0};
    kq_err_set(&err, KQ_EQ, "a\x1b[2J\nb\r\x7f\tc \xc3\xa9");
    assert_string_equal(err.msg, "a?[2J?b???c \xc3\xa9");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fail_fills_and_is_false),
        cmocka_unit_test(context_goes_in_front),
        cmocka_unit_test(errno_text_goes_behind),
        cmocka_unit_test(long_text_is_cut_and_says_so),
        cmocka_unit_test(control_characters_cannot_reach_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

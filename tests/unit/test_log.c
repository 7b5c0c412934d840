/*
 * test_log.c - what arrives on stderr, through a pipe in its place.
 */
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int saved = -1, ends[2];

static void capture(void)
{
    assert_int_equal(pipe(ends), 0);
    saved = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
}

/* stderr back in its place; what was written to it, NUL-terminated. */
static const char *captured(void)
{
    static char text[8192];
    dup2(saved, STDERR_FILENO);
    close(saved);
    size_t n = 0;
    for (ssize_t r; (r = read(ends[0], text + n, sizeof text - 1 - n)) > 0;)
        n += (size_t)r;
    close(ends[0]);
    text[n] = 0;
    return text;
}

static void lines_up_to_the_level(void **state)
{
    (void)state;
    kq_log_init("kq-test", KQ_LOG_V);
    capture();
    kq_warn("port %d is odd", 5001);
    kq_note("listening");
    kq_log(KQ_LOG_V, "connected");
    kq_log(KQ_LOG_VV, "a frame");
    assert_string_equal(captured(), "kq-test: warning: port 5001 is odd\n"
                                    "kq-test: listening\n"
                                    "kq-test: connected\n");
    assert_true(kq_log_on(KQ_LOG_V));
    assert_false(kq_log_on(KQ_LOG_VV));
}

static void quiet_says_nothing(void **state)
{
    (void)state;
    kq_log_init("kq-test", KQ_LOG_QUIET);
    capture();
    kq_warn("careful");
    kq_note("by the way");
    assert_string_equal(captured(), "");
}

static void control_characters_do_not_pass(void **state)
{
    (void)state;
    kq_log_init("kq-test", KQ_LOG_NORMAL);
    capture();
    kq_note("%s", "a\033[31mb\nc\177d\303\274");
    assert_string_equal(captured(), "kq-test: a?[31mb?c?d\303\274\n");
}

static void long_lines_are_cut(void **state)
{
    (void)state;
    char text[5000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    kq_log_init("kq-test", KQ_LOG_NORMAL);
    capture();
    kq_note("%s", text);
    const char *line = captured();
    size_t n = strlen(line);
    assert_in_range(n, 1900, 2000);
    assert_int_equal(line[n - 1], '\n');
    assert_ptr_equal(strchr(line, '\n'), line + n - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_up_to_the_level),
        cmocka_unit_test(quiet_says_nothing),
        cmocka_unit_test(control_characters_do_not_pass),
        cmocka_unit_test(long_lines_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_send_source.c - portions of frames: sets, repeats, lines.
 */
#include "source.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct send_framer framer = {.enc = {.capability = 6}, .compress = KQ_COMPRESS_NEVER};

/* A request of these texts. */
static void texts(struct send_request *r, int n, ...)
{
    va_list ap;
    *r = (struct send_request){0};
    va_start(ap, n);
    while (n-- > 0)
        send_msgs_push(&r->msgs, (struct send_msg){.form = SEND_MSG_TEXT,
                                                   .bytes = kq_strz(va_arg(ap, const char *))});
    va_end(ap);
}

/* The texts of up to `max` frames, each with a '|' behind, and the count. */
static int64_t take(struct send_source *s, int64_t max, char *out)
{
    struct kq_buf b;
    struct kq_err err = {0};
    kq_buf_init(&b, KQ_BUF_NOMAX);
    int64_t n = send_source_take(s, max, &b, &err);
    size_t at = 0, used = 0;
    while (at < b.len) {
        size_t len = b.data[at + 4];
        memcpy(out + used, b.data + at + 14, len - 14);
        used += len - 14;
        out[used++] = '|';
        at += len;
    }
    out[used] = 0;
    kq_buf_release(&b);
    return n;
}

static void test_set(void **state)
{
    (void)state;
    struct send_opts o;
    struct send_request r;
    struct send_source s;
    struct kq_err err;
    char got[100];
    send_opts_init(&o);
    texts(&r, 3, "a", "bb", "c");
    assert_true(send_source_init(&s, &o, &r, &framer, &err));
    assert_int_equal(take(&s, 2, got), 2);
    assert_string_equal(got, "a|bb|");
    assert_int_equal(s.state, SEND_SOURCE_MORE);
    assert_int_equal(take(&s, 2, got), 1);
    assert_string_equal(got, "c|");
    assert_int_equal(s.state, SEND_SOURCE_DONE);
    assert_int_equal(take(&s, 2, got), 0);
    send_source_release(&s);
    send_request_release(&r);
}

static void test_repeat(void **state)
{
    (void)state;
    struct send_opts o;
    struct send_request r;
    struct send_source s;
    struct kq_err err;
    char got[100];
    send_opts_init(&o);
    o.how.repeat = 2;
    texts(&r, 2, "a", "b");
    assert_true(send_source_init(&s, &o, &r, &framer, &err));
    assert_int_equal(take(&s, 3, got), 3);
    assert_string_equal(got, "a|b|a|");
    assert_int_equal(take(&s, 3, got), 1);
    assert_int_equal(s.state, SEND_SOURCE_DONE);
    send_source_release(&s);
    /* With an interval a portion ends where the set does. */
    o.how.interval_ns = 1;
    assert_true(send_source_init(&s, &o, &r, &framer, &err));
    assert_int_equal(take(&s, 3, got), 2);
    assert_int_equal(s.state, SEND_SOURCE_SET_END);
    assert_int_equal(take(&s, 3, got), 0);
    send_source_again(&s);
    assert_int_equal(take(&s, 3, got), 2);
    assert_int_equal(s.state, SEND_SOURCE_DONE);
    send_source_release(&s);
    send_request_release(&r);
}

static void test_empty(void **state)
{
    (void)state;
    struct send_opts o;
    struct send_request r = {0};
    struct send_source s;
    struct kq_err err;
    send_opts_init(&o);
    o.how.repeat = INT64_MAX;
    assert_true(send_source_init(&s, &o, &r, &framer, &err));
    assert_int_equal(s.state, SEND_SOURCE_DONE);
    send_source_release(&s);
}

/* Standard input becomes a pipe that holds `text`. */
static int feed(const char *text)
{
    int p[2], old = dup(STDIN_FILENO);
    assert_int_equal(pipe(p), 0);
    dup2(p[0], STDIN_FILENO);
    close(p[0]);
    assert_int_equal(write(p[1], text, strlen(text)), strlen(text));
    close(p[1]);
    return old;
}

static void test_lines(void **state)
{
    (void)state;
    struct send_opts o;
    struct send_request r = {.lines = true};
    struct send_source s;
    struct kq_err err;
    char got[100];
    send_opts_init(&o);
    int old = feed("a\r\nbb\n\nlast");
    assert_true(send_source_init(&s, &o, &r, &framer, &err));
    assert_int_equal(s.state, SEND_SOURCE_IDLE);
    assert_true(send_source_read(&s, &err));
    assert_int_equal(take(&s, 2, got), 2);
    assert_string_equal(got, "a|bb|");
    assert_int_equal(take(&s, 9, got), 1);
    assert_string_equal(got, "|");
    assert_int_equal(s.state, SEND_SOURCE_IDLE);
    assert_true(send_source_read(&s, &err));
    assert_int_equal(take(&s, 9, got), 1);
    assert_string_equal(got, "last|");
    assert_int_equal(s.state, SEND_SOURCE_DONE);
    send_source_release(&s);
    dup2(old, STDIN_FILENO);
    close(old);
}

static void test_bad_line(void **state)
{
    (void)state;
    struct send_opts o;
    struct send_request r = {.lines = true};
    struct send_source s;
    struct kq_err err;
    struct kq_buf b;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    send_opts_init(&o);
    o.ask.input = SEND_INPUT_Q;
    int old = feed("1\nfoo bar\n");
    assert_true(send_source_init(&s, &o, &r, &framer, &err));
    assert_true(send_source_read(&s, &err));
    assert_int_equal(send_source_take(&s, 9, &b, &err), -1);
    assert_int_equal(err.code, KQ_EUSAGE);
    send_source_release(&s);
    kq_buf_release(&b);
    dup2(old, STDIN_FILENO);
    close(old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set),   cmocka_unit_test(test_repeat),   cmocka_unit_test(test_empty),
        cmocka_unit_test(test_lines), cmocka_unit_test(test_bad_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

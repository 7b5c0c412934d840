/*
 * test_loop.c - order and cancelling of deferred calls, timers, watches, signals.
 */
#include "net/loop.h"

#include "net/timing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <string.h>
#include <unistd.h>

struct log {
    struct kq_loop *loop;
    char text[64];
    struct kq_defer a, b, c;
    struct kq_timer timer;
};

static void note(struct log *l, const char *word)
{
    strcat(l->text, word);
}

static void run_a(void *arg)
{
    note(arg, "a");
}

static void run_b(void *arg)
{
    struct log *l = arg;
    note(l, "b");
    kq_defer_cancel(l->loop, &l->c);
    kq_defer_post(l->loop, &l->b);
    if (strlen(l->text) > 20)
        kq_defer_cancel(l->loop, &l->b);
}

static void run_c(void *arg)
{
    note(arg, "c");
}

static void test_deferred_calls(void **state)
{
    (void)state;
    struct log l = {.loop = kq_loop_new(NULL)};
    assert_non_null(l.loop);
    kq_defer_init(&l.a, run_a, &l);
    kq_defer_init(&l.b, run_b, &l);
    kq_defer_init(&l.c, run_c, &l);
    kq_defer_post(l.loop, &l.a);
    kq_defer_post(l.loop, &l.b);
    kq_defer_post(l.loop, &l.c);
    kq_defer_post(l.loop, &l.a);
    kq_loop_turn(l.loop);
    assert_memory_equal(l.text, "abb", 3); /* what a call posts comes soon */
    assert_true(strlen(l.text) < 20);      /* but not for ever before the turn ends */
    assert_null(strchr(l.text, 'c'));
    kq_loop_run(l.loop);
    assert_int_equal(strlen(l.text), 21);
    kq_loop_free(l.loop);
}

static void on_first_timer(void *arg)
{
    struct log *l = arg;
    note(l, "t");
    if (strlen(l->text) < 3)
        kq_timer_start(&l->timer, 0);
}

static void test_timers(void **state)
{
    (void)state;
    struct log l = {.loop = kq_loop_new(NULL)};
    struct kq_timer never;
    kq_timer_init(&l.timer, l.loop, on_first_timer, &l);
    kq_timer_init(&never, l.loop, run_a, &l);
    assert_false(kq_timer_running(&never));
    kq_timer_start(&never, 100000);
    assert_true(kq_timer_running(&never));
    kq_timer_stop(&never);
    int64_t start = kq_mono_ns();
    kq_timer_start(&l.timer, 5);
    kq_loop_run(l.loop);
    assert_true(kq_mono_ns() - start >= 5000000);
    assert_string_equal(l.text, "ttt");
    kq_loop_free(l.loop);
}

/* Waits for the timer in turns of its own. */
static void run_wait(void *arg)
{
    struct log *l = arg;
    note(l, "(");
    kq_timer_start(&l->timer, 1);
    while (!strchr(l->text, 't'))
        assert_true(kq_loop_turn(l->loop));
    note(l, ")");
}

static void on_nested_timer(void *arg)
{
    struct log *l = arg;
    note(l, "t");
    assert_false(kq_loop_turn(l->loop)); /* not from a callback of the loop */
    kq_defer_post(l->loop, &l->c);
}

static void test_waiting_in_a_deferred_call(void **state)
{
    (void)state;
    struct log l = {.loop = kq_loop_new(NULL)};
    kq_timer_init(&l.timer, l.loop, on_nested_timer, &l);
    kq_defer_init(&l.a, run_wait, &l);
    kq_defer_init(&l.b, run_a, &l);
    kq_defer_init(&l.c, run_c, &l);
    kq_defer_post(l.loop, &l.a);
    kq_defer_post(l.loop, &l.b);
    kq_loop_run(l.loop);
    assert_string_equal(l.text, "(atc)");
    assert_false(kq_loop_turn(l.loop)); /* nothing could ever happen */
    kq_loop_free(l.loop);
}

struct pipe_end {
    int fd;
    struct kq_watch watch;
    char got[16];
};

static void on_pipe(void *arg, bool readable, bool writable)
{
    struct pipe_end *p = arg;
    assert_true(readable);
    assert_false(writable);
    char c;
    if (read(p->fd, &c, 1) == 1)
        strncat(p->got, &c, 1);
    else
        kq_watch_set(&p->watch, false, false);
}

static void test_watches(void **state)
{
    (void)state;
    struct kq_loop *loop = kq_loop_new(NULL);
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    struct pipe_end p = {.fd = fds[0]};
    kq_watch_init(&p.watch, loop, fds[0], on_pipe, &p);
    kq_watch_set(&p.watch, true, false);
    assert_int_equal(write(fds[1], "xyz", 3), 3);
    close(fds[1]);
    kq_loop_run(loop);
    assert_string_equal(p.got, "xyz");
    close(fds[0]);
    kq_loop_free(loop);
}

static void on_usr1(void *arg, int signo)
{
    assert_int_equal(signo, SIGUSR1);
    kq_loop_stop(arg);
}

static void test_signals(void **state)
{
    (void)state;
    struct kq_loop *loop = kq_loop_new(NULL);
    struct kq_signal s;
    assert_true(kq_signal_init(&s, loop, SIGUSR1, on_usr1, loop, NULL));
    raise(SIGUSR1);
    kq_loop_run(loop);
    kq_signal_stop(&s);
    kq_loop_free(loop);
}

static void test_deadlines(void **state)
{
    (void)state;
    assert_true(kq_deadline_ms(0) == KQ_NEVER);
    assert_true(kq_deadline_ms(INT64_MAX) == KQ_NEVER);
    assert_int_equal(kq_left_ms(KQ_NEVER), -1);
    assert_int_equal(kq_left_ms(kq_mono_ns() - 1), 0);
    assert_in_range(kq_left_ms(kq_deadline_ms(60000)), 59000, 60000);
    assert_int_equal(kq_left_ms(KQ_NEVER - 1), INT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deferred_calls),
        cmocka_unit_test(test_timers),
        cmocka_unit_test(test_waiting_in_a_deferred_call),
        cmocka_unit_test(test_watches),
        cmocka_unit_test(test_signals),
        cmocka_unit_test(test_deadlines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

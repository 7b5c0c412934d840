/*
 * test_direct.c - the blocking client against hand-made servers, each a child
 * process that runs a short script on the first connection.
 */
#include "net/direct.h"

#include "net/sock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define SYNC  "\x01\x01\0\0\x0d\0\0\0\xfa\x01\0\0\0"
#define REPLY "\x01\x02\0\0\x0d\0\0\0\xfa\x2a\0\0\0"
#define ASYNC "\x01\0\0\0\x0d\0\0\0\xfa\x01\0\0\0"

struct env {
    pid_t child;
    char target[64];
    struct kq_conn_opts opts;
    struct kq_err err;
};

static int setup(void **state)
{
    struct env *e = calloc(1, sizeof *e);
    kq_conn_opts_init(&e->opts);
    e->opts.user = "u";
    e->opts.connect_timeout_ms = 60000;
    *state = e;
    return 0;
}

/* The script's exit status is 0 when it saw what it expected. */
static int teardown(void **state)
{
    struct env *e = *state;
    int status = 0;
    if (e->child)
        waitpid(e->child, &status, 0);
    free(e);
    return status ? -1 : 0;
}

/* ---- words of the scripts ---- */

static void expect(int fd, const void *want, size_t n)
{
    char got[256];
    size_t have = 0;
    while (have < n) {
        ssize_t r = read(fd, got + have, n - have);
        if (r <= 0)
            _exit(2);
        have += (size_t)r;
    }
    if (memcmp(got, want, n) != 0)
        _exit(3);
}

static void say(int fd, const void *data, size_t n)
{
    if (write(fd, data, n) != (ssize_t)n)
        _exit(4);
}

static void wait_for_close(int fd)
{
    char c;
    while (read(fd, &c, 1) > 0)
        ;
}

static void serve(struct env *e, void (*script)(int fd))
{
    struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&sin, sizeof sin), 0);
    assert_int_equal(listen(fd, 1), 0);
    snprintf(e->target, sizeof e->target, "127.0.0.1:%u", kq_sock_port(fd));
    e->child = fork();
    assert_true(e->child >= 0);
    if (e->child == 0) {
        int conn = accept(fd, NULL, NULL);
        close(fd);
        script(conn);
        _exit(0);
    }
    close(fd);
}

static struct kq_direct *try_open(struct env *e, const char *target,
                                  const volatile sig_atomic_t *stop)
{
    struct kq_addr a;
    assert_true(kq_addr_parse(kq_strz(target), &a, &e->err));
    struct kq_direct *d = kq_direct_open(&a, &e->opts, stop, &e->err);
    kq_addr_release(&a);
    return d;
}

static struct kq_direct *must_open(struct env *e)
{
    struct kq_direct *d = try_open(e, e->target, NULL);
    if (!d)
        fail_msg("%s", e->err.msg);
    return d;
}

static void check_refusal(struct env *e, int code, const char *message)
{
    assert_null(try_open(e, e->target, NULL));
    assert_string_equal(e->err.msg, message);
    assert_int_equal(e->err.code, code);
}

/* ---- tests ---- */

static void answer_two(int fd)
{
    expect(fd, "u\x06\0", 3);
    say(fd, "\x03", 1);
    expect(fd, SYNC SYNC, 26);
    say(fd, ASYNC REPLY REPLY, 39);
    wait_for_close(fd);
}

static void test_queries(void **state)
{
    struct env *e = *state;
    struct kq_msg msg;
    serve(e, answer_two);
    struct kq_direct *d = must_open(e);
    assert_int_equal(kq_direct_capability(d), 3);
    assert_true(kq_direct_is_local(d));
    assert_false(kq_direct_ready(d));
    assert_true(kq_direct_send(d, SYNC SYNC, 26, KQ_NEVER, &e->err));
    enum kq_kind kinds[] = {KQ_ASYNC, KQ_RESPONSE, KQ_RESPONSE};
    for (int i = 0; i < 3; i++) {
        int64_t deadline = i == 1 ? kq_deadline_ms(60000) : KQ_NEVER;
        assert_int_equal(kq_direct_recv(d, &msg, deadline, &e->err), 1);
        assert_int_equal(msg.head.kind, kinds[i]);
        assert_int_equal(msg.len, 13);
        kq_msg_release(&msg);
    }
    assert_int_equal(kq_direct_bytes_out(d), 3 + 26);
    assert_int_equal(kq_direct_bytes_in(d), 1 + 39);
    const struct kq_timing *t = kq_direct_timing(d);
    assert_true(t->start_ns <= t->resolved_ns && t->resolved_ns <= t->connected_ns &&
                t->connected_ns <= t->ready_ns);
    kq_direct_free(d);
}

static void close_after_answer(int fd)
{
    expect(fd, "u\x06\0", 3);
    say(fd, "\x06" REPLY "\x01\x02\0\0\x0d", 19);
}

static void test_lost_in_a_message(void **state)
{
    struct env *e = *state;
    struct kq_msg msg;
    serve(e, close_after_answer);
    struct kq_direct *d = must_open(e);
    assert_int_equal(kq_direct_recv(d, &msg, KQ_NEVER, &e->err), 1);
    kq_msg_release(&msg);
    assert_int_equal(kq_direct_recv(d, &msg, KQ_NEVER, &e->err), -1);
    assert_int_equal(e->err.code, KQ_ELOST);
    assert_string_equal(e->err.msg, "connection closed inside a message header");
    kq_direct_free(d);
}

static void hello_and_close(int fd)
{
    expect(fd, "u\x06\0", 3);
    say(fd, "\x06", 1);
}

static void test_end_between_messages(void **state)
{
    struct env *e = *state;
    struct kq_msg msg;
    serve(e, hello_and_close);
    struct kq_direct *d = must_open(e);
    assert_int_equal(kq_direct_recv(d, &msg, KQ_NEVER, &e->err), 0);
    kq_direct_free(d);
}

static void refuse(int fd)
{
    expect(fd, "u\x06\0", 3);
}

static void test_access_denied(void **state)
{
    serve(*state, refuse);
    check_refusal(*state, KQ_EAUTH, "access denied (server closed instead of accepting the login)");
}

static void be_silent(int fd)
{
    wait_for_close(fd);
}

static void test_handshake_timeout(void **state)
{
    struct env *e = *state;
    e->opts.connect_timeout_ms = 30;
    serve(e, be_silent);
    check_refusal(e, KQ_ETIMEOUT,
                  "handshake timed out after 30ms (server accepted TCP but did not answer; it may "
                  "be busy)");
}

static void reset(int fd)
{
    struct linger now = {1, 0};
    expect(fd, "u\x06\0", 3);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static void test_reset(void **state)
{
    serve(*state, reset);
    check_refusal(*state, KQ_ECONNECT, "connection reset by peer during the handshake");
}

static void test_refused(void **state)
{
    struct env *e = *state;
    int taken = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    assert_int_equal(bind(taken, (struct sockaddr *)&sin, sizeof sin), 0);
    snprintf(e->target, sizeof e->target, "localhost:%u", kq_sock_port(taken));
    check_refusal(e, KQ_ECONNECT, "connection refused");
    close(taken);
}

static void test_connect_timeout(void **state)
{
    struct env *e = *state;
    struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int server = socket(AF_INET, SOCK_STREAM, 0), filler[4];
    assert_int_equal(bind(server, (struct sockaddr *)&sin, sizeof sin), 0);
    assert_int_equal(listen(server, 0), 0);
    sin.sin_port = htons(kq_sock_port(server));
    for (int i = 0; i < 4; i++) {
        filler[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        if (connect(filler[i], (struct sockaddr *)&sin, sizeof sin) == 0)
            continue;
    }
    snprintf(e->target, sizeof e->target, "127.0.0.1:%u", kq_sock_port(server));
    e->opts.connect_timeout_ms = 50;
    check_refusal(e, KQ_ETIMEOUT, "connect timed out after 50ms");
    for (int i = 0; i < 4; i++)
        close(filler[i]);
    close(server);
}

static void test_tls_is_refused(void **state)
{
    struct env *e = *state;
    strcpy(e->target, "tcps://localhost:1");
    check_refusal(e, KQ_EUSAGE, "TLS needs the event loop");
}

static void hello_and_wait(int fd)
{
    expect(fd, "u\x06\0", 3);
    say(fd, "\x06", 1);
    wait_for_close(fd);
}

static void test_answer_timeout(void **state)
{
    struct env *e = *state;
    struct kq_msg msg;
    serve(e, hello_and_wait);
    struct kq_direct *d = must_open(e);
    assert_true(kq_direct_send(d, SYNC, 13, kq_deadline_ms(60000), &e->err));
    assert_int_equal(kq_direct_recv(d, &msg, kq_deadline_ms(20), &e->err), -1);
    assert_int_equal(e->err.code, KQ_ETIMEOUT);
    assert_string_equal(e->err.msg, "timed out waiting for the answer");
    kq_direct_free(d);
}

static volatile sig_atomic_t stopped;

static void on_alarm(int signo)
{
    stopped = signo;
}

static void test_interrupted(void **state)
{
    struct env *e = *state;
    struct kq_msg msg;
    struct sigaction action = {.sa_handler = on_alarm}, old;
    serve(e, hello_and_wait);
    stopped = 0;
    sigaction(SIGALRM, &action, &old);
    struct kq_direct *d = try_open(e, e->target, &stopped);
    assert_non_null(d);
    ualarm(20000, 20000);
    assert_int_equal(kq_direct_recv(d, &msg, KQ_NEVER, &e->err), -1);
    ualarm(0, 0);
    sigaction(SIGALRM, &old, NULL);
    assert_int_equal(e->err.code, 128 + SIGALRM);
    kq_direct_free(d);
}

/* A server that answers everything before it reads on: with a client that only
 * writes, both would wait for ever. */
static void echo_slowly(int fd)
{
    static char frame[1 << 20], back[1 << 20];
    expect(fd, "u\x06\0", 3);
    say(fd, "\x06", 1);
    kq_header_put((uint8_t *)back, &(struct kq_header){.kind = KQ_RESPONSE, .total = sizeof back});
    for (int i = 0; i < 30; i++) {
        for (size_t have = 0; have < sizeof frame;) {
            ssize_t n = read(fd, frame + have, sizeof frame - have);
            if (n <= 0)
                _exit(5);
            have += (size_t)n;
        }
        for (size_t done = 0; done < sizeof back;) {
            ssize_t n = write(fd, back + done, sizeof back - done);
            if (n <= 0)
                _exit(6);
            done += (size_t)n;
        }
    }
    wait_for_close(fd);
}

static void test_full_duplex(void **state)
{
    struct env *e = *state;
    struct kq_msg msg;
    size_t one = 1 << 20, all = 30 * one;
    uint8_t *frames = calloc(30, one);
    for (size_t i = 0; i < 30; i++)
        kq_header_put(frames + i * one, &(struct kq_header){.kind = KQ_SYNC, .total = one});
    serve(e, echo_slowly);
    struct kq_direct *d = must_open(e);
    assert_true(kq_direct_send(d, frames, all, KQ_NEVER, &e->err));
    assert_true(kq_direct_ready(d));
    for (int i = 0; i < 30; i++) {
        assert_int_equal(kq_direct_recv(d, &msg, KQ_NEVER, &e->err), 1);
        assert_int_equal(msg.len, one);
        kq_msg_release(&msg);
    }
    kq_direct_free(d);
    free(frames);
}

/* Something unread must not cost what was sent: the server reads all of it. */
static void push_then_read(int fd)
{
    expect(fd, "u\x06\0", 3);
    say(fd, "\x06" ASYNC, 14);
    for (int i = 0; i < 1000; i++)
        expect(fd, ASYNC, 13);
    char c;
    if (read(fd, &c, 1) != 0)
        _exit(7);
}

static void test_finish(void **state)
{
    struct env *e = *state;
    serve(e, push_then_read);
    struct kq_direct *d = must_open(e);
    for (int i = 0; i < 1000; i++)
        assert_true(kq_direct_send(d, ASYNC, 13, KQ_NEVER, &e->err));
    assert_true(kq_direct_finish(d, kq_deadline_ms(60000), &e->err));
    kq_direct_free(d);
}

static void console(int fd)
{
    expect(fd,
           "u\0"
           "2+2\0",
           6);
    char c;
    if (read(fd, &c, 1) != 0)
        _exit(8);
    say(fd, "4", 1);
    say(fd, "\n", 1);
}

static void test_console_protocol(void **state)
{
    struct env *e = *state;
    struct kq_addr a;
    struct kq_buf out;
    serve(e, console);
    kq_buf_init(&out, 1 << 20);
    assert_true(kq_addr_parse(kq_strz(e->target), &a, &e->err));
    assert_true(kq_direct_qcon(&a, &e->opts, NULL, kq_strz("2+2"), KQ_NEVER, &out, &e->err));
    assert_int_equal(out.len, 2);
    assert_memory_equal(out.data, "4\n", 2);
    kq_buf_release(&out);
    kq_addr_release(&a);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_queries),        TEST(test_lost_in_a_message), TEST(test_end_between_messages),
        TEST(test_access_denied),  TEST(test_handshake_timeout), TEST(test_reset),
        TEST(test_refused),        TEST(test_connect_timeout),   TEST(test_tls_is_refused),
        TEST(test_answer_timeout), TEST(test_interrupted),       TEST(test_full_duplex),
        TEST(test_finish),         TEST(test_console_protocol),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * conn_sides.h - two ends of a connection that log what happens to them, one of
 * which may be a descriptor that the test reads and writes by hand.
 */
#ifndef KQ_TEST_CONN_SIDES_H
#define KQ_TEST_CONN_SIDES_H

#include "net/conn.h"
#include "net/listen.h"
#include "wire/header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What happened on one side, as text: "login(u,p,3) ready msg(13) close(0)". */
struct side {
    struct kq_conn *conn;
    char log[1024];
    struct kq_err err;
    bool closed;
    void (*on_ready)(struct side *s);
    void (*on_msg)(struct side *s, const struct kq_msg *msg);
    bool reject;
    struct kq_buf tapped_in, tapped_out;
    struct env *env;
};

struct env {
    struct kq_loop *loop;
    struct kq_conn_opts opts;
    struct side client, server;
    int raw; /* hand-made peer */
};

static void note(struct side *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

__attribute__((unused)) static void note(struct side *s, const char *format, ...)
{
    size_t used = strlen(s->log);
    va_list ap;
    va_start(ap, format);
    vsnprintf(s->log + used, sizeof s->log - used, format, ap);
    va_end(ap);
}

__attribute__((unused)) static void on_login(void *arg, struct kq_conn *c,
                                             const struct kq_login *login)
{
    struct side *s = arg;
    note(s, "login(%.*s,%.*s,%d) ", KQ_STR_FMT(login->user), KQ_STR_FMT(login->password),
         login->capability);
    if (s->reject)
        kq_conn_reject(c);
    else
        kq_conn_accept(c, -1);
}

__attribute__((unused)) static void on_ready(void *arg, struct kq_conn *c)
{
    struct side *s = arg;
    note(s, "ready(%d) ", kq_conn_capability(c));
    if (s->on_ready)
        s->on_ready(s);
}

__attribute__((unused)) static void on_msg(void *arg, struct kq_conn *c, const struct kq_msg *msg)
{
    (void)c;
    struct side *s = arg;
    note(s, "%s(%zu) ", kq_kind_name(msg->head.kind), msg->len);
    if (s->on_msg)
        s->on_msg(s, msg);
}

__attribute__((unused)) static void on_text(void *arg, struct kq_conn *c, struct kq_str line)
{
    note(arg, "text(%.*s) ", KQ_STR_FMT(line));
    assert_true(kq_conn_send_text(c, "4\n", 2, NULL));
    kq_conn_close(c);
}

__attribute__((unused)) static void on_drain(void *arg, struct kq_conn *c)
{
    struct side *s = arg;
    assert_int_equal(kq_conn_pending_bytes(c), 0);
    assert_int_equal(kq_conn_pending_msgs(c), 0);
    note(s, "drain ");
}

__attribute__((unused)) static void on_close(void *arg, struct kq_conn *c, const struct kq_err *err)
{
    struct side *s = arg;
    assert_ptr_equal(c, s->conn);
    note(s, "close(%d)", err->code);
    s->err = *err;
    s->conn = NULL;
    s->closed = true;
    if (s->env->client.closed && s->env->server.closed)
        kq_loop_stop(s->env->loop);
}

__attribute__((unused)) static const struct kq_conn_ops ops = {
    .on_login = on_login,
    .on_ready = on_ready,
    .on_msg = on_msg,
    .on_text = on_text,
    .on_close = on_close,
};

__attribute__((unused)) static const struct kq_conn_ops ops_with_drain = {
    .on_ready = on_ready,
    .on_msg = on_msg,
    .on_drain = on_drain,
    .on_close = on_close,
};

__attribute__((unused)) static void on_tap(void *arg, enum kq_tap_dir dir, const void *data,
                                           size_t n)
{
    struct side *s = arg;
    kq_buf_append(dir == KQ_TAP_IN ? &s->tapped_in : &s->tapped_out, data, n);
}

__attribute__((unused)) static int setup(void **state)
{
    struct env *e = calloc(1, sizeof *e);
    e->loop = kq_loop_new(NULL);
    e->raw = -1;
    kq_conn_opts_init(&e->opts);
    e->opts.user = "u";
    e->opts.password = "p:q";
    e->opts.connect_timeout_ms = 60000;
    e->client.env = e->server.env = e;
    struct side *sides[] = {&e->client, &e->server};
    for (int i = 0; i < 2; i++) {
        kq_buf_init(&sides[i]->tapped_in, KQ_BUF_NOMAX);
        kq_buf_init(&sides[i]->tapped_out, KQ_BUF_NOMAX);
    }
    *state = e;
    return e->loop ? 0 : -1;
}

__attribute__((unused)) static int teardown(void **state)
{
    struct env *e = *state;
    struct side *sides[] = {&e->client, &e->server};
    for (int i = 0; i < 2; i++) {
        kq_conn_free(sides[i]->conn);
        kq_buf_release(&sides[i]->tapped_in);
        kq_buf_release(&sides[i]->tapped_out);
    }
    if (e->raw >= 0)
        close(e->raw);
    kq_loop_free(e->loop);
    free(e);
    return 0;
}

__attribute__((unused)) static struct kq_conn_opts tapped(struct env *e, struct side *s)
{
    struct kq_conn_opts o = e->opts;
    o.tap = (struct kq_tap){.fn = on_tap, .arg = s};
    return o;
}

/* A stream of which the test holds the other end as a raw descriptor. */
__attribute__((unused)) static struct kq_stream *raw_stream(struct env *e)
{
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    e->raw = fds[1];
    return kq_stream_new(e->loop, fds[0], NULL, NULL);
}

__attribute__((unused)) static void serve_raw(struct env *e, const struct kq_conn_ops *with)
{
    struct kq_conn_opts o = tapped(e, &e->server);
    e->client.closed = true;
    e->server.conn = kq_conn_serve_take(raw_stream(e), &o, with, &e->server);
}

__attribute__((unused)) static void client_over_raw(struct env *e, const struct kq_conn_ops *with)
{
    struct kq_conn_opts o = tapped(e, &e->client);
    e->server.closed = true;
    e->client.conn = kq_conn_over_take(raw_stream(e), &o, with, &e->client);
}

__attribute__((unused)) static void both(struct env *e)
{
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), 0);
    struct kq_stream *a = kq_stream_new(e->loop, fds[0], NULL, NULL);
    struct kq_stream *b = kq_stream_new(e->loop, fds[1], NULL, NULL);
    struct kq_conn_opts co = tapped(e, &e->client), so = tapped(e, &e->server);
    e->client.conn = kq_conn_over_take(a, &co, &ops, &e->client);
    e->server.conn = kq_conn_serve_take(b, &so, &ops, &e->server);
}

__attribute__((unused)) static void put(struct env *e, const void *data, size_t n)
{
    assert_int_equal(write(e->raw, data, n), n);
}

/* Dispatch what is due, `n` times, without waiting. */
__attribute__((unused)) static void turns(struct env *e, int n)
{
    while (n-- > 0)
        kq_loop_poll(e->loop);
}

/* Read exactly `n` bytes that the connection sent; it has sent them already. */
__attribute__((unused)) static void get(struct env *e, void *dst, size_t n)
{
    turns(e, 2);
    assert_int_equal(recv(e->raw, dst, n, MSG_DONTWAIT), n);
}

__attribute__((unused)) static void expect_silence(struct env *e)
{
    char c;
    turns(e, 2);
    assert_int_equal(recv(e->raw, &c, 1, MSG_DONTWAIT), -1);
    assert_int_equal(errno, EAGAIN);
}

#define INT_SYNC  "\x01\x01\0\0\x0d\0\0\0\xfa\x01\0\0\0"
#define INT_REPLY "\x01\x02\0\0\x0d\0\0\0\xfa\x2a\0\0\0"
#define INT_ASYNC "\x01\0\0\0\x0d\0\0\0\xfa\x01\0\0\0"

/* A query, as on_ready. */
__attribute__((unused)) static void ask(struct side *s)
{
    assert_true(kq_conn_send(s->conn, INT_SYNC, 13, NULL));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

#endif

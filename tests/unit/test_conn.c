/*
 * test_conn.c - client and server connections talking to each other, and servers
 * to hand-made clients that deliver bytes one by one, glue them, or misbehave.
 */
#include "conn_sides.h"

/* ---- both sides ours ---- */

static void reply(struct side *s, const struct kq_msg *msg)
{
    if (msg->head.kind == KQ_SYNC)
        assert_true(kq_conn_send(s->conn, INT_REPLY, 13, NULL));
}

static void hang_up(struct side *s, const struct kq_msg *msg)
{
    assert_memory_equal(kq_msg_bytes(msg), INT_REPLY, 13);
    kq_conn_close(s->conn);
}

static void test_query(void **state)
{
    struct env *e = *state;
    e->client.on_ready = ask;
    e->client.on_msg = hang_up;
    e->server.on_msg = reply;
    both(e);
    kq_loop_run(e->loop);
    assert_string_equal(e->client.log, "ready(6) response(13) close(0)");
    assert_string_equal(e->server.log, "login(u,p:q,6) ready(6) sync(13) close(0)");
    /* The record has the login without its password, then the answer and the messages. */
    assert_int_equal(e->client.tapped_out.len, 5 + 13);
    assert_memory_equal(e->client.tapped_out.data, "u:*\x06\0" INT_SYNC, 18);
    assert_memory_equal(e->client.tapped_in.data, "\x06" INT_REPLY, 14);
    assert_memory_equal(e->server.tapped_in.data, "u:*\x06\0" INT_SYNC, 18);
    assert_memory_equal(e->server.tapped_out.data, "\x06" INT_REPLY, 14);
}

static void test_lower_capability(void **state)
{
    struct env *e = *state;
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), 0);
    struct kq_conn_opts o = e->opts;
    e->client.conn =
        kq_conn_over_take(kq_stream_new(e->loop, fds[0], NULL, NULL), &o, &ops, &e->client);
    o.capability = 3;
    e->server.conn =
        kq_conn_serve_take(kq_stream_new(e->loop, fds[1], NULL, NULL), &o, &ops, &e->server);
    turns(e, 4);
    assert_string_equal(e->client.log, "ready(3) ");
    assert_string_equal(e->server.log, "login(u,p:q,6) ready(3) ");
}

static void test_reject(void **state)
{
    struct env *e = *state;
    e->server.reject = true;
    both(e);
    kq_loop_run(e->loop);
    assert_string_equal(e->client.log, "close(6)");
    assert_string_equal(e->client.err.msg,
                        "access denied (server closed instead of accepting the login)");
    assert_string_equal(e->server.log, "login(u,p:q,6) close(0)");
}

/* A message of megabytes, queued at once, arrives whole and is counted. */
static void send_big(struct side *s)
{
    size_t len = 20000000;
    struct kq_rcbuf *big = kq_rcbuf_new(len);
    for (size_t i = 0; i < len; i++)
        big->data[i] = (uint8_t)(i * 7);
    kq_header_put(big->data, &(struct kq_header){.kind = KQ_ASYNC, .total = len});
    assert_true(kq_conn_send_rc(s->conn, big, 0, len, NULL));
    assert_true(kq_conn_send_rc(s->conn, big, 0, len, NULL));
    kq_rcbuf_unref(big);
    assert_int_equal(kq_conn_pending_bytes(s->conn), 2 * len);
    assert_int_equal(kq_conn_pending_msgs(s->conn), 2);
    kq_conn_flush(s->conn);
    assert_true(kq_conn_pending_bytes(s->conn) < 2 * len);
    assert_int_equal(kq_conn_pending_msgs(s->conn), 2);
    kq_conn_close(s->conn);
}

static void check_big(struct side *s, const struct kq_msg *msg)
{
    (void)s;
    const uint8_t *p = kq_msg_bytes(msg);
    for (size_t i = 8; i < msg->len; i++) {
        if (p[i] != (uint8_t)(i * 7))
            fail_msg("byte %zu is %u", i, p[i]);
    }
}

static void test_big_messages(void **state)
{
    struct env *e = *state;
    e->client.on_ready = send_big;
    e->server.on_msg = check_big;
    both(e);
    kq_loop_run(e->loop);
    assert_string_equal(e->server.log,
                        "login(u,p:q,6) ready(6) async(20000000) async(20000000) close(0)");
    assert_string_equal(e->client.log, "ready(6) close(0)");
}

/* ---- server against hand-made clients ---- */

static void test_server_byte_by_byte(void **state)
{
    struct env *e = *state;
    const char bytes[] = "me:pw\x03\0" INT_SYNC INT_ASYNC;
    e->server.on_msg = reply;
    serve_raw(e, &ops);
    for (size_t i = 0; i < sizeof bytes - 1; i++) {
        put(e, bytes + i, 1);
        turns(e, 2);
    }
    char got[14];
    get(e, got, 14);
    assert_memory_equal(got, "\x03" INT_REPLY, 14);
    assert_string_equal(e->server.log, "login(me,pw,3) ready(3) sync(13) async(13) ");
    shutdown(e->raw, SHUT_WR);
    kq_loop_run(e->loop);
    assert_true(e->server.closed);
    assert_int_equal(e->server.err.code, 0);
}

static void test_server_all_at_once(void **state)
{
    struct env *e = *state;
    const char bytes[] = "\x03\0" INT_SYNC INT_SYNC INT_ASYNC;
    e->server.on_msg = reply;
    serve_raw(e, &ops);
    put(e, bytes, sizeof bytes - 1);
    shutdown(e->raw, SHUT_WR);
    kq_loop_run(e->loop);
    char got[27];
    get(e, got, 27);
    assert_memory_equal(got, "\x03" INT_REPLY INT_REPLY, 27);
    assert_string_equal(e->server.log, "login(,,3) ready(3) sync(13) sync(13) async(13) close(0)");
}

static void test_old_client(void **state)
{
    struct env *e = *state;
    serve_raw(e, &ops);
    put(e, "me:pw\0", 6);
    char answer;
    get(e, &answer, 1);
    assert_int_equal(answer, 1);
    assert_string_equal(e->server.log, "login(me,pw,-1) ready(0) ");
}

static void test_console_client(void **state)
{
    struct env *e = *state;
    serve_raw(e, &ops);
    put(e,
        "qcon\0"
        "2+2\0",
        9);
    shutdown(e->raw, SHUT_WR);
    kq_loop_run(e->loop);
    char got[4];
    assert_int_equal(recv(e->raw, got, sizeof got, 0), 2);
    assert_memory_equal(got, "4\n", 2);
    assert_string_equal(e->server.log, "login(qcon,,-1) text(2+2) close(0)");
}

/* What the server pushes at once must not share a segment with the answer. */
static void push(struct side *s)
{
    assert_true(kq_conn_send(s->conn, INT_ASYNC, 13, NULL));
}

static void test_push_waits_for_the_client(void **state)
{
    struct env *e = *state;
    char got[14];
    e->server.on_ready = push;
    serve_raw(e, &ops);
    put(e, "\x03\0", 2);
    turns(e, 3);
    assert_int_equal(recv(e->raw, got, sizeof got, MSG_DONTWAIT), 1);
    put(e, INT_ASYNC, 13);
    turns(e, 3);
    assert_int_equal(recv(e->raw, got, sizeof got, MSG_DONTWAIT), 13);
}

static void test_push_to_a_silent_client(void **state)
{
    struct env *e = *state;
    char got[14];
    e->server.on_ready = push;
    serve_raw(e, &ops);
    put(e, "\x03\0", 2);
    turns(e, 3);
    assert_int_equal(recv(e->raw, got, 1, MSG_DONTWAIT), 1);
    while (recv(e->raw, got, sizeof got, MSG_DONTWAIT) < 0)
        kq_loop_turn(e->loop);
    assert_memory_equal(got, INT_ASYNC, 13);
}

static void check_server_end(struct env *e, const char *bytes, size_t n, int code,
                             const char *message)
{
    serve_raw(e, &ops);
    put(e, bytes, n);
    shutdown(e->raw, SHUT_WR);
    kq_loop_run(e->loop);
    assert_int_equal(e->server.err.code, code);
    if (code)
        assert_string_equal(e->server.err.msg, message);
}

static void test_client_that_says_nothing(void **state)
{
    check_server_end(*state, "", 0, 0, "");
}

static void test_half_a_login(void **state)
{
    check_server_end(*state, "me:pw", 5, KQ_ELOST, "client closed before it had logged in");
}

static void test_half_a_message(void **state)
{
    check_server_end(*state, "\x03\0" INT_SYNC, 12, KQ_ELOST,
                     "connection closed inside a message (10 of 13 bytes came)");
}

static void test_bad_header(void **state)
{
    check_server_end(*state, "\x03\0GET / HT", 10, KQ_EPROTO,
                     "not a kdb+ message: byte order 0x47 is neither 0 nor 1");
}

static void test_message_too_large(void **state)
{
    struct env *e = *state;
    e->opts.max_message = 1000;
    check_server_end(e, "\x03\0\x01\x01\0\0\xff\xff\xff\xff", 10, KQ_EPROTO,
                     "message of 4294967295 bytes is over the limit of 1000 (--max-size)");
}

static void test_endless_login(void **state)
{
    struct env *e = *state;
    static char flood[4096];
    memset(flood, 'x', sizeof flood);
    serve_raw(e, &ops);
    while (!e->server.closed) {
        if (send(e->raw, flood, sizeof flood, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno == EPIPE)
            break;
        turns(e, 1);
    }
    assert_int_equal(e->server.err.code, KQ_EPROTO);
    assert_string_equal(e->server.err.msg, "login of more than 65536 bytes");
}

static void test_login_timeout(void **state)
{
    struct env *e = *state;
    e->opts.connect_timeout_ms = 20;
    serve_raw(e, &ops);
    put(e, "me", 2);
    kq_loop_run(e->loop);
    assert_int_equal(e->server.err.code, KQ_ETIMEOUT);
    assert_string_equal(e->server.err.msg, "client did not log in within 20ms");
}

static void test_idle_timeout(void **state)
{
    struct env *e = *state;
    e->opts.idle_timeout_ms = 20;
    serve_raw(e, &ops);
    put(e, "\x03\0" INT_ASYNC, 15);
    kq_loop_run(e->loop);
    assert_string_equal(e->server.log, "login(,,3) ready(3) async(13) close(5)");
    assert_string_equal(e->server.err.msg, "no traffic for 20ms");
}

/* ---- back-pressure ---- */

static void test_output_limit(void **state)
{
    struct env *e = *state;
    static uint8_t frame[100000];
    struct kq_err err = {0};
    e->opts.max_queue = 1000000;
    kq_header_put(frame, &(struct kq_header){.total = sizeof frame});
    serve_raw(e, &ops_with_drain);
    put(e, "\x03\0" INT_ASYNC, 15);
    turns(e, 3);
    int sent = 0;
    while (sent < 1000 && kq_conn_send(e->server.conn, frame, sizeof frame, &err)) {
        sent++;
        kq_conn_flush(e->server.conn);
    }
    assert_int_equal(err.code, KQ_ELOST);
    assert_non_null(strstr(err.msg, "the peer does not read"));
    assert_in_range(kq_conn_pending_bytes(e->server.conn), 900001, 1000000);
    assert_in_range(kq_conn_pending_msgs(e->server.conn), 10, 11);
    /* The client reads everything: the queue drains. */
    static uint8_t sink[65536];
    for (size_t left = 1 + (size_t)sent * sizeof frame; left;) {
        ssize_t n = recv(e->raw, sink, sizeof sink, MSG_DONTWAIT);
        if (n > 0)
            left -= (size_t)n;
        else
            turns(e, 1);
    }
    turns(e, 2);
    assert_string_equal(e->server.log, "ready(3) async(13) drain ");
}

static void pause_once(struct side *s, const struct kq_msg *msg)
{
    (void)msg;
    kq_conn_pause(s->conn);
}

static void test_pause(void **state)
{
    struct env *e = *state;
    e->server.on_msg = pause_once;
    serve_raw(e, &ops);
    put(e, "\x03\0" INT_ASYNC INT_SYNC, 28);
    turns(e, 3);
    assert_string_equal(e->server.log, "login(,,3) ready(3) async(13) ");
    put(e, INT_ASYNC, 13);
    turns(e, 3);
    assert_string_equal(e->server.log, "login(,,3) ready(3) async(13) ");
    e->server.on_msg = NULL;
    kq_conn_resume(e->server.conn);
    turns(e, 3);
    assert_string_equal(e->server.log, "login(,,3) ready(3) async(13) sync(13) async(13) ");
}

static void free_at_once(struct side *s, const struct kq_msg *msg)
{
    (void)msg;
    kq_conn_free(s->conn);
    s->conn = NULL;
}

static void test_free_in_callback(void **state)
{
    struct env *e = *state;
    e->server.on_msg = free_at_once;
    serve_raw(e, &ops);
    put(e, "\x03\0" INT_ASYNC INT_SYNC, 28);
    turns(e, 3);
    assert_string_equal(e->server.log, "login(,,3) ready(3) async(13) ");
    char c;
    assert_int_equal(recv(e->raw, &c, 1, 0), 1);
    assert_int_equal(recv(e->raw, &c, 1, 0), 0);
}

/* A callback waits in turns of its own, and the connection ends meanwhile. */
static void wait_for_the_end(struct side *s)
{
    while (s->conn && kq_conn_stage(s->conn) == KQ_STAGE_READY && kq_conn_fd(s->conn) >= 0)
        assert_true(kq_loop_turn(s->env->loop));
    assert_false(s->closed);
    note(s, "waited ");
}

static void test_end_in_a_nested_turn(void **state)
{
    struct env *e = *state;
    e->server.on_ready = wait_for_the_end;
    serve_raw(e, &ops);
    put(e, "\x03\0" INT_ASYNC, 15);
    shutdown(e->raw, SHUT_WR);
    kq_loop_run(e->loop);
    assert_string_equal(e->server.log, "login(,,3) ready(3) async(13) waited close(0)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_query),
        TEST(test_lower_capability),
        TEST(test_reject),
        TEST(test_big_messages),
        TEST(test_server_byte_by_byte),
        TEST(test_server_all_at_once),
        TEST(test_old_client),
        TEST(test_console_client),
        TEST(test_push_waits_for_the_client),
        TEST(test_push_to_a_silent_client),
        TEST(test_client_that_says_nothing),
        TEST(test_half_a_login),
        TEST(test_half_a_message),
        TEST(test_bad_header),
        TEST(test_message_too_large),
        TEST(test_endless_login),
        TEST(test_login_timeout),
        TEST(test_idle_timeout),
        TEST(test_output_limit),
        TEST(test_pause),
        TEST(test_free_in_callback),
        TEST(test_end_in_a_nested_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

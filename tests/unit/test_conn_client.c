/*
 * test_conn_client.c - client connections to hand-made servers that glue messages,
 * keep silent, or vanish.
 */
#include "conn_sides.h"

static void test_client_waits_for_the_answer(void **state)
{
    struct env *e = *state;
    char got[16];
    e->client.on_ready = ask;
    client_over_raw(e, &ops);
    get(e, got, 7);
    assert_memory_equal(got, "u:p:q\x06\0", 7);
    expect_silence(e);
    put(e, "\x03", 1);
    get(e, got, 13);
    assert_memory_equal(got, INT_SYNC, 13);
    assert_string_equal(e->client.log, "ready(3) ");
}

static void test_answer_glued_to_messages(void **state)
{
    struct env *e = *state;
    client_over_raw(e, &ops);
    put(e, "\x06" INT_ASYNC INT_REPLY, 27);
    turns(e, 4);
    assert_string_equal(e->client.log, "ready(6) async(13) response(13) ");
}

static void test_server_vanishes(void **state)
{
    struct env *e = *state;
    client_over_raw(e, &ops);
    put(e, "\x03" INT_REPLY, 9);
    shutdown(e->raw, SHUT_WR);
    kq_loop_run(e->loop);
    assert_string_equal(e->client.log, "ready(3) close(8)");
    assert_string_equal(e->client.err.msg,
                        "connection closed inside a message (8 of 13 bytes came)");
}

static void test_silent_server(void **state)
{
    struct env *e = *state;
    e->opts.connect_timeout_ms = 20;
    client_over_raw(e, &ops);
    kq_loop_run(e->loop);
    assert_int_equal(e->client.err.code, KQ_ETIMEOUT);
    assert_string_equal(e->client.err.msg,
                        "handshake timed out after 20ms (server accepted TCP but did not answer; "
                        "it may be busy)");
}

static void test_reset_during_handshake(void **state)
{
    struct env *e = *state;
    struct kq_laddr la;
    struct kq_addr a;
    char text[32];
    assert_true(kq_laddr_parse(kq_strz("127.0.0.1:0"), &la, NULL));
    e->server.closed = true;
    int server = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(listen(server, 1), 0);
    snprintf(text, sizeof text, "127.0.0.1:%u", kq_sock_port(server));
    assert_true(kq_addr_parse(kq_strz(text), &a, NULL));
    e->client.conn = kq_conn_open(e->loop, &a, &e->opts, &ops, &e->client);
    int fd = -1;
    while (!e->client.closed) {
        kq_loop_turn(e->loop);
        if (fd >= 0 || kq_conn_fd(e->client.conn) < 0)
            continue;
        fd = accept(server, NULL, NULL);
        struct linger now = {1, 0};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close(fd);
    }
    assert_int_equal(e->client.err.code, KQ_ECONNECT);
    assert_string_equal(e->client.err.msg, "connection reset by peer during the handshake");
    kq_addr_release(&a);
    kq_laddr_release(&la);
    close(server);
}

static void test_refused(void **state)
{
    struct env *e = *state;
    struct kq_addr a;
    char text[32];
    int taken = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_storage ss = {.ss_family = AF_INET};
    assert_int_equal(bind(taken, (struct sockaddr *)&ss, 16), 0);
    snprintf(text, sizeof text, "127.0.0.1:%u", kq_sock_port(taken));
    assert_true(kq_addr_parse(kq_strz(text), &a, NULL));
    e->server.closed = true;
    e->client.conn = kq_conn_open(e->loop, &a, &e->opts, &ops, &e->client);
    assert_int_equal(kq_conn_fd(e->client.conn), -1);
    kq_loop_run(e->loop);
    assert_int_equal(e->client.err.code, KQ_ECONNECT);
    assert_string_equal(e->client.err.msg, "connection refused");
    kq_addr_release(&a);
    close(taken);
}

static void test_tls_without_settings(void **state)
{
    struct env *e = *state;
    struct kq_addr a;
    assert_true(kq_addr_parse(kq_strz("tcps://localhost:1"), &a, NULL));
    e->server.closed = true;
    e->client.conn = kq_conn_open(e->loop, &a, &e->opts, &ops, &e->client);
    kq_loop_run(e->loop);
    assert_int_equal(e->client.err.code, KQ_EUSAGE);
    assert_string_equal(e->client.err.msg, "TLS target without TLS settings");
    kq_addr_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_client_waits_for_the_answer),
        TEST(test_answer_glued_to_messages),
        TEST(test_server_vanishes),
        TEST(test_silent_server),
        TEST(test_reset_during_handshake),
        TEST(test_refused),
        TEST(test_tls_without_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

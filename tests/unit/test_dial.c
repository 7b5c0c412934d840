/*
 * test_dial.c - listeners and dialling each other over loopback and Unix
 * sockets, and the words for what can go wrong.
 */
#include "net/dial.h"

#include "net/listen.h"
#include "net/sock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* One listener, one dialler, and what each of them got. */
struct both {
    struct kq_loop *loop;
    struct kq_listen *listen;
    int accepted, dialled;
    struct kq_err err;
};

static void stop_when_done(struct both *b)
{
    if (b->err.code || (b->dialled >= 0 && b->accepted >= 0))
        kq_loop_stop(b->loop);
}

static void on_accept(void *arg, int fd)
{
    struct both *b = arg;
    b->accepted = fd;
    stop_when_done(b);
}

static void on_dialled(void *arg, int fd, const struct kq_err *err)
{
    struct both *b = arg;
    b->dialled = fd;
    if (err)
        b->err = *err;
    else
        assert_true(fd >= 0);
    stop_when_done(b);
}

static int setup(void **state)
{
    struct both *b = calloc(1, sizeof *b);
    b->loop = kq_loop_new(NULL);
    b->accepted = b->dialled = -1;
    *state = b;
    return b->loop ? 0 : -1;
}

static int teardown(void **state)
{
    struct both *b = *state;
    if (b->accepted >= 0)
        close(b->accepted);
    if (b->dialled >= 0)
        close(b->dialled);
    kq_listen_free(b->listen);
    kq_loop_free(b->loop);
    free(b);
    return 0;
}

static bool try_listen(struct both *b, const char *text, struct kq_err *err)
{
    struct kq_laddr a;
    assert_true(kq_laddr_parse(kq_strz(text), &a, err));
    b->listen = kq_listen_open(b->loop, &a, NULL, on_accept, b, err);
    kq_laddr_release(&a);
    return b->listen;
}

static void must_listen(struct both *b, const char *text)
{
    struct kq_err err = {0};
    if (!try_listen(b, text, &err))
        fail_msg("%s: %s", text, err.msg);
}

static void dial_family(struct both *b, const char *text, int family, int64_t timeout_ms)
{
    struct kq_addr a;
    struct kq_timing timing = {0};
    assert_true(kq_addr_parse(kq_strz(text), &a, NULL));
    kq_dial_start(b->loop, &a, family, timeout_ms, &timing, on_dialled, b);
    kq_addr_release(&a);
    kq_loop_run(b->loop);
    if (!b->err.code)
        assert_true(timing.resolved_ns && timing.connected_ns >= timing.resolved_ns);
}

static void dial_port(struct both *b, const char *prefix, int family)
{
    char text[64];
    snprintf(text, sizeof text, "%s%u", prefix, kq_listen_port(b->listen));
    dial_family(b, text, family, 5000);
    if (b->err.code)
        fail_msg("%s: %s", text, b->err.msg);
    assert_int_equal(write(b->dialled, "x", 1), 1);
    assert_true(kq_sock_is_local(b->accepted));
}

static void test_localhost(void **state)
{
    must_listen(*state, "0W");
    dial_port(*state, "", AF_UNSPEC);
    char name[KQ_SOCK_TEXT_MAX], want[KQ_SOCK_TEXT_MAX];
    struct both *b = *state;
    snprintf(want, sizeof want, ":%u", kq_listen_port(b->listen));
    assert_non_null(strstr(kq_sock_peer_text(b->dialled, name, sizeof name), want));
}

static uint32_t peer_ipv4(int fd)
{
    struct kq_endpoint peer;
    assert_true(kq_sock_peer(fd, &peer));
    return kq_endpoint_ipv4(&peer);
}

static void test_ipv4(void **state)
{
    struct both *b = *state;
    must_listen(b, "127.0.0.1:0");
    dial_port(b, "localhost:", AF_INET);
    assert_int_equal(peer_ipv4(b->accepted), 0x7f000001);
}

/* With ::1 tried first and refused, the IPv4 address must still be tried. */
static void test_second_address(void **state)
{
    must_listen(*state, "127.0.0.1:0");
    dial_port(*state, "localhost:", AF_UNSPEC);
}

static void test_resolver(void **state)
{
    must_listen(*state, "127.0.0.1:0");
    dial_port(*state, "LocalHost:", AF_INET);
}

static void test_unix_of_port(void **state)
{
    struct both *b = *state;
    must_listen(b, "127.0.0.1:0");
    dial_port(b, "unix://", AF_UNSPEC);
    char name[KQ_SOCK_TEXT_MAX], want[KQ_SOCK_TEXT_MAX];
    snprintf(want, sizeof want, "unix:@/tmp/kx.%u", kq_listen_port(b->listen));
    assert_string_equal(kq_sock_peer_text(b->dialled, name, sizeof name), want);
    assert_int_equal(peer_ipv4(b->accepted), 0);
}

/* Clients that pad the name with NULs find the same server. */
static void test_padded_name(void **state)
{
    struct both *b = *state;
    must_listen(b, "127.0.0.1:0");
    struct sockaddr_un sun = {.sun_family = AF_UNIX};
    snprintf(sun.sun_path + 1, sizeof sun.sun_path - 1, "/tmp/kx.%u", kq_listen_port(b->listen));
    b->dialled = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(b->dialled, (struct sockaddr *)&sun, sizeof sun), 0);
    kq_loop_run(b->loop);
    assert_true(b->accepted >= 0);
}

static void test_qudspath(void **state)
{
    struct both *b = *state;
    setenv("QUDSPATH", "/no/such/folder/", 1);
    must_listen(b, "127.0.0.1:0");
    dial_port(b, "unix://", AF_UNSPEC);
    char name[KQ_SOCK_TEXT_MAX], want[KQ_SOCK_TEXT_MAX];
    snprintf(want, sizeof want, "unix:@/no/such/folder//kx.%u", kq_listen_port(b->listen));
    assert_string_equal(kq_sock_peer_text(b->dialled, name, sizeof name), want);
    unsetenv("QUDSPATH");
}

static void test_empty_qudspath(void **state)
{
    struct both *b = *state;
    setenv("QUDSPATH", "", 1);
    must_listen(b, "127.0.0.1:0");
    unsetenv("QUDSPATH");
    assert_int_equal(kq_listen_count(b->listen), 1);
}

static void test_shared_port_has_no_unix_socket(void **state)
{
    struct both *b = *state;
    must_listen(b, "rp,127.0.0.1:0");
    assert_int_equal(kq_listen_count(b->listen), 1);
}

static void test_unix_path(void **state)
{
    struct both *b = *state;
    char dir[] = "/tmp/kq-test-XXXXXX";
    char text[64], *path = text + 7;
    assert_non_null(mkdtemp(dir));
    snprintf(text, sizeof text, "unix://%s/sock", dir);

    /* A dead server's file is in the way. */
    struct sockaddr_un sun = {.sun_family = AF_UNIX};
    strcpy(sun.sun_path, path);
    int dead = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(dead, (struct sockaddr *)&sun, sizeof sun), 0);
    close(dead);

    must_listen(b, text);
    assert_int_equal(kq_listen_port(b->listen), 0);
    dial_family(b, text, AF_UNSPEC, 5000);
    assert_int_equal(b->err.code, 0);

    /* A living server's file is not touched. */
    struct both second = {.loop = b->loop};
    struct kq_err err = {0};
    assert_false(try_listen(&second, text, &err));
    assert_int_equal(err.code, KQ_ECONNECT);
    assert_non_null(strstr(err.msg, "Address already in use"));

    kq_listen_free(b->listen);
    b->listen = NULL;
    struct stat st;
    assert_int_equal(stat(path, &st), -1);
    rmdir(dir);
}

static void test_path_is_no_socket(void **state)
{
    struct both *b = *state;
    char file[] = "/tmp/kq-test-XXXXXX";
    char text[64];
    close(mkstemp(file));
    snprintf(text, sizeof text, "unix://%s", file);
    assert_false(try_listen(b, text, &b->err));
    struct stat st;
    assert_int_equal(stat(file, &st), 0);
    unlink(file);
}

static void test_port_in_use(void **state)
{
    struct both *b = *state;
    must_listen(b, "0W");
    struct both second = {.loop = b->loop};
    char text[32], want[96];
    unsigned port = kq_listen_port(b->listen);
    snprintf(text, sizeof text, "%u", port);
    snprintf(want, sizeof want, "cannot listen on localhost:%u: Address already in use", port);
    struct kq_err err = {0};
    assert_false(try_listen(&second, text, &err));
    assert_int_equal(err.code, KQ_ECONNECT);
    assert_string_equal(err.msg, want);
}

/* A range with one port taken and one free yields the free one. */
static void test_range(void **state)
{
    struct both *b = *state;
    must_listen(b, "127.0.0.1:0");
    unsigned taken = kq_listen_port(b->listen);
    unsigned lo = taken > 65000 ? taken - 4 : taken;
    struct both second = {.loop = b->loop};
    char text[64];
    snprintf(text, sizeof text, "127.0.0.1:%u/%u", lo, lo + 4);
    must_listen(&second, text);
    assert_in_range(kq_listen_port(second.listen), lo, lo + 4);
    assert_int_not_equal(kq_listen_port(second.listen), taken);
    kq_listen_free(second.listen);
}

static void test_adopted(void **state)
{
    struct both *b = *state;
    struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct kq_err err = {0};
    assert_null(kq_listen_adopt(b->loop, fd, on_accept, b, &err));
    assert_non_null(strstr(err.msg, "is not a listening socket"));
    assert_int_equal(bind(fd, (struct sockaddr *)&sin, sizeof sin), 0);
    assert_int_equal(listen(fd, 1), 0);
    b->listen = kq_listen_adopt(b->loop, fd, on_accept, b, &err);
    assert_non_null(b->listen);
    dial_port(b, "127.0.0.1:", AF_UNSPEC);
}

static void test_listen_fds(void **state)
{
    (void)state;
    char pid[16];
    snprintf(pid, sizeof pid, "%d", getpid());
    setenv("LISTEN_FDS", "0", 1);
    setenv("LISTEN_PID", pid, 1);
    assert_int_equal(kq_listen_fds(), 0);
    setenv("LISTEN_FDS", "2", 1);
    setenv("LISTEN_PID", "1", 1);
    assert_int_equal(kq_listen_fds(), 0);
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_PID");
}

/* A port on which nobody listens: one that was just given back. */
static unsigned dead_port(struct both *b)
{
    must_listen(b, "127.0.0.1:0");
    unsigned port = kq_listen_port(b->listen);
    kq_listen_free(b->listen);
    b->listen = NULL;
    return port;
}

static void check_failure(struct both *b, int code, const char *message)
{
    assert_int_equal(b->dialled, -1);
    assert_string_equal(b->err.msg, message);
    assert_int_equal(b->err.code, code);
}

static void test_refused(void **state)
{
    struct both *b = *state;
    char text[32];
    snprintf(text, sizeof text, "%u", dead_port(b));
    dial_family(b, text, AF_UNSPEC, 5000);
    check_failure(b, KQ_ECONNECT, "connection refused");
}

static void test_no_unix_server(void **state)
{
    struct both *b = *state;
    char text[32], want[64];
    unsigned port = dead_port(b);
    snprintf(text, sizeof text, "unix://%u", port);
    snprintf(want, sizeof want, "no server listens on the Unix socket of port %u", port);
    dial_family(b, text, AF_UNSPEC, 5000);
    check_failure(b, KQ_ECONNECT, want);
}

static void test_no_unix_path(void **state)
{
    dial_family(*state, "unix:///no/such/socket", AF_UNSPEC, 5000);
    check_failure(*state, KQ_ECONNECT, "no such file or directory");
}

static void test_unknown_service(void **state)
{
    dial_family(*state, "localhost:no-such-service", AF_UNSPEC, 60000);
    check_failure(*state, KQ_ECONNECT, "unknown service 'no-such-service'");
}

static void test_wrong_family(void **state)
{
    dial_family(*state, "127.0.0.1:5001", AF_INET6, 5000);
    check_failure(*state, KQ_ECONNECT, "host '127.0.0.1' has no IPv6 address");
}

static void test_not_a_server(void **state)
{
    dial_family(*state, "fifo://x", AF_UNSPEC, 5000);
    check_failure(*state, KQ_EUSAGE, "a fifo is not a server");
}

/* A full backlog swallows connections, as a dead host does. */
static void test_timeout(void **state)
{
    struct both *b = *state;
    struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int server = socket(AF_INET, SOCK_STREAM, 0), fillers[4];
    assert_int_equal(bind(server, (struct sockaddr *)&sin, sizeof sin), 0);
    assert_int_equal(listen(server, 0), 0);
    socklen_t len = sizeof sin;
    getsockname(server, (struct sockaddr *)&sin, &len);
    for (int i = 0; i < 4; i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        if (connect(fillers[i], (struct sockaddr *)&sin, sizeof sin) == 0)
            continue;
    }
    char text[32];
    snprintf(text, sizeof text, "127.0.0.1:%u", ntohs(sin.sin_port));
    dial_family(b, text, AF_UNSPEC, 50);
    check_failure(b, KQ_ETIMEOUT, "connect timed out after 50ms");
    for (int i = 0; i < 4; i++)
        close(fillers[i]);
    close(server);
}

static void test_cancel(void **state)
{
    struct both *b = *state;
    struct kq_addr a;
    assert_true(kq_addr_parse(kq_strz("some-name:5001"), &a, NULL));
    struct kq_dial *d = kq_dial_start(b->loop, &a, AF_UNSPEC, 0, NULL, on_dialled, b);
    kq_dial_cancel(d);
    kq_addr_release(&a);
    kq_loop_run(b->loop);
    assert_int_equal(b->dialled, -1);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    unsetenv("QUDSPATH");
    const struct CMUnitTest tests[] = {
        TEST(test_localhost),
        TEST(test_ipv4),
        TEST(test_second_address),
        TEST(test_resolver),
        TEST(test_unix_of_port),
        TEST(test_padded_name),
        TEST(test_qudspath),
        TEST(test_empty_qudspath),
        TEST(test_shared_port_has_no_unix_socket),
        TEST(test_unix_path),
        TEST(test_path_is_no_socket),
        TEST(test_port_in_use),
        TEST(test_range),
        TEST(test_adopted),
        TEST(test_listen_fds),
        TEST(test_refused),
        TEST(test_no_unix_server),
        TEST(test_no_unix_path),
        TEST(test_unknown_service),
        TEST(test_wrong_family),
        TEST(test_not_a_server),
        TEST(test_timeout),
        TEST(test_cancel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

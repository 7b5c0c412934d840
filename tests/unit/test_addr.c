/*
 * test_addr.c - every shape of a target and of a listener address, and the
 * texts that are none.
 */
#include "net/addr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

/* NULL stands for "not given". */
struct target {
    const char *in;
    enum kq_addr_kind kind;
    bool tls;
    unsigned port;
    const char *host, *service, *path, *user, *password;
    const char *text;
};

static const struct target targets[] = {
    {"5001", KQ_ADDR_TCP, 0, 5001, "", 0, 0, 0, 0, "localhost:5001"},
    {":5001", KQ_ADDR_TCP, 0, 5001, "", 0, 0, 0, 0, "localhost:5001"},
    {"::5001", KQ_ADDR_TCP, 0, 5001, "", 0, 0, 0, 0, "localhost:5001"},
    {"`::5001", KQ_ADDR_TCP, 0, 5001, "", 0, 0, 0, 0, "localhost:5001"},
    {"00065535", KQ_ADDR_TCP, 0, 65535, "", 0, 0, 0, 0, "localhost:65535"},
    {"localhost:5000", KQ_ADDR_TCP, 0, 5000, "localhost", 0, 0, 0, 0, "localhost:5000"},
    {"`:localhost:5000", KQ_ADDR_TCP, 0, 5000, "localhost", 0, 0, 0, 0, "localhost:5000"},
    {":10.43.23.198:5010", KQ_ADDR_TCP, 0, 5010, "10.43.23.198", 0, 0, 0, 0, "10.43.23.198:5010"},
    {":mydb.us.com:5010", KQ_ADDR_TCP, 0, 5010, "mydb.us.com", 0, 0, 0, 0, "mydb.us.com:5010"},
    {":genie:5001", KQ_ADDR_TCP, 0, 5001, "genie", 0, 0, 0, 0, "genie:5001"},
    {":www.example.com:5001", KQ_ADDR_TCP, 0, 5001, "www.example.com", 0, 0, 0, 0,
     "www.example.com:5001"},
    {":mydb.us.com:5010:elmo:sesame", KQ_ADDR_TCP, 0, 5010, "mydb.us.com", 0, 0, "elmo", "sesame",
     "mydb.us.com:5010"},
    {"db:5010:elmo", KQ_ADDR_TCP, 0, 5010, "db", 0, 0, "elmo", 0, "db:5010"},
    {"db:5010:elmo:", KQ_ADDR_TCP, 0, 5010, "db", 0, 0, "elmo", "", "db:5010"},
    {"db:5010:", KQ_ADDR_TCP, 0, 5010, "db", 0, 0, "", 0, "db:5010"},
    {"db:5010::pw", KQ_ADDR_TCP, 0, 5010, "db", 0, 0, "", "pw", "db:5010"},
    {"::5010:u:a:b::c:", KQ_ADDR_TCP, 0, 5010, "", 0, 0, "u", "a:b::c:", "localhost:5010"},
    {":db:5010:u:/a//b@c", KQ_ADDR_TCP, 0, 5010, "db", 0, 0, "u", "/a//b@c", "db:5010"},
    {"db:kdb-x", KQ_ADDR_TCP, 0, 0, "db", "kdb-x", 0, 0, 0, "db:kdb-x"},
    {"[::1]:5001", KQ_ADDR_TCP, 0, 5001, "::1", 0, 0, 0, 0, "[::1]:5001"},
    {":[fe80::1%eth0]:5001:u:p", KQ_ADDR_TCP, 0, 5001, "fe80::1%eth0", 0, 0, "u", "p",
     "[fe80::1%eth0]:5001"},
    {":tcps://mydb.us.com:5010", KQ_ADDR_TCP, 1, 5010, "mydb.us.com", 0, 0, 0, 0,
     "tcps://mydb.us.com:5010"},
    {"tcps://h:5010:u:p:q", KQ_ADDR_TCP, 1, 5010, "h", 0, 0, "u", "p:q", "tcps://h:5010"},
    {"tcps://:5000", KQ_ADDR_TCP, 1, 5000, "", 0, 0, 0, 0, "tcps://localhost:5000"},
    {":unix://5010", KQ_ADDR_UNIX, 0, 5010, 0, 0, 0, 0, 0, "unix://5010"},
    {"unix://5010:u:p", KQ_ADDR_UNIX, 0, 5010, 0, 0, 0, "u", "p", "unix://5010"},
    {"unixs://5010", KQ_ADDR_UNIX, 1, 5010, 0, 0, 0, 0, 0, "unixs://5010"},
    {"unix:///run/q.sock:u", KQ_ADDR_PATH, 0, 0, 0, 0, "/run/q.sock", "u", 0, "unix:///run/q.sock"},
    {":fifo://tick", KQ_ADDR_FIFO, 0, 0, 0, 0, "tick", 0, 0, "fifo://tick"},
    {"fifo:///dev/urandom", KQ_ADDR_FIFO, 0, 0, 0, 0, "/dev/urandom", 0, 0, "fifo:///dev/urandom"},
    {":f.dat", KQ_ADDR_FILE, 0, 0, 0, 0, "f.dat", 0, 0, ":f.dat"},
    {"`:f.dat", KQ_ADDR_FILE, 0, 0, 0, 0, "f.dat", 0, 0, ":f.dat"},
    {":c:/q/test.txt", KQ_ADDR_FILE, 0, 0, 0, 0, "c:/q/test.txt", 0, 0, ":c:/q/test.txt"},
    {":data/new", KQ_ADDR_FILE, 0, 0, 0, 0, "data/new", 0, 0, ":data/new"},
    {":./5010", KQ_ADDR_FILE, 0, 0, 0, 0, "./5010", 0, 0, ":./5010"},
};

static void check_str(const char *in, const char *what, const char *got, const char *want)
{
    if (!got != !want || (got && strcmp(got, want) != 0))
        fail_msg("%s: %s is '%s', expected '%s'", in, what, got ? got : "(none)",
                 want ? want : "(none)");
}

static void test_targets(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        const struct target *t = &targets[i];
        struct kq_addr a;
        struct kq_err err = {0};
        if (!kq_addr_parse(kq_strz(t->in), &a, &err))
            fail_msg("%s: %s", t->in, err.msg);
        char text[KQ_ADDR_TEXT_MAX];
        if (a.kind != t->kind || a.tls != t->tls || a.port != t->port)
            fail_msg("%s: kind %d tls %d port %d", t->in, a.kind, a.tls, a.port);
        check_str(t->in, "host", a.host, t->host);
        check_str(t->in, "service", a.service, t->service);
        check_str(t->in, "path", a.path, t->path);
        check_str(t->in, "user", a.user, t->user);
        check_str(t->in, "password", a.password, t->password);
        check_str(t->in, "text", kq_addr_text(&a, text, sizeof text), t->text);
        kq_addr_release(&a);
        assert_null(a.store);
    }
}

struct bad {
    const char *in, *message;
};

static const struct bad bad_targets[] = {
    {"", "empty address"},
    {"db", "'db' is not an address (expected PORT or HOST:PORT)"},
    {"`5001", "'`5001' is not an address (expected PORT or HOST:PORT)"},
    {"@prod", "'@prod' is not an address (expected PORT or HOST:PORT)"},
    {":", "no path in the address"},
    {"0", "port '0' is not in 1..65535"},
    {"db:0", "port '0' is not in 1..65535"},
    {"65536", "port '65536' is not in 1..65535"},
    {"db:99999999999999999999", "port '99999999999999999999' is not in 1..65535"},
    {"db:", "no port in the address"},
    {"db:-5", "'-5' is neither a port nor a service name"},
    {"db:50 10", "'50 10' is neither a port nor a service name"},
    {"d b:5010", "bad host name 'd b'"},
    {"a/b:5010", "bad host name 'a/b'"},
    {"user:secret@db:5010",
     "'@' in the port (user and password follow the port: HOST:PORT:USER:PASSWORD)"},
    {"fe80::1:5010", "no port after host 'fe80' (an IPv6 address is written in brackets, "
                     "[fe80::...]:PORT)"},
    {"[::1]", "no port after host '::1'"},
    {"[::1:5010", "'[' without ']:' in '[::1:5010'"},
    {"[::1]5010", "'[' without ']:' in '[::1]5010'"},
    {"[db]:5010", "'[db]' is not an IPv6 address"},
    {"unix://", "no port in the address"},
    {"unix://./q.sock", "'./q.sock' is neither a port nor a service name"},
    {"fifo://", "no path in the address"},
    {"http://db:5010", "unknown address type 'http://' (known: tcps, unix, unixs, fifo)"},
    {"tcps://db", "no port after host 'db'"},
};

static void test_bad_targets(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_targets / sizeof *bad_targets; i++) {
        const struct bad *b = &bad_targets[i];
        struct kq_addr a;
        struct kq_err err = {0};
        if (kq_addr_parse(kq_strz(b->in), &a, &err))
            fail_msg("'%s' was accepted", b->in);
        assert_int_equal(err.code, KQ_EUSAGE);
        assert_string_equal(err.msg, b->message);
    }
}

static void test_nul_byte(void **state)
{
    (void)state;
    struct kq_addr a;
    struct kq_err err = {0};
    assert_false(kq_addr_parse(kq_str("db:5010:u:p\0q", 13), &a, &err));
    assert_string_equal(err.msg, "NUL byte in the address");
}

struct listener {
    const char *in;
    enum kq_addr_kind kind;
    bool share, threads;
    const char *host;
    unsigned lo, hi;
    const char *lo_service, *hi_service, *path, *text;
};

static const struct listener listeners[] = {
    {"5001", KQ_ADDR_TCP, 0, 0, "", 5001, 5001, 0, 0, 0, "localhost:5001"},
    {"-5001", KQ_ADDR_TCP, 0, 1, "", 5001, 5001, 0, 0, 0, "localhost:5001"},
    {"0", KQ_ADDR_TCP, 0, 0, "", 0, 0, 0, 0, 0, "localhost:0W"},
    {"0W", KQ_ADDR_TCP, 0, 0, "", 0, 0, 0, 0, 0, "localhost:0W"},
    {"rp,5001", KQ_ADDR_TCP, 1, 0, "", 5001, 5001, 0, 0, 0, "rp,localhost:5001"},
    {"0.0.0.0:5001", KQ_ADDR_TCP, 0, 0, "0.0.0.0", 5001, 5001, 0, 0, 0, "0.0.0.0:5001"},
    {"rp,db:-5000/5010", KQ_ADDR_TCP, 1, 1, "db", 5000, 5010, 0, 0, 0, "rp,db:5000/5010"},
    {"[::]:0W", KQ_ADDR_TCP, 0, 0, "::", 0, 0, 0, 0, 0, "[::]:0W"},
    {"kdb", KQ_ADDR_TCP, 0, 0, "", 0, 0, "kdb", "kdb", 0, "localhost:kdb"},
    {"kdb/5010", KQ_ADDR_TCP, 0, 0, "", 0, 5010, "kdb", 0, 0, "localhost:kdb/5010"},
    {"unix://5010", KQ_ADDR_UNIX, 0, 0, 0, 5010, 5010, 0, 0, 0, "unix://5010"},
    {"unix:///tmp/a:b", KQ_ADDR_PATH, 0, 0, 0, 0, 0, 0, 0, "/tmp/a:b", "unix:///tmp/a:b"},
};

static void test_listeners(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof listeners / sizeof *listeners; i++) {
        const struct listener *t = &listeners[i];
        struct kq_laddr a;
        struct kq_err err = {0};
        if (!kq_laddr_parse(kq_strz(t->in), &a, &err))
            fail_msg("%s: %s", t->in, err.msg);
        char text[KQ_ADDR_TEXT_MAX];
        if (a.kind != t->kind || a.share != t->share || a.threads != t->threads || a.lo != t->lo ||
            a.hi != t->hi)
            fail_msg("%s: kind %d share %d threads %d %d/%d", t->in, a.kind, a.share, a.threads,
                     a.lo, a.hi);
        check_str(t->in, "host", a.host, t->host);
        check_str(t->in, "lo_service", a.lo_service, t->lo_service);
        check_str(t->in, "hi_service", a.hi_service, t->hi_service);
        check_str(t->in, "path", a.path, t->path);
        check_str(t->in, "text", kq_laddr_text(&a, text, sizeof text), t->text);
        kq_laddr_release(&a);
    }
}

static const struct bad bad_listeners[] = {
    {"", "empty address"},
    {"rp,", "no port in the address"},
    {"5010/5000", "port range 5010/5000 is empty"},
    {"5010/", "no port in the address"},
    {"0/5000", "port '0' is not in 1..65535"},
    {"70000", "port '70000' is not in 1..65535"},
    {"db:", "no port in the address"},
    {"tcps://5010", "cannot listen on 'tcps://5010'"},
    {"unix://0", "port '0' is not in 1..65535"},
    {"[::1]", "no port after host '::1'"},
};

static void test_bad_listeners(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_listeners / sizeof *bad_listeners; i++) {
        const struct bad *b = &bad_listeners[i];
        struct kq_laddr a;
        struct kq_err err = {0};
        if (kq_laddr_parse(kq_strz(b->in), &a, &err))
            fail_msg("'%s' was accepted", b->in);
        assert_int_equal(err.code, KQ_EUSAGE);
        assert_string_equal(err.msg, b->message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_targets),       cmocka_unit_test(test_bad_targets),
        cmocka_unit_test(test_nul_byte),      cmocka_unit_test(test_listeners),
        cmocka_unit_test(test_bad_listeners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

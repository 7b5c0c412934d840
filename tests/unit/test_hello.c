/*
 * test_hello.c - logins of real clients, qcon, and telling protocols apart.
 */
#include "wire/hello.h"

#include "hex.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void assert_login(const char *creds, int capability, const char *bytes, size_t n)
{
    struct kq_buf b;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    assert_true(kq_hello_login(&b, kq_strz(creds), capability, NULL));
    assert_int_equal(b.len, n);
    assert_memory_equal(b.data, bytes, n);
    kq_buf_release(&b);
}

static void clients_log_in(void **state)
{
    (void)state;
    assert_login("myname:mypassword", 3, "myname:mypassword\x03", 19);
    assert_login("", 6, "\x06", 2);
    assert_login("c", 0, "c", 2);
    struct kq_buf b;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    struct kq_err err = {0};
    assert_false(kq_hello_login(&b, kq_str("a\0b", 3), 3, &err));
    assert_int_equal(err.code, KQ_EUSAGE);
    kq_buf_release(&b);
}

static void capabilities(void **state)
{
    (void)state;
    assert_int_equal(kq_hello_accepted(3, 6), 3);
    assert_int_equal(kq_hello_accepted(6, 3), 3);
    assert_int_equal(kq_hello_accepted(0, 6), 0);
    assert_int_equal(kq_hello_accepted('H', 6), 0);
    assert_int_equal(kq_hello_common(3, 6), 3);
    assert_int_equal(kq_hello_common(6, 3), 3);
    assert_int_equal(kq_hello_common(-1, 6), 0);
    assert_int_equal(kq_hello_answer(0), 1);
    assert_int_equal(kq_hello_answer(6), 6);
}

static enum kq_sniff sniff(const char *s)
{
    return kq_sniff((const uint8_t *)s, strlen(s));
}

static void protocols_on_one_port(void **state)
{
    (void)state;
    assert_int_equal(sniff(""), KQ_SNIFF_MORE);
    assert_int_equal(sniff("\x16"), KQ_SNIFF_MORE);
    assert_int_equal(sniff("\x16\x03\x01"), KQ_SNIFF_TLS);
    assert_int_equal(sniff("\x16\x04"), KQ_SNIFF_LOGIN);
    assert_int_equal(sniff("G"), KQ_SNIFF_MORE);
    assert_int_equal(sniff("GET /"), KQ_SNIFF_HTTP);
    assert_int_equal(sniff("GEoff:x\x03"), KQ_SNIFF_LOGIN);
    assert_int_equal(sniff("P"), KQ_SNIFF_MORE);
    assert_int_equal(sniff("POST "), KQ_SNIFF_HTTP);
    assert_int_equal(sniff("PUT /x"), KQ_SNIFF_HTTP);
    assert_int_equal(sniff("POSTMAN:pw"), KQ_SNIFF_LOGIN);
    assert_int_equal(sniff("OPTIONS * HTTP/1.1"), KQ_SNIFF_HTTP);
    assert_int_equal(sniff("DELETE"), KQ_SNIFF_MORE);
    assert_int_equal(sniff("user:pw\x03"), KQ_SNIFF_LOGIN);
    assert_int_equal(kq_sniff((const uint8_t *)"\x03\0", 2), KQ_SNIFF_LOGIN);
    assert_int_equal(kq_sniff((const uint8_t *)"\0", 1), KQ_SNIFF_LOGIN);
}

/* Feed `n` bytes one by one and check what the server understands. */
static void serve(const char *bytes, size_t n, const char *user, const char *password, int cap)
{
    struct kq_hello h;
    struct kq_login login;
    size_t used;
    kq_hello_init(&h);
    for (size_t i = 0; i + 1 < n; i++)
        assert_int_equal(kq_hello_feed(&h, bytes + i, 1, &used, NULL), KQ_HELLO_MORE);
    assert_int_equal(kq_hello_feed(&h, bytes + n - 1, 1, &used, NULL), KQ_HELLO_IPC);
    assert_int_equal(used, 1);
    kq_hello_get(&h, &login);
    assert_true(kq_str_is(login.user, user));
    assert_true(kq_str_is(login.password, password));
    assert_int_equal(login.has_password, memchr(bytes, ':', n) != NULL);
    assert_int_equal(login.capability, cap);
    kq_hello_release(&h);
}

static void servers_understand_logins(void **state)
{
    (void)state;
    serve("c\x03", 3, "c", "", 3);
    serve("u:pw\x06", 6, "u", "pw", 6);
    serve("u:a:b\x03", 7, "u", "a:b", 3);
    serve(":\x03", 3, "", "", 3);
    serve("\x03", 2, "", "", 3);
    serve("u:pw", 5, "u", "pw", -1);
    serve("", 1, "", "", -1);
}

static void what_follows_a_login_is_left(void **state)
{
    (void)state;
    struct kq_hello h;
    size_t used;
    kq_hello_init(&h);
    assert_int_equal(kq_hello_feed(&h, "u:p\x03\0\x01\0\0\0\x0a\0\0\0\x65\0", 15, &used, NULL),
                     KQ_HELLO_IPC);
    assert_int_equal(used, 5);
    kq_hello_release(&h);
    /* Without a capability byte, a message must still not pass for text. */
    kq_hello_init(&h);
    assert_int_equal(kq_hello_feed(&h, "u:p\0\0\0\0\0\0\0\0\x0a\x65\0", 14, &used, NULL),
                     KQ_HELLO_IPC);
    assert_int_equal(used, 4);
    kq_hello_release(&h);
}

static void serve_text(const char *bytes, size_t n, size_t cut, const char *user, const char *text)
{
    struct kq_hello h;
    struct kq_login login;
    size_t used;
    kq_hello_init(&h);
    enum kq_hello_state s = kq_hello_feed(&h, bytes, cut, &used, NULL);
    assert_int_equal(used, cut);
    if (cut < n) {
        assert_int_equal(s, KQ_HELLO_MORE);
        s = kq_hello_feed(&h, bytes + cut, n - cut, &used, NULL);
    }
    assert_int_equal(s, KQ_HELLO_TEXT);
    kq_hello_get(&h, &login);
    assert_true(kq_str_is(login.user, user));
    assert_int_equal(login.capability, -1);
    assert_true(kq_str_is(login.text, text));
    kq_hello_release(&h);
}

static void the_console_client(void **state)
{
    (void)state;
    serve_text("qcon\0001+1\0", 9, 9, "qcon", "1+1");
    serve_text("qcon\0001+1\0", 9, 6, "qcon", "1+1");
    serve_text("usr:pwd\0tables[]\0", 17, 17, "usr", "tables[]");
    serve_text("qcon\0\0", 6, 6, "qcon", "");
}

static void floods_are_refused(void **state)
{
    (void)state;
    static uint8_t a[4096];
    memset(a, 'a', sizeof a);
    struct kq_hello h;
    struct kq_err err = {0};
    size_t used;
    kq_hello_init(&h);
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(kq_hello_feed(&h, a, sizeof a, &used, &err), KQ_HELLO_MORE);
    assert_int_equal(kq_hello_feed(&h, a, 1, &used, &err), KQ_HELLO_BAD);
    assert_int_equal(err.code, KQ_EPROTO);
    assert_string_equal(err.msg, "login of more than 65536 bytes");
    kq_hello_release(&h);
    kq_hello_init(&h);
    assert_int_equal(kq_hello_feed(&h, "q\0x", 3, &used, &err), KQ_HELLO_MORE);
    enum kq_hello_state s = KQ_HELLO_MORE;
    for (unsigned i = 0; i < 257 && s == KQ_HELLO_MORE; i++)
        s = kq_hello_feed(&h, a, sizeof a, &used, &err);
    assert_int_equal(s, KQ_HELLO_BAD);
    kq_hello_release(&h);
}

static void assert_redacted(const char *in, size_t n, const char *want, size_t wanted)
{
    struct kq_buf b;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    kq_hello_redact(&b, (const uint8_t *)in, n);
    assert_int_equal(b.len, wanted);
    assert_memory_equal(b.data, want, wanted);
    kq_buf_release(&b);
}

static void records_hide_passwords(void **state)
{
    (void)state;
    assert_redacted("u:secret\x03", 10, "u:*\x03", 5);
    assert_redacted("u:se:cret\0", 10, "u:*", 4);
    assert_redacted("u:secret\0a:b\0", 13, "u:*\0a:b\0", 8);
    assert_redacted("u:sec", 5, "u:*", 3);
    assert_redacted("user\x03", 6, "user\x03", 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clients_log_in),
        cmocka_unit_test(capabilities),
        cmocka_unit_test(protocols_on_one_port),
        cmocka_unit_test(servers_understand_logins),
        cmocka_unit_test(what_follows_a_login_is_left),
        cmocka_unit_test(the_console_client),
        cmocka_unit_test(floods_are_refused),
        cmocka_unit_test(records_hide_passwords),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

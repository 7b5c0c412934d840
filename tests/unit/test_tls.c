/*
 * test_tls.c - TLS between our own client and server over loopback, with
 * certificates made by the openssl command, and the settings around it.
 */
#include "net/conn.h"
#include "net/listen.h"
#include "net/tls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct env {
    char dir[32];
    char ca[64], cert[64], key[64], client_cert[64], client_key[64], keylog[64];
    struct kq_loop *loop;
    struct kq_listen *listen;
    struct kq_tls_opts server_opts, client_opts;
    struct kq_tls_ctx *server_tls, *client_tls;
    struct kq_conn_opts opts;
    struct kq_conn *client, *server;
    struct kq_tls_info seen_by_server, seen_by_client;
    const char *scheme;
    size_t size; /* of the message to send */
    size_t got;
    bool server_closed, client_closed, client_ready;
    struct kq_err server_err, client_err;
};

/* ---- certificates ---- */

static int make_certificates(void **state)
{
    struct env *e = calloc(1, sizeof *e);
    char command[2048];
    strcpy(e->dir, "/tmp/kq-test-XXXXXX");
    if (!mkdtemp(e->dir))
        return -1;
    snprintf(command, sizeof command,
             "cd %s && exec 2>err && ec='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes' && "
             "openssl req -x509 $ec -keyout ca.key -out ca.pem -subj '/CN=test ca' -days 2 && "
             "for n in server client; do "
             "  openssl req $ec -keyout $n.key -out $n.csr -subj /O=kq/CN=$n && "
             "  printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\\n' >$n.ext && "
             "  openssl x509 -req -in $n.csr -CA ca.pem -CAkey ca.key -set_serial 0x2a -days 2 "
             "    -extfile $n.ext -out $n.pem; done",
             e->dir);
    if (system(command) != 0)
        return -1;
    snprintf(e->ca, sizeof e->ca, "%s/ca.pem", e->dir);
    snprintf(e->cert, sizeof e->cert, "%s/server.pem", e->dir);
    snprintf(e->key, sizeof e->key, "%s/server.key", e->dir);
    snprintf(e->client_cert, sizeof e->client_cert, "%s/client.pem", e->dir);
    snprintf(e->client_key, sizeof e->client_key, "%s/client.key", e->dir);
    snprintf(e->keylog, sizeof e->keylog, "%s/keys", e->dir);
    *state = e;
    return 0;
}

static int remove_certificates(void **state)
{
    struct env *e = *state;
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", e->dir);
    int r = system(command);
    free(e);
    return r;
}

/* ---- server ---- */

static void server_msg(void *arg, struct kq_conn *c, const struct kq_msg *msg)
{
    struct env *e = arg;
    if (kq_stream_tls(kq_conn_stream(c)))
        kq_tls_info(kq_stream_tls(kq_conn_stream(c)), &e->seen_by_server);
    assert_true(kq_conn_send_rc(c, msg->frame, msg->off, msg->len, NULL));
}

static void server_close(void *arg, struct kq_conn *c, const struct kq_err *err)
{
    (void)c;
    struct env *e = arg;
    e->server_closed = true;
    e->server_err = *err;
    if (e->client_closed)
        kq_loop_stop(e->loop);
}

static const struct kq_conn_ops server_ops = {.on_msg = server_msg, .on_close = server_close};

/* Look at the first byte as a server of both kinds does, then hand over. */
static void on_first_byte(void *arg);

static const struct kq_stream_ops sniff_ops = {.on_readable = on_first_byte};

struct sniff {
    struct env *env;
    struct kq_stream *stream;
};

static void on_first_byte(void *arg)
{
    struct sniff *s = arg;
    struct env *e = s->env;
    struct kq_stream *stream = s->stream;
    char first;
    ssize_t n = kq_stream_read(stream, &first, 1, NULL);
    if (n == KQ_STREAM_AGAIN)
        return;
    assert_int_equal(n, 1);
    kq_stream_unread(stream, &first, 1);
    if (first == 0x16)
        kq_stream_start_tls_take(stream, kq_tls_new(e->server_tls, NULL, NULL));
    e->server = kq_conn_serve_take(stream, &e->opts, &server_ops, e);
    free(s);
}

static void on_accept(void *arg, int fd)
{
    struct env *e = arg;
    struct sniff *s = malloc(sizeof *s);
    s->env = e;
    s->stream = kq_stream_new(e->loop, fd, &sniff_ops, s);
    kq_stream_resume(s->stream);
}

/* ---- client ---- */

static void client_ready(void *arg, struct kq_conn *c)
{
    struct env *e = arg;
    e->client_ready = true;
    if (kq_stream_tls(kq_conn_stream(c)))
        kq_tls_info(kq_stream_tls(kq_conn_stream(c)), &e->seen_by_client);
    struct kq_rcbuf *frame = kq_rcbuf_new(e->size);
    for (size_t i = 0; i < e->size; i++)
        frame->data[i] = (uint8_t)(i * 11);
    kq_header_put(frame->data, &(struct kq_header){.kind = KQ_SYNC, .total = e->size});
    assert_true(kq_conn_send_rc(c, frame, 0, e->size, NULL));
    kq_rcbuf_unref(frame);
}

static void client_msg(void *arg, struct kq_conn *c, const struct kq_msg *msg)
{
    struct env *e = arg;
    const uint8_t *p = kq_msg_bytes(msg);
    for (size_t i = 8; i < msg->len; i++) {
        if (p[i] != (uint8_t)(i * 11))
            fail_msg("byte %zu is %u", i, p[i]);
    }
    e->got = msg->len;
    kq_conn_close(c);
}

static void client_close(void *arg, struct kq_conn *c, const struct kq_err *err)
{
    (void)c;
    struct env *e = arg;
    e->client_closed = true;
    e->client_err = *err;
    if (e->server_closed || !e->server)
        kq_loop_stop(e->loop);
}

static const struct kq_conn_ops client_ops = {.on_ready = client_ready,
                                              .on_msg = client_msg,
                                              .on_close = client_close};

/* ---- each test ---- */

static int setup(void **state)
{
    struct env *e = *state;
    e->loop = kq_loop_new(NULL);
    e->server_opts = (struct kq_tls_opts){.cert_file = e->cert, .key_file = e->key};
    e->client_opts = (struct kq_tls_opts){.ca_file = e->ca};
    e->scheme = "tcps://localhost";
    e->size = 100;
    e->got = 0;
    e->client = e->server = NULL;
    e->client_closed = e->server_closed = e->client_ready = false;
    e->seen_by_server = e->seen_by_client = (struct kq_tls_info){0};
    kq_conn_opts_init(&e->opts);
    e->opts.connect_timeout_ms = 60000;
    return 0;
}

static int teardown(void **state)
{
    struct env *e = *state;
    if (e->server && !e->server_closed)
        kq_conn_free(e->server);
    kq_listen_free(e->listen);
    e->listen = NULL;
    kq_loop_free(e->loop);
    kq_tls_ctx_free(e->server_tls);
    kq_tls_ctx_free(e->client_tls);
    e->server_tls = e->client_tls = NULL;
    return 0;
}

static void run(struct env *e)
{
    struct kq_laddr la;
    struct kq_addr a;
    struct kq_err err;
    char text[64];
    e->server_tls = kq_tls_server_new(&e->server_opts, &err);
    if (!e->server_tls)
        fail_msg("%s", err.msg);
    e->client_tls = kq_tls_client_new(&e->client_opts, &err);
    if (!e->client_tls)
        fail_msg("%s", err.msg);
    assert_true(kq_laddr_parse(kq_strz("127.0.0.1:0"), &la, &err));
    e->listen = kq_listen_open(e->loop, &la, NULL, on_accept, e, &err);
    assert_non_null(e->listen);
    snprintf(text, sizeof text, "%s:%u", e->scheme, kq_listen_port(e->listen));
    assert_true(kq_addr_parse(kq_strz(text), &a, &err));
    struct kq_conn_opts o = e->opts;
    o.tls = e->client_tls;
    e->client = kq_conn_open(e->loop, &a, &o, &client_ops, e);
    kq_addr_release(&a);
    kq_laddr_release(&la);
    kq_loop_run(e->loop);
}

static void check_success(struct env *e)
{
    if (e->client_err.code)
        fail_msg("client: %s", e->client_err.msg);
    if (e->server_err.code)
        fail_msg("server: %s", e->server_err.msg);
    assert_int_equal(e->got, e->size);
}

static void check_failure(struct env *e, int code, const char *message)
{
    assert_string_equal(e->client_err.msg, message);
    assert_int_equal(e->client_err.code, code);
    assert_int_equal(e->got, 0);
}

static void test_query(void **state)
{
    struct env *e = *state;
    run(e);
    check_success(e);
    const struct kq_tls_info *i = &e->seen_by_client;
    assert_string_equal(i->protocol, "TLSv1.3");
    assert_true(i->cipher[0]);
    assert_true(i->verified);
    assert_string_equal(i->verify_error, "");
    assert_true(i->peer.present);
    assert_string_equal(i->peer.subject, "/O=kq/CN=server");
    assert_string_equal(i->peer.issuer, "/CN=test ca");
    assert_string_equal(i->peer.serial, "2A");
    assert_non_null(strstr(i->peer.not_after, "GMT"));
    assert_false(i->local.present);
    assert_false(e->seen_by_server.peer.present);
    assert_string_equal(e->seen_by_server.local.subject, "/O=kq/CN=server");
}

static void test_plain_on_the_same_port(void **state)
{
    struct env *e = *state;
    e->scheme = "localhost";
    run(e);
    assert_int_equal(e->client_err.code, 0);
    assert_true(e->client_ready);
}

static void test_megabytes(void **state)
{
    struct env *e = *state;
    e->size = 5000000;
    run(e);
    check_success(e);
}

static void test_tls_1_2(void **state)
{
    struct env *e = *state;
    e->client_opts.max_version = "TLSv1.2";
    e->client_opts.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256";
    run(e);
    check_success(e);
    assert_string_equal(e->seen_by_client.protocol, "TLSv1.2");
    assert_string_equal(e->seen_by_client.cipher, "ECDHE-ECDSA-AES128-GCM-SHA256");
}

static void test_ip_address(void **state)
{
    struct env *e = *state;
    e->scheme = "tcps://127.0.0.1";
    run(e);
    check_success(e);
}

static void test_untrusted(void **state)
{
    struct env *e = *state;
    e->client_opts.ca_file = e->client_cert;
    run(e);
    check_failure(e, KQ_ECONNECT,
                  "TLS certificate of the peer is not trusted: unable to get local issuer "
                  "certificate");
}

static void test_wrong_name(void **state)
{
    struct env *e = *state;
    e->opts.tls_name = "db.example.com";
    run(e);
    check_failure(e, KQ_ECONNECT, "TLS certificate of the peer is not trusted: hostname mismatch");
}

static void test_wrong_ip(void **state)
{
    struct env *e = *state;
    e->opts.tls_name = "10.0.0.1";
    run(e);
    check_failure(e, KQ_ECONNECT,
                  "TLS certificate of the peer is not trusted: IP address mismatch");
}

static void test_no_verification(void **state)
{
    struct env *e = *state;
    e->client_opts.ca_file = NULL;
    e->client_opts.verify = KQ_TLS_VERIFY_NO;
    e->opts.tls_name = "db.example.com";
    run(e);
    check_success(e);
    assert_false(e->seen_by_client.verified);
    assert_true(e->seen_by_client.verify_error[0]);
}

static void test_client_certificate(void **state)
{
    struct env *e = *state;
    e->server_opts.verify = KQ_TLS_VERIFY_YES;
    e->server_opts.ca_file = e->ca;
    e->client_opts.cert_file = e->client_cert;
    e->client_opts.key_file = e->client_key;
    run(e);
    check_success(e);
    assert_true(e->seen_by_server.verified);
    assert_string_equal(e->seen_by_server.peer.subject, "/O=kq/CN=client");
}

static void test_client_certificate_missing(void **state)
{
    struct env *e = *state;
    e->server_opts.verify = KQ_TLS_VERIFY_YES;
    e->server_opts.ca_file = e->ca;
    run(e);
    check_failure(e, KQ_EAUTH,
                  "TLS certificate refused by the peer: tlsv13 alert certificate required");
}

static void test_client_certificate_if_present(void **state)
{
    struct env *e = *state;
    e->server_opts.verify = KQ_TLS_VERIFY_IFPRESENT;
    e->server_opts.ca_file = e->ca;
    run(e);
    check_success(e);
}

static void test_client_certificate_unknown(void **state)
{
    struct env *e = *state;
    e->server_opts.verify = KQ_TLS_VERIFY_IFPRESENT;
    e->server_opts.ca_file = e->client_cert;
    e->client_opts.cert_file = e->client_cert;
    e->client_opts.key_file = e->client_key;
    run(e);
    assert_int_equal(e->client_err.code, KQ_EAUTH);
}

static void test_client_certificate_request_only(void **state)
{
    struct env *e = *state;
    e->server_opts.verify = KQ_TLS_VERIFY_REQUESTONLY;
    e->server_opts.ca_file = e->client_cert;
    e->client_opts.cert_file = e->client_cert;
    e->client_opts.key_file = e->client_key;
    run(e);
    check_success(e);
    assert_string_equal(e->seen_by_server.peer.subject, "/O=kq/CN=client");
    assert_false(e->seen_by_server.verified);
}

static void test_keylog(void **state)
{
    struct env *e = *state;
    e->client_opts.keylog = e->keylog;
    run(e);
    check_success(e);
    struct stat st;
    assert_int_equal(stat(e->keylog, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    char line[256] = "";
    FILE *f = fopen(e->keylog, "r");
    assert_non_null(fgets(line, sizeof line, f));
    fclose(f);
    assert_memory_equal(line, "SERVER_HANDSHAKE_TRAFFIC_SECRET ", 32);
}

/* ---- without a connection ---- */

/* A server that answers a ClientHello in plain text. */
static void test_peer_without_tls(void **state)
{
    struct env *e = *state;
    struct kq_err err = {0};
    e->client_tls = kq_tls_client_new(&e->client_opts, &err);
    struct kq_tls *t = kq_tls_new(e->client_tls, "localhost", &err);
    assert_int_equal(kq_tls_handshake(t, &err), 0);
    assert_true(kq_tls_output(t) > 100);
    kq_tls_feed(t, "HTTP/1.1 400 Bad Request\r\n", 26);
    assert_int_equal(kq_tls_handshake(t, &err), -1);
    assert_int_equal(err.code, KQ_ECONNECT);
    assert_string_equal(err.msg, "the peer does not speak TLS");
    kq_tls_free(t);
}

static void check_settings(bool server, const struct kq_tls_opts *o, int code, const char *start)
{
    struct kq_err err = {0};
    struct kq_tls_ctx *ctx = server ? kq_tls_server_new(o, &err) : kq_tls_client_new(o, &err);
    assert_null(ctx);
    assert_int_equal(err.code, code);
    if (strncmp(err.msg, start, strlen(start)) != 0)
        fail_msg("'%s' does not begin with '%s'", err.msg, start);
}

static void test_bad_settings(void **state)
{
    struct env *e = *state;
    check_settings(true, &(struct kq_tls_opts){0}, KQ_EUSAGE, "TLS needs a certificate");
    check_settings(false, &(struct kq_tls_opts){.ca_file = "/no/such"}, KQ_ECONNECT,
                   "cannot read CA file '/no/such': ");
    check_settings(false, &(struct kq_tls_opts){.ciphers = "nonsense"}, KQ_EUSAGE,
                   "TLS ciphers 'nonsense': no cipher match");
    check_settings(false, &(struct kq_tls_opts){.min_version = "2"}, KQ_EUSAGE,
                   "unknown TLS version '2'");
    check_settings(false, &(struct kq_tls_opts){.cert_file = e->cert, .key_file = e->client_key},
                   KQ_ECONNECT, "cannot use TLS key");
    check_settings(false, &(struct kq_tls_opts){.cert_file = "/no/such"}, KQ_ECONNECT,
                   "cannot use TLS certificate '/no/such': ");
}

static void test_environment(void **state)
{
    (void)state;
    struct kq_tls_opts o = {.ciphers = "given"};
    struct kq_err err = {0};
    setenv("SSL_CERT_FILE", "bundle", 1);
    setenv("SSL_CA_CERT_FILE", "ca", 1);
    setenv("KX_SSL_CA_CERT_PATH", "path", 1);
    setenv("SSL_CA_CERT_PATH", "other", 1);
    setenv("KX_SSL_CIPHER_LIST", "list", 1);
    setenv("SSL_VERIFY_SERVER", "no", 1);
    setenv("KX_SSL_VERIFY_SERVER", "HostIP", 1);
    setenv("SSL_VERIFY_CLIENT", "maybe", 1);
    assert_true(kq_tls_opts_env(&o, false, &err));
    assert_null(o.cert_file);
    assert_string_equal(o.ca_file, "ca");
    assert_string_equal(o.ca_path, "path");
    assert_string_equal(o.ciphers, "given");
    assert_int_equal(o.verify, KQ_TLS_VERIFY_YES);

    setenv("SSL_KEY_FILE", "key", 1);
    struct kq_tls_opts s = {0};
    assert_false(kq_tls_opts_env(&s, true, &err));
    assert_int_equal(err.code, KQ_EUSAGE);
    assert_string_equal(err.msg, "SSL_VERIFY_CLIENT: unknown verification 'maybe' (expected NO, "
                                 "YES, REQUESTONLY or IFPRESENT)");
    assert_string_equal(s.cert_file, "bundle");
    assert_string_equal(s.key_file, "key");

    const char *names[] = {"SSL_CERT_FILE",     "SSL_CA_CERT_FILE",     "KX_SSL_CA_CERT_PATH",
                           "SSL_CA_CERT_PATH",  "KX_SSL_CIPHER_LIST",   "SSL_VERIFY_SERVER",
                           "SSL_VERIFY_CLIENT", "KX_SSL_VERIFY_SERVER", "SSL_KEY_FILE"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
}

/* The test vectors of RFC 1321 and FIPS 180. */
static void test_digests(void **state)
{
    (void)state;
    char md5[KQ_MD5_HEX], sha1[KQ_SHA1_HEX];
    assert_true(kq_tls_md5_hex("abc", 3, md5, NULL));
    assert_string_equal(md5, "900150983cd24fb0d6963f7d28e17f72");
    assert_true(kq_tls_sha1_hex("abc", 3, sha1, NULL));
    assert_string_equal(sha1, "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert_true(kq_tls_md5_hex("", 0, md5, NULL));
    assert_string_equal(md5, "d41d8cd98f00b204e9800998ecf8427e");
}

static void test_library(void **state)
{
    (void)state;
    const char *name = kq_tls_library();
    assert_non_null(name);
    assert_memory_equal(name, "OpenSSL 3.", 10);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_query),
        TEST(test_plain_on_the_same_port),
        TEST(test_megabytes),
        TEST(test_tls_1_2),
        TEST(test_ip_address),
        TEST(test_untrusted),
        TEST(test_wrong_name),
        TEST(test_wrong_ip),
        TEST(test_no_verification),
        TEST(test_client_certificate),
        TEST(test_client_certificate_missing),
        TEST(test_client_certificate_if_present),
        TEST(test_client_certificate_unknown),
        TEST(test_client_certificate_request_only),
        TEST(test_keylog),
        TEST(test_peer_without_tls),
        TEST(test_bad_settings),
        TEST(test_environment),
        TEST(test_digests),
        TEST(test_library),
    };
    return cmocka_run_group_tests(tests, make_certificates, remove_certificates);
}

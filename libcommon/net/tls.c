/*
 * tls.c - the only file that knows OpenSSL, which is loaded with dlopen and
 * called through a table of pointers.
 *
 * A session talks to two memory BIOs, so OpenSSL never sees a socket.  kdb+
 * peers close without a close_notify, therefore an unexpected end counts as an
 * end; the framing above notices a message cut short.
 */
#include "net/tls.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

struct openssl {
#define KQ_TLS_FN(name) __typeof__(name) *name;
#include "net/tls_fn.def"
#undef KQ_TLS_FN
};

struct kq_tls_ctx {
    int refs;
    bool server;
    bool verify; /* client: check the server */
    bool checks; /* the peer's certificate is looked at */
    int keylog;  /* descriptor, or -1 */
    SSL_CTX *ssl;
    struct openssl api;
};

struct kq_tls {
    struct kq_tls_ctx *ctx;
    SSL *ssl;
    BIO *in, *out; /* owned by ssl */
    char *name;    /* of the server, or NULL */
};

/* ---- loading ---- */

static const struct symbol {
    const char *name;
    size_t member;
} symbols[] = {
#define KQ_TLS_FN(name) {#name, offsetof(struct openssl, name)},
#include "net/tls_fn.def"
#undef KQ_TLS_FN
};

#define LIBCRYPTO "libcrypto.so.3"
#define LIBSSL    "libssl.so.3"

/* One function into *f, a pointer to function; false when there is no such
 * library or function. */
static bool find(const char *library, const char *name, void *f)
{
    void *lib = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    void *found = lib ? dlsym(lib, name) : NULL;
    memcpy(f, &found, sizeof found);
    return found;
}

/* All functions.  The library stays loaded: it has handlers that run at exit. */
static bool load(struct openssl *api, struct kq_err *err)
{
    void *lib = dlopen(LIBSSL, RTLD_NOW | RTLD_LOCAL);
    if (!lib)
        return kq_fail(err, KQ_ECONNECT, "TLS needs OpenSSL 3: %s", dlerror());
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        /* This looks into libcrypto too, which libssl depends on. */
        void *f = dlsym(lib, symbols[i].name);
        if (!f)
            return kq_fail(err, KQ_ECONNECT, "%s has no %s", LIBSSL, symbols[i].name);
        memcpy((char *)api + symbols[i].member, &f, sizeof f);
    }
    return true;
}

const char *kq_tls_library(void)
{
    __typeof__(OpenSSL_version) *version;
    return find(LIBCRYPTO, "OpenSSL_version", &version) ? version(OPENSSL_VERSION) : NULL;
}

/* ---- errors ---- */

/* The oldest error of OpenSSL's queue, which is emptied; 0 and "" without one. */
static unsigned long take_error(const struct openssl *api, const char **text)
{
    unsigned long code = api->ERR_get_error();
    *text = ERR_SYSTEM_ERROR(code) ? strerror(ERR_GET_REASON(code))
            : code                 ? api->ERR_reason_error_string(code)
                                   : NULL;
    if (code && ERR_GET_REASON(code) == ERR_R_UNSUPPORTED) /* said of files, which are all PEM */
        *text = "nothing of that kind in it";
    if (!*text)
        *text = code ? "unknown error" : "no reason given";
    api->ERR_clear_error();
    return code;
}

/* Fail with "what: OpenSSL's reason". */
static bool fail_with_reason(const struct openssl *api, struct kq_err *err, int code,
                             const char *what, const char *value)
{
    const char *text;
    take_error(api, &text);
    return kq_fail(err, code, "%s '%.100s': %s", what, value, text);
}

/* Alerts by which a peer says that it does not like our certificate. */
static bool is_certificate_alert(int reason)
{
    switch (reason - SSL_AD_REASON_OFFSET) {
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
    case SSL_AD_CERTIFICATE_REQUIRED: return true;
    default: return false;
    }
}

static bool is_foreign_protocol(int reason)
{
    return reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST ||
           reason == SSL_R_PACKET_LENGTH_TOO_LONG;
}

static void explain(struct kq_tls *t, struct kq_err *err)
{
    const struct openssl *api = &t->ctx->api;
    const char *text;
    unsigned long code = take_error(api, &text);
    int reason = ERR_GET_REASON(code);
    if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
        kq_err_set(err, KQ_ECONNECT, "TLS certificate of the peer is not trusted: %s",
                   api->X509_verify_cert_error_string(api->SSL_get_verify_result(t->ssl)));
    else if (is_certificate_alert(reason))
        kq_err_set(err, KQ_EAUTH, "TLS certificate refused by the peer: %s", text);
    else if (is_foreign_protocol(reason))
        kq_err_set(err, KQ_ECONNECT, "the peer does not speak TLS");
    else
        kq_err_set(err, KQ_ECONNECT, "TLS failed: %s", text);
}

/* ---- contexts ---- */

static bool set_version(struct kq_tls_ctx *ctx, int control, const char *s, struct kq_err *err)
{
    static const struct {
        const char *name;
        int version;
    } versions[] = {{"1.0", TLS1_VERSION},
                    {"1", TLS1_VERSION},
                    {"1.1", TLS1_1_VERSION},
                    {"1.2", TLS1_2_VERSION},
                    {"1.3", TLS1_3_VERSION}};
    const char *number = strncasecmp(s, "TLSv", 4) == 0 ? s + 4 : s;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        if (strcmp(number, versions[i].name) == 0)
            return ctx->api.SSL_CTX_ctrl(ctx->ssl, control, versions[i].version, NULL);
    }
    return kq_fail(err, KQ_EUSAGE, "unknown TLS version '%.40s' (1.0, 1.1, 1.2 or 1.3)", s);
}

static bool set_ciphers(struct kq_tls_ctx *ctx, const struct kq_tls_opts *o, struct kq_err *err)
{
    const struct openssl *api = &ctx->api;
    if (o->ciphers && !api->SSL_CTX_set_cipher_list(ctx->ssl, o->ciphers))
        return fail_with_reason(api, err, KQ_EUSAGE, "TLS ciphers", o->ciphers);
    if (o->ciphersuites && !api->SSL_CTX_set_ciphersuites(ctx->ssl, o->ciphersuites))
        return fail_with_reason(api, err, KQ_EUSAGE, "TLS ciphersuites", o->ciphersuites);
    return true;
}

/* Never prompt for the pass phrase of a key. */
static int no_pass_phrase(char *buf, int size, int writing, void *arg)
{
    (void)writing;
    (void)arg;
    if (size > 0)
        *buf = '\0';
    return -1;
}

static bool set_certificate(struct kq_tls_ctx *ctx, const struct kq_tls_opts *o, struct kq_err *err)
{
    const struct openssl *api = &ctx->api;
    if (!o->cert_file && !o->key_file && !ctx->server)
        return true;
    if (!o->cert_file)
        return kq_fail(err, KQ_EUSAGE, "TLS needs a certificate (--cert or KX_SSL_CERT_FILE)");
    const char *key = o->key_file ? o->key_file : o->cert_file;
    api->SSL_CTX_set_default_passwd_cb(ctx->ssl, no_pass_phrase);
    if (api->SSL_CTX_use_certificate_chain_file(ctx->ssl, o->cert_file) != 1)
        return fail_with_reason(api, err, KQ_ECONNECT, "cannot use TLS certificate", o->cert_file);
    if (api->SSL_CTX_use_PrivateKey_file(ctx->ssl, key, SSL_FILETYPE_PEM) != 1)
        return fail_with_reason(api, err, KQ_ECONNECT, "cannot use TLS key", key);
    if (api->SSL_CTX_check_private_key(ctx->ssl) != 1)
        return fail_with_reason(api, err, KQ_ECONNECT, "TLS key does not fit", key);
    return true;
}

static bool load_authorities(struct kq_tls_ctx *ctx, const struct kq_tls_opts *o,
                             struct kq_err *err)
{
    const struct openssl *api = &ctx->api;
    if (o->ca_file && !api->SSL_CTX_load_verify_file(ctx->ssl, o->ca_file))
        return fail_with_reason(api, err, KQ_ECONNECT, "cannot read CA file", o->ca_file);
    if (o->ca_path && !api->SSL_CTX_load_verify_dir(ctx->ssl, o->ca_path))
        return fail_with_reason(api, err, KQ_ECONNECT, "cannot read CA directory", o->ca_path);
    if (!o->ca_file && !o->ca_path)
        api->SSL_CTX_set_default_verify_paths(ctx->ssl);
    if (o->ca_file && ctx->server)
        api->SSL_CTX_set_client_CA_list(ctx->ssl, api->SSL_load_client_CA_file(o->ca_file));
    return true;
}

static int accept_any(int ok, X509_STORE_CTX *store)
{
    (void)ok;
    (void)store;
    return 1;
}

static bool set_verification(struct kq_tls_ctx *ctx, const struct kq_tls_opts *o,
                             struct kq_err *err)
{
    enum kq_tls_verify verify = o->verify;
    if (verify == KQ_TLS_VERIFY_UNSET)
        verify = ctx->server ? KQ_TLS_VERIFY_NO : KQ_TLS_VERIFY_YES;
    ctx->verify = verify == KQ_TLS_VERIFY_YES;
    if (verify == KQ_TLS_VERIFY_NO)
        return true;
    ctx->checks = true;
    if (!load_authorities(ctx, o, err))
        return false;
    int mode = SSL_VERIFY_PEER;
    if (verify == KQ_TLS_VERIFY_YES)
        mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    ctx->api.SSL_CTX_set_verify(ctx->ssl, mode,
                                verify == KQ_TLS_VERIFY_REQUESTONLY ? accept_any : NULL);
    return true;
}

/* OpenSSL hands over nothing but the session, so the way back to our context
 * starts with a look-up; this is for debugging and may cost something. */
static void log_key(const SSL *ssl, const char *line)
{
    __typeof__(SSL_get_ex_data) *get_ex_data;
    if (!find(LIBSSL, "SSL_get_ex_data", &get_ex_data))
        return;
    const struct kq_tls *t = get_ex_data(ssl, 0);
    dprintf(t->ctx->keylog, "%s\n", line);
}

static bool open_keylog(struct kq_tls_ctx *ctx, const char *path, struct kq_err *err)
{
    if (!path || !*path)
        return true;
    ctx->keylog = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (ctx->keylog < 0) {
        kq_err_errno(err, KQ_EIO, errno, "cannot write key log '%.100s'", path);
        return false;
    }
    ctx->api.SSL_CTX_set_keylog_callback(ctx->ssl, log_key);
    return true;
}

static bool configure(struct kq_tls_ctx *ctx, const struct kq_tls_opts *o, struct kq_err *err)
{
    const struct openssl *api = &ctx->api;
    api->SSL_CTX_set_options(ctx->ssl, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_RENEGOTIATION |
                                           SSL_OP_NO_COMPRESSION);
    api->SSL_CTX_ctrl(ctx->ssl, SSL_CTRL_MODE, SSL_MODE_RELEASE_BUFFERS, NULL);
    if (ctx->server)
        api->SSL_CTX_set_session_id_context(ctx->ssl, (const unsigned char *)"kq", 2);
    const char *min = o->min_version ? o->min_version : "1.2";
    return set_version(ctx, SSL_CTRL_SET_MIN_PROTO_VERSION, min, err) &&
           (!o->max_version ||
            set_version(ctx, SSL_CTRL_SET_MAX_PROTO_VERSION, o->max_version, err)) &&
           set_ciphers(ctx, o, err) && set_certificate(ctx, o, err) &&
           set_verification(ctx, o, err) && open_keylog(ctx, o->keylog, err);
}

static struct kq_tls_ctx *new_ctx(const struct kq_tls_opts *o, bool server, struct kq_err *err)
{
    struct kq_tls_ctx *ctx = kq_calloc(1, sizeof *ctx);
    ctx->refs = 1;
    ctx->keylog = -1;
    ctx->server = server;
    if (load(&ctx->api, err)) {
        ctx->ssl = ctx->api.SSL_CTX_new(server ? ctx->api.TLS_server_method()
                                               : ctx->api.TLS_client_method());
        if (!ctx->ssl)
            abort();
        if (configure(ctx, o, err))
            return ctx;
    }
    kq_tls_ctx_free(ctx);
    return NULL;
}

struct kq_tls_ctx *kq_tls_client_new(const struct kq_tls_opts *o, struct kq_err *err)
{
    return new_ctx(o, false, err);
}

struct kq_tls_ctx *kq_tls_server_new(const struct kq_tls_opts *o, struct kq_err *err)
{
    return new_ctx(o, true, err);
}

struct kq_tls_ctx *kq_tls_ctx_ref(struct kq_tls_ctx *ctx)
{
    ctx->refs++;
    return ctx;
}

void kq_tls_ctx_free(struct kq_tls_ctx *ctx)
{
    if (!ctx || --ctx->refs > 0)
        return;
    if (ctx->ssl)
        ctx->api.SSL_CTX_free(ctx->ssl);
    if (ctx->keylog >= 0)
        close(ctx->keylog);
    free(ctx);
}

/* ---- sessions ---- */

static bool is_ip(const char *name)
{
    unsigned char ip[16];
    return inet_pton(AF_INET, name, ip) == 1 || inet_pton(AF_INET6, name, ip) == 1;
}

/* Check the certificate against the name and announce it; literals are no SNI. */
static bool set_name(struct kq_tls *t, struct kq_err *err)
{
    const struct openssl *api = &t->ctx->api;
    X509_VERIFY_PARAM *param = api->SSL_get0_param(t->ssl);
    int ok = 1;
    if (is_ip(t->name)) {
        if (t->ctx->verify)
            ok = api->X509_VERIFY_PARAM_set1_ip_asc(param, t->name);
    } else {
        ok = (int)api->SSL_ctrl(t->ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                                t->name);
        api->X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        if (ok && t->ctx->verify)
            ok = api->X509_VERIFY_PARAM_set1_host(param, t->name, 0);
    }
    return ok || fail_with_reason(api, err, KQ_EUSAGE, "TLS name", t->name);
}

struct kq_tls *kq_tls_new(struct kq_tls_ctx *ctx, const char *name, struct kq_err *err)
{
    const struct openssl *api = &ctx->api;
    struct kq_tls *t = kq_calloc(1, sizeof *t);
    t->ctx = kq_tls_ctx_ref(ctx);
    t->ssl = api->SSL_new(ctx->ssl);
    t->in = api->BIO_new(api->BIO_s_mem());
    t->out = api->BIO_new(api->BIO_s_mem());
    if (!t->ssl || !t->in || !t->out)
        abort();
    api->BIO_ctrl(t->in, BIO_C_SET_BUF_MEM_EOF_RETURN, -1, NULL);
    api->SSL_set_bio(t->ssl, t->in, t->out);
    api->SSL_set_ex_data(t->ssl, 0, t);
    if (ctx->server)
        api->SSL_set_accept_state(t->ssl);
    else
        api->SSL_set_connect_state(t->ssl);
    if (name)
        t->name = kq_strdup(name);
    if (!name || set_name(t, err))
        return t;
    kq_tls_free(t);
    return NULL;
}

void kq_tls_free(struct kq_tls *t)
{
    if (!t)
        return;
    t->ctx->api.SSL_free(t->ssl);
    kq_tls_ctx_free(t->ctx);
    free(t->name);
    free(t);
}

void kq_tls_feed(struct kq_tls *t, const void *data, size_t n)
{
    const char *p = data;
    while (n) {
        int piece = n > (1 << 20) ? 1 << 20 : (int)n;
        if (t->ctx->api.BIO_write(t->in, p, piece) != piece)
            abort();
        p += piece;
        n -= (size_t)piece;
    }
}

size_t kq_tls_output(const struct kq_tls *t)
{
    long n = t->ctx->api.BIO_ctrl(t->out, BIO_CTRL_PENDING, 0, NULL);
    return n > 0 ? (size_t)n : 0;
}

size_t kq_tls_take(struct kq_tls *t, void *dst, size_t n)
{
    int got = t->ctx->api.BIO_read(t->out, dst, n > INT_MAX ? INT_MAX : (int)n);
    return got > 0 ? (size_t)got : 0;
}

/* More bytes would help: no error. */
static bool wants_more(struct kq_tls *t, int result)
{
    int e = t->ctx->api.SSL_get_error(t->ssl, result);
    return e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE;
}

int kq_tls_handshake(struct kq_tls *t, struct kq_err *err)
{
    t->ctx->api.ERR_clear_error();
    int r = t->ctx->api.SSL_do_handshake(t->ssl);
    if (r == 1)
        return 1;
    if (wants_more(t, r))
        return 0;
    explain(t, err);
    return -1;
}

ssize_t kq_tls_read(struct kq_tls *t, void *dst, size_t n, struct kq_err *err)
{
    t->ctx->api.ERR_clear_error();
    int r = t->ctx->api.SSL_read(t->ssl, dst, n > (1 << 30) ? 1 << 30 : (int)n);
    if (r > 0)
        return r;
    if (wants_more(t, r))
        return -1;
    if (t->ctx->api.SSL_get_error(t->ssl, r) == SSL_ERROR_ZERO_RETURN)
        return 0;
    explain(t, err);
    return -2;
}

bool kq_tls_write(struct kq_tls *t, const void *data, size_t n, struct kq_err *err)
{
    const char *p = data;
    while (n) {
        t->ctx->api.ERR_clear_error();
        int r = t->ctx->api.SSL_write(t->ssl, p, n > (1 << 20) ? 1 << 20 : (int)n);
        if (r <= 0) {
            explain(t, err);
            return false;
        }
        p += r;
        n -= (size_t)r;
    }
    return true;
}

void kq_tls_close(struct kq_tls *t)
{
    t->ctx->api.ERR_clear_error();
    t->ctx->api.SSL_shutdown(t->ssl);
    t->ctx->api.ERR_clear_error();
}

/* ---- details ---- */

/* Move what a BIO holds into `out` as a string. */
static void drain_bio(const struct openssl *api, BIO *bio, char *out, size_t size)
{
    int n = api->BIO_read(bio, out, (int)size - 1);
    out[n > 0 ? n : 0] = '\0';
}

static void describe_time(const struct openssl *api, const ASN1_TIME *time, char *out, size_t size)
{
    BIO *bio = api->BIO_new(api->BIO_s_mem());
    if (bio && api->ASN1_TIME_print(bio, time))
        drain_bio(api, bio, out, size);
    api->BIO_free(bio);
}

static void describe_serial(const struct openssl *api, X509 *x, char *out, size_t size)
{
    BIGNUM *n = api->ASN1_INTEGER_to_BN(api->X509_get_serialNumber(x), NULL);
    char *hex = n ? api->BN_bn2hex(n) : NULL;
    snprintf(out, size, "%s", hex ? hex : "");
    api->CRYPTO_free(hex, __FILE__, __LINE__);
    api->BN_free(n);
}

static void describe_cert(const struct openssl *api, X509 *x, struct kq_tls_cert *cert)
{
    cert->present = true;
    api->X509_NAME_oneline(api->X509_get_subject_name(x), cert->subject, sizeof cert->subject);
    api->X509_NAME_oneline(api->X509_get_issuer_name(x), cert->issuer, sizeof cert->issuer);
    describe_serial(api, x, cert->serial, sizeof cert->serial);
    describe_time(api, api->X509_get0_notBefore(x), cert->not_before, sizeof cert->not_before);
    describe_time(api, api->X509_get0_notAfter(x), cert->not_after, sizeof cert->not_after);
}

void kq_tls_info(struct kq_tls *t, struct kq_tls_info *info)
{
    const struct openssl *api = &t->ctx->api;
    *info = (struct kq_tls_info){0};
    const SSL_CIPHER *cipher = api->SSL_get_current_cipher(t->ssl);
    snprintf(info->protocol, sizeof info->protocol, "%s", api->SSL_get_version(t->ssl));
    snprintf(info->cipher, sizeof info->cipher, "%s",
             cipher ? api->SSL_CIPHER_get_name(cipher) : "");
    X509 *local = api->SSL_get_certificate(t->ssl);
    X509 *peer = api->SSL_get1_peer_certificate(t->ssl);
    if (local)
        describe_cert(api, local, &info->local);
    if (!peer)
        return;
    describe_cert(api, peer, &info->peer);
    api->X509_free(peer);
    long result = api->SSL_get_verify_result(t->ssl);
    info->verified = result == X509_V_OK && t->ctx->checks;
    if (result != X509_V_OK)
        snprintf(info->verify_error, sizeof info->verify_error, "%s",
                 api->X509_verify_cert_error_string(result));
}

/* ---- digests ---- */

static bool digest_hex(const char *name, const void *data, size_t n, char *out, struct kq_err *err)
{
    __typeof__(EVP_Digest) *digest;
    __typeof__(EVP_md5) *method;
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (!find(LIBCRYPTO, "EVP_Digest", &digest) || !find(LIBCRYPTO, name, &method))
        return kq_fail(err, KQ_ECONNECT, "digests need OpenSSL 3 (%s)", LIBCRYPTO);
    if (digest(data, n, sum, &len, method(), NULL) != 1)
        return kq_fail(err, KQ_ECONNECT, "OpenSSL refuses %s", name);
    for (unsigned i = 0; i < len; i++)
        snprintf(out + (size_t)2 * i, 3, "%02x", sum[i]);
    return true;
}

bool kq_tls_md5_hex(const void *data, size_t n, char out[KQ_MD5_HEX], struct kq_err *err)
{
    return digest_hex("EVP_md5", data, n, out, err);
}

bool kq_tls_sha1_hex(const void *data, size_t n, char out[KQ_SHA1_HEX], struct kq_err *err)
{
    return digest_hex("EVP_sha1", data, n, out, err);
}

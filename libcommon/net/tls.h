/*
 * tls.h - TLS as an engine without I/O: ciphertext in and out, plaintext out
 * and in.
 *
 * stream drives it over a socket; tests connect two of them back to back.
 * OpenSSL is loaded when the first context is made and never before: mapping
 * it costs more than a whole query.  Settings come from options and from the
 * environment that kdb+ uses.
 */
#ifndef KQ_NET_TLS_H
#define KQ_NET_TLS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum kq_tls_verify {
    KQ_TLS_VERIFY_UNSET,       /* the environment or the default decides */
    KQ_TLS_VERIFY_NO,          /* both roles */
    KQ_TLS_VERIFY_YES,         /* client: chain and name; server: certificate required */
    KQ_TLS_VERIFY_REQUESTONLY, /* server: ask, accept any or none */
    KQ_TLS_VERIFY_IFPRESENT,   /* server: ask, check it if one comes */
};

/* NULL or unset members are filled by kq_tls_opts_env or the defaults. Borrowed strings. */
struct kq_tls_opts {
    const char *ca_file;
    const char *ca_path;
    const char *cert_file; /* PEM chain */
    const char *key_file;
    const char *ciphers;      /* TLS 1.2 */
    const char *ciphersuites; /* TLS 1.3 */
    const char *min_version;  /* "1.2" or "TLSv1.2"; default 1.2 */
    const char *max_version;
    const char *keylog; /* append NSS key log lines to this file */
    enum kq_tls_verify verify;
};

/*
 * Fill unset members from the environment: KX_SSL_x before SSL_x for CERT_FILE
 * KEY_FILE CA_CERT_FILE CA_CERT_PATH CIPHER_LIST CIPHERSUITES MINPROTOCOL
 * MAXPROTOCOL and VERIFY_SERVER (client) or VERIFY_CLIENT (server), and
 * SSLKEYLOGFILE.  A plain SSL_CERT_FILE without SSL_KEY_FILE is somebody's CA
 * bundle and ignored.  False with KQ_EUSAGE on an unknown verify value.
 */
bool kq_tls_opts_env(struct kq_tls_opts *o, bool server, struct kq_err *err);

/* "no", "yes", "requestonly", "ifpresent" (server); "no", "yes", "hostip" (client), any case. */
bool kq_tls_verify_parse(const char *s, bool server, enum kq_tls_verify *out, struct kq_err *err);

/* Settings and certificates, shared by connections. */
struct kq_tls_ctx;

/*
 * Load OpenSSL and everything `o` names.  A client checks the server's chain
 * and name unless told not to; the system's CA bundle is read only when no CA
 * file or directory was given.  A server needs a certificate and a key.  NULL
 * with KQ_EUSAGE (bad setting) or KQ_ECONNECT (no OpenSSL, unreadable file).
 */
struct kq_tls_ctx *kq_tls_client_new(const struct kq_tls_opts *o, struct kq_err *err);
struct kq_tls_ctx *kq_tls_server_new(const struct kq_tls_opts *o, struct kq_err *err);
void kq_tls_ctx_free(struct kq_tls_ctx *ctx);
/* One more owner; every owner frees. */
struct kq_tls_ctx *kq_tls_ctx_ref(struct kq_tls_ctx *ctx);

/* One connection. */
struct kq_tls;

/* `name`: the host to verify and to send as SNI (client); NULL for a server. */
struct kq_tls *kq_tls_new(struct kq_tls_ctx *ctx, const char *name, struct kq_err *err);
void kq_tls_free(struct kq_tls *t);

/* Ciphertext that arrived; copied. */
void kq_tls_feed(struct kq_tls *t, const void *data, size_t n);
/* The peer's side of the connection is closed: no more ciphertext will come. */
void kq_tls_feed_eof(struct kq_tls *t);

/* Bytes of ciphertext waiting to be sent; move up to `n` of them to `dst`. */
size_t kq_tls_output(const struct kq_tls *t);
size_t kq_tls_take(struct kq_tls *t, void *dst, size_t n);

/*
 * Go on with the handshake: 1 when it is complete, 0 when ciphertext must
 * first be sent or received, -1 with `err`: KQ_ECONNECT, or KQ_EAUTH when the
 * peer refused our certificate.
 */
int kq_tls_handshake(struct kq_tls *t, struct kq_err *err);

/* Plaintext: > 0 bytes; 0 the peer closed; -1 more ciphertext is needed; -2 with `err`. */
ssize_t kq_tls_read(struct kq_tls *t, void *dst, size_t n, struct kq_err *err);
/* Encrypt all `n` bytes; only after the handshake. */
bool kq_tls_write(struct kq_tls *t, const void *data, size_t n, struct kq_err *err);
/* Produce the close_notify; send kq_tls_output afterwards. */
void kq_tls_close(struct kq_tls *t);

/* What .z.e shows. Empty strings where there is nothing. */
struct kq_tls_cert {
    bool present;
    char subject[256], issuer[256], serial[64];
    char not_before[40], not_after[40];
};
struct kq_tls_info {
    char protocol[16], cipher[64];
    struct kq_tls_cert peer, local;
    bool verified;          /* the peer's chain was checked and is good */
    char verify_error[120]; /* OpenSSL's words otherwise */
};
void kq_tls_info(struct kq_tls *t, struct kq_tls_info *info);

/* "OpenSSL 3.0.15 3 Sep 2024" of the library that would be used, or NULL when
 * there is none; loads it. */
const char *kq_tls_library(void);

#endif

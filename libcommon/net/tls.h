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
#include "net/tls_opts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

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

#define KQ_MD5_HEX  33 /* bytes, with the NUL */
#define KQ_SHA1_HEX 41

/* Lower-case hex digest of `n` bytes, for kdb+'s password file; false with
 * KQ_ECONNECT when OpenSSL is missing or refuses the algorithm. */
bool kq_tls_md5_hex(const void *data, size_t n, char out[KQ_MD5_HEX], struct kq_err *err);
bool kq_tls_sha1_hex(const void *data, size_t n, char out[KQ_SHA1_HEX], struct kq_err *err);

/* "OpenSSL 3.0.15 3 Sep 2024" of the library that would be used, or NULL when
 * there is none; loads it. */
const char *kq_tls_library(void);

#endif

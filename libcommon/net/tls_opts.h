/*
 * tls_opts.h - the settings of TLS, from options and from the environment that
 * kdb+ uses.
 *
 * Nothing here touches OpenSSL, so tools parse their options without it.
 */
#ifndef KQ_NET_TLS_OPTS_H
#define KQ_NET_TLS_OPTS_H

#include "base/err.h"

#include <stdbool.h>

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

#endif

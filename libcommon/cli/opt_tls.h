/*
 * opt_tls.h - options about TLS, with kdb+'s own variables as their defaults.
 */
#ifndef KQ_CLI_OPT_TLS_H
#define KQ_CLI_OPT_TLS_H

#include "cli/opt.h"

struct kq_tls_opts {
    bool tls; /* as tcps:// */
    const char *cacert;
    const char *capath;
    const char *cert;
    const char *key;
    const char *ciphers;
    const char *ciphersuites;
    const char *tls_min; /* "1.2" */
    const char *tls_max;
    const char *tls_name; /* to verify and to send as SNI, NULL: the target's host */
    bool insecure;        /* no verification */
    const char *keylog;
    const char *verify_server; /* YES, NO or HOSTIP; only from the environment */
};

#define KQ_OPT_TLS_N 12
extern const struct kq_opt kq_opt_tls[KQ_OPT_TLS_N];

/*
 * Fill what was not given from KX_SSL_X and then SSL_X, as kdb+ reads them,
 * and SSLKEYLOGFILE.  Call it only when TLS is going to be used.
 */
void kq_tls_opts_env(struct kq_tls_opts *o);

#define KQ_GROUP_TLS(off)                            \
    {                                                \
        "TLS", kq_opt_tls, KQ_OPT_TLS_N, (off), NULL \
    }

#endif

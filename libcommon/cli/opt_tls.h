/*
 * opt_tls.h - options about TLS; kdb+'s own environment variables are their
 * defaults, see kq_tls_opts_env.
 */
#ifndef KQ_CLI_OPT_TLS_H
#define KQ_CLI_OPT_TLS_H

#include "cli/opt.h"
#include "net/tls_opts.h"

struct kq_opt_tls {
    bool tls;                 /* as tcps:// */
    bool insecure;            /* no verification */
    const char *tls_name;     /* to verify and to send as SNI, NULL: the target's host */
    struct kq_tls_opts files; /* and versions, as net takes them */
};

#define KQ_OPT_TLS_N 12
extern const struct kq_opt kq_opt_tls_rows[KQ_OPT_TLS_N];

#define KQ_GROUP_TLS(off)                                 \
    {                                                     \
        "TLS", kq_opt_tls_rows, KQ_OPT_TLS_N, (off), NULL \
    }

#endif

/*
 * opt_conn.h - options of a tool that connects: times, credentials, handshake.
 */
#ifndef KQ_CLI_OPT_CONN_H
#define KQ_CLI_OPT_CONN_H

#include "cli/opt.h"

/* Positions of the words of --compress and --endian. */
enum kq_compress_when { KQ_COMPRESS_AUTO, KQ_COMPRESS_ALWAYS, KQ_COMPRESS_NEVER };
enum kq_endian { KQ_ENDIAN_LITTLE, KQ_ENDIAN_BIG };

struct kq_opt_conn {
    int64_t timeout_ns;         /* whole operation, 0: none */
    int64_t connect_timeout_ns; /* resolve, connect, TLS and handshake, 0: none */
    int64_t retry;              /* failed connects to try again */
    int64_t retry_delay_ns;
    int64_t wait_ns; /* -1: do not wait for the server; 0: for ever */

    const char *user;          /* NULL: not given */
    bool ask_password;         /* prompt on /dev/tty */
    const char *password_file; /* its first line */
    int64_t password_fd;       /* -1: not given */
    const char *credentials;   /* file instead of the usual one */

    int family;         /* 0, 4 or 6 */
    int64_t capability; /* 0..6 */
    int compress;       /* enum kq_compress_when */
    int endian;         /* enum kq_endian: byte order we send */
    bool qcon;          /* text protocol of the console client */
};

#define KQ_CONN_DEFAULTS                                                                  \
    {                                                                                     \
        .connect_timeout_ns = INT64_C(5000000000), .retry_delay_ns = INT64_C(1000000000), \
        .wait_ns = -1, .password_fd = -1, .capability = 6                                 \
    }

#define KQ_OPT_CONN_N 16
extern const struct kq_opt kq_opt_conn_rows[KQ_OPT_CONN_N];
kq_opt_call kq_opt_conn_call;

#define KQ_GROUP_CONN(off)                                                     \
    {                                                                          \
        "Connection", kq_opt_conn_rows, KQ_OPT_CONN_N, (off), kq_opt_conn_call \
    }

#endif

/*
 * conn_opts.h - what the event-driven and the blocking client have in common:
 * their options and the login they send.
 */
#ifndef KQ_NET_CONN_OPTS_H
#define KQ_NET_CONN_OPTS_H

#include "base/err.h"
#include "base/rcbuf.h"
#include "net/tls.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes as they are on the wire (inside TLS), handshake included, but with the
 * password redacted: the login comes whole, as kq_hello_redact leaves it. */
enum kq_tap_dir { KQ_TAP_IN, KQ_TAP_OUT };
struct kq_tap {
    void (*fn)(void *arg, enum kq_tap_dir dir, const void *data, size_t n); /* NULL: nobody */
    void *arg;
};
static inline void kq_tap(const struct kq_tap *t, enum kq_tap_dir dir, const void *data, size_t n)
{
    if (t->fn && n)
        t->fn(t->arg, dir, data, n);
}
/* The whole login, without its password. */
void kq_tap_login(const struct kq_tap *t, enum kq_tap_dir dir, const void *data, size_t n);

struct kq_conn_opts {
    const char *user;           /* client; NULL: empty */
    const char *password;       /* client; NULL: user only, without a colon */
    int capability;             /* largest to offer or to grant, 0..6 */
    int family;                 /* client: AF_UNSPEC, AF_INET, AF_INET6 */
    int64_t connect_timeout_ms; /* client: resolve to capability byte; server: TLS and
                                   login; 0: none */
    int64_t idle_timeout_ms;    /* server: READY without traffic; 0: none */
    uint64_t max_message;       /* larger incoming messages are KQ_EPROTO */
    size_t max_queue;           /* largest output queue in bytes; 0: unlimited */
    struct kq_tls_ctx *tls;     /* client: used for tcps:// and unixs://; borrowed */
    const char *tls_name;       /* client: name to verify; NULL: the target's host */
    struct kq_tap tap;
};

/* capability 6, 5 s to connect, 2 GiB a message, no other limit. */
void kq_conn_opts_init(struct kq_conn_opts *o);

/* The client's login as `o` wants it, wiped when the last reference goes; NULL
 * with KQ_EUSAGE when user or password contain a NUL byte. */
struct kq_rcbuf *kq_conn_login(const struct kq_conn_opts *o, struct kq_err *err);

#endif

/*
 * listen.h - a listener address to listening sockets that accept on the loop.
 *
 * One listener may own several sockets: 127.0.0.1 and ::1 when no host was
 * given (q listens on all interfaces then; a test server should not), plus,
 * as kdb+ does, the Unix socket that belongs to the port.
 */
#ifndef KQ_NET_LISTEN_H
#define KQ_NET_LISTEN_H

#include "base/err.h"
#include "net/addr.h"
#include "net/loop.h"

#include <stdbool.h>
#include <stdint.h>

struct kq_listen;

/* A new connection: `fd` is non-blocking, tuned, and belongs to the callee. */
typedef void kq_listen_fn(void *arg, int fd);

struct kq_listen_opts {
    int family;   /* AF_UNSPEC, AF_INET (-4) or AF_INET6 (-6) */
    int backlog;  /* 0: 1024 */
    bool no_unix; /* TCP: do not open the Unix socket beside it */
};

/*
 * Bind and listen.  A range is tried from a random place on, wrapping around;
 * with two loopback families the same port serves both, and a machine without
 * IPv6 is fine.  The Unix socket of a TCP port follows q: $QUDSPATH/kx.PORT
 * (unset: /tmp, empty: none), as abstract name both exact and padded, none for
 * rp, ; not getting it is no failure.  For unix://PORT it is.  A path in use by a dead server is
 * replaced, and removed at the end.  NULL with KQ_ECONNECT ("cannot listen on
 * localhost:5001: Address already in use").  `opts` may be NULL.
 */
struct kq_listen *kq_listen_open(struct kq_loop *loop, const struct kq_laddr *a,
                                 const struct kq_listen_opts *opts, kq_listen_fn *fn, void *arg,
                                 struct kq_err *err);

/* Take over an already listening descriptor (systemd's LISTEN_FDS). */
struct kq_listen *kq_listen_adopt(struct kq_loop *loop, int fd, kq_listen_fn *fn, void *arg,
                                  struct kq_err *err);

/*
 * How many sockets systemd passed to this process, 3, 4 ...: 0 when LISTEN_PID
 * is not ours.  The descriptors become close-on-exec.
 */
int kq_listen_fds(void);

/* Close the sockets and remove their files. NULL is allowed. */
void kq_listen_free(struct kq_listen *l);

/* The TCP port that was chosen, or the number of unix://PORT; 0 for a path. */
uint16_t kq_listen_port(const struct kq_listen *l);

/* How many sockets there are. */
int kq_listen_count(const struct kq_listen *l);

#endif

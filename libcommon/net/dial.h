/*
 * dial.h - an address to a connected socket, on the event loop.
 *
 * Tries every address a name has, within one time budget for resolving and
 * connecting together.  For Unix sockets that is the abstract name, the same
 * padded, then the path, as kdb+'s own client does.  No TLS and no handshake
 * here: conn adds them.
 */
#ifndef KQ_NET_DIAL_H
#define KQ_NET_DIAL_H

#include "base/err.h"
#include "net/addr.h"
#include "net/loop.h"
#include "net/timing.h"

#include <stdint.h>

struct kq_dial;

/*
 * Called once from the loop, never from kq_dial_start.  On success `fd` is a
 * connected, non-blocking, tuned socket that now belongs to the callee and
 * `err` is NULL; on failure fd is -1 and err says why.  The dial is freed
 * afterwards.
 */
typedef void kq_dial_fn(void *arg, int fd, const struct kq_err *err);

/*
 * Begin connecting to `a`, which is used only during this call.  `family`
 * restricts TCP (AF_UNSPEC, AF_INET, AF_INET6).  `timing` may be NULL; its
 * resolved_ns and connected_ns are filled while the dial lives.
 */
struct kq_dial *kq_dial_start(struct kq_loop *loop, const struct kq_addr *a, int family,
                              int64_t timeout_ms, struct kq_timing *timing, kq_dial_fn *fn,
                              void *arg);
/* Stop and free without a call back. NULL is allowed. */
void kq_dial_cancel(struct kq_dial *d);

#endif

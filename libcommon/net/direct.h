/*
 * direct.h - the client without an event loop, for plain TCP and Unix sockets.
 *
 * A one-shot query is mostly process start-up; this path adds nothing to it:
 * no event base, no TLS, no thread (unless a name must be resolved), the
 * fewest system calls.  Names, handshake, framing and wording are those of
 * conn.  TLS and subscriptions take conn.
 */
#ifndef KQ_NET_DIRECT_H
#define KQ_NET_DIRECT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "net/addr.h"
#include "net/conn_opts.h"
#include "net/timing.h"
#include "wire/reader.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kq_direct;

/*
 * Connect and shake hands.  Of the options, TLS, max_queue and idle time do
 * not apply.  `stop` (may be NULL) points to a signal number that a handler
 * installed without SA_RESTART sets; once it is not 0, waiting ends with code
 * 128 + signo.  The address must not ask for TLS.  NULL with `err` as neterr.h
 * words it.
 */
struct kq_direct *kq_direct_open(const struct kq_addr *a, const struct kq_conn_opts *o,
                                 const volatile sig_atomic_t *stop, struct kq_err *err);
/* Close at once. NULL is allowed. */
void kq_direct_free(struct kq_direct *d);

/*
 * Write all `n` bytes (one or more whole frames: put many small ones in one
 * call).  While the peer does not read, its own messages are read and kept, so
 * that two full pipes cannot block each other (KQ_ELOST when they exceed
 * max_message together).  `deadline` is of the monotonic clock
 * (kq_deadline_ms), or KQ_NEVER.  False with KQ_ELOST, KQ_ETIMEOUT, KQ_EPROTO or 128 + signo.
 */
bool kq_direct_send(struct kq_direct *d, const void *frames, size_t n, int64_t deadline,
                    struct kq_err *err);

/*
 * The next message, waiting for it: 1 with `msg` filled (the caller releases
 * it); 0 when the peer closed between messages; -1 with `err`: KQ_ELOST,
 * KQ_EPROTO, KQ_ETIMEOUT (one may call again; see kq_neterr_no_answer), or
 * 128 + signo.
 */
int kq_direct_recv(struct kq_direct *d, struct kq_msg *msg, int64_t deadline, struct kq_err *err);

/* Is a whole message at hand, so that kq_direct_recv will not wait? */
bool kq_direct_ready(struct kq_direct *d);

/*
 * Orderly end after asynchronous messages: close our side and wait until the
 * peer's kernel has acknowledged everything, the FIN included.  Unlike a plain
 * close it cannot lose what was sent because something unread came in.
 * KQ_ETIMEOUT or KQ_ELOST when that cannot be said.
 */
bool kq_direct_finish(struct kq_direct *d, int64_t deadline, struct kq_err *err);

/*
 * One line in the console client's text protocol, on a connection of its own:
 * send it and append the answer to `out`, up to its maximum.  False with `err`
 * as above; an answer may then have come in part.
 */
bool kq_direct_qcon(const struct kq_addr *a, const struct kq_conn_opts *o,
                    const volatile sig_atomic_t *stop, struct kq_str line, int64_t deadline,
                    struct kq_buf *out, struct kq_err *err);

int kq_direct_fd(const struct kq_direct *d);
int kq_direct_capability(const struct kq_direct *d);
bool kq_direct_is_local(const struct kq_direct *d);
const struct kq_timing *kq_direct_timing(const struct kq_direct *d);
uint64_t kq_direct_bytes_in(const struct kq_direct *d);
uint64_t kq_direct_bytes_out(const struct kq_direct *d);

#endif

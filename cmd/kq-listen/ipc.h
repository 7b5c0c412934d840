/*
 * ipc.h - kdb+ IPC and console-text sessions, from login to end.
 */
#ifndef KQ_LISTEN_IPC_H
#define KQ_LISTEN_IPC_H

#include "context.h"
#include "net/addr.h"
#include "net/stream.h"

/* Serve an accepted stream whose first bytes are a login; the stream is consumed. */
void lst_ipc_serve_take(struct lst_context *c, struct kq_stream *stream);

/*
 * Log in to another server (hopen), waiting for it in turns of the loop.  NULL
 * with `err` when that fails; `timeout_ms` 0 waits for ever.
 */
struct lst_session *lst_ipc_open(struct lst_context *c, const struct kq_addr *a, int64_t timeout_ms,
                                 struct kq_err *err);

/*
 * Wait for the next response on a session (`any`: for the next message of any
 * kind), serving others meanwhile as q does.  A new reference, or NULL with
 * `err` (KQ_ELOST) when the connection ends first.
 */
struct kq_obj *lst_ipc_await(struct lst_session *s, bool any, struct kq_err *err);

/* Wait until all that was sent has been given to the kernel; false with `err` when the
 * connection ends first. */
bool lst_ipc_drain(struct lst_session *s, struct kq_err *err);

#endif

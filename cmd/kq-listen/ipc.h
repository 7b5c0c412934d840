/*
 * ipc.h - kdb+ IPC and console-text sessions: login, requests, answers, handlers.
 */
#ifndef KQ_LISTEN_IPC_H
#define KQ_LISTEN_IPC_H

#include "context.h"
#include "net/stream.h"
#include "wire/encode.h"

/* Serve an accepted stream whose first bytes are a login; the stream is consumed. */
void lst_ipc_serve_take(struct lst_context *c, struct kq_stream *stream);

/*
 * Encode and queue `value` (NULL: the q error `error`) on a session.  False
 * with `err` when it cannot be encoded or sent.  *size (may be NULL) is set to
 * the bytes on the wire.
 */
bool lst_ipc_send(struct lst_context *c, struct lst_session *s, enum kq_kind kind,
                  const struct kq_obj *value, const char *error, size_t *size, struct kq_err *err);

/*
 * Wait for the next response on a session, serving other messages meanwhile as
 * q does.  NULL after q_fail when the connection ends first.
 */
struct kq_obj *lst_ipc_await(struct lst_context *c, struct lst_session *s);

#endif

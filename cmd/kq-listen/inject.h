/*
 * inject.h - does to outgoing bytes what fault.h decided.
 *
 * Frames pass through here only when some fault is asked for, and a
 * connection's bytes only when it was drawn for rate=, chunk= or limit=.
 */
#ifndef KQ_LISTEN_INJECT_H
#define KQ_LISTEN_INJECT_H

#include "base/buf.h"
#include "sessions.h"
#include "wire/header.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Send a frame that the faults in `set` strike; big-endian order is the
 * encoder's business.  The bytes of the frame are consumed.
 */
void lst_inject_frame_take(struct lst_session *s, struct kq_buf *frame, uint64_t set);

/* Does this connection's output go through a queue of ours?  Called once, when
 * its faults have been drawn. */
void lst_inject_begin(struct lst_session *s);
/* The connection is over. */
void lst_inject_end(struct lst_session *s);

/* Bytes in that queue. */
size_t lst_inject_pending(const struct lst_session *s);
/* Close the connection in an orderly way once that queue is empty; false when it
 * is empty now. */
bool lst_inject_close(struct lst_session *s);

#endif

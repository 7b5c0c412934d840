/*
 * outgoing.h - objects and frames to a session, whatever it speaks.
 *
 * All that q code, rules, recordings and the proxy send passes here: it is
 * encoded for the peer's capability, compressed as kdb+ would, damaged when a
 * fault strikes, and queued.  A peer that does not read is not asked for more
 * requests; one whose queue exceeds --max-queue is cut off.
 */
#ifndef KQ_LISTEN_OUTGOING_H
#define KQ_LISTEN_OUTGOING_H

#include "base/buf.h"
#include "base/err.h"
#include "obj/obj.h"
#include "sessions.h"
#include "wire/header.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Encode and queue `value` (NULL: the q error `error`).  `faults` strike it
 * (bits of lst_faults).  False with `err` when it cannot be encoded or sent;
 * *size (may be NULL) is set to the bytes on the wire.
 */
bool lst_send(struct lst_session *s, enum kq_kind kind, const struct kq_obj *value,
              const char *error, uint64_t faults, size_t *size, struct kq_err *err);

/* Queue a message that is ours and no answer; faults with kind=push may strike it. */
bool lst_push(struct lst_session *s, enum kq_kind kind, const struct kq_obj *value,
              struct kq_err *err);

/*
 * Queue a ready message, as a recording, a broadcast or another server gave it.
 * The buffer is borrowed and may be shared.
 */
bool lst_send_frame(struct lst_session *s, struct kq_rcbuf *buf, size_t off, size_t len,
                    uint64_t faults, struct kq_err *err);

/* The faults that strike the next message pushed to this session. */
uint64_t lst_push_faults(struct lst_session *s);

#endif

/*
 * codec.h - values to messages and back: -8! -9! -18! -22!.
 */
#ifndef KQ_Q_CODEC_H
#define KQ_Q_CODEC_H

#include "q/interp.h"

/* The message that would carry x, as a byte vector; compressed when that pays. */
struct kq_obj *q_serialize(struct q *q, struct kq_obj *x, bool compress);

/* The value in a message; 'badmsg. */
struct kq_obj *q_deserialize(struct q *q, struct kq_obj *bytes);

#endif

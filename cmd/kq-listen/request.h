/*
 * request.h - what happens to a message that came in.
 *
 * The order: log it, count it for --expect, append it to --tplog, let a fault
 * strike, find the first rule that fits, else do what --default says; wait if
 * a delay is asked for; then evaluate, answer, forward, or run a child.
 */
#ifndef KQ_LISTEN_REQUEST_H
#define KQ_LISTEN_REQUEST_H

#include "exchange.h"
#include "wire/reader.h"

/* Deal with one message; it is borrowed. */
void lst_take_message(struct lst_session *s, const struct kq_msg *msg);

/* Go on with the request that the session holds: LST_DUE_ANSWER. */
void lst_take_held(struct lst_session *s);

#endif

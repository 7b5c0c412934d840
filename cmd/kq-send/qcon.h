/*
 * qcon.h - queries as the console client sends them: one connection for each
 * line of text, and text back.
 */
#ifndef KQ_SEND_QCON_H
#define KQ_SEND_QCON_H

#include "connect.h"
#include "request.h"
#include "state.h"

/*
 * Send the texts of `r` one after the other and print the answers as they come.
 * KQ_EUSAGE when something in `r` is no text; connection errors as neterr.h
 * words them.
 */
bool send_qcon(struct send_session *s, const struct send_target *t, struct send_request *r,
               const struct kq_tap *tap, struct kq_err *err);

#endif

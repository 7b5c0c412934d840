/*
 * gate.h - who may come in: the password file, then .z.pw.
 */
#ifndef KQ_LISTEN_GATE_H
#define KQ_LISTEN_GATE_H

#include "context.h"

#include <stdbool.h>

/* May the user of this session, with this password?  .z.pw must say 1b; without it everybody
 * whom the file knows may, and without a file everybody. */
bool lst_gate_admits(struct lst_session *s, struct kq_str password);

/* Is anybody refused at all? */
bool lst_gate_is_guarded(struct lst_context *c);

#endif

/*
 * dotz.h - the names of .z that the evaluator computes.
 */
#ifndef KQ_Q_DOTZ_H
#define KQ_Q_DOTZ_H

#include "q/q.h"

/* The value of .z.`name`; NULL without an error when it is not one of ours. */
struct kq_obj *q_dotz(struct q *q, const char *name);
/* May q code assign .z.`name`?  (Handlers yes, clocks no.) */
bool q_dotz_settable(const char *name);
/* UTC in ns since 2000.01.01, as the host tells it. */
int64_t q_now(struct q *q);

#endif

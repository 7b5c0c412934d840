/*
 * sys.h - system commands: \p, \P, \c, \d, \t ... and `system`.
 */
#ifndef KQ_Q_SYS_H
#define KQ_Q_SYS_H

#include "q/interp.h"

/* Run "p 5001" (no backslash); (::) when there is nothing to say. */
struct kq_obj *q_system(struct q *q, struct kq_str command);

#endif

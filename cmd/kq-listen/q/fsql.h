/*
 * fsql.h - functional queries ?[t;c;b;a] and ![t;c;b;a], what select, exec,
 * update and delete become.
 */
#ifndef KQ_Q_FSQL_H
#define KQ_Q_FSQL_H

#include "q/interp.h"

/* n is 4 to 6: table, constraints, by, columns, and limits. */
struct kq_obj *q_fsql_select(struct q *q, struct kq_obj **a, int n);
struct kq_obj *q_fsql_update(struct q *q, struct kq_obj **a, int n);

#endif

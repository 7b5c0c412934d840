/*
 * fsql.h - functional queries ?[t;c;b;a] and ![t;c;b;a], what select, exec,
 * update and delete become.
 */
#ifndef KQ_Q_FSQL_H
#define KQ_Q_FSQL_H

#include "q/interp.h"

/* A name inside a phrase of a query: a column, i, or a local of the lambda that
 * asks.  NULL without an error when it is none of them. */
struct kq_obj *q_scope_get(struct q *q, const char *sym);

/* n is 4 to 6: table, constraints, by, columns, and limits. */
struct kq_obj *q_fsql_select(struct q *q, struct kq_obj **a, int n);
struct kq_obj *q_fsql_update(struct q *q, struct kq_obj **a, int n);

#endif

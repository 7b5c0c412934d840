/*
 * scope.h - names inside the phrases of a query.
 *
 * While a query evaluates its phrases, a name is a column of the table (of the
 * rows in question), the row number i, a variable of the lambda that asks, or
 * what it would be anywhere else.
 */
#ifndef KQ_Q_SCOPE_H
#define KQ_Q_SCOPE_H

#include "q/interp.h"

/* Make the columns of `table` (borrowed) visible; `rows` NULL: all of them, else
 * a long vector of positions, of which the scope takes a reference. */
void q_scope_enter(struct q *q, struct q_scope *s, struct kq_obj *table, struct kq_obj *rows);
void q_scope_leave(struct q *q, struct q_scope *s);

/* Go on with other rows (consumed; NULL: all). */
void q_scope_rows_take(struct q_scope *s, struct kq_obj *rows);

/* The number of the column called `sym` (interned), or -1. */
int64_t q_scope_column(const struct q_scope *s, const char *sym);

/* A name inside a phrase: a column, i, a.b through a foreign key or part of a
 * time, or a local of the lambda that asks.  NULL without an error when it is
 * none of them. */
struct kq_obj *q_scope_get(struct q *q, const char *sym);

/* v.name: a column behind a foreign key, a part of times (d.year), an entry of a
 * dictionary, a column of a table. */
struct kq_obj *q_member(struct q *q, struct kq_obj *v, const char *name);

#endif

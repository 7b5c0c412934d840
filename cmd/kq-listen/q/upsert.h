/*
 * upsert.h - rows into tables: insert, upsert, `t,:row`.
 *
 * Rows come as a table, a dictionary, a list of values, or a list of columns;
 * they become a table with the columns of the target first.  Everything is
 * checked before anything changes, so a failure leaves the target as it was.
 */
#ifndef KQ_Q_UPSERT_H
#define KQ_Q_UPSERT_H

#include "q/interp.h"

/*
 * Add the rows `y` to the table, keyed table or dictionary at *place, in place
 * when nobody shares it: rows of a keyed table whose keys are there already
 * replace them.  False after q_fail: 'type, 'length, 'mismatch, 'cast.
 */
bool q_upsert(struct q *q, struct kq_obj **place, struct kq_obj *y);

/* The same, but keys that are there already are 'insert.  Returns the positions
 * of the new rows. */
struct kq_obj *q_insert(struct q *q, struct kq_obj **place, struct kq_obj *y);

#endif

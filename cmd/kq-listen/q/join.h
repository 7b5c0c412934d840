/*
 * join.h - x,y and growing values in place.
 */
#ifndef Q_JOIN_H
#define Q_JOIN_H

#include "q/interp.h"

/* x,y for any two values. */
struct kq_obj *q_join(struct q *q, struct kq_obj *x, struct kq_obj *y);

/* Add one item to the end of a list that is a part of something: dictionary
 * keys, a column.  An empty general list takes the item's type; a vector of
 * another type is 'type. */
bool q_append_item(struct q *q, struct kq_obj **place, struct kq_obj *item);

/* All items of all items: ,/x in one pass. */
struct kq_obj *q_raze(struct q *q, struct kq_obj *x);

/* Dictionary join: the pairs of y replace and extend those of x. */
struct kq_obj *q_join_dicts(struct q *q, struct kq_obj *x, struct kq_obj *y);

/* Rows of y after the rows of x; 'mismatch when the columns differ. */
struct kq_obj *q_join_tables(struct q *q, struct kq_obj *x, struct kq_obj *y);

#endif

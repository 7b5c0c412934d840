/*
 * index.h - reading and changing parts of values.
 *
 * Out of range reads give the null of the item type; out of range writes fail.
 */
#ifndef Q_INDEX_H
#define Q_INDEX_H

#include "q/interp.h"

/* Item i of a list, vector, enumeration, table or dictionary (by position);
 * null outside; an atom gives itself. */
struct kq_obj *q_item(struct q *q, struct kq_obj *x, int64_t i);

/* x[i]: i may be an atom, a list of any depth, a dictionary, or (::) for all. */
struct kq_obj *q_index(struct q *q, struct kq_obj *x, struct kq_obj *i);

/* x[i;j;...]; elided indices take all. */
struct kq_obj *q_index_deep(struct q *q, struct kq_obj *x, int n, struct kq_obj *const *index);

/* Items of a list at n positions; nulls where they are out of range. */
struct kq_obj *q_gather(struct q *q, struct kq_obj *x, const int64_t *at, int64_t n);

/* What stands in for a missing item: null of the item type, 0#first item... */
struct kq_obj *q_missing(struct q *q, struct kq_obj *x);

/*
 * Change part of the value at *place in place (it is copied first when somebody
 * shares it).  f NULL assigns v; v NULL applies unary f; else f[item;v].  False
 * after q_fail; *place is then a valid value still.
 */
bool q_amend(struct q *q, struct kq_obj **place, int n, struct kq_obj *const *index,
             struct kq_obj *f, struct kq_obj *v);

/* *place,:v - in place, amortised; 'type when a vector would change its type. */
bool q_append(struct q *q, struct kq_obj **place, struct kq_obj *v);

#endif

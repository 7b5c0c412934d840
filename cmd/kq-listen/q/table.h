/*
 * table.h - making and rekeying tables.
 */
#ifndef KQ_Q_TABLE_H
#define KQ_Q_TABLE_H

#include "q/interp.h"

/* n!t: the first n columns become the key; 0!t none. */
struct kq_obj *q_rekey(struct q *q, int64_t n, struct kq_obj *t);

/* flip of a dictionary of columns: atoms extend; 'length, 'type. */
struct kq_obj *q_flip_dict(struct q *q, struct kq_obj *d);

#endif

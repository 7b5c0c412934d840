/*
 * merge.h - two dictionaries into one over the union of their keys.
 */
#ifndef KQ_Q_MERGE_H
#define KQ_Q_MERGE_H

#include "q/interp.h"

/*
 * How values meet.  `both` gets the values of the keys that both sides have, as
 * two lists of equal count, and returns such a list; `fresh` those that only the
 * right side has.  Both borrow; NULL is an error.
 */
struct q_merge {
    struct kq_obj *(*both)(struct q *q, const void *arg, struct kq_obj *x, struct kq_obj *y);
    struct kq_obj *(*fresh)(struct q *q, const void *arg, struct kq_obj *y);
    const void *arg;
};

/* Keys of x in their order, then the new ones of y; of equal keys in y the last
 * counts. */
struct kq_obj *q_merge_dicts(struct q *q, struct kq_obj *x, struct kq_obj *y,
                             const struct q_merge *how);

#endif

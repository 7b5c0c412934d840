/*
 * hash.h - positions of the items of a list, by value.
 *
 * One such table built over a list serves find, in, distinct, group, joins and
 * dictionary lookup.  Keys stay in the list they came from and are compared
 * there; floats by their bits, one NaN and one zero.
 */
#ifndef KQ_Q_HASH_H
#define KQ_Q_HASH_H

#include "q/interp.h"

/* Positions of the items of a list or rows of a table, by value. */
struct q_hash {
    struct kq_obj *list;
    int64_t *slots; /* position + 1 of the first of equal items; 0: free */
    uint64_t mask;
};

/* An empty table for up to n items of `list` (borrowed); false: 'wsfull. */
bool q_hash_init(struct q *q, struct q_hash *h, struct kq_obj *list, int64_t n);
void q_hash_release(struct q_hash *h);
/* Enter item i; the position of the first equal item (i itself when new). */
int64_t q_hash_add(struct q_hash *h, int64_t i);
/* The position of the first item equal to item j of `other`, or -1. */
int64_t q_hash_find(const struct q_hash *h, const struct kq_obj *other, int64_t j);

/* Are items i of x and j of y, two lists of one type, equal? */
bool q_same_item(const struct kq_obj *x, int64_t i, const struct kq_obj *y, int64_t j);

#endif

/*
 * hash.h - positions of the items of a list, by value.
 *
 * One such table built over a list serves find, in, distinct, group, joins and
 * dictionary lookup.  Keys stay in the list they came from and are compared
 * there; floats by their bits, one NaN and one zero.
 */
#ifndef KQ_Q_HASH_H
#define KQ_Q_HASH_H

#include "obj/cmp.h"
#include "q/interp.h"

/* The first position of each value. */
struct q_hash {
    struct kq_obj *list;
    int64_t *slots; /* position + 1 of the first of equal items; 0: free */
    uint64_t size;  /* of slots; a power of two unless direct */
    int shift;      /* 64 - log2(size) */
    uint64_t factor;
    bool direct; /* a slot for each value from `least` on */
    int64_t least;
};

/* An empty table for the n items of `list` (borrowed); false: 'wsfull. */
bool q_hash_init(struct q *q, struct q_hash *h, struct kq_obj *list, int64_t n);
void q_hash_release(struct q_hash *h);
/* Enter item i; the position of the first equal item (i itself when new). */
int64_t q_hash_add(struct q_hash *h, int64_t i);
/* The position of the first item equal to item j of `other`, or -1. */
int64_t q_hash_find(const struct q_hash *h, const struct kq_obj *other, int64_t j);

/* Positions of all items of `other`, `missing` for those that are not there; false: 'stop. */
bool q_hash_find_all(struct q *q, const struct q_hash *h, const struct kq_obj *other,
                     int64_t missing, int64_t *first);

/* For each item of a list or table the position of the first that equals it. */
struct kq_obj *q_firsts(struct q *q, struct kq_obj *x);

/*
 * Number the distinct items in order of appearance: the number of each item, the
 * position of the first of each number, and how many there are of it.  All three
 * are owned; false after q_fail.
 */
bool q_ranks(struct q *q, struct kq_obj *x, struct kq_obj **ranks, struct kq_obj **heads,
             struct kq_obj **counts);

/* Are items i of x and j of y, two lists of one type, equal? */
bool q_same_item(const struct kq_obj *x, int64_t i, const struct kq_obj *y, int64_t j);

#endif

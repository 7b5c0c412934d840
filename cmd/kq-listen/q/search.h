/*
 * search.h - finding items: one hash table built over a list serves find, in,
 * distinct, group, joins and dictionary lookup.
 */
#ifndef Q_SEARCH_H
#define Q_SEARCH_H

#include "q/interp.h"

/*
 * x?y for a list x: the first position of y (an atom for one item, a long
 * vector for a list of them, nested as y is); the count of x when missing.
 */
struct kq_obj *q_find(struct q *q, struct kq_obj *x, struct kq_obj *y);

/* The same for dictionary keys, also a table of keys: y is one key or several. */
struct kq_obj *q_find_key(struct q *q, struct kq_obj *keys, struct kq_obj *y);

/* Assign one key of the dictionary at *place. */
bool q_dict_set(struct q *q, struct kq_obj **place, struct kq_obj *key, struct kq_obj *value);

/* ---- the hash table ---------------------------------------------------------- */

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

#endif

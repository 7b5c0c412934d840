/*
 * asof.h - rows of a table by equal keys and the latest time: aj, wj, asof.
 *
 * The rows of the right table are laid out group by group (equal values in all
 * key columns but the last); inside a group they keep their order, in which the
 * last column ascends, so a time is found by bisection.
 */
#ifndef KQ_Q_ASOF_H
#define KQ_Q_ASOF_H

#include "q/hash.h"

struct q_asof {
    struct kq_obj *keys;  /* key columns but the last, without enumerations; may have none */
    struct kq_obj *time;  /* the last one */
    struct kq_obj *order; /* rows, group after group */
    struct kq_obj *start; /* by the first row of a group: where it starts in `order` ... */
    struct kq_obj *count; /* ... and its rows */
    struct q_hash hash;   /* of keys */
};

/* Rows of one group: order[from .. from + n). */
struct q_asof_group {
    int64_t from, n;
};

/* Index table z by the columns `names` (a symbol vector, not empty); release it
 * also after a failure. */
bool q_asof_init(struct q *q, struct q_asof *s, struct kq_obj *z, struct kq_obj *names);
void q_asof_release(struct q_asof *s);

/* The same columns of the table that is looked up: its keys, and its times in
 * the type of the index.  Both are the caller's. */
bool q_asof_probe(struct q *q, const struct q_asof *s, struct kq_obj *x, struct kq_obj *names,
                  struct kq_obj **keys, struct kq_obj **time);

/* The group of row i of such keys; n 0: none. */
struct q_asof_group q_asof_group(const struct q_asof *s, const struct kq_obj *keys, int64_t i);

/* How many rows of the group are at or before time[i]; `before`: only before. */
int64_t q_asof_count(const struct q_asof *s, struct q_asof_group g, const struct kq_obj *time,
                     int64_t i, bool before);

/* For each row of x the last row of y with equal columns `names` that is not
 * later in the last of them, or -1: a long vector. */
struct kq_obj *q_asof_rows(struct q *q, struct kq_obj *names, struct kq_obj *x, struct kq_obj *y);

#endif

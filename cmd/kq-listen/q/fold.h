/*
 * fold.h - folds and scans of simple vectors with the operators that have a
 * loop of their own, and the aggregates that are such folds.
 */
#ifndef KQ_Q_FOLD_H
#define KQ_Q_FOLD_H

#include "q/interp.h"

/* op/ or op\ for an operator + * & | , over a simple vector (or ,/ of any list);
 * seed may be NULL.  NULL without an error: there is no fast way. */
struct kq_obj *q_fold_fast(struct q *q, const struct kq_obj *f, struct kq_obj *seed,
                           struct kq_obj *x, bool scan);

/* f': for + - over a simple vector (deltas); NULL: no fast way. */
struct kq_obj *q_prior_fast(struct q *q, const struct kq_obj *f, struct kq_obj *x);

/* What folding an empty list gives: 0 for +, 1 for *...; NULL: none known. */
struct kq_obj *q_fold_identity(struct q *q, const struct kq_obj *f, struct kq_obj *x);

enum q_fold { Q_SUM = 1, Q_PRD = 3, Q_MIN = 5, Q_MAX = 6 }; /* codes of + * & | */

/* The aggregate of any value: vectors in a loop, lists by the operator,
 * dictionaries by value, tables by column. */
struct kq_obj *q_aggregate(struct q *q, enum q_fold op, struct kq_obj *x);

#endif

/*
 * adverb.h - derived functions: f' f/ f\ f': f/: f\:
 */
#ifndef Q_ADVERB_H
#define Q_ADVERB_H

#include "q/interp.h"

/* Apply derived function d (type 106..111) to its arguments. */
struct kq_obj *q_apply_derived(struct q *q, struct kq_obj *d, struct kq_obj **a, int n);

/* f'[x] and f'[x;y;...]. */
struct kq_obj *q_each(struct q *q, struct kq_obj *f, struct kq_obj *const *a, int n);

#endif

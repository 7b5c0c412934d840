/*
 * apply.h - what it means to apply a value to arguments.
 *
 * Functions are called, projections filled, compositions run from the right;
 * lists, dictionaries and tables are indexed; a symbol stands for the global
 * of that name and an int for a handle.
 */
#ifndef Q_APPLY_H
#define Q_APPLY_H

#include "q/interp.h"

/*
 * Apply f to the n >= 1 arguments in a[0..n), which lie on the value stack and
 * stay the caller's to pop; they may be changed or taken (set to NULL).
 */
struct kq_obj *q_apply_args(struct q *q, struct kq_obj *f, struct kq_obj **a, int n);

/* Shorthands that borrow their arguments. */
struct kq_obj *q_apply1(struct q *q, struct kq_obj *f, struct kq_obj *x);
struct kq_obj *q_apply2(struct q *q, struct kq_obj *f, struct kq_obj *x, struct kq_obj *y);

/* f with some arguments fixed; elided ones are open. */
struct kq_obj *q_project(struct q *q, struct kq_obj *f, struct kq_obj *const *a, int n);

/* Execute a request: see q_value. */
struct kq_obj *q_execute(struct q *q, struct kq_obj *request);

/* The rank of a function: 1 for data, 0 for functions of any number. */
int q_rank(struct q *q, struct kq_obj *f);

/* A copy that can be sent: see q_request. */
struct kq_obj *q_sendable(struct q *q, struct kq_obj *x);

#endif

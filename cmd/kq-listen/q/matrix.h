/*
 * matrix.h - products of float vectors and matrices (x$y, mmu), inverses and
 * least squares (inv, x!y on matrices).
 */
#ifndef KQ_Q_MATRIX_H
#define KQ_Q_MATRIX_H

#include "q/interp.h"

/* A float vector, or a non-empty list of float vectors? */
bool q_is_matrix(const struct kq_obj *x);

/* x$y: dot product, matrix by vector, matrix by matrix. */
struct kq_obj *q_matrix_product(struct q *q, struct kq_obj *x, struct kq_obj *y);

/* inv x: 'length unless square; nulls where there is no inverse. */
struct kq_obj *q_matrix_inverse(struct q *q, struct kq_obj *x);

/* x lsq y: the w for which w mmu y comes nearest to x. */
struct kq_obj *q_least_squares(struct q *q, struct kq_obj *x, struct kq_obj *y);

#endif

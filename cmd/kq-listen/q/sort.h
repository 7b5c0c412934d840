/*
 * sort.h - the order of items as a permutation.
 */
#ifndef KQ_Q_SORT_H
#define KQ_Q_SORT_H

#include "q/interp.h"

/* Positions of the items of a list (or rows of a table, by all columns) in
 * ascending or descending order; equal ones keep their order. */
struct kq_obj *q_grade(struct q *q, struct kq_obj *x, bool down);

/* The items of a vector themselves in order, where that is faster than grading;
 * NULL where it is not, and when room or time is short, which grading will find too. */
struct kq_obj *q_sort_values(struct q *q, struct kq_obj *x, bool down);

/* y converted to the type of the vector x where numbers differ in width, else
 * 'type when they differ. */
struct kq_obj *q_match_type(struct q *q, struct kq_obj *x, struct kq_obj *y);

#endif

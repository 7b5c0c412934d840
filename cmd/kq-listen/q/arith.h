/*
 * arith.h - + - * % & | and the comparisons on any two values.
 */
#ifndef KQ_Q_ARITH_H
#define KQ_Q_ARITH_H

#include "q/interp.h"

struct kq_obj *q_add(struct q *q, struct kq_obj *a, struct kq_obj *b);
struct kq_obj *q_subtract(struct q *q, struct kq_obj *a, struct kq_obj *b);
struct kq_obj *q_multiply(struct q *q, struct kq_obj *a, struct kq_obj *b);
struct kq_obj *q_divide(struct q *q, struct kq_obj *a, struct kq_obj *b);
struct kq_obj *q_lesser(struct q *q, struct kq_obj *a, struct kq_obj *b);
struct kq_obj *q_greater(struct q *q, struct kq_obj *a, struct kq_obj *b);

enum q_compare { Q_EQ, Q_LT, Q_GT, Q_NE, Q_LE, Q_GE };
struct kq_obj *q_compare(struct q *q, enum q_compare how, struct kq_obj *a, struct kq_obj *b);

/* The type a and b are compared or combined in (the wider of two numbers, the
 * finer of two times); 0 when they have none in common. */
int q_common_type(int a, int b);

#endif

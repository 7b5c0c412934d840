/*
 * format.h - values as text under \P and \c.
 */
#ifndef KQ_Q_FORMAT_H
#define KQ_Q_FORMAT_H

#include "q/interp.h"
#include "text/style.h"

/* The style of the moment: \P, and \c when `clip`. */
struct kq_style q_style(const struct q *q, bool clip);

/* What a console of that size shows; q_console (q.h) has the size of \c. */
struct kq_obj *q_console_sized(struct q *q, struct kq_obj *x, int rows, int columns);

/* x on one line (-3!), a string object. */
struct kq_obj *q_one_line(struct q *q, struct kq_obj *x);

/* string x: a char vector for each atom. */
struct kq_obj *q_string(struct q *q, struct kq_obj *x);

#endif

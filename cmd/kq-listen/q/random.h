/*
 * random.h - n?x: rolls, deals and permutations.
 */
#ifndef KQ_Q_RANDOM_H
#define KQ_Q_RANDOM_H

#include "q/interp.h"

/* n?x for an integer atom n: that many picks from x (0..x-1, floats below x,
 * items of a list, symbols of length x...); -n?x without repetition; 0N?x all of
 * them. */
struct kq_obj *q_roll(struct q *q, struct kq_obj *n, struct kq_obj *x);

#endif

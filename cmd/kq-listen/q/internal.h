/*
 * internal.h - what the bang does with two arguments: makes dictionaries, keys
 * tables, makes enumerations, and calls the internal functions -n!x.
 */
#ifndef KQ_Q_INTERNAL_H
#define KQ_Q_INTERNAL_H

#include "q/interp.h"

struct kq_obj *q_internal(struct q *q, struct kq_obj *x, struct kq_obj *y);

#endif

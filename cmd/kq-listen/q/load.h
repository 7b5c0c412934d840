/*
 * load.h - text and bytes to columns: the reading forms of 0: and 1:.
 */
#ifndef KQ_Q_LOAD_H
#define KQ_Q_LOAD_H

#include "q/interp.h"

/* (types;delimiter) 0: y, (types;enlist delimiter) 0: y with names in the first
 * line, (types;widths) 0: y.  y is a string or a list of strings. */
struct kq_obj *q_load_text(struct q *q, struct kq_obj *spec, struct kq_obj *y);

/* "S=;" 0: s: pairs of key and value, as two lists. */
struct kq_obj *q_load_pairs(struct q *q, struct kq_str spec, struct kq_obj *y);

/* (types;widths) 1: y, little-endian; (widths;types) big-endian. */
struct kq_obj *q_load_binary(struct q *q, struct kq_obj *spec, struct kq_obj *y);

#endif

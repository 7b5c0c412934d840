/*
 * json.h - values to JSON and back, as .j.j and .j.k do it.
 *
 * This is kdb+'s own mapping, not the one of kq-send -j (text/jsonval.h):
 * floats have \P digits, infinities are bare words, dates keep their D.
 */
#ifndef KQ_Q_JSON_H
#define KQ_Q_JSON_H

#include "q/interp.h"

/* x as one line of JSON; `strict`: infinite numbers are null. */
struct kq_obj *q_to_json(struct q *q, struct kq_obj *x, bool strict);

/* JSON text as a value: numbers are floats, objects dictionaries, uniform arrays
 * of them tables; 'type when it is no JSON. */
struct kq_obj *q_from_json(struct q *q, struct kq_str text);

#endif

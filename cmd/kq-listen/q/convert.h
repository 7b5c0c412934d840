/*
 * convert.h - numbers and times from one type to another.
 */
#ifndef KQ_Q_CONVERT_H
#define KQ_Q_CONVERT_H

#include "q/interp.h"

#include "text/tok.h"

/* A number, boolean, byte, char or time: anything `$` can convert. */
bool q_is_numeric(int type);

/*
 * x (an atom or simple vector of a numeric type) as `type`.  Nulls stay null,
 * also between widths; floats round to the nearest integer; times are converted
 * by meaning (a date to the timestamp of its midnight, a timestamp to the time
 * of its day), between times and numbers the count is kept.  'type for symbols
 * and guids.  x itself when it is of that type already.
 */
struct kq_obj *q_convert(struct q *q, struct kq_obj *x, int type);

/* kq_tok as \z asks: days in front of months after \z 1. */
void q_tok(const struct q *q, int type, struct kq_str s, union kq_tokval *v);

/* A part of times as ints: y m d h u s (`year$ `mm$ `dd$ `hh$ `uu$ `ss$). */
struct kq_obj *q_time_part(struct q *q, char part, struct kq_obj *x);

#endif

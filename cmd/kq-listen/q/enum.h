/*
 * enum.h - enumerations: symbols kept as positions in a domain.
 *
 * An enumeration of type 20..76 (or its negative, an atom) is a container of
 * two: the name of the domain (symbol atom) and the positions (long vector or
 * atom).  The domain is the global of that name.  All of them have type 20 here.
 */
#ifndef KQ_Q_ENUM_H
#define KQ_Q_ENUM_H

#include "q/interp.h"

static inline bool q_is_enum(const struct kq_obj *o)
{
    int t = o->type < 0 ? -o->type : o->type;
    return t >= KQ_ENUM && t <= KQ_ENUM_LAST;
}

/* `domain$x: positions of symbols; 'cast when one is missing. */
struct kq_obj *q_enum_of(struct q *q, const char *domain, struct kq_obj *x);
/* `domain?x: the same, extending the domain (made when undefined). */
struct kq_obj *q_enum_extend(struct q *q, const char *domain, struct kq_obj *x);
/* An enumeration like `e` of positions (consumed). */
struct kq_obj *q_enum_wrap(const struct kq_obj *e, struct kq_obj *positions);
/* domain!positions (both borrowed). */
struct kq_obj *q_enum_new(struct q *q, const char *domain, struct kq_obj *positions);

/* The position atom of v (symbol or enumeration atom) in the domain of e. */
struct kq_obj *q_enum_index(struct q *q, const struct kq_obj *e, struct kq_obj *v);

/* Symbols of an enumeration; anything else as it is. */
struct kq_obj *q_unenum(struct q *q, struct kq_obj *x);
/* The same for everything inside lists, dictionaries and tables. */
struct kq_obj *q_unenum_deep(struct q *q, struct kq_obj *x);

/* x,y where at least one is an enumeration. */
struct kq_obj *q_enum_join(struct q *q, struct kq_obj *x, struct kq_obj *y);

#endif

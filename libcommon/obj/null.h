/*
 * null.h - nulls and infinities of every type.
 *
 * Integers: null is the minimum of the width, infinities are plus and minus
 * the maximum.  Floats: any NaN is null.  Guid: zeros.  Char: a space.
 * Symbol: empty.  Boolean and byte have none (kdb+ datatypes).
 */
#ifndef KQ_OBJ_NULL_H
#define KQ_OBJ_NULL_H

#include "obj/obj.h"

/* Null, infinity of an integer type (class INT) as sign-extended values;
 * minus infinity is -kq_int_inf. */
int64_t kq_int_null(int type);
int64_t kq_int_inf(int type);

/* Is element i (any i for an atom) null?  Containers and functions: only (::). */
bool kq_is_null_at(const struct kq_obj *o, int64_t i);

/* Null atom of |type|; 0b, 0x00 and () for the types that have no null. */
struct kq_obj *kq_null_atom(int type);

#endif

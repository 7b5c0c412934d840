/*
 * cmp.h - identity, order and hash of objects.
 *
 * Views and owned objects compare by value.  Order is q's: nulls first, within
 * a type by value, symbols and guids by bytes; objects of different type by
 * type, lists item by item.
 */
#ifndef KQ_OBJ_CMP_H
#define KQ_OBJ_CMP_H

#include "obj/obj.h"

#include <math.h>
#include <string.h>

/*
 * q's ~ : same type, shape and values; attributes are ignored.  Floats match
 * when equal within 2^-43 relative (or exactly, with kq_identical), all NaNs
 * are the same value.
 */
bool kq_match(const struct kq_obj *a, const struct kq_obj *b);
bool kq_identical(const struct kq_obj *a, const struct kq_obj *b);

/* q's comparison tolerance: equal within 2^-43 relative, not around zero. */
bool kq_float_eq(double a, double b);

/* Floats that are the same value have the same key: one for all NaNs, one for both zeros. */
static inline uint64_t kq_float_key(double v)
{
    uint64_t bits;
    if (isnan(v))
        return UINT64_C(0x7ff8000000000000);
    v += 0.0;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

/* <0, 0, >0: element i of `a` against element j of `b`, two lists or atoms of
 * the same type; null first. */
int kq_compare_at(const struct kq_obj *a, int64_t i, const struct kq_obj *b, int64_t j);
/* Order of whole objects. */
int kq_compare(const struct kq_obj *a, const struct kq_obj *b);

/* Equal (kq_identical) objects have equal hashes. */
uint64_t kq_hash(const struct kq_obj *o);

#endif

/*
 * list.h - building, growing and slicing lists and vectors.
 */
#ifndef KQ_OBJ_LIST_H
#define KQ_OBJ_LIST_H

#include "obj/obj.h"

/*
 * Element i of anything that can be indexed, as a new reference: an atom of a
 * vector, a child of a list, a row of a table as a dictionary, the value at
 * position i of a dictionary; an atom or function gives itself.  i is in
 * range.  A symbol vector that is a view is walked: use kq_symiter in loops.
 */
struct kq_obj *kq_at(const struct kq_obj *o, int64_t i);

/* Elements from..from+n of a list, vector or table (columns sliced), in range.
 * Views stay views.  NULL: memory short. */
struct kq_obj *kq_slice(const struct kq_obj *o, int64_t from, int64_t n);

/* A general list of `n` items; the references are consumed. */
struct kq_obj *kq_list_take(int64_t n, struct kq_obj **items);
/* The same with the items as arguments: kq_list_of(2, a, b). */
struct kq_obj *kq_list_of(int n, ...);

/* One-item list: ,x (a vector for an atom of a simple type). */
struct kq_obj *kq_enlist(struct kq_obj *o);

/*
 * A general list whose items are all atoms of one simple type becomes that
 * vector, atoms of one enumeration that enumeration; anything else is returned as it is.  Consumes `o`.
 */
struct kq_obj *kq_collapse_take(struct kq_obj *o);

/* Write atom `a` (same type) to element i of an owned, unshared vector. */
void kq_set_at(struct kq_obj *vec, int64_t i, const struct kq_obj *a);

/*
 * Make room for `extra` more elements in the owned, unshared list *o, growing
 * geometrically; *o may move.  The count does not change.  False: memory.
 */
bool kq_grow(struct kq_obj **o, int64_t extra);

/*
 * Append one element: an atom of the vector's type, or any object to a general
 * list.  *o must be owned and unshared and may move.  False when the type does
 * not fit the vector or memory is short.
 */
bool kq_push(struct kq_obj **o, struct kq_obj *item);

/* The items of any list as a general list (atoms boxed); a general list gives
 * itself. */
struct kq_obj *kq_explode(struct kq_obj *o);

#endif

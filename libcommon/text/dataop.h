/*
 * dataop.h - the few q operations that data-only text may contain.
 *
 * `long$(), `s#1 2 and +`a`b!(1 2;3 4) are how q writes down typed empties,
 * attributes and tables, so the reader of data applies these and nothing else.
 */
#ifndef KQ_TEXT_DATAOP_H
#define KQ_TEXT_DATAOP_H

#include "base/err.h"
#include "obj/obj.h"

/*
 * left$right with a type name, a letter or ` on the left.  Lower case and names
 * convert numbers, type empty lists and make symbols of strings; upper case
 * reads strings ("D"$"2024-01-02"), each one of a list.
 */
struct kq_obj *kq_dataop_cast(const struct kq_obj *left, struct kq_obj *right, struct kq_err *err);

/* `s#right; a list that does not ascend is refused, as q does ('s-fail). */
struct kq_obj *kq_dataop_attr(const struct kq_obj *left, struct kq_obj *right, struct kq_err *err);

/* keys!values: a dictionary of as many values, or a keyed table. */
struct kq_obj *kq_dataop_dict(struct kq_obj *keys, struct kq_obj *values, struct kq_err *err);

/* flip: a dictionary of names and columns to a table, and back. */
struct kq_obj *kq_dataop_flip(struct kq_obj *right, struct kq_err *err);

/*
 * Make every column as long as the longest; atoms are repeated, at most
 * *budget elements in all, which are subtracted.  A row count that no list
 * decides is refused.  `cols` is owned and unshared.
 */
bool kq_dataop_extend(struct kq_obj *cols, int64_t rows, int64_t *budget, struct kq_err *err);

/* Rows of a list of columns: the count of the first list; -1 when all are atoms. */
int64_t kq_dataop_rows(const struct kq_obj *cols);

#endif

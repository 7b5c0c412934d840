/*
 * rows.h - the columns of anything that has rows.
 *
 * csv, JSON and raw output see a table, a keyed table and (if they want to) a
 * dictionary as one flat set of named columns, without copying anything.
 */
#ifndef KQ_TEXT_ROWS_H
#define KQ_TEXT_ROWS_H

#include "base/str.h"
#include "obj/obj.h"

#include <stdbool.h>
#include <stdint.h>

struct kq_rows {
    int64_t n;                  /* rows */
    int64_t ncols;              /* columns */
    const struct kq_obj **cols; /* borrowed lists of n items; array owned */
    struct kq_str *names;       /* texts inside the object; array owned */
};

/*
 * The columns of a table or, key columns first, of a keyed table.  False, with
 * nothing to release, for anything else, also for a reference to a splayed
 * table and for columns that do not fit together.
 */
bool kq_rows_init(struct kq_rows *r, const struct kq_obj *x);

/*
 * The same for any dictionary: its keys are a column "key", its values a
 * column "value", unless they are tables.
 */
bool kq_rows_init_dict(struct kq_rows *r, const struct kq_obj *x);

void kq_rows_release(struct kq_rows *r);

#endif

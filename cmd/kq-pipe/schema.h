/*
 * schema.h - which columns there are, and which field goes to which.
 *
 * Columns stand in the order in which they are sent; fields in the order in
 * which the input has them.  Types come from --types, --columns, a file or the
 * server's meta; a header line may then reorder the fields.
 */
#ifndef KQ_PIPE_SCHEMA_H
#define KQ_PIPE_SCHEMA_H

#include "base/err.h"
#include "column.h"
#include "obj/obj.h"
#include "opts.h"

#include <stdbool.h>
#include <stddef.h>

/* A column that no field fills: --add. */
struct pipe_added {
    struct pipe_column *column;
    bool now;
    uint8_t *item; /* payload of one element; owned */
    size_t len;
};

struct pipe_schema {
    struct pipe_column *column; /* what is sent */
    size_t n;
    struct pipe_column **field; /* where each input field goes */
    size_t n_fields;
    struct pipe_column skip; /* where the others go */
    struct pipe_added *added;
    size_t n_added;
    struct pipe_zone zone; /* columns of times point to it */
};

/* As the options say; with --schema=server and --types=? still without columns. */
bool pipe_schema_init(struct pipe_schema *s, const struct pipe_opts *o, struct kq_err *err);
void pipe_schema_release(struct pipe_schema *s);

/* The server's answer to `meta TABLE`, a table with columns c and t, keyed or not. */
bool pipe_schema_meta(struct pipe_schema *s, const struct pipe_opts *o, struct kq_obj *meta,
                      struct kq_err *err);

/* Types that were guessed, as --types has them. */
bool pipe_schema_types(struct pipe_schema *s, const struct pipe_opts *o, const char *types,
                       struct kq_err *err);

/*
 * Names of the input's fields.  Columns with names take the fields of the same
 * name and fields without a column are skipped; columns without names take
 * these, in order.  KQ_EDATA when a column finds no field.
 */
bool pipe_schema_header(struct pipe_schema *s, const struct kq_str *names, size_t n,
                        struct kq_err *err);

/* Is there a column of that name? */
bool pipe_schema_has(struct pipe_schema *s, const char *name);

/* Fill the columns of --add with `rows` elements. */
void pipe_schema_fill(struct pipe_schema *s, size_t rows);

#endif

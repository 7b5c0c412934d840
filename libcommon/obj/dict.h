/*
 * dict.h - dictionaries, tables and keyed tables.
 *
 * A table's children are its names (symbol vector) and its columns (general
 * list of equally long lists), or a symbol atom in place of the columns: a
 * reference to a splayed table, which really occurs on the wire.  A keyed table
 * is a dictionary of two tables.
 */
#ifndef KQ_OBJ_DICT_H
#define KQ_OBJ_DICT_H

#include "obj/obj.h"

/* keys!values; the counts are the caller's business. */
struct kq_obj *kq_dict(struct kq_obj *keys, struct kq_obj *values);
/* flip names!columns; the shape is the caller's business. */
struct kq_obj *kq_table(struct kq_obj *names, struct kq_obj *columns);

static inline bool kq_is_dict(const struct kq_obj *o)
{
    return o->type == KQ_DICT || o->type == KQ_SORTEDDICT;
}
static inline bool kq_is_keyed(const struct kq_obj *o)
{
    return kq_is_dict(o) && kq_child(o, 0)->type == KQ_TABLE && kq_child(o, 1)->type == KQ_TABLE;
}
/* A table that is a reference to a splayed one: no columns here. */
static inline bool kq_is_splayed(const struct kq_obj *o)
{
    return o->type == KQ_TABLE && kq_child(o, 1)->type == -KQ_SYMBOL;
}
static inline struct kq_obj *kq_keys(const struct kq_obj *dict)
{
    return kq_child(dict, 0);
}
static inline struct kq_obj *kq_values(const struct kq_obj *dict)
{
    return kq_child(dict, 1);
}
static inline struct kq_obj *kq_names(const struct kq_obj *table)
{
    return kq_child(table, 0);
}
static inline struct kq_obj *kq_columns(const struct kq_obj *table)
{
    return kq_child(table, 1);
}

/* Column number of `name` in a table, -1 when there is none. */
int64_t kq_column_find(const struct kq_obj *table, const char *name, size_t len);

/* Do names and columns make a table: symbol vector, as many lists, equal counts?
 * *why (may be NULL) is set to a static text when not. */
bool kq_table_shape(const struct kq_obj *names, const struct kq_obj *columns, const char **why);

/* A table from a keyed table, key columns first (0!x); a table gives itself;
 * anything else NULL. */
struct kq_obj *kq_unkey(struct kq_obj *o);

#endif

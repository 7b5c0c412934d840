/*
 * index.c - gathering by element size, then the containers on top of it.
 */
#include "q/collect.h"
#include "q/core.h"
#include "q/enum.h"

#include "obj/null.h"

/* ---- single items --------------------------------------------------------------- */

static struct kq_obj *empty_like(struct q *q, struct kq_obj *x)
{
    if (x->type < 0)
        return kq_null_atom(x->type);
    if (x->type <= KQ_TYPE_MAX)
        return q_vec(q, x->type, 0);
    if (x->type == KQ_TABLE)
        return kq_slice(x, 0, 0);
    return kq_vec_new(KQ_LIST, 0);
}

static struct kq_obj *missing_row(struct q *q, struct kq_obj *table)
{
    struct kq_obj *cols = kq_columns(table), *values = kq_vec_new(KQ_LIST, cols->n);
    for (int64_t i = 0; i < cols->n; i++)
        kq_items(values)[i] = q_missing(q, kq_child(cols, i));
    values = kq_collapse_take(values);
    return q_drop(values, kq_dict(kq_names(table), values));
}

struct kq_obj *q_missing(struct q *q, struct kq_obj *x)
{
    if (x->type == KQ_LIST)
        return x->n ? empty_like(q, kq_child(x, 0)) : kq_vec_new(KQ_LIST, 0);
    if (x->type == KQ_TABLE)
        return missing_row(q, x);
    if (kq_is_dict(x))
        return q_missing(q, kq_values(x));
    if (q_is_enum(x))
        return q_enum_wrap(x, kq_long(INT64_MIN));
    return kq_null_atom(x->type);
}

struct kq_obj *q_item(struct q *q, struct kq_obj *x, int64_t i)
{
    if (x->type < 0)
        return kq_ref(x);
    if (kq_is_dict(x))
        return q_item(q, kq_values(x), i);
    if (i < 0 || i >= kq_count(x))
        return q_missing(q, x);
    return q_is_enum(x) ? q_enum_wrap(x, kq_at(kq_child(x, 1), i)) : kq_at(x, i);
}

/* ---- gathering -------------------------------------------------------------------- */

/* One loop for each element width: r[i] = x[at[i]], or the null. */
#define GATHER(type)                                                   \
    do {                                                               \
        const type *s = (const type *)(const void *)kq_data(x);        \
        type *d = (type *)(void *)r->u.v.data, null;                   \
        memcpy(&null, none, sizeof null);                              \
        for (int64_t i = 0; i < n; i++)                                \
            d[i] = (uint64_t)at[i] < (uint64_t)x->n ? s[at[i]] : null; \
    } while (0)

struct wide {
    uint64_t lo, hi;
};

static void gather_fixed(struct kq_obj *r, const struct kq_obj *x, const int64_t *at, int64_t n)
{
    struct kq_obj *atom = kq_null_atom(x->type), *cell = kq_vec_new(x->type, 1);
    kq_set_at(cell, 0, atom);
    const uint8_t *none = kq_data(cell);
    switch (kq_elem_size(x->type)) {
    case 1: GATHER(uint8_t); break;
    case 2: GATHER(uint16_t); break;
    case 4: GATHER(uint32_t); break;
    case 8: GATHER(uint64_t); break;
    default: GATHER(struct wide); break;
    }
    kq_unref(atom);
    kq_unref(cell);
}

static struct kq_obj *gather_list(struct q *q, struct kq_obj *x, const int64_t *at, int64_t n)
{
    struct kq_obj *r = q_vec(q, KQ_LIST, n);
    for (int64_t i = 0; r && i < n; i++) {
        bool there = (uint64_t)at[i] < (uint64_t)x->n;
        kq_items(r)[i] = there ? kq_ref(kq_child(x, at[i])) : q_missing(q, x);
    }
    return r ? q_collapse_take(r) : NULL;
}

static struct kq_obj *gather_table(struct q *q, struct kq_obj *x, const int64_t *at, int64_t n)
{
    struct kq_obj *cols = kq_columns(x), *r = kq_vec_new(KQ_LIST, cols->n);
    for (int64_t i = 0; i < cols->n; i++) {
        kq_items(r)[i] = q_gather(q, kq_child(cols, i), at, n);
        if (!kq_child(r, i))
            return q_drop(r, NULL);
    }
    return q_drop(r, kq_table(kq_names(x), r));
}

static struct kq_obj *gather_dict(struct q *q, struct kq_obj *x, const int64_t *at, int64_t n)
{
    struct kq_obj *k = q_gather(q, kq_keys(x), at, n);
    struct kq_obj *v = k ? q_gather(q, kq_values(x), at, n) : NULL;
    struct kq_obj *d = v ? kq_dict(k, v) : NULL;
    kq_unref(k);
    return q_drop(v, d);
}

struct kq_obj *q_gather(struct q *q, struct kq_obj *x, const int64_t *at, int64_t n)
{
    if (x->type == KQ_LIST)
        return gather_list(q, x, at, n);
    if (x->type == KQ_TABLE)
        return gather_table(q, x, at, n);
    if (kq_is_dict(x))
        return gather_dict(q, x, at, n);
    if (q_is_enum(x)) {
        struct kq_obj *r = q_gather(q, kq_child(x, 1), at, n);
        return r ? q_enum_wrap(x, r) : NULL;
    }
    if (x->type < 0 || x->type > KQ_TYPE_MAX)
        return q_fail(q, "type");
    struct kq_obj *r = q_vec(q, x->type, n);
    if (r)
        gather_fixed(r, x, at, n);
    return r;
}

/* ---- indexing ---------------------------------------------------------------------- */

static bool is_all(const struct kq_obj *i)
{
    return kq_is_elided(i) || kq_is_generic_null(i);
}

static bool is_position(int type)
{
    int t = type < 0 ? -type : type;
    return t == KQ_LONG || t == KQ_INT || t == KQ_SHORT || t == KQ_BOOLEAN || t == KQ_BYTE;
}

/* Positions as a long vector; the index itself when it is one already. */
static struct kq_obj *positions(struct q *q, struct kq_obj *i)
{
    if (i->type == KQ_LONG)
        return kq_ref(i);
    struct kq_obj *r = q_vec(q, KQ_LONG, i->n);
    for (int64_t k = 0; r && k < i->n; k++)
        kq_longs(r)[k] = kq_int_at(i, k);
    return r;
}

/* Each item of i by itself. */
static struct kq_obj *index_each(struct q *q, struct kq_obj *x, struct kq_obj *i)
{
    if (q_too_deep(q))
        return NULL;
    int64_t n = kq_count(i);
    struct q_collect c;
    q_collect_init(&c, q, n);
    for (int64_t k = 0; k < n; k++) {
        struct kq_obj *item = q_item(q, i, k);
        q_collect_add_take(&c, item ? q_index(q, x, item) : NULL);
        kq_unref(item);
        if (q_collect_failed(&c))
            break;
    }
    return q_collect_done(&c);
}

static struct kq_obj *index_by_dict(struct q *q, struct kq_obj *x, struct kq_obj *i)
{
    struct kq_obj *v = q_index(q, x, kq_values(i));
    return q_under_take(q, kq_keys(i), v);
}

static struct kq_obj *index_list(struct q *q, struct kq_obj *x, struct kq_obj *i)
{
    if (is_position(i->type) && i->type < 0)
        return q_item(q, x, kq_is_null_at(i, 0) ? -1 : i->u.j);
    if (is_position(i->type)) {
        struct kq_obj *at = positions(q, i);
        return at ? q_drop(at, q_gather(q, x, kq_longs(at), at->n)) : NULL;
    }
    if (i->type == KQ_LIST)
        return index_each(q, x, i);
    if (kq_is_dict(i))
        return index_by_dict(q, x, i);
    return q_fail(q, "type");
}

static struct kq_obj *column(struct q *q, struct kq_obj *t, const char *name)
{
    int64_t c = kq_column_find(t, name, strlen(name));
    return c < 0 ? q_fail(q, name) : kq_ref(kq_child(kq_columns(t), c));
}

static struct kq_obj *index_table(struct q *q, struct kq_obj *t, struct kq_obj *i)
{
    if (i->type == -KQ_SYMBOL)
        return column(q, t, kq_sym_text(i));
    if (i->type == KQ_SYMBOL)
        return index_each(q, t, i);
    return index_list(q, t, i);
}

static struct kq_obj *index_dict(struct q *q, struct kq_obj *d, struct kq_obj *i)
{
    struct kq_obj *keys = kq_keys(d);
    if (kq_is_dict(i) && keys->type != KQ_TABLE)
        return index_by_dict(q, d, i);
    struct kq_obj *at = q_find_in_dict(q, d, i);
    if (!at)
        return NULL;
    struct kq_obj *r = index_list(q, kq_values(d), at);
    return q_drop(at, r);
}

struct kq_obj *q_index(struct q *q, struct kq_obj *x, struct kq_obj *i)
{
    if (is_all(i))
        return kq_ref(x);
    if (x->type == KQ_TABLE)
        return index_table(q, x, i);
    if (kq_is_dict(x))
        return index_dict(q, x, i);
    if (!kq_type_is_list(x->type)) {
        return q_apply1(q, x, i);
    }
    return index_list(q, x, i);
}

/* ---- depth ----------------------------------------------------------------------------- */

/* rest[...] of every item of x. */
static struct kq_obj *deep_each(struct q *q, struct kq_obj *x, int n, struct kq_obj *const *rest)
{
    int64_t count = kq_count(x);
    struct q_collect c;
    q_collect_init(&c, q, count);
    for (int64_t k = 0; k < count && !q_collect_failed(&c); k++) {
        struct kq_obj *item = q_item(q, x, k);
        q_collect_add_take(&c, item ? q_index_deep(q, item, n, rest) : NULL);
        kq_unref(item);
    }
    return q_collect_done(&c);
}

/* A table's second index is a column: t[i;`c] is t[i][`c]; several columns come
 * row by row. */
static struct kq_obj *deep_table(struct q *q, struct kq_obj *rows, int n,
                                 struct kq_obj *const *rest)
{
    struct kq_obj *r = q_index(q, rows, rest[0]);
    if (r && rest[0]->type == KQ_SYMBOL)
        r = q_drop(r, q_call(q, "flip", 1, r));
    if (!r || n == 1)
        return r;
    return q_drop(r, deep_each(q, r, n - 1, rest + 1));
}

struct kq_obj *q_index_deep(struct q *q, struct kq_obj *x, int n, struct kq_obj *const *index)
{
    if (n == 1)
        return q_index(q, x, index[0]);
    if (q_too_deep(q))
        return NULL;
    if (!kq_type_is_list(x->type) && x->type != KQ_TABLE && !kq_is_dict(x)) {
        if (x->type < 0)
            return q_fail(q, "rank");
        return q_apply(q, x, n, (struct kq_obj **)(uintptr_t)index);
    }
    bool all = is_all(index[0]);
    struct kq_obj *first = q_index(q, x, index[0]), *r;
    if (!first)
        return NULL;
    if (first->type == KQ_TABLE && (x->type == KQ_TABLE || kq_is_keyed(x)))
        r = deep_table(q, first, n - 1, index + 1);
    else if (all && kq_is_dict(x))
        r = deep_each(q, kq_values(x), n - 1, index + 1);
    else if (all || index[0]->type >= 0)
        r = deep_each(q, first, n - 1, index + 1);
    else
        r = q_index_deep(q, first, n - 1, index + 1);
    if (r && all && kq_is_dict(x) && !kq_is_keyed(x))
        r = q_drop(r, kq_dict(kq_keys(x), r));
    return q_drop(first, r);
}

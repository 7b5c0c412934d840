/*
 * join.c - vectors of one type are copied as blocks; anything mixed becomes a
 * general list.
 */
#include "q/collect.h"
#include "q/core.h"
#include "q/enum.h"
#include "q/merge.h"
#include "q/upsert.h"

#include "obj/cmp.h"

/* Type of the items of a list or of an atom as an item: positive simple type,
 * or 0. */
static int item_type(const struct kq_obj *o)
{
    int t = o->type < 0 ? -o->type : o->type;
    return t <= KQ_TYPE_MAX ? t : KQ_LIST;
}

static int64_t items_of(const struct kq_obj *o)
{
    return kq_type_is_list(o->type) ? kq_count(o) : 1;
}

/* ---- vectors ---------------------------------------------------------------------------- */

static void copy_items(struct kq_obj *r, int64_t at, const struct kq_obj *x)
{
    size_t w = kq_elem_size(r->type);
    if (x->type < 0)
        kq_set_at(r, at, x);
    else if (x->n)
        memcpy(r->u.v.data + (size_t)at * w, kq_data(x), (size_t)x->n * w);
}

static struct kq_obj *join_vectors(struct q *q, struct kq_obj *x, struct kq_obj *y, int type)
{
    int64_t n = items_of(x), m = items_of(y);
    struct kq_obj *r = q_vec(q, type, n + m);
    if (!r)
        return NULL;
    copy_items(r, 0, x);
    copy_items(r, n, y);
    return r;
}

static bool push_items(struct q *q, struct kq_obj **r, struct kq_obj *x)
{
    if (!kq_type_is_list(x->type))
        return kq_push(r, x) || q_fail(q, "wsfull");
    int64_t n = kq_count(x);
    if (!kq_grow(r, n))
        return q_fail(q, "wsfull");
    for (int64_t i = 0; i < n; i++) {
        struct kq_obj *item = q_item(q, x, i);
        if (!item || !q_tick(q))
            return q_drop(item, NULL);
        kq_items(*r)[(*r)->n++] = item;
    }
    return true;
}

static struct kq_obj *join_general(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    struct kq_obj *r = q_vec(q, KQ_LIST, 0);
    if (!r || !push_items(q, &r, x) || !push_items(q, &r, y))
        return q_drop(r, NULL);
    return q_collapse_take(r);
}

static struct kq_obj *join_lists(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    int tx = item_type(x), ty = item_type(y);
    if (q_is_enum(x) || q_is_enum(y))
        return q_enum_join(q, x, y);
    if (tx == ty && tx != KQ_LIST)
        return join_vectors(q, x, y, tx);
    bool general = !kq_type_is_list(x->type) || !kq_type_is_list(y->type);
    if (x->type == KQ_LIST && !x->n)
        return y->type >= 0 && kq_type_is_list(y->type) ? kq_ref(y) : kq_enlist(y);
    if (!general && y->type == KQ_LIST && !y->n)
        return kq_ref(x);
    return join_general(q, x, y);
}

/* ---- dictionaries and tables ---------------------------------------------------------------- */

static struct kq_obj *take_right(struct q *q, const void *arg, struct kq_obj *x, struct kq_obj *y)
{
    (void)q;
    (void)arg;
    (void)x;
    return kq_ref(y);
}

static struct kq_obj *take_fresh(struct q *q, const void *arg, struct kq_obj *y)
{
    return take_right(q, arg, NULL, y);
}

struct kq_obj *q_join_dicts(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    static const struct q_merge how = {take_right, take_fresh, NULL};
    return q_merge_dicts(q, x, y, &how);
}

struct kq_obj *q_join_tables(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    if (!kq_identical(kq_names(x), kq_names(y))) {
        struct kq_obj *cols = kq_names(x)->n == kq_names(y)->n ? q_index(q, y, kq_names(x)) : NULL;
        if (!cols)
            return q_fail(q, "mismatch");
        struct kq_obj *same = kq_table(kq_names(x), cols);
        kq_unref(cols);
        return q_drop(same, q_join_tables(q, x, same));
    }
    struct kq_obj *cols = kq_vec_new(KQ_LIST, kq_columns(x)->n);
    for (int64_t i = 0; i < cols->n; i++) {
        kq_items(cols)[i] = q_join(q, kq_child(kq_columns(x), i), kq_child(kq_columns(y), i));
        if (!kq_child(cols, i))
            return q_drop(cols, NULL);
    }
    return q_drop(cols, kq_table(kq_names(x), cols));
}

/* table,row and keyed table,rows. */
static struct kq_obj *join_rows(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    struct kq_obj *r = kq_ref(x);
    return q_upsert(q, &r, y) ? r : q_drop(r, NULL);
}

static struct kq_obj *join_special(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    bool dx = kq_is_dict(x), dy = kq_is_dict(y);
    if (x->type == KQ_TABLE && y->type == KQ_TABLE)
        return q_join_tables(q, x, y);
    if (x->type == KQ_TABLE || kq_is_keyed(x))
        return join_rows(q, x, y);
    if (x->type == KQ_LIST && !x->n && y->type == KQ_TABLE)
        return kq_ref(y);
    if (dx && dy)
        return q_join_dicts(q, x, y);
    if ((dx && y->type != KQ_LIST) || (dy && x->type != KQ_LIST))
        return q_fail(q, "type");
    return join_general(q, x, y);
}

struct kq_obj *q_join(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    if (kq_is_dict(x) || kq_is_dict(y) || x->type == KQ_TABLE || y->type == KQ_TABLE)
        return join_special(q, x, y);
    return join_lists(q, x, y);
}

/* ---- in place --------------------------------------------------------------------------------- */

static bool replace(struct kq_obj **place, struct kq_obj *v)
{
    if (!v)
        return false;
    kq_unref(*place);
    *place = v;
    return true;
}

/* Is the list of distinct items x one still with those of v after it?  Long lists are
 * not searched: they say no. */
static bool stays_unique(const struct kq_obj *x, const struct kq_obj *v)
{
    enum { COMPARISONS = 1 << 20 };
    int64_t n = kq_count(v);
    if (n && x->n + n > COMPARISONS / n)
        return false;
    for (int64_t j = 0; j < n; j++) {
        for (int64_t i = 0; i < x->n; i++)
            if (kq_compare_at(x, i, v, j) == 0)
                return false;
        for (int64_t i = 0; i < j; i++)
            if (kq_compare_at(v, i, v, j) == 0)
                return false;
    }
    return true;
}

static bool stays_sorted(const struct kq_obj *x, const struct kq_obj *v)
{
    int64_t n = kq_count(v);
    if (x->n && n && kq_compare_at(x, x->n - 1, v, 0) > 0)
        return false;
    for (int64_t i = 1; i < n; i++)
        if (kq_compare_at(v, i - 1, v, i) > 0)
            return false;
    return true;
}

/* The attribute that the list x keeps after the items of v, or the atom v. */
static int attribute_after(const struct kq_obj *x, const struct kq_obj *v)
{
    bool same = x->type != KQ_LIST && (v->type == x->type || v->type == -x->type);
    switch (same ? x->attr : KQ_ATTR_NONE) {
    case KQ_ATTR_GROUPED: return KQ_ATTR_GROUPED;
    case KQ_ATTR_SORTED: return stays_sorted(x, v) ? KQ_ATTR_SORTED : KQ_ATTR_NONE;
    case KQ_ATTR_UNIQUE: return stays_unique(x, v) ? KQ_ATTR_UNIQUE : KQ_ATTR_NONE;
    default: return KQ_ATTR_NONE;
    }
}

bool q_append_item(struct q *q, struct kq_obj **place, struct kq_obj *item)
{
    struct kq_obj *x = *place;
    if (x->type == KQ_TABLE || q_is_enum(x))
        return replace(place, q_join(q, x, item));
    if (x->type == KQ_LIST && !x->n)
        return replace(place, kq_enlist(item));
    if (x->type != KQ_LIST && item->type != -x->type)
        return q_fail(q, "type");
    int attr = attribute_after(x, item);
    if (!q_own(q, place))
        return false;
    (*place)->attr = (uint8_t)attr;
    return kq_push(place, item) || q_fail(q, "wsfull");
}

static bool append_vector(struct q *q, struct kq_obj **place, struct kq_obj *v)
{
    int64_t n = v->n;
    int attr = attribute_after(*place, v);
    kq_ref(v); /* v may be *place itself */
    bool ok = q_own(q, place) && (kq_grow(place, n) || q_fail(q, "wsfull"));
    if (ok) {
        struct kq_obj *x = *place;
        size_t w = kq_elem_size(x->type);
        memcpy(x->u.v.data + (size_t)x->n * w, kq_data(v), (size_t)n * w);
        for (int64_t i = 0; x->type == KQ_LIST && i < n; i++)
            kq_ref(kq_child(v, i));
        x->n += n;
        x->attr = (uint8_t)attr;
    }
    kq_unref(v);
    return ok;
}

bool q_append(struct q *q, struct kq_obj **place, struct kq_obj *v)
{
    struct kq_obj *x = *place;
    if (x->type == KQ_TABLE || kq_is_keyed(x))
        return q_upsert(q, place, v);
    if (x->type < 0 || x->type > KQ_TYPE_MAX || (x->type == KQ_LIST && !x->n))
        return replace(place, q_join(q, *place, v));
    if (x->type == KQ_LIST ? !kq_type_is_list(v->type) : v->type == -x->type)
        return q_append_item(q, place, v);
    if (v->type == x->type)
        return append_vector(q, place, v);
    if (kq_type_is_list(v->type) && !kq_count(v))
        return true;
    if (x->type != KQ_LIST)
        return q_fail(q, "type");
    if (!q_own(q, place))
        return false;
    return push_items(q, place, v);
}

/* ---- raze ----------------------------------------------------------------------------------------- */

/* The simple type of all items together and their count; -1 when they differ. */
static int common_type(const struct kq_obj *x, int64_t *total)
{
    int type = -1;
    *total = 0;
    for (int64_t i = 0; i < x->n; i++) {
        const struct kq_obj *item = kq_child(x, i);
        int t = item_type(item);
        if (t == KQ_LIST || (type >= 0 && t != type))
            return -1;
        type = t;
        *total += items_of(item);
    }
    return type;
}

struct kq_obj *q_raze(struct q *q, struct kq_obj *x)
{
    if (x->type != KQ_LIST)
        return x->type < 0 ? kq_enlist(x) : kq_ref(x);
    int64_t total, at = 0;
    int type = common_type(x, &total);
    if (type > 0) {
        struct kq_obj *r = q_vec(q, type, total);
        for (int64_t i = 0; r && i < x->n; i++) {
            copy_items(r, at, kq_child(x, i));
            at += items_of(kq_child(x, i));
        }
        return r;
    }
    if (!x->n)
        return kq_ref(x);
    struct kq_obj *r = x->n == 1 && kq_child(x, 0)->type < 0 ? kq_ref(x) : kq_ref(kq_child(x, 0));
    for (int64_t i = 1; r && i < x->n; i++) {
        /* The first result is a copy of our own, which later items extend. */
        if (i == 1 || r->type != KQ_LIST)
            r = q_drop(r, q_join(q, r, kq_child(x, i)));
        else if (!q_append(q, &r, kq_child(x, i)))
            r = q_drop(r, NULL);
    }
    return r;
}

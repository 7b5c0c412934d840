/*
 * pervade.c - the recursion of atomic functions.
 */
#include "q/pervade.h"

#include "q/collect.h"
#include "q/core.h"
#include "q/enum.h"
#include "q/merge.h"

#include "obj/cmp.h"

struct binary {
    struct q *q;
    q_leaf2 *leaf;
    const void *op;
    struct kq_obj *absent; /* stands in for a left value that is missing, or NULL */
};

static struct kq_obj *both(const struct binary *f, struct kq_obj *a, struct kq_obj *b);

static bool is_simple(const struct kq_obj *o)
{
    int t = o->type < 0 ? -o->type : o->type;
    return t > 0 && t <= KQ_TYPE_MAX;
}

/* The same for parts of a container, which a leaf must not change in place. */
static struct kq_obj *parts(const struct binary *f, struct kq_obj *a, struct kq_obj *b)
{
    struct kq_obj *r = both(f, kq_ref(a), kq_ref(b));
    kq_unref(a);
    kq_unref(b);
    return r;
}

/* ---- two arguments ---------------------------------------------------------------------- */

/* Item by item, at least one side being a general list. */
static struct kq_obj *lists(const struct binary *f, struct kq_obj *a, struct kq_obj *b)
{
    bool la = kq_type_is_list(a->type), lb = kq_type_is_list(b->type);
    int64_t n = la ? kq_count(a) : kq_count(b);
    if (la && lb && kq_count(b) != n)
        return q_fail(f->q, "length");
    struct q_collect c;
    q_collect_init(&c, f->q, n);
    for (int64_t i = 0; i < n && !q_collect_failed(&c); i++) {
        struct kq_obj *x = la ? q_item(f->q, a, i) : kq_ref(a);
        struct kq_obj *y = lb ? q_item(f->q, b, i) : kq_ref(b);
        q_collect_add_take(&c, parts(f, x, y));
        kq_unref(x);
        kq_unref(y);
    }
    return q_collect_done(&c);
}

/* One dictionary against something that is none: its values. */
static struct kq_obj *one_dict(const struct binary *f, struct kq_obj *a, struct kq_obj *b)
{
    bool left = kq_is_dict(a);
    struct kq_obj *d = left ? a : b;
    struct kq_obj *v = left ? parts(f, kq_values(a), b) : parts(f, a, kq_values(b));
    return q_under_take(f->q, kq_keys(d), v);
}

/* Two with the same keys in the same order, the usual case. */
static struct kq_obj *same_keys(const struct binary *f, struct kq_obj *a, struct kq_obj *b)
{
    struct kq_obj *v = parts(f, kq_values(a), kq_values(b));
    return q_under_take(f->q, kq_keys(a), v);
}

static struct kq_obj *combine(struct q *q, const void *arg, struct kq_obj *x, struct kq_obj *y)
{
    (void)q;
    return parts(arg, x, y);
}

/* A key that only the right side has keeps its value, or meets what stands in. */
static struct kq_obj *pass(struct q *q, const void *arg, struct kq_obj *y)
{
    const struct binary *f = arg;
    (void)q;
    return f->absent ? parts(f, f->absent, y) : kq_ref(y);
}

static struct kq_obj *two_dicts(const struct binary *f, struct kq_obj *a, struct kq_obj *b)
{
    if (kq_identical(kq_keys(a), kq_keys(b)))
        return same_keys(f, a, b);
    struct q_merge how = {combine, pass, f};
    return q_merge_dicts(f->q, a, b, &how);
}

/* A table is a list of columns here. */
static struct kq_obj *tables(const struct binary *f, struct kq_obj *a, struct kq_obj *b)
{
    bool ta = a->type == KQ_TABLE, tb = b->type == KQ_TABLE;
    struct kq_obj *t = ta ? a : b, *other = ta ? b : a;
    if (ta && tb && !kq_identical(kq_names(a), kq_names(b)))
        return q_fail(f->q, "mismatch");
    if (!(ta && tb) && kq_is_dict(other)) /* a dictionary of columns */
        other = q_index(f->q, other, kq_names(t));
    else
        other = kq_ref(other);
    if (!other)
        return NULL;
    struct kq_obj *cols = kq_vec_new(KQ_LIST, kq_names(t)->n);
    bool ok = true;
    for (int64_t i = 0; ok && i < cols->n; i++) {
        struct kq_obj *c = kq_child(kq_columns(t), i), *o;
        if (ta && tb)
            o = kq_ref(kq_child(kq_columns(b), i));
        else
            o = kq_is_dict(ta ? b : a) ? q_item(f->q, other, i) : kq_ref(other);
        kq_items(cols)[i] = !o ? NULL : ta ? parts(f, c, o) : parts(f, o, c);
        kq_unref(o);
        ok = kq_child(cols, i);
    }
    kq_unref(other);
    return q_drop(cols, ok ? kq_table(kq_names(t), cols) : NULL);
}

static struct kq_obj *enums(const struct binary *f, struct kq_obj *a, struct kq_obj *b)
{
    struct kq_obj *x = q_unenum(f->q, a), *y = x ? q_unenum(f->q, b) : NULL;
    struct kq_obj *r = y ? both(f, x, y) : NULL;
    kq_unref(x);
    return q_drop(y, r);
}

static struct kq_obj *both(const struct binary *f, struct kq_obj *a, struct kq_obj *b)
{
    if (is_simple(a) && is_simple(b)) {
        if (a->type > 0 && b->type > 0 && a->n != b->n)
            return q_fail(f->q, "length");
        return f->leaf(f->q, a, b, f->op);
    }
    if (q_too_deep(f->q))
        return NULL;
    if (kq_is_dict(a) || kq_is_dict(b)) {
        if (kq_is_dict(a) && kq_is_dict(b))
            return two_dicts(f, a, b);
        if (a->type != KQ_TABLE && b->type != KQ_TABLE)
            return one_dict(f, a, b);
    }
    if (a->type == KQ_TABLE || b->type == KQ_TABLE)
        return tables(f, a, b);
    if (q_is_enum(a) || q_is_enum(b))
        return enums(f, a, b);
    if (a->type == KQ_LIST || b->type == KQ_LIST)
        return lists(f, a, b);
    return q_fail(f->q, "type");
}

struct kq_obj *q_pervade2(struct q *q, struct kq_obj *a, struct kq_obj *b, q_leaf2 *leaf,
                          const void *op)
{
    struct binary f = {q, leaf, op, NULL};
    return both(&f, a, b);
}

struct kq_obj *q_pervade2_absent(struct q *q, struct kq_obj *a, struct kq_obj *b, q_leaf2 *leaf,
                                 const void *op, struct kq_obj *absent)
{
    struct binary f = {q, leaf, op, absent};
    return both(&f, a, b);
}

/* ---- one argument ------------------------------------------------------------------------- */

static struct kq_obj *part(struct q *q, struct kq_obj *a, q_leaf1 *leaf, const void *op)
{
    return q_drop(a, q_pervade1(q, kq_ref(a), leaf, op));
}

static struct kq_obj *each(struct q *q, struct kq_obj *a, q_leaf1 *leaf, const void *op)
{
    struct q_collect c;
    q_collect_init(&c, q, a->n);
    for (int64_t i = 0; i < a->n && !q_collect_failed(&c); i++)
        q_collect_add_take(&c, part(q, kq_child(a, i), leaf, op));
    return q_collect_done(&c);
}

static struct kq_obj *columns(struct q *q, struct kq_obj *t, q_leaf1 *leaf, const void *op)
{
    struct kq_obj *cols = kq_vec_new(KQ_LIST, kq_names(t)->n);
    for (int64_t i = 0; i < cols->n; i++) {
        kq_items(cols)[i] = part(q, kq_child(kq_columns(t), i), leaf, op);
        if (!kq_child(cols, i))
            return q_drop(cols, NULL);
    }
    return q_drop(cols, kq_table(kq_names(t), cols));
}

struct kq_obj *q_pervade1(struct q *q, struct kq_obj *a, q_leaf1 *leaf, const void *op)
{
    if (is_simple(a))
        return leaf(q, a, op);
    if (q_too_deep(q))
        return NULL;
    if (a->type == KQ_LIST)
        return each(q, a, leaf, op);
    if (a->type == KQ_TABLE)
        return columns(q, a, leaf, op);
    struct kq_obj *r;
    if (kq_is_dict(a)) {
        r = part(q, kq_values(a), leaf, op);
        return q_under_take(q, kq_keys(a), r);
    }
    if (!q_is_enum(a))
        return q_fail(q, "type");
    struct kq_obj *symbols = q_unenum(q, a);
    r = symbols ? leaf(q, symbols, op) : NULL;
    return q_drop(symbols, r);
}

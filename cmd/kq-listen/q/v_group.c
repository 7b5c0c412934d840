/*
 * v_group.c - xgroup and fby, on top of group.c.
 */
#include "q/collect.h"
#include "q/core.h"
#include "q/group.h"
#include "q/verb.h"

/* ---- xgroup -------------------------------------------------------------------------- */

/* Names given as a symbol or several; 'type for anything else but (). */
static struct kq_obj *names_of(struct q *q, struct kq_obj *x)
{
    if (x->type == -KQ_SYMBOL)
        return kq_enlist(x);
    if (x->type == KQ_LIST && !x->n)
        return kq_vec_new(KQ_SYMBOL, 0);
    return x->type == KQ_SYMBOL ? kq_ref(x) : q_fail(q, "type");
}

/* Those columns of a table; fails with the name of one that is
 * not there. */
static struct kq_obj *pick(struct q *q, struct kq_obj *t, struct kq_obj *names)
{
    struct kq_obj *cols = kq_vec_new(KQ_LIST, names->n);
    for (int64_t i = 0; i < names->n; i++) {
        const char *name = kq_syms(names)[i];
        int64_t c = kq_column_find(t, name, kq_sym_len(name));
        if (c < 0)
            return q_drop(cols, q_fail(q, name));
        kq_items(cols)[i] = kq_ref(kq_child(kq_columns(t), c));
    }
    return q_drop(cols, kq_table(names, cols));
}

/* Every column as the list of its parts, one for each group. */
static struct kq_obj *nested(struct q *q, struct kq_obj *t, const struct kq_obj *order,
                             const struct kq_obj *starts)
{
    struct kq_obj *cols = kq_vec_new(KQ_LIST, kq_names(t)->n);
    const int64_t *at = kq_longs(order), *s = kq_longs(starts);
    for (int64_t c = 0; c < cols->n; c++) {
        struct q_collect parts;
        q_collect_init(&parts, q, starts->n - 1);
        for (int64_t k = 0; k + 1 < starts->n && !q_collect_failed(&parts); k++)
            q_collect_add_take(&parts,
                               q_gather(q, kq_child(kq_columns(t), c), at + s[k], s[k + 1] - s[k]));
        kq_items(cols)[c] = q_collect_done(&parts);
        if (!kq_child(cols, c))
            return q_drop(cols, NULL);
    }
    return q_drop(cols, kq_table(kq_names(t), cols));
}

/* The names of the columns that are not among `names`. */
static struct kq_obj *other_names(const struct kq_obj *t, const struct kq_obj *names)
{
    struct kq_obj *r = kq_vec_new(KQ_SYMBOL, 0);
    for (int64_t c = 0; c < kq_names(t)->n; c++) {
        bool there = false;
        for (int64_t i = 0; i < names->n; i++)
            there = there || kq_syms(names)[i] == kq_syms(kq_names(t))[c];
        struct kq_obj *sym = kq_at(kq_names(t), c);
        if (!there)
            kq_push(&r, sym);
        kq_unref(sym);
    }
    return r;
}

static struct kq_obj *grouped(struct q *q, struct kq_obj *key, struct kq_obj *rest)
{
    struct q_groups g;
    struct kq_obj *starts = NULL, *order = NULL, *left = NULL, *right = NULL, *r = NULL;
    if (!q_groups_init(q, &g, kq_columns(key), kq_count(key), false))
        return NULL;
    order = q_groups_order(q, &g, &starts);
    if (order && starts)
        left = q_gather(q, key, kq_longs(g.first), g.n);
    right = left ? nested(q, rest, order, starts) : NULL;
    r = right ? kq_dict(left, right) : NULL;
    q_groups_release(&g);
    kq_unref(starts);
    kq_unref(order);
    kq_unref(left);
    return q_drop(right, r);
}

/* x xgroup y: a row for each value of the columns x, the others nested. */
static struct kq_obj *v_xgroup(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *names = names_of(q, a[0]), *t = names ? kq_unkey(a[1]) : NULL;
    if (!t)
        return q_drop(names, names ? q_fail(q, "type") : NULL);
    struct kq_obj *key = pick(q, t, names), *others = other_names(t, names);
    struct kq_obj *rest = key ? pick(q, t, others) : NULL;
    struct kq_obj *r = rest ? grouped(q, key, rest) : NULL;
    kq_unref(names);
    kq_unref(t);
    kq_unref(key);
    kq_unref(others);
    return q_drop(rest, r);
}

/* ---- fby ------------------------------------------------------------------------------------------------- */

static struct kq_obj *each_group(struct q *q, const struct q_groups *g, struct kq_obj *f,
                                 struct kq_obj *x)
{
    struct kq_obj *starts, *order = q_groups_order(q, g, &starts), *r = NULL;
    if (order && starts) {
        struct q_collect c;
        q_collect_init(&c, q, g->n);
        for (int64_t k = 0; k < g->n && !q_collect_failed(&c); k++) {
            int64_t from = kq_longs(starts)[k], n = kq_longs(starts)[k + 1] - from;
            struct kq_obj *part = q_gather(q, x, kq_longs(order) + from, n);
            q_collect_add_take(&c, part ? q_apply1(q, f, part) : NULL);
            kq_unref(part);
        }
        r = q_collect_done(&c);
    }
    kq_unref(starts);
    return q_drop(order, r);
}

/* (f;x) fby y: f of each group of x, in the place of every row. */
static struct kq_obj *v_fby(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *x = a[0], *y = a[1];
    if (x->type != KQ_LIST || x->n != 2)
        return q_fail(q, "type");
    struct kq_obj *f = kq_child(x, 0), *data = kq_child(x, 1);
    if (!kq_type_is_list(y->type) && y->type != KQ_TABLE)
        return q_fail(q, "type");
    if (kq_count(data) != kq_count(y))
        return q_fail(q, "length");
    struct kq_obj *cols = y->type == KQ_TABLE ? kq_ref(kq_columns(y)) : kq_list_of(1, kq_ref(y));
    struct q_groups g;
    struct kq_obj *r = NULL;
    if (q_groups_init(q, &g, cols, kq_count(y), false)) {
        struct kq_obj *v = q_groups_fold(q, &g, q_agg_of(f), data);
        v = v ? v : each_group(q, &g, f, data);
        r = v ? q_drop(v, q_groups_spread(q, &g, v)) : NULL;
        q_groups_release(&g);
    }
    return q_drop(cols, r);
}

const struct q_verb q_verbs_group[] = {
    {"xgroup", 2, 2, v_xgroup},
    {"fby", 2, 2, v_fby},
    {NULL, 0, 0, NULL},
};

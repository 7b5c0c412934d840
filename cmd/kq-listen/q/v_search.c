/*
 * v_search.c - finding, grouping and picking out items.
 */
#include "q/collect.h"
#include "q/core.h"
#include "q/enum.h"
#include "q/fsql.h"
#include "q/hash.h"
#include "q/random.h"
#include "q/verb.h"

/* ---- where, distinct, group -------------------------------------------------------------- */

/* Positions of true items; of counts, each position that often. */
static struct kq_obj *where_list(struct q *q, const struct kq_obj *x)
{
    int64_t total = 0, at = 0;
    bool flags = x->type == KQ_BOOLEAN;
    for (int64_t i = 0; i < x->n; i++) {
        int64_t k = flags ? kq_data(x)[i] : kq_int_at(x, i);
        if (__builtin_add_overflow(total, k > 0 ? k : 0, &total))
            return q_fail(q, "wsfull");
    }
    struct kq_obj *r = q_vec(q, KQ_LONG, total);
    if (!r)
        return NULL;
    int64_t *d = kq_longs(r);
    if (flags) {
        const uint8_t *b = kq_data(x);
        for (int64_t i = 0; at < total; i++) {
            d[at] = i; /* always written, kept when the flag is set */
            at += b[i];
        }
        return r;
    }
    for (int64_t i = 0; i < x->n; i++) {
        for (int64_t k = kq_int_at(x, i); k > 0; k--)
            d[at++] = i;
    }
    return r;
}

static struct kq_obj *v_where(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *x = a[0];
    if (kq_is_dict(x)) {
        struct kq_obj *at = v_where(q, &kq_items(x)[1], 1);
        struct kq_obj *r = at ? q_index(q, kq_keys(x), at) : NULL;
        return q_drop(at, r);
    }
    if (x->type == KQ_LIST && !x->n)
        return q_vec(q, KQ_LONG, 0);
    bool whole = x->type == KQ_BOOLEAN || (x->type >= KQ_BYTE && x->type <= KQ_LONG);
    return whole ? where_list(q, x) : q_fail(q, "type");
}

static struct kq_obj *v_distinct(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *x = a[0];
    if (kq_is_dict(x))
        x = kq_values(x);
    if (!kq_type_is_list(x->type) && x->type != KQ_TABLE)
        return q_fail(q, "type");
    struct kq_obj *first = q_firsts(q, x);
    int64_t m = 0, *at = first ? kq_longs(first) : NULL;
    for (int64_t i = 0; first && i < first->n; i++) {
        if (at[i] == i)
            at[m++] = i;
    }
    return first ? q_drop(first, q_gather(q, x, at, m)) : NULL;
}

static struct kq_obj *group_positions(struct q *q, const struct kq_obj *ranks,
                                      const struct kq_obj *counts)
{
    struct kq_obj *r = q_vec(q, KQ_LIST, counts->n);
    for (int64_t g = 0; r && g < counts->n; g++) {
        kq_items(r)[g] = q_tick(q) ? q_vec(q, KQ_LONG, kq_longs(counts)[g]) : NULL;
        if (!kq_child(r, g))
            return q_drop(r, NULL);
        kq_child(r, g)->n = 0;
    }
    for (int64_t i = 0; r && i < ranks->n; i++) {
        struct kq_obj *g = kq_child(r, kq_longs(ranks)[i]);
        kq_longs(g)[g->n++] = i;
    }
    return r;
}

static struct kq_obj *group_list(struct q *q, struct kq_obj *x)
{
    struct kq_obj *ranks, *heads, *counts, *d = NULL;
    if (!q_ranks(q, x, &ranks, &heads, &counts))
        return NULL;
    struct kq_obj *at = group_positions(q, ranks, counts);
    struct kq_obj *keys = at ? q_gather(q, x, kq_longs(heads), heads->n) : NULL;
    if (keys)
        d = kq_dict(keys, at);
    kq_unref(ranks);
    kq_unref(heads);
    kq_unref(counts);
    kq_unref(at);
    return q_drop(keys, d);
}

static struct kq_obj *v_group(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *x = a[0];
    if (kq_is_dict(x)) { /* keys instead of positions */
        struct kq_obj *g = group_list(q, kq_values(x));
        struct kq_obj *v = g ? q_index(q, kq_keys(x), kq_values(g)) : NULL;
        struct kq_obj *r = v ? kq_dict(kq_keys(g), v) : NULL;
        kq_unref(g);
        return q_drop(v, r);
    }
    if (!kq_type_is_list(x->type) && x->type != KQ_TABLE)
        return q_fail(q, "type");
    return group_list(q, x);
}

/* ---- ? ------------------------------------------------------------------------------------------ */

static struct kq_obj *find_dict(struct q *q, struct kq_obj *d, struct kq_obj *y)
{
    struct kq_obj *at = q_find(q, kq_values(d), y);
    struct kq_obj *r = at ? q_index(q, kq_keys(d), at) : NULL;
    return q_drop(at, r);
}

/* ?[flags;x;y]: x where the flag is set, else y. */
static struct kq_obj *choose(struct q *q, struct kq_obj *flags, struct kq_obj *x, struct kq_obj *y)
{
    if (flags->type == -KQ_BOOLEAN)
        return kq_ref(flags->u.j ? x : y);
    if (flags->type != KQ_BOOLEAN)
        return q_fail(q, "type");
    bool lx = kq_type_is_list(x->type), ly = kq_type_is_list(y->type);
    if ((lx && kq_count(x) != flags->n) || (ly && kq_count(y) != flags->n))
        return q_fail(q, "length");
    struct q_collect c;
    q_collect_init(&c, q, flags->n);
    for (int64_t i = 0; i < flags->n && !q_collect_failed(&c); i++) {
        struct kq_obj *from = kq_data(flags)[i] ? x : y;
        q_collect_add_take(&c, kq_type_is_list(from->type) ? q_item(q, from, i) : kq_ref(from));
    }
    return q_collect_done(&c);
}

static struct kq_obj *v_query(struct q *q, struct kq_obj **a, int n)
{
    if (n == 3)
        return kq_type_is_list(a[0]->type) || a[0]->type == -KQ_BOOLEAN
                   ? choose(q, a[0], a[1], a[2])
                   : q_fail(q, "type");
    if (n > 3)
        return q_fsql_select(q, a, n);
    if (a[0]->type == -KQ_SYMBOL && *kq_sym_text(a[0]))
        return q_enum_extend(q, kq_sym_text(a[0]), a[1]);
    if (kq_is_dict(a[0]))
        return find_dict(q, a[0], a[1]);
    if (a[0]->type < 0)
        return q_roll(q, a[0], a[1]);
    return q_find(q, a[0], a[1]);
}

/* ---- in ----------------------------------------------------------------------------------------- */

/* A long or longs from find: is there such an item? */
static struct kq_obj *found(struct q *q, struct kq_obj *at, int64_t count)
{
    if (at->type == -KQ_LONG)
        return kq_bool(at->u.j < count);
    if (at->type == KQ_LIST) {
        struct q_collect c;
        q_collect_init(&c, q, at->n);
        for (int64_t i = 0; i < at->n && !q_collect_failed(&c); i++)
            q_collect_add_take(&c, found(q, kq_child(at, i), count));
        return q_collect_done(&c);
    }
    struct kq_obj *r = q_vec(q, KQ_BOOLEAN, at->n);
    for (int64_t i = 0; r && i < at->n; i++)
        r->u.v.data[i] = kq_longs(at)[i] < count;
    return r;
}

static bool differs(const struct kq_obj *x, const struct kq_obj *y)
{
    int tx = x->type < 0 ? -x->type : x->type, ty = y->type < 0 ? -y->type : y->type;
    return tx != ty && tx && ty && tx <= KQ_TYPE_MAX && ty <= KQ_TYPE_MAX;
}

/* x in y: an atom or single item as y is compared as it is. */
static struct kq_obj *v_in(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *x = a[0], *y = kq_is_dict(a[1]) && !kq_is_keyed(a[1]) ? kq_values(a[1]) : a[1];
    if (kq_is_dict(x) && !kq_is_dict(y) && y->type != KQ_TABLE) {
        struct kq_obj *args[2] = {kq_values(x), y}, *r = v_in(q, args, 2);
        return q_under_take(q, kq_keys(x), r);
    }
    if (y->type < 0 && differs(x, y))
        return q_call(q, "=", 2, x, y);
    if (y->type < 0) { /* exact where = is tolerant */
        struct kq_obj *args[2] = {x, kq_enlist(y)};
        return q_drop(args[1], v_in(q, args, 2));
    }
    if (differs(x, y) && y->n == 1) {
        struct kq_obj *one = kq_at(y, 0);
        return q_drop(one, q_call(q, "=", 2, x, one));
    }
    struct kq_obj *at = q_find(q, kq_is_keyed(y) ? kq_keys(y) : y, x);
    return at ? q_drop(at, found(q, at, kq_count(y))) : NULL;
}

/* Neighbours that differ; the first item always does. */
static struct kq_obj *v_differ(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *x = a[0];
    if (kq_is_dict(x)) {
        struct kq_obj *r = v_differ(q, &kq_items(x)[1], 1);
        return q_under_take(q, kq_keys(x), r);
    }
    if (!kq_type_is_list(x->type) && x->type != KQ_TABLE)
        return q_fail(q, "type");
    struct kq_obj *r = q_vec(q, KQ_BOOLEAN, kq_count(x));
    for (int64_t i = 0; r && i < r->n; i++)
        r->u.v.data[i] = i == 0 || !q_same_item(x, i, x, i - 1);
    return r;
}

const struct q_verb q_verbs_search[] = {
    {"in", 2, 2, v_in},       {"differ", 1, 1, v_differ}, {"&:", 1, 1, v_where},
    {"?:", 1, 1, v_distinct}, {"=:", 1, 1, v_group},      {"?", 2, 6, v_query},
    {NULL, 0, 0, NULL},
};

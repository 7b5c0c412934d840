/*
 * v_sort.c - ordering: grades, sorting, ranks and binary search.
 *
 * Everything is a grade (a permutation of positions) first.  Whole numbers are
 * graded by a radix sort of their bits, everything else by a stable merge sort.
 */
#include "q/collect.h"
#include "q/core.h"
#include "q/enum.h"
#include "q/sort.h"
#include "q/verb.h"

#include "obj/cmp.h"

static bool is_list(const struct kq_obj *x)
{
    return kq_type_is_list(x->type) || x->type == KQ_TABLE;
}

/* ---- grades ---------------------------------------------------------------------------- */

static struct kq_obj *grade(struct q *q, struct kq_obj *x, bool down)
{
    if (kq_is_dict(x)) { /* keys in the order of the values */
        struct kq_obj *at = grade(q, kq_values(x), down);
        struct kq_obj *r = at ? q_index(q, kq_keys(x), at) : NULL;
        return q_drop(at, r);
    }
    return is_list(x) ? q_grade(q, x, down) : q_fail(q, x->type < 0 ? "rank" : "type");
}

static struct kq_obj *v_iasc(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return grade(q, a[0], false);
}

/* >:x is idesc, and closes a handle. */
static struct kq_obj *v_idesc(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    int64_t handle;
    if (a[0]->type < 0 && q_integer(a[0], &handle)) {
        if (!q->host.close)
            return q_fail(q, "access");
        return q->host.close(q->host.arg, q, handle) ? kq_generic_null() : NULL;
    }
    return grade(q, a[0], true);
}

/* ---- sorting --------------------------------------------------------------------------------- */

static struct kq_obj *reorder(struct q *q, struct kq_obj *x, struct kq_obj *at)
{
    return at ? q_drop(at, q_gather(q, x, kq_longs(at), at->n)) : NULL;
}

static struct kq_obj *sort_list(struct q *q, struct kq_obj *x, bool down)
{
    struct kq_obj *r = x->type > 0 && x->type <= KQ_TYPE_MAX ? q_sort_values(q, x, down) : NULL;
    return r ? r : reorder(q, x, q_grade(q, x, down));
}

static struct kq_obj *sort_dict(struct q *q, struct kq_obj *d, bool down)
{
    struct kq_obj *r = reorder(q, d, q_grade(q, kq_values(d), down));
    if (r && !down && kq_values(r)->type > 0)
        kq_values(r)->attr = KQ_ATTR_SORTED;
    return r;
}

/* A table by all its columns, the first one marked. */
static struct kq_obj *sort_table(struct q *q, struct kq_obj *t, bool down)
{
    struct kq_obj *r = reorder(q, t, q_grade(q, t, down));
    if (!r || down)
        return r;
    struct kq_obj *first = kq_child(kq_columns(r), 0);
    if (first->type > 0 && first->type <= KQ_TYPE_MAX)
        first->attr = kq_names(r)->n > 1 ? KQ_ATTR_PARTED : KQ_ATTR_SORTED;
    return r;
}

static bool is_sorted(const struct kq_obj *x)
{
    for (int64_t i = 1; i < x->n; i++) {
        if (kq_compare_at(x, i - 1, x, i) > 0)
            return false;
    }
    return true;
}

static struct kq_obj *v_asc(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *x = a[0];
    if (kq_is_dict(x))
        return sort_dict(q, x, false);
    if (x->type == KQ_TABLE)
        return sort_table(q, x, false);
    if (!is_list(x))
        return q_fail(q, x->type < 0 ? "rank" : "type");
    if (x->type > 0 && x->type <= KQ_TYPE_MAX && is_sorted(x)) { /* as q does, in place */
        x->attr = x->n ? KQ_ATTR_SORTED : x->attr;
        return kq_ref(x);
    }
    struct kq_obj *r = sort_list(q, x, false);
    if (r && r->type >= 0)
        r->attr = KQ_ATTR_SORTED;
    return r;
}

static struct kq_obj *v_desc(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *x = a[0];
    if (kq_is_dict(x))
        return sort_dict(q, x, true);
    if (!is_list(x))
        return q_fail(q, x->type < 0 ? "rank" : "type");
    return x->type == KQ_TABLE ? sort_table(q, x, true) : sort_list(q, x, true);
}

/* Where each item would go: the inverse of the grade. */
static struct kq_obj *rank(struct q *q, struct kq_obj *x)
{
    if (kq_is_dict(x)) /* whose grade is of keys */
        return q_fail(q, "type");
    struct kq_obj *at = grade(q, x, false), *r = at ? q_vec(q, KQ_LONG, at->n) : NULL;
    for (int64_t i = 0; r && i < at->n; i++)
        kq_longs(r)[kq_longs(at)[i]] = i;
    return q_drop(at, r);
}

static struct kq_obj *v_rank(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return rank(q, a[0]);
}

/* n xrank x: which of n buckets of equal size. */
static struct kq_obj *v_xrank(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    int64_t buckets;
    if (!q_integer(a[0], &buckets) || buckets < 0)
        return q_fail(q, "type");
    struct kq_obj *r = rank(q, a[1]);
    for (int64_t i = 0; r && i < r->n; i++)
        kq_longs(r)[i] = (int64_t)((__int128)kq_longs(r)[i] * buckets / r->n);
    return r;
}

/* ---- binary search ------------------------------------------------------------------------------ */

/* Position of the last item that is not greater than item j of y (right: of the
 * first that is not less), -1 (count) outside. */
static int64_t search(const struct kq_obj *x, const struct kq_obj *y, int64_t j, bool right)
{
    int64_t lo = 0, hi = kq_count(x);
    while (lo < hi) {
        int64_t mid = lo + (hi - lo) / 2;
        int c = kq_compare_at(x, mid, y, j);
        if (right ? c < 0 : c <= 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return right ? lo : lo - 1;
}

static struct kq_obj *bin(struct q *q, struct kq_obj *x, struct kq_obj *y, bool right);

static struct kq_obj *bin_each(struct q *q, struct kq_obj *x, struct kq_obj *y, bool right)
{
    if (q_too_deep(q))
        return NULL;
    struct q_collect c;
    q_collect_init(&c, q, y->n);
    for (int64_t i = 0; i < y->n && !q_collect_failed(&c); i++)
        q_collect_add_take(&c, bin(q, x, kq_child(y, i), right));
    return q_collect_done(&c);
}

/* A whole item of a general list. */
static struct kq_obj *bin_item(struct kq_obj *x, struct kq_obj *y, bool right)
{
    struct kq_obj *one = kq_list_of(1, kq_ref(y));
    return q_drop(one, kq_long(search(x, one, 0, right)));
}

static struct kq_obj *bin(struct q *q, struct kq_obj *x, struct kq_obj *y, bool right)
{
    if (kq_is_dict(x)) {
        struct kq_obj *at = bin(q, kq_values(x), y, right);
        struct kq_obj *r = at ? q_index(q, kq_keys(x), at) : NULL;
        return q_drop(at, r);
    }
    if (!kq_type_is_list(x->type) || q_is_enum(x))
        return q_fail(q, "type");
    if (x->type == KQ_LIST && (y->type != KQ_LIST || !x->n || kq_child(x, 0)->type < 0))
        return bin_item(x, y, right);
    if (y->type == KQ_LIST)
        return bin_each(q, x, y, right);
    struct kq_obj *same = q_match_type(q, x, y);
    if (!same)
        return NULL;
    if (same->type < 0)
        return q_drop(same, kq_long(search(x, same, 0, right)));
    struct kq_obj *r = q_vec(q, KQ_LONG, same->n);
    for (int64_t i = 0; r && i < same->n; i++)
        kq_longs(r)[i] = search(x, same, i, right);
    return q_drop(same, r);
}

static struct kq_obj *v_bin(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return bin(q, a[0], a[1], false);
}

static struct kq_obj *v_binr(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return bin(q, a[0], a[1], true);
}

const struct q_verb q_verbs_sort[] = {
    {"<:", 1, 1, v_iasc},   {">:", 1, 1, v_idesc},  {"asc", 1, 1, v_asc},
    {"desc", 1, 1, v_desc}, {"rank", 1, 1, v_rank}, {"xrank", 2, 2, v_xrank},
    {"bin", 2, 2, v_bin},   {"binr", 2, 2, v_binr}, {NULL, 0, 0, NULL},
};

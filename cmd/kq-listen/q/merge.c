/*
 * merge.c - all values that occur are put one behind the other (those of x, of
 * the keys in common, of the new keys); the result picks from them by position.
 */
#include "q/merge.h"

#include "q/core.h"
#include "q/hash.h"

/* The keys of y sorted into those that x has and those that it has not. */
struct split {
    struct kq_obj *found;  /* position in x of each key of y, count of x if new */
    struct kq_obj *common; /* positions in y */
    struct kq_obj *fresh;
};

static void release(struct split *s)
{
    kq_unref(s->found);
    kq_unref(s->common);
    kq_unref(s->fresh);
}

static bool split(struct q *q, struct kq_obj *x, struct kq_obj *y, struct split *s)
{
    int64_t n = kq_count(x), m = kq_count(y);
    *s = (struct split){.found = q_find_key(q, x, y)};
    if (s->found && s->found->type != KQ_LONG)
        q_fail(q, "type");
    else if (s->found)
        s->common = q_vec(q, KQ_LONG, m);
    s->fresh = s->common ? q_vec(q, KQ_LONG, m) : NULL;
    if (!s->fresh)
        return false;
    s->common->n = s->fresh->n = 0;
    for (int64_t j = 0; j < m; j++) {
        struct kq_obj *to = kq_longs(s->found)[j] < n ? s->common : s->fresh;
        kq_longs(to)[to->n++] = j;
    }
    return true;
}

static struct kq_obj *pick(struct q *q, struct kq_obj *x, const struct kq_obj *at)
{
    return q_gather(q, x, kq_longs(at), at->n);
}

/* The values of x, of the common keys and of the new ones, one after the other. */
static struct kq_obj *all_values(struct q *q, struct kq_obj *x, struct kq_obj *y,
                                 const struct split *s, const struct q_merge *how)
{
    struct kq_obj *at = q_vec(q, KQ_LONG, s->common->n);
    for (int64_t c = 0; at && c < at->n; c++)
        kq_longs(at)[c] = kq_longs(s->found)[kq_longs(s->common)[c]];
    struct kq_obj *xs = at ? pick(q, x, at) : NULL, *ys = xs ? pick(q, y, s->common) : NULL;
    struct kq_obj *both = ys ? how->both(q, how->arg, xs, ys) : NULL;
    struct kq_obj *rest = both ? pick(q, y, s->fresh) : NULL;
    struct kq_obj *fresh = rest ? how->fresh(q, how->arg, rest) : NULL;
    struct kq_obj *head = fresh ? q_join(q, x, both) : NULL;
    struct kq_obj *all = head ? q_join(q, head, fresh) : NULL;
    struct kq_obj *done[] = {at, xs, ys, both, rest, fresh, head};
    for (size_t i = 0; i < sizeof done / sizeof *done; i++)
        kq_unref(done[i]);
    return all;
}

/* Where the value of each key of the result stands among all values. */
static struct kq_obj *positions(struct q *q, int64_t n, const struct split *s,
                                const struct kq_obj *first, int64_t distinct)
{
    struct kq_obj *at = q_vec(q, KQ_LONG, n + distinct);
    int64_t groups = 0;
    if (!at)
        return NULL;
    for (int64_t i = 0; i < n; i++)
        kq_longs(at)[i] = i;
    for (int64_t c = 0; c < s->common->n; c++)
        kq_longs(at)[kq_longs(s->found)[kq_longs(s->common)[c]]] = n + c;
    for (int64_t f = 0; f < s->fresh->n; f++) {
        int64_t rank = kq_longs(first)[f] == f ? groups++ : kq_longs(first)[kq_longs(first)[f]];
        kq_longs(first)[f] = rank; /* later equals find their rank here */
        kq_longs(at)[n + rank] = n + s->common->n + f;
    }
    return at;
}

static struct kq_obj *merge(struct q *q, struct kq_obj *x, struct kq_obj *y, const struct split *s,
                            const struct q_merge *how)
{
    struct kq_obj *fresh = pick(q, kq_keys(y), s->fresh),
                  *first = fresh ? q_firsts(q, fresh) : NULL;
    struct kq_obj *heads = first ? q_call(q, "distinct", 1, fresh) : NULL;
    struct kq_obj *keys = heads ? q_join(q, kq_keys(x), heads) : NULL;
    struct kq_obj *all = keys ? all_values(q, kq_values(x), kq_values(y), s, how) : NULL;
    struct kq_obj *at = all ? positions(q, kq_count(kq_keys(x)), s, first, kq_count(heads)) : NULL;
    struct kq_obj *values = at ? pick(q, all, at) : NULL;
    struct kq_obj *d = values ? kq_dict(keys, values) : NULL;
    struct kq_obj *done[] = {fresh, first, heads, keys, all, at, values};
    for (size_t i = 0; i < sizeof done / sizeof *done; i++)
        kq_unref(done[i]);
    return d;
}

struct kq_obj *q_merge_dicts(struct q *q, struct kq_obj *x, struct kq_obj *y,
                             const struct q_merge *how)
{
    struct split s;
    if (!kq_count(kq_keys(y)))
        return kq_ref(x);
    struct kq_obj *d = split(q, kq_keys(x), kq_keys(y), &s) ? merge(q, x, y, &s, how) : NULL;
    release(&s);
    return d;
}

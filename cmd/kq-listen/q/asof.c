/*
 * asof.c - a hash table finds the group, bisection the place in it.
 */
#include "q/asof.h"

#include "q/core.h"
#include "q/enum.h"
#include "q/sort.h"

#include "obj/cmp.h"

/* Columns `names` of t but the last as a table of plain values. */
static struct kq_obj *equal_columns(struct q *q, struct kq_obj *t, struct kq_obj *names)
{
    struct kq_obj *equal = kq_slice(names, 0, names->n - 1), *cols = q_index(q, t, equal);
    struct kq_obj *sub = cols ? kq_table(equal, cols) : NULL;
    struct kq_obj *plain = sub ? q_unenum_deep(q, sub) : NULL;
    kq_unref(equal);
    kq_unref(cols);
    return q_drop(sub, plain);
}

static struct kq_obj *last_column(struct q *q, struct kq_obj *t, struct kq_obj *names)
{
    struct kq_obj *name = kq_at(names, names->n - 1), *c = q_index(q, t, name);
    struct kq_obj *plain = c ? q_unenum(q, c) : NULL;
    kq_unref(name);
    kq_unref(c);
    return plain;
}

/* The group of row i, by its first row; without keys there is one group. */
static int64_t first_of(struct q_asof *s, int64_t i)
{
    return kq_names(s->keys)->n ? q_hash_add(&s->hash, i) : 0;
}

static void lay_out(struct q_asof *s, struct kq_obj *first, int64_t n)
{
    int64_t *start = kq_longs(s->start), *count = kq_longs(s->count), at = 0;
    memset(count, 0, (size_t)n * sizeof *count);
    for (int64_t i = 0; i < n; i++) {
        kq_longs(first)[i] = first_of(s, i);
        count[kq_longs(first)[i]]++;
    }
    for (int64_t i = 0; i < n; i++) {
        if (kq_longs(first)[i] == i) {
            start[i] = at;
            at += count[i];
            count[i] = 0;
        }
    }
    for (int64_t i = 0; i < n; i++) {
        int64_t f = kq_longs(first)[i];
        kq_longs(s->order)[start[f] + count[f]++] = i;
    }
}

bool q_asof_init(struct q *q, struct q_asof *s, struct kq_obj *z, struct kq_obj *names)
{
    int64_t n = kq_count(z);
    *s = (struct q_asof){.keys = equal_columns(q, z, names)};
    s->time = s->keys ? last_column(q, z, names) : NULL;
    s->order = s->time ? q_vec(q, KQ_LONG, n) : NULL;
    s->start = s->order ? q_vec(q, KQ_LONG, n) : NULL;
    s->count = s->start ? q_vec(q, KQ_LONG, n) : NULL;
    struct kq_obj *first = s->count ? q_vec(q, KQ_LONG, n) : NULL;
    bool ok = first && q_hash_init(q, &s->hash, s->keys, n);
    if (ok)
        lay_out(s, first, n);
    kq_unref(first);
    return ok;
}

void q_asof_release(struct q_asof *s)
{
    q_hash_release(&s->hash);
    kq_unref(s->keys);
    kq_unref(s->time);
    kq_unref(s->order);
    kq_unref(s->start);
    kq_unref(s->count);
}

bool q_asof_probe(struct q *q, const struct q_asof *s, struct kq_obj *x, struct kq_obj *names,
                  struct kq_obj **keys, struct kq_obj **time)
{
    struct kq_obj *own = last_column(q, x, names);
    *keys = own ? equal_columns(q, x, names) : NULL;
    *time = *keys ? q_match_type(q, s->time, own) : NULL;
    kq_unref(own);
    return *time;
}

struct q_asof_group q_asof_group(const struct q_asof *s, const struct kq_obj *keys, int64_t i)
{
    struct q_asof_group none = {0, 0};
    if (!s->order->n)
        return none;
    int64_t first = kq_names(keys)->n ? q_hash_find(&s->hash, keys, i) : 0;
    if (first < 0)
        return none;
    return (struct q_asof_group){kq_longs(s->start)[first], kq_longs(s->count)[first]};
}

int64_t q_asof_count(const struct q_asof *s, struct q_asof_group g, const struct kq_obj *time,
                     int64_t i, bool before)
{
    const int64_t *order = kq_longs(s->order) + g.from;
    int64_t lo = 0, hi = g.n;
    while (lo < hi) {
        int64_t mid = lo + (hi - lo) / 2;
        int c = kq_compare_at(s->time, order[mid], time, i);
        if (c < 0 || (c == 0 && !before))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

struct kq_obj *q_asof_rows(struct q *q, struct kq_obj *names, struct kq_obj *x, struct kq_obj *y)
{
    struct kq_obj *keys = NULL, *time = NULL, *at = NULL;
    struct q_asof s;
    if (q_asof_init(q, &s, y, names) && q_asof_probe(q, &s, x, names, &keys, &time))
        at = q_vec(q, KQ_LONG, kq_count(x));
    for (int64_t i = 0; at && i < at->n; i++) {
        struct q_asof_group g = q_asof_group(&s, keys, i);
        int64_t before = q_asof_count(&s, g, time, i, false);
        kq_longs(at)[i] = before ? kq_longs(s.order)[g.from + before - 1] : -1;
    }
    q_asof_release(&s);
    kq_unref(keys);
    kq_unref(time);
    return at;
}

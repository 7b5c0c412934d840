/*
 * table.c - shapes of tables.
 */
#include "q/table.h"

#include "q/collect.h"
#include "q/core.h"

static struct kq_obj *columns(struct kq_obj *t, int64_t from, int64_t n)
{
    struct kq_obj *names = kq_slice(kq_names(t), from, n), *cols = kq_slice(kq_columns(t), from, n);
    struct kq_obj *r = kq_table(names, cols);
    kq_unref(names);
    return q_drop(cols, r);
}

struct kq_obj *q_rekey(struct q *q, int64_t n, struct kq_obj *t)
{
    struct kq_obj *flat = kq_unkey(t);
    if (!flat)
        return q_fail(q, "type");
    int64_t all = kq_names(flat)->n;
    if (n == 0)
        return flat;
    if (n < 0 || n >= all)
        return q_drop(flat, q_fail(q, "length"));
    struct kq_obj *keys = columns(flat, 0, n), *values = columns(flat, n, all - n);
    struct kq_obj *r = kq_dict(keys, values);
    kq_unref(keys);
    kq_unref(values);
    return q_drop(flat, r);
}

/* The common count of the columns that are lists; -1: all are atoms; -2: they
 * differ; -3: one is a dictionary, which is no column. */
static int64_t common_count(struct kq_obj *values)
{
    int64_t count = -1;
    for (int64_t i = 0; values->type == KQ_LIST && i < values->n; i++) {
        const struct kq_obj *c = kq_child(values, i);
        if (kq_is_dict(c))
            return -3;
        if (c->type < 0 || c->type >= KQ_LAMBDA)
            continue;
        if (count >= 0 && kq_count(c) != count)
            return -2;
        count = kq_count(c);
    }
    return count;
}

struct kq_obj *q_flip_dict(struct q *q, struct kq_obj *d)
{
    struct kq_obj *names = kq_keys(d), *values = kq_values(d);
    if (names->type != KQ_SYMBOL || !kq_type_is_list(values->type))
        return q_fail(q, "type");
    int64_t count = common_count(values);
    if (count < -1)
        return q_fail(q, count == -2 ? "length" : "type");
    if (count == -1)
        return q_fail(q, names->n ? "rank" : "type");
    struct kq_obj *cols = kq_vec_new(KQ_LIST, names->n), *n = kq_long(count);
    bool ok = true;
    for (int64_t i = 0; ok && i < names->n; i++) {
        struct kq_obj *c = kq_child(values, i);
        kq_items(cols)[i] = c->type < 0 ? q_call(q, "#", 2, n, c) : kq_ref(c);
        ok = kq_child(cols, i);
    }
    kq_unref(n);
    return q_drop(cols, ok ? kq_table(names, cols) : NULL);
}

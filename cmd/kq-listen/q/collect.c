/*
 * collect.c - a vector until proved otherwise.
 */
#include "q/collect.h"

#include "obj/cmp.h"

void q_collect_init(struct q_collect *c, struct q *q, int64_t expect)
{
    *c = (struct q_collect){.q = q, .expect = expect};
}

static bool is_simple_atom(const struct kq_obj *o)
{
    return o->type < 0 && o->type >= -KQ_TYPE_MAX;
}

static bool start(struct q_collect *c, const struct kq_obj *first)
{
    int type = is_simple_atom(first) ? -first->type : KQ_LIST;
    c->list = q_vec(c->q, type, c->expect);
    if (c->list)
        c->list->n = 0;
    return c->list;
}

/* The vector so far as a general list with room for the rest. */
static bool generalise(struct q_collect *c)
{
    struct kq_obj *list = q_vec(c->q, KQ_LIST, c->expect > c->list->n ? c->expect : c->list->n);
    if (!list)
        return false;
    for (int64_t i = 0; i < c->list->n; i++)
        kq_items(list)[i] = kq_at(c->list, i);
    list->n = c->list->n;
    kq_unref(c->list);
    c->list = list;
    return true;
}

static bool add(struct q_collect *c, struct kq_obj *item)
{
    if (!c->list && !start(c, item))
        return false;
    if (c->list->type != KQ_LIST && item->type != -c->list->type && !generalise(c))
        return false;
    if (!kq_push(&c->list, item))
        return q_fail(c->q, "wsfull");
    return true;
}

void q_collect_add_take(struct q_collect *c, struct kq_obj *item)
{
    if (!item || !q_tick(c->q) || c->failed || !add(c, item))
        c->failed = true;
    kq_unref(item);
}

struct kq_obj *q_collect_done(struct q_collect *c)
{
    if (c->failed) {
        kq_unref(c->list);
        return NULL;
    }
    if (!c->list)
        return kq_vec_new(KQ_LIST, 0);
    return c->list->type == KQ_LIST ? q_collapse_take(c->list) : c->list;
}

/* ---- lists of dictionaries ---------------------------------------------------------- */

static bool is_row(const struct kq_obj *o)
{
    return o->type == KQ_DICT && kq_keys(o)->type == KQ_SYMBOL && kq_keys(o)->n &&
           kq_type_is_list(kq_values(o)->type) && kq_count(kq_values(o)) == kq_keys(o)->n;
}

static bool are_rows(const struct kq_obj *list)
{
    if (!list->n || !is_row(kq_child(list, 0)))
        return false;
    const struct kq_obj *keys = kq_keys(kq_child(list, 0));
    for (int64_t i = 1; i < list->n; i++) {
        const struct kq_obj *d = kq_child(list, i);
        if (!is_row(d) || (kq_keys(d) != keys && !kq_identical(kq_keys(d), keys)))
            return false;
    }
    return true;
}

static struct kq_obj *rows_to_table(struct kq_obj *list)
{
    struct kq_obj *names = kq_keys(kq_child(list, 0));
    struct kq_obj *cols = kq_vec_new(KQ_LIST, names->n);
    for (int64_t c = 0; c < names->n; c++) {
        struct kq_obj *col = kq_vec_new(KQ_LIST, list->n);
        for (int64_t i = 0; col && i < list->n; i++)
            kq_items(col)[i] = kq_at(kq_values(kq_child(list, i)), c);
        if (!col) {
            kq_unref(cols);
            return list;
        }
        kq_items(cols)[c] = q_collapse_take(col);
    }
    struct kq_obj *t = kq_table(names, cols);
    kq_unref(cols);
    return q_drop(list, t);
}

struct kq_obj *q_collapse_take(struct kq_obj *list)
{
    if (list && list->type == KQ_LIST && are_rows(list))
        return rows_to_table(list);
    return kq_collapse_take(list);
}

struct kq_obj *q_map_children(struct q *q, struct kq_obj *x,
                              struct kq_obj *(*fn)(struct q *q, struct kq_obj *child))
{
    struct kq_obj *r = kq_ref(x);
    for (int64_t i = 0; i < x->n; i++) {
        struct kq_obj *c = fn(q, kq_child(x, i));
        if (!c)
            return q_drop(r, NULL);
        if (c != kq_child(x, i)) {
            if (r == x)
                r = kq_unshare_take(r);
            kq_unref(kq_child(r, i));
            kq_items(r)[i] = kq_ref(c);
        }
        kq_unref(c);
    }
    return r;
}

/*
 * enum.c - the domain is looked up by name whenever symbols are wanted.
 */
#include "q/enum.h"

#include "q/collect.h"
#include "q/core.h"

static struct kq_obj *make(struct kq_obj *domain, struct kq_obj *positions)
{
    struct kq_obj *e = kq_container_new(positions->type < 0 ? -KQ_ENUM : KQ_ENUM, 2);
    kq_items(e)[0] = kq_ref(domain);
    kq_items(e)[1] = kq_ref(positions);
    return e;
}

struct kq_obj *q_enum_wrap(const struct kq_obj *e, struct kq_obj *positions)
{
    return q_drop(positions, make(kq_child(e, 0), positions));
}

struct kq_obj *q_enum_new(struct q *q, const char *domain, struct kq_obj *positions)
{
    struct kq_obj *name = kq_atom_sym(domain);
    struct kq_obj *type = kq_atom_int(KQ_SHORT, KQ_LONG);
    struct kq_obj *at = q_call(q, "$", 2, type, positions);
    kq_unref(type);
    struct kq_obj *e = at ? make(name, at) : NULL;
    kq_unref(at);
    return q_drop(name, e);
}

/* The symbols of a domain: the global itself, or the key column of a keyed table. */
static struct kq_obj *domain_symbols(struct q *q, const char *domain)
{
    struct kq_obj *d = q_env_get(q, domain);
    if (d && kq_is_keyed(d)) {
        struct kq_obj *col = kq_ref(kq_child(kq_columns(kq_keys(d)), 0));
        return q_drop(d, col);
    }
    return d;
}

struct kq_obj *q_enum_of(struct q *q, const char *domain, struct kq_obj *x)
{
    struct kq_obj *d = domain_symbols(q, domain);
    struct kq_obj *plain = d ? q_unenum(q, x) : NULL;
    struct kq_obj *at = plain ? q_find(q, d, plain) : NULL;
    struct kq_obj *e = NULL;
    bool ok = at != NULL;
    for (int64_t i = 0; ok && i < at->n; i++)
        ok = (at->type == KQ_LONG || at->type == -KQ_LONG) && kq_int_at(at, i) < kq_count(d);
    if (at && !ok)
        q_fail(q, at->type == KQ_LIST && !at->n ? "type" : "cast");
    if (at && at->type == KQ_LIST && !at->n) { /* `d$() */
        at = q_drop(at, kq_vec_new(KQ_LONG, 0));
        ok = true;
    }
    if (ok)
        e = q_enum_new(q, domain, at);
    kq_unref(d);
    kq_unref(plain);
    return q_drop(at, e);
}

struct kq_obj *q_enum_extend(struct q *q, const char *domain, struct kq_obj *x)
{
    struct q_cell *cell = q_env_cell(q, q_env_absolute(q->env.context, domain));
    struct kq_obj *plain = q_unenum(q, x);
    if (!plain || !q_may_update(q))
        return q_drop(plain, NULL);
    if (!cell->value)
        cell->value = kq_vec_new(KQ_SYMBOL, 0);
    struct kq_obj *list = plain->type < 0 ? kq_enlist(plain) : kq_ref(plain);
    struct kq_obj *distinct = q_drop(list, q_call(q, "distinct", 1, list));
    struct kq_obj *fresh = distinct ? q_call(q, "except", 2, distinct, cell->value) : NULL;
    bool ok = fresh && q_append(q, &cell->value, fresh);
    kq_unref(distinct);
    kq_unref(fresh);
    struct kq_obj *e = ok ? q_enum_of(q, domain, plain) : NULL;
    return q_drop(plain, e);
}

struct kq_obj *q_enum_index(struct q *q, const struct kq_obj *e, struct kq_obj *v)
{
    struct kq_obj *w = q_enum_of(q, kq_sym_text(kq_child(e, 0)), v);
    return w ? q_drop(w, kq_ref(kq_child(w, 1))) : NULL;
}

struct kq_obj *q_unenum(struct q *q, struct kq_obj *x)
{
    if (!q_is_enum(x))
        return kq_ref(x);
    struct kq_obj *d = domain_symbols(q, kq_sym_text(kq_child(x, 0)));
    if (!d || d->type == KQ_TABLE) /* a link, or no domain any more: positions are all there is */
        return q_drop(d, kq_ref(kq_child(x, 1)));
    struct kq_obj *r = q_index(q, d, kq_child(x, 1));
    return q_drop(d, r);
}

struct kq_obj *q_unenum_deep(struct q *q, struct kq_obj *x)
{
    if (q_is_enum(x))
        return q_unenum(q, x);
    if (x->type != KQ_LIST && x->type != KQ_TABLE && !kq_is_dict(x) && x->type != KQ_PROJECTION)
        return kq_ref(x);
    if (q_too_deep(q) || !q_tick(q))
        return NULL;
    return q_map_children(q, x, q_unenum_deep);
}

struct kq_obj *q_enum_join(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    bool same =
        q_is_enum(x) && q_is_enum(y) && kq_sym_text(kq_child(x, 0)) == kq_sym_text(kq_child(y, 0));
    struct kq_obj *r;
    if (same) {
        r = q_join(q, kq_child(x, 1), kq_child(y, 1));
        return r ? q_enum_wrap(x, r) : NULL;
    }
    if (x->type < 0 && y->type < 0) /* two different atoms stay what they are */
        return kq_list_of(2, kq_ref(x), kq_ref(y));
    struct kq_obj *a = q_unenum(q, x), *b = a ? q_unenum(q, y) : NULL;
    r = b ? q_join(q, a, b) : NULL;
    kq_unref(a);
    return q_drop(b, r);
}

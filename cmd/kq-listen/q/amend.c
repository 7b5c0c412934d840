/*
 * amend.c - changing parts of values in place.
 *
 * Going down a path, each level is unshared (copied when somebody else holds
 * it), its child is taken out, amended and put back; so a structure that only
 * one variable holds is changed without copying anything.
 */
#include "q/core.h"
#include "q/enum.h"

#include "obj/null.h"

struct change {
    struct q *q;
    struct kq_obj *f; /* NULL: assign */
    struct kq_obj *v; /* NULL: f is unary */
};

static bool amend(const struct change *c, struct kq_obj **place, int n,
                  struct kq_obj *const *index);

/* Make *place writable: what somebody else holds too is copied.  Of the attributes only
 * `g survives whatever is written. */
static bool writable(struct q *q, struct kq_obj **place)
{
    if (!q_own(q, place))
        return false;
    if ((*place)->attr != KQ_ATTR_GROUPED)
        (*place)->attr = KQ_ATTR_NONE;
    return true;
}

static bool is_all(const struct kq_obj *i)
{
    return kq_is_elided(i) || kq_is_generic_null(i);
}

/* The new value of an item (or a whole) that was `old`. */
static struct kq_obj *changed(const struct change *c, struct kq_obj *old)
{
    if (!c->f)
        return kq_ref(c->v);
    return c->v ? q_apply2(c->q, c->f, old, c->v) : q_apply1(c->q, c->f, old);
}

/* ---- one item ------------------------------------------------------------------------ */

static bool position(struct q *q, const struct kq_obj *list, const struct kq_obj *i, int64_t *at)
{
    if (!q_integer(i, at))
        return q_fail(q, "type");
    if (*at < 0 || *at >= kq_count(list))
        return q_fail(q, "length");
    return true;
}

static bool amend_vector(const struct change *c, struct kq_obj **place, int64_t at)
{
    struct kq_obj *old = c->f ? kq_at(*place, at) : NULL;
    struct kq_obj *v = changed(c, old);
    kq_unref(old);
    if (!v)
        return false;
    bool ok = v->type == -(*place)->type && writable(c->q, place);
    if (ok)
        kq_set_at(*place, at, v);
    else if (v->type != -(*place)->type)
        q_fail(c->q, "type");
    kq_unref(v);
    return ok;
}

static bool amend_enum(const struct change *c, struct kq_obj **place, int64_t at)
{
    struct kq_obj *old = q_item(c->q, *place, at), *v = changed(c, old);
    kq_unref(old);
    struct kq_obj *index = v ? q_enum_index(c->q, *place, v) : NULL;
    kq_unref(v);
    if (!index || !writable(c->q, place))
        return q_drop(index, NULL);
    struct kq_obj **vec = &kq_items(*place)[1];
    bool ok = writable(c->q, vec);
    if (ok)
        kq_set_at(*vec, at, index);
    kq_unref(index);
    return ok;
}

/* Item `at` of a general list, the rest of the path below it. */
static bool amend_child(const struct change *c, struct kq_obj **place, int64_t at, int n,
                        struct kq_obj *const *rest)
{
    if (!writable(c->q, place))
        return false;
    struct kq_obj *list = *place, *child = kq_child(list, at);
    if (n == 0) {
        struct kq_obj *v = changed(c, child);
        if (!v)
            return false;
        kq_items(list)[at] = v;
        kq_unref(child);
        *place = kq_collapse_take(list);
        return true;
    }
    kq_items(list)[at] = kq_generic_null();
    bool ok = amend(c, &child, n, rest);
    kq_unref(kq_child(list, at));
    kq_items(list)[at] = child;
    return ok;
}

static bool amend_list(const struct change *c, struct kq_obj **place, int n,
                       struct kq_obj *const *index)
{
    int64_t at;
    if (!position(c->q, *place, index[0], &at))
        return false;
    if ((*place)->type == KQ_LIST)
        return amend_child(c, place, at, n - 1, index + 1);
    if (n > 1)
        return q_fail(c->q, "rank");
    return q_is_enum(*place) ? amend_enum(c, place, at) : amend_vector(c, place, at);
}

/* ---- dictionaries ---------------------------------------------------------------------- */

/* The first value of an item that is not there yet: + - * and the like take v as
 * it is (as when dictionaries are added), others are applied to a null. */
static struct kq_obj *first_value(const struct change *c, struct kq_obj *none)
{
    bool arithmetic = c->f && c->v && c->f->type == KQ_BINARY && c->f->code >= 1 && c->f->code <= 7;
    return arithmetic ? kq_ref(c->v) : changed(c, none);
}

/* A key as an item of the list of keys: of a keyed table a row, which may be written as its values. */
static struct kq_obj *key_item(struct q *q, const struct kq_obj *keys, struct kq_obj *key)
{
    if (keys->type != KQ_TABLE || kq_is_dict(key))
        return kq_ref(key);
    struct kq_obj *values = key->type < 0 ? kq_enlist(key) : kq_ref(key);
    bool fits = kq_type_is_list(values->type) && values->n == kq_names(keys)->n;
    struct kq_obj *row = fits ? kq_dict(kq_names(keys), values) : q_fail(q, "length");
    return q_drop(values, row);
}

/* Add a key with the value at the end of the path below it. */
static bool insert_key(const struct change *c, struct kq_obj **place, struct kq_obj *key, int n,
                       struct kq_obj *const *rest)
{
    struct kq_obj *none = q_missing(c->q, kq_values(*place));
    bool ok = none && (n == 0 || amend(c, &none, n, rest));
    struct kq_obj *v = !ok ? NULL : n ? kq_ref(none) : first_value(c, none);
    kq_unref(none);
    struct kq_obj *item = v ? key_item(c->q, kq_keys(*place), key) : NULL;
    ok = item && writable(c->q, place) && q_append_item(c->q, &kq_items(*place)[0], item);
    kq_unref(item);
    if (ok && !q_append_item(c->q, &kq_items(*place)[1], v)) {
        struct kq_obj *keys = kq_slice(kq_keys(*place), 0, kq_count(kq_keys(*place)) - 1);
        kq_unref(kq_keys(*place));
        kq_items(*place)[0] = keys;
        ok = false;
    }
    kq_unref(v);
    return ok;
}

static bool amend_dict(const struct change *c, struct kq_obj **place, int n,
                       struct kq_obj *const *index)
{
    struct kq_obj *found = q_find_key(c->q, kq_keys(*place), index[0]);
    if (!found)
        return false;
    if (found->type != -KQ_LONG) {
        kq_unref(found);
        return q_fail(c->q, "type");
    }
    int64_t at = found->u.j;
    if (at >= kq_count(kq_keys(*place))) {
        kq_unref(found);
        return insert_key(c, place, index[0], n - 1, index + 1);
    }
    bool ok = writable(c->q, place);
    if (ok) {
        struct kq_obj *path[8] = {found};
        for (int i = 1; i < n && i < 8; i++)
            path[i] = index[i];
        ok = amend(c, &kq_items(*place)[1], n, path);
    }
    kq_unref(found);
    return ok;
}

/* ---- tables ------------------------------------------------------------------------------ */

/* A new value for a whole column: an atom stands in every row. */
static struct kq_obj *column_take(struct q *q, const struct kq_obj *table, struct kq_obj *v)
{
    if (v && v->type < 0) {
        struct kq_obj *count = kq_long(kq_count(table));
        v = q_drop(v, q_call(q, "#", 2, count, v));
        kq_unref(count);
    }
    if (v && (!kq_type_is_list(v->type) || kq_count(v) != kq_count(table)))
        return q_drop(v, q_fail(q, "length"));
    return v;
}

static bool add_column(const struct change *c, struct kq_obj **place, const char *name)
{
    struct kq_obj *v = column_take(c->q, *place, kq_ref(c->v)), *key = kq_atom_sym(name);
    bool ok = v && writable(c->q, place) && writable(c->q, &kq_items(*place)[1]) &&
              writable(c->q, &kq_items(*place)[0]);
    ok = ok && kq_push(&kq_items(*place)[0], key) && kq_push(&kq_items(*place)[1], v);
    kq_unref(key);
    kq_unref(v);
    return ok;
}

static bool amend_column(const struct change *c, struct kq_obj **place, const char *name, int n,
                         struct kq_obj *const *rest)
{
    int64_t at = kq_column_find(*place, name, strlen(name));
    if (at < 0)
        return !n && !c->f ? add_column(c, place, name) : (bool)q_fail(c->q, name);
    if (!writable(c->q, place))
        return false;
    struct kq_obj **cols = &kq_items(*place)[1];
    if (!writable(c->q, cols))
        return false;
    if (n)
        return amend(c, &kq_items(*cols)[at], n, rest);
    struct kq_obj *v = column_take(c->q, *place, changed(c, kq_child(*cols, at)));
    if (!v)
        return false;
    kq_unref(kq_child(*cols, at));
    kq_items(*cols)[at] = v;
    return true;
}

/* t[i]:row, cell by cell. */
static bool amend_row(const struct change *c, struct kq_obj **place, struct kq_obj *i)
{
    struct kq_obj *row = c->v;
    if (c->f || !row)
        return q_fail(c->q, "type");
    if (kq_is_dict(row))
        row = q_index(c->q, row, kq_names(*place));
    else
        row = kq_ref(row);
    bool ok = row && kq_type_is_list(row->type) && kq_count(row) == kq_names(*place)->n;
    if (row && !ok)
        q_fail(c->q, "length");
    for (int64_t k = 0; ok && k < kq_names(*place)->n; k++) {
        struct change cell = {c->q, NULL, q_item(c->q, row, k)};
        ok = amend_column(&cell, place, kq_syms(kq_names(*place))[k], 1, &i);
        kq_unref(cell.v);
    }
    kq_unref(row);
    return ok;
}

static bool amend_table(const struct change *c, struct kq_obj **place, int n,
                        struct kq_obj *const *index)
{
    if (index[0]->type == -KQ_SYMBOL)
        return amend_column(c, place, kq_sym_text(index[0]), n - 1, index + 1);
    if (n == 1)
        return amend_row(c, place, index[0]);
    if (index[1]->type != -KQ_SYMBOL)
        return q_fail(c->q, "type");
    struct kq_obj *path[8] = {index[0]};
    for (int i = 2; i < n && i < 8; i++)
        path[i - 1] = index[i];
    return amend_column(c, place, kq_sym_text(index[1]), n - 1, path);
}

/* ---- many items ---------------------------------------------------------------------------- */

/* What `::` stands for: every position or key. */
static struct kq_obj *all_indices(struct q *q, struct kq_obj *x)
{
    if (kq_is_dict(x))
        return kq_ref(kq_keys(x));
    struct kq_obj *r = q_vec(q, KQ_LONG, kq_count(x));
    for (int64_t i = 0; r && i < r->n; i++)
        kq_longs(r)[i] = i;
    return r;
}

/* Plain assignment of a vector's items: one loop instead of one call each. */
static bool assign_vector(const struct change *c, struct kq_obj **place, struct kq_obj *index)
{
    struct kq_obj *x = *place, *v = c->v;
    for (int64_t i = 0; i < index->n; i++) {
        if ((uint64_t)kq_longs(index)[i] >= (uint64_t)x->n)
            return q_fail(c->q, "length");
    }
    if (!writable(c->q, place))
        return false;
    size_t w = kq_elem_size((*place)->type);
    uint8_t *to = (*place)->u.v.data;
    if (v->type < 0) {
        for (int64_t i = 0; i < index->n; i++)
            kq_set_at(*place, kq_longs(index)[i], v);
        return true;
    }
    for (int64_t i = 0; i < index->n; i++)
        memcpy(to + (size_t)kq_longs(index)[i] * w, kq_data(v) + (size_t)i * w, w);
    return true;
}

static bool is_plain(const struct change *c, const struct kq_obj *x, int n,
                     const struct kq_obj *index)
{
    if (c->f || n != 1 || index->type != KQ_LONG || x->type <= 0 || x->type > KQ_TYPE_MAX)
        return false;
    return c->v->type == -x->type || (c->v->type == x->type && c->v != x);
}

/* All keys are there: their values, found once, are amended as a list. */
static bool amend_found(const struct change *c, struct kq_obj **place, struct kq_obj *at, int n,
                        struct kq_obj *const *index)
{
    struct kq_obj *path[8] = {at};
    for (int i = 1; i < n && i < 8; i++)
        path[i] = index[i];
    return writable(c->q, place) && amend(c, &kq_items(*place)[1], n, path);
}

/* Plain assignment of values of the right type, some keys being new: a join. */
static bool extend_dict(const struct change *c, struct kq_obj **place, struct kq_obj *keys)
{
    struct kq_obj *more = q_call(c->q, "!", 2, keys, c->v);
    struct kq_obj *d = more && kq_is_dict(more) ? q_join_dicts(c->q, *place, more) : NULL;
    kq_unref(more);
    if (!d)
        return false;
    kq_unref(*place);
    *place = d;
    return true;
}

/* Many keys of a dictionary at once; *done tells whether that was possible. */
static bool amend_keys(const struct change *c, struct kq_obj **place, int n,
                       struct kq_obj *const *index, bool *done)
{
    struct kq_obj *keys = kq_keys(*place), *values = kq_values(*place);
    *done = false;
    if (keys->type <= 0 || keys->type > KQ_TYPE_MAX || index[0]->type != keys->type ||
        index[0]->n < 2)
        return true;
    struct kq_obj *at = q_find_key(c->q, keys, index[0]);
    if (!at)
        return false;
    int64_t found = 0;
    for (int64_t i = 0; i < at->n; i++)
        found += kq_longs(at)[i] < keys->n;
    bool ok = true;
    if (found == at->n) {
        *done = true;
        ok = amend_found(c, place, at, n, index);
    } else if (n == 1 && !c->f && values->type > 0 &&
               (c->v->type == values->type || c->v->type == -values->type)) {
        *done = true;
        ok = extend_dict(c, place, index[0]);
    }
    kq_unref(at);
    return ok;
}

static bool amend_many(const struct change *c, struct kq_obj **place, int n,
                       struct kq_obj *const *index)
{
    struct kq_obj *many = index[0];
    int64_t count = kq_count(many);
    bool lists = c->v && kq_type_is_list(c->v->type);
    if (lists && kq_count(c->v) != count)
        return q_fail(c->q, "length");
    if (is_plain(c, *place, n, many))
        return assign_vector(c, place, many);
    if (kq_is_dict(*place)) {
        bool done, ok = amend_keys(c, place, n, index, &done);
        if (!ok || done)
            return ok;
    }
    struct kq_obj *path[8];
    for (int i = 1; i < n && i < 8; i++)
        path[i] = index[i];
    bool ok = true;
    for (int64_t k = 0; ok && k < count; k++) {
        struct change one = *c;
        if (lists)
            one.v = q_item(c->q, c->v, k);
        path[0] = q_item(c->q, many, k);
        ok = path[0] && (!lists || one.v) && q_tick(c->q) && amend(&one, place, n, path);
        kq_unref(path[0]);
        if (lists)
            kq_unref(one.v);
    }
    return ok;
}

static bool amend_all(const struct change *c, struct kq_obj **place, int n,
                      struct kq_obj *const *index)
{
    struct kq_obj *path[8] = {all_indices(c->q, *place)};
    if (!path[0])
        return false;
    for (int i = 1; i < n && i < 8; i++)
        path[i] = index[i];
    bool ok = amend_many(c, place, n, path);
    kq_unref(path[0]);
    return ok;
}

/* ---- the choice -------------------------------------------------------------------------------- */

static bool amend_whole(const struct change *c, struct kq_obj **place)
{
    struct kq_obj *v = changed(c, *place);
    if (!v)
        return false;
    kq_unref(*place);
    *place = v;
    return true;
}

/* Is `i` one key of the dictionary's key list, although it is a list? */
static bool is_single_key(const struct kq_obj *x, const struct kq_obj *i)
{
    if (!kq_is_dict(x))
        return false;
    const struct kq_obj *keys = kq_keys(x);
    if (keys->type == KQ_TABLE)
        return i->type != KQ_TABLE;
    return keys->type == KQ_LIST && keys->n && kq_child(keys, 0)->type >= 0 && i->type != KQ_LIST;
}

static bool amend(const struct change *c, struct kq_obj **place, int n, struct kq_obj *const *index)
{
    if (q_too_deep(c->q))
        return false;
    if (n == 0)
        return amend_whole(c, place);
    if (n > 8)
        return q_fail(c->q, "rank");
    struct kq_obj *x = *place;
    if (is_all(index[0]))
        return amend_all(c, place, n, index);
    bool many = kq_type_is_list(index[0]->type) || index[0]->type == KQ_TABLE;
    if (many && !is_single_key(x, index[0]))
        return amend_many(c, place, n, index);
    if (kq_is_dict(x))
        return amend_dict(c, place, n, index);
    if (x->type == KQ_TABLE)
        return amend_table(c, place, n, index);
    if (!kq_type_is_list(x->type))
        return q_fail(c->q, "type");
    return amend_list(c, place, n, index);
}

bool q_amend(struct q *q, struct kq_obj **place, int n, struct kq_obj *const *index,
             struct kq_obj *f, struct kq_obj *v)
{
    struct change c = {q, f, v};
    return amend(&c, place, n, index);
}

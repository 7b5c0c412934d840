/*
 * upsert.c - rows are brought into the shape of the target column by column;
 * columns then grow in place.  Keys are found with one hash table over old and
 * new keys together.
 */
#include "q/upsert.h"

#include "q/core.h"
#include "q/enum.h"
#include "q/hash.h"

#include "obj/cmp.h"

/* ---- shape ----------------------------------------------------------------------------- */

/*
 * Is `values` one row for these columns, or a list of columns?  An atom in a
 * place says row.  When every place holds a list, simple columns can only mean
 * many rows, while in a nested column a cell looks like what is there already.
 */
static bool is_row(const struct kq_obj *cols, const struct kq_obj *values)
{
    if (values->type != KQ_LIST)
        return true;
    bool cell = false;
    for (int64_t i = 0; i < values->n; i++) {
        const struct kq_obj *v = kq_child(values, i), *c = kq_child(cols, i);
        if (!kq_type_is_list(v->type))
            return true;
        if (c->type != KQ_LIST)
            return false;
        if (c->n && kq_child(c, 0)->type != v->type)
            return false;
        cell = c->n > 0;
    }
    return cell;
}

static struct kq_obj *enlist_each(struct q *q, struct kq_obj *values)
{
    struct kq_obj *cols = kq_vec_new(KQ_LIST, kq_count(values));
    for (int64_t i = 0; i < cols->n; i++) {
        struct kq_obj *v = q_item(q, values, i);
        kq_items(cols)[i] = kq_enlist(v);
        kq_unref(v);
    }
    return cols;
}

/* Equally long columns under the names of table t. */
static struct kq_obj *columns_as_table(struct q *q, struct kq_obj *t, struct kq_obj *cols)
{
    for (int64_t i = 1; i < cols->n; i++) {
        if (kq_count(kq_child(cols, i)) != kq_count(kq_child(cols, 0)))
            return q_fail(q, "length");
    }
    return kq_table(kq_names(t), cols);
}

/* Is y a list of rows: of mixed lists with a value for each column? */
static bool is_rows(const struct kq_obj *t, const struct kq_obj *y)
{
    for (int64_t i = 0; y->type == KQ_LIST && i < y->n; i++) {
        if (kq_child(y, i)->type != KQ_LIST || kq_child(y, i)->n != kq_names(t)->n)
            return false;
    }
    return y->type == KQ_LIST && y->n && kq_names(t)->n;
}

static struct kq_obj *rows_of_list(struct q *q, struct kq_obj *t, struct kq_obj *y, bool insert)
{
    if (!kq_type_is_list(y->type))
        return q_fail(q, "type");
    if (y->type == KQ_LIST && !y->n)
        return kq_slice(t, 0, 0);
    if (!insert && is_rows(t, y)) {
        struct kq_obj *cols = q_call(q, "flip", 1, y);
        return cols ? q_drop(cols, rows_of_list(q, t, cols, true)) : NULL;
    }
    if (kq_count(y) != kq_names(t)->n)
        return q_fail(q, "length");
    struct kq_obj *values = q_unenum_deep(q, y);
    if (!values || !is_row(kq_columns(t), values))
        return values ? q_drop(values, columns_as_table(q, t, values)) : NULL;
    struct kq_obj *cols = enlist_each(q, values), *r = kq_table(kq_names(t), cols);
    kq_unref(cols);
    return q_drop(values, r);
}

/* Are the members of `names` the same in any order, each once? */
static bool same_names(const struct kq_obj *table, const struct kq_obj *names)
{
    struct kq_symiter it = kq_symiter(names);
    for (int64_t i = 0; i < names->n; i++) {
        size_t len;
        const char *s = kq_symiter_next(&it, &len);
        if (kq_column_find(table, s, len) < 0)
            return false;
    }
    return names->n == kq_names(table)->n;
}

/* The rows `y` as a table with the columns of the simple table t; insert knows
 * columns only where upsert also takes a list of rows. */
static struct kq_obj *rows_for(struct q *q, struct kq_obj *t, struct kq_obj *y, bool insert)
{
    struct kq_obj *flat = kq_unkey(y), *r = NULL;
    if (flat) {
        struct kq_obj *cols = NULL;
        if (!same_names(t, kq_names(flat)))
            q_fail(q, "mismatch");
        else
            cols = q_index(q, flat, kq_names(t));
        r = cols ? kq_table(kq_names(t), cols) : NULL;
        kq_unref(cols);
    } else if (kq_is_dict(y)) {
        if (kq_keys(y)->type != KQ_SYMBOL || !same_names(t, kq_keys(y)))
            return q_fail(q, "mismatch");
        struct kq_obj *values = q_index(q, y, kq_names(t));
        r = values ? q_drop(values, rows_of_list(q, t, values, insert)) : NULL;
    } else {
        r = rows_of_list(q, t, y, insert);
    }
    return q_drop(flat, r);
}

/* ---- columns --------------------------------------------------------------------------- */

/* What has to be appended to column c for the items of v; 'type, 'cast. */
static struct kq_obj *fitting(struct q *q, struct kq_obj *c, struct kq_obj *v)
{
    if (q_is_enum(c)) {
        const char *domain = kq_sym_text(kq_child(c, 0));
        bool same = q_is_enum(v) && kq_sym_text(kq_child(v, 0)) == domain;
        return same ? kq_ref(v) : q_enum_of(q, domain, v);
    }
    if (q_is_enum(v) && !(c->type == KQ_LIST && !c->n))
        v = q_unenum(q, v);
    else
        v = kq_ref(v);
    if (!v || c->type == KQ_LIST || v->type == c->type)
        return v;
    if (kq_count(v) == 0)
        return q_drop(v, kq_vec_new(c->type, 0));
    return q_drop(v, q_fail(q, "type"));
}

/* The same without checks: v came from fitting(). */
static bool extend(struct q *q, struct kq_obj **place, struct kq_obj *v)
{
    struct kq_obj *c = *place;
    if (c->type == KQ_LIST && !c->n) {
        kq_unref(c);
        *place = kq_ref(v);
        return true;
    }
    if (q_is_enum(c))
        return q_own(q, place) && q_append(q, &kq_items(*place)[1], kq_child(v, 1));
    return q_append(q, place, v);
}

/* The columns of `rows` fitted to those of table t, names in the same order. */
static struct kq_obj *fit_rows(struct q *q, struct kq_obj *t, struct kq_obj *rows)
{
    struct kq_obj *cols = kq_columns(t), *fit = kq_vec_new(KQ_LIST, cols->n);
    for (int64_t i = 0; i < cols->n; i++) {
        kq_items(fit)[i] = fitting(q, kq_child(cols, i), kq_child(kq_columns(rows), i));
        if (!kq_child(fit, i))
            return q_drop(fit, NULL);
    }
    return fit;
}

/* Append fitted columns to the table at *place. */
static bool extend_rows(struct q *q, struct kq_obj **place, struct kq_obj *fit)
{
    bool ok = q_own(q, place) && q_own(q, &kq_items(*place)[1]);
    for (int64_t i = 0; ok && i < fit->n; i++)
        ok = extend(q, &kq_items(kq_columns(*place))[i], kq_child(fit, i));
    if (ok)
        (*place)->attr = KQ_ATTR_NONE;
    return ok;
}

static bool append_rows(struct q *q, struct kq_obj **place, struct kq_obj *rows)
{
    struct kq_obj *fit = fit_rows(q, *place, rows);
    bool ok = fit && extend_rows(q, place, fit);
    kq_unref(fit);
    return ok;
}

/* ---- keyed tables ---------------------------------------------------------------------- */

static struct kq_obj *part(struct kq_obj *t, int64_t from, int64_t n)
{
    struct kq_obj *names = kq_slice(kq_names(t), from, n), *cols = kq_slice(kq_columns(t), from, n);
    struct kq_obj *r = kq_table(names, cols);
    kq_unref(names);
    return q_drop(cols, r);
}

/* Which rows of a batch are new keys, and which replace rows that are there. */
struct plan {
    struct kq_obj *fresh; /* rows whose keys are appended */
    struct kq_obj *last;  /* the rows with their values: the last of equal keys */
    struct kq_obj *rows;  /* rows that replace ... */
    struct kq_obj *at;    /* ... those at these positions */
};

static void plan_release(struct plan *p)
{
    kq_unref(p->fresh);
    kq_unref(p->last);
    kq_unref(p->rows);
    kq_unref(p->at);
}

static void plan_row(struct plan *p, struct q_hash *h, struct kq_obj *rank, int64_t i, int64_t n)
{
    int64_t at = kq_longs(p->at)[i];
    if (at < n) {
        kq_longs(p->at)[p->rows->n] = at;
        kq_longs(p->rows)[p->rows->n++] = i;
        return;
    }
    int64_t first = q_hash_add(h, i);
    if (first == i) {
        kq_longs(rank)[i] = p->fresh->n;
        kq_longs(p->fresh)[p->fresh->n++] = i;
    }
    kq_longs(p->last)[kq_longs(rank)[first]] = i;
}

static bool plan_init(struct q *q, struct plan *p, struct kq_obj *keys, struct kq_obj *k)
{
    int64_t m = kq_count(k);
    struct kq_obj *at = q_find_key(q, keys, k), *rank = at ? q_vec(q, KQ_LONG, m) : NULL;
    struct q_hash h = {0};
    p->at = at ? kq_unshare_take(at) : NULL;
    p->fresh = rank ? q_vec(q, KQ_LONG, m) : NULL;
    p->last = p->fresh ? q_vec(q, KQ_LONG, m) : NULL;
    p->rows = p->last ? q_vec(q, KQ_LONG, m) : NULL;
    bool ok = p->rows && q_hash_init(q, &h, k, m);
    if (ok) {
        p->fresh->n = p->rows->n = 0;
        for (int64_t i = 0; i < m; i++)
            plan_row(p, &h, rank, i, kq_count(keys));
        p->last->n = p->fresh->n;
        p->at->n = p->rows->n;
        q_hash_release(&h);
    }
    kq_unref(rank);
    return ok;
}

/* The columns of a fitted list at the given rows. */
static struct kq_obj *pick(struct q *q, struct kq_obj *fit, const struct kq_obj *rows)
{
    struct kq_obj *r = kq_vec_new(KQ_LIST, fit->n);
    for (int64_t i = 0; i < fit->n; i++) {
        kq_items(r)[i] = q_gather(q, kq_child(fit, i), kq_longs(rows), rows->n);
        if (!kq_child(r, i))
            return q_drop(r, NULL);
    }
    return r;
}

/* Assign fitted columns to rows `at` of the table at *place. */
static bool replace_rows(struct q *q, struct kq_obj **place, struct kq_obj *fit, struct kq_obj *at)
{
    if (!at->n)
        return true;
    bool ok = q_own(q, place) && q_own(q, &kq_items(*place)[1]);
    for (int64_t i = 0; ok && i < fit->n; i++) {
        struct kq_obj **col = &kq_items(kq_columns(*place))[i], *v = kq_child(fit, i);
        if (q_is_enum(*col)) {
            ok = q_own(q, col);
            col = &kq_items(*col)[1];
            v = kq_child(v, 1);
        }
        ok = ok && q_amend(q, col, 1, &at, NULL, v);
    }
    return ok;
}

static bool apply_plan(struct q *q, struct kq_obj **place, const struct plan *p, struct kq_obj *k,
                       struct kq_obj *v)
{
    struct kq_obj *keys = pick(q, k, p->fresh), *values = keys ? pick(q, v, p->last) : NULL;
    struct kq_obj *over = values ? pick(q, v, p->rows) : NULL;
    bool ok = over && q_own(q, place) && replace_rows(q, &kq_items(*place)[1], over, p->at) &&
              extend_rows(q, &kq_items(*place)[0], keys) &&
              extend_rows(q, &kq_items(*place)[1], values);
    kq_unref(keys);
    kq_unref(values);
    kq_unref(over);
    return ok;
}

/* Append the rows (keys and values together) to a keyed table. */
static bool upsert_keyed(struct q *q, struct kq_obj **place, struct kq_obj *rows, bool insert)
{
    struct kq_obj *keys = kq_keys(*place);
    int64_t nk = kq_names(keys)->n;
    struct kq_obj *k = part(rows, 0, nk), *v = part(rows, nk, kq_names(rows)->n - nk);
    struct kq_obj *fit_k = fit_rows(q, keys, k);
    struct kq_obj *fit_v = fit_k ? fit_rows(q, kq_values(*place), v) : NULL;
    struct kq_obj *fitted = fit_v ? kq_table(kq_names(keys), fit_k) : NULL;
    struct plan p = {NULL, NULL, NULL, NULL};
    bool ok = fitted && plan_init(q, &p, keys, fitted);
    if (ok && insert && p.fresh->n < kq_count(k))
        ok = q_fail(q, "insert");
    ok = ok && apply_plan(q, place, &p, fit_k, fit_v);
    plan_release(&p);
    kq_unref(k);
    kq_unref(v);
    kq_unref(fit_k);
    kq_unref(fit_v);
    kq_unref(fitted);
    return ok;
}

/* ---- targets --------------------------------------------------------------------------- */

static bool upsert_table(struct q *q, struct kq_obj **place, struct kq_obj *y, bool insert)
{
    struct kq_obj *flat = kq_unkey(*place);
    struct kq_obj *rows = rows_for(q, flat, y, insert);
    kq_unref(flat);
    if (!rows)
        return false;
    bool ok =
        kq_is_keyed(*place) ? upsert_keyed(q, place, rows, insert) : append_rows(q, place, rows);
    kq_unref(rows);
    return ok;
}

bool q_upsert(struct q *q, struct kq_obj **place, struct kq_obj *y)
{
    if ((*place)->type == KQ_SORTEDDICT)
        return q_fail(q, "step");
    if ((*place)->type == KQ_TABLE || kq_is_keyed(*place))
        return upsert_table(q, place, y, false);
    return q_append(q, place, y);
}

struct kq_obj *q_insert(struct q *q, struct kq_obj **place, struct kq_obj *y)
{
    int64_t from = kq_count(*place);
    if ((*place)->type == KQ_SORTEDDICT)
        return q_fail(q, "step");
    bool table = (*place)->type == KQ_TABLE || kq_is_keyed(*place);
    if (!(table ? upsert_table(q, place, y, true) : q_append(q, place, y)))
        return NULL;
    struct kq_obj *at = q_vec(q, KQ_LONG, kq_count(*place) - from);
    for (int64_t i = 0; at && i < at->n; i++)
        kq_longs(at)[i] = from + i;
    return at;
}

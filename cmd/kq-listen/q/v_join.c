/*
 * v_join.c - joins of tables: by key (lj ij uj pj), by equal columns (ej), by
 * time (aj asof wj).
 *
 * Each finds, for every row of the left table, a row of the right one; overlay
 * then lays the right columns over the left ones, whole columns at a time.
 */
#include "q/asof.h"
#include "q/collect.h"
#include "q/core.h"
#include "q/enum.h"
#include "q/hash.h"
#include "q/sort.h"
#include "q/table.h"
#include "q/verb.h"

/* ---- overlay ------------------------------------------------------------------------------ */

static bool is_null(const struct kq_obj *c, int64_t i)
{
    if (q_is_enum(c))
        return kq_is_null_at(kq_child(c, 1), i);
    return c->type != KQ_LIST && kq_is_null_at(c, i);
}

/* x[i], or y[at[i]] where there is one (fill: one that is no null). */
static struct kq_obj *merge(struct q *q, struct kq_obj *x, struct kq_obj *y,
                            const struct kq_obj *at, bool fill)
{
    int64_t nx = kq_count(x), ny = kq_count(y);
    struct kq_obj *both = q_join(q, x, y), *from = both ? q_vec(q, KQ_LONG, nx) : NULL;
    for (int64_t i = 0; from && i < nx; i++) {
        int64_t j = kq_longs(at)[i];
        bool take = j >= 0 && j < ny && !(fill && is_null(y, j));
        kq_longs(from)[i] = take ? nx + j : i;
    }
    struct kq_obj *r = from ? q_gather(q, both, kq_longs(from), nx) : NULL;
    kq_unref(both);
    return q_drop(from, r);
}

/* Rows `at` (out of range: none) of y's columns over and after those of x. */
static struct kq_obj *overlay(struct q *q, struct kq_obj *x, struct kq_obj *y,
                              const struct kq_obj *at, bool fill)
{
    struct kq_obj *names = kq_unshare_take(kq_ref(kq_names(x)));
    struct kq_obj *cols = kq_unshare_take(kq_ref(kq_columns(x)));
    bool ok = true;
    for (int64_t j = 0; ok && j < kq_names(y)->n; j++) {
        struct kq_obj *name = kq_at(kq_names(y), j), *yc = kq_child(kq_columns(y), j);
        int64_t c = kq_column_find(x, kq_sym_text(name), kq_sym_textlen(name));
        struct kq_obj *new = c < 0 ? q_gather(q, yc, kq_longs(at), at->n)
                                   : merge(q, kq_child(cols, c), yc, at, fill);
        ok = new;
        if (ok && c >= 0) {
            kq_unref(kq_child(cols, c));
            kq_items(cols)[c] = kq_ref(new);
        } else if (ok) {
            ok = kq_push(&names, name) && kq_push(&cols, new);
        }
        kq_unref(new);
        kq_unref(name);
    }
    struct kq_obj *r = ok ? kq_table(names, cols) : NULL;
    kq_unref(names);
    return q_drop(cols, r);
}

/* ---- tables as arguments -------------------------------------------------------------------- */

static struct kq_obj *flat(struct q *q, struct kq_obj *x)
{
    struct kq_obj *t = kq_unkey(x);
    return t ? t : q_fail(q, "type");
}

/* t (consumed) with as many key columns as x has. */
static struct kq_obj *keyed_like_take(struct q *q, struct kq_obj *x, struct kq_obj *t)
{
    if (!t || !kq_is_keyed(x))
        return t;
    return q_drop(t, q_rekey(q, kq_names(kq_keys(x))->n, t));
}

/* The table without some of its columns. */
static struct kq_obj *without(struct q *q, struct kq_obj *t, struct kq_obj *names)
{
    struct kq_obj *rest = q_call(q, "except", 2, kq_names(t), names);
    struct kq_obj *cols = rest ? q_index(q, t, rest) : NULL;
    struct kq_obj *r = cols ? kq_table(rest, cols) : NULL;
    kq_unref(rest);
    return q_drop(cols, r);
}

/* The positions i of `at` with at[i] < n (inside) or not. */
static struct kq_obj *rows_where(struct q *q, const struct kq_obj *at, int64_t n, bool inside)
{
    struct kq_obj *rows = q_vec(q, KQ_LONG, at->n);
    int64_t count = 0;
    for (int64_t i = 0; rows && i < at->n; i++) {
        if ((kq_longs(at)[i] >= 0 && kq_longs(at)[i] < n) == inside)
            kq_longs(rows)[count++] = i;
    }
    if (rows)
        rows->n = count;
    return rows;
}

/* ---- by key ------------------------------------------------------------------------------------ */

typedef struct kq_obj *join_fn(struct q *q, struct kq_obj *x, struct kq_obj *y, struct kq_obj *at,
                               bool fill);

/* x (flat) joined with the rows `at` of the keyed table y. */
static struct kq_obj *by_key(struct q *q, struct kq_obj **a, join_fn *fn, bool fill)
{
    if (!kq_is_keyed(a[1]))
        return q_fail(q, "type");
    struct kq_obj *x = flat(q, a[0]), *at = x ? q_find_in_dict(q, a[1], x) : NULL;
    struct kq_obj *r = at ? fn(q, x, a[1], at, fill) : NULL;
    kq_unref(x);
    kq_unref(at);
    return keyed_like_take(q, a[0], r);
}

static struct kq_obj *left(struct q *q, struct kq_obj *x, struct kq_obj *y, struct kq_obj *at,
                           bool fill)
{
    return overlay(q, x, kq_values(y), at, fill);
}

static struct kq_obj *inner(struct q *q, struct kq_obj *x, struct kq_obj *y, struct kq_obj *at,
                            bool fill)
{
    struct kq_obj *rows = rows_where(q, at, kq_count(y), true);
    struct kq_obj *some = rows ? q_gather(q, x, kq_longs(rows), rows->n) : NULL;
    struct kq_obj *there = some ? q_gather(q, at, kq_longs(rows), rows->n) : NULL;
    struct kq_obj *r = there ? overlay(q, some, kq_values(y), there, fill) : NULL;
    kq_unref(rows);
    kq_unref(some);
    return q_drop(there, r);
}

/* The items at these rows of a column, 0 where there is none. */
static struct kq_obj *addend(struct q *q, struct kq_obj *c, const struct kq_obj *at)
{
    struct kq_obj *items = q_gather(q, c, kq_longs(at), at->n);
    struct kq_obj *type = kq_atom_int(KQ_SHORT, c->type), *zero = kq_long(0);
    struct kq_obj *none = items ? q_call(q, "$", 2, type, zero) : NULL;
    struct kq_obj *r = none ? q_call(q, "^", 2, none, items) : NULL;
    kq_unref(type);
    kq_unref(zero);
    kq_unref(none);
    return q_drop(items, r);
}

static struct kq_obj *plus(struct q *q, struct kq_obj *x, struct kq_obj *y, struct kq_obj *at,
                           bool fill)
{
    struct kq_obj *v = kq_values(y), *cols = kq_vec_new(KQ_LIST, kq_names(v)->n);
    bool ok = true;
    (void)fill;
    for (int64_t i = 0; ok && i < cols->n; i++) {
        const char *name = kq_syms(kq_names(v))[i];
        int64_t c = kq_column_find(x, name, strlen(name));
        struct kq_obj *add = addend(q, kq_child(kq_columns(v), i), at);
        if (add && c >= 0)
            add = q_drop(add, q_call(q, "+", 2, kq_child(kq_columns(x), c), add));
        kq_items(cols)[i] = add;
        ok = add;
    }
    struct kq_obj *sums = ok ? kq_table(kq_names(v), cols) : NULL;
    struct kq_obj *count = kq_long(at->n), *all = sums ? q_call(q, "til", 1, count) : NULL;
    struct kq_obj *r = all ? overlay(q, x, sums, all, false) : NULL;
    kq_unref(cols);
    kq_unref(sums);
    kq_unref(count);
    return q_drop(all, r);
}

static struct kq_obj *v_lj(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return by_key(q, a, left, false);
}

static struct kq_obj *v_ljf(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return by_key(q, a, left, true);
}

static struct kq_obj *v_ij(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return by_key(q, a, inner, false);
}

static struct kq_obj *v_ijf(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return by_key(q, a, inner, true);
}

static struct kq_obj *v_pj(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return by_key(q, a, plus, false);
}

/* ---- union ---------------------------------------------------------------------------------------- */

/* t with those columns of `like` that it lacks, full of nulls. */
static struct kq_obj *widened(struct q *q, struct kq_obj *t, struct kq_obj *like)
{
    struct kq_obj *more = without(q, like, kq_names(t));
    struct kq_obj *nowhere = more ? q_vec(q, KQ_LONG, kq_count(t)) : NULL;
    for (int64_t i = 0; nowhere && i < nowhere->n; i++)
        kq_longs(nowhere)[i] = -1;
    struct kq_obj *r = nowhere ? overlay(q, t, more, nowhere, false) : NULL;
    kq_unref(more);
    return q_drop(nowhere, r);
}

static struct kq_obj *union_tables(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    struct kq_obj *a = widened(q, x, y), *b = a ? widened(q, y, x) : NULL;
    struct kq_obj *r = b ? q_join_tables(q, a, b) : NULL;
    kq_unref(a);
    return q_drop(b, r);
}

/* Rows of x with what y knows of them, then the rows that only y has. */
static struct kq_obj *union_keyed(struct q *q, struct kq_obj *x, struct kq_obj *y, bool fill)
{
    struct kq_obj *at = q_find_key(q, kq_keys(x), kq_keys(y));
    struct kq_obj *rows = at ? rows_where(q, at, kq_count(kq_keys(x)), false) : NULL;
    struct kq_obj *fy = rows ? flat(q, y) : NULL;
    struct kq_obj *only = fy ? q_gather(q, fy, kq_longs(rows), rows->n) : NULL;
    struct kq_obj *pair[2] = {x, y};
    struct kq_obj *both = only ? by_key(q, pair, left, fill) : NULL;
    struct kq_obj *fx = both ? flat(q, both) : NULL, *r = fx ? union_tables(q, fx, only) : NULL;
    kq_unref(at);
    kq_unref(rows);
    kq_unref(fy);
    kq_unref(only);
    kq_unref(both);
    kq_unref(fx);
    return keyed_like_take(q, x, r);
}

static struct kq_obj *union_join(struct q *q, struct kq_obj **a, bool fill)
{
    if (a[0]->type == KQ_LIST && !a[0]->n)
        return kq_ref(a[1]);
    if (kq_is_keyed(a[0]) && kq_is_keyed(a[1]))
        return union_keyed(q, a[0], a[1], fill);
    if (a[0]->type == KQ_TABLE && a[1]->type == KQ_TABLE)
        return union_tables(q, a[0], a[1]);
    return q_fail(q, "type");
}

static struct kq_obj *v_uj(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return union_join(q, a, false);
}

static struct kq_obj *v_ujf(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return union_join(q, a, true);
}

/* ---- equal columns ------------------------------------------------------------------------------- */

/* Pairs of rows with equal keys: for each row of x those of y, in order. */
static bool equal_pairs(struct q *q, const struct q_asof *s, struct kq_obj *keys, int64_t nx,
                        struct kq_obj **xs, struct kq_obj **ys)
{
    int64_t total = 0, k = 0;
    for (int64_t i = 0; i < nx; i++)
        total += q_asof_group(s, keys, i).n;
    *xs = q_vec(q, KQ_LONG, total);
    *ys = *xs ? q_vec(q, KQ_LONG, total) : NULL;
    for (int64_t i = 0; *ys && i < nx; i++) {
        struct q_asof_group g = q_asof_group(s, keys, i);
        for (int64_t j = 0; j < g.n; j++, k++) {
            kq_longs(*xs)[k] = i;
            kq_longs(*ys)[k] = kq_longs(s->order)[g.from + j];
        }
        if (!q_tick(q))
            return false;
    }
    return *ys;
}

/* The key columns, with the last one a second time: all of them must be equal. */
static struct kq_obj *all_equal(struct q *q, struct kq_obj *names)
{
    struct kq_obj *last = kq_at(names, names->n - 1), *r = q_join(q, names, last);
    return q_drop(last, r);
}

static struct kq_obj *names_of(struct q *q, struct kq_obj *x)
{
    if (x->type == -KQ_SYMBOL)
        return kq_enlist(x);
    return x->type == KQ_SYMBOL && x->n ? kq_ref(x) : q_fail(q, "type");
}

static struct kq_obj *equal_join(struct q *q, struct kq_obj *names, struct kq_obj *x,
                                 struct kq_obj *y)
{
    struct kq_obj *all = all_equal(q, names), *keys = NULL, *time = NULL;
    struct kq_obj *xs = NULL, *ys = NULL, *rest = without(q, y, names), *r = NULL;
    struct q_asof s = {0};
    if (all && rest && q_asof_init(q, &s, y, all) && q_asof_probe(q, &s, x, all, &keys, &time) &&
        equal_pairs(q, &s, keys, kq_count(x), &xs, &ys)) {
        struct kq_obj *rows = q_gather(q, x, kq_longs(xs), xs->n);
        r = rows ? overlay(q, rows, rest, ys, false) : NULL;
        kq_unref(rows);
    }
    q_asof_release(&s);
    kq_unref(all);
    kq_unref(keys);
    kq_unref(time);
    kq_unref(xs);
    kq_unref(ys);
    return q_drop(rest, r);
}

static struct kq_obj *v_ej(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *names = names_of(q, a[0]), *x = names ? flat(q, a[1]) : NULL;
    struct kq_obj *y = x ? flat(q, a[2]) : NULL, *r = y ? equal_join(q, names, x, y) : NULL;
    kq_unref(names);
    kq_unref(x);
    return q_drop(y, r);
}

/* ---- as of ---------------------------------------------------------------------------------------- */

/* `right`: the time of the right table; `fill`: only values that are no nulls. */
static struct kq_obj *asof_join(struct q *q, struct kq_obj **a, bool right, bool fill)
{
    struct kq_obj *names = names_of(q, a[0]), *x = names ? flat(q, a[1]) : NULL;
    struct kq_obj *y = x ? flat(q, a[2]) : NULL, *at = y ? q_asof_rows(q, names, x, y) : NULL;
    struct kq_obj *left_names = at ? kq_slice(names, 0, names->n - right) : NULL;
    struct kq_obj *rest = at ? without(q, y, left_names) : NULL;
    struct kq_obj *r = rest ? overlay(q, x, rest, at, fill) : NULL;
    kq_unref(names);
    kq_unref(x);
    kq_unref(y);
    kq_unref(at);
    kq_unref(left_names);
    kq_unref(rest);
    return keyed_like_take(q, a[1], r);
}

static struct kq_obj *v_aj(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return asof_join(q, a, false, false);
}

static struct kq_obj *v_aj0(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return asof_join(q, a, true, false);
}

static struct kq_obj *v_ajf(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return asof_join(q, a, false, true);
}

static struct kq_obj *v_ajf0(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return asof_join(q, a, true, true);
}

/* t asof d: the other columns of t as of a dictionary or the rows of a table. */
static struct kq_obj *v_asof(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    bool one = kq_is_dict(a[1]) && !kq_is_keyed(a[1]);
    struct kq_obj *x = one ? q_call(q, "enlist", 1, a[1]) : flat(q, a[1]);
    struct kq_obj *t = x ? flat(q, a[0]) : NULL;
    if (x && x->type != KQ_TABLE)
        t = q_drop(t, q_fail(q, "type"));
    struct kq_obj *at = t ? q_asof_rows(q, kq_names(x), x, t) : NULL;
    struct kq_obj *rest = at ? without(q, t, kq_names(x)) : NULL;
    struct kq_obj *r = rest ? q_gather(q, rest, kq_longs(at), at->n) : NULL;
    kq_unref(x);
    kq_unref(t);
    kq_unref(at);
    kq_unref(rest);
    return r && one ? q_drop(r, q_item(q, r, 0)) : r;
}

/* ---- windows -------------------------------------------------------------------------------------- */

/* Rows of y inside each window: slices of the index's order. */
struct windows {
    struct q_asof s;
    struct kq_obj *keys, *time; /* of the left table */
    struct kq_obj *from, *to;   /* ends of the windows in the index's type */
    bool prevailing;            /* also the row in force when a window begins */
};

static bool windows_init(struct q *q, struct windows *w, struct kq_obj **a)
{
    struct kq_obj *ends = a[0], *names = a[1];
    if (!kq_type_is_list(ends->type) || kq_count(ends) != 2)
        return q_fail(q, "type");
    if (!q_asof_init(q, &w->s, a[3], names) ||
        !q_asof_probe(q, &w->s, a[2], names, &w->keys, &w->time))
        return false;
    struct kq_obj *from = q_item(q, ends, 0), *to = q_item(q, ends, 1);
    w->from = from ? q_match_type(q, w->s.time, from) : NULL;
    w->to = w->from && to ? q_match_type(q, w->s.time, to) : NULL;
    kq_unref(from);
    kq_unref(to);
    if (w->to && (kq_count(w->from) != kq_count(a[2]) || kq_count(w->to) != kq_count(a[2])))
        return q_fail(q, "length");
    return w->to;
}

static void windows_release(struct windows *w)
{
    q_asof_release(&w->s);
    kq_unref(w->keys);
    kq_unref(w->time);
    kq_unref(w->from);
    kq_unref(w->to);
}

/* f of the items of columns `cols` in window i. */
static struct kq_obj *window_value(struct q *q, const struct windows *w, int64_t i,
                                   struct kq_obj *f, struct kq_obj *cols)
{
    struct kq_obj *args[4] = {NULL};
    struct q_asof_group g = q_asof_group(&w->s, w->keys, i);
    int64_t from = q_asof_count(&w->s, g, w->from, i, !w->prevailing);
    int64_t to = q_asof_count(&w->s, g, w->to, i, false);
    if (w->prevailing && from > 0)
        from--;
    int64_t n = to > from ? to - from : 0;
    bool ok = true;
    for (int64_t c = 0; ok && c < cols->n; c++) {
        args[c] = q_gather(q, kq_child(cols, c), kq_longs(w->s.order) + g.from + from, n);
        ok = args[c];
    }
    struct kq_obj *r = ok ? q_apply(q, f, (int)cols->n, args) : NULL;
    for (int64_t c = 0; c < cols->n; c++)
        kq_unref(args[c]);
    return r;
}

static struct kq_obj *window_column(struct q *q, const struct windows *w, struct kq_obj *f,
                                    struct kq_obj *cols)
{
    struct q_collect c;
    int64_t n = kq_count(w->from);
    q_collect_init(&c, q, n);
    for (int64_t i = 0; i < n && !q_collect_failed(&c); i++)
        q_collect_add_take(&c, window_value(q, w, i, f, cols));
    return q_collect_done(&c);
}

/* One item (f;`column...) of the last argument: the column it makes, and its name. */
static struct kq_obj *window_item(struct q *q, const struct windows *w, struct kq_obj *y,
                                  struct kq_obj *item, struct kq_obj **name)
{
    if (item->type != KQ_LIST || item->n < 2 || item->n > 5)
        return q_fail(q, "type");
    struct kq_obj *cols = kq_vec_new(KQ_LIST, item->n - 1), *r = NULL;
    bool ok = true;
    for (int64_t i = 0; ok && i < cols->n; i++) {
        kq_items(cols)[i] = q_index(q, y, kq_child(item, i + 1));
        ok = kq_child(cols, i) && kq_child(item, i + 1)->type == -KQ_SYMBOL;
    }
    if (ok) {
        *name = kq_child(item, 1);
        r = window_column(q, w, kq_child(item, 0), cols);
    }
    return q_drop(cols, r);
}

/* x with a column for each item of spec but the first, which is y. */
static struct kq_obj *window_columns(struct q *q, const struct windows *w, struct kq_obj *x,
                                     struct kq_obj *y, struct kq_obj *spec)
{
    struct kq_obj *r = kq_ref(x), *count = kq_long(kq_count(x));
    struct kq_obj *all = q_call(q, "til", 1, count);
    for (int64_t i = 1; r && i < spec->n; i++) {
        struct kq_obj *name = NULL, *col = window_item(q, w, y, kq_child(spec, i), &name);
        struct kq_obj *names = col ? kq_enlist(name) : NULL;
        struct kq_obj *cols = names ? kq_list_of(1, kq_ref(col)) : NULL;
        struct kq_obj *one = cols ? kq_table(names, cols) : NULL;
        r = q_drop(r, one ? overlay(q, r, one, all, false) : NULL);
        kq_unref(col);
        kq_unref(names);
        kq_unref(cols);
        kq_unref(one);
    }
    kq_unref(count);
    return q_drop(all, r);
}

/* wj[windows;columns;t;(y;(f;c);...)] */
static struct kq_obj *window_join(struct q *q, struct kq_obj **a, bool prevailing)
{
    struct kq_obj *spec = a[3];
    if (spec->type != KQ_LIST || spec->n < 1)
        return q_fail(q, "type");
    struct windows w = {.prevailing = prevailing};
    struct kq_obj *names = names_of(q, a[1]), *x = names ? flat(q, a[2]) : NULL;
    struct kq_obj *y = x ? flat(q, kq_child(spec, 0)) : NULL, *r = NULL;
    struct kq_obj *args[4] = {a[0], names, x, y};
    if (y && windows_init(q, &w, args))
        r = window_columns(q, &w, x, y, spec);
    windows_release(&w);
    kq_unref(names);
    kq_unref(x);
    kq_unref(y);
    return keyed_like_take(q, a[2], r);
}

static struct kq_obj *v_wj(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return window_join(q, a, true);
}

static struct kq_obj *v_wj1(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return window_join(q, a, false);
}

const struct q_verb q_verbs_join[] = {
    {"lj", 2, 2, v_lj}, {"ljf", 2, 2, v_ljf}, {"ij", 2, 2, v_ij},     {"ijf", 2, 2, v_ijf},
    {"uj", 2, 2, v_uj}, {"ujf", 2, 2, v_ujf}, {"pj", 2, 2, v_pj},     {"ej", 3, 3, v_ej},
    {"aj", 3, 3, v_aj}, {"aj0", 3, 3, v_aj0}, {"ajf", 3, 3, v_ajf},   {"ajf0", 3, 3, v_ajf0},
    {"wj", 4, 4, v_wj}, {"wj1", 4, 4, v_wj1}, {"asof", 2, 2, v_asof}, {NULL, 0, 0, NULL},
};

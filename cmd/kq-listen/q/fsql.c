/*
 * fsql.c - ?[t;c;b;a]: select and exec.
 *
 * b is 0b (no groups), 1b (distinct), () (exec), a dictionary (named groups) or
 * a tree (exec by); a is () (all columns), a dictionary (named columns) or a
 * tree (exec of one).
 */
#include "q/fsql.h"

#include "q/core.h"
#include "q/query.h"
#include "q/table.h"

#include "obj/cmp.h"

/* ---- results -------------------------------------------------------------------------- */

static bool is_column(const struct kq_obj *v)
{
    return kq_type_is_list(v->type);
}

/* Values of the columns as a table: atoms are repeated to the length of the
 * lists, or make a table of one row. */
static struct kq_obj *make_table(struct q *q, struct kq_obj *names, struct kq_obj *values)
{
    int64_t rows = -1;
    for (int64_t c = 0; c < values->n; c++) {
        const struct kq_obj *v = kq_child(values, c);
        if (!is_column(v))
            continue;
        if (rows >= 0 && kq_count(v) != rows)
            return q_fail(q, "length");
        rows = kq_count(v);
    }
    struct kq_obj *cols = kq_vec_new(KQ_LIST, values->n), *n = kq_long(rows < 0 ? 1 : rows);
    bool ok = true;
    for (int64_t c = 0; ok && c < values->n; c++) {
        struct kq_obj *v = kq_child(values, c);
        if (is_column(v))
            kq_items(cols)[c] = kq_ref(v);
        else
            kq_items(cols)[c] = rows < 0 ? kq_enlist(v) : q_call(q, "#", 2, n, v);
        ok = kq_child(cols, c);
    }
    kq_unref(n);
    return q_drop(cols, ok ? kq_table(names, cols) : NULL);
}

/* The values of the trees in a dictionary, over all rows or by group. */
static struct kq_obj *column_values(struct q_query *s, struct kq_obj *trees, bool by_group)
{
    int64_t n = kq_count(trees);
    struct kq_obj *values = kq_vec_new(KQ_LIST, n);
    for (int64_t c = 0; c < n; c++) {
        struct kq_obj *tree = q_item(s->q, trees, c);
        kq_items(values)[c] = by_group ? q_query_by_group(s, tree) : q_query_eval(s, tree);
        kq_unref(tree);
        if (!kq_child(values, c))
            return q_drop(values, NULL);
    }
    return values;
}

/* The rows left, all columns. */
static struct kq_obj *whole_rows(struct q_query *s)
{
    return s->rows ? q_gather(s->q, s->table, kq_longs(s->rows), s->rows->n) : kq_ref(s->table);
}

/* The last row of each group, without the columns that `except` names. */
static struct kq_obj *last_rows(struct q_query *s, const struct kq_obj *except)
{
    struct kq_obj *names = kq_vec_new(KQ_SYMBOL, 0), *trees = kq_vec_new(KQ_LIST, 0);
    for (int64_t c = 0; c < kq_names(s->table)->n; c++) {
        const char *name = kq_syms(kq_names(s->table))[c];
        bool key = false;
        for (int64_t k = 0; except && k < except->n; k++)
            key = key || kq_syms(except)[k] == name;
        if (key)
            continue;
        struct kq_obj *sym = kq_atom_sym(name);
        struct kq_obj *tree = kq_list_of(2, kq_prim(KQ_UNARY, 24), kq_ref(sym));
        kq_push(&names, sym);
        kq_push(&trees, tree);
        kq_unref(sym);
        kq_unref(tree);
    }
    struct kq_obj *values = column_values(s, trees, true);
    struct kq_obj *t = values ? make_table(s->q, names, values) : NULL;
    kq_unref(names);
    kq_unref(trees);
    return q_drop(values, t);
}

/* ---- shapes of queries -------------------------------------------------------------------- */

static struct kq_obj *names_of(struct q *q, struct kq_obj *dict)
{
    struct kq_obj *k = kq_keys(dict);
    if (k->type == KQ_SYMBOL)
        return kq_ref(k);
    return k->type == KQ_LIST && !k->n ? kq_vec_new(KQ_SYMBOL, 0) : q_fail(q, "type");
}

static struct kq_obj *plain_select(struct q_query *s, struct kq_obj *a)
{
    if (a->type == KQ_LIST && !a->n) {
        struct kq_obj *t = whole_rows(s);
        return t && s->nkeys ? q_drop(t, q_rekey(s->q, s->nkeys, t)) : t;
    }
    if (!kq_is_dict(a))
        return q_query_eval(s, a);
    struct kq_obj *names = names_of(s->q, a);
    struct kq_obj *values = names ? column_values(s, kq_values(a), false) : NULL;
    struct kq_obj *t = values ? make_table(s->q, names, values) : NULL;
    kq_unref(names);
    return q_drop(values, t);
}

static struct kq_obj *exec_all(struct q_query *s, struct kq_obj *a)
{
    if (kq_is_dict(a)) {
        struct kq_obj *values = column_values(s, kq_values(a), false);
        values = values ? kq_collapse_take(values) : NULL;
        return values ? q_drop(values, kq_dict(kq_keys(a), values)) : NULL;
    }
    if (a->type != KQ_LIST || a->n)
        return q_query_eval(s, a);
    struct kq_obj *t = whole_rows(s);
    return t ? q_drop(t, q_item(s->q, t, kq_count(t) - 1)) : NULL;
}

/* What a grouped query shows of each group: a table, or a list for one tree. */
static struct kq_obj *group_values(struct q_query *s, struct kq_obj *a, const struct kq_obj *except)
{
    if (a->type == KQ_LIST && !a->n)
        return last_rows(s, except);
    if (!kq_is_dict(a))
        return q_query_by_group(s, a);
    struct kq_obj *names = names_of(s->q, a);
    struct kq_obj *values = names ? column_values(s, kq_values(a), true) : NULL;
    struct kq_obj *t = values ? make_table(s->q, names, values) : NULL;
    kq_unref(names);
    return q_drop(values, t);
}

/* Ascending and all different: the attribute s. */
static void mark_sorted(struct kq_obj *keys)
{
    if (keys->type > 0 && keys->type <= KQ_TYPE_MAX && keys->refs == 1)
        keys->attr = KQ_ATTR_SORTED;
}

static struct kq_obj *select_by(struct q_query *s, struct kq_obj *by, struct kq_obj *a)
{
    struct kq_obj *names = names_of(s->q, by), *r = NULL;
    struct kq_obj *cols = names ? q_query_group(s, kq_values(by), true) : NULL;
    struct kq_obj *values = cols ? group_values(s, a, names) : NULL;
    if (values) {
        struct kq_obj *keys = kq_table(names, cols);
        if (cols->n == 1) {
            mark_sorted(kq_child(cols, 0));
            keys->attr = KQ_ATTR_SORTED;
        }
        r = q_drop(keys, kq_dict(keys, values));
    }
    kq_unref(names);
    kq_unref(cols);
    return q_drop(values, r);
}

static struct kq_obj *exec_by(struct q_query *s, struct kq_obj *by, struct kq_obj *a)
{
    struct kq_obj *trees = kq_list_of(1, kq_ref(by)), *r = NULL;
    struct kq_obj *cols = q_query_group(s, trees, true);
    struct kq_obj *values = cols ? group_values(s, a, NULL) : NULL;
    if (values) {
        mark_sorted(kq_child(cols, 0));
        r = kq_dict(kq_child(cols, 0), values);
    }
    kq_unref(trees);
    kq_unref(cols);
    return q_drop(values, r);
}

/* ---- limits ------------------------------------------------------------------------------------ */

/* select[n]: the first n (negative: last) or, for a pair, n from a position. */
static struct kq_obj *limited(struct q *q, struct kq_obj *n, struct kq_obj *x)
{
    return q_call(q, "sublist", 2, n, x);
}

static struct kq_obj *all_rows(struct q_query *s)
{
    struct kq_obj *i = kq_atom_symz("i"), *r = q_query_eval(s, i);
    return q_drop(i, r);
}

/* select[n;>c]: order the rows left, and keep some of them. */
static bool arrange(struct q_query *s, struct kq_obj *n, struct kq_obj *order)
{
    struct kq_obj *at = order ? q_query_eval(s, order) : NULL;
    if (order && !at)
        return false;
    struct kq_obj *rows = all_rows(s);
    if (rows && at)
        rows = q_drop(rows, q_index(s->q, rows, at));
    if (rows && n)
        rows = q_drop(rows, limited(s->q, n, rows));
    kq_unref(at);
    if (!rows)
        return false;
    if (rows->type != KQ_LONG) {
        kq_unref(rows);
        return q_fail(s->q, "type");
    }
    q_query_rows_take(s, rows);
    return true;
}

/* The first of each set of equal rows. */
static struct kq_obj *distinct(struct q *q, struct kq_obj *t)
{
    struct q_groups g;
    if (t->type != KQ_TABLE)
        return q_call(q, "distinct", 1, t);
    if (!q_groups_init(q, &g, kq_columns(t), kq_count(t), false))
        return NULL;
    struct kq_obj *r = q_gather(q, t, kq_longs(g.first), g.n);
    q_groups_release(&g);
    return r;
}

/* ---- select and exec ------------------------------------------------------------------------------- */

static struct kq_obj *grouped(struct q_query *s, struct kq_obj *b, struct kq_obj *a)
{
    if (kq_is_dict(b))
        return select_by(s, b, a);
    if (b->type != KQ_SYMBOL || b->n < 2)
        return exec_by(s, b, a);
    struct kq_obj *dict = kq_dict(b, b); /* by several columns */
    return q_drop(dict, select_by(s, dict, a));
}

static struct kq_obj *run(struct q_query *s, struct kq_obj **a, int n)
{
    struct kq_obj *by = a[2], *limit = n > 4 ? a[4] : NULL;
    bool plain = by->type == -KQ_BOOLEAN || (by->type == KQ_LIST && !by->n);
    if (!q_query_where(s, a[1]))
        return NULL;
    if ((n > 5 || (limit && plain)) && !arrange(s, plain ? limit : NULL, n > 5 ? a[5] : NULL))
        return NULL;
    if (by->type == -KQ_BOOLEAN) {
        struct kq_obj *t = plain_select(s, a[3]);
        return t && by->u.j ? q_drop(t, distinct(s->q, t)) : t;
    }
    if (plain)
        return exec_all(s, a[3]);
    struct kq_obj *r = grouped(s, by, a[3]);
    return r && limit ? q_drop(r, limited(s->q, limit, r)) : r;
}

struct kq_obj *q_fsql_select(struct q *q, struct kq_obj **a, int n)
{
    struct q_query s;
    struct kq_obj *r = q_query_init(q, &s, a[0]) ? run(&s, a, n) : NULL;
    q_query_release(&s);
    return r;
}

/*
 * v_table.c - columns and keys of tables, rows into tables, the shapes in
 * between.
 *
 * Most keywords take a table, a keyed table, or the name of one; the latter is
 * changed in place and the name is the result.
 */
#include "q/core.h"
#include "q/enum.h"
#include "q/sort.h"
#include "q/table.h"
#include "q/upsert.h"
#include "q/verb.h"
#include "q/view.h"

/* ---- tables by name --------------------------------------------------------------------- */

/* The value of a name; anything else is itself. */
static struct kq_obj *by_value(struct q *q, struct kq_obj *x)
{
    return x->type == -KQ_SYMBOL ? q_env_get(q, kq_sym_text(x)) : kq_ref(x);
}

/* The table (keys included) behind x, flat; 'type when it is none. */
static struct kq_obj *flat_table(struct q *q, struct kq_obj *x, int64_t *n_keys)
{
    struct kq_obj *t = by_value(q, x);
    if (!t)
        return NULL;
    *n_keys = kq_is_keyed(t) ? kq_names(kq_keys(t))->n : 0;
    struct kq_obj *flat = kq_unkey(t);
    return q_drop(t, flat ? flat : q_fail(q, "type"));
}

/* What a keyword does with its table: the result with the first *n_keys columns
 * as key. */
typedef struct kq_obj *reshape_fn(struct q *q, struct kq_obj *x, struct kq_obj *flat,
                                  int64_t *n_keys);

/* x keyword y for a table or its name. */
static struct kq_obj *reshape(struct q *q, struct kq_obj **a, reshape_fn *fn)
{
    int64_t n_keys;
    struct kq_obj *flat = flat_table(q, a[1], &n_keys);
    struct kq_obj *t = flat ? fn(q, a[0], flat, &n_keys) : NULL;
    struct kq_obj *r = t ? q_rekey(q, n_keys, t) : NULL;
    kq_unref(flat);
    kq_unref(t);
    if (!r || a[1]->type != -KQ_SYMBOL)
        return r;
    bool ok = q_env_set(q, kq_sym_text(a[1]), r);
    return q_drop(r, ok ? kq_ref(a[1]) : NULL);
}

static struct kq_obj *symbols(struct q *q, struct kq_obj *x)
{
    if (x->type == -KQ_SYMBOL)
        return kq_enlist(x);
    if (x->type == KQ_LIST && !x->n)
        return kq_vec_new(KQ_SYMBOL, 0);
    return x->type == KQ_SYMBOL ? kq_ref(x) : q_fail(q, "type");
}

/* The table with only these columns, in this order; fails with a name that is
 * none. */
static struct kq_obj *with_columns(struct q *q, struct kq_obj *t, struct kq_obj *names)
{
    struct kq_obj *cols = q_index(q, t, names);
    return cols ? q_drop(cols, kq_table(names, cols)) : NULL;
}

/* x first, then the other names of the table. */
static struct kq_obj *names_with_first(struct q *q, struct kq_obj *x, struct kq_obj *t)
{
    struct kq_obj *rest = q_call(q, "except", 2, kq_names(t), x);
    return rest ? q_drop(rest, q_join(q, x, rest)) : NULL;
}

static struct kq_obj *columns_first(struct q *q, struct kq_obj *x, struct kq_obj *t)
{
    struct kq_obj *names = names_with_first(q, x, t);
    return names ? q_drop(names, with_columns(q, t, names)) : NULL;
}

/* ---- names and keys ---------------------------------------------------------------------- */

static struct kq_obj *v_cols(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *t = by_value(q, a[0]);
    if (!t)
        return NULL;
    struct kq_obj *flat = kq_unkey(t), *r;
    if (flat)
        r = kq_ref(kq_names(flat));
    else
        r = kq_is_dict(t) && kq_keys(t)->type == KQ_SYMBOL ? kq_ref(kq_keys(t)) : q_fail(q, "type");
    kq_unref(flat);
    return q_drop(t, r);
}

static struct kq_obj *v_keys(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *t = by_value(q, a[0]), *r;
    if (!t)
        return NULL;
    if (kq_is_keyed(t))
        r = kq_ref(kq_names(kq_keys(t)));
    else
        r = t->type == KQ_TABLE ? kq_vec_new(KQ_SYMBOL, 0) : q_fail(q, "type");
    return q_drop(t, r);
}

static struct kq_obj *key_by(struct q *q, struct kq_obj *x, struct kq_obj *t, int64_t *n_keys)
{
    struct kq_obj *names = symbols(q, x);
    if (!names)
        return NULL;
    *n_keys = names->n;
    return q_drop(names, columns_first(q, names, t));
}

static struct kq_obj *v_xkey(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return reshape(q, a, key_by);
}

/* d xcol t: new names for old ones. */
static struct kq_obj *renamed(struct q *q, struct kq_obj *d, struct kq_obj *t)
{
    struct kq_obj *from = kq_keys(d), *to = kq_values(d);
    struct kq_obj *names = kq_unshare_take(kq_ref(kq_names(t)));
    if (from->type != KQ_SYMBOL || to->type != KQ_SYMBOL)
        return q_drop(names, q_fail(q, "type"));
    struct kq_symiter f = kq_symiter(from), s = kq_symiter(to);
    for (int64_t i = 0; i < from->n; i++) {
        size_t len, new_len;
        const char *old = kq_symiter_next(&f, &len), *new = kq_symiter_next(&s, &new_len);
        int64_t at = kq_column_find(t, old, len);
        if (at < 0)
            return q_drop(names, q_fail(q, "length"));
        kq_syms(names)[at] = kq_sym(new, new_len);
    }
    return names;
}

static struct kq_obj *rename_columns(struct q *q, struct kq_obj *x, struct kq_obj *t,
                                     int64_t *n_keys)
{
    struct kq_obj *names;
    (void)n_keys;
    if (kq_is_dict(x)) {
        names = renamed(q, x, t);
    } else {
        struct kq_obj *first = symbols(q, x);
        if (first && first->n > kq_names(t)->n)
            first = q_drop(first, q_fail(q, "length"));
        struct kq_obj *count = first ? kq_long(first->n) : NULL;
        struct kq_obj *rest = count ? q_call(q, "_", 2, count, kq_names(t)) : NULL;
        names = rest ? q_join(q, first, rest) : NULL;
        kq_unref(first);
        kq_unref(count);
        kq_unref(rest);
    }
    return names ? q_drop(names, kq_table(names, kq_columns(t))) : NULL;
}

static struct kq_obj *v_xcol(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return reshape(q, a, rename_columns);
}

static struct kq_obj *reorder(struct q *q, struct kq_obj *x, struct kq_obj *t, int64_t *n_keys)
{
    if (*n_keys)
        return q_fail(q, "type");
    struct kq_obj *names = symbols(q, x);
    return names ? q_drop(names, columns_first(q, names, t)) : NULL;
}

static struct kq_obj *v_xcols(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return reshape(q, a, reorder);
}

/* ---- order --------------------------------------------------------------------------------- */

/* The table in the order of some columns; the first of them is marked sorted
 * when it ascends. */
static struct kq_obj *order_by(struct q *q, struct kq_obj *x, struct kq_obj *t, bool down)
{
    struct kq_obj *names = symbols(q, x);
    if (!names || !names->n)
        return names ? q_drop(names, kq_ref(t)) : NULL;
    struct kq_obj *sub = with_columns(q, t, names), *at = sub ? q_grade(q, sub, down) : NULL;
    struct kq_obj *r = at ? q_gather(q, t, kq_longs(at), at->n) : NULL;
    if (r && !down) {
        const char *first = kq_syms(names)[0];
        struct kq_obj *col = kq_child(kq_columns(r), kq_column_find(r, first, strlen(first)));
        if (col->type > 0 && col->type <= KQ_TYPE_MAX)
            col->attr = KQ_ATTR_SORTED;
    }
    kq_unref(sub);
    kq_unref(names);
    return q_drop(at, r);
}

static struct kq_obj *ascending(struct q *q, struct kq_obj *x, struct kq_obj *t, int64_t *n_keys)
{
    (void)n_keys;
    return order_by(q, x, t, false);
}

static struct kq_obj *descending(struct q *q, struct kq_obj *x, struct kq_obj *t, int64_t *n_keys)
{
    (void)n_keys;
    return order_by(q, x, t, true);
}

static struct kq_obj *v_xasc(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return reshape(q, a, ascending);
}

static struct kq_obj *v_xdesc(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return reshape(q, a, descending);
}

/* ---- meta ----------------------------------------------------------------------------------- */

/* The letter of what an enumeration stands for. */
static char enum_letter(struct q *q, const struct kq_obj *e)
{
    struct kq_obj *empty = q_enum_wrap(e, kq_vec_new(KQ_LONG, 0)), *plain = q_unenum(q, empty);
    char letter =
        plain && plain->type > 0 && plain->type <= KQ_TYPE_MAX ? kq_typeinfo(plain->type)->ch : 's';
    kq_unref(empty);
    kq_unref(plain);
    return letter;
}

/* The letter of a column: its type, in upper case that of its first item when it
 * is nested, else a blank. */
static char type_letter(struct q *q, const struct kq_obj *c)
{
    if (q_is_enum(c))
        return enum_letter(q, c);
    if (c->type > 0 && c->type <= KQ_TYPE_MAX)
        return kq_typeinfo(c->type)->ch;
    if (c->type != KQ_LIST || !c->n)
        return ' ';
    const struct kq_obj *first = kq_child(c, 0);
    if (q_is_enum(first) && first->type > 0)
        return 'S';
    if (first->type <= 0 || first->type > KQ_TYPE_MAX)
        return ' ';
    return (char)(kq_typeinfo(first->type)->ch - 'a' + 'A');
}

/* .Q.ty */
static struct kq_obj *v_type_letter(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return kq_atom_int(KQ_CHAR, type_letter(q, a[0]));
}

/* The table that a column is a foreign key into, as a symbol; null when none. */
static const char *foreign_table(struct q *q, const struct kq_obj *c)
{
    if (!q_is_enum(c))
        return kq_sym_null;
    const char *domain = kq_sym_text(kq_child(c, 0));
    struct kq_obj *d = q_env_get(q, domain);
    bool table = d && (d->type == KQ_TABLE || kq_is_keyed(d));
    kq_unref(d);
    return table ? domain : kq_sym_null;
}

static struct kq_obj *meta_values(struct q *q, struct kq_obj *t)
{
    static const char *const letters[] = {"", "s", "u", "p", "g"};
    int64_t n = kq_names(t)->n;
    struct kq_obj *type = kq_vec_new(KQ_CHAR, n), *key = kq_vec_new(KQ_SYMBOL, n);
    struct kq_obj *attr = kq_vec_new(KQ_SYMBOL, n), *names = kq_vec_new(KQ_SYMBOL, 3);
    for (int64_t i = 0; i < n; i++) {
        const struct kq_obj *c = kq_child(kq_columns(t), i);
        type->u.v.data[i] = (uint8_t)type_letter(q, c);
        kq_syms(key)[i] = foreign_table(q, c);
        kq_syms(attr)[i] = kq_symz(letters[c->attr % 5]);
    }
    kq_syms(names)[0] = kq_symz("t");
    kq_syms(names)[1] = kq_symz("f");
    kq_syms(names)[2] = kq_symz("a");
    struct kq_obj *cols = kq_list_of(3, type, key, attr), *r = kq_table(names, cols);
    kq_unref(names);
    return q_drop(cols, r);
}

static struct kq_obj *v_meta(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    int64_t n_keys;
    struct kq_obj *t = flat_table(q, a[0], &n_keys);
    if (!t)
        return NULL;
    struct kq_obj *c = kq_atom_symz("c"), *names = kq_enlist(c);
    struct kq_obj *cols = kq_list_of(1, kq_ref(kq_names(t))), *keys = kq_table(names, cols);
    struct kq_obj *values = meta_values(q, t), *r = kq_dict(keys, values);
    kq_unref(c);
    kq_unref(names);
    kq_unref(cols);
    kq_unref(keys);
    kq_unref(values);
    return q_drop(t, r);
}

/* Columns that are foreign keys ! their tables. */
static struct kq_obj *v_fkeys(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    int64_t n_keys;
    struct kq_obj *t = flat_table(q, a[0], &n_keys);
    if (!t)
        return NULL;
    struct kq_obj *from = kq_vec_new(KQ_SYMBOL, 0), *to = kq_vec_new(KQ_SYMBOL, 0);
    for (int64_t i = 0; i < kq_names(t)->n; i++) {
        struct kq_obj *table = kq_atom_sym(foreign_table(q, kq_child(kq_columns(t), i)));
        struct kq_obj *name = kq_at(kq_names(t), i);
        if (*kq_sym_text(table)) {
            kq_push(&from, name);
            kq_push(&to, table);
        }
        kq_unref(table);
        kq_unref(name);
    }
    struct kq_obj *d = kq_dict(from, to);
    kq_unref(from);
    kq_unref(to);
    return q_drop(t, d);
}

/* ---- ungroup -------------------------------------------------------------------------------- */

static int64_t cell_count(const struct kq_obj *c, int64_t row)
{
    const struct kq_obj *cell = c->type == KQ_LIST ? kq_child(c, row) : NULL;
    return cell && kq_type_is_list(cell->type) ? kq_count(cell) : -1;
}

/* How many rows row i becomes: the count of its lists, which must agree; atoms
 * are repeated.  -1: 'length. */
static int64_t row_count(const struct kq_obj *t, int64_t row)
{
    int64_t count = -1;
    for (int64_t c = 0; c < kq_columns(t)->n; c++) {
        int64_t n = cell_count(kq_child(kq_columns(t), c), row);
        if (n >= 0 && count >= 0 && n != count)
            return -1;
        if (n >= 0)
            count = n;
    }
    return count < 0 ? 1 : count;
}

static struct kq_obj *row_counts(struct q *q, struct kq_obj *t)
{
    struct kq_obj *counts = q_vec(q, KQ_LONG, kq_count(t));
    for (int64_t i = 0; counts && i < counts->n; i++) {
        kq_longs(counts)[i] = row_count(t, i);
        if (kq_longs(counts)[i] < 0)
            return q_drop(counts, q_fail(q, "length"));
    }
    return counts;
}

/* A column of rows repeated; lists in it are laid end to end. */
static struct kq_obj *flattened(struct q *q, struct kq_obj *c, struct kq_obj *counts,
                                struct kq_obj *at)
{
    bool nested = false;
    for (int64_t i = 0; !nested && i < counts->n; i++)
        nested = cell_count(c, i) >= 0;
    if (!nested)
        return q_gather(q, c, kq_longs(at), at->n);
    struct kq_obj *cells = kq_vec_new(KQ_LIST, counts->n);
    for (int64_t i = 0; i < counts->n; i++) {
        struct kq_obj *cell = kq_child(c, i), *n = kq_long(kq_longs(counts)[i]);
        bool list = cell_count(c, i) >= 0;
        kq_items(cells)[i] = list ? kq_ref(cell) : q_call(q, "#", 2, n, cell);
        kq_unref(n);
        if (!kq_child(cells, i))
            return q_drop(cells, NULL);
    }
    return q_drop(cells, q_raze(q, cells));
}

static struct kq_obj *v_ungroup(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    int64_t n_keys;
    struct kq_obj *t = flat_table(q, a[0], &n_keys);
    if (!t || !kq_count(t))
        return t;
    struct kq_obj *counts = row_counts(q, t), *at = counts ? q_call(q, "where", 1, counts) : NULL;
    struct kq_obj *cols = at ? kq_vec_new(KQ_LIST, kq_columns(t)->n) : NULL;
    bool ok = cols;
    for (int64_t i = 0; ok && i < cols->n; i++) {
        kq_items(cols)[i] = flattened(q, kq_child(kq_columns(t), i), counts, at);
        ok = kq_child(cols, i);
    }
    struct kq_obj *r = ok ? kq_table(kq_names(t), cols) : NULL;
    kq_unref(counts);
    kq_unref(at);
    kq_unref(cols);
    return q_drop(t, r);
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* The cell of a variable that rows go into; NULL after q_fail. */
static struct q_cell *target(struct q *q, const char *name)
{
    struct q_cell *cell = q_env_cell(q, q_env_absolute(q->env.context, name));
    if (!q_may_update(q))
        return NULL;
    if (!cell->value || cell->view) {
        q_fail(q, cell->view ? "assign" : name);
        return NULL;
    }
    return cell;
}

/* Rows for a variable that does not exist make it, when they are a table. */
static bool defines(struct q *q, struct kq_obj *name, struct kq_obj *y)
{
    struct q_cell *cell = q_env_cell(q, q_env_absolute(q->env.context, kq_sym_text(name)));
    return !cell->value && !cell->view && (y->type == KQ_TABLE || kq_is_keyed(y));
}

static struct kq_obj *v_insert(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    if (a[0]->type != -KQ_SYMBOL)
        return q_fail(q, "type");
    if (defines(q, a[0], a[1])) {
        struct kq_obj *count = kq_long(kq_count(a[1]));
        bool ok = q_env_set(q, kq_sym_text(a[0]), a[1]);
        return q_drop(count, ok ? q_call(q, "til", 1, count) : NULL);
    }
    struct q_cell *cell = target(q, kq_sym_text(a[0]));
    struct kq_obj *at = cell ? q_insert(q, &cell->value, a[1]) : NULL;
    return at && !q_env_changed(q, cell, 0, NULL) ? q_drop(at, NULL) : at;
}

/* Has y, a table, only some of the columns of t? */
static bool lacks_columns(const struct kq_obj *t, struct kq_obj *y)
{
    if (t->type != KQ_TABLE || y->type != KQ_TABLE || kq_names(y)->n >= kq_names(t)->n)
        return false;
    for (int64_t i = 0; i < kq_names(y)->n; i++) {
        struct kq_obj *name = kq_at(kq_names(y), i);
        bool found = kq_column_find(t, kq_sym_text(name), kq_sym_textlen(name)) >= 0;
        kq_unref(name);
        if (!found)
            return false;
    }
    return true;
}

/* Upsert into the table at *place; columns that the rows of y lack become null. */
static bool upsert(struct q *q, struct kq_obj **place, struct kq_obj *y)
{
    if (!lacks_columns(*place, y))
        return q_upsert(q, place, y);
    struct kq_obj *none = kq_slice(*place, 0, 0), *rows = q_call(q, "uj", 2, none, y);
    bool ok = rows && q_upsert(q, place, rows);
    kq_unref(none);
    kq_unref(rows);
    return ok;
}

static struct kq_obj *v_upsert(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    if (a[0]->type != -KQ_SYMBOL) {
        struct kq_obj *r = kq_ref(a[0]);
        return upsert(q, &r, a[1]) ? r : q_drop(r, NULL);
    }
    if (defines(q, a[0], a[1]))
        return q_env_set(q, kq_sym_text(a[0]), a[1]) ? kq_ref(a[0]) : NULL;
    struct q_cell *cell = target(q, kq_sym_text(a[0]));
    bool ok = cell && upsert(q, &cell->value, a[1]) && q_env_changed(q, cell, 0, NULL);
    return ok ? kq_ref(a[0]) : NULL;
}

const struct q_verb q_verbs_table[] = {
    {"cols", 1, 1, v_cols},         {"keys", 1, 1, v_keys},     {"xkey", 2, 2, v_xkey},
    {"xcol", 2, 2, v_xcol},         {"xcols", 2, 2, v_xcols},   {"xasc", 2, 2, v_xasc},
    {"xdesc", 2, 2, v_xdesc},       {"meta", 1, 1, v_meta},     {"fkeys", 1, 1, v_fkeys},
    {"insert", 2, 2, v_insert},     {"upsert", 2, 2, v_upsert}, {"ungroup", 1, 1, v_ungroup},
    {".Q.ty", 1, 1, v_type_letter}, {NULL, 0, 0, NULL},
};

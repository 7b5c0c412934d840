/*
 * fupdate.c - ![t;c;b;a]: update and delete.
 *
 * All new columns are computed from the old table before any is put in place.
 * A table given by name is changed where it is kept, and the name returned.
 */
#include "q/core.h"
#include "q/enum.h"
#include "q/fsql.h"
#include "q/query.h"
#include "q/table.h"

/* ---- update ------------------------------------------------------------------------- */

/* A value for the rows left as a list of that length. */
static struct kq_obj *for_rows(struct q_query *s, struct kq_obj *v)
{
    int64_t n = q_query_count(s);
    if (kq_type_is_list(v->type))
        return kq_count(v) == n ? kq_ref(v) : q_fail(s->q, "length");
    struct kq_obj *count = kq_long(n);
    return q_drop(count, q_call(s->q, "#", 2, count, v));
}

/* A new column of which only the rows left have a value. */
static struct kq_obj *scattered(struct q_query *s, struct kq_obj *v)
{
    int64_t n = kq_count(s->table);
    struct kq_obj *at = q_vec(s->q, KQ_LONG, n);
    if (!at)
        return NULL;
    memset(at->u.v.data, 0xff, (size_t)n * sizeof(int64_t)); /* -1: null */
    for (int64_t i = 0; i < s->rows->n; i++)
        kq_longs(at)[kq_longs(s->rows)[i]] = i;
    return q_drop(at, q_gather(s->q, v, kq_longs(at), n));
}

static struct kq_obj *amended(struct q_query *s, struct kq_obj *old, struct kq_obj *v)
{
    struct kq_obj *col = kq_ref(old);
    if (!s->rows->n)
        return col;
    return q_amend(s->q, &col, 1, &s->rows, NULL, v) ? col : q_drop(col, NULL);
}

/* The whole column after an update; old NULL: it is a new one. */
static struct kq_obj *updated(struct q_query *s, struct kq_obj *old, struct kq_obj *tree)
{
    struct kq_obj *v = s->grouped ? q_query_spread(s, tree) : q_query_eval(s, tree);
    if (!v)
        return NULL;
    struct kq_obj *list = q_drop(v, for_rows(s, v));
    if (!list || !s->rows)
        return list;
    return q_drop(list, old ? amended(s, old, list) : scattered(s, list));
}

static int64_t find_name(const struct kq_obj *names, const char *sym)
{
    for (int64_t i = 0; i < names->n; i++) {
        if (kq_syms(names)[i] == sym)
            return i;
    }
    return -1;
}

/* Put column `name` into names and columns, which are ours. */
static void put_column(struct kq_obj **names, struct kq_obj **cols, const char *name,
                       struct kq_obj *col)
{
    int64_t c = find_name(*names, name);
    if (c >= 0) {
        kq_unref(kq_child(*cols, c));
        kq_items(*cols)[c] = kq_ref(col);
        return;
    }
    struct kq_obj *sym = kq_atom_sym(name);
    kq_push(names, sym);
    kq_push(cols, col);
    kq_unref(sym);
}

static struct kq_obj *update_columns(struct q_query *s, struct kq_obj *a)
{
    struct kq_obj *words = kq_keys(a);
    if (words->type != KQ_SYMBOL)
        return q_fail(s->q, "type");
    struct kq_obj *names = kq_unshare_take(kq_ref(kq_names(s->table)));
    struct kq_obj *cols = kq_unshare_take(kq_ref(kq_columns(s->table)));
    bool ok = names && cols;
    for (int64_t i = 0; ok && i < words->n; i++) {
        const char *name = kq_syms(words)[i];
        int64_t c = find_name(kq_names(s->table), name);
        struct kq_obj *tree = q_item(s->q, kq_values(a), i);
        struct kq_obj *old = c < 0 ? NULL : kq_child(kq_columns(s->table), c);
        struct kq_obj *col = updated(s, old, tree);
        kq_unref(tree);
        ok = col;
        if (ok)
            put_column(&names, &cols, name, col);
        kq_unref(col);
    }
    struct kq_obj *t = ok ? kq_table(names, cols) : NULL;
    kq_unref(names);
    return q_drop(cols, t);
}

static struct kq_obj *update(struct q_query *s, struct kq_obj *c, struct kq_obj *b,
                             struct kq_obj *a)
{
    if (!q_query_where(s, c))
        return NULL;
    if (b->type != -KQ_BOOLEAN && (b->type != KQ_LIST || b->n)) {
        struct kq_obj *trees = kq_is_dict(b) ? kq_ref(kq_values(b)) : kq_list_of(1, kq_ref(b));
        struct kq_obj *keys = q_query_group(s, trees, false);
        kq_unref(trees);
        kq_unref(keys);
        if (!keys)
            return NULL;
    }
    return update_columns(s, a);
}

/* ---- delete ------------------------------------------------------------------------------- */

static struct kq_obj *delete_rows(struct q_query *s, struct kq_obj *c)
{
    int64_t n = kq_count(s->table), k = 0;
    if (!q_query_where(s, c))
        return NULL;
    if (!s->rows)
        return kq_slice(s->table, 0, 0);
    struct kq_obj *gone = q_vec(s->q, KQ_BYTE, n), *keep = gone ? q_vec(s->q, KQ_LONG, n) : NULL;
    if (!keep)
        return q_drop(gone, NULL);
    memset(gone->u.v.data, 0, (size_t)n);
    for (int64_t i = 0; i < s->rows->n; i++) {
        if ((uint64_t)kq_longs(s->rows)[i] < (uint64_t)n)
            gone->u.v.data[kq_longs(s->rows)[i]] = 1;
    }
    for (int64_t i = 0; i < n; i++) {
        if (!gone->u.v.data[i])
            kq_longs(keep)[k++] = i;
    }
    kq_unref(gone);
    return q_drop(keep, q_gather(s->q, s->table, kq_longs(keep), k));
}

static struct kq_obj *delete_columns(struct q_query *s, const struct kq_obj *gone)
{
    struct kq_obj *names = kq_vec_new(KQ_SYMBOL, 0), *cols = kq_vec_new(KQ_LIST, 0);
    int64_t keys = s->nkeys;
    for (int64_t c = 0; c < kq_names(s->table)->n; c++) {
        const char *name = kq_syms(kq_names(s->table))[c];
        if (find_name(gone, name) < 0)
            put_column(&names, &cols, name, kq_child(kq_columns(s->table), c));
        else
            s->nkeys -= c < keys;
    }
    struct kq_obj *t = kq_table(names, cols);
    kq_unref(names);
    return q_drop(cols, t);
}

/* delete a from `.ns: undefines the names, all of them when none is given. */
static struct kq_obj *delete_globals(struct q *q, struct kq_obj *space, const struct kq_obj *names)
{
    const char *name = kq_sym_text(space);
    if (!q_may_update(q))
        return NULL;
    struct kq_obj *d = names->n ? NULL : q_env_namespace(q, name);
    const struct kq_obj *all = d ? kq_keys(d) : names;
    const char *context = strcmp(name, ".") == 0 ? kq_sym_null : name;
    for (int64_t i = 0; i < all->n; i++)
        q_env_delete(q, q_env_absolute(context, kq_syms(all)[i]));
    kq_unref(d);
    return kq_ref(space);
}

static bool is_namespace(const struct kq_obj *t)
{
    const char *s = t->type == -KQ_SYMBOL ? kq_sym_text(t) : "";
    return *s == '.' && !strchr(s + 1, '.');
}

/* ---- both ------------------------------------------------------------------------------------- */

static bool is_delete(const struct kq_obj *a)
{
    return a->type == KQ_SYMBOL || a->type == -KQ_SYMBOL;
}

static struct kq_obj *run(struct q_query *s, struct kq_obj **a)
{
    struct kq_obj *r;
    if (kq_is_dict(a[3])) {
        r = update(s, a[1], a[2], a[3]);
    } else if (!is_delete(a[3])) {
        r = a[3]->type == KQ_LIST && !a[3]->n ? delete_rows(s, a[1]) : q_fail(s->q, "type");
    } else if (a[3]->type == KQ_SYMBOL && !a[3]->n) {
        r = delete_rows(s, a[1]);
    } else {
        struct kq_obj *names = a[3]->type < 0 ? kq_enlist(a[3]) : kq_ref(a[3]);
        r = delete_columns(s, names);
        kq_unref(names);
    }
    return r && s->nkeys ? q_drop(r, q_rekey(s->q, s->nkeys, r)) : r;
}

/* delete k from d: entries of a dictionary. */
static struct kq_obj *delete_entries(struct q *q, struct kq_obj *d, struct kq_obj *keys)
{
    if (!is_delete(keys))
        return q_fail(q, "type");
    struct kq_obj *list = keys->type < 0 ? kq_enlist(keys) : kq_ref(keys);
    return q_drop(list, q_call(q, "_", 2, list, d));
}

static struct kq_obj *changed(struct q *q, struct kq_obj **a)
{
    struct kq_obj *t = a[0]->type == -KQ_SYMBOL ? q_env_get(q, kq_sym_text(a[0])) : kq_ref(a[0]);
    if (!t)
        return NULL;
    if (kq_is_dict(t) && !kq_is_keyed(t))
        return q_drop(t, delete_entries(q, t, a[3]));
    kq_unref(t);
    struct q_query s;
    struct kq_obj *r = q_query_init(q, &s, a[0]) ? run(&s, a) : NULL;
    q_query_release(&s);
    return r;
}

struct kq_obj *q_fsql_update(struct q *q, struct kq_obj **a, int n)
{
    if (n != 4)
        return q_fail(q, "rank");
    if (is_namespace(a[0]) && a[3]->type == KQ_SYMBOL)
        return delete_globals(q, a[0], a[3]);
    struct kq_obj *r = changed(q, a);
    if (!r || a[0]->type != -KQ_SYMBOL)
        return r;
    bool ok = q_env_set(q, kq_sym_text(a[0]), r);
    return q_drop(r, ok ? kq_ref(a[0]) : NULL);
}

/*
 * search.c - x?y and the lookup of dictionary keys: a scan for one item, a hash
 * table for many.
 */
#include "q/asof.h"
#include "q/collect.h"
#include "q/core.h"
#include "q/enum.h"
#include "q/hash.h"

#include "obj/cmp.h"

/* ---- find ------------------------------------------------------------------------------------ */

static int64_t scan(const struct kq_obj *x, const struct kq_obj *y, int64_t j)
{
    int64_t n = kq_count(x);
    for (int64_t i = 0; i < n; i++) {
        if (q_same_item(x, i, y, j))
            return i;
    }
    return n;
}

/* One item: y is the item itself, boxed for the comparison. */
static struct kq_obj *find_one(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    struct kq_obj *one = kq_list_of(1, kq_ref(y));
    if (x->type != KQ_LIST && y->type == -x->type)
        one = kq_collapse_take(one);
    (void)q;
    int64_t at = scan(x, one, 0);
    return q_drop(one, kq_long(at));
}

enum { FEW = 8 }; /* so many are compared one after the other */

/* Items of eight bytes that are equal when their bits are, among a few: without
 * a branch that random data could mislead.  False: they are of another kind. */
static bool find_words(const struct kq_obj *x, const struct kq_obj *y, int64_t *first)
{
    const struct kq_typeinfo *t = kq_typeinfo(x->type);
    bool bits = t->class == KQ_CLASS_SYM || (t->class == KQ_CLASS_INT && t->bytes == 8);
    if (!bits || x->type <= 0 || y->type != x->type)
        return false;
    const int64_t *of = kq_longs(x), *v = kq_longs(y);
    for (int64_t j = 0; j < y->n; j++) {
        int64_t at = x->n;
        for (int64_t i = x->n; i-- > 0;)
            at = of[i] == v[j] ? i : at;
        first[j] = at;
    }
    return true;
}

/* All items of y, a list of the kind of x. */
static struct kq_obj *find_all(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    int64_t n = kq_count(x), m = kq_count(y);
    struct kq_obj *r = q_vec(q, KQ_LONG, m);
    struct q_hash h;
    if (!r)
        return NULL;
    if (n * m <= 64 || m == 1) {
        for (int64_t j = 0; j < m; j++)
            kq_longs(r)[j] = scan(x, y, j);
        return r;
    }
    if (n <= FEW && find_words(x, y, kq_longs(r)))
        return r;
    if (!q_hash_init(q, &h, x, n))
        return q_drop(r, NULL);
    bool ok = true;
    for (int64_t i = 0; ok && i < n; i++) {
        q_hash_add(&h, i);
        ok = i % Q_BLOCK || q_work(q, Q_BLOCK);
    }
    ok = ok && q_hash_find_all(q, &h, y, n, kq_longs(r));
    q_hash_release(&h);
    return ok ? r : q_drop(r, NULL);
}

static struct kq_obj *find_each(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    if (q_too_deep(q))
        return NULL;
    struct q_collect c;
    q_collect_init(&c, q, kq_count(y));
    for (int64_t i = 0; i < kq_count(y) && !q_collect_failed(&c); i++) {
        struct kq_obj *item = q_item(q, y, i);
        q_collect_add_take(&c, item ? q_find(q, x, item) : NULL);
        kq_unref(item);
    }
    return q_collect_done(&c);
}

static int depth(const struct kq_obj *o)
{
    int d = 0;
    for (; o->type == KQ_LIST && o->n && d < 100; d++)
        o = kq_child(o, 0);
    return d + (o->type >= 0);
}

/* Integers of different width are compared as longs. */
static struct kq_obj *as_type_of(struct q *q, const struct kq_obj *x, struct kq_obj *y)
{
    int tx = x->type < 0 ? -x->type : x->type, ty = y->type < 0 ? -y->type : y->type;
    bool both = (tx == KQ_LONG || tx == KQ_INT || tx == KQ_SHORT) &&
                (ty == KQ_LONG || ty == KQ_INT || ty == KQ_SHORT);
    if (tx == ty)
        return kq_ref(y);
    if (!both)
        return q_fail(q, "type");
    struct kq_obj *type = kq_atom_int(KQ_SHORT, tx);
    return q_drop(type, q_call(q, "$", 2, type, y));
}

static struct kq_obj *find_vector(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    if (y->type == KQ_LIST)
        return find_each(q, x, y);
    if (kq_is_dict(y)) {
        struct kq_obj *v = q_find(q, x, kq_values(y));
        return q_under_take(q, kq_keys(y), v);
    }
    struct kq_obj *as = as_type_of(q, x, y), *r;
    if (!as)
        return NULL;
    if (as->type < 0)
        r = find_one(q, x, as);
    else
        r = find_all(q, x, as);
    return q_drop(as, r);
}

struct kq_obj *q_find(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    if (q_is_enum(x) || q_is_enum(y)) {
        struct kq_obj *a = q_unenum(q, x), *b = a ? q_unenum(q, y) : NULL;
        struct kq_obj *r = b ? q_find(q, a, b) : NULL;
        kq_unref(a);
        return q_drop(b, r);
    }
    if (x->type == KQ_TABLE)
        return q_find_key(q, x, y);
    if (x->type < 0 || x->type > KQ_TYPE_MAX)
        return q_fail(q, "type");
    if (x->type != KQ_LIST)
        return find_vector(q, x, y);
    int item = x->n ? depth(kq_child(x, 0)) : 0;
    if (depth(y) < item)
        return kq_long(x->n);
    if (depth(y) == item || !kq_type_is_list(y->type))
        return find_one(q, x, y);
    return y->type == KQ_LIST ? (item ? find_all(q, x, y) : find_each(q, x, y))
                              : find_each(q, x, y);
}

/* Is y a list of keys, each a list of the values of n > 1 key columns? */
static bool is_tuples(const struct kq_obj *y, int64_t n)
{
    for (int64_t i = 0; y->type == KQ_LIST && i < y->n; i++) {
        const struct kq_obj *item = kq_child(y, i);
        if (!kq_type_is_list(item->type) || kq_count(item) != n)
            return false;
    }
    return y->type == KQ_LIST && y->n && n > 1;
}

static struct kq_obj *tuple_rows(struct q *q, struct kq_obj *keys, struct kq_obj *y)
{
    struct kq_obj *cols = q_call(q, "flip", 1, y);
    return cols ? q_drop(cols, kq_table(kq_names(keys), cols)) : NULL;
}

/* A key of a keyed table as a table of one row: a row dictionary, a list of the
 * values of all key columns, or the value of the only one.  A table, a list of
 * such lists, or of values of the only column, has many rows (not *single). */
static struct kq_obj *key_rows(struct q *q, struct kq_obj *keys, struct kq_obj *y, bool *single)
{
    *single = true;
    int64_t n = kq_names(keys)->n;
    if (y->type == KQ_TABLE) {
        *single = false;
        struct kq_obj *cols = q_index(q, y, kq_names(keys));
        return cols ? q_drop(cols, kq_table(kq_names(keys), cols)) : NULL;
    }
    if (is_tuples(y, n)) {
        *single = false;
        return tuple_rows(q, keys, y);
    }
    struct kq_obj *row = kq_is_dict(y) ? q_index(q, y, kq_names(keys)) : kq_ref(y);
    if (!row)
        return NULL;
    bool list = kq_type_is_list(row->type);
    struct kq_obj *cols = kq_vec_new(KQ_LIST, n);
    if (n == 1 && !kq_is_dict(y)) { /* many keys of one column */
        *single = !list;
        kq_items(cols)[0] = list ? kq_ref(row) : kq_enlist(row);
    } else if (!list || kq_count(row) != n) {
        kq_unref(cols);
        return q_drop(row, q_fail(q, "length"));
    }
    for (int64_t i = 0; i < n && !kq_child(cols, i); i++) {
        struct kq_obj *v = q_item(q, row, i);
        kq_items(cols)[i] = kq_enlist(v);
        kq_unref(v);
    }
    struct kq_obj *t = kq_table(kq_names(keys), cols);
    kq_unref(cols);
    return q_drop(row, t);
}

/* Positions of the items of y in x, two columns of the same name. */
static struct kq_obj *find_column(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    if (x->type <= 0 || x->type > KQ_TYPE_MAX || y->type <= 0)
        return find_all(q, x, y);
    struct kq_obj *same = as_type_of(q, x, y);
    return same ? q_drop(same, find_all(q, x, same)) : NULL;
}

/* Two positions below n + 1 for each row as one number. */
static struct kq_obj *paired(struct q *q, const struct kq_obj *a, const struct kq_obj *b, int64_t n)
{
    struct kq_obj *r = q_vec(q, KQ_LONG, a->n);
    for (int64_t i = 0; r && i < r->n; i++)
        kq_longs(r)[i] = kq_longs(a)[i] * (n + 1) + kq_longs(b)[i];
    return r;
}

/*
 * Positions of rows, column by column: each row of `keys` stands for the first
 * one that is equal so far, each of `rows` for the key equal to it so far; the
 * next column joins as the second half of a pair of such positions.
 */
static struct kq_obj *find_by_columns(struct q *q, struct kq_obj *keys, struct kq_obj *rows)
{
    int64_t n = kq_count(keys);
    struct kq_obj *own = NULL, *at = NULL;
    if (kq_count(rows) == 1)
        return find_all(q, keys, rows);
    for (int64_t c = 0; c < kq_columns(keys)->n && (at || !c); c++) {
        struct kq_obj *x = kq_child(kq_columns(keys), c), *y = kq_child(kq_columns(rows), c);
        bool pair = kq_columns(keys)->n > 1;
        struct kq_obj *px = pair ? q_firsts(q, x) : NULL;
        struct kq_obj *py = px || !pair ? find_column(q, x, y) : NULL;
        if (c && py) {
            struct kq_obj *pairs = paired(q, own, px, n);
            struct kq_obj *wanted = pairs ? paired(q, at, py, n) : NULL;
            kq_unref(py);
            py = wanted ? find_all(q, pairs, wanted) : NULL;
            px = q_drop(px, py ? q_firsts(q, pairs) : NULL);
            kq_unref(wanted);
            kq_unref(pairs);
        }
        kq_unref(own);
        kq_unref(at);
        own = px;
        at = py;
    }
    return q_drop(own, at);
}

static struct kq_obj *find_rows(struct q *q, struct kq_obj *keys, struct kq_obj *y)
{
    bool single;
    struct kq_obj *rows = key_rows(q, keys, y, &single);
    struct kq_obj *plain = rows ? q_unenum_deep(q, keys) : NULL;
    struct kq_obj *plain_rows = plain ? q_unenum_deep(q, rows) : NULL;
    struct kq_obj *at = plain_rows ? find_by_columns(q, plain, plain_rows) : NULL;
    kq_unref(rows);
    kq_unref(plain);
    kq_unref(plain_rows);
    if (at && single)
        at = q_drop(at, kq_at(at, 0));
    return at;
}

struct kq_obj *q_find_key(struct q *q, struct kq_obj *keys, struct kq_obj *y)
{
    return keys->type == KQ_TABLE ? find_rows(q, keys, y) : q_find(q, keys, y);
}

static struct kq_obj *find_step(struct q *q, struct kq_obj *keys, struct kq_obj *y)
{
    bool single;
    struct kq_obj *rows = key_rows(q, keys, y, &single);
    struct kq_obj *at = rows ? q_asof_rows(q, kq_names(keys), rows, keys) : NULL;
    kq_unref(rows);
    return at && single ? q_drop(at, kq_at(at, 0)) : at;
}

struct kq_obj *q_find_in_dict(struct q *q, struct kq_obj *d, struct kq_obj *y)
{
    struct kq_obj *keys = kq_keys(d);
    if (d->type != KQ_SORTEDDICT)
        return q_find_key(q, keys, y);
    return keys->type == KQ_TABLE ? find_step(q, keys, y) : q_call(q, "bin", 2, keys, y);
}

/* ---- dictionaries ------------------------------------------------------------------------------- */

/*
 * query.c - constraints, groups, and expressions by group.
 *
 * An aggregate of an expression that is computed item by item needs no
 * groups to be gathered: the expression is evaluated once over all rows, then
 * folded by group number.  Everything else is evaluated group by group.
 */
#include "q/query.h"

#include "q/arith.h"
#include "q/collect.h"
#include "q/core.h"
#include "q/enum.h"
#include "q/verb.h"

/* ---- begin and end --------------------------------------------------------------------- */

bool q_query_init(struct q *q, struct q_query *s, struct kq_obj *table)
{
    *s = (struct q_query){.q = q};
    struct kq_obj *t = table->type == -KQ_SYMBOL ? q_env_get(q, kq_sym_text(table)) : kq_ref(table);
    if (!t)
        return false;
    if (kq_is_keyed(t))
        s->nkeys = kq_names(kq_keys(t))->n;
    s->table = t->type == KQ_TABLE || kq_is_keyed(t) ? kq_unkey(t) : NULL;
    kq_unref(t);
    if (!s->table || kq_is_splayed(s->table))
        return q_fail(q, "type");
    q_scope_enter(q, &s->scope, s->table, NULL);
    return true;
}

void q_query_release(struct q_query *s)
{
    if (s->scope.table)
        q_scope_leave(s->q, &s->scope);
    if (s->grouped)
        q_groups_release(&s->groups);
    kq_unref(s->table);
    kq_unref(s->rows);
    kq_unref(s->order);
    kq_unref(s->starts);
}

int64_t q_query_count(const struct q_query *s)
{
    return s->rows ? s->rows->n : kq_count(s->table);
}

void q_query_rows_take(struct q_query *s, struct kq_obj *rows)
{
    kq_unref(s->rows);
    s->rows = rows;
    q_scope_rows_take(&s->scope, kq_ref(rows));
}

/* Make the scope show all rows left again. */
static void show_all(struct q_query *s)
{
    q_scope_rows_take(&s->scope, s->rows ? kq_ref(s->rows) : NULL);
}

/* ---- constraints ------------------------------------------------------------------------- */

/* The rows (NULL: all) for which a flag is set; NULL: 'wsfull. */
static struct kq_obj *flagged(struct q *q, const struct kq_obj *flags, const struct kq_obj *rows)
{
    const uint8_t *f = kq_data(flags);
    int64_t count = 0, k = 0;
    for (int64_t i = 0; i < flags->n; i++)
        count += f[i];
    struct kq_obj *r = q_vec(q, KQ_LONG, count + 1); /* one more: every row is stored somewhere */
    if (!r)
        return NULL;
    int64_t *to = kq_longs(r);
    for (int64_t i = 0; i < flags->n; i++) {
        to[k] = rows ? kq_longs(rows)[i] : i;
        k += f[i];
    }
    r->n = count;
    return r;
}

/* The rows left at these positions, those that exist. */
static struct kq_obj *numbered(struct q_query *s, const struct kq_obj *at)
{
    struct kq_obj *r = q_vec(s->q, KQ_LONG, at->n);
    int64_t n = q_query_count(s), k = 0;
    for (int64_t i = 0; r && i < at->n; i++) {
        int64_t row = kq_longs(at)[i];
        if (row >= 0 && row < n)
            kq_longs(r)[k++] = s->rows ? kq_longs(s->rows)[row] : row;
    }
    if (r)
        r->n = k;
    return r;
}

/* The value of a constraint as rows: flags for all of them, or positions. */
static struct kq_obj *chosen(struct q_query *s, struct kq_obj *v)
{
    if (v->type == -KQ_BOOLEAN)
        return v->u.j ? kq_ref(v) : q_vec(s->q, KQ_LONG, 0);
    if (v->type == KQ_BOOLEAN && v->n != q_query_count(s))
        return q_fail(s->q, "length");
    if (v->type == KQ_BOOLEAN)
        return flagged(s->q, v, s->rows);
    if (v->type == KQ_LONG)
        return numbered(s, v);
    return v->type == KQ_LIST && !v->n ? q_vec(s->q, KQ_LONG, 0) : q_fail(s->q, "type");
}

static bool constrain(struct q_query *s, struct kq_obj *tree)
{
    struct kq_obj *v = q_eval(s->q, tree), *rows = v ? chosen(s, v) : NULL;
    kq_unref(v);
    if (!rows)
        return false;
    if (rows->type == KQ_LONG)
        q_query_rows_take(s, rows);
    else
        kq_unref(rows); /* 1b: all stay */
    return true;
}

bool q_query_where(struct q_query *s, struct kq_obj *constraints)
{
    if (constraints->type != KQ_LIST)
        return constrain(s, constraints);
    for (int64_t i = 0; i < constraints->n; i++) {
        if (!constrain(s, kq_child(constraints, i)))
            return false;
    }
    return true;
}

struct kq_obj *q_query_eval(struct q_query *s, struct kq_obj *tree)
{
    return q_eval(s->q, tree);
}

/* ---- groups ----------------------------------------------------------------------------------- */

/* A key column: an item for each row. */
static struct kq_obj *key_column(struct q_query *s, struct kq_obj *tree)
{
    struct kq_obj *v = q_eval(s->q, tree);
    if (v && !kq_type_is_list(v->type) && v->type != KQ_TABLE) {
        struct kq_obj *n = kq_long(q_query_count(s));
        v = q_drop(v, q_call(s->q, "#", 2, n, v));
        kq_unref(n);
    }
    if (v && kq_count(v) != q_query_count(s))
        return q_drop(v, q_fail(s->q, "length"));
    return v;
}

struct kq_obj *q_query_group(struct q_query *s, struct kq_obj *trees, bool sorted)
{
    int64_t n = kq_count(trees);
    struct kq_obj *cols = kq_vec_new(KQ_LIST, n);
    bool ok = true;
    for (int64_t c = 0; ok && c < n; c++) {
        struct kq_obj *tree = q_item(s->q, trees, c);
        kq_items(cols)[c] = key_column(s, tree);
        ok = kq_child(cols, c);
        kq_unref(tree);
    }
    ok = ok && q_groups_init(s->q, &s->groups, cols, q_query_count(s), sorted);
    s->grouped = ok;
    for (int64_t c = 0; ok && c < n; c++) {
        struct kq_obj *all = kq_child(cols, c);
        kq_items(cols)[c] = q_gather(s->q, all, kq_longs(s->groups.first), s->groups.n);
        kq_unref(all);
        ok = kq_child(cols, c);
    }
    return ok ? cols : q_drop(cols, NULL);
}

/* The rows of group k as positions in the table; NULL: 'wsfull. */
static struct kq_obj *group_rows(struct q_query *s, int64_t k)
{
    if (!s->order) {
        struct kq_obj *order = q_groups_order(s->q, &s->groups, &s->starts);
        if (order && s->rows)
            order = q_drop(order, q_gather(s->q, s->rows, kq_longs(order), order->n));
        s->order = order;
    }
    if (!s->order || !s->starts)
        return NULL;
    int64_t from = kq_longs(s->starts)[k];
    struct kq_obj *r = kq_slice(s->order, from, kq_longs(s->starts)[k + 1] - from);
    return r ? r : q_fail(s->q, "wsfull");
}

/* ---- what is computed item by item --------------------------------------------------------------- */

/* Codes of prim.def. */
enum { LAST_ARITHMETIC = 6, FILL = 7, EQUAL = 8, MORE = 10, CAST = 11, DIV = 31, XEXP = 32 };
enum { IN = 23, LIKE = 25, WSUM = 29, WAVG = 30 };
enum { NEG = 2, RECIPROCAL = 4, NULLS = 7, FLOOR = 14, NOT = 15, ABS = 31, ATAN = 40 };

static bool is_atomic_unary(int code)
{
    return code == NEG || code == RECIPROCAL || code == NULLS || code == FLOOR || code == NOT ||
           (code >= ABS && code <= ATAN);
}

static bool is_atomic_binary(int code)
{
    return (code >= 1 && code <= LAST_ARITHMETIC) || code == FILL ||
           (code >= EQUAL && code <= MORE) || code == DIV || code == XEXP;
}

static bool is_atomic_word(const struct kq_obj *f)
{
    static const char *const words[] = {"mod", "xbar", "<>", "<=", ">=", "signum", "ceiling"};
    const struct q_verb *v = q_verb_native(f);
    for (size_t i = 0; v && i < sizeof words / sizeof *words; i++) {
        if (strcmp(v->name, words[i]) == 0)
            return true;
    }
    return false;
}

static bool is_constant(const struct kq_obj *e)
{
    return (e->type < 0 && e->type != -KQ_SYMBOL) || (e->type == KQ_SYMBOL && e->n == 1);
}

/* Does the head of a tree with these arguments work item by item, `ok` telling
 * which arguments do? */
static bool is_atomic_call(struct q_query *s, const struct kq_obj *e,
                           bool (*ok)(struct q_query *, const struct kq_obj *))
{
    const struct kq_obj *f = kq_child(e, 0);
    if (e->n == 2)
        return (f->type == KQ_UNARY ? is_atomic_unary(f->code) : is_atomic_word(f)) &&
               ok(s, kq_child(e, 1));
    if (e->n != 3)
        return false;
    const struct kq_obj *x = kq_child(e, 1), *y = kq_child(e, 2);
    if (f->type == KQ_BINARY && f->code == CAST)
        return is_constant(x) && ok(s, y);
    if (f->type == KQ_BINARY && f->code >= IN && f->code <= LIKE)
        return ok(s, x) && (is_constant(y) || (y->type >= 0 && y->type <= KQ_TYPE_MAX &&
                                               (y->type != KQ_LIST || y->n < 2)));
    if (f->type == KQ_BINARY ? !is_atomic_binary(f->code) : !is_atomic_word(f))
        return false;
    return (ok(s, x) && (ok(s, y) || is_constant(y))) || (is_constant(x) && ok(s, y));
}

/* Does the value of e for each row depend on that row alone? */
static bool is_rowwise(struct q_query *s, const struct kq_obj *e)
{
    if (e->type == -KQ_SYMBOL)
        return q_scope_column(&s->scope, kq_sym_text(e)) >= 0 || strcmp(kq_sym_text(e), "i") == 0;
    return e->type == KQ_LIST && e->n > 1 && !q_too_deep(s->q) && is_atomic_call(s, e, is_rowwise);
}

/* x wavg y or x wsum y of items. */
static bool is_weighted(struct q_query *s, const struct kq_obj *e)
{
    const struct kq_obj *f = kq_child(e, 0);
    return e->n == 3 && f->type == KQ_BINARY && (f->code == WSUM || f->code == WAVG) &&
           is_rowwise(s, kq_child(e, 1)) && is_rowwise(s, kq_child(e, 2));
}

static bool is_aggregate(struct q_query *s, const struct kq_obj *e)
{
    if (e->type != KQ_LIST || e->n < 2 || q_too_deep(s->q))
        return false;
    if (e->n == 2 && q_agg_of(kq_child(e, 0)) != Q_AGG_NONE)
        return is_rowwise(s, kq_child(e, 1));
    if (is_weighted(s, e))
        return true;
    return is_atomic_call(s, e, is_aggregate);
}

/* Sums of products by group; for wavg divided by the sums of those weights that
 * have a value. */
static struct kq_obj *folded_weights(struct q_query *s, const struct kq_obj *e)
{
    bool average = kq_child(e, 0)->code == WAVG;
    struct kq_obj *x = q_eval(s->q, kq_child(e, 1)), *y = x ? q_eval(s->q, kq_child(e, 2)) : NULL;
    struct kq_obj *product = y ? q_multiply(s->q, x, y) : NULL;
    struct kq_obj *r = product ? q_groups_fold(s->q, &s->groups, Q_AGG_SUM, product) : NULL;
    if (r && average) {
        struct kq_obj *null = q_call(s->q, "null", 1, y);
        struct kq_obj *there = null ? q_call(s->q, "not", 1, null) : NULL;
        struct kq_obj *weight = there ? q_multiply(s->q, x, there) : NULL;
        struct kq_obj *sum = weight ? q_groups_fold(s->q, &s->groups, Q_AGG_SUM, weight) : NULL;
        r = q_drop(r, sum ? q_divide(s->q, r, sum) : NULL);
        kq_unref(null);
        kq_unref(there);
        kq_unref(weight);
        kq_unref(sum);
    }
    kq_unref(x);
    kq_unref(y);
    return q_drop(product, r);
}

/* An aggregate by group without gathering; NULL: evaluate it the slow way, also
 * to find out what is wrong. */
static struct kq_obj *folded(struct q_query *s, struct kq_obj *e)
{
    struct kq_obj *r, *args[3];
    if (is_constant(e))
        return q_eval(s->q, e);
    if (q_agg_of(kq_child(e, 0)) != Q_AGG_NONE) {
        struct kq_obj *v = q_eval(s->q, kq_child(e, 1));
        r = v ? q_groups_fold(s->q, &s->groups, q_agg_of(kq_child(e, 0)), v) : NULL;
        return q_drop(v, r);
    }
    if (is_weighted(s, e))
        return folded_weights(s, e);
    int n = (int)e->n - 1;
    bool ok = true;
    for (int i = 0; i < n; i++) {
        args[i] = ok ? folded(s, kq_child(e, i + 1)) : NULL;
        ok = args[i];
    }
    r = ok ? q_apply(s->q, kq_child(e, 0), n, args) : NULL;
    for (int i = 0; i < n; i++)
        kq_unref(args[i]);
    return r;
}

/* ---- by group -------------------------------------------------------------------------------------- */

/* No groups: an empty list of the type that an item would have. */
static struct kq_obj *no_groups(struct q_query *s, struct kq_obj *tree)
{
    struct kq_obj *none = q_vec(s->q, KQ_LONG, 0);
    if (!none)
        return NULL;
    q_scope_rows_take(&s->scope, none);
    struct kq_obj *v = q_eval(s->q, tree), *r = NULL;
    show_all(s);
    if (v)
        r = v->type < 0 && v->type >= -KQ_TYPE_MAX ? q_vec(s->q, -v->type, 0)
                                                   : kq_vec_new(KQ_LIST, 0);
    return q_drop(v, r);
}

static struct kq_obj *each_group(struct q_query *s, struct kq_obj *tree)
{
    struct q_collect c;
    q_collect_init(&c, s->q, s->groups.n);
    for (int64_t k = 0; k < s->groups.n && !q_collect_failed(&c); k++) {
        struct kq_obj *rows = group_rows(s, k);
        if (rows)
            q_scope_rows_take(&s->scope, rows);
        q_collect_add_take(&c, rows ? q_eval(s->q, tree) : NULL);
    }
    show_all(s);
    return q_collect_done(&c);
}

struct kq_obj *q_query_by_group(struct q_query *s, struct kq_obj *tree)
{
    if (!s->groups.n)
        return no_groups(s, tree);
    struct kq_obj *r = is_aggregate(s, tree) ? folded(s, tree) : NULL;
    return r ? r : each_group(s, tree);
}

struct kq_obj *q_query_spread(struct q_query *s, struct kq_obj *tree)
{
    if (!s->groups.n)
        return no_groups(s, tree);
    struct kq_obj *v = q_query_by_group(s, tree);
    return v ? q_drop(v, q_groups_spread(s->q, &s->groups, v)) : NULL;
}

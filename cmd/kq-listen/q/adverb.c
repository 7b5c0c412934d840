/*
 * adverb.c - one loop for each iterator; results go through a collector, so
 * uniform ones never exist as a list of atoms.
 */
#include "q/collect.h"
#include "q/core.h"
#include "q/fold.h"

#include "obj/cmp.h"
#include "obj/null.h"

enum { JOIN = 12 };

static bool is_collection(const struct kq_obj *x)
{
    return kq_type_is_list(x->type) || x->type == KQ_TABLE || kq_is_dict(x);
}

static bool is_function(const struct kq_obj *f)
{
    return kq_type_is_func(f->type);
}

/* Values of a dictionary: what loops run over. */
static struct kq_obj *items(struct kq_obj *x)
{
    return kq_is_dict(x) && !kq_is_keyed(x) ? kq_values(x) : x;
}

/* A result under the keys of the dictionary it came from. */
static struct kq_obj *rekey(struct q *q, struct kq_obj *x, struct kq_obj *r)
{
    if (!r || !kq_is_dict(x))
        return r;
    bool fits =
        (kq_type_is_list(r->type) || r->type == KQ_TABLE) && kq_count(r) == kq_count(kq_keys(x));
    return q_drop(r, fits ? kq_dict(kq_keys(x), r) : q_fail(q, "length"));
}

/* ---- each ------------------------------------------------------------------------------- */

static struct kq_obj *each_one(struct q *q, struct kq_obj *f, struct kq_obj *x)
{
    if (!is_collection(x))
        return q_apply1(q, f, x);
    struct kq_obj *list = kq_is_dict(x) ? kq_values(x) : x;
    int64_t n = kq_count(list);
    struct q_collect c;
    q_collect_init(&c, q, n);
    for (int64_t i = 0; i < n && !q_collect_failed(&c); i++) {
        struct kq_obj *item = q_item(q, list, i);
        q_collect_add_take(&c, item ? q_apply1(q, f, item) : NULL);
        kq_unref(item);
    }
    return rekey(q, x, q_collect_done(&c));
}

/* The arguments at position i, on the value stack. */
static struct kq_obj *apply_at(struct q *q, struct kq_obj *f, struct kq_obj *const *x, int n,
                               int64_t i)
{
    struct kq_obj **a = q_push(q, (size_t)n);
    bool ok = a;
    for (int k = 0; ok && k < n; k++) {
        a[k] = is_collection(x[k]) ? q_item(q, items(x[k]), i) : kq_ref(x[k]);
        ok = a[k];
    }
    struct kq_obj *r = ok ? q_apply_args(q, f, a, n) : NULL;
    if (a)
        q_pop(q, (size_t)n);
    return r;
}

/* The common count of all collections among n arguments: -1 none, -2 'length. */
static int64_t common_count(struct q *q, struct kq_obj *const *x, int n)
{
    int64_t count = -1;
    for (int k = 0; k < n; k++) {
        if (!is_collection(x[k]))
            continue;
        if (count >= 0 && kq_count(x[k]) != count) {
            q_fail(q, "length");
            return -2;
        }
        count = kq_count(x[k]);
    }
    return count;
}

/* Dictionaries among the arguments must have the same keys, `count` of them. */
static bool same_keys(struct q *q, struct kq_obj *const *x, int n, int64_t count,
                      struct kq_obj **keys)
{
    for (int k = 0; k < n; k++) {
        if (!kq_is_dict(x[k]))
            continue;
        if (kq_count(x[k]) != count)
            return q_fail(q, "length");
        if (*keys && !kq_identical(*keys, kq_keys(x[k])))
            return q_fail(q, "domain");
        *keys = kq_keys(x[k]);
    }
    return true;
}

/* Case: indices'[list;list;...] picks from the lists, and from dictionaries by place;
 * the result has the shape of the indices. */
static struct kq_obj *each_case(struct q *q, struct kq_obj *f, struct kq_obj *const *x, int n)
{
    struct q_collect c;
    int64_t count = kq_type_is_list(f->type) ? kq_count(f) : 1;
    struct kq_obj *keys = NULL;
    if (!same_keys(q, x, n, count, &keys))
        return NULL;
    q_collect_init(&c, q, count);
    for (int64_t i = 0; i < count && !q_collect_failed(&c); i++) {
        int64_t k = kq_int_at(f, i);
        struct kq_obj *from = k >= 0 && k < n ? x[k] : NULL;
        if (!from)
            q_collect_add_take(&c, q_missing(q, x[0]));
        else
            q_collect_add_take(&c, is_collection(from) ? q_item(q, items(from), i) : kq_ref(from));
    }
    struct kq_obj *r = q_collect_done(&c);
    return r && f->type < 0 ? q_drop(r, kq_at(r, 0)) : r;
}

static bool is_case(const struct kq_obj *f, int n)
{
    return n > 1 && (f->type == KQ_LONG || f->type == KQ_INT || f->type == KQ_SHORT);
}

/* f'[x] and f'[x;y;...]. */
static struct kq_obj *each(struct q *q, struct kq_obj *f, struct kq_obj *const *x, int n)
{
    if (n == 1)
        return each_one(q, f, x[0]);
    if (is_case(f, n))
        return each_case(q, f, x, n);
    int64_t count = common_count(q, x, n);
    if (count == -2)
        return NULL;
    if (count == -1)
        return apply_at(q, f, x, n, 0);
    struct q_collect c;
    q_collect_init(&c, q, count);
    for (int64_t i = 0; i < count && !q_collect_failed(&c); i++)
        q_collect_add_take(&c, apply_at(q, f, x, n, i));
    struct kq_obj *r = q_collect_done(&c);
    for (int k = 0; r && k < n; k++) {
        if (kq_is_dict(x[k]))
            return rekey(q, x[k], r);
    }
    return r;
}

/* ---- each left, each right --------------------------------------------------------------- */

static struct kq_obj *each_side(struct q *q, struct kq_obj *f, struct kq_obj *x, struct kq_obj *y,
                                bool right)
{
    struct kq_obj *over = right ? y : x, *list = kq_is_dict(over) ? kq_values(over) : over;
    if (!is_collection(over))
        return q_apply2(q, f, x, y);
    int64_t n = kq_count(list);
    struct q_collect c;
    q_collect_init(&c, q, n);
    for (int64_t i = 0; i < n && !q_collect_failed(&c); i++) {
        struct kq_obj *item = q_item(q, list, i);
        q_collect_add_take(&c, !item   ? NULL
                               : right ? q_apply2(q, f, x, item)
                                       : q_apply2(q, f, item, y));
        kq_unref(item);
    }
    return rekey(q, over, q_collect_done(&c));
}

/* With one argument these are the glyphs of sv and vs. */
static struct kq_obj *apply_side(struct q *q, struct kq_obj *f, struct kq_obj **a, int n,
                                 bool right)
{
    if (n == 1)
        return is_function(f) ? q_fail(q, "rank") : q_call(q, right ? "sv" : "vs", 2, f, a[0]);
    return n == 2 ? each_side(q, f, a[0], a[1], right) : q_fail(q, "rank");
}

/* ---- each prior ------------------------------------------------------------------------------ */

/* What stands before the first item: the identity of operators that have one
 * (so that + - * % & | keep the first item), else a null. */
static struct kq_obj *before_first(struct q *q, const struct kq_obj *f, struct kq_obj *x)
{
    if (f->type == KQ_BINARY && f->code == JOIN && x->type >= 0)
        return x->type <= KQ_TYPE_MAX ? q_vec(q, x->type, 0) : kq_vec_new(KQ_LIST, 0);
    return q_missing(q, x);
}

/* The first result: the item and the identity of + - * %; & and | keep it. */
static struct kq_obj *first_prior(struct q *q, struct kq_obj *f, struct kq_obj *item)
{
    if (f->code > 4) /* & | , */
        return kq_ref(item);
    struct kq_obj *identity = kq_bool(f->code > 2);
    return q_drop(identity, q_apply2(q, f, item, identity));
}

static bool has_identity(const struct kq_obj *f)
{
    return f->type == KQ_BINARY && ((f->code >= 1 && f->code <= 6) || f->code == JOIN);
}

static struct kq_obj *prior_loop(struct q *q, struct kq_obj *f, struct kq_obj *seed,
                                 struct kq_obj *x)
{
    int64_t n = kq_count(x);
    struct q_collect c;
    q_collect_init(&c, q, n);
    struct kq_obj *last = seed ? kq_ref(seed) : before_first(q, f, x);
    for (int64_t i = 0; i < n && !q_collect_failed(&c); i++) {
        struct kq_obj *item = q_item(q, x, i), *r;
        if (i == 0 && !seed && has_identity(f))
            r = item ? first_prior(q, f, item) : NULL;
        else
            r = item && last ? q_apply2(q, f, item, last) : NULL;
        q_collect_add_take(&c, r);
        kq_unref(last);
        last = item;
    }
    kq_unref(last);
    return q_collect_done(&c);
}

static struct kq_obj *prior(struct q *q, struct kq_obj *f, struct kq_obj **a, int n)
{
    struct kq_obj *x = a[n - 1];
    if (n > 2)
        return q_fail(q, "rank");
    if (n == 1 && is_function(f) && q_rank(q, f) == 1)
        return each_one(q, f, x); /* parallel each */
    if (!is_collection(x))
        return n == 2 ? q_apply2(q, f, x, a[0]) : kq_ref(x);
    struct kq_obj *fast = n == 1 ? q_prior_fast(q, f, x) : NULL;
    if (fast)
        return fast;
    struct kq_obj *list = kq_is_dict(x) ? kq_values(x) : x;
    return rekey(q, x, prior_loop(q, f, n == 2 ? a[0] : NULL, list));
}

/* ---- over and scan: unary functions ------------------------------------------------------------ */

/* States of a unary loop: the last one, or (scan) all of them. */
struct states {
    struct q_collect all;
    struct kq_obj *now; /* owned */
    bool scan;
};

static void states_init(struct states *s, struct q *q, struct kq_obj *x, bool scan)
{
    s->scan = scan;
    s->now = kq_ref(x);
    q_collect_init(&s->all, q, 0);
    if (scan)
        q_collect_add_take(&s->all, kq_ref(x));
}

/* Go on to `next` (consumed; NULL ends with an error). */
static bool states_step(struct states *s, struct kq_obj *next)
{
    kq_unref(s->now);
    s->now = next;
    if (next && s->scan)
        q_collect_add_take(&s->all, kq_ref(next));
    return next && q_tick(s->all.q);
}

static struct kq_obj *states_done(struct states *s, bool ok)
{
    struct kq_obj *last = s->now;
    if (!s->scan)
        return ok ? last : q_drop(last, NULL);
    s->all.failed = s->all.failed || !ok;
    kq_unref(last);
    return q_collect_done(&s->all);
}

/* f/x: until a result repeats or the start comes again. */
static struct kq_obj *converge(struct q *q, struct kq_obj *f, struct kq_obj *x, bool scan)
{
    struct states s;
    states_init(&s, q, x, scan);
    bool ok = true;
    for (;;) {
        struct kq_obj *next = q_apply1(q, f, s.now);
        if (next && (kq_match(next, s.now) || kq_match(next, x))) {
            kq_unref(next);
            break;
        }
        if (!(ok = states_step(&s, next)))
            break;
    }
    return states_done(&s, ok);
}

static struct kq_obj *repeat(struct q *q, struct kq_obj *f, int64_t times, struct kq_obj *x,
                             bool scan)
{
    struct states s;
    states_init(&s, q, x, scan);
    bool ok = true;
    for (; ok && times > 0; times--)
        ok = states_step(&s, q_apply1(q, f, s.now));
    return states_done(&s, ok);
}

static struct kq_obj *repeat_while(struct q *q, struct kq_obj *f, struct kq_obj *test,
                                   struct kq_obj *x, bool scan)
{
    struct states s;
    states_init(&s, q, x, scan);
    bool ok = true, yes = true;
    while (ok) {
        struct kq_obj *t = q_apply1(q, test, s.now);
        ok = t && q_truth(q, t, &yes);
        kq_unref(t);
        if (!ok || !yes)
            break;
        ok = states_step(&s, q_apply1(q, f, s.now));
    }
    return states_done(&s, ok);
}

static struct kq_obj *loop_unary(struct q *q, struct kq_obj *f, struct kq_obj **a, int n, bool scan)
{
    int64_t times;
    if (n == 1)
        return converge(q, f, a[0], scan);
    if (n > 2)
        return q_fail(q, "rank");
    if (q_integer(a[0], &times) && a[0]->type != -KQ_BOOLEAN)
        return repeat(q, f, times, a[1], scan);
    return repeat_while(q, f, a[0], a[1], scan);
}

/* ---- over and scan: functions of more arguments --------------------------------------------------- */

/* (f/)() and (f\)(): what there is without any item. */
static struct kq_obj *fold_empty(struct q *q, const struct kq_obj *f, struct kq_obj *x)
{
    struct kq_obj *identity = q_fold_identity(q, f, x);
    return identity ? identity : kq_type_is_list(x->type) ? kq_vec_new(KQ_LIST, 0) : kq_ref(x);
}

/* One step: state and the i-th items of the lists. */
static struct kq_obj *fold_step(struct q *q, struct kq_obj *f, struct kq_obj *state,
                                struct kq_obj *const *lists, int n, int64_t i)
{
    struct kq_obj **a = q_push(q, (size_t)n + 1);
    if (!a)
        return q_drop(state, NULL);
    a[0] = state; /* ours alone perhaps: a verb may then work in place */
    bool ok = true;
    for (int k = 0; ok && k < n; k++) {
        a[k + 1] = is_collection(lists[k]) ? q_item(q, items(lists[k]), i) : kq_ref(lists[k]);
        ok = a[k + 1];
    }
    struct kq_obj *r = ok ? q_apply_args(q, f, a, n + 1) : NULL;
    q_pop(q, (size_t)n + 1);
    return r;
}

static struct kq_obj *fold_loop(struct q *q, struct kq_obj *f, struct kq_obj *state,
                                struct kq_obj *const *lists, int n, int64_t from, bool scan)
{
    int64_t count = common_count(q, lists, n);
    struct q_collect c;
    if (count == -2)
        return q_drop(state, NULL);
    q_collect_init(&c, q, scan ? count : 0);
    if (scan && from)
        q_collect_add_take(&c, kq_ref(state));
    for (int64_t i = from; state && i < (count < 0 ? 1 : count); i++) {
        state = q_tick(q) ? fold_step(q, f, state, lists, n, i) : q_drop(state, NULL);
        if (scan)
            q_collect_add_take(&c, state ? kq_ref(state) : NULL);
    }
    if (!scan)
        return state;
    if (!state)
        c.failed = true;
    kq_unref(state);
    return q_collect_done(&c);
}

static struct kq_obj *fold(struct q *q, struct kq_obj *f, struct kq_obj **a, int n, bool scan)
{
    struct kq_obj *x = a[0];
    if (n > 1) {
        struct kq_obj *fast = n == 2 ? q_fold_fast(q, f, a[0], a[1], scan) : NULL;
        if (fast)
            return fast;
        struct kq_obj *r = fold_loop(q, f, kq_ref(x), a + 1, n - 1, 0, scan);
        if (n == 2 && scan && !is_collection(a[1]) && r)
            return q_drop(r, kq_at(r, 0));
        return n == 2 && scan ? rekey(q, a[1], r) : r;
    }
    if (!is_collection(x))
        return kq_ref(x);
    if (kq_is_dict(x)) {
        if (scan && !kq_count(x))
            return kq_ref(x);
        struct kq_obj *values = kq_values(x), *r = fold(q, f, &values, 1, scan);
        return scan ? rekey(q, x, r) : r;
    }
    struct kq_obj *fast = q_fold_fast(q, f, NULL, x, scan);
    if (fast)
        return fast;
    if (!kq_count(x))
        return scan && x->type == KQ_LIST ? kq_ref(x) : fold_empty(q, f, x);
    struct kq_obj *start = q_item(q, x, 0);
    if (scan && start && start->type < 0 && f->type == KQ_BINARY && f->code == JOIN)
        start = q_drop(start, kq_enlist(start)); /* (,\)1 2 grows from ,1 */
    return fold_loop(q, f, start, a, 1, 1, scan);
}

/* Is f, as the function of over and scan, one of a single argument?  Data are,
 * they are followed like a map; but a matrix takes two indices. */
static bool loops_unary(struct q *q, struct kq_obj *f, int n)
{
    if (is_function(f))
        return q_rank(q, f) == 1;
    bool matrix = f->type == KQ_LIST && f->n && kq_type_is_list(kq_child(f, 0)->type);
    return n < 3 && !matrix;
}

/* a b\c, the linear recurrence: each state is c[i] + b[i] * the state before. */
static struct kq_obj *recurrence(struct q *q, struct kq_obj *a, struct kq_obj *b, struct kq_obj *c)
{
    struct kq_obj *type = kq_atom_int(KQ_SHORT, KQ_FLOAT);
    struct kq_obj *start = q_call(q, "$", 2, type, a), *add = q_call(q, "$", 2, type, c), *r = NULL;
    kq_unref(type);
    if (start && add && add->type == KQ_FLOAT && start->type == -KQ_FLOAT && add->n == b->n &&
        (r = q_vec(q, KQ_FLOAT, b->n)) != NULL) {
        double state = start->u.f;
        for (int64_t i = 0; i < b->n; i++)
            kq_floats(r)[i] = state = kq_floats(add)[i] + kq_float_at(b, i) * state;
    } else if (start && add && !r) {
        q_fail(q, "type");
    }
    kq_unref(start);
    return q_drop(add, r);
}

static struct kq_obj *accumulate(struct q *q, struct kq_obj *f, struct kq_obj **a, int n, bool scan)
{
    if (n == 2 && scan && (f->type == KQ_FLOAT || f->type == KQ_REAL))
        return recurrence(q, a[0], f, a[1]);
    if (n == 1 && !is_function(f) && (f->type == KQ_CHAR || f->type == -KQ_CHAR))
        return q_call(q, scan ? "vs" : "sv", 2, f, a[0]);
    return loops_unary(q, f, n) ? loop_unary(q, f, a, n, scan) : fold(q, f, a, n, scan);
}

struct kq_obj *q_apply_derived(struct q *q, struct kq_obj *d, struct kq_obj **a, int n)
{
    struct kq_obj *f = kq_child(d, 0);
    if (q_too_deep(q))
        return NULL;
    switch (d->type) {
    case KQ_EACH: return each(q, f, a, n);
    case KQ_OVER: return accumulate(q, f, a, n, false);
    case KQ_SCAN: return accumulate(q, f, a, n, true);
    case KQ_EACHPRIOR: return prior(q, f, a, n);
    default: return apply_side(q, f, a, n, d->type == KQ_EACHRIGHT);
    }
}

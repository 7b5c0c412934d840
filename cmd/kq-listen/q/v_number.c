/*
 * v_number.c - functions of two numbers that are not + - * %: div mod xbar xexp
 * xlog, and fill and within, which compare.
 */
#include "q/arith.h"
#include "q/convert.h"
#include "q/core.h"
#include "q/enum.h"
#include "q/pervade.h"
#include "q/verb.h"

#include "obj/cmp.h"

#include <math.h>

static int plain_type(const struct kq_obj *x)
{
    return x->type < 0 ? -x->type : x->type;
}

static bool is_float(int t)
{
    return kq_typeinfo(t)->class == KQ_CLASS_FLOAT;
}

/* A result of atoms is an atom. */
static struct kq_obj *shape(struct kq_obj *a, struct kq_obj *b, struct kq_obj *r)
{
    return r && q_both_atoms(a, b) ? q_drop(r, kq_at(r, 0)) : r;
}

static int64_t result_n(struct kq_obj *a, struct kq_obj *b)
{
    return q_both_atoms(a, b) ? 1 : q_common_n(a, b);
}

/* ---- div and what follows from it ----------------------------------------------------------- */

/* The type of x div y is that of x; floats give longs. */
static int quotient_type(int t)
{
    switch (t) {
    case KQ_BOOLEAN:
    case KQ_BYTE:
    case KQ_CHAR: return KQ_INT;
    case KQ_REAL:
    case KQ_FLOAT: return KQ_LONG;
    case KQ_DATETIME: return KQ_DATE;
    default: return t;
    }
}

static int64_t div_ints(int64_t x, int64_t y)
{
    if (y == 0 || x == INT64_MIN || y == INT64_MIN)
        return INT64_MIN;
    int64_t d = x / y;
    return d - (x % y != 0 && (x < 0) != (y < 0));
}

static int64_t div_floats(double x, double y)
{
    double d = x / y, up = ceil(d);
    if (isnan(d))
        return INT64_MIN;
    d = up != d && up != 0 && kq_float_eq(d, up) ? up : floor(d);
    return d >= 9.2e18 ? INT64_MAX : d <= -9.2e18 ? -INT64_MAX : (int64_t)d;
}

/* The value of element i as a long, null as 0N. */
static int64_t long_at(const struct kq_obj *x, int64_t i)
{
    int t = plain_type(x);
    int64_t v = kq_int_at(x, i);
    return kq_typeinfo(t)->class == KQ_CLASS_INT && v == kq_int_null(t) ? INT64_MIN : v;
}

static double double_at(const struct kq_obj *x, int64_t i)
{
    if (is_float(plain_type(x)))
        return kq_float_at(x, i);
    int64_t v = long_at(x, i);
    return v == INT64_MIN ? NAN : (double)v;
}

/* By a positive divisor: floor without a branch. */
static void div_longs(int64_t *r, const int64_t *x, int64_t y, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t d = x[i] / y;
        r[i] = x[i] == INT64_MIN ? INT64_MIN : d - (d * y > x[i]);
    }
}

static struct kq_obj *div_leaf(struct q *q, struct kq_obj *a, struct kq_obj *b, const void *op)
{
    (void)op;
    int ta = plain_type(a), tb = plain_type(b);
    if (!q_is_numeric(ta) || !q_is_numeric(tb))
        return q_fail(q, "type");
    bool floats = is_float(ta) || is_float(tb);
    struct kq_obj *r = q_vec(q, KQ_LONG, result_n(a, b));
    bool wide =
        a->type > 0 && kq_typeinfo(ta)->class == KQ_CLASS_INT && kq_typeinfo(ta)->bytes == 8;
    if (r && wide && b->type == -KQ_LONG && b->u.j > 0)
        div_longs(kq_longs(r), kq_longs(a), b->u.j, r->n);
    else
        for (int64_t i = 0; r && i < r->n; i++)
            kq_longs(r)[i] = floats ? div_floats(double_at(a, i), double_at(b, i))
                                    : div_ints(long_at(a, i), long_at(b, i));
    r = shape(a, b, r);
    return r ? q_drop(r, q_convert(q, r, quotient_type(ta))) : NULL;
}

static struct kq_obj *divide(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    return q_pervade2(q, x, y, div_leaf, NULL);
}

static struct kq_obj *v_div(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return divide(q, a[0], a[1]);
}

/* x - y * x div y: the sign follows y. */
static struct kq_obj *v_mod(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *x = kq_ref(a[0]), *y = kq_ref(a[1]);
    struct kq_obj *d = divide(q, x, y), *p = d ? q_multiply(q, y, d) : NULL;
    struct kq_obj *r = p ? q_subtract(q, x, p) : NULL;
    kq_unref(d);
    kq_unref(p);
    kq_unref(x);
    return q_drop(y, r);
}

/* x * y div x: down to the next multiple; a span as x counts as its number. */
static struct kq_obj *v_xbar(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *x = plain_type(a[0]) == KQ_TIMESPAN ? q_convert(q, a[0], KQ_LONG) : kq_ref(a[0]);
    struct kq_obj *y = kq_ref(a[1]), *d = x ? divide(q, y, x) : NULL;
    struct kq_obj *r = d ? q_multiply(q, x, d) : NULL;
    kq_unref(d);
    kq_unref(y);
    return q_drop(x, r);
}

/* ---- powers ------------------------------------------------------------------------------------- */

typedef double float_fn(double x, double y);

/* As kdb+ computes it: no roots of negative numbers, and 2 xexp 3 is not quite 8. */
static double power(double x, double y)
{
    return y == 0 ? 1 : exp(y * log(x));
}

static double logarithm(double x, double y)
{
    return log(y) / log(x);
}

struct float_op {
    float_fn *f;
};

static struct kq_obj *float_leaf(struct q *q, struct kq_obj *a, struct kq_obj *b, const void *arg)
{
    float_fn *f = ((const struct float_op *)arg)->f;
    if (!q_is_numeric(plain_type(a)) || !q_is_numeric(plain_type(b)))
        return q_fail(q, "type");
    struct kq_obj *r = q_vec(q, KQ_FLOAT, result_n(a, b));
    for (int64_t i = 0; r && i < r->n; i++) {
        if (i % Q_BLOCK == 0 && !q_work(q, Q_BLOCK))
            return q_drop(r, NULL);
        kq_floats(r)[i] = f(double_at(a, i), double_at(b, i));
    }
    return shape(a, b, r);
}

#define FLOAT_VERB(name, fn)                                          \
    static struct kq_obj *name(struct q *q, struct kq_obj **a, int n) \
    {                                                                 \
        static const struct float_op op = {fn};                       \
        (void)n;                                                      \
        return q_pervade2(q, a[0], a[1], float_leaf, &op);            \
    }
FLOAT_VERB(v_xexp, power)
FLOAT_VERB(v_xlog, logarithm)

/* ---- fill ---------------------------------------------------------------------------------------- */

/* Eight-byte numbers with an atom: one loop. */
static void fill_words(struct kq_obj *r, const struct kq_obj *x, const struct kq_obj *y)
{
    bool floats = is_float(y->type);
    for (int64_t i = 0; floats && i < y->n; i++)
        kq_floats(r)[i] = isnan(kq_floats(y)[i]) ? x->u.f : kq_floats(y)[i];
    for (int64_t i = 0; !floats && i < y->n; i++)
        kq_longs(r)[i] = kq_longs(y)[i] == INT64_MIN ? x->u.j : kq_longs(y)[i];
}

/* y, but x where y is null. */
static struct kq_obj *fill_leaf(struct q *q, struct kq_obj *a, struct kq_obj *b, const void *op)
{
    (void)op;
    int ta = plain_type(a), tb = plain_type(b), type = q_common_type(ta, tb);
    if (ta == tb)
        type = ta;
    if (!type)
        return q_fail(q, "type");
    struct kq_obj *x = ta == type ? kq_ref(a) : q_convert(q, a, type);
    struct kq_obj *y = !x ? NULL : tb == type ? kq_ref(b) : q_convert(q, b, type);
    int64_t n = result_n(a, b);
    struct kq_obj *r = y ? q_vec(q, type, n) : NULL;
    size_t w = kq_elem_size(type);
    if (r && x->type < 0 && y->type > 0 && w == 8 && kq_typeinfo(type)->class != KQ_CLASS_SYM) {
        fill_words(r, x, y);
        kq_unref(x);
        return q_drop(y, r);
    }
    struct kq_obj *ax = x && x->type < 0 ? kq_enlist(x) : NULL,
                  *ay = y && y->type < 0 ? kq_enlist(y) : NULL;
    for (int64_t i = 0; r && i < n; i++) {
        bool null = kq_is_null_at(y, i);
        const struct kq_obj *from = null ? (ax ? ax : x) : (ay ? ay : y);
        int64_t at = null ? (ax ? 0 : i) : (ay ? 0 : i);
        memcpy(r->u.v.data + (size_t)i * w, kq_data(from) + (size_t)at * w, w);
    }
    kq_unref(ax);
    kq_unref(ay);
    kq_unref(x);
    kq_unref(y);
    return shape(a, b, r);
}

static bool in_one_domain(const struct kq_obj *x, const struct kq_obj *y)
{
    return q_is_enum(x) && q_is_enum(y) &&
           kq_sym_text(kq_child(x, 0)) == kq_sym_text(kq_child(y, 0));
}

static struct kq_obj *v_fill(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    if (in_one_domain(a[0], a[1])) {
        struct kq_obj *at = q_pervade2(q, kq_child(a[0], 1), kq_child(a[1], 1), fill_leaf, NULL);
        return at ? q_enum_wrap(a[0], at) : NULL;
    }
    return q_pervade2(q, a[0], a[1], fill_leaf, NULL);
}

/* ---- within ---------------------------------------------------------------------------------------- */

/* x within (lo;hi), both included. */
static struct kq_obj *v_within(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    if (!kq_type_is_list(a[1]->type) || kq_count(a[1]) != 2)
        return q_fail(q, kq_type_is_list(a[1]->type) ? "length" : "type");
    struct kq_obj *x = kq_ref(a[0]), *lo = q_item(q, a[1], 0), *hi = q_item(q, a[1], 1);
    struct kq_obj *above = q_compare(q, Q_GE, x, lo),
                  *below = above ? q_compare(q, Q_LE, x, hi) : NULL;
    struct kq_obj *r = below ? q_lesser(q, above, below) : NULL;
    kq_unref(x);
    kq_unref(lo);
    kq_unref(hi);
    kq_unref(above);
    return q_drop(below, r);
}

const struct q_verb q_verbs_number[] = {
    {"div", 2, 2, v_div},       {"mod", 2, 2, v_mod},   {"xbar", 2, 2, v_xbar},
    {"xexp", 2, 2, v_xexp},     {"xlog", 2, 2, v_xlog}, {"^", 2, 2, v_fill},
    {"within", 2, 2, v_within}, {NULL, 0, 0, NULL},
};

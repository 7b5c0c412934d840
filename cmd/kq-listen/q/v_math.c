/*
 * v_math.c - functions of one number, and of two that are not + - * %.
 */
#include "q/arith.h"
#include "q/convert.h"
#include "q/enum.h"
#include "q/pervade.h"
#include "q/verb.h"

#include "obj/cmp.h"
#include "obj/null.h"

#include <math.h>

static int plain_type(const struct kq_obj *x)
{
    return x->type < 0 ? -x->type : x->type;
}

static bool is_float(int t)
{
    return kq_typeinfo(t)->class == KQ_CLASS_FLOAT;
}

/* An unshared copy to write results over, of type `type`. */
static struct kq_obj *fresh(struct q *q, struct kq_obj *x, int type)
{
    struct kq_obj *c = q_convert(q, x, type);
    struct kq_obj *r = c ? kq_unshare_take(c) : NULL;
    if (c && !r)
        return q_fail(q, "wsfull");
    if (r && r->type >= 0)
        r->attr = KQ_ATTR_NONE;
    return r;
}

/* ---- floats ----------------------------------------------------------------------------- */

typedef double float_fn(double v);

static double reciprocal(double v)
{
    return 1 / v;
}

/* The op argument of the leaf. */
struct float_op {
    float_fn *f;
};

static struct kq_obj *float_leaf(struct q *q, struct kq_obj *x, const void *arg)
{
    float_fn *f = ((const struct float_op *)arg)->f;
    int t = plain_type(x);
    if (!q_is_numeric(t))
        return q_fail(q, "type");
    int type = t == KQ_REAL ? KQ_REAL : t == KQ_DATETIME ? KQ_DATETIME : KQ_FLOAT;
    struct kq_obj *r = fresh(q, x, type);
    if (!r)
        return NULL;
    if (r->type < 0)
        r->u.f = f(r->u.f);
    for (int64_t i = 0; r->type >= 0 && i < r->n; i++) {
        if (i % Q_BLOCK == 0 && !q_work(q, Q_BLOCK))
            return q_drop(r, NULL);
        if (type == KQ_REAL)
            kq_reals(r)[i] = (float)f(kq_reals(r)[i]);
        else
            kq_floats(r)[i] = f(kq_floats(r)[i]);
    }
    return r;
}

#define FLOAT_VERB(name, fn)                                          \
    static struct kq_obj *name(struct q *q, struct kq_obj **a, int n) \
    {                                                                 \
        static const struct float_op op = {fn};                       \
        (void)n;                                                      \
        return q_pervade1(q, a[0], float_leaf, &op);                  \
    }
FLOAT_VERB(v_sqrt, sqrt)
FLOAT_VERB(v_exp, exp)
FLOAT_VERB(v_log, log)
FLOAT_VERB(v_sin, sin)
FLOAT_VERB(v_cos, cos)
FLOAT_VERB(v_tan, tan)
FLOAT_VERB(v_asin, asin)
FLOAT_VERB(v_acos, acos)
FLOAT_VERB(v_atan, atan)
FLOAT_VERB(v_reciprocal, reciprocal)

/* ---- whole numbers ------------------------------------------------------------------------- */

enum int_op { NEG, ABS, SIGNUM, NOT, FLOOR, CEILING };

static int64_t int_value(enum int_op op, int64_t v, int64_t null)
{
    switch (op) {
    case NEG: return v == null ? v : -v;
    case ABS: return v == null ? v : v < 0 ? -v : v;
    case SIGNUM: return v == null ? -1 : (v > 0) - (v < 0);
    case NOT: return v == 0;
    default: return v;
    }
}

/* Ceiling forgives what rounding errors have added; floor is exact since V3. */
static double ceiling(double v)
{
    double down = floor(v);
    return down != 0 && kq_float_eq(v, down) ? down : ceil(v);
}

static double float_value(enum int_op op, double v)
{
    switch (op) {
    case NEG: return -v;
    case ABS: return fabs(v);
    case SIGNUM: return isnan(v) ? -1 : (v > 0) - (v < 0);
    case NOT: return v == 0;
    case FLOOR: return floor(v);
    default: return ceiling(v);
    }
}

/* The type of a result whose argument is of type t; 0: none. */
static int int_result(enum int_op op, int t)
{
    if (op == NOT)
        return KQ_BOOLEAN;
    switch (op) {
    case NEG:
    case ABS: return t == KQ_BOOLEAN || t == KQ_BYTE || t == KQ_CHAR ? KQ_INT : t;
    case SIGNUM: return KQ_INT;
    default:
        if (t == KQ_CHAR)
            return 0;
        if (t == KQ_DATETIME)
            return KQ_DATE;
        return is_float(t) ? KQ_LONG : t == KQ_BOOLEAN || t == KQ_BYTE ? KQ_INT : t;
    }
}

static void store(struct kq_obj *r, int64_t i, int64_t v)
{
    switch (kq_typeinfo(r->type)->bytes) {
    case 1: r->u.v.data[i] = (uint8_t)v; break;
    case 2: kq_shorts(r)[i] = (int16_t)v; break;
    case 4: kq_ints(r)[i] = (int32_t)v; break;
    default: kq_longs(r)[i] = v; break;
    }
}

/* Longs to longs, the commonest case, without a switch in the loop. */
static bool from_longs(enum int_op op, struct kq_obj *r, const struct kq_obj *x)
{
    const int64_t *v = kq_longs(x);
    if (kq_typeinfo(x->type)->bytes != 8 || (op != NEG && op != ABS && op != NOT))
        return false;
    for (int64_t i = 0; op == NEG && i < x->n; i++) /* the null is its own negative */
        kq_longs(r)[i] = (int64_t)(0 - (uint64_t)v[i]);
    for (int64_t i = 0; op == ABS && i < x->n; i++)
        kq_longs(r)[i] = (int64_t)(v[i] < 0 ? 0 - (uint64_t)v[i] : (uint64_t)v[i]);
    for (int64_t i = 0; op == NOT && i < x->n; i++)
        r->u.v.data[i] = v[i] == 0;
    return true;
}

static void from_ints(enum int_op op, struct kq_obj *r, const struct kq_obj *x)
{
    int64_t null = kq_typeinfo(x->type)->class == KQ_CLASS_INT ? kq_int_null(x->type) : INT64_MIN;
    if (x->type == KQ_BOOLEAN && op == NOT) {
        for (int64_t i = 0; i < x->n; i++)
            r->u.v.data[i] = !kq_data(x)[i];
        return;
    }
    if (from_longs(op, r, x))
        return;
    for (int64_t i = 0; i < x->n; i++)
        store(r, i, int_value(op, kq_int_at(x, i), null));
}

static int64_t to_long(double v)
{
    if (isnan(v))
        return INT64_MIN;
    return fabs(v) < 9.2e18 ? (int64_t)v : v < 0 ? -INT64_MAX : INT64_MAX;
}

/* Floats to longs or floats, likewise. */
static bool from_doubles(enum int_op op, struct kq_obj *r, const struct kq_obj *x)
{
    const double *v = kq_floats(x);
    if (x->type != KQ_FLOAT || (op != NEG && op != ABS && op != FLOOR))
        return false;
    for (int64_t i = 0; op == NEG && i < x->n; i++)
        kq_floats(r)[i] = -v[i];
    for (int64_t i = 0; op == ABS && i < x->n; i++)
        kq_floats(r)[i] = fabs(v[i]);
    for (int64_t i = 0; op == FLOOR && i < x->n; i++) {
        int64_t k = to_long(v[i]);
        kq_longs(r)[i] = k - ((double)k > v[i]);
    }
    return true;
}

static void from_floats(enum int_op op, struct kq_obj *r, const struct kq_obj *x)
{
    bool floats = is_float(r->type);
    if (from_doubles(op, r, x))
        return;
    int64_t null = floats                                        ? 0
                   : kq_typeinfo(r->type)->class == KQ_CLASS_INT ? kq_int_null(r->type)
                                                                 : 0;
    for (int64_t i = 0; i < x->n; i++) {
        double v = float_value(op, kq_float_at(x, i));
        if (r->type == KQ_REAL)
            kq_reals(r)[i] = (float)v;
        else if (floats)
            kq_floats(r)[i] = v;
        else if (isnan(v))
            store(r, i, null);
        else if (fabs(v) >= 9.2e18)
            store(r, i, v < 0 ? -INT64_MAX : INT64_MAX);
        else
            store(r, i, (int64_t)v);
    }
}

static struct kq_obj *int_leaf(struct q *q, struct kq_obj *x, const void *arg)
{
    enum int_op op = *(const enum int_op *)arg;
    int t = plain_type(x), type = q_is_numeric(t) ? int_result(op, t) : 0;
    if (!type)
        return q_fail(q, "type");
    if (x->type < 0 && type == t && kq_typeinfo(t)->class == KQ_CLASS_INT)
        return kq_atom_int(type, int_value(op, x->u.j, kq_int_null(t)));
    if (x->type < 0) {
        struct kq_obj *one = kq_enlist(x), *r = int_leaf(q, one, arg);
        kq_unref(one);
        return r ? q_drop(r, kq_at(r, 0)) : NULL;
    }
    struct kq_obj *r = q_vec(q, type, x->n);
    if (r)
        (is_float(t) ? from_floats : from_ints)(op, r, x);
    return r;
}

#define INT_VERB(name, which)                                         \
    static struct kq_obj *name(struct q *q, struct kq_obj **a, int n) \
    {                                                                 \
        static const enum int_op op = which;                          \
        (void)n;                                                      \
        return q_pervade1(q, a[0], int_leaf, &op);                    \
    }
INT_VERB(v_neg, NEG)
INT_VERB(v_abs, ABS)
INT_VERB(v_signum, SIGNUM)
INT_VERB(v_not, NOT)
INT_VERB(v_floor, FLOOR)
INT_VERB(v_ceiling, CEILING)

/* ---- null ------------------------------------------------------------------------------------ */

static void null_flags(uint8_t *r, const struct kq_obj *x)
{
    int64_t n = x->n;
    enum kq_class class = kq_typeinfo(x->type)->class;
    if (x->type == KQ_FLOAT || x->type == KQ_DATETIME) {
        for (int64_t i = 0; i < n; i++)
            r[i] = isnan(kq_floats(x)[i]);
    } else if (class == KQ_CLASS_INT && kq_typeinfo(x->type)->bytes == 8) {
        for (int64_t i = 0; i < n; i++)
            r[i] = kq_longs(x)[i] == INT64_MIN;
    } else if (class == KQ_CLASS_INT && kq_typeinfo(x->type)->bytes == 4) {
        for (int64_t i = 0; i < n; i++)
            r[i] = kq_ints(x)[i] == INT32_MIN;
    } else {
        for (int64_t i = 0; i < n; i++)
            r[i] = kq_is_null_at(x, i);
    }
}

static struct kq_obj *null_leaf(struct q *q, struct kq_obj *x, const void *op)
{
    (void)op;
    if (x->type < 0)
        return kq_bool(kq_is_null_at(x, 0));
    struct kq_obj *r = q_vec(q, KQ_BOOLEAN, x->n);
    if (r)
        null_flags(r->u.v.data, x);
    return r;
}

static struct kq_obj *v_null(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    if (q_is_enum(a[0])) /* a null position, not a null symbol */
        return q_pervade1(q, kq_child(a[0], 1), null_leaf, NULL);
    if (kq_is_generic_null(a[0]))
        return kq_bool(true);
    if (kq_type_is_func(a[0]->type))
        return kq_bool(false);
    return q_pervade1(q, a[0], null_leaf, NULL);
}

const struct q_verb q_verbs_math[] = {
    {"sqrt", 1, 1, v_sqrt},       {"exp", 1, 1, v_exp},   {"log", 1, 1, v_log},
    {"sin", 1, 1, v_sin},         {"cos", 1, 1, v_cos},   {"tan", 1, 1, v_tan},
    {"asin", 1, 1, v_asin},       {"acos", 1, 1, v_acos}, {"atan", 1, 1, v_atan},
    {"%:", 1, 1, v_reciprocal},   {"-:", 1, 1, v_neg},    {"abs", 1, 1, v_abs},
    {"signum", 1, 1, v_signum},   {"~:", 1, 1, v_not},    {"_:", 1, 1, v_floor},
    {"ceiling", 1, 1, v_ceiling}, {"^:", 1, 1, v_null},   {NULL, 0, 0, NULL},
};

/*
 * fold.c - typed loops; nulls are skipped, as q does within a vector.
 *
 * Integer sums wrap, booleans and shorts are added up as ints.  The loops keep
 * several accumulators or none at all, whichever the compiler can vectorise.
 */
#include "q/fold.h"

#include "q/convert.h"
#include "q/core.h"

#include "obj/null.h"

#include <math.h>

enum { JOIN = 12, MINUS = 2, DIVIDE = 4, FILL = 7 };

/* The type a sum or product of items of this type has; 0: none. */
static int sum_type(int type)
{
    switch (type) {
    case KQ_BOOLEAN:
    case KQ_BYTE:
    case KQ_SHORT: return KQ_INT;
    case KQ_CHAR:
    case KQ_SYMBOL:
    case KQ_GUID: return 0;
    default: return type <= KQ_TYPE_MAX ? type : 0;
    }
}

static int result_type(enum q_fold op, int type)
{
    if (op == Q_MIN || op == Q_MAX)
        return q_is_numeric(type) ? type : 0;
    return type == KQ_LIST ? 0 : sum_type(type);
}

/* ---- loops ---------------------------------------------------------------------------- */

static int64_t null_of(int type)
{
    return kq_typeinfo(type)->class == KQ_CLASS_INT ? kq_int_null(type) : INT64_MIN;
}

static int64_t wrap_add(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

static int64_t wrap_mul(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a * (uint64_t)b);
}

static int64_t int_identity(enum q_fold op, int type)
{
    bool byte = kq_typeinfo(type)->class == KQ_CLASS_BYTE;
    int64_t inf = byte ? (type == KQ_BOOLEAN ? 1 : 255) : kq_int_inf(type);
    switch (op) {
    case Q_SUM: return 0;
    case Q_PRD: return 1;
    case Q_MIN: return inf;
    default: return byte ? 0 : -inf;
    }
}

static int64_t int_step(enum q_fold op, int64_t a, int64_t v)
{
    switch (op) {
    case Q_SUM: return wrap_add(a, v);
    case Q_PRD: return wrap_mul(a, v);
    case Q_MIN: return v < a ? v : a;
    default: return v > a ? v : a;
    }
}

static double float_identity(enum q_fold op)
{
    return op == Q_SUM ? 0 : op == Q_PRD ? 1 : op == Q_MIN ? INFINITY : -INFINITY;
}

static double float_step(enum q_fold op, double a, double v)
{
    switch (op) {
    case Q_SUM: return a + v;
    case Q_PRD: return a * v;
    case Q_MIN: return v < a ? v : a;
    default: return v > a ? v : a;
    }
}

/* The loops that carry data sets: written out so that they vectorise. */
#define LOOP(type, data, null, step)                            \
    do {                                                        \
        const type *p = (const type *)(const void *)kq_data(x); \
        for (int64_t i = 0; i < x->n; i++) {                    \
            int64_t v = p[i];                                   \
            r = v == (null) ? r : (step);                       \
        }                                                       \
    } while (0)

#define BY_OP(type, null)                        \
    do {                                         \
        if (op == Q_SUM)                         \
            LOOP(type, p, null, wrap_add(r, v)); \
        else if (op == Q_MIN)                    \
            LOOP(type, p, null, v < r ? v : r);  \
        else if (op == Q_MAX)                    \
            LOOP(type, p, null, v > r ? v : r);  \
        else                                     \
            LOOP(type, p, null, wrap_mul(r, v)); \
    } while (0)

static int64_t fold_ints(enum q_fold op, const struct kq_obj *x)
{
    int64_t r = int_identity(op, x->type);
    switch (kq_typeinfo(x->type)->bytes) {
    case 1: BY_OP(uint8_t, -1); break;
    case 2: BY_OP(int16_t, INT16_MIN); break;
    case 4: BY_OP(int32_t, INT32_MIN); break;
    default: BY_OP(int64_t, INT64_MIN); break;
    }
    return r;
}

static double fold_floats(enum q_fold op, const struct kq_obj *x)
{
    double r = float_identity(op);
    if (op == Q_SUM && x->type != KQ_REAL) {
        const double *p = kq_floats(x);
        double s[4] = {0};
        int64_t i = 0;
        for (; i + 4 <= x->n; i += 4) {
            for (int k = 0; k < 4; k++)
                s[k] += isnan(p[i + k]) ? 0 : p[i + k];
        }
        for (; i < x->n; i++)
            s[0] += isnan(p[i]) ? 0 : p[i];
        return x->n < 4 ? s[0] : (s[0] + s[1]) + (s[2] + s[3]);
    }
    for (int64_t i = 0; i < x->n; i++) {
        double v = kq_float_at(x, i);
        if (!isnan(v))
            r = float_step(op, r, v);
    }
    return r;
}

static struct kq_obj *fold_vector(enum q_fold op, const struct kq_obj *x, int type)
{
    if (kq_typeinfo(x->type)->class == KQ_CLASS_FLOAT)
        return kq_atom_float(type, fold_floats(op, x));
    int64_t v = fold_ints(op, x);
    return kq_atom_int(type, kq_typeinfo(type)->bytes == 4 ? (int32_t)v : v);
}

/* Longs, one loop for each operator. */
static void scan_longs(enum q_fold op, int64_t *r, const int64_t *p, int64_t n)
{
    int64_t a = int_identity(op, KQ_LONG);
#define SCAN(step)                              \
    for (int64_t i = 0; i < n; i++) {           \
        int64_t v = p[i];                       \
        r[i] = a = v == INT64_MIN ? a : (step); \
    }
    switch (op) {
    case Q_SUM: SCAN(wrap_add(a, v)) break;
    case Q_PRD: SCAN(wrap_mul(a, v)) break;
    case Q_MIN: SCAN(v < a ? v : a) break;
    default: SCAN(v > a ? v : a) break;
    }
#undef SCAN
}

static void scan_ints(enum q_fold op, struct kq_obj *r, const struct kq_obj *x)
{
    int64_t a = int_identity(op, r->type), null = null_of(x->type);
    if (kq_typeinfo(x->type)->bytes == 8 && kq_typeinfo(r->type)->bytes == 8) {
        scan_longs(op, kq_longs(r), kq_longs(x), x->n);
        return;
    }
    for (int64_t i = 0; i < x->n; i++) {
        int64_t v = kq_int_at(x, i);
        if (v != null)
            a = int_step(op, a, v);
        switch (kq_typeinfo(r->type)->bytes) {
        case 1: r->u.v.data[i] = (uint8_t)a; break;
        case 2: kq_shorts(r)[i] = (int16_t)a; break;
        case 4: kq_ints(r)[i] = (int32_t)a; break;
        default: kq_longs(r)[i] = a; break;
        }
    }
}

static void scan_floats(enum q_fold op, struct kq_obj *r, const struct kq_obj *x)
{
    double a = float_identity(op);
    for (int64_t i = 0; i < x->n; i++) {
        double v = kq_float_at(x, i);
        if (!isnan(v))
            a = float_step(op, a, v);
        if (r->type == KQ_REAL)
            kq_reals(r)[i] = (float)a;
        else
            kq_floats(r)[i] = a;
    }
}

static struct kq_obj *scan_vector(struct q *q, enum q_fold op, struct kq_obj *x, int type)
{
    struct kq_obj *r = q_vec(q, type, x->n);
    if (r)
        (kq_typeinfo(type)->class == KQ_CLASS_FLOAT ? scan_floats : scan_ints)(op, r, x);
    return r;
}

/* ---- derived functions ----------------------------------------------------------------- */

/* ^\ of a vector: nulls take the item before them. */
static struct kq_obj *fills(struct q *q, struct kq_obj *x)
{
    if (x->type <= 0 || x->type > KQ_TYPE_MAX)
        return NULL;
    size_t width = kq_elem_size(x->type);
    struct kq_obj *r = q_vec(q, x->type, x->n);
    if (!r || !x->n)
        return r;
    memcpy(r->u.v.data, kq_data(x), (size_t)x->n * width);
    for (int64_t i = 1; i < x->n; i++) {
        uint8_t *item = r->u.v.data + (size_t)i * width;
        if (kq_is_null_at(x, i))
            memcpy(item, item - width, width);
    }
    return r;
}

struct kq_obj *q_fold_fast(struct q *q, const struct kq_obj *f, struct kq_obj *seed,
                           struct kq_obj *x, bool scan)
{
    if (f->type != KQ_BINARY)
        return NULL;
    if (f->code == JOIN && !seed && !scan && x->type == KQ_LIST && x->n)
        return q_raze(q, x);
    if (f->code == FILL && scan && !seed)
        return fills(q, x);
    if (f->code != Q_SUM && f->code != Q_PRD && f->code != Q_MIN && f->code != Q_MAX)
        return NULL;
    enum q_fold op = f->code;
    int type = x->type > 0 && x->type <= KQ_TYPE_MAX ? result_type(op, x->type) : 0;
    if (!type || !x->n)
        return NULL;
    if (scan)
        return seed ? NULL : scan_vector(q, op, x, type);
    struct kq_obj *r = fold_vector(op, x, type);
    if (!seed)
        return r;
    struct kq_obj *g = kq_prim(KQ_BINARY, op), *sum = q_apply2(q, g, seed, r);
    kq_unref(g);
    return q_drop(r, sum);
}

/* Each long minus the one before it. */
static void long_steps(int64_t *r, const int64_t *v, int64_t n)
{
    for (int64_t i = 1; i < n; i++) {
        bool null = v[i] == INT64_MIN || v[i - 1] == INT64_MIN;
        r[i] = null ? INT64_MIN : wrap_add(v[i], wrap_mul(v[i - 1], -1));
    }
}

static void float_steps(double *r, const double *v, int64_t n, bool divide)
{
    for (int64_t i = 1; i < n; i++)
        r[i] = divide ? v[i] / v[i - 1] : v[i] - v[i - 1];
}

struct kq_obj *q_prior_fast(struct q *q, const struct kq_obj *f, struct kq_obj *x)
{
    bool minus = f->type == KQ_BINARY && f->code == MINUS;
    bool divide = f->type == KQ_BINARY && f->code == DIVIDE;
    if (x->n < 2 || !(minus || divide) || (x->type != KQ_FLOAT && (x->type != KQ_LONG || divide)))
        return NULL;
    struct kq_obj *r = q_vec(q, x->type, x->n);
    if (!r)
        return NULL;
    if (x->type == KQ_FLOAT)
        float_steps(kq_floats(r), kq_floats(x), x->n, divide);
    else
        long_steps(kq_longs(r), kq_longs(x), x->n);
    kq_longs(r)[0] = kq_longs(x)[0]; /* the bits, whichever type it is */
    return r;
}

struct kq_obj *q_fold_identity(struct q *q, const struct kq_obj *f, struct kq_obj *x)
{
    (void)q;
    if (f->type != KQ_BINARY)
        return NULL;
    int type = x->type > 0 && x->type <= KQ_TYPE_MAX ? x->type : KQ_LONG;
    if (f->code == JOIN)
        return x->type == KQ_LIST ? kq_ref(x) : kq_vec_new(KQ_LIST, 0);
    if (f->code != Q_SUM && f->code != Q_PRD && f->code != Q_MIN && f->code != Q_MAX)
        return NULL;
    int result = result_type(f->code, type);
    if (!result)
        return NULL;
    if (kq_typeinfo(result)->class == KQ_CLASS_FLOAT)
        return kq_atom_float(result, float_identity(f->code));
    return kq_atom_int(result, int_identity(f->code, result));
}

/* ---- aggregates ----------------------------------------------------------------------------- */

static struct kq_obj *columns(struct q *q, enum q_fold op, struct kq_obj *t)
{
    struct kq_obj *v = kq_vec_new(KQ_LIST, kq_names(t)->n);
    for (int64_t i = 0; i < v->n; i++) {
        kq_items(v)[i] = q_aggregate(q, op, kq_child(kq_columns(t), i));
        if (!kq_child(v, i))
            return q_drop(v, NULL);
    }
    v = kq_collapse_take(v);
    return q_drop(v, kq_dict(kq_names(t), v));
}

/* A list of numbers of several types, as a vector of the widest. */
static struct kq_obj *mixed_numbers(struct q *q, const struct kq_obj *x)
{
    int type = 0;
    for (int64_t i = 0; i < x->n; i++) {
        const struct kq_obj *item = kq_child(x, i);
        if (item->type >= 0 || !q_is_numeric(item->type) || kq_type_is_temporal(item->type) ||
            item->type == -KQ_CHAR)
            return NULL;
        type = -item->type > type ? -item->type : type;
    }
    struct kq_obj *r = q_vec(q, type, x->n);
    for (int64_t i = 0; r && i < x->n; i++) {
        struct kq_obj *v = q_convert(q, kq_child(x, i), type);
        kq_set_at(r, i, v);
        kq_unref(v);
    }
    return r;
}

/* Items of a list combined by the operator, one after the other. */
static struct kq_obj *list(struct q *q, enum q_fold op, struct kq_obj *x)
{
    struct kq_obj *f = kq_prim(KQ_BINARY, op), *r;
    if (!x->n) {
        r = q_fold_identity(q, f, x);
        return q_drop(f, r);
    }
    struct kq_obj *numbers = mixed_numbers(q, x);
    if (numbers) {
        kq_unref(f);
        return q_drop(numbers, q_aggregate(q, op, numbers));
    }
    r = kq_ref(kq_child(x, 0));
    for (int64_t i = 1; r && i < x->n; i++)
        r = q_tick(q) ? q_drop(r, q_apply2(q, f, r, kq_child(x, i))) : q_drop(r, NULL);
    return q_drop(f, r);
}

struct kq_obj *q_aggregate(struct q *q, enum q_fold op, struct kq_obj *x)
{
    if (x->type == KQ_LIST)
        return list(q, op, x);
    if (x->type == KQ_TABLE)
        return columns(q, op, x);
    if (kq_is_dict(x))
        return q_aggregate(q, op, kq_values(x));
    int t = x->type < 0 ? -x->type : x->type;
    int type = t <= KQ_TYPE_MAX ? result_type(op, t) : 0;
    if (!type)
        return q_fail(q, "type");
    return x->type < 0 ? q_convert(q, x, type) : fold_vector(op, x, type);
}

/*
 * v_agg.c - aggregates: sums, extremes, means.
 */
#include "q/convert.h"
#include "q/fold.h"
#include "q/verb.h"

#include "obj/null.h"

#include <math.h>

#define FOLD(name, op)                                                \
    static struct kq_obj *name(struct q *q, struct kq_obj **a, int n) \
    {                                                                 \
        (void)n;                                                      \
        return q_aggregate(q, op, a[0]);                              \
    }
FOLD(v_sum, Q_SUM)
FOLD(v_prd, Q_PRD)
FOLD(v_min, Q_MIN)
FOLD(v_max, Q_MAX)

/* ---- means and deviations ---------------------------------------------------------------- */

/* What is not null in a vector or atom: how many, their sum and sum of squares
 * around `centre`. */
static void moments(const struct kq_obj *x, double centre, double *count, double *sum,
                    double *square)
{
    bool floats = kq_typeinfo(x->type)->class == KQ_CLASS_FLOAT;
    *count = *sum = *square = 0;
    for (int64_t i = 0; i < x->n; i++) {
        if (kq_is_null_at(x, i) && x->type != KQ_CHAR && x->type != -KQ_CHAR)
            continue;
        double v = (floats ? kq_float_at(x, i) : (double)kq_int_at(x, i)) - centre;
        *count += 1;
        *sum += v;
        *square += v * v;
    }
}

static double average(const struct kq_obj *x)
{
    double count, sum, square;
    moments(x, 0, &count, &sum, &square);
    return count > 0 ? sum / count : NAN;
}

/* Mean squared deviation with n - less as the divisor. */
static double variance(const struct kq_obj *x, double less)
{
    double count, sum, square;
    moments(x, average(x), &count, &sum, &square);
    return count > less ? square / (count - less) : NAN;
}

static double deviation(const struct kq_obj *x)
{
    return sqrt(variance(x, 0));
}

static double population_variance(const struct kq_obj *x)
{
    return variance(x, 0);
}

static double sample_variance(const struct kq_obj *x)
{
    return variance(x, 1);
}

static double sample_deviation(const struct kq_obj *x)
{
    return sqrt(variance(x, 1));
}

typedef double statistic(const struct kq_obj *x);

static struct kq_obj *apply(struct q *q, statistic *f, const char *name, struct kq_obj *x)
{
    int t = x->type < 0 ? -x->type : x->type;
    if (q_is_numeric(t))
        return kq_float(f(x));
    if (kq_is_dict(x))
        return q_call(q, name, 1, kq_values(x));
    if (x->type == KQ_TABLE) {
        struct kq_obj *v = kq_vec_new(KQ_LIST, kq_names(x)->n);
        for (int64_t i = 0; i < v->n; i++) {
            kq_items(v)[i] = q_call(q, name, 1, kq_child(kq_columns(x), i));
            if (!kq_child(v, i))
                return q_drop(v, NULL);
        }
        v = kq_collapse_take(v);
        return q_drop(v, kq_dict(kq_names(x), v));
    }
    if (x->type == KQ_LIST && !x->n)
        return kq_float(NAN);
    return NULL;
}

#define STATISTIC(name, word, f)                                      \
    static struct kq_obj *name(struct q *q, struct kq_obj **a, int n) \
    {                                                                 \
        (void)n;                                                      \
        struct kq_obj *r = apply(q, f, word, a[0]);                   \
        return r ? r : q_fail(q, "type");                             \
    }
STATISTIC(v_var, "var", population_variance)
STATISTIC(v_dev, "dev", deviation)
STATISTIC(v_svar, "svar", sample_variance)
STATISTIC(v_sdev, "sdev", sample_deviation)

/* avg of a list of lists is item by item. */
static struct kq_obj *v_avg(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *r = apply(q, average, "avg", a[0]);
    if (r || a[0]->type != KQ_LIST)
        return r ? r : q_fail(q, "type");
    struct kq_obj *sum = q_aggregate(q, Q_SUM, a[0]), *count = kq_long(a[0]->n);
    r = sum ? q_call(q, "%", 2, sum, count) : NULL;
    kq_unref(count);
    return q_drop(sum, r);
}

const struct q_verb q_verbs_agg[] = {
    {"sum", 1, 1, v_sum},   {"prd", 1, 1, v_prd}, {"min", 1, 1, v_min}, {"max", 1, 1, v_max},
    {"avg", 1, 1, v_avg},   {"var", 1, 1, v_var}, {"dev", 1, 1, v_dev}, {"svar", 1, 1, v_svar},
    {"sdev", 1, 1, v_sdev}, {NULL, 0, 0, NULL},
};

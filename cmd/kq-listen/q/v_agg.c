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

/* Count, sum and sum of squares around `centre` of what is not null. */
struct moments {
    double count, sum, square;
};

#define MOMENTS(type, null)                                     \
    do {                                                        \
        const type *p = (const type *)(const void *)kq_data(x); \
        for (int64_t i = 0; i < x->n; i++) {                    \
            bool there = !(null);                               \
            double v = there ? (double)p[i] - centre : 0;       \
            m.count += there;                                   \
            m.sum += v;                                         \
            m.square += v * v;                                  \
        }                                                       \
    } while (0)

static struct moments moments(const struct kq_obj *x, double centre)
{
    struct moments m = {0, 0, 0};
    bool floats = kq_typeinfo(x->type)->class == KQ_CLASS_FLOAT;
    switch (kq_typeinfo(x->type)->bytes) {
    case 1: MOMENTS(uint8_t, false); break;
    case 2: MOMENTS(int16_t, p[i] == INT16_MIN); break;
    case 4:
        if (floats)
            MOMENTS(float, isnan(p[i]));
        else
            MOMENTS(int32_t, p[i] == INT32_MIN);
        break;
    default:
        if (floats)
            MOMENTS(double, isnan(p[i]));
        else
            MOMENTS(int64_t, p[i] == INT64_MIN);
        break;
    }
    return m;
}

static double average(const struct kq_obj *x)
{
    struct moments m = moments(x, 0);
    return m.count > 0 ? m.sum / m.count : NAN;
}

/* Mean squared deviation with n - less as the divisor. */
static double variance(const struct kq_obj *x, double less)
{
    struct moments m = moments(x, average(x));
    return m.count > less ? m.square / (m.count - less) : NAN;
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
    if (q_is_numeric(t)) {
        struct kq_obj *list = x->type < 0 ? kq_enlist(x) : kq_ref(x);
        double v = f(list);
        return q_drop(list, kq_float(v));
    }
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

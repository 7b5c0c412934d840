/*
 * v_stat.c - weighted sums, covariance, medians and moving windows.
 */
#include "q/arith.h"
#include "q/collect.h"
#include "q/convert.h"
#include "q/core.h"
#include "q/fold.h"
#include "q/sort.h"
#include "q/verb.h"

#include <math.h>

/* x as floats, nulls as NaN; x is a numeric vector or atom. */
static struct kq_obj *floats(struct q *q, struct kq_obj *x)
{
    return q_convert(q, x, KQ_FLOAT);
}

static bool is_vector(const struct kq_obj *x)
{
    return x->type > 0 && x->type <= KQ_TYPE_MAX && q_is_numeric(x->type);
}

/* Two vectors of floats of the same length; false after q_fail. */
static bool pair(struct q *q, struct kq_obj **a, struct kq_obj **x, struct kq_obj **y)
{
    *x = *y = NULL;
    if (!is_vector(a[0]) || !is_vector(a[1]))
        return q_fail(q, "type");
    if (a[0]->n != a[1]->n)
        return q_fail(q, "length");
    *x = floats(q, a[0]);
    *y = *x ? floats(q, a[1]) : NULL;
    return *y;
}

/* ---- weighted ---------------------------------------------------------------------------------- */

static struct kq_obj *sum_of_product(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    struct kq_obj *p = q_multiply(q, x, y);
    return p ? q_drop(p, q_aggregate(q, Q_SUM, p)) : NULL;
}

static struct kq_obj *v_wsum(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *x, *y, *r;
    if (!is_vector(a[0]) || !is_vector(a[1])) {
        x = kq_ref(a[0]);
        y = kq_ref(a[1]);
        r = sum_of_product(q, x, y);
    } else {
        r = pair(q, a, &x, &y) ? sum_of_product(q, x, y) : NULL;
    }
    kq_unref(x);
    return q_drop(y, r);
}

/* Weights count only where there is a value. */
static struct kq_obj *v_wavg(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *x = kq_ref(a[0]), *y = kq_ref(a[1]);
    struct kq_obj *sum = sum_of_product(q, x, y), *null = sum ? q_call(q, "null", 1, y) : NULL;
    struct kq_obj *there = null ? q_call(q, "not", 1, null) : NULL;
    struct kq_obj *weight = there ? sum_of_product(q, x, there) : NULL;
    struct kq_obj *r = weight ? q_divide(q, sum, weight) : NULL;
    kq_unref(x);
    kq_unref(y);
    kq_unref(sum);
    kq_unref(null);
    kq_unref(there);
    return q_drop(weight, r);
}

/* ---- covariance ------------------------------------------------------------------------------------ */

struct moments {
    double n, x, y, xx, yy, xy; /* of the pairs without nulls, around the means */
};

static struct moments moments(const struct kq_obj *x, const struct kq_obj *y)
{
    struct moments m = {0};
    for (int64_t i = 0; i < x->n; i++) {
        double u = kq_floats(x)[i], v = kq_floats(y)[i];
        if (isnan(u) || isnan(v))
            continue;
        m.n++;
        m.x += u;
        m.y += v;
    }
    m.x /= m.n;
    m.y /= m.n;
    for (int64_t i = 0; i < x->n; i++) {
        double u = kq_floats(x)[i] - m.x, v = kq_floats(y)[i] - m.y;
        if (isnan(u) || isnan(v))
            continue;
        m.xx += u * u;
        m.yy += v * v;
        m.xy += u * v;
    }
    return m;
}

static double covariance(const struct moments *m)
{
    return m->xy / m->n;
}

static double sample_covariance(const struct moments *m)
{
    return m->n > 1 ? m->xy / (m->n - 1) : NAN;
}

static double correlation(const struct moments *m)
{
    return m->xy / sqrt(m->xx * m->yy);
}

static struct kq_obj *of_pair(struct q *q, struct kq_obj **a, double (*f)(const struct moments *))
{
    struct kq_obj *x, *y, *r = NULL;
    if (pair(q, a, &x, &y)) {
        struct moments m = moments(x, y);
        r = kq_float(f(&m));
    }
    kq_unref(x);
    return q_drop(y, r);
}

static struct kq_obj *v_cov(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return of_pair(q, a, covariance);
}

static struct kq_obj *v_scov(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return of_pair(q, a, sample_covariance);
}

static struct kq_obj *v_cor(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return of_pair(q, a, correlation);
}

/* ---- columns ----------------------------------------------------------------------------------------- */

static bool has_columns(const struct kq_obj *x)
{
    return kq_is_dict(x) || x->type == KQ_TABLE || (x->type == KQ_LIST && x->n);
}

/* fn of each column in a list of them. */
static struct kq_obj *each_column(struct q *q, struct kq_obj **a, int n, struct kq_obj *cols,
                                  q_fn *fn)
{
    struct q_collect c;
    struct kq_obj *args[2] = {a[0], NULL};
    q_collect_init(&c, q, kq_count(cols));
    for (int64_t i = 0; i < kq_count(cols) && !q_collect_failed(&c); i++) {
        struct kq_obj *col = q_item(q, cols, i);
        args[n - 1] = col;
        q_collect_add_take(&c, col ? fn(q, args, n) : NULL);
        kq_unref(col);
    }
    return q_collect_done(&c);
}

/*
 * fn for what has columns, its last argument: the values of a dictionary, the
 * columns of a table, item by item through a list of equally long lists.
 * `aggregate`: fn makes an atom of a column.
 */
static struct kq_obj *by_columns(struct q *q, struct kq_obj **a, int n, q_fn *fn, bool aggregate)
{
    struct kq_obj *x = a[n - 1], *r;
    if (kq_is_dict(x)) {
        struct kq_obj *args[2] = {a[0], NULL};
        args[n - 1] = kq_ref(kq_values(x));
        r = fn(q, args, n);
        kq_unref(args[n - 1]);
        return r && !aggregate ? q_drop(r, kq_dict(kq_keys(x), r)) : r;
    }
    if (x->type == KQ_TABLE) {
        r = each_column(q, a, n, kq_columns(x), fn);
        if (!r)
            return NULL;
        return q_drop(r, aggregate ? kq_dict(kq_names(x), r) : kq_table(kq_names(x), r));
    }
    if (kq_child(x, 0)->type < 0)
        return q_fail(q, "type");
    struct kq_obj *cols = q_call(q, "flip", 1, x);
    r = cols ? q_drop(cols, each_column(q, a, n, cols, fn)) : NULL;
    return r && !aggregate ? q_drop(r, q_call(q, "flip", 1, r)) : r;
}

/* ---- median ----------------------------------------------------------------------------------------- */

static struct kq_obj *v_med(struct q *q, struct kq_obj **a, int n)
{
    if (has_columns(a[0]))
        return by_columns(q, a, n, v_med, true);
    if (a[0]->type < 0 && q_is_numeric(a[0]->type))
        return floats(q, a[0]);
    if (a[0]->type == KQ_LIST && !a[0]->n)
        return kq_float((double)NAN);
    if (!is_vector(a[0]))
        return q_fail(q, "type");
    struct kq_obj *x = floats(q, a[0]), *at = x ? q_grade(q, x, false) : NULL;
    if (!at)
        return q_drop(x, NULL);
    int64_t k = x->n;
    double v = NAN;
    if (k) {
        double lo = kq_floats(x)[kq_longs(at)[(k - 1) / 2]], hi = kq_floats(x)[kq_longs(at)[k / 2]];
        v = k % 2 ? hi : (lo + hi) / 2;
    }
    kq_unref(at);
    return q_drop(x, kq_float(v));
}

/* ---- moving windows ------------------------------------------------------------------------------------ */

/* State of a window of the last `size` values. */
struct window {
    const double *v;
    int64_t size;
    double sum, square;
    int64_t count; /* that are not null */
};

static void slide(struct window *w, int64_t i)
{
    double in = w->v[i], out = i >= w->size ? w->v[i - w->size] : NAN;
    if (!isnan(in)) {
        w->sum += in;
        w->square += in * in;
        w->count++;
    }
    if (!isnan(out)) {
        w->sum -= out;
        w->square -= out * out;
        w->count--;
    }
}

static double window_avg(const struct window *w)
{
    return w->count ? w->sum / (double)w->count : NAN;
}

static double window_dev(const struct window *w)
{
    double mean = window_avg(w), var = w->square / (double)w->count - mean * mean;
    return w->count ? sqrt(var > 0 ? var : 0) : NAN;
}

static double window_sum(const struct window *w)
{
    return w->sum;
}

static double window_count(const struct window *w)
{
    return (double)w->count;
}

static struct kq_obj *moving(struct q *q, struct kq_obj **a, double (*f)(const struct window *),
                             int type)
{
    int64_t size;
    if (!q_integer(a[0], &size))
        return q_fail(q, "type");
    if (!is_vector(a[1]))
        return q_fail(q, "type");
    struct kq_obj *x = floats(q, a[1]), *r = x ? q_vec(q, KQ_FLOAT, x->n) : NULL;
    struct window w = {.v = x ? kq_floats(x) : NULL, .size = size < 0 ? 0 : size};
    for (int64_t i = 0; r && i < x->n; i++) {
        slide(&w, i);
        kq_floats(r)[i] = f(&w);
    }
    kq_unref(x);
    return r && type != KQ_FLOAT ? q_drop(r, q_convert(q, r, type)) : r;
}

static struct kq_obj *v_mavg(struct q *q, struct kq_obj **a, int n)
{
    if (has_columns(a[1]))
        return by_columns(q, a, n, v_mavg, false);
    return moving(q, a, window_avg, KQ_FLOAT);
}

static struct kq_obj *v_mdev(struct q *q, struct kq_obj **a, int n)
{
    if (has_columns(a[1]))
        return by_columns(q, a, n, v_mdev, false);
    return moving(q, a, window_dev, KQ_FLOAT);
}

static struct kq_obj *v_mcount(struct q *q, struct kq_obj **a, int n)
{
    if (has_columns(a[1]))
        return by_columns(q, a, n, v_mcount, false);
    return moving(q, a, window_count, KQ_INT);
}

/* Sums of whole numbers stay whole (and exact up to 2^53). */
static struct kq_obj *v_msum(struct q *q, struct kq_obj **a, int n)
{
    if (has_columns(a[1]))
        return by_columns(q, a, n, v_msum, false);
    bool whole = is_vector(a[1]) && kq_typeinfo(a[1]->type)->class != KQ_CLASS_FLOAT;
    int type = !whole ? KQ_FLOAT : a[1]->type < KQ_INT ? KQ_INT : a[1]->type;
    return moving(q, a, window_sum, type);
}

/* The same for rows: each with the one before, n-1 times. */
static struct kq_obj *extreme_items(struct q *q, int64_t size, struct kq_obj *x, bool max)
{
    struct kq_obj *op = kq_prim(KQ_BINARY, max ? Q_MAX : Q_MIN);
    struct kq_obj *prior = kq_derived(KQ_EACHPRIOR, op), *r = kq_ref(x);
    for (int64_t i = 1; r && i < size && i < kq_count(x); i++)
        r = q_drop(r, q_apply1(q, prior, r));
    kq_unref(op);
    return q_drop(prior, r);
}

/* n mmax x: the extreme of the last n, by a comparison with each predecessor in
 * doubling steps. */
static struct kq_obj *extreme(struct q *q, struct kq_obj **a, bool max)
{
    int64_t size;
    if (!q_integer(a[0], &size) || size < 1)
        return q_fail(q, "type");
    if (!is_vector(a[1]))
        return extreme_items(q, size, a[1], max);
    struct kq_obj *r = kq_ref(a[1]);
    for (int64_t have = 1; r && have < size && have < kq_count(a[1]);) {
        int64_t step = have < size - have ? have : size - have;
        struct kq_obj *by = kq_long(step), *old = q_call(q, "xprev", 2, by, r);
        struct kq_obj *both = NULL;
        if (old && !max) { /* nothing before the first must not count as least */
            struct kq_obj *filled = q_call(q, "^", 2, r, old);
            old = q_drop(old, filled);
        }
        if (old)
            both = max ? q_greater(q, r, old) : q_lesser(q, r, old);
        kq_unref(by);
        kq_unref(old);
        r = q_drop(r, both);
        have += step;
    }
    return r;
}

static struct kq_obj *v_mmax(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return extreme(q, a, true);
}

static struct kq_obj *v_mmin(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return extreme(q, a, false);
}

const struct q_verb q_verbs_stat[] = {
    {"wsum", 2, 2, v_wsum}, {"wavg", 2, 2, v_wavg},     {"cov", 2, 2, v_cov},
    {"scov", 2, 2, v_scov}, {"cor", 2, 2, v_cor},       {"med", 1, 1, v_med},
    {"mavg", 2, 2, v_mavg}, {"mdev", 2, 2, v_mdev},     {"msum", 2, 2, v_msum},
    {"mmax", 2, 2, v_mmax}, {"mcount", 2, 2, v_mcount}, {"mmin", 2, 2, v_mmin},
    {NULL, 0, 0, NULL},
};

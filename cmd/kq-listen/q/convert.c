/*
 * convert.c - every element goes through a long (or a double, when either side
 * is a float), whose loop is chosen once by the pair of widths.
 */
#include "q/convert.h"

#include "q/pervade.h"

#include "base/cal.h"
#include "obj/null.h"
#include "text/dayform.h"

#include <math.h>

bool q_is_numeric(int type)
{
    enum kq_class c = kq_typeinfo(type)->class;
    return c == KQ_CLASS_BYTE || c == KQ_CLASS_INT || c == KQ_CLASS_FLOAT;
}

static bool is_float(int type)
{
    return kq_typeinfo(type)->class == KQ_CLASS_FLOAT;
}

/* The unit of a time type in ns: one minute for minute...; 0 for anything else
 * (month has no fixed one). */
static int64_t time_unit(int type)
{
    switch (type < 0 ? -type : type) {
    case KQ_TIMESTAMP:
    case KQ_TIMESPAN: return 1;
    case KQ_DATE: return KQ_NS_PER_DAY;
    case KQ_MINUTE: return 60 * KQ_NS_PER_SEC;
    case KQ_SECOND: return KQ_NS_PER_SEC;
    case KQ_TIME: return 1000000;
    default: return 0;
    }
}

void q_tok(const struct q *q, int type, struct kq_str s, union kq_tokval *v)
{
    int32_t days;
    if (type == KQ_DATE && q->z_date && kq_dayform(kq_str_trim(s), true, &days))
        v->j = days;
    else
        kq_tok(type, s.s, s.len, v);
}

/* ---- one element ------------------------------------------------------------------------ */

static int64_t floor_div(int64_t a, int64_t b)
{
    int64_t d = a / b;
    return d - (a % b < 0);
}

static bool is_day_type(int t)
{
    return t == KQ_TIMESTAMP || t == KQ_DATE || t == KQ_MONTH || t == KQ_DATETIME;
}

static int64_t month_of(int64_t days)
{
    struct kq_ymd c = kq_cal_civil((int32_t)days);
    return (int64_t)(c.year - 2000) * 12 + c.month - 1;
}

static int64_t month_start(int64_t months)
{
    int64_t year = floor_div(months, 12);
    return kq_cal_days((int32_t)(2000 + year), (int)(months - year * 12) + 1, 1);
}

/* ns since 2000 of a moment (types p d m), or ns of a time (n u v t). */
static int64_t to_ns(int type, int64_t v)
{
    int64_t unit = time_unit(type), ns;
    if (type == KQ_MONTH) {
        v = month_start(v);
        unit = KQ_NS_PER_DAY;
    }
    return __builtin_mul_overflow(v, unit, &ns) ? INT64_MIN : ns;
}

static int64_t from_ns(int from, int to, int64_t ns)
{
    if (to == KQ_MONTH)
        return month_of(floor_div(ns, KQ_NS_PER_DAY));
    if (is_day_type(from) && !is_day_type(to)) { /* the time of the day */
        ns %= KQ_NS_PER_DAY;
        ns += ns < 0 ? KQ_NS_PER_DAY : 0;
    }
    return floor_div(ns, time_unit(to));
}

static bool is_time(int t)
{
    return kq_type_is_temporal(t) && t != KQ_DATETIME;
}

/* A value of an integer type that is not null, as another. */
static int64_t int_to_int(int from, int to, int64_t v)
{
    if (from == to || !is_time(from) || !is_time(to))
        return v;
    return from_ns(from, to, to_ns(from, v));
}

static double int_to_float(int from, int to, int64_t v)
{
    if (to == KQ_DATETIME && is_time(from))
        return (double)to_ns(from, v) / (double)KQ_NS_PER_DAY;
    return (double)v;
}

static int64_t float_to_int(int from, int to, double v)
{
    if (from == KQ_DATETIME && is_time(to)) {
        if (to == KQ_DATE)
            return (int64_t)floor(v);
        if (to == KQ_MONTH)
            return month_of((int64_t)floor(v));
        int64_t ms = (int64_t)floor(v * 86400000 + 0.5);
        return from_ns(KQ_TIMESTAMP, to, ms * 1000000);
    }
    if (v >= 9.2233720368547758e18)
        return INT64_MAX;
    return v <= -9.2233720368547758e18 ? -INT64_MAX : (int64_t)floor(v + 0.5);
}

/* ---- stores ------------------------------------------------------------------------------- */

static bool has_null(int type)
{
    return kq_typeinfo(type)->class == KQ_CLASS_INT;
}

/* What a null becomes: the null, else zero; as a boolean it is not zero. */
static int64_t null_as(int type)
{
    return has_null(type) ? kq_int_null(type) : type == KQ_BOOLEAN;
}

static int64_t clamp(int type, int64_t v)
{
    int64_t max = kq_int_inf(type);
    return v > max ? max : v < -max ? -max : v;
}

static int64_t narrow(int to, int64_t v)
{
    if (to == KQ_BOOLEAN)
        return v != 0;
    if (to == KQ_BYTE || to == KQ_CHAR)
        return v & 255;
    return clamp(to, v);
}

static void store(struct kq_obj *r, int64_t i, int64_t v)
{
    uint8_t *p = r->u.v.data;
    switch (kq_typeinfo(r->type)->bytes) {
    case 1: p[i] = (uint8_t)v; break;
    case 2: kq_shorts(r)[i] = (int16_t)v; break;
    case 4: kq_ints(r)[i] = (int32_t)v; break;
    default: kq_longs(r)[i] = v; break;
    }
}

static void store_float(struct kq_obj *r, int64_t i, double v)
{
    if (r->type == KQ_REAL)
        kq_reals(r)[i] = (float)v;
    else
        kq_floats(r)[i] = v;
}

/* ---- vectors -------------------------------------------------------------------------------- */

static void int_vector(struct kq_obj *r, const struct kq_obj *x)
{
    int from = x->type, to = r->type;
    int64_t null = has_null(from) ? kq_int_null(from) : 1, none = null_as(to);
    if (!has_null(from))
        null = INT64_MIN; /* no element is */
    for (int64_t i = 0; i < x->n; i++) {
        int64_t v = kq_int_at(x, i);
        store(r, i, v == null ? none : narrow(to, int_to_int(from, to, v)));
    }
}

static void float_to_int_vector(struct kq_obj *r, const struct kq_obj *x)
{
    int to = r->type;
    for (int64_t i = 0; to == KQ_LONG && x->type == KQ_FLOAT && i < x->n; i++) {
        double v = kq_floats(x)[i];
        kq_longs(r)[i] = isnan(v) ? INT64_MIN : float_to_int(KQ_FLOAT, KQ_LONG, v);
    }
    if (to == KQ_LONG && x->type == KQ_FLOAT)
        return;
    int64_t none = null_as(to);
    for (int64_t i = 0; i < x->n; i++) {
        double v = kq_float_at(x, i);
        store(r, i, isnan(v) ? none : narrow(to, float_to_int(x->type, to, v)));
    }
}

static void int_to_float_vector(struct kq_obj *r, const struct kq_obj *x)
{
    int64_t null = has_null(x->type) ? kq_int_null(x->type) : INT64_MIN;
    if (x->type == KQ_LONG && r->type == KQ_FLOAT) {
        for (int64_t i = 0; i < x->n; i++)
            kq_floats(r)[i] = kq_longs(x)[i] == INT64_MIN ? NAN : (double)kq_longs(x)[i];
        return;
    }
    for (int64_t i = 0; i < x->n; i++) {
        int64_t v = kq_int_at(x, i);
        store_float(r, i, v == null ? NAN : int_to_float(x->type, r->type, v));
    }
}

static void float_vector(struct kq_obj *r, const struct kq_obj *x)
{
    for (int64_t i = 0; i < x->n; i++)
        store_float(r, i, kq_float_at(x, i));
}

/* The common widenings of plain integers, without a switch in the loop. */
static bool widen(struct kq_obj *r, const struct kq_obj *x)
{
    if (r->type != KQ_LONG || kq_type_is_temporal(x->type))
        return false;
    int64_t *d = kq_longs(r);
    switch (kq_typeinfo(x->type)->bytes) {
    case 1:
        for (int64_t i = 0; i < x->n; i++)
            d[i] = kq_data(x)[i];
        return true;
    case 4:
        for (int64_t i = 0; i < x->n; i++)
            d[i] = kq_ints(x)[i] == INT32_MIN ? INT64_MIN : kq_ints(x)[i];
        return true;
    default: return false;
    }
}

static struct kq_obj *vector(struct q *q, struct kq_obj *x, int type)
{
    struct kq_obj *r = q_vec(q, type, x->n);
    if (!r)
        return NULL;
    if (is_float(x->type))
        (is_float(type) ? float_vector : float_to_int_vector)(r, x);
    else if (is_float(type))
        int_to_float_vector(r, x);
    else if (!widen(r, x))
        int_vector(r, x);
    return r;
}

struct kq_obj *q_convert(struct q *q, struct kq_obj *x, int type)
{
    int from = x->type < 0 ? -x->type : x->type;
    if (from == type)
        return kq_ref(x);
    if (!q_is_numeric(from) || !q_is_numeric(type))
        return q_fail(q, "type");
    if (x->type > 0)
        return vector(q, x, type);
    struct kq_obj *one = kq_enlist(x), *r = vector(q, one, type);
    kq_unref(one);
    return r ? q_drop(r, kq_at(r, 0)) : NULL;
}

/* ---- parts of times --------------------------------------------------------------------- */

static int64_t part_of_date(char part, int64_t days)
{
    struct kq_ymd c = kq_cal_civil((int32_t)days);
    return part == 'y' ? c.year : part == 'm' ? c.month : c.day;
}

static int64_t part_of_ns(char part, int64_t ns)
{
    int64_t seconds = floor_div(ns, KQ_NS_PER_SEC);
    switch (part) {
    case 'h': return floor_div(seconds, 3600);
    case 'u': return floor_div(seconds, 60) - floor_div(seconds, 3600) * 60;
    default: return seconds - floor_div(seconds, 60) * 60;
    }
}

static struct kq_obj *part_leaf(struct q *q, struct kq_obj *x, const void *arg)
{
    char part = *(const char *)arg;
    bool date = part == 'y' || part == 'm' || part == 'd';
    int from = x->type < 0 ? -x->type : x->type;
    if (!kq_type_is_temporal(from) || (date && !is_day_type(from)))
        return q_fail(q, "type");
    struct kq_obj *v = q_convert(q, x, date ? KQ_DATE : KQ_TIMESPAN);
    struct kq_obj *list = !v ? NULL : v->type < 0 ? kq_enlist(v) : kq_ref(v);
    struct kq_obj *r = list ? q_vec(q, KQ_INT, list->n) : NULL;
    for (int64_t i = 0; r && i < list->n; i++) {
        int64_t k = kq_int_at(list, i);
        bool null = kq_is_null_at(list, i);
        kq_ints(r)[i] = (int32_t)(null   ? INT32_MIN
                                  : date ? part_of_date(part, k)
                                         : part_of_ns(part, k));
    }
    kq_unref(v);
    kq_unref(list);
    return r && x->type < 0 ? q_drop(r, kq_at(r, 0)) : r;
}

struct kq_obj *q_time_part(struct q *q, char part, struct kq_obj *x)
{
    return q_pervade1(q, x, part_leaf, &part);
}

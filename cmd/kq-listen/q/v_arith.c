/*
 * v_arith.c - + - * % & |
 *
 * Both sides are converted to the type of the result (no copy when they have it
 * already, which is the usual case), then one loop runs over two columns of the
 * same width.  Nulls stay null; apart from that integers wrap.
 */
#include "q/arith.h"
#include "q/convert.h"
#include "q/pervade.h"
#include "q/verb.h"

#include "obj/null.h"

#include <math.h>

enum op { ADD, SUB, MUL, DIV, MIN, MAX };

/* ---- the type of a result ------------------------------------------------------------- */

static bool is_float(int t)
{
    return t == KQ_REAL || t == KQ_FLOAT;
}

static bool is_clock(int t)
{
    return t >= KQ_TIMESPAN && t <= KQ_TIME;
}

static int number_sum(int a, int b)
{
    int t = a > b ? a : b;
    return t < KQ_INT ? KQ_INT : t;
}

/* Two times of day or spans: the finer one. */
static int clock_sum(int a, int b)
{
    if (a == KQ_TIMESPAN || b == KQ_TIMESPAN)
        return KQ_TIMESPAN;
    return a > b ? a : b;
}

/* A temporal and a plain number. */
static int with_number(int temporal, int number)
{
    if (!is_float(number))
        return temporal;
    return temporal == KQ_DATE || temporal == KQ_DATETIME ? KQ_DATETIME : KQ_FLOAT;
}

/* A moment (p m d z) and a time of day. */
static int moment_sum(int moment, int clock)
{
    (void)clock;
    if (moment == KQ_DATE || moment == KQ_TIMESTAMP)
        return KQ_TIMESTAMP;
    return moment == KQ_DATETIME ? KQ_DATETIME : 0;
}

static int moments_sum(enum op op, int a, int b)
{
    if (a == b && a == KQ_TIMESTAMP)
        return KQ_TIMESPAN;
    if (a == b && a == KQ_DATETIME)
        return KQ_FLOAT;
    if (a == b)
        return KQ_INT;
    if (op == SUB && a != KQ_MONTH && b != KQ_MONTH)
        return a == KQ_DATETIME || b == KQ_DATETIME ? KQ_FLOAT : KQ_TIMESPAN;
    return 0;
}

static int sum_type(enum op op, int a, int b)
{
    bool ta = kq_type_is_temporal(a), tb = kq_type_is_temporal(b);
    if (!ta && !tb)
        return a == KQ_CHAR || b == KQ_CHAR ? 0 : number_sum(a, b);
    if (!ta || !tb)
        return a == KQ_CHAR || b == KQ_CHAR ? 0 : ta ? with_number(a, b) : with_number(b, a);
    if (is_clock(a) && is_clock(b))
        return clock_sum(a, b);
    if (is_clock(b))
        return moment_sum(a, b);
    if (is_clock(a))
        return moment_sum(b, a);
    return moments_sum(op, a, b);
}

static int product_type(int a, int b)
{
    bool ta = kq_type_is_temporal(a), tb = kq_type_is_temporal(b);
    if ((ta && tb) || a == KQ_CHAR || b == KQ_CHAR)
        return 0;
    return ta ? a : tb ? b : number_sum(a, b);
}

int q_common_type(int a, int b)
{
    bool ta = kq_type_is_temporal(a), tb = kq_type_is_temporal(b);
    if (a == b)
        return a;
    if (!q_is_numeric(a) || !q_is_numeric(b))
        return 0;
    if (!ta && !tb)
        return a > b ? a : b;
    if (!ta || !tb)
        return is_float(ta ? b : a) ? KQ_FLOAT : ta ? a : b;
    if (is_clock(a) != is_clock(b))
        return is_clock(a) ? a : b;
    if (is_clock(a))
        return clock_sum(a, b);
    if (a == KQ_DATETIME || b == KQ_DATETIME)
        return KQ_DATETIME;
    return KQ_TIMESTAMP;
}

static int result_type(enum op op, int a, int b)
{
    switch (op) {
    case ADD:
    case SUB: return sum_type(op, a, b);
    case MUL: return product_type(a, b);
    case DIV: return KQ_FLOAT;
    default: return q_common_type(a, b);
    }
}

/* ---- loops --------------------------------------------------------------------------------- */

#define INT_LOOPS(name, type, utype, null)                                                   \
    static void name(enum op op, type *r, const type *a, bool sa, const type *b, bool sb,    \
                     int64_t n)                                                              \
    {                                                                                        \
        type x, y;                                                                           \
        switch (op) {                                                                        \
        case ADD: Q_ZIP(x == null || y == null ? null : (type)((utype)x + (utype)y)); break; \
        case SUB: Q_ZIP(x == null || y == null ? null : (type)((utype)x - (utype)y)); break; \
        case MUL: Q_ZIP(x == null || y == null ? null : (type)((utype)x * (utype)y)); break; \
        case MIN: Q_ZIP(x < y ? x : y); break;                                               \
        default: Q_ZIP(x > y ? x : y); break;                                                \
        }                                                                                    \
    }
INT_LOOPS(loop_long, int64_t, uint64_t, INT64_MIN)
INT_LOOPS(loop_int, int32_t, uint32_t, INT32_MIN)

/* & and | alone: sums of so narrow types are ints. */
#define EXTREME_LOOPS(name, type)                                                         \
    static void name(enum op op, type *r, const type *a, bool sa, const type *b, bool sb, \
                     int64_t n)                                                           \
    {                                                                                     \
        type x, y;                                                                        \
        if (op == MIN)                                                                    \
            Q_ZIP(x < y ? x : y);                                                         \
        else                                                                              \
            Q_ZIP(x > y ? x : y);                                                         \
    }
EXTREME_LOOPS(loop_byte, uint8_t)
EXTREME_LOOPS(loop_short, int16_t)

/* Null is less than everything: & keeps it, | takes the other side. */
#define FLOAT_LOOPS(name, type)                                                           \
    static void name(enum op op, type *r, const type *a, bool sa, const type *b, bool sb, \
                     int64_t n)                                                           \
    {                                                                                     \
        type x, y;                                                                        \
        switch (op) {                                                                     \
        case ADD: Q_ZIP(x + y); break;                                                    \
        case SUB: Q_ZIP(x - y); break;                                                    \
        case MUL: Q_ZIP(x *y); break;                                                     \
        case DIV: Q_ZIP(x / y); break;                                                    \
        case MIN: Q_ZIP(x <= y || isnan(x) ? x : y); break;                               \
        default: Q_ZIP(x >= y || isnan(y) ? x : y); break;                                \
        }                                                                                 \
    }
FLOAT_LOOPS(loop_float, double)
FLOAT_LOOPS(loop_real, float)

/* ---- leaves ----------------------------------------------------------------------------------- */

/* A side as an array of the result's type: an atom's value in `room`. */
static const void *payload(const struct kq_obj *x, void *room)
{
    if (x->type > 0)
        return kq_data(x);
    switch (kq_typeinfo(x->type)->bytes) {
    case 1: *(uint8_t *)room = (uint8_t)x->u.j; break;
    case 2: *(int16_t *)room = (int16_t)x->u.j; break;
    case 4:
        if (x->type == -KQ_REAL)
            *(float *)room = (float)x->u.f;
        else
            *(int32_t *)room = (int32_t)x->u.j;
        break;
    default: memcpy(room, &x->u, 8); break;
    }
    return room;
}

static void run(enum op op, struct kq_obj *r, const struct kq_obj *a, const struct kq_obj *b)
{
    int64_t room_a, room_b, n = r->n;
    const void *x = payload(a, &room_a), *y = payload(b, &room_b);
    bool sa = a->type > 0, sb = b->type > 0;
    if (kq_typeinfo(r->type)->class == KQ_CLASS_FLOAT) {
        if (r->type == KQ_REAL)
            loop_real(op, kq_reals(r), x, sa, y, sb, n);
        else
            loop_float(op, kq_floats(r), x, sa, y, sb, n);
        return;
    }
    switch (kq_typeinfo(r->type)->bytes) {
    case 1: loop_byte(op, r->u.v.data, x, sa, y, sb, n); break;
    case 2: loop_short(op, kq_shorts(r), x, sa, y, sb, n); break;
    case 4: loop_int(op, kq_ints(r), x, sa, y, sb, n); break;
    default: loop_long(op, kq_longs(r), x, sa, y, sb, n); break;
    }
}

/* Two vectors or a vector and an atom of the result's own type; an operand that
 * nobody else needs becomes the result. */
static struct kq_obj *same_type(struct q *q, enum op op, struct kq_obj *a, struct kq_obj *b,
                                int type)
{
    if (q_both_atoms(a, b)) {
        struct kq_obj *one = kq_enlist(a), *r = same_type(q, op, one, b, type);
        kq_unref(one);
        return r ? q_drop(r, kq_at(r, 0)) : NULL;
    }
    struct kq_obj *r = a->type > 0 && q_reusable(a)   ? kq_ref(a)
                       : b->type > 0 && q_reusable(b) ? kq_ref(b)
                                                      : q_vec(q, type, q_common_n(a, b));
    if (!r)
        return NULL;
    run(op, r, a, b);
    r->attr = KQ_ATTR_NONE;
    return r;
}

/* timestamp - date and the like: both as timestamps, the result a span. */
static int work_type(int type, int a, int b)
{
    if (type == KQ_TIMESPAN && (!is_clock(a) || !is_clock(b)))
        return q_is_numeric(a) && kq_type_is_temporal(a) && !is_clock(a) ? KQ_TIMESTAMP
                                                                         : KQ_TIMESPAN;
    return type;
}

static struct kq_obj *retype(struct q *q, struct kq_obj *r, int type)
{
    if (!r)
        return NULL;
    int t = r->type < 0 ? -r->type : r->type;
    if (t == type)
        return r;
    if (kq_typeinfo(t)->class != kq_typeinfo(type)->class ||
        kq_typeinfo(t)->bytes != kq_typeinfo(type)->bytes)
        return q_drop(r, q_convert(q, r, type));
    r = kq_unshare_take(r);
    r->type = (int8_t)(r->type < 0 ? -type : type);
    return r;
}

/* time * float: in floats, then back to the time. */
static struct kq_obj *scaled_time(struct q *q, struct kq_obj *a, struct kq_obj *b, int type)
{
    struct kq_obj *x = q_convert(q, a, KQ_FLOAT), *y = x ? q_convert(q, b, KQ_FLOAT) : NULL;
    struct kq_obj *r = y ? same_type(q, MUL, x, y, KQ_FLOAT) : NULL;
    kq_unref(x);
    kq_unref(y);
    return r ? q_drop(r, q_convert(q, r, type)) : NULL;
}

static double long_to_float(int64_t v)
{
    return v == INT64_MIN ? NAN : (double)v;
}

/* Longs are divided without being converted first. */
static struct kq_obj *divide_longs(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    if (q_both_atoms(x, y))
        return kq_float(long_to_float(x->u.j) / long_to_float(y->u.j));
    int64_t n = q_common_n(x, y), sx = x->type > 0, sy = y->type > 0;
    const int64_t *a = sx ? kq_longs(x) : &x->u.j, *b = sy ? kq_longs(y) : &y->u.j;
    struct kq_obj *r = q_vec(q, KQ_FLOAT, n);
    for (int64_t i = 0; r && i < n; i++)
        kq_floats(r)[i] = long_to_float(a[i * sx]) / long_to_float(b[i * sy]);
    return r;
}

static struct kq_obj *leaf(struct q *q, struct kq_obj *a, struct kq_obj *b, const void *arg)
{
    enum op op = *(const enum op *)arg;
    int ta = a->type < 0 ? -a->type : a->type, tb = b->type < 0 ? -b->type : b->type;
    if (!q_is_numeric(ta) || !q_is_numeric(tb))
        return q_fail(q, "type");
    int type = result_type(op, ta, tb);
    if (!type)
        return q_fail(q, "type");
    if (ta == type && tb == type)
        return same_type(q, op, a, b, type);
    if (op == DIV && ta == KQ_LONG && tb == KQ_LONG)
        return divide_longs(q, a, b);
    if (op == MUL && kq_type_is_temporal(type) && (is_float(ta) || is_float(tb)))
        return scaled_time(q, a, b, type);
    bool differ = op == SUB && kq_type_is_temporal(ta) && kq_type_is_temporal(tb);
    int work = differ ? work_type(type, ta, tb) : type;
    struct kq_obj *x = q_convert(q, a, work), *y = x ? q_convert(q, b, work) : NULL;
    struct kq_obj *r = y ? same_type(q, op, x, y, work) : NULL;
    kq_unref(x);
    kq_unref(y);
    return retype(q, r, type);
}

/* ---- verbs -------------------------------------------------------------------------------------- */

static struct kq_obj *apply(struct q *q, enum op op, struct kq_obj *a, struct kq_obj *b)
{
    if (op != SUB || !kq_is_dict(a) || !kq_is_dict(b))
        return q_pervade2(q, a, b, leaf, &op);
    struct kq_obj *zero = kq_bool(false);
    return q_drop(zero, q_pervade2_absent(q, a, b, leaf, &op, zero));
}

/* The commonest sums of all, without the general machinery. */
static struct kq_obj *two_longs(enum op op, const struct kq_obj *a, const struct kq_obj *b)
{
    int64_t r;
    loop_long(op, &r, &a->u.j, true, &b->u.j, true, 1);
    return kq_long(r);
}

static struct kq_obj *two_floats(enum op op, const struct kq_obj *a, const struct kq_obj *b)
{
    double r;
    loop_float(op, &r, &a->u.f, true, &b->u.f, true, 1);
    return kq_float(r);
}

#define VERB(name, op)                                                    \
    struct kq_obj *name(struct q *q, struct kq_obj *a, struct kq_obj *b)  \
    {                                                                     \
        if (a->type == -KQ_LONG && b->type == -KQ_LONG && op != DIV)      \
            return two_longs(op, a, b);                                   \
        if (a->type == -KQ_FLOAT && b->type == -KQ_FLOAT)                 \
            return two_floats(op, a, b);                                  \
        return apply(q, op, a, b);                                        \
    }                                                                     \
    static struct kq_obj *v_##name(struct q *q, struct kq_obj **a, int n) \
    {                                                                     \
        (void)n;                                                          \
        return name(q, a[0], a[1]);                                       \
    }
VERB(q_add, ADD)
VERB(q_subtract, SUB)
VERB(q_multiply, MUL)
VERB(q_divide, DIV)
VERB(q_lesser, MIN)
VERB(q_greater, MAX)

const struct q_verb q_verbs_arith[] = {
    {"+", 2, 2, v_q_add},    {"-", 2, 2, v_q_subtract}, {"*", 2, 2, v_q_multiply},
    {"%", 2, 2, v_q_divide}, {"&", 2, 2, v_q_lesser},   {"|", 2, 2, v_q_greater},
    {NULL, 0, 0, NULL},
};

/*
 * v_compare.c - = < > and their negations, element by element.
 *
 * Two columns of one type are compared in their own width; mixed numbers as
 * floats with q's tolerance, or as longs when both are whole; times in the finer
 * unit; symbols and guids by bytes.
 */
#include "q/arith.h"
#include "q/convert.h"
#include "q/pervade.h"
#include "q/verb.h"

#include "obj/cmp.h"

#include <math.h>

#define INT_LOOPS(name, type)                                                               \
    static void name(enum q_compare how, uint8_t *r, const type *a, bool sa, const type *b, \
                     bool sb, int64_t n)                                                    \
    {                                                                                       \
        type x, y;                                                                          \
        switch (how) {                                                                      \
        case Q_EQ: Q_ZIP(x == y); break;                                                    \
        case Q_NE: Q_ZIP(x != y); break;                                                    \
        case Q_LT: Q_ZIP(x < y); break;                                                     \
        case Q_GT: Q_ZIP(x > y); break;                                                     \
        case Q_LE: Q_ZIP(x <= y); break;                                                    \
        default: Q_ZIP(x >= y); break;                                                      \
        }                                                                                   \
    }
INT_LOOPS(loop_byte, uint8_t)
INT_LOOPS(loop_short, int16_t)
INT_LOOPS(loop_int, int32_t)
INT_LOOPS(loop_long, int64_t)

/* Equal within tolerance; the common cases are decided without a call. */
static inline bool same(double x, double y)
{
    if (__builtin_expect(fabs(x - y) > 0x1p-42 * fabs(x), 1))
        return false;
    return x == y || (fabs(x - y) <= 0x1p-42 * fabs(x) && kq_float_eq(x, y)) ||
           (isnan(x) && isnan(y));
}

/* Null is less than everything else. */
static inline bool less(double x, double y)
{
    if (__builtin_expect(fabs(x - y) > 0x1p-42 * fabs(x), 1)) /* neither null nor near */
        return x < y;
    return (x < y || (isnan(x) && !isnan(y))) && !same(x, y);
}

#define FLOAT_LOOPS(name, type)                                                             \
    static void name(enum q_compare how, uint8_t *r, const type *a, bool sa, const type *b, \
                     bool sb, int64_t n)                                                    \
    {                                                                                       \
        double x, y;                                                                        \
        switch (how) {                                                                      \
        case Q_EQ: Q_ZIP(same(x, y)); break;                                                \
        case Q_NE: Q_ZIP(!same(x, y)); break;                                               \
        case Q_LT: Q_ZIP(less(x, y)); break;                                                \
        case Q_GT: Q_ZIP(less(y, x)); break;                                                \
        case Q_LE: Q_ZIP(!less(y, x)); break;                                               \
        default: Q_ZIP(!less(x, y)); break;                                                 \
        }                                                                                   \
    }
FLOAT_LOOPS(loop_float, double)
FLOAT_LOOPS(loop_real, float)

static bool decide(enum q_compare how, int c)
{
    switch (how) {
    case Q_EQ: return c == 0;
    case Q_NE: return c != 0;
    case Q_LT: return c < 0;
    case Q_GT: return c > 0;
    case Q_LE: return c <= 0;
    default: return c >= 0;
    }
}

/* Symbols and guids. */
static void loop_text(enum q_compare how, struct kq_obj *r, const struct kq_obj *a,
                      const struct kq_obj *b)
{
    bool symbols = (a->type == KQ_SYMBOL || a->type == -KQ_SYMBOL) && (how == Q_EQ || how == Q_NE);
    if (!symbols) {
        for (int64_t i = 0; i < r->n; i++)
            r->u.v.data[i] = decide(how, kq_compare_at(a, i, b, i));
        return;
    }
    for (int64_t i = 0; i < r->n; i++) {
        const char *x = a->type < 0 ? a->u.s.s : kq_syms(a)[i];
        const char *y = b->type < 0 ? b->u.s.s : kq_syms(b)[i];
        r->u.v.data[i] = (x == y) == (how == Q_EQ);
    }
}

static const void *payload(const struct kq_obj *x, void *room)
{
    if (x->type > 0)
        return kq_data(x);
    float f = x->type == -KQ_REAL ? (float)x->u.f : 0;
    if (x->type == -KQ_REAL)
        memcpy(room, &f, sizeof f);
    else
        memcpy(room, &x->u, 8); /* little-endian: the low bytes come first */
    return room;
}

static void run(enum q_compare how, struct kq_obj *r, const struct kq_obj *a,
                const struct kq_obj *b)
{
    int64_t room_a, room_b, n = r->n;
    const void *x = payload(a, &room_a), *y = payload(b, &room_b);
    bool sa = a->type > 0, sb = b->type > 0;
    int type = sa ? a->type : -a->type;
    const struct kq_typeinfo *info = kq_typeinfo(type);
    if (info->class == KQ_CLASS_FLOAT) {
        if (type == KQ_REAL)
            loop_real(how, r->u.v.data, x, sa, y, sb, n);
        else
            loop_float(how, r->u.v.data, x, sa, y, sb, n);
        return;
    }
    switch (info->bytes) {
    case 1: loop_byte(how, r->u.v.data, x, sa, y, sb, n); break;
    case 2: loop_short(how, r->u.v.data, x, sa, y, sb, n); break;
    case 4: loop_int(how, r->u.v.data, x, sa, y, sb, n); break;
    default: loop_long(how, r->u.v.data, x, sa, y, sb, n); break;
    }
}

static struct kq_obj *same_type(struct q *q, enum q_compare how, struct kq_obj *a, struct kq_obj *b)
{
    bool atoms = q_both_atoms(a, b);
    struct kq_obj *r = q_vec(q, KQ_BOOLEAN, atoms ? 1 : q_common_n(a, b));
    if (!r)
        return NULL;
    enum kq_class class = kq_typeinfo(a->type)->class;
    if (class == KQ_CLASS_SYM || class == KQ_CLASS_GUID)
        loop_text(how, r, a, b);
    else
        run(how, r, a, b);
    return atoms ? q_drop(r, kq_at(r, 0)) : r;
}

static struct kq_obj *leaf(struct q *q, struct kq_obj *a, struct kq_obj *b, const void *arg)
{
    enum q_compare how = *(const enum q_compare *)arg;
    int ta = a->type < 0 ? -a->type : a->type, tb = b->type < 0 ? -b->type : b->type;
    if (ta == tb)
        return same_type(q, how, a, b);
    int type = q_common_type(ta, tb);
    if (!type)
        return q_fail(q, "type");
    if (type == KQ_CHAR)
        type = KQ_LONG;
    struct kq_obj *x = q_convert(q, a, type), *y = x ? q_convert(q, b, type) : NULL;
    struct kq_obj *r = y ? same_type(q, how, x, y) : NULL;
    kq_unref(x);
    return q_drop(y, r);
}

struct kq_obj *q_compare(struct q *q, enum q_compare how, struct kq_obj *a, struct kq_obj *b)
{
    if (a->type == -KQ_LONG && b->type == -KQ_LONG)
        return kq_bool(decide(how, (a->u.j > b->u.j) - (a->u.j < b->u.j)));
    return q_pervade2(q, a, b, leaf, &how);
}

#define VERB(name, how)                                               \
    static struct kq_obj *name(struct q *q, struct kq_obj **a, int n) \
    {                                                                 \
        (void)n;                                                      \
        return q_compare(q, how, a[0], a[1]);                         \
    }
VERB(v_eq, Q_EQ)
VERB(v_lt, Q_LT)
VERB(v_gt, Q_GT)
VERB(v_ne, Q_NE)
VERB(v_le, Q_LE)
VERB(v_ge, Q_GE)

const struct q_verb q_verbs_compare[] = {
    {"=", 2, 2, v_eq},  {"<", 2, 2, v_lt},  {">", 2, 2, v_gt},  {"<>", 2, 2, v_ne},
    {"<=", 2, 2, v_le}, {">=", 2, 2, v_ge}, {NULL, 0, 0, NULL},
};

/*
 * group.c - a column becomes numbers of its distinct values by way of a hash
 * table of machine words, which grows with the values and not with the rows;
 * several columns are numbered one after the other, the pair of two numbers
 * being the word for the next round.
 */
#include "q/group.h"

#include "q/core.h"
#include "q/enum.h"
#include "q/hash.h"
#include "q/sort.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

/* ---- words ------------------------------------------------------------------------------ */

struct slot {
    uint64_t word;
    uint32_t number; /* + 1; 0: free */
};

/* Distinct words and their numbers. */
struct words {
    struct slot *slots;
    uint64_t mask;
    uint32_t n;
    uint64_t factor;
};

/* Nobody knows the factor: see hash.c. */
static inline uint64_t spread(const struct words *t, uint64_t w)
{
    w *= t->factor;
    return w ^ (w >> 32);
}

static bool words_resize(struct q *q, struct words *t, uint64_t slots)
{
    struct slot *old = t->slots;
    uint64_t n = old ? t->mask + 1 : 0;
    if (!kq_obj_charge(slots * sizeof *old))
        return q_fail(q, "wsfull");
    t->slots = calloc(slots, sizeof *old);
    if (!t->slots) {
        t->slots = old;
        kq_obj_discharge(slots * sizeof *old);
        return q_fail(q, "wsfull");
    }
    t->mask = slots - 1;
    for (uint64_t i = 0; i < n; i++) {
        if (!old[i].number)
            continue;
        uint64_t at = spread(t, old[i].word) & t->mask;
        while (t->slots[at].number)
            at = (at + 1) & t->mask;
        t->slots[at] = old[i];
    }
    kq_obj_discharge(n * sizeof *old);
    free(old);
    return true;
}

static void words_release(struct words *t)
{
    if (t->slots)
        kq_obj_discharge((t->mask + 1) * sizeof *t->slots);
    free(t->slots);
}

/* id[i] = number of word[i], first[number] = i.  False after q_fail. */
static bool number_words(struct q *q, const uint64_t *word, int64_t n, int32_t *id, int64_t *first,
                         int64_t *count)
{
    struct words t = {.factor = q->hash_factor};
    bool ok = words_resize(q, &t, 1024);
    for (int64_t i = 0; ok && i < n; i++) {
        uint64_t at = spread(&t, word[i]) & t.mask;
        while (t.slots[at].number && t.slots[at].word != word[i])
            at = (at + 1) & t.mask;
        if (!t.slots[at].number) {
            first[t.n] = i;
            t.slots[at] = (struct slot){word[i], ++t.n};
        }
        id[i] = (int32_t)t.slots[at].number - 1;
        if (t.n * UINT64_C(2) > t.mask)
            ok = words_resize(q, &t, (t.mask + 1) * 4);
        ok = ok && (i % Q_BLOCK || q_work(q, Q_BLOCK));
    }
    *count = t.n;
    words_release(&t);
    return ok;
}

/* The items of a vector as words; the vector itself when they are that. */
static struct kq_obj *words_of(struct q *q, struct kq_obj *x)
{
    enum kq_class class = kq_typeinfo(x->type)->class;
    if (class == KQ_CLASS_SYM || (class == KQ_CLASS_INT && kq_typeinfo(x->type)->bytes == 8))
        return kq_ref(x);
    struct kq_obj *r = q_vec(q, KQ_LONG, x->n);
    for (int64_t i = 0; r && i < x->n; i++)
        kq_longs(r)[i] =
            class == KQ_CLASS_FLOAT ? (int64_t)kq_float_key(kq_float_at(x, i)) : kq_int_at(x, i);
    return r;
}

/* ---- columns ---------------------------------------------------------------------------------- */

/* Lists, guids and tables: by comparing items. */
static bool number_items(struct q *q, struct kq_obj *x, int64_t n, int32_t *id, int64_t *first,
                         int64_t *count)
{
    struct q_hash h;
    if (!q_hash_init(q, &h, x, n))
        return false;
    *count = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t same = q_hash_add(&h, i);
        id[i] = same == i ? (int32_t)*count : id[same];
        if (same == i)
            first[(*count)++] = i;
    }
    q_hash_release(&h);
    return true;
}

static bool number_column(struct q *q, struct kq_obj *x, int64_t n, int32_t *id, int64_t *first,
                          int64_t *count)
{
    if (q_is_enum(x))
        x = kq_child(x, 1);
    if (x->type <= 0 || x->type > KQ_TYPE_MAX || x->type == KQ_GUID)
        return number_items(q, x, n, id, first, count);
    struct kq_obj *words = words_of(q, x);
    bool ok = words &&
              number_words(q, (const uint64_t *)(const void *)kq_data(words), n, id, first, count);
    kq_unref(words);
    return ok;
}

/* Groups so far, divided further by another column. */
static bool refine(struct q *q, struct q_groups *g, struct kq_obj *x)
{
    struct kq_obj *id = q_vec(q, KQ_INT, g->rows), *pair = id ? q_vec(q, KQ_LONG, g->rows) : NULL;
    int64_t count;
    bool ok = pair && number_column(q, x, g->rows, kq_ints(id), kq_longs(g->first), &count);
    for (int64_t i = 0; ok && i < g->rows; i++)
        kq_longs(pair)[i] = kq_ints(g->id)[i] * count + kq_ints(id)[i];
    ok = ok && number_words(q, (const uint64_t *)(const void *)kq_data(pair), g->rows,
                            kq_ints(g->id), kq_longs(g->first), &g->n);
    kq_unref(id);
    kq_unref(pair);
    return ok;
}

/* Renumber the groups by the order of their values. */
static bool sort_groups(struct q *q, struct q_groups *g, const struct kq_obj *cols)
{
    struct kq_obj *names = kq_vec_new(KQ_SYMBOL, cols->n), *keys = kq_vec_new(KQ_LIST, cols->n);
    bool ok = true;
    for (int64_t c = 0; ok && c < cols->n; c++) {
        struct kq_obj *some = q_gather(q, kq_child(cols, c), kq_longs(g->first), g->n);
        kq_items(keys)[c] = some ? q_drop(some, q_unenum(q, some)) : NULL;
        ok = kq_child(keys, c);
    }
    struct kq_obj *t = ok ? kq_table(names, keys) : NULL;
    struct kq_obj *at = t ? q_grade(q, t, false) : NULL;
    struct kq_obj *rank = at ? q_vec(q, KQ_INT, g->n) : NULL;
    struct kq_obj *first = rank ? q_gather(q, g->first, kq_longs(at), g->n) : NULL;
    kq_unref(names);
    kq_unref(keys);
    kq_unref(t);
    for (int64_t k = 0; first && k < g->n; k++)
        kq_ints(rank)[kq_longs(at)[k]] = (int32_t)k;
    for (int64_t i = 0; first && i < g->rows; i++)
        kq_ints(g->id)[i] = kq_ints(rank)[kq_ints(g->id)[i]];
    kq_unref(at);
    kq_unref(rank);
    if (!first)
        return false;
    kq_unref(g->first);
    g->first = first;
    return true;
}

bool q_groups_init(struct q *q, struct q_groups *g, const struct kq_obj *cols, int64_t rows,
                   bool sorted)
{
    *g = (struct q_groups){.rows = rows};
    if (rows >= INT32_MAX)
        return q_fail(q, "limit");
    g->id = q_vec(q, KQ_INT, rows);
    g->first = g->id ? q_vec(q, KQ_LONG, rows + !rows) : NULL;
    bool ok = g->first && cols->n &&
              number_column(q, kq_child(cols, 0), rows, kq_ints(g->id), kq_longs(g->first), &g->n);
    for (int64_t c = 1; ok && c < cols->n; c++)
        ok = refine(q, g, kq_child(cols, c));
    if (g->first)
        g->first->n = g->n;
    if (!ok || (sorted && !sort_groups(q, g, cols))) {
        q_groups_release(g);
        return false;
    }
    return true;
}

void q_groups_release(struct q_groups *g)
{
    kq_unref(g->id);
    kq_unref(g->first);
    g->id = g->first = NULL;
}

struct kq_obj *q_groups_order(struct q *q, const struct q_groups *g, struct kq_obj **starts)
{
    struct kq_obj *order = q_vec(q, KQ_LONG, g->rows);
    *starts = order ? q_vec(q, KQ_LONG, g->n + 1) : NULL;
    if (!*starts)
        return q_drop(order, NULL);
    int64_t *s = kq_longs(*starts);
    const int32_t *id = kq_ints(g->id);
    memset(s, 0, (size_t)(g->n + 1) * sizeof *s);
    for (int64_t i = 0; i < g->rows; i++)
        s[id[i] + 1]++;
    for (int64_t k = 0; k < g->n; k++)
        s[k + 1] += s[k];
    for (int64_t i = 0; i < g->rows; i++)
        kq_longs(order)[s[id[i]]++] = i;
    for (int64_t k = g->n; k > 0; k--) /* the ends are the next starts */
        s[k] = s[k - 1];
    s[0] = 0;
    return order;
}

/* ---- aggregates --------------------------------------------------------------------------------- */

enum q_agg q_agg_of(const struct kq_obj *f)
{
    if (f->type != KQ_UNARY)
        return Q_AGG_NONE;
    switch (f->code) {
    case 3: return Q_AGG_FIRST;
    case 13: return Q_AGG_COUNT;
    case 23: return Q_AGG_AVG;
    case 24: return Q_AGG_LAST;
    case 25: return Q_AGG_SUM;
    case 26: return Q_AGG_PRD;
    case 27: return Q_AGG_MIN;
    case 28: return Q_AGG_MAX;
    default: return Q_AGG_NONE;
    }
}

static struct kq_obj *counts(struct q *q, const struct q_groups *g)
{
    struct kq_obj *r = q_vec(q, KQ_LONG, g->n);
    if (!r)
        return NULL;
    memset(r->u.v.data, 0, (size_t)g->n * 8);
    for (int64_t i = 0; i < g->rows; i++)
        kq_longs(r)[kq_ints(g->id)[i]]++;
    return r;
}

static struct kq_obj *lasts(struct q *q, const struct q_groups *g, struct kq_obj *x)
{
    struct kq_obj *at = q_vec(q, KQ_LONG, g->n);
    if (!at)
        return NULL;
    for (int64_t i = 0; i < g->rows; i++)
        kq_longs(at)[kq_ints(g->id)[i]] = i;
    return q_drop(at, q_gather(q, x, kq_longs(at), g->n));
}

/* The type of the result: narrow integers are summed up as ints; 0: none. */
static int fold_type(enum q_agg how, int type)
{
    enum kq_class class = kq_typeinfo(type)->class;
    if (class != KQ_CLASS_INT && class != KQ_CLASS_FLOAT && type != KQ_BOOLEAN && type != KQ_BYTE)
        return 0;
    if (how == Q_AGG_AVG)
        return KQ_FLOAT;
    return how == Q_AGG_MIN || how == Q_AGG_MAX || type >= KQ_INT ? type : KQ_INT;
}

static int64_t int_start(enum q_agg how, int type)
{
    bool byte = kq_typeinfo(type)->class == KQ_CLASS_BYTE;
    int64_t inf = byte ? (type == KQ_BOOLEAN ? 1 : 255) : kq_int_inf(type);
    return how == Q_AGG_PRD ? 1 : how == Q_AGG_MIN ? inf : how == Q_AGG_MAX && !byte ? -inf : 0;
}

/* acc[group] = step, for every value v of the column that is not null. */
#define INT_LOOP(type, null, step)                              \
    do {                                                        \
        const type *p = (const type *)(const void *)kq_data(x); \
        for (int64_t i = 0; i < n; i++) {                       \
            int64_t v = p[i], *a = acc + id[i];                 \
            if (v != (null))                                    \
                *a = step;                                      \
        }                                                       \
    } while (0)

#define INT_LOOPS(type, null)                                            \
    do {                                                                 \
        if (how == Q_AGG_SUM)                                            \
            INT_LOOP(type, null, (int64_t)((uint64_t)*a + (uint64_t)v)); \
        else if (how == Q_AGG_PRD)                                       \
            INT_LOOP(type, null, (int64_t)((uint64_t)*a * (uint64_t)v)); \
        else if (how == Q_AGG_MIN)                                       \
            INT_LOOP(type, null, v < *a ? v : *a);                       \
        else                                                             \
            INT_LOOP(type, null, v > *a ? v : *a);                       \
    } while (0)

static void fold_ints(enum q_agg how, const struct kq_obj *x, const int32_t *id, int64_t n,
                      int64_t *acc)
{
    switch (kq_typeinfo(x->type)->bytes) {
    case 1: INT_LOOPS(uint8_t, -1); break;
    case 2: INT_LOOPS(int16_t, INT16_MIN); break;
    case 4: INT_LOOPS(int32_t, INT32_MIN); break;
    default: INT_LOOPS(int64_t, INT64_MIN); break;
    }
}

#define FLOAT_LOOP(step)                                              \
    for (int64_t i = 0; i < n; i++) {                                 \
        double v = wide ? p[i] : kq_float_at(x, i), *a = acc + id[i]; \
        if (!isnan(v))                                                \
            *a = step;                                                \
    }

static void fold_floats(enum q_agg how, const struct kq_obj *x, const int32_t *id, int64_t n,
                        double *acc)
{
    const double *p = kq_floats(x);
    bool wide = x->type != KQ_REAL;
    if (how == Q_AGG_SUM)
        FLOAT_LOOP(*a + v)
    else if (how == Q_AGG_PRD)
        FLOAT_LOOP(*a * v)
    else if (how == Q_AGG_MIN)
        FLOAT_LOOP(v < *a ? v : *a)
    else
        FLOAT_LOOP(v > *a ? v : *a)
}

static void store_ints(struct kq_obj *r, const int64_t *acc)
{
    for (int64_t k = 0; k < r->n; k++) {
        switch (kq_typeinfo(r->type)->bytes) {
        case 1: r->u.v.data[k] = (uint8_t)acc[k]; break;
        case 2: kq_shorts(r)[k] = (int16_t)acc[k]; break;
        case 4: kq_ints(r)[k] = (int32_t)acc[k]; break;
        default: kq_longs(r)[k] = acc[k]; break;
        }
    }
}

static struct kq_obj *fold_to_ints(struct q *q, const struct q_groups *g, enum q_agg how,
                                   const struct kq_obj *x, int type)
{
    struct kq_obj *acc = q_vec(q, KQ_LONG, g->n), *r = acc ? q_vec(q, type, g->n) : NULL;
    if (!r)
        return q_drop(acc, NULL);
    for (int64_t k = 0; k < g->n; k++)
        kq_longs(acc)[k] = int_start(how, x->type);
    fold_ints(how, x, kq_ints(g->id), g->rows, kq_longs(acc));
    store_ints(r, kq_longs(acc));
    return q_drop(acc, r);
}

static struct kq_obj *fold_to_floats(struct q *q, const struct q_groups *g, enum q_agg how,
                                     const struct kq_obj *x, int type)
{
    double start = how == Q_AGG_PRD   ? 1
                   : how == Q_AGG_MIN ? INFINITY
                   : how == Q_AGG_MAX ? -INFINITY
                                      : 0;
    struct kq_obj *acc = q_vec(q, KQ_FLOAT, g->n);
    if (!acc)
        return NULL;
    for (int64_t k = 0; k < g->n; k++)
        kq_floats(acc)[k] = start;
    fold_floats(how, x, kq_ints(g->id), g->rows, kq_floats(acc));
    if (type == KQ_REAL) {
        struct kq_obj *r = q_vec(q, KQ_REAL, g->n);
        for (int64_t k = 0; r && k < g->n; k++)
            kq_reals(r)[k] = (float)kq_floats(acc)[k];
        return q_drop(acc, r);
    }
    acc->type = (int8_t)type;
    return acc;
}

static struct kq_obj *averages(struct q *q, const struct q_groups *g, const struct kq_obj *x)
{
    bool floats = kq_typeinfo(x->type)->class == KQ_CLASS_FLOAT;
    struct kq_obj *r = q_vec(q, KQ_FLOAT, g->n), *n = r ? q_vec(q, KQ_LONG, g->n) : NULL;
    if (!n)
        return q_drop(r, NULL);
    memset(r->u.v.data, 0, (size_t)g->n * 8);
    memset(n->u.v.data, 0, (size_t)g->n * 8);
    for (int64_t i = 0; i < g->rows; i++) {
        int32_t k = kq_ints(g->id)[i];
        if (kq_is_null_at(x, i))
            continue;
        kq_floats(r)[k] += floats ? kq_float_at(x, i) : (double)kq_int_at(x, i);
        kq_longs(n)[k]++;
    }
    for (int64_t k = 0; k < g->n; k++)
        kq_floats(r)[k] /= (double)kq_longs(n)[k];
    return q_drop(n, r);
}

struct kq_obj *q_groups_fold(struct q *q, const struct q_groups *g, enum q_agg how,
                             struct kq_obj *x)
{
    if (how == Q_AGG_NONE || !kq_type_is_list(x->type) || kq_count(x) != g->rows)
        return NULL;
    if (how == Q_AGG_COUNT)
        return counts(q, g);
    if (how == Q_AGG_FIRST)
        return q_gather(q, x, kq_longs(g->first), g->n);
    if (how == Q_AGG_LAST)
        return lasts(q, g, x);
    int type = x->type > 0 && x->type <= KQ_TYPE_MAX ? fold_type(how, x->type) : 0;
    if (!type)
        return NULL;
    if (how == Q_AGG_AVG)
        return averages(q, g, x);
    bool floats = kq_typeinfo(x->type)->class == KQ_CLASS_FLOAT;
    return (floats ? fold_to_floats : fold_to_ints)(q, g, how, x, type);
}

/* ---- from groups back to rows ------------------------------------------------------------------ */

/* All values group after group, an item for each row. */
static struct kq_obj *stretched(struct q *q, const struct q_groups *g, struct kq_obj *values,
                                const int64_t *starts)
{
    struct kq_obj *pieces = q_vec(q, KQ_LIST, g->n);
    for (int64_t k = 0; pieces && k < g->n; k++) {
        struct kq_obj *v = q_item(q, values, k);
        if (v && !kq_type_is_list(v->type)) {
            struct kq_obj *count = kq_long(starts[k + 1] - starts[k]);
            v = q_drop(v, q_call(q, "#", 2, count, v));
            kq_unref(count);
        }
        if (v && kq_count(v) != starts[k + 1] - starts[k])
            v = q_drop(v, q_fail(q, "length"));
        kq_items(pieces)[k] = v;
        if (!v)
            return q_drop(pieces, NULL);
    }
    return pieces ? q_drop(pieces, q_raze(q, pieces)) : NULL;
}

struct kq_obj *q_groups_spread(struct q *q, const struct q_groups *g, struct kq_obj *values)
{
    if (values->type > 0 && values->type <= KQ_TYPE_MAX)
        return q_index(q, values, g->id);
    struct kq_obj *starts, *order = q_groups_order(q, g, &starts);
    struct kq_obj *all = order && starts ? stretched(q, g, values, kq_longs(starts)) : NULL;
    struct kq_obj *at = all ? q_vec(q, KQ_LONG, g->rows) : NULL;
    for (int64_t j = 0; at && j < g->rows; j++)
        kq_longs(at)[kq_longs(order)[j]] = j;
    struct kq_obj *r = at ? q_gather(q, all, kq_longs(at), g->rows) : NULL;
    kq_unref(starts);
    kq_unref(order);
    kq_unref(all);
    return q_drop(at, r);
}

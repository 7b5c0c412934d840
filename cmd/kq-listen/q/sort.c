/*
 * sort.c - stable sorts of positions.
 *
 * Keys that can be put into an unsigned word of the same order (numbers, times,
 * floats by their bits) are sorted by bytes, least significant first, skipping
 * bytes that are the same everywhere; short lists and other types are merged.
 */
#include "q/sort.h"

#include "q/convert.h"
#include "q/enum.h"

#include "obj/cmp.h"

#include <math.h>

enum { RADIX_MIN = 64 };

/* ---- keys as words ----------------------------------------------------------------------- */

static uint64_t float_word(double v)
{
    uint64_t bits;
    if (isnan(v))
        return 0; /* null comes first */
    v += 0.0;
    memcpy(&bits, &v, sizeof bits);
    return bits >> 63 ? ~bits : bits | (UINT64_C(1) << 63);
}

static void fill_words(uint64_t *w, const struct kq_obj *x, bool down)
{
    bool floats = kq_typeinfo(x->type)->class == KQ_CLASS_FLOAT;
    for (int64_t i = 0; i < x->n; i++) {
        uint64_t v = floats ? float_word(kq_float_at(x, i))
                            : (uint64_t)kq_int_at(x, i) ^ (UINT64_C(1) << 63);
        w[i] = down ? ~v : v;
    }
}

/* One pass: positions from `at` to `to` in the order of byte `shift`.  False
 * when all keys share that byte, and nothing was moved. */
static bool radix_pass(const uint64_t *w, const int64_t *at, int64_t *to, int64_t n, int shift)
{
    int64_t start[257] = {0};
    for (int64_t i = 0; i < n; i++)
        start[((w[i] >> shift) & 255) + 1]++;
    for (int b = 0; b < 256; b++) {
        if (start[b + 1] == n)
            return false;
        start[b + 1] += start[b];
    }
    for (int64_t i = 0; i < n; i++)
        to[start[(w[at[i]] >> shift) & 255]++] = at[i];
    return true;
}

static struct kq_obj *radix(struct q *q, struct kq_obj *x, bool down)
{
    struct kq_obj *words = q_vec(q, KQ_LONG, x->n), *a = words ? q_vec(q, KQ_LONG, x->n) : NULL;
    struct kq_obj *b = a ? q_vec(q, KQ_LONG, x->n) : NULL;
    if (!b) {
        kq_unref(words);
        return q_drop(a, NULL);
    }
    uint64_t *w = (uint64_t *)(void *)kq_longs(words);
    fill_words(w, x, down);
    for (int64_t i = 0; i < x->n; i++)
        kq_longs(a)[i] = i;
    for (int shift = 0; shift < 64; shift += 8) {
        if (radix_pass(w, kq_longs(a), kq_longs(b), x->n, shift)) {
            struct kq_obj *t = a;
            a = b;
            b = t;
        }
    }
    kq_unref(words);
    return q_drop(b, a);
}

/* ---- merging ----------------------------------------------------------------------------------- */

struct order {
    struct kq_obj *x;
    bool down;
};

/* Mixed lists: by type, then by value, as kq_compare orders them; but atoms of
 * smaller type code come first. */
static int compare_items(const struct kq_obj *a, const struct kq_obj *b)
{
    if (a->type < 0 && b->type < 0 && a->type != b->type)
        return a->type > b->type ? -1 : 1;
    return kq_compare(a, b);
}

static int compare(const struct kq_obj *x, int64_t i, int64_t j)
{
    if (x->type == KQ_LIST)
        return compare_items(kq_child(x, i), kq_child(x, j));
    if (x->type != KQ_TABLE)
        return kq_compare_at(x, i, x, j);
    for (int64_t c = 0; c < kq_columns(x)->n; c++) {
        int r = compare(kq_child(kq_columns(x), c), i, j);
        if (r)
            return r;
    }
    return 0;
}

/* Does position j have to stand before position i? */
static bool swapped(const struct order *o, int64_t i, int64_t j)
{
    int c = compare(o->x, i, j);
    return o->down ? c < 0 : c > 0;
}

static void insertion(const struct order *o, int64_t *at, int64_t n)
{
    for (int64_t i = 1; i < n; i++) {
        int64_t v = at[i], k = i;
        for (; k > 0 && swapped(o, at[k - 1], v); k--)
            at[k] = at[k - 1];
        at[k] = v;
    }
}

static void merge(const struct order *o, int64_t *at, int64_t *room, int64_t n)
{
    if (n <= 12) {
        insertion(o, at, n);
        return;
    }
    int64_t half = n / 2, i = 0, j = half, k = 0;
    merge(o, at, room, half);
    merge(o, at + half, room, n - half);
    if (!swapped(o, at[half - 1], at[half]))
        return;
    memcpy(room, at, (size_t)half * sizeof *at);
    while (i < half)
        at[k++] = j < n && swapped(o, room[i], at[j]) ? at[j++] : room[i++];
}

static struct kq_obj *merged(struct q *q, struct kq_obj *x, bool down)
{
    int64_t n = kq_count(x);
    struct kq_obj *at = q_vec(q, KQ_LONG, n), *room = at ? q_vec(q, KQ_LONG, n) : NULL;
    struct order o = {x, down};
    for (int64_t i = 0; room && i < n; i++)
        kq_longs(at)[i] = i;
    if (room)
        merge(&o, kq_longs(at), kq_longs(room), n);
    else
        at = q_drop(at, NULL);
    return q_drop(room, at);
}

struct kq_obj *q_grade(struct q *q, struct kq_obj *x, bool down)
{
    if (q_is_enum(x)) {
        struct kq_obj *symbols = q_unenum(q, x);
        return symbols ? q_drop(symbols, q_grade(q, symbols, down)) : NULL;
    }
    if (x->type > 0 && q_is_numeric(x->type) && x->n >= RADIX_MIN)
        return radix(q, x, down);
    return merged(q, x, down);
}

struct kq_obj *q_match_type(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    int tx = x->type < 0 ? -x->type : x->type, ty = y->type < 0 ? -y->type : y->type;
    if (tx == ty)
        return kq_ref(y);
    if (!q_is_numeric(tx) || !q_is_numeric(ty) || tx == KQ_CHAR || ty == KQ_CHAR)
        return q_fail(q, "type");
    return q_convert(q, y, tx);
}

/*
 * sort.c - stable sorts of positions.
 *
 * What can be put into an unsigned word of the same order (numbers, times,
 * floats by their bits) is sorted digit by digit, least significant first;
 * symbols by their distinct ones; short lists and other types are merged.
 */
#include "q/sort.h"

#include "q/core.h"

#include "q/convert.h"
#include "q/enum.h"
#include "q/hash.h"

#include "obj/cmp.h"

#include <math.h>

enum { RADIX_MIN = 64 };

/* ---- keys as words ----------------------------------------------------------------------- */

enum { DIGIT = 11, BUCKETS = 1 << DIGIT };

static uint64_t float_word(double v)
{
    uint64_t bits;
    if (isnan(v))
        return 0; /* null comes first */
    memcpy(&bits, &v, sizeof bits);
    return bits >> 63 ? ~bits : bits | (UINT64_C(1) << 63);
}

static double word_float(uint64_t w)
{
    double v;
    if (!w)
        return NAN;
    w = w >> 63 ? w & ~(UINT64_C(1) << 63) : ~w;
    memcpy(&v, &w, sizeof v);
    return v;
}

static uint64_t int_word(int64_t v)
{
    return (uint64_t)v ^ (UINT64_C(1) << 63);
}

/* Words of the same order as the items of x; down: of the opposite order. */
static void fill_words(uint64_t *w, const struct kq_obj *x, bool down)
{
    uint64_t flip = down ? UINT64_MAX : 0;
    if (kq_typeinfo(x->type)->class == KQ_CLASS_FLOAT) {
        for (int64_t i = 0; i < x->n; i++)
            w[i] = float_word(kq_float_at(x, i)) ^ flip;
    } else if (kq_typeinfo(x->type)->bytes == 8) {
        for (int64_t i = 0; i < x->n; i++)
            w[i] = int_word(kq_longs(x)[i]) ^ flip;
    } else {
        for (int64_t i = 0; i < x->n; i++)
            w[i] = int_word(kq_int_at(x, i)) ^ flip;
    }
}

/* The bits in which words differ from each other. */
static uint64_t varying(const uint64_t *w, int64_t n)
{
    uint64_t bits = 0;
    for (int64_t i = 1; i < n; i++)
        bits |= w[i] ^ w[0];
    return bits;
}

/* Where each bucket of the digit at `shift` starts. */
static void bucket_starts(const uint64_t *w, int64_t n, int shift, int64_t *start)
{
    int64_t sum = 0;
    memset(start, 0, BUCKETS * sizeof *start);
    for (int64_t i = 0; i < n; i++)
        start[(w[i] >> shift) & (BUCKETS - 1)]++;
    for (int b = 0; b < BUCKETS; b++) {
        int64_t count = start[b];
        start[b] = sum;
        sum += count;
    }
}

/* Two sets of arrays between which the items go back and forth. */
struct lanes {
    uint64_t *word, *word2;
    uint32_t *at, *at2; /* positions; NULL: only the words are sorted */
};

static void radix_pass(struct lanes *l, int64_t n, int shift)
{
    int64_t start[BUCKETS];
    bucket_starts(l->word, n, shift, start);
    for (int64_t i = 0; i < n; i++) {
        int64_t to = start[(l->word[i] >> shift) & (BUCKETS - 1)]++;
        l->word2[to] = l->word[i];
        if (l->at)
            l->at2[to] = l->at[i];
    }
    uint64_t *w = l->word;
    l->word = l->word2;
    l->word2 = w;
    uint32_t *at = l->at;
    l->at = l->at2;
    l->at2 = at;
}

/* Least significant digit first; digits that are the same everywhere are skipped. */
static bool radix_sort(struct q *q, struct lanes *l, int64_t n)
{
    uint64_t bits = varying(l->word, n);
    for (int shift = 0; shift < 64; shift += DIGIT) {
        if (!((bits >> shift) & (BUCKETS - 1)))
            continue;
        if (!q_work(q, n))
            return false;
        radix_pass(l, n, shift);
    }
    return true;
}

/* Room for the lanes, all in one object. */
static struct kq_obj *lanes_new(struct q *q, struct lanes *l, int64_t n, bool positions)
{
    struct kq_obj *room = q_vec(q, KQ_LONG, positions ? 3 * n + 1 : 2 * n);
    if (!room)
        return NULL;
    l->word = (uint64_t *)(void *)kq_longs(room);
    l->word2 = l->word + n;
    l->at = positions ? (uint32_t *)(void *)(l->word2 + n) : NULL;
    l->at2 = positions ? l->at + n : NULL;
    return room;
}

static struct kq_obj *radix(struct q *q, struct kq_obj *x, bool down)
{
    struct lanes l;
    struct kq_obj *room = lanes_new(q, &l, x->n, true), *r = room ? q_vec(q, KQ_LONG, x->n) : NULL;
    if (!r)
        return q_drop(room, NULL);
    fill_words(l.word, x, down);
    for (int64_t i = 0; i < x->n; i++)
        l.at[i] = (uint32_t)i;
    bool ok = radix_sort(q, &l, x->n);
    for (int64_t i = 0; ok && i < x->n; i++)
        kq_longs(r)[i] = l.at[i];
    return q_drop(room, ok ? r : q_drop(r, NULL));
}

static bool by_radix(const struct kq_obj *x)
{
    return x->type > 0 && q_is_numeric(x->type) && x->n >= RADIX_MIN && x->n < UINT32_MAX;
}

struct kq_obj *q_sort_values(struct q *q, struct kq_obj *x, bool down)
{
    struct lanes l;
    bool longs = kq_typeinfo(x->type)->class == KQ_CLASS_INT && kq_typeinfo(x->type)->bytes == 8;
    if (!by_radix(x) || (!longs && x->type != KQ_FLOAT))
        return NULL;
    struct kq_obj *room = lanes_new(q, &l, x->n, false), *r = room ? q_vec(q, x->type, x->n) : NULL;
    if (!r)
        return q_drop(room, NULL);
    uint64_t flip = down ? UINT64_MAX : 0;
    fill_words(l.word, x, down);
    bool ok = radix_sort(q, &l, x->n);
    for (int64_t i = 0; longs && i < x->n; i++)
        kq_longs(r)[i] = (int64_t)int_word((int64_t)(l.word[i] ^ flip));
    for (int64_t i = 0; !longs && i < x->n; i++)
        kq_floats(r)[i] = word_float(l.word[i] ^ flip);
    return q_drop(room, ok ? r : q_drop(r, NULL));
}

/* ---- merging ----------------------------------------------------------------------------------- */

struct order {
    struct q *q;
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

static bool merge(const struct order *o, int64_t *at, int64_t *room, int64_t n)
{
    if (n <= 12) {
        insertion(o, at, n);
        return q_tick(o->q);
    }
    int64_t half = n / 2, i = 0, j = half, k = 0;
    if (!merge(o, at, room, half) || !merge(o, at + half, room, n - half))
        return false;
    if (!swapped(o, at[half - 1], at[half]))
        return true;
    memcpy(room, at, (size_t)half * sizeof *at);
    while (i < half)
        at[k++] = j < n && swapped(o, room[i], at[j]) ? at[j++] : room[i++];
    return q_work(o->q, n);
}

static struct kq_obj *merged(struct q *q, struct kq_obj *x, bool down)
{
    int64_t n = kq_count(x);
    struct kq_obj *at = q_vec(q, KQ_LONG, n), *room = at ? q_vec(q, KQ_LONG, n) : NULL;
    struct order o = {q, x, down};
    for (int64_t i = 0; room && i < n; i++)
        kq_longs(at)[i] = i;
    bool ok = room && merge(&o, kq_longs(at), kq_longs(room), n);
    return q_drop(room, ok ? at : q_drop(at, NULL));
}

/* ---- symbols ----------------------------------------------------------------------------- */

/* Symbols repeat: their distinct ones are sorted, and all positions dealt out by
 * the place of their symbol. */
static struct kq_obj *dealt(struct q *q, struct kq_obj *x, bool down)
{
    struct kq_obj *ranks, *heads, *counts, *r = NULL;
    if (!q_ranks(q, x, &ranks, &heads, &counts))
        return NULL;
    struct kq_obj *symbols = q_vec(q, KQ_SYMBOL, heads->n);
    for (int64_t g = 0; symbols && g < heads->n; g++)
        kq_syms(symbols)[g] = kq_syms(x)[kq_longs(heads)[g]];
    struct kq_obj *order = symbols ? merged(q, symbols, down) : NULL;
    if (order)
        r = q_vec(q, KQ_LONG, x->n);
    int64_t sum = 0, *start = kq_longs(heads); /* its old contents are no longer needed */
    for (int64_t k = 0; r && k < order->n; k++) {
        int64_t g = kq_longs(order)[k];
        start[g] = sum;
        sum += kq_longs(counts)[g];
    }
    for (int64_t i = 0; r && i < x->n; i++)
        kq_longs(r)[start[kq_longs(ranks)[i]]++] = i;
    kq_unref(ranks);
    kq_unref(heads);
    kq_unref(counts);
    kq_unref(symbols);
    return q_drop(order, r);
}

/* Rows by all columns: stable orders by each column, from the last to the first. */
static struct kq_obj *grade_rows(struct q *q, struct kq_obj *t, bool down)
{
    struct kq_obj *at = NULL;
    for (int64_t c = kq_columns(t)->n - 1; c >= 0; c--) {
        struct kq_obj *col = kq_child(kq_columns(t), c);
        struct kq_obj *now = at ? q_gather(q, col, kq_longs(at), at->n) : kq_ref(col);
        struct kq_obj *order = now ? q_grade(q, now, down) : NULL;
        kq_unref(now);
        struct kq_obj *next = order && at ? q_gather(q, at, kq_longs(order), order->n) : NULL;
        if (at)
            kq_unref(order);
        else
            next = order;
        kq_unref(at);
        if (!next)
            return NULL;
        at = next;
    }
    return at;
}

struct kq_obj *q_grade(struct q *q, struct kq_obj *x, bool down)
{
    if (x->type == KQ_TABLE && kq_columns(x)->n)
        return grade_rows(q, x, down);
    if (q_is_enum(x)) {
        struct kq_obj *symbols = q_unenum(q, x);
        return symbols ? q_drop(symbols, q_grade(q, symbols, down)) : NULL;
    }
    if (by_radix(x))
        return radix(q, x, down);
    return x->type == KQ_SYMBOL && x->n >= RADIX_MIN ? dealt(q, x, down) : merged(q, x, down);
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

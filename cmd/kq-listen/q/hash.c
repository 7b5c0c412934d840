/*
 * hash.c - open addressing over positions.
 */
#include "q/hash.h"

#include "q/enum.h"

#include "obj/cmp.h"

#include <math.h>
#include <stdlib.h>

/* ---- keys ---------------------------------------------------------------------------- */

static uint64_t mix(uint64_t v)
{
    v *= 0x9e3779b97f4a7c15u;
    return v ^ (v >> 29);
}

/* Item i of a vector whose items fit a word, as that word. */
static inline uint64_t word_at(const struct kq_obj *x, int64_t i)
{
    const uint8_t *p = kq_data(x);
    switch (x->type) {
    case KQ_BOOLEAN:
    case KQ_BYTE:
    case KQ_CHAR: return p[i];
    case KQ_REAL:
    case KQ_FLOAT:
    case KQ_DATETIME: return kq_float_key(kq_float_at(x, i));
    case KQ_SYMBOL: return (uint64_t)(uintptr_t)kq_syms(x)[i];
    default: return (uint64_t)kq_int_at(x, i);
    }
}

static bool is_words(const struct kq_obj *x)
{
    return x->type > 0 && x->type <= KQ_TYPE_MAX && x->type != KQ_GUID;
}

static uint64_t hash_item(const struct kq_obj *x, int64_t i)
{
    if (is_words(x))
        return word_at(x, i);
    if (x->type == KQ_LIST)
        return kq_hash(kq_child(x, i));
    if (x->type == KQ_TABLE) {
        uint64_t h = 0;
        for (int64_t c = 0; c < kq_columns(x)->n; c++)
            h = mix(h ^ hash_item(kq_child(kq_columns(x), c), i));
        return h;
    }
    if (q_is_enum(x))
        return hash_item(kq_child(x, 1), i);
    if (x->type != KQ_GUID) /* a dictionary as a column: rare, and told apart below */
        return 0;
    uint64_t half[2];
    memcpy(half, kq_guid_at(x, i), sizeof half);
    return mix(half[0] ^ mix(half[1]));
}

bool q_same_item(const struct kq_obj *x, int64_t i, const struct kq_obj *y, int64_t j)
{
    if (is_words(x) && y->type == x->type)
        return word_at(x, i) == word_at(y, j);
    if (x->type == KQ_LIST && y->type == KQ_LIST)
        return kq_identical(kq_child(x, i), kq_child(y, j));
    if (x->type == KQ_TABLE && y->type == KQ_TABLE) {
        for (int64_t c = 0; c < kq_columns(x)->n; c++) {
            if (!q_same_item(kq_child(kq_columns(x), c), i, kq_child(kq_columns(y), c), j))
                return false;
        }
        return true;
    }
    if (x->type != y->type)
        return false;
    if (q_is_enum(x))
        return q_same_item(kq_child(x, 1), i, kq_child(y, 1), j);
    if (x->type == KQ_GUID)
        return memcmp(kq_guid_at(x, i), kq_guid_at(y, j), 16) == 0;
    struct kq_obj *a = kq_at(x, i), *b = kq_at(y, j);
    bool same = kq_identical(a, b);
    kq_unref(a);
    kq_unref(b);
    return same;
}

/* ---- tables --------------------------------------------------------------------- */

/*
 * Whole numbers that lie close together are looked up by their distance from
 * the least one: no hashing, no collisions.
 */
static bool direct_range(const struct kq_obj *x, int64_t n, int64_t *least, uint64_t *size)
{
    enum kq_class class = kq_typeinfo(x->type)->class;
    if (x->type <= 0 || x->type > KQ_TYPE_MAX || n < 32 ||
        (class != KQ_CLASS_INT && class != KQ_CLASS_BYTE))
        return false;
    int64_t lo = kq_int_at(x, 0), hi = lo;
    uint64_t most = (uint64_t)n * 2 + 4096;
    for (int64_t i = 1; i < x->n; i++) {
        int64_t v = kq_typeinfo(x->type)->bytes == 8 ? kq_longs(x)[i] : kq_int_at(x, i);
        lo = v < lo ? v : lo;
        hi = v > hi ? v : hi;
    }
    *least = lo;
    *size = (uint64_t)hi - (uint64_t)lo;
    return (*size)++ < most;
}

bool q_hash_init(struct q *q, struct q_hash *h, struct kq_obj *list, int64_t n)
{
    *h = (struct q_hash){.list = list, .factor = q->hash_factor};
    h->direct = direct_range(list, n, &h->least, &h->size);
    h->shift = 64 - 4;
    for (uint64_t slots = 16; !h->direct; slots *= 2, h->shift--) {
        h->size = slots;
        if (slots >= (uint64_t)n * 2)
            break;
    }
    if (kq_obj_charge(h->size * sizeof *h->slots)) {
        h->slots = calloc(h->size, sizeof *h->slots);
        if (h->slots)
            return true;
        kq_obj_discharge(h->size * sizeof *h->slots);
    }
    return q_fail(q, "wsfull");
}

void q_hash_release(struct q_hash *h)
{
    if (h->slots)
        kq_obj_discharge(h->size * sizeof *h->slots);
    free(h->slots);
    h->slots = NULL;
}

/* The slot of a value in a direct table, NULL when it lies outside. */
static inline int64_t *direct_slot(const struct q_hash *h, int64_t v)
{
    uint64_t at = (uint64_t)v - (uint64_t)h->least;
    return at < h->size ? &h->slots[at] : NULL;
}

/* Where to look for a hash first: its high bits, spread by a multiplication, for the low ones of
 * pointers and round numbers are all alike.  Nobody knows the factor, so nobody can send numbers
 * that all look in one place. */
static inline uint64_t home(const struct q_hash *h, uint64_t hash)
{
    return (hash * h->factor) >> h->shift;
}

/* The slot of item i of x: where an equal item stands, or a free one. */
static int64_t *hashed_slot(const struct q_hash *h, const struct kq_obj *x, int64_t i)
{
    uint64_t mask = h->size - 1, at = home(h, hash_item(x, i));
    while (h->slots[at] && !q_same_item(h->list, h->slots[at] - 1, x, i))
        at = (at + 1) & mask;
    return &h->slots[at];
}

/* The same for items of eight bytes without null or sign trouble: their bits. */
static inline int64_t *word_slot(const struct q_hash *h, const int64_t *keys, int64_t v)
{
    uint64_t mask = h->size - 1, at = home(h, (uint64_t)v);
    while (h->slots[at] && keys[h->slots[at] - 1] != v)
        at = (at + 1) & mask;
    return &h->slots[at];
}

static bool is_bits(const struct kq_obj *x)
{
    return x->type == KQ_SYMBOL ||
           (kq_typeinfo(x->type)->class == KQ_CLASS_INT && kq_typeinfo(x->type)->bytes == 8);
}

int64_t q_hash_add(struct q_hash *h, int64_t i)
{
    int64_t *slot = h->direct ? direct_slot(h, kq_int_at(h->list, i)) : hashed_slot(h, h->list, i);
    if (!*slot)
        *slot = i + 1;
    return *slot - 1;
}

int64_t q_hash_find(const struct q_hash *h, const struct kq_obj *other, int64_t j)
{
    int64_t *slot = !h->direct                     ? hashed_slot(h, other, j)
                    : other->type == h->list->type ? direct_slot(h, kq_int_at(other, j))
                                                   : NULL;
    return slot ? *slot - 1 : -1;
}

#define EACH(slot_of)                      \
    for (int64_t i = from; i < end; i++) { \
        int64_t *slot = slot_of;           \
        if (!*slot)                        \
            *slot = i + 1;                 \
        first[i] = *slot - 1;              \
    }

static void add_some(struct q_hash *h, int64_t from, int64_t end, int64_t *first)
{
    const struct kq_obj *x = h->list;
    if (h->direct && kq_typeinfo(x->type)->bytes == 8)
        EACH(&h->slots[kq_longs(x)[i] - h->least])
    else if (h->direct)
        EACH(direct_slot(h, kq_int_at(x, i)))
    else if (is_bits(x))
        EACH(word_slot(h, kq_longs(x), kq_longs(x)[i]))
    else
        EACH(hashed_slot(h, x, i))
}
#undef EACH

/* Enter all items of the list, in order: first[i] for item i; false: 'stop. */
static bool add_all(struct q *q, struct q_hash *h, int64_t *first)
{
    int64_t n = kq_count(h->list);
    for (int64_t i = 0; i < n; i += Q_BLOCK) {
        if (!q_work(q, Q_BLOCK))
            return false;
        add_some(h, i, n - i < Q_BLOCK ? n : i + Q_BLOCK, first);
    }
    return true;
}

#define EACH(slot_of)                                   \
    for (int64_t i = from; i < end; i++) {              \
        const int64_t *slot = slot_of;                  \
        first[i] = slot && *slot ? *slot - 1 : missing; \
    }

static void find_some(const struct q_hash *h, const struct kq_obj *other, int64_t from, int64_t end,
                      int64_t missing, int64_t *first)
{
    bool same = other->type == h->list->type;
    if (h->direct && same && kq_typeinfo(other->type)->bytes == 8)
        EACH(direct_slot(h, kq_longs(other)[i]))
    else if (h->direct)
        EACH(same ? direct_slot(h, kq_int_at(other, i)) : NULL)
    else if (same && is_bits(other))
        EACH(word_slot(h, kq_longs(h->list), kq_longs(other)[i]))
    else
        EACH(hashed_slot(h, other, i))
}
#undef EACH

bool q_hash_find_all(struct q *q, const struct q_hash *h, const struct kq_obj *other,
                     int64_t missing, int64_t *first)
{
    int64_t n = kq_count(other);
    for (int64_t i = 0; i < n; i += Q_BLOCK) {
        if (!q_work(q, Q_BLOCK))
            return false;
        find_some(h, other, i, n - i < Q_BLOCK ? n : i + Q_BLOCK, missing, first);
    }
    return true;
}

/* ---- ranks ------------------------------------------------------------------------- */

struct kq_obj *q_firsts(struct q *q, struct kq_obj *x)
{
    struct q_hash h;
    struct kq_obj *first = q_vec(q, KQ_LONG, kq_count(x));
    if (!first || !q_hash_init(q, &h, x, kq_count(x)))
        return q_drop(first, NULL);
    bool ok = add_all(q, &h, kq_longs(first));
    q_hash_release(&h);
    return ok ? first : q_drop(first, NULL);
}

/* Turns first positions into ranks among the distinct items, in place.  The
 * results are the position of the first item of each rank, and how many there
 * are of it. */
static bool rank_firsts(struct q *q, struct kq_obj *first, struct kq_obj **heads,
                        struct kq_obj **counts)
{
    int64_t n = first->n, groups = 0, *f = kq_longs(first);
    *heads = q_vec(q, KQ_LONG, n);
    *counts = *heads ? q_vec(q, KQ_LONG, n) : NULL;
    if (!*counts)
        return q_drop(*heads, NULL);
    for (int64_t i = 0; i < n; i++) {
        bool fresh = f[i] == i;
        int64_t rank = fresh ? groups++ : f[f[i]];
        if (fresh) {
            kq_longs(*heads)[rank] = i;
            kq_longs(*counts)[rank] = 0;
        }
        f[i] = rank; /* later items look their first one's rank up here */
        kq_longs(*counts)[rank]++;
    }
    (*heads)->n = (*counts)->n = groups;
    return true;
}

bool q_ranks(struct q *q, struct kq_obj *x, struct kq_obj **ranks, struct kq_obj **heads,
             struct kq_obj **counts)
{
    *ranks = q_firsts(q, x);
    if (!*ranks)
        return false;
    return rank_firsts(q, *ranks, heads, counts) || q_drop(*ranks, NULL);
}

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

/* Equal floats have equal bits here: one NaN, one zero. */
static uint64_t float_key(double v)
{
    uint64_t bits;
    if (isnan(v))
        return UINT64_C(0x7ff8000000000000);
    v += 0.0;
    memcpy(&bits, &v, sizeof bits);
    return bits;
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
    case KQ_DATETIME: return float_key(kq_float_at(x, i));
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
        return mix(word_at(x, i));
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
    return memcmp(kq_guid_at(x, i), kq_guid_at(y, j), 16) == 0;
}

/* ---- table ------------------------------------------------------------------------------ */

bool q_hash_init(struct q *q, struct q_hash *h, struct kq_obj *list, int64_t n)
{
    size_t slots = 16;
    while (slots < (size_t)n * 2)
        slots *= 2;
    h->list = list;
    h->mask = slots - 1;
    h->slots = NULL;
    if (!kq_obj_charge(slots * sizeof *h->slots))
        return q_fail(q, "wsfull");
    h->slots = calloc(slots, sizeof *h->slots);
    if (h->slots)
        return true;
    kq_obj_discharge(slots * sizeof *h->slots);
    return q_fail(q, "wsfull");
}

void q_hash_release(struct q_hash *h)
{
    if (h->slots)
        kq_obj_discharge((h->mask + 1) * sizeof *h->slots);
    free(h->slots);
    h->slots = NULL;
}

int64_t q_hash_add(struct q_hash *h, int64_t i)
{
    uint64_t at = hash_item(h->list, i) & h->mask;
    for (; h->slots[at]; at = (at + 1) & h->mask) {
        if (q_same_item(h->list, h->slots[at] - 1, h->list, i))
            return h->slots[at] - 1;
    }
    h->slots[at] = i + 1;
    return i;
}

int64_t q_hash_find(const struct q_hash *h, const struct kq_obj *other, int64_t j)
{
    uint64_t at = hash_item(other, j) & h->mask;
    for (; h->slots[at]; at = (at + 1) & h->mask) {
        if (q_same_item(h->list, h->slots[at] - 1, other, j))
            return h->slots[at] - 1;
    }
    return -1;
}

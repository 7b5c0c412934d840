/*
 * tally.c - a hash table of names; histograms only for those that need one.
 */
#include "tally.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
    SAMPLES = 64,
    HISTOGRAMS = 400, /* of 29 KiB each; further names keep a choice of samples */
    KEY_MAX = 4096,
};

struct dump_tallies {
    struct dump_tally **slot; /* open addressing, NULL: free */
    size_t cap, count, max;
    size_t histograms;
    uint64_t random;
    struct dump_tally *last; /* of the previous look-up */
};

struct dump_tallies *dump_tallies_new(size_t max)
{
    struct dump_tallies *t = kq_calloc(1, sizeof *t);
    t->max = max;
    t->cap = 64;
    t->slot = kq_calloc(t->cap, sizeof(struct dump_tally *));
    t->random = 88172645463325252u;
    return t;
}

void dump_tallies_free(struct dump_tallies *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->cap; i++) {
        if (!t->slot[i])
            continue;
        dump_latency_release(&t->slot[i]->latency);
        free(t->slot[i]);
    }
    free(t->slot);
    free(t);
}

static uint64_t hash_of(struct kq_str s)
{
    uint64_t h = s.len, w;
    for (; s.len >= 8; s = kq_str(s.s + 8, s.len - 8)) {
        memcpy(&w, s.s, 8);
        h = (h ^ w) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 32;
    }
    w = 0;
    if (s.len)
        memcpy(&w, s.s, s.len);
    h = (h ^ w) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 29;
}

static struct dump_tally **find(const struct dump_tallies *t, struct kq_str key, uint64_t hash)
{
    size_t i = hash & (t->cap - 1);
    while (t->slot[i] && (t->slot[i]->hash != hash || !kq_str_eq(t->slot[i]->key, key)))
        i = (i + 1) & (t->cap - 1);
    return &t->slot[i];
}

static void grow(struct dump_tallies *t)
{
    struct dump_tally **old = t->slot;
    size_t n = t->cap;
    t->cap *= 2;
    t->slot = kq_calloc(t->cap, sizeof(struct dump_tally *));
    for (size_t i = 0; i < n; i++) {
        if (old[i])
            *find(t, old[i]->key, old[i]->hash) = old[i];
    }
    free(old);
}

struct dump_tally *dump_tallies_at(struct dump_tallies *t, struct kq_str key)
{
    if (t->last && kq_str_eq(t->last->key, key))
        return t->last;
    if (key.len > KEY_MAX)
        key.len = KEY_MAX;
    uint64_t hash = hash_of(key);
    struct dump_tally **at = find(t, key, hash);
    if (!*at && t->count >= t->max) {
        key = kq_strz("(other)");
        hash = hash_of(key);
        at = find(t, key, hash);
    }
    if (!*at) {
        struct dump_tally *x = kq_calloc(1, sizeof *x + key.len);
        char *text = (char *)(x + 1);
        if (key.len)
            memcpy(text, key.s, key.len);
        x->key = kq_str(text, key.len);
        x->hash = hash;
        *at = x;
        if (++t->count * 2 > t->cap) {
            grow(t);
            return t->last = x;
        }
    }
    return t->last = *at;
}

/* ---- latencies ---- */

static void start_histogram(struct dump_tallies *t, struct dump_latency *l)
{
    t->histograms++;
    l->hist = kq_malloc(sizeof *l->hist);
    kq_stats_init(l->hist);
    for (int i = 0; i < SAMPLES; i++)
        kq_stats_add(l->hist, l->sample[i]);
    free(l->sample);
    l->sample = NULL;
}

/* Every latency has the same chance to be among the samples. */
static void choose(struct dump_tallies *t, struct dump_latency *l, int64_t ns)
{
    t->random ^= t->random << 13;
    t->random ^= t->random >> 7;
    t->random ^= t->random << 17;
    uint64_t i = t->random % (l->n + 1);
    if (i < SAMPLES)
        l->sample[i] = ns;
}

void dump_latency_add(struct dump_tallies *t, struct dump_latency *l, int64_t ns)
{
    if (l->hist) {
        kq_stats_add(l->hist, ns);
    } else if (l->n < SAMPLES) {
        if (!l->sample)
            l->sample = kq_malloc(SAMPLES * sizeof *l->sample);
        l->sample[l->n] = ns;
    } else if (l->n == SAMPLES && t->histograms < HISTOGRAMS) {
        start_histogram(t, l);
        kq_stats_add(l->hist, ns);
    } else {
        choose(t, l, ns);
    }
    l->n++;
    l->sum += (double)ns;
    if (ns > l->max)
        l->max = ns;
}

void dump_latency_release(struct dump_latency *l)
{
    free(l->sample);
    free(l->hist);
    l->sample = NULL;
    l->hist = NULL;
}

int64_t dump_latency_total(const struct dump_latency *l)
{
    if (!l->n)
        return -1;
    return l->sum < 9e18 ? (int64_t)l->sum : INT64_MAX;
}

static int by_value(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

int64_t dump_latency_percentile(const struct dump_latency *l, double p)
{
    if (!l->n)
        return -1;
    if (l->hist)
        return kq_stats_percentile(l->hist, p);
    int64_t sorted[SAMPLES];
    size_t n = l->n < SAMPLES ? (size_t)l->n : SAMPLES;
    memcpy(sorted, l->sample, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_value);
    /* The least of them that so many do not exceed. */
    double rank = p / 100 * (double)n;
    size_t i = (size_t)rank;
    if (i && (double)i == rank)
        i--;
    return sorted[i < n ? i : n - 1];
}

/* ---- order ---- */

static int by_cost(const void *a, const void *b)
{
    const struct dump_tally *x = *(struct dump_tally *const *)a,
                            *y = *(struct dump_tally *const *)b;
    if (x->latency.sum != y->latency.sum)
        return x->latency.sum < y->latency.sum ? 1 : -1;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return (x->bytes < y->bytes) - (x->bytes > y->bytes);
}

struct dump_tally **dump_tallies_sorted(const struct dump_tallies *t, size_t *n)
{
    struct dump_tally **all = kq_malloc(t->count * sizeof(struct dump_tally *));
    *n = 0;
    for (size_t i = 0; i < t->cap; i++) {
        if (t->slot[i])
            all[(*n)++] = t->slot[i];
    }
    qsort(all, *n, sizeof(struct dump_tally *), by_cost);
    return all;
}

/*
 * stats.c - bucket i < 64 holds the value i; above, the top seven bits of a
 * value choose its bucket.
 */
#include "base/stats.h"

#include <string.h>

static unsigned bucket_of(uint64_t v)
{
    if (v < KQ_STATS_SUB)
        return (unsigned)v;
    unsigned shift = 57 - (unsigned)__builtin_clzll(v);
    return shift * KQ_STATS_SUB + (unsigned)(v >> shift);
}

/* The middle of a bucket. */
static int64_t value_of(unsigned bucket)
{
    if (bucket < 2 * KQ_STATS_SUB)
        return bucket;
    unsigned shift = bucket / KQ_STATS_SUB - 1;
    uint64_t low = (uint64_t)(bucket % KQ_STATS_SUB + KQ_STATS_SUB) << shift;
    return (int64_t)(low + (UINT64_C(1) << shift) / 2);
}

void kq_stats_init(struct kq_stats *s)
{
    memset(s, 0, sizeof *s);
}

void kq_stats_add(struct kq_stats *s, int64_t ns)
{
    if (ns < 0)
        ns = 0;
    if (s->count == 0 || ns < s->min)
        s->min = ns;
    if (ns > s->max)
        s->max = ns;
    s->count++;
    s->sum += (double)ns;
    s->bucket[bucket_of((uint64_t)ns)]++;
}

void kq_stats_merge(struct kq_stats *s, const struct kq_stats *from)
{
    if (from->count == 0)
        return;
    if (s->count == 0 || from->min < s->min)
        s->min = from->min;
    if (from->max > s->max)
        s->max = from->max;
    s->count += from->count;
    s->sum += from->sum;
    for (unsigned i = 0; i < KQ_STATS_BUCKETS; i++)
        s->bucket[i] += from->bucket[i];
}

double kq_stats_mean(const struct kq_stats *s)
{
    return s->count ? s->sum / (double)s->count : 0;
}

/* How many values, 1..count, must not exceed the percentile. */
static uint64_t rank_of(const struct kq_stats *s, double p)
{
    double want = p * (double)s->count / 100;
    if (want >= (double)s->count)
        return s->count;
    uint64_t rank = (uint64_t)want;
    return rank + ((double)rank < want);
}

int64_t kq_stats_percentile(const struct kq_stats *s, double p)
{
    if (!(p > 0))
        return s->min;
    uint64_t rank = rank_of(s, p), seen = 0;
    if (rank >= s->count)
        return s->max;
    unsigned i = 0;
    while ((seen += s->bucket[i]) < rank)
        i++;
    int64_t v = value_of(i);
    return v < s->min ? s->min : v > s->max ? s->max : v;
}

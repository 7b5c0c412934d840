/*
 * stats.h - a histogram of latencies, for -s and percentiles.
 *
 * Memory is fixed (29 KiB, embed or allocate it once) and adding costs a few
 * instructions, so every message can be counted.  Buckets are linear within a
 * power of two, 64 of them, which makes percentiles exact below 128 ns and
 * good to 0.8 % above; minimum, maximum and mean are exact.
 */
#ifndef KQ_BASE_STATS_H
#define KQ_BASE_STATS_H

#include <stdint.h>

enum { KQ_STATS_SUB = 64, KQ_STATS_BUCKETS = KQ_STATS_SUB * 58 };

struct kq_stats {
    uint64_t count;
    int64_t min, max; /* ns; 0 while count is 0 */
    double sum;       /* ns */
    uint64_t bucket[KQ_STATS_BUCKETS];
};

void kq_stats_init(struct kq_stats *s);

/* Count one latency; below 0 (a clock that was set) counts as 0. */
void kq_stats_add(struct kq_stats *s, int64_t ns);

/* Add all of `from` to `s`. */
void kq_stats_merge(struct kq_stats *s, const struct kq_stats *from);

/* ns; 0 while nothing was added. */
double kq_stats_mean(const struct kq_stats *s);

/*
 * The latency in ns that `p` percent (0..100) of all do not exceed: 50 is the
 * median, 0 the minimum, 100 the maximum.  0 while nothing was added.
 */
int64_t kq_stats_percentile(const struct kq_stats *s, double p);

#endif

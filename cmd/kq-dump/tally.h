/*
 * tally.h - counts, bytes and latencies under a name, for statistics.
 *
 * Memory is bounded: only so many names are kept apart, everything else counts
 * as "(other)", and latencies are exact samples while they are few, then a
 * histogram.
 */
#ifndef KQ_DUMP_TALLY_H
#define KQ_DUMP_TALLY_H

#include "base/stats.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

/* Latencies in ns. */
struct dump_latency {
    uint64_t n;
    double sum;
    int64_t max;
    int64_t *sample;       /* owned; the first few, or a random choice */
    struct kq_stats *hist; /* owned; all of them, when there are many */
};

struct dump_tally {
    struct kq_str key; /* owned */
    uint64_t hash;
    uint64_t count;  /* requests, async messages and objects */
    uint64_t errors; /* responses that are q errors */
    uint64_t bytes;  /* of all messages, without compression */
    uint64_t wire;   /* as sent */
    struct dump_latency latency;
};

/* Requests, or the responses where a filter left those out. */
static inline uint64_t dump_tally_calls(const struct dump_tally *t)
{
    return t->count > t->latency.n ? t->count : t->latency.n;
}

struct dump_tallies;

/* At most `max` names. */
struct dump_tallies *dump_tallies_new(size_t max);
void dump_tallies_free(struct dump_tallies *t);

/* The tally of that name, new ones zeroed; it stays where it is. */
struct dump_tally *dump_tallies_at(struct dump_tallies *t, struct kq_str key);

void dump_latency_add(struct dump_tallies *t, struct dump_latency *l, int64_t ns);
void dump_latency_release(struct dump_latency *l);
/* All of them together, in ns; -1 when there is none. */
int64_t dump_latency_total(const struct dump_latency *l);
/* The latency that `p` percent do not exceed; -1 when there is none. */
int64_t dump_latency_percentile(const struct dump_latency *l, double p);

/* All tallies, those that cost most time first, then those with most calls and bytes.  The
 * array, of *n, is the caller's to free. */
struct dump_tally **dump_tallies_sorted(const struct dump_tallies *t, size_t *n);

#endif

/*
 * series.h - how things change over time, in constant memory.
 *
 * A fixed number of intervals covers the whole time; when it no longer fits,
 * two neighbours become one and all intervals are twice as long.  Each keeps
 * messages, bytes and errors, and the latencies by logarithmic bins.
 */
#ifndef KQ_DUMP_SERIES_H
#define KQ_DUMP_SERIES_H

#include "msg.h"

#include <stdint.h>

enum {
    DUMP_SERIES_N = 240,   /* intervals; an even number */
    DUMP_SERIES_BINS = 176 /* four for each doubling of the latency, from 1 ns */
};

struct dump_interval {
    uint64_t messages, errors;
    uint64_t bytes[2]; /* to the server, to the client */
    uint32_t bin[DUMP_SERIES_BINS];
};

struct dump_series {
    int64_t start_ns; /* of the first interval, since 1970; DUMP_NO_TIME: nothing yet */
    int64_t last_ns;  /* latest time seen */
    int64_t width_ns;
    unsigned n; /* intervals in use */
    struct dump_interval at[DUMP_SERIES_N];
};

void dump_series_init(struct dump_series *s);
void dump_series_add(struct dump_series *s, struct dump_msg *m);

/* Make intervals longer until there are at most `n`. */
void dump_series_coarsen(struct dump_series *s, unsigned n);

/* The bin of a latency; and the least latency of a bin, also between two. */
unsigned dump_series_bin(int64_t ns);
double dump_series_floor(double bin);

/* The latency below which `p` percent of these bins' latencies lie, ns; -1: there are none. */
double dump_series_percentile(const uint32_t bin[DUMP_SERIES_BINS], double p);

#endif

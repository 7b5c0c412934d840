/*
 * findings.h - what somebody on call would want to be told first: when it was
 * slow, what took the time, what failed.
 */
#ifndef KQ_DUMP_FINDINGS_H
#define KQ_DUMP_FINDINGS_H

#include "base/out.h"
#include "series.h"
#include "stats.h"
#include "tally.h"

#include <stdbool.h>

/* A time in which requests took much longer than in the rest. */
struct dump_slow_time {
    unsigned from, to; /* intervals [from, to) */
    double median_ns, otherwise_ns;
};

/* The one that hit most requests; false when there is none. */
bool dump_find_slow_time(const struct dump_series *s, struct dump_slow_time *t);

/* A section of HTML.  `errors` as in report.c; `damaged` messages were not captured whole. */
void dump_findings_put(struct kq_out *o, const struct dump_stats *queries,
                       const struct dump_tallies *errors, const struct dump_series *s,
                       uint64_t damaged);

#endif

/*
 * chart.h - the drawings of the report, as SVG.
 *
 * Heat map and lines over time are drawn twice, for screens and for phones;
 * the others fill half a screen or a whole phone.  An interval says its
 * numbers when the pointer rests on it.
 */
#ifndef KQ_DUMP_CHART_H
#define KQ_DUMP_CHART_H

#include "base/out.h"
#include "series.h"

/* Latency over time: a heat map, with lines for median and 99th percentile. */
void dump_chart_heat(struct kq_out *o, const struct dump_series *s);

/* How many requests took how long, with the same percentiles of all. */
void dump_chart_histogram(struct kq_out *o, const struct dump_series *s);

/* Errors in each interval. */
void dump_chart_errors(struct kq_out *o, const struct dump_series *s);

/* Messages per second. */
void dump_chart_messages(struct kq_out *o, const struct dump_series *s);

/* Bytes per second, to the server and to clients. */
void dump_chart_bytes(struct kq_out *o, const struct dump_series *s);

/* The clock at `when_ns` as precisely as intervals of `step` ns need: 09:35, 09:35:20. */
void dump_chart_clock(struct kq_out *o, int64_t when_ns, int64_t step);

#endif

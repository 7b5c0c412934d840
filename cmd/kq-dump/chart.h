/*
 * chart.h - the drawings of the report, as SVG.
 */
#ifndef KQ_DUMP_CHART_H
#define KQ_DUMP_CHART_H

#include "base/out.h"
#include "series.h"

/* Latency over time: a heat map, with lines for median and 99th percentile. */
void dump_chart_heat(struct kq_out *o, const struct dump_series *s);

/* How many requests took how long. */
void dump_chart_histogram(struct kq_out *o, const struct dump_series *s);

/* Messages per second, errors marked. */
void dump_chart_messages(struct kq_out *o, const struct dump_series *s);

/* Bytes per second, to the server and to clients. */
void dump_chart_bytes(struct kq_out *o, const struct dump_series *s);

#endif

/*
 * report.h - --report: one page about a capture, for whoever is on call.
 *
 * A single HTML file without scripts and without anything from elsewhere:
 * latency over time as a heat map with its percentiles, the distribution of
 * latencies, traffic, the queries that cost most, errors, connections.
 */
#ifndef KQ_DUMP_REPORT_H
#define KQ_DUMP_REPORT_H

#include "base/out.h"
#include "msg.h"

struct dump_report;

struct dump_report *dump_report_new(void);
void dump_report_free(struct dump_report *r);

void dump_report_add(struct dump_report *r, struct dump_msg *m);

/* Write the page; `subject` names what was decoded. */
void dump_report_write(struct dump_report *r, struct kq_out *o, const char *subject);

#endif

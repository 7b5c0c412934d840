/*
 * report.h - what a run cost: --time, --write-out, --stats, --ping.
 */
#ifndef KQ_SEND_REPORT_H
#define KQ_SEND_REPORT_H

#include "base/out.h"
#include "base/stats.h"
#include "link.h"

#include <stdbool.h>
#include <stdint.h>

/* Counted while running. Times are monotonic ns, 0: did not happen. */
struct send_report {
    int64_t start_ns;      /* of the program's work */
    int64_t sent_ns;       /* the first request was written */
    int64_t first_byte_ns; /* of the first answer */
    int64_t end_ns;
    struct kq_timing timing; /* of the connection */
    uint64_t bytes_in, bytes_out;
    uint64_t zipped; /* compressed size of the last answer, 0: it was plain */
    uint64_t requests, answers, errors, others; /* others: async and sync from the server */
    struct kq_stats *latency;                   /* owned; NULL: not wanted */
    const struct kq_addr *target;
    int status;
};

void send_report_release(struct send_report *r);

/* Take the connection's figures before it is closed. */
void send_report_link(struct send_report *r, struct send_link *l);

/* "resolve 0.01 ms, connect 0.05 ms, ..." */
void send_report_time(const struct send_report *r, struct kq_out *o);

/* Counters and percentiles as text or as one JSON object. */
void send_report_stats(const struct send_report *r, struct kq_out *o, bool json);

/*
 * curl's notation: %{name}, %%, \n \t \r \\; %{stdout} and %{stderr} choose
 * where the rest goes (stderr first).  An unknown name stands for itself.
 */
void send_report_write_out(const struct send_report *r, const char *template_text,
                           struct kq_out *out, struct kq_out *err_out);

/* "pong 0.213 ms" */
void send_report_pong(const struct send_report *r, struct kq_out *o);

#endif

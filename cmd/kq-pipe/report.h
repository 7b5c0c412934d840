/*
 * report.h - what kq-pipe says about its work: progress, --stats, --state, and
 * the notes to systemd.
 */
#ifndef KQ_PIPE_REPORT_H
#define KQ_PIPE_REPORT_H

#include "base/err.h"
#include "cli/progress.h"
#include "deliver.h"
#include "opts.h"

#include <stdbool.h>
#include <stdint.h>

struct pipe_report {
    const struct pipe_opts *o;
    struct kq_progress progress;
    int64_t start_ns;
    uint64_t rows, bytes, batches; /* made of the input */
    uint64_t rejected;             /* rows */
    int64_t last_ns;               /* of the last progress line, */
    uint64_t last_rows;            /* and the rows then: for the speed */
};

void pipe_report_init(struct pipe_report *r, const struct pipe_opts *o);

/* Show the progress line if it is time (`now`: in any case, on a line of its own). */
void pipe_report_progress(struct pipe_report *r, const struct pipe_target *t, size_t n, bool now);

/* At the end: clear the progress line, --stats to stderr, --state; KQ_EIO. */
bool pipe_report_end(struct pipe_report *r, const struct pipe_target *t, size_t n, int status,
                     struct kq_err *err);

/* Tell systemd "READY=1" and the like, when it asked by $NOTIFY_SOCKET. */
void pipe_notify(const char *state);

#endif

/*
 * run.h - what happens to every message: filter, count, sinks, faults.
 *
 * The sources know only run->next; the run knows nothing about where messages
 * come from but the name to blame.
 */
#ifndef KQ_DUMP_RUN_H
#define KQ_DUMP_RUN_H

#include "cli/prog.h"
#include "cli/progress.h"
#include "filter.h"
#include "flow.h"
#include "input.h"
#include "msg.h"
#include "opts.h"
#include "report.h"
#include "sink.h"
#include "stats.h"
#include "stream.h"

struct dump_run {
    struct dump_next next; /* where sources put messages */
    const struct dump_opts *opts;
    const struct kq_prog *prog;
    struct dump_signals signals;
    struct dump_streams streams;
    struct dump_flows *flows; /* of captures, or NULL; owned */
    struct dump_filter *filter;
    struct dump_sink *sink;
    struct dump_sink *record; /* -w, or NULL */
    struct kq_out record_out;
    struct dump_stats *stats;   /* -s, or NULL; owned */
    struct dump_report *report; /* --report, or NULL; owned */
    struct kq_progress progress;
    struct kq_out *out;
    const char *subject; /* name of the input */
    const char *first;   /* of the first one */
    unsigned n_inputs;
    uint64_t shown;        /* messages */
    uint64_t valid, bytes; /* --check: good messages of this input and their bytes */
    bool stop;             /* want no more */
    int status;            /* exit status so far */
};

/* `out` and `opts` stay the caller's.  False with KQ_EUSAGE or KQ_EIO. */
bool dump_run_init(struct dump_run *r, const struct dump_opts *opts, const struct kq_prog *prog,
                   struct kq_out *out, struct kq_err *err);

/* Everything was put: the sinks end.  Returns the exit status. */
int dump_run_end(struct dump_run *r);
void dump_run_release(struct dump_run *r);

/* Say what is wrong with the input; decides the status.  False: stop. */
bool dump_run_fault(struct dump_run *r, const struct kq_err *err);

/* Between two blocks of input: signals, progress.  False: stop. */
bool dump_run_tick(struct dump_run *r, const struct dump_input *in);

#endif

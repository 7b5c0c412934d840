/*
 * run.h - the flow: read, parse, cut, push, and wait for confirmation.
 *
 * Reading begins when the servers are there and stops while one of them has
 * too much unconfirmed, so nothing is read that nobody will get.  The end of
 * input, a rejected row and SIGTERM all lead the same way: send what there is,
 * have it confirmed, and say honestly what was not.
 */
#ifndef KQ_PIPE_RUN_H
#define KQ_PIPE_RUN_H

#include "base/err.h"
#include "base/out.h"
#include "batch.h"
#include "cli/prog.h"
#include "connect.h"
#include "deliver.h"
#include "intake.h"
#include "net/record.h"
#include "opts.h"
#include "pace.h"
#include "reject.h"
#include "report.h"
#include "schema.h"
#include "source.h"

#include <stdbool.h>
#include <stdint.h>

struct pipe_run {
    const struct kq_prog *prog;
    const struct pipe_opts *o;
    struct kq_out *out; /* --tee and --dry-run */
    struct kq_loop *loop;

    struct pipe_schema schema;
    struct pipe_builder builder;
    struct pipe_rejects rejects;
    struct pipe_intake intake;
    struct pipe_source source;
    struct pipe_target *targets;
    size_t n_targets;
    struct pipe_batch *parts; /* of the batch being cut: one for each server, or one */
    struct kq_record record;  /* -w */
    bool recording;
    struct pipe_report report;

    enum {
        PIPE_CONNECTING, /* nothing has been read */
        PIPE_READING,
        PIPE_ENDING, /* everything is sent or queued: wait for confirmation */
        PIPE_OVER,
    } stage;
    bool stalled;  /* reading waits for room, or for --rate */
    bool file_end; /* the source's file has ended, its last bytes are in the window */
    int status;    /* of the first problem; 0 */
    int signo;     /* that asked us to end */
    struct kq_timer linger, rate, drain, deadline, tick;
    struct kq_signal on_int, on_term, on_hup, on_usr1;
    double tokens;     /* --rate: rows that may be taken */
    int64_t filled_ns; /* and when that was counted */
    uint64_t taken;    /* rows, for --count */
    struct pipe_pace pace;
};

/*
 * Do all of it and return the exit status.  `addresses` are the servers (none
 * for a dry run), `files` the operands behind TARGET.
 */
int pipe_run(const struct kq_prog *prog, const struct pipe_opts *o, struct pipe_address *addresses,
             size_t n_addresses, char *const *files, size_t n_files, struct kq_out *out);

#endif

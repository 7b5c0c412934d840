/*
 * opts.h - kq-pipe's command line.
 */
#ifndef KQ_PIPE_OPTS_H
#define KQ_PIPE_OPTS_H

#include "base/err.h"
#include "cli/opt.h"
#include "cli/opt_common.h"
#include "cli/opt_conn.h"
#include "cli/opt_format.h"
#include "cli/opt_tls.h"

/* Positions of the words of the enums below, as in the tables of opts.c. */
enum pipe_input {
    PIPE_CSV,
    PIPE_TSV,
    PIPE_JSONL,
    PIPE_LINES,
    PIPE_BYTES,
    PIPE_FIXED,
    PIPE_IPC,
    PIPE_TPLOG,
    PIPE_PCAP,
};
enum pipe_shape { PIPE_COLUMNS, PIPE_TABLE, PIPE_ROWS };
enum pipe_on_error { PIPE_STOP, PIPE_SKIP_ROW, PIPE_NULL };
enum pipe_on_full { PIPE_BLOCK, PIPE_DROP_OLD, PIPE_DROP_NEW, PIPE_EXIT };
enum pipe_sync { PIPE_SYNC_NEVER, PIPE_SYNC_BATCH, PIPE_SYNC_ACK };

/* What the input looks like. */
struct pipe_in {
    int input;             /* enum pipe_input */
    const char *types;     /* NULL: not given */
    const char *columns;   /* name:type,... */
    const char *schema;    /* "server", a file, NULL or "none" */
    const char *delimiter; /* NULL: by the format */
    bool header;
    const char *widths; /* N,N,... */
    const char *quote;  /* one character, or "none" */
    const char *escape; /* one character */
    const char *na;
    const char *time_zone; /* UTC, +hh:mm or a name */
    int epoch;             /* 0: none; 1..4: s ms us ns */
    const char **add;      /* name=VALUE, in order; owned array */
    size_t n_add;
    uint64_t max_record;

    bool reopen;
    bool follow;
    int on_error; /* enum pipe_on_error */
    const char *reject;
    int64_t max_errors;
    int64_t rate; /* rows per second, 0: none */
    double pace;  /* 0: none; 1 as it was, 10 ten times as fast */
    bool tee;
};

/* What is sent. */
struct pipe_out {
    const char *table;
    const char *call;
    int shape; /* enum pipe_shape */
    int64_t batch;
    uint64_t batch_bytes;
    int64_t linger_ns;
    bool dry_run;
};

/* How it is delivered. */
struct pipe_flow {
    bool async; /* the default, for symmetry with kq-send */
    bool sync;
    int64_t ack_every;
    int64_t ack_timeout_ns; /* 0: none */
    uint64_t buffer;
    const char *spool;
    int spool_sync; /* enum pipe_sync */
    int on_full;    /* enum pipe_on_full */
    int64_t reconnect;
    bool once_only;
    int64_t drain_ns;
    const char *shard_by;
    int progress; /* enum kq_when */
    const char *state;
};

struct pipe_opts {
    struct kq_opt_common common;
    struct kq_opt_format format;
    struct kq_opt_conn conn;
    struct kq_opt_tls tls;
    struct pipe_in in;
    struct pipe_out out;
    struct pipe_flow flow;
};

extern const struct kq_tool pipe_tool;

/* Start values. */
void pipe_opts_init(struct pipe_opts *o);
void pipe_opts_release(struct pipe_opts *o);

/* Fill what depends on other options, and refuse what does not go together;
 * KQ_EUSAGE. */
bool pipe_opts_check(struct pipe_opts *o, const struct kq_opts *p, struct kq_err *err);

/* Is the input made of typed fields (csv, tsv, jsonl, fixed)? */
static inline bool pipe_is_typed(int input)
{
    return input == PIPE_CSV || input == PIPE_TSV || input == PIPE_JSONL || input == PIPE_FIXED;
}
/* Are messages forwarded as they are? */
static inline bool pipe_is_forward(int input)
{
    return input == PIPE_IPC || input == PIPE_TPLOG || input == PIPE_PCAP;
}

/* The character that an option names: itself, \t, \x01, \0; -1 for "none". */
bool pipe_opt_char(const char *name, const char *text, int *c, struct kq_err *err);

#endif

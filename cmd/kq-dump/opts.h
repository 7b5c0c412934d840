/*
 * opts.h - what kq-dump can be told: its own option groups beside the shared
 * ones, in one struct that every stage reads and none changes.
 */
#ifndef KQ_DUMP_OPTS_H
#define KQ_DUMP_OPTS_H

#include "cli/opt.h"
#include "cli/opt_common.h"
#include "cli/opt_format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the input is. */
enum dump_input_kind {
    DUMP_IN_AUTO,
    DUMP_IN_PCAP,    /* pcap and pcapng */
    DUMP_IN_IPC,     /* messages one after the other */
    DUMP_IN_TPLOG,   /* tickerplant log or other q file */
    DUMP_IN_PAYLOAD, /* objects without headers */
    DUMP_IN_HEX,     /* any of these as hex digits */
    DUMP_IN_WIRE,    /* recording of -w */
};

enum dump_gap { DUMP_GAP_RESYNC, DUMP_GAP_STOP, DUMP_GAP_REPORT };
enum dump_by { DUMP_BY_FN, DUMP_BY_CONN, DUMP_BY_USER, DUMP_BY_TABLE, DUMP_BY_QUERY };
enum dump_split { DUMP_SPLIT_TABLE, DUMP_SPLIT_CONN, DUMP_SPLIT_FN };

/* Where messages come from. */
struct dump_from {
    int input;             /* enum dump_input_kind */
    const char *interface; /* live capture, or NULL */
    const char *bpf;       /* capture filter expression, or NULL */
    const char *ports;     /* "5010,5020-5030", or NULL */
    uint64_t max_memory;   /* for everything that waits for more bytes; 0: no limit */
    int gap;               /* enum dump_gap */
    bool follow;
    bool relaxed;
    bool strict;
};

/* Which of them. */
struct dump_which {
    const char *hosts; /* "10.0.0.1,::1", or NULL */
    int64_t stream;    /* connection number, 0: all */
    const char *kinds; /* "async,sync", or NULL */
    const char *fns;
    const char *tables;
    uint64_t min_size;
    int64_t slow_ns;
    bool errors;
    int64_t skip;
    const char *from, *to; /* time or "#N", or NULL */
};

/* What to make of them. */
struct dump_show {
    bool tree;          /* -F tree */
    const char *fields; /* columns of csv and text, or NULL */
    int by;             /* enum dump_by */
    int pair;           /* 0 yes, 1 no */
    int64_t width;      /* columns of a line of text, 0: any, -1: not given */
    bool secrets;
    bool check;
    const char *repair; /* file for the good records, or NULL */
    int split;          /* enum dump_split, -1: no */
    const char *report; /* HTML file, or NULL */
    int progress;       /* enum kq_when */
};

struct dump_opts {
    struct kq_opt_common common;
    struct kq_opt_format format;
    struct dump_from from;
    struct dump_which which;
    struct dump_show show;
};

extern const struct kq_tool dump_tool;

/* Everything at its default. */
void dump_opts_init(struct dump_opts *o);

/* Options that contradict each other: KQ_EUSAGE. */
bool dump_opts_check(struct dump_opts *o, struct kq_err *err);

#endif

/*
 * opts.h - what kq-listen can be told on its command line.
 */
#ifndef KQ_LISTEN_OPTS_H
#define KQ_LISTEN_OPTS_H

#include "cli/opt.h"
#include "cli/opt_common.h"
#include "cli/opt_format.h"
#include "cli/opt_tls.h"

#include <stdbool.h>
#include <stdint.h>

enum lst_log { LST_LOG_AUTO, LST_LOG_TEXT, LST_LOG_JSON, LST_LOG_NONE };

/* Values of a repeatable option, in order; the strings belong to argv. */
struct lst_words {
    const char **word;
    int n;
};

struct lst_server_opts {
    struct lst_words ports;  /* -p and listener operands */
    const char *script;      /* SCRIPT.q, NULL: none */
    const char *port_file;   /* NULL: do not write one */
    int64_t ready_fd;        /* -1: none */
    int64_t timer_ms;        /* .z.ts every so often, 0: never */
    int family;              /* 0, 4 or 6 */
    int64_t max_conns;       /* 0: no limit */
    int64_t idle_timeout_ns; /* 0: none */
    int64_t timeout_ns;      /* idle server: end after so long without a connection */
    bool once;               /* end after the first connection */
    bool no_qcon;
    bool no_http;
    uint64_t max_queue; /* bytes that may wait for one client, 0: any number */
    int64_t capability; /* largest to grant */
    int compress;       /* 0 auto, 1 always, 2 never */
    int endian;         /* 1: answer big-endian */
    int log;            /* enum lst_log */
};

struct lst_access_opts {
    const char *users;         /* -U FILE */
    const char *restrict_arg;  /* -u 1|FILE */
    bool block_writes;         /* -b */
    const char *files;         /* --allow-files DIR */
    int64_t query_timeout_ns;  /* -T, 0: none */
    int64_t memory_mb;         /* --memory, 0: none */
    int64_t tls_mode;          /* enum lst_tls_mode: 0 plain, 1 both, 2 TLS only */
    const char *verify_client; /* NULL: the environment decides */
};

struct lst_answer_opts {
    struct lst_words replies;   /* -R */
    const char *rules;          /* -f FILE */
    const char *otherwise;      /* --default VALUE, NULL: not given */
    const char *exec;           /* -X CMD */
    int64_t exec_limit;         /* children at a time */
    int reply_format;           /* enum lst_reply_format */
    const char *proxy;          /* --proxy TARGET */
    const char *replay;         /* --replay FILE */
    bool replay_timing, strict; /* --replay-timing, --strict */
};

struct lst_fault_opts {
    struct lst_words faults; /* --fault SPEC */
    int64_t seed;            /* --seed, -1: by the clock */
};

struct lst_record_opts {
    struct lst_words expect; /* --expect RE */
    bool in_order;
    const char *push;    /* --push FILE */
    int64_t interval_ns; /* between pushed records */
    double pace;         /* 0: none; 1 as the records say, 10 ten times as fast */
    const char *tplog;   /* --tplog FILE */
};

struct lst_opts {
    struct kq_opt_common common;
    struct kq_opt_format format;
    struct lst_server_opts server;
    struct lst_access_opts access;
    struct lst_answer_opts answer;
    struct lst_fault_opts fault;
    struct lst_record_opts record;
    struct kq_opt_tls tls;
};

extern const struct kq_tool lst_tool;

void lst_opts_init(struct lst_opts *o);
void lst_opts_release(struct lst_opts *o);

/* Sort operands into the script and listeners; KQ_EUSAGE when there is a
 * second script. */
bool lst_opts_operands(struct lst_opts *o, char **operands, int n, struct kq_err *err);

#endif

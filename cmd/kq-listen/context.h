/*
 * context.h - what the parts of a running server share.
 *
 * server.c owns and fills it; the others borrow it.
 */
#ifndef KQ_LISTEN_CONTEXT_H
#define KQ_LISTEN_CONTEXT_H

#include "auth.h"
#include "base/out.h"
#include "base/stats.h"
#include "cli/prog.h"
#include "expect.h"
#include "fault.h"
#include "journal.h"
#include "listeners.h"
#include "net/addr.h"
#include "net/loop.h"
#include "net/tls.h"
#include "opts.h"
#include "q/q.h"
#include "rules.h"
#include "sessions.h"
#include "tplogger.h"

struct lst_exec;
struct lst_exchange;
struct lst_proxy;
struct lst_pusher;
struct lst_replay;

struct lst_context {
    const struct lst_opts *opts;
    const struct kq_prog *prog;
    struct kq_loop *loop;
    struct q *q;
    struct kq_out *out;      /* standard output: what q prints, and the log */
    struct lst_users *users; /* NULL: everybody may log in */
    struct lst_journal journal;
    struct lst_listeners listeners;
    struct lst_sessions sessions;
    struct lst_rules rules;
    struct lst_reply otherwise; /* what to do when no rule fits */
    struct lst_reply unmatched; /* and when the recording does not know it either */
    struct lst_faults faults;
    struct lst_expect expect;
    struct lst_tplog tplog;        /* --tplog, when its fd is not -1 */
    struct kq_record *record;      /* -w, or NULL */
    struct kq_tls_ctx *client_tls; /* made when first needed, or NULL */
    struct lst_exec *exec;         /* --exec, or NULL */
    struct lst_proxy *proxy;       /* --proxy, or NULL */
    struct lst_replay *replay;     /* --replay, or NULL */
    struct lst_pusher *pusher;     /* --push, or NULL */
    struct lst_exchange *current;  /* the request that is being evaluated, or NULL */
    struct kq_buf frame;           /* for encoding: used again and again */
    struct kq_stats latency;       /* of requests, for -s */
    int64_t messages;              /* received so far, for -c */
    int exit_status;
    bool announced; /* whoever waits for the server knows its port */
    bool stopping;
    bool no_more;      /* messages are not handled any more: -c has been reached */
    int64_t timer_ms;  /* \t */
    bool block_writes; /* -b, \_ */
    int files_fd;      /* the folder of --allow-files, -1: none */
    int home_fd;       /* the folder of .h.HOME, whose files are served; -1: none */
    int tls_mode;      /* -E */
    /* What server.c does for the others. */
    void (*on_settled)(struct lst_context *c); /* while stopping: a session may be done */
    void (*set_timer)(struct lst_context *c, int64_t ms);
    bool (*load_users)(struct lst_context *c, struct kq_err *err);
};

/* A connection is over: with --once that is the end of the server. */
void lst_session_ended(struct lst_context *c);

/* A message was dealt with: with -c it may have been the last. */
void lst_count_message(struct lst_context *c);

/* Make client_tls if `a` needs it; KQ_EUSAGE or KQ_ECONNECT. */
bool lst_need_client_tls(struct lst_context *c, const struct kq_addr *a, struct kq_err *err);

/* End the server, once what is owed has been answered, with this status. */
void lst_stop(struct lst_context *c, int status);

#endif

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
#include "journal.h"
#include "listeners.h"
#include "net/loop.h"
#include "opts.h"
#include "q/q.h"
#include "sessions.h"

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
    struct kq_record *record; /* -w, or NULL */
    struct kq_stats latency;  /* of requests, for -s */
    int64_t messages;         /* received so far, for -c */
    int64_t connections;      /* accepted so far */
    int exit_status;
    bool stopping;
};

/* A connection is over: with --once that is the end of the server. */
void lst_session_ended(struct lst_context *c);

/* End the server after the current callbacks, with this status. */
void lst_stop(struct lst_context *c, int status);

#endif

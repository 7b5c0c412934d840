/*
 * exchange.h - a received message on its way to its answer.
 *
 * Most are answered at once and live on the stack of whoever takes them; one
 * that has to wait (a delay, a child process) moves to the heap and belongs to
 * its session, which reads nothing more until the answer has gone: that keeps
 * the answers of a connection in order.
 */
#ifndef KQ_LISTEN_EXCHANGE_H
#define KQ_LISTEN_EXCHANGE_H

#include "net/loop.h"
#include "obj/obj.h"
#include "rules.h"
#include "sessions.h"
#include "wire/header.h"

#include <stdbool.h>
#include <stdint.h>

struct lst_exchange {
    struct lst_session *session; /* borrowed */
    enum kq_kind kind;           /* KQ_SYNC: an answer is expected */
    struct kq_msg msg;           /* as it came; borrowed until it is held */
    struct kq_obj *request;      /* its value; borrowed until it is held */
    int64_t began_ns;            /* kq_mono_ns when it was taken */
    int64_t number;              /* in the log, -1: not there */
    uint64_t faults;             /* that strike it: bits of lst_faults */
    struct lst_reply reply;      /* what to do; borrowed until it is held */
    bool answered;               /* or needs no answer any more */

    /* While it is held. */
    struct kq_timer timer; /* a delay, while it runs */
    void *helper;          /* what works on it, or NULL, and how to stop that */
    void (*cancel)(struct lst_exchange *x);
};

/* Answer a sync request with `value` or (NULL) the q error `error`, once, and log it. */
void lst_answer(struct lst_exchange *x, const struct kq_obj *value, const char *error);
/* The same with a ready message, of which `value` (may be NULL) is for the log. */
void lst_answer_frame(struct lst_exchange *x, struct kq_rcbuf *buf, size_t off, size_t len,
                      const struct kq_obj *value);
/* The answer to a request that q code put off with -30!. */
bool lst_answer_deferred(struct lst_session *s, const struct kq_obj *value, const char *error,
                         struct kq_err *err);

/* Move to the heap, with references of its own, and make the session wait for it. */
struct lst_exchange *lst_exchange_hold(const struct lst_exchange *x);
/* The wait is over: the session lets go of it and reads on. */
void lst_exchange_done(struct lst_exchange *x);
/* The session has ended: stop what works on the one it holds. */
void lst_exchange_drop(struct lst_session *s);

#endif

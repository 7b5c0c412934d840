/*
 * signals.h - SIGTERM, SIGINT and SIGHUP, also while q code runs.
 *
 * The loop does not turn during an evaluation, so a handler there would come
 * too late for a request that never ends.  The signals stay blocked and are
 * read from a descriptor; the evaluator asks now and then whether one waits.
 */
#ifndef KQ_LISTEN_SIGNALS_H
#define KQ_LISTEN_SIGNALS_H

#include "base/err.h"
#include "net/loop.h"

#include <stdbool.h>
#include <stdint.h>

/* Set `fn` and `arg`, the rest is private. */
struct lst_signals {
    void (*fn)(void *arg, int signo); /* called from the loop */
    void *arg;
    int fd;           /* -1: not watched */
    int64_t since_ns; /* when SIGTERM was first seen to wait, 0: it does not */
    struct kq_watch watch;
};

bool lst_signals_watch(struct lst_signals *s, struct kq_loop *loop, struct kq_err *err);
void lst_signals_stop(struct lst_signals *s);

/*
 * Is the request that runs to end?  At once for SIGINT, as in kdb+: it is meant
 * for that request and does not come to `fn`.  For a SIGTERM that has waited for
 * `patience_ms`.
 */
bool lst_signals_interrupt(struct lst_signals *s, int64_t patience_ms);

#endif

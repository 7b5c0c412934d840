/*
 * exec.h - --exec: a shell command answers requests.
 *
 * Each request starts `sh -c CMD`: the request comes on its standard input in
 * the form of -F, and what it prints is read in the form of --reply-format.
 * KQ_PEER, KQ_USER, KQ_KIND and KQ_HANDLE tell it who asks.  At most
 * --exec-limit children run at a time; further requests wait for one to end.
 */
#ifndef KQ_LISTEN_EXEC_H
#define KQ_LISTEN_EXEC_H

#include "exchange.h"
#include "net/loop.h"
#include "shape.h"

#include <stdint.h>

struct lst_child;

/* The children of a server; zero it and fill the first group. */
struct lst_exec {
    const char *command;
    int64_t limit;
    enum lst_reply_format format;
    int64_t timeout_ms; /* of one child, 0: none */

    int running;                     /* private */
    struct lst_child *first, **last; /* those that wait to be started */
};

/* Answer with what the command prints; the exchange is held meanwhile. */
void lst_exec_run(struct lst_exchange *x);

#endif

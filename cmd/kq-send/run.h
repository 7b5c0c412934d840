/*
 * run.h - the exchange: requests out, answers in, until there is nothing left.
 *
 * Straight-line code over a link: fill the pipeline, write, print what has
 * been printed so far, wait for an answer.  What the server sends of its own
 * accord in between is never taken for an answer.
 */
#ifndef KQ_SEND_RUN_H
#define KQ_SEND_RUN_H

#include "cli/prog.h"
#include "link.h"
#include "opts.h"
#include "output.h"
#include "report.h"
#include "request.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* What the stages of a run share. */
struct send_session {
    const struct send_opts *o;
    const struct kq_prog *prog;
    const char *target; /* for messages */
    int64_t deadline;   /* of the whole operation, KQ_NEVER */
    volatile sig_atomic_t *stop;
    struct send_link link;
    struct send_output *output;
    struct send_report *report;
    int64_t pushed; /* async messages printed with --subscribe */
    int status;     /* exit status so far */
    bool asked;     /* something was sent that the server may still be working on */
};

/*
 * Do all that the options ask for over the open link; errors are printed as
 * they come.  Returns the exit status.
 */
int send_run(struct send_session *s, struct send_request *r);

/* Print an error about the target and note its code as exit status, unless
 * there is one already. False. */
bool send_fail(struct send_session *s, const struct kq_err *err);

#endif

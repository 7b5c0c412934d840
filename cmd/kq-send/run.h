/*
 * run.h - the exchange: requests out, answers in, until there is nothing left.
 *
 * Straight-line code over a link: fill the pipeline, write, print what has
 * been printed so far, wait for an answer.  What the server sends of its own
 * accord in between is never taken for an answer.
 */
#ifndef KQ_SEND_RUN_H
#define KQ_SEND_RUN_H

#include "frame.h"
#include "request.h"
#include "state.h"

/*
 * Do all that the options ask for over the open link; errors are printed as
 * they come.  Returns the exit status.
 */
int send_run(struct send_session *s, struct send_request *r);

/* How the messages of this session are encoded for its peer. */
void send_framer_init(struct send_framer *f, struct send_session *s);

#endif

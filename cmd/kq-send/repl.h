/*
 * repl.h - --interactive: a prompt, the server's answers, and what it sends
 * meanwhile.
 *
 * The session outlives the connection: when the server goes away that is said
 * at once, and the next line connects again.
 */
#ifndef KQ_SEND_REPL_H
#define KQ_SEND_REPL_H

#include "connect.h"
#include "run.h"

/* Shall there be a prompt?  When --interactive says so, or when somebody sits at a
 * terminal and nothing else was asked for. */
bool send_repl_wanted(const struct send_opts *o, const struct send_target *t, int n_operands);

/* Options that make no sense at a prompt: KQ_EUSAGE. */
bool send_repl_check(const struct send_opts *o, const struct send_target *t, int n_operands,
                     struct kq_err *err);

/*
 * Connect, then read and run entries until \\, the end of input or SIGTERM.
 * s->status becomes the exit status: from a terminal q errors do not count,
 * from a pipe the first error decides.
 */
void send_repl(struct send_session *s, const struct send_target *t);

#endif

/*
 * session.h - one connection from its beginning to the reports at its end.
 */
#ifndef KQ_SEND_SESSION_H
#define KQ_SEND_SESSION_H

#include "cli/prog.h"
#include "connect.h"
#include "opts.h"
#include "request.h"

/*
 * Send what `request` holds to the target, which may be a file, and print what
 * comes back; or, with NULL, prompt for queries (repl.h).  Errors are printed.  The passwords in `t` are wiped once they have served.  Returns the exit status.
 */
int send_session_run(const struct kq_prog *prog, struct send_target *t, const struct send_opts *o,
                     struct send_request *request);

#endif

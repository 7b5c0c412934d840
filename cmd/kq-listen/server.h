/*
 * server.h - the running server: sockets, evaluator, signals, start and end.
 */
#ifndef KQ_LISTEN_SERVER_H
#define KQ_LISTEN_SERVER_H

#include "base/out.h"
#include "cli/prog.h"
#include "opts.h"

/*
 * Listen, load the script, serve until told to stop; returns the exit status.
 * Errors have been printed.  `out` is standard output.
 */
int lst_serve(const struct lst_opts *opts, const struct kq_prog *prog, struct kq_out *out);

#endif

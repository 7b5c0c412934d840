/*
 * prog.h - start and end of a program, and the one place that prints errors.
 *
 * A tool's main parses with kq_prog_start, works, and returns what
 * kq_prog_end says: no output is lost without exit status 9, and a closed
 * pipe ends it as silently as SIGPIPE would.
 */
#ifndef KQ_CLI_PROG_H
#define KQ_CLI_PROG_H

#include "base/err.h"
#include "base/out.h"
#include "cli/opt.h"
#include "cli/opt_common.h"

#include <stdbool.h>
#include <stddef.h>

enum { KQ_EXIT_SIGINT = 130, KQ_EXIT_SIGPIPE = 141, KQ_EXIT_SIGTERM = 143 };

struct kq_prog {
    const char *name; /* "kq-send" */
    bool json;        /* errors as JSON objects: set it once the format is known */
    bool bare;        /* q errors stand alone, as on a q console: 'type */
    const struct kq_opt_common *common; /* for --color; NULL: none */
};

/*
 * Parse the command line into p->base and answer what needs no work: --help,
 * --version, --completions, bad options.  -1: go on; otherwise the exit
 * status.  `common` is the group inside p->base; `prog` is filled and the log
 * (base/log.h) set up.
 */
int kq_prog_start(struct kq_prog *prog, struct kq_opts *p, struct kq_opt_common *common, int argc,
                  char **argv);

/*
 * Print "kq-send: subject: problem" on stderr, or with prog->json
 * {"error":...,"kind":"timeout","code":5,"target":subject}.  `subject` may be NULL.
 * Returns err->code, so that a failing stage can end in one line.
 */
int kq_prog_error(const struct kq_prog *prog, const char *subject, const struct kq_err *err);

/* The same for an error of the server, whose text may be of any length; returns KQ_EQ. */
int kq_prog_qerror(const struct kq_prog *prog, const char *subject, const char *text, size_t len);

/*
 * Flush and close the data output (`name` for messages: "standard output" or
 * the file) and return the exit status: `status`, or 9 with a message when
 * output was lost, or 141 without one when the reader of a pipe went away.
 */
int kq_prog_end(const struct kq_prog *prog, struct kq_out *out, const char *name, int status);

#endif

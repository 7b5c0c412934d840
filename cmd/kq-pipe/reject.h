/*
 * reject.h - rows that cannot be sent: stop, or note them and go on.
 */
#ifndef KQ_PIPE_REJECT_H
#define KQ_PIPE_REJECT_H

#include "base/err.h"
#include "base/out.h"
#include "base/str.h"
#include "opts.h"

#include <stdbool.h>
#include <stdint.h>

struct pipe_rejects {
    int on_error;      /* enum pipe_on_error */
    const char *path;  /* --reject, NULL: none */
    struct kq_out out; /* opened with the first rejected row */
    int fd;
    uint64_t count;
};

void pipe_rejects_init(struct pipe_rejects *r, const struct pipe_in *in);

/*
 * The record `text` of line `line` cannot be sent.  True: go on without it.
 * False: stop, with KQ_EDATA "file:line: reason" (or KQ_EIO when the file of
 * rejected lines cannot be written).
 */
bool pipe_reject(struct pipe_rejects *r, const char *file, uint64_t line, struct kq_str text,
                 const char *reason, struct kq_err *err);

/* Write what is buffered and close; KQ_EIO. */
bool pipe_rejects_close(struct pipe_rejects *r, struct kq_err *err);

#endif

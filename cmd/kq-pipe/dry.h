/*
 * dry.h - --dry-run: what would be sent, in any format, without a server.
 */
#ifndef KQ_PIPE_DRY_H
#define KQ_PIPE_DRY_H

#include "base/err.h"
#include "base/out.h"
#include "batch.h"
#include "opts.h"

#include <stdbool.h>

/* What stands in front of all messages: the head of a log. */
void pipe_dry_begin(struct kq_out *out, const struct pipe_opts *o);

/* Print the messages of a batch; formats that show values print the first one only. */
bool pipe_dry_print(struct kq_out *out, const struct pipe_opts *o, const struct pipe_batch *b,
                    struct kq_err *err);

/* Does the format want one message only? */
bool pipe_dry_is_one(const struct pipe_opts *o);

#endif

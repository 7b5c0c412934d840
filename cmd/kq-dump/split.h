/*
 * split.h - --split: an output file for each table, connection or function.
 */
#ifndef KQ_DUMP_SPLIT_H
#define KQ_DUMP_SPLIT_H

#include "sink.h"

/*
 * A sink that passes each message to a sink of its own file in the folder that
 * -o names, which is made.  env->out is not used.  NULL with KQ_EIO or
 * KQ_EUSAGE.
 */
struct dump_sink *dump_split_new(const struct dump_sink_env *env, struct kq_err *err);

/* The first failure to write a file; code 0: none. */
const struct kq_err *dump_split_error(const struct dump_sink *s);

#endif

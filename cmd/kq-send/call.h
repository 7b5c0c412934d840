/*
 * call.h - (FUNC; ARG; ...) from words of the command line.
 *
 * Arguments become typed values here and are never spliced into q text, so
 * nothing in them can run on the server.
 */
#ifndef KQ_SEND_CALL_H
#define KQ_SEND_CALL_H

#include "base/err.h"
#include "obj/obj.h"
#include "opts.h"

/*
 * The list for ask->call with its typed arguments (--string and so on) and the
 * operands `words`, in the order of the command line.  A name becomes a
 * symbol, anything else ({x+y}, +) a string for the server to evaluate.  A
 * function without arguments is called with (::).  NULL with KQ_EUSAGE, or
 * KQ_EIO when an @FILE cannot be read.
 */
struct kq_obj *send_call(const struct send_ask *ask, char **words, int n_words, struct kq_err *err);

#endif

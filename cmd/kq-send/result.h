/*
 * result.h - what --exit-status and --type-check ask about a value.
 */
#ifndef KQ_SEND_RESULT_H
#define KQ_SEND_RESULT_H

#include "base/err.h"
#include "obj/obj.h"

#include <stdbool.h>

/* Neither null nor false nor zero nor empty nor (::). */
bool send_result_is_true(const struct kq_obj *o);

/*
 * Is `o` of type `want`?  A number is the exact type (-7, 98); a letter or a
 * name (j, long) is that type as an atom or a vector; other words are list,
 * string, table, keyed, dict and function.  KQ_EPROTO when it is not,
 * KQ_EUSAGE when `want` means nothing.
 */
bool send_result_check(const struct kq_obj *o, const char *want, struct kq_err *err);

/* Is `want` a type at all?  KQ_EUSAGE. */
bool send_result_known(const char *want, struct kq_err *err);

#endif

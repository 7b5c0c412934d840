/*
 * repr.h - any object on one line, as q's -3! and 0N! print it.
 *
 * The text can be typed in again where q's own can.  The console shows atoms,
 * vectors and nested items this way; journals, --match, kq-dump and error
 * messages show everything this way.
 */
#ifndef KQ_TEXT_REPR_H
#define KQ_TEXT_REPR_H

#include "base/out.h"
#include "obj/obj.h"
#include "text/style.h"

#include <stddef.h>

/*
 * The text of `x`, without a newline at the end (a function's source may have
 * some inside).  style->max_items and depth cut long values, ".." standing for
 * what is missing; precision is \P.
 */
void kq_repr(struct kq_out *o, const struct kq_obj *x, const struct kq_style *style);

/*
 * The same, stopping soon after `max` bytes: for callers that show only the
 * beginning of a line and must not pay for a long one.  Returns the bytes
 * written, more than `max` when there may have been more.
 */
size_t kq_repr_start(struct kq_out *o, const struct kq_obj *x, const struct kq_style *style,
                     size_t max);

/* `len` bytes as a q string: "a\"b\n\303". */
size_t kq_repr_quoted(struct kq_out *o, const void *bytes, size_t len);

#endif

/*
 * shape.h - values to bytes and back in the formats of the command line.
 */
#ifndef KQ_LISTEN_SHAPE_H
#define KQ_LISTEN_SHAPE_H

#include "base/buf.h"
#include "base/err.h"
#include "cli/opt_format.h"
#include "obj/obj.h"
#include "wire/header.h"

#include <stddef.h>

enum lst_reply_format { LST_REPLY_Q, LST_REPLY_JSON, LST_REPLY_IPC };

/* Append `x` in the format of -F; `kind` is for formats that have a message header. */
void lst_shape_write(struct kq_buf *out, const struct kq_obj *x, enum kq_kind kind,
                     const struct kq_opt_format *format);

/* What a command printed: a q literal or 'error, JSON, or a frame or its payload.
 * NULL with `err`. */
struct kq_obj *lst_shape_read(enum lst_reply_format format, const void *data, size_t len,
                              struct kq_err *err);

#endif

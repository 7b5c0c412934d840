/*
 * encode.h - objects to message bodies and whole messages.
 *
 * What was decoded from a little-endian message encodes to the same bytes.
 * The peer's capability decides what may be sent; what it cannot take fails
 * with q's own word for it at the start of the message: "type: ..." or
 * "limit: ...".
 */
#ifndef KQ_WIRE_ENCODE_H
#define KQ_WIRE_ENCODE_H

#include "base/buf.h"
#include "base/err.h"
#include "obj/obj.h"
#include "wire/header.h"

#include <stdbool.h>

/* Levels of nesting that are sent; as deep as our decoder reads. */
#define KQ_ENCODE_DEPTH 1000

struct kq_encode_opts {
    bool big;       /* big-endian, as old SPARC and Java senders */
    int capability; /* negotiated (hello.h); KQ_CAP_MAX for files */
};

/*
 * Append the object.  `opts` NULL: little-endian, every capability.  False
 * with KQ_EPROTO when the peer cannot take it, when it exists only inside the
 * evaluator, or when `out` is full; `out` is then as before.
 */
bool kq_encode(struct kq_buf *out, const struct kq_obj *o, const struct kq_encode_opts *opts,
               struct kq_err *err);

/* Append a whole message, never compressed (see kq_compress_tail). */
bool kq_encode_msg(struct kq_buf *out, enum kq_kind kind, const struct kq_obj *o,
                   const struct kq_encode_opts *opts, struct kq_err *err);

#endif

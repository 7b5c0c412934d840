/*
 * decode.h - message bodies to objects.
 *
 * The decoder believes nothing: it accepts what a kdb+ process can send and
 * refuses the rest with the offset and the reason.  It is at least as strict
 * as the official validator, and also checks the shape of dictionaries and
 * tables, so that what it returns can be used without checking again:
 * dictionaries have as many values as keys, tables are names (symbol vector)
 * and equally long columns or a symbol atom (reference to a splayed table),
 * lambdas have a context and a source, functions have their parts.
 */
#ifndef KQ_WIRE_DECODE_H
#define KQ_WIRE_DECODE_H

#include "base/err.h"
#include "base/rcbuf.h"
#include "obj/obj.h"
#include "wire/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Levels of nesting that are accepted unless the options say otherwise. */
#define KQ_DECODE_DEPTH 1000

struct kq_decode_opts {
    bool views;      /* vectors and symbols refer to the frame; else all is
                        copied, swapped and interned */
    int max_depth;   /* 0: KQ_DECODE_DEPTH */
    size_t max_size; /* of a decompressed message; 0: unlimited */
    uint64_t origin; /* added to the offsets in errors: where the bytes given
                        begin, in a file say; kq_decode_msg adds the header */
};

/*
 * The object that fills frame->data[off .. off + len) exactly, in big-endian
 * order if `big`.  `opts` may be NULL: owned, defaults.  Views hold references
 * to `frame`; big-endian numbers are always owned.  NULL with KQ_EPROTO and
 * "at byte N: reason".
 */
struct kq_obj *kq_decode(struct kq_rcbuf *frame, size_t off, size_t len, bool big,
                         const struct kq_decode_opts *opts, struct kq_err *err);

/* The same for an object that more bytes may follow; *used is its length. */
struct kq_obj *kq_decode_prefix(struct kq_rcbuf *frame, size_t off, size_t len, bool big,
                                const struct kq_decode_opts *opts, size_t *used,
                                struct kq_err *err);

/* The body of a whole message, decompressing it first when needed. */
struct kq_obj *kq_decode_msg(const struct kq_msg *msg, const struct kq_decode_opts *opts,
                             struct kq_err *err);

/* An owned object from bytes that are in no frame (opts->views is ignored). */
struct kq_obj *kq_decode_bytes(const void *data, size_t len, bool big,
                               const struct kq_decode_opts *opts, struct kq_err *err);

#endif

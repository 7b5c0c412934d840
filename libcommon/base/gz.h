/*
 * gz.h - gzip and zlib streams over buffers.
 *
 * An engine like the others: feed bytes in any pieces, take bytes out; it does
 * no I/O.  Used for gzipped captures and logs, and for HTTP bodies.  Reading
 * recognises gzip and zlib by itself and goes on through concatenated gzip
 * members, as gzip does.  How much may come out in total is an argument, so a
 * small stream cannot unpack into all memory.  After an error an engine
 * refuses everything.
 */
#ifndef KQ_BASE_GZ_H
#define KQ_BASE_GZ_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum kq_gz_format {
    KQ_GZ_GZIP, /* Content-Encoding: gzip, files */
    KQ_GZ_ZLIB, /* Content-Encoding: deflate */
};

struct kq_gz;

/* The version of zlib in use: "1.2.13". */
const char *kq_gz_library(void);

/* True when the bytes start as a gzip member does. */
bool kq_gz_is(const void *p, size_t len);

/* Unpack; at most `max` bytes in total may come out. */
struct kq_gz *kq_gz_inflate_new(uint64_t max);
/* The same without any framing, as WebSocket messages are packed. */
struct kq_gz *kq_gz_inflate_raw_new(uint64_t max);
/* Pack; `level` 1 (fast) to 9, or -1 for zlib's default. */
struct kq_gz *kq_gz_deflate_new(enum kq_gz_format format, int level);
/* NULL is allowed. */
void kq_gz_free(struct kq_gz *z);

/*
 * One step, for a stream that does not fit memory: cuts what it used off the
 * front of *in and writes up to `room` bytes at `out`.  Call it again until
 * *in is empty and *made is less than `room`; then it needs more input.
 * False with KQ_EPROTO when the stream is damaged or grew above the maximum.
 */
bool kq_gz_step(struct kq_gz *z, struct kq_str *in, void *out, size_t room, size_t *made,
                struct kq_err *err);

/* All of `p`, with everything that comes out appended to `out`, whose own
 * maximum holds too. */
bool kq_gz_feed(struct kq_gz *z, const void *p, size_t len, struct kq_buf *out, struct kq_err *err);

/*
 * The end of the input.  Packing: append the rest to `out`.  Unpacking: `out`
 * may be NULL; fails (KQ_EPROTO) when the stream is cut off in the middle.
 */
bool kq_gz_finish(struct kq_gz *z, struct kq_buf *out, struct kq_err *err);

/* Whole buffers at once, appended to `out`; `max` as in kq_gz_inflate_new. */
bool kq_gz_inflate(const void *p, size_t len, uint64_t max, struct kq_buf *out, struct kq_err *err);
bool kq_gz_deflate(enum kq_gz_format format, const void *p, size_t len, struct kq_buf *out,
                   struct kq_err *err);

/*
 * One message of WebSocket's permessage-deflate (RFC 7692), without a
 * dictionary from earlier ones, appended to `out`.  Unpacking fails with
 * KQ_EPROTO when the message is damaged or more than `max` bytes come out, which
 * are then in `out`.
 */
void kq_gz_pack_message(const void *p, size_t len, struct kq_buf *out);
bool kq_gz_unpack_message(const void *p, size_t len, uint64_t max, struct kq_buf *out,
                          struct kq_err *err);

#endif

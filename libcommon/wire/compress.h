/*
 * compress.h - kdb+ IPC compression, both ways, in either byte order.
 *
 * A compressed message is a header with flag 1 or 2, the length of the plain
 * message (4 bytes, or 8 from 2^32 up), and a stream of tokens: a byte, or a
 * reference to the last place where the same two bytes (by the hash a ^ b)
 * stood plus a length.  The output of kq_compress is byte for byte what the
 * official C client library sends.
 */
#ifndef KQ_WIRE_COMPRESS_H
#define KQ_WIRE_COMPRESS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/rcbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* kdb+ tries to compress messages of more bytes than this, header included,
 * to peers on other hosts (measured with the official client). */
#define KQ_COMPRESS_ABOVE 2008

/*
 * The plain message (header rebuilt) of the compressed frame at `frame`.  A
 * frame that is cut off, refers outside itself, claims more than its payload
 * can hold or more than `max` bytes, or is not used up exactly, gives NULL and
 * KQ_EPROTO, before any memory is taken where the claim alone is impossible.
 */
struct kq_rcbuf *kq_decompress(const uint8_t *frame, size_t len, size_t max, struct kq_err *err);

/*
 * The first bytes of the plain message, for a filter that looks at a function
 * or table name: fills dst[0..n) as far as the message goes and returns the
 * count, 0 when the frame is not valid up to there.  The frame may be cut off:
 * then the count is what can be made of the `len` bytes that are there.
 */
size_t kq_decompress_prefix(const uint8_t *frame, size_t len, uint8_t *dst, size_t n);

/*
 * Compress the plain frame (header included) into `dst`, which has room for
 * len / 2 bytes.  Returns the length of the compressed frame, or 0 to give up:
 * send it plain.  It gives up when the result would not be shorter than half,
 * exactly as the reference does; and, for large messages, as soon as a sample
 * of 64 KiB or more shows that the data does not shrink at all.
 */
size_t kq_compress(const uint8_t *frame, size_t len, uint8_t *dst);

/*
 * Replace the plain message that fills `b` from offset `at` to its end by its
 * compressed form, as kdb+ would before sending: only above KQ_COMPRESS_ABOVE
 * bytes and when it pays.  Whether the peer may get it (another host,
 * capability 1 or more) is the caller's business.  True when it was replaced.
 */
bool kq_compress_tail(struct kq_buf *b, size_t at);

#endif

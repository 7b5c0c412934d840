/*
 * reader.h - turns a stream of bytes into whole kdb+ IPC messages.
 *
 * The reader does no I/O: feed it whatever the transport gave you, in pieces
 * of any size, and take complete messages out.  All tools use it, over
 * sockets, TLS, fifos and reassembled captures; the tests over byte arrays.
 * A transport that can read to any place should let it read straight into
 * the reader (kq_reader_want and _got): small messages are then slices of one
 * shared block, a large one gets a buffer of its own, and nothing is copied.
 *
 * Memory follows what has arrived, never what a header claims.
 */
#ifndef KQ_WIRE_READER_H
#define KQ_WIRE_READER_H

#include "base/err.h"
#include "base/rcbuf.h"
#include "base/str.h"
#include "wire/header.h"

#include <stddef.h>
#include <stdint.h>

struct kq_reader;

/*
 * A whole message.  Its bytes, header included, are frame->data[off .. off +
 * len).  Small neighbours share a frame, so a message kept for long keeps up
 * to 64 KiB alive.
 */
struct kq_msg {
    struct kq_header head;
    struct kq_rcbuf *frame; /* one reference, for kq_msg_release */
    size_t off;
    size_t len;          /* == head.total */
    uint64_t stream_off; /* of the first byte since the stream began */
};

static inline const uint8_t *kq_msg_bytes(const struct kq_msg *msg)
{
    return msg->frame->data + msg->off;
}

/* Drop the reference; a msg of zeros is fine. */
void kq_msg_release(struct kq_msg *msg);

/* A reader that refuses messages of more than `max_size` bytes in total. */
struct kq_reader *kq_reader_new(uint64_t max_size);
void kq_reader_free(struct kq_reader *r);

/*
 * Room for the transport to read into, and in *n how much there is (at least
 * 1).  Valid until the next call on the reader; tell what was read with
 * kq_reader_got.  NULL when memory is short or the reader is broken.  Take
 * the messages out with kq_reader_next before asking for more.
 */
uint8_t *kq_reader_want(struct kq_reader *r, size_t *n);
/* `n` bytes, at most what was offered, now stand where kq_reader_want said. */
void kq_reader_got(struct kq_reader *r, size_t n);

/*
 * Copy bytes in, when the transport holds them already.  Whole messages pile
 * up until taken, so alternate with kq_reader_next.  Bytes for a broken reader
 * are dropped.
 */
void kq_reader_feed(struct kq_reader *r, const void *data, size_t n);

/*
 * Take the next whole message: 1 with `msg` filled (the caller releases it);
 * 0 when more bytes are needed; -1 with `err` filled (KQ_EPROTO) when the
 * stream is broken for good or a message exceeds the limit.  After -1 it
 * repeats the error until kq_reader_reset.
 */
int kq_reader_next(struct kq_reader *r, struct kq_msg *msg, struct kq_err *err);

/*
 * Bytes of an incomplete message that are waiting, 0 between messages; *total
 * (may be NULL) is its announced length, 0 while the header is incomplete.
 * For the message when a peer disappears.
 */
size_t kq_reader_pending(const struct kq_reader *r, uint64_t *total);

/* The bytes themselves, or those that broke the reader; valid until the next call. */
struct kq_str kq_reader_unread(const struct kq_reader *r);

/* Forget everything, errors too, and count on from `stream_off`: for getting
 * back in step after a hole. */
void kq_reader_reset(struct kq_reader *r, uint64_t stream_off);

#endif

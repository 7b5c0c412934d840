/*
 * outbox.h - what a connection sends: counted, limited, recorded, and held
 * back while a client is not ready for it.
 *
 * A thin layer between conn and its stream.  It counts messages as .z.W and
 * -38! report them, and protects clients that take the first piece they read
 * for the capability byte, whatever is in it: a server that pushes at once
 * waits until the client has spoken, or a moment.
 */
#ifndef KQ_NET_OUTBOX_H
#define KQ_NET_OUTBOX_H

#include "base/buf.h"
#include "base/err.h"
#include "base/rcbuf.h"
#include "net/conn_opts.h"
#include "net/loop.h"
#include "net/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kq_outbox {
    struct kq_stream *stream; /* borrowed; NULL: nothing is open */
    struct kq_tap tap;
    size_t max_queue; /* 0: unlimited */
    uint64_t bytes;   /* ever queued */
    bool careful;     /* the client has not spoken yet */
    struct kq_timer hold;
    struct kq_buf ends; /* uint64_t each: where queued messages end, as the stream counts */
    size_t head;        /* ends before this one are sent */
};

/* An empty outbox; set `stream` when there is one. */
void kq_outbox_init(struct kq_outbox *o, struct kq_loop *loop, const struct kq_tap *tap,
                    size_t max_queue);
void kq_outbox_release(struct kq_outbox *o);

/* From now on messages wait 10 ms for the client to speak first. */
void kq_outbox_be_careful(struct kq_outbox *o);
/* The client spoke. */
void kq_outbox_heard(struct kq_outbox *o);

/*
 * Queue a message, as a copy or by reference.  False with KQ_ELOST when more
 * than max_queue bytes would wait (one message alone may be larger).
 */
bool kq_outbox_send(struct kq_outbox *o, const void *frame, size_t len, struct kq_err *err);
bool kq_outbox_send_rc(struct kq_outbox *o, struct kq_rcbuf *buf, size_t off, size_t len,
                       struct kq_err *err);
/* Queue bytes that are no message. */
void kq_outbox_raw(struct kq_outbox *o, const void *data, size_t n);

/* The stream's queue is empty: true when messages went since this was last asked. */
bool kq_outbox_drained(struct kq_outbox *o);

/* Messages not, or not completely, given to the kernel. */
size_t kq_outbox_msgs(struct kq_outbox *o);

#endif

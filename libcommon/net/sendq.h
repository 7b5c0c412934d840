/*
 * sendq.h - bytes waiting to be sent: copies and references in order.
 *
 * Small copies share a chunk, so that many short messages leave as one piece;
 * large messages are held by reference and never copied.
 */
#ifndef KQ_NET_SENDQ_H
#define KQ_NET_SENDQ_H

#include "base/rcbuf.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

/* Embed it; zeroed is empty. */
struct kq_sendq {
    struct kq_sendq_chunk *first, *last; /* private */
    size_t len;                          /* bytes waiting */
};

void kq_sendq_release(struct kq_sendq *q);

/* Append a copy. */
void kq_sendq_add(struct kq_sendq *q, const void *data, size_t n);
/* Append buf->data[off .. off + len) by reference. */
void kq_sendq_add_rc(struct kq_sendq *q, struct kq_rcbuf *buf, size_t off, size_t len);
/* Append `n` bytes (at least 1) that the caller writes to the returned place before the
 * next call. */
uint8_t *kq_sendq_extend(struct kq_sendq *q, size_t n);

/* The first pieces, at most `max`, without removing them: how many. */
int kq_sendq_peek(const struct kq_sendq *q, struct iovec *pieces, int max);
/* Remove the first `n` bytes (n <= len). */
void kq_sendq_drop(struct kq_sendq *q, size_t n);

#endif

/*
 * stream.h - the two-way byte stream under every connection: a socket on the
 * event loop, with or without TLS.
 *
 * Reading is pulled, so bytes go straight to where the reader wants them, in
 * one system call however large they are.  Writing queues; what one turn of
 * the loop writes leaves in one segment.  Everything is MSG_NOSIGNAL.  (A
 * libevent bufferevent does the same with twice the system calls, copies
 * through its own buffers and raises SIGPIPE.)
 *
 * Bytes may be put back: a server looks at the first ones to tell TLS, HTTP
 * and IPC apart, puts them back, and starts TLS or hands the stream on.
 */
#ifndef KQ_NET_STREAM_H
#define KQ_NET_STREAM_H

#include "base/err.h"
#include "base/rcbuf.h"
#include "net/loop.h"
#include "net/tls.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct kq_stream;

/* Called from the loop, never from inside a kq_stream_ function. A callback
 * may free the stream. NULL members are skipped. */
struct kq_stream_ops {
    /* There may be something to read.  Called again while that is so. */
    void (*on_readable)(void *arg);
    /* All that was written has been given to the kernel. */
    void (*on_drain)(void *arg);
    /* The TLS handshake is complete.  What was written before goes out now. */
    void (*on_secured)(void *arg);
    /* TLS or writing failed for good.  `errnum` is that of the socket, or 0
     * for a fault of TLS; `err` is filled in both cases. */
    void (*on_broken)(void *arg, int errnum, const struct kq_err *err);
    /* kq_stream_close has done what it could. */
    void (*on_closed)(void *arg);
};

/* Own `fd`, a connected non-blocking stream socket.  Reading is paused until
 * kq_stream_resume. */
struct kq_stream *kq_stream_new(struct kq_loop *loop, int fd, const struct kq_stream_ops *ops,
                                void *arg);
/* Hand over to another owner; `ops` must outlive the stream. */
void kq_stream_set_ops(struct kq_stream *s, const struct kq_stream_ops *ops, void *arg);
/* Close at once; what has not reached the kernel is lost. NULL is allowed. */
void kq_stream_free(struct kq_stream *s);

struct kq_loop *kq_stream_loop(const struct kq_stream *s);
int kq_stream_fd(const struct kq_stream *s);

enum { KQ_STREAM_EOF = 0, KQ_STREAM_AGAIN = -1, KQ_STREAM_ERROR = -2 };

/*
 * Up to `n` bytes to `dst`: the count, or KQ_STREAM_EOF, KQ_STREAM_AGAIN
 * (nothing now), KQ_STREAM_ERROR with `err` (KQ_ELOST) and errno, which is 0
 * for a fault of TLS.
 */
ssize_t kq_stream_read(struct kq_stream *s, void *dst, size_t n, struct kq_err *err);
/* Put bytes back in front of those that will be read (and, when TLS is started
 * next, decrypted). */
void kq_stream_unread(struct kq_stream *s, const void *data, size_t n);
/* Call on_readable while there is something to read, or do not. */
void kq_stream_resume(struct kq_stream *s);
void kq_stream_pause(struct kq_stream *s);

/* Queue a copy, or a reference to buf->data[off .. off + len). */
void kq_stream_write(struct kq_stream *s, const void *data, size_t n);
void kq_stream_write_rc(struct kq_stream *s, struct kq_rcbuf *buf, size_t off, size_t len);
/* Send now instead of at the end of the turn: for a byte that must be a
 * segment of its own. */
void kq_stream_flush(struct kq_stream *s);
/* Keep what is written in the queue until told otherwise. */
void kq_stream_hold(struct kq_stream *s, bool hold);
/* Bytes queued and not yet given to the kernel (with TLS, ciphertext too). */
size_t kq_stream_pending(const struct kq_stream *s);
/* Plain bytes ever queued, and of those, how many are gone (or encrypted). */
uint64_t kq_stream_queued(const struct kq_stream *s);
uint64_t kq_stream_sent(const struct kq_stream *s);

/* No more writing: when the queue is empty send TLS's close_notify and a FIN.
 * Reading goes on. */
void kq_stream_finish(struct kq_stream *s);
/*
 * Orderly end: send what is queued, finish, and read (and forget) what still
 * comes until the peer closes too or a second has passed, because closing with
 * unread input would send a reset that can destroy our last bytes on their
 * way.  Then on_closed is called, and no other callback before it.
 */
void kq_stream_close(struct kq_stream *s);
/* Make kq_stream_free send a RST. */
void kq_stream_reset_on_close(struct kq_stream *s);

/* Speak TLS from here on, beginning with the bytes that were put back; owns
 * `tls` from now on.  The handshake runs even while reading is paused. */
void kq_stream_start_tls_take(struct kq_stream *s, struct kq_tls *tls);
/* NULL without TLS. */
struct kq_tls *kq_stream_tls(struct kq_stream *s);

#endif

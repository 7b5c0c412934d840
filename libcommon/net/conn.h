/*
 * conn.h - a kdb+ IPC connection on the event loop, client or server side.
 *
 * CONNECT -> TLS -> HELLO -> READY -> DRAIN -> CLOSED over a stream.  The
 * client logs in and waits for the capability byte before anything else goes
 * out, since some servers lose a query glued to the login.  The server reads
 * the login, lets its owner decide, and answers the byte in a segment of its
 * own, since some clients take whatever else comes with it for the byte.
 *
 * Ownership: kq_conn_open and kq_conn_serve return a connection that the
 * caller may use until on_close or until it calls kq_conn_free; the memory
 * goes one turn of the loop later.
 */
#ifndef KQ_NET_CONN_H
#define KQ_NET_CONN_H

#include "base/buf.h"
#include "base/err.h"
#include "base/rcbuf.h"
#include "base/str.h"
#include "net/addr.h"
#include "net/conn_opts.h"
#include "net/loop.h"
#include "net/neterr.h"
#include "net/sock.h"
#include "net/stream.h"
#include "net/timing.h"
#include "net/tls.h"
#include "wire/hello.h"
#include "wire/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kq_conn;

/* All called from the loop.  NULL members are skipped. */
struct kq_conn_ops {
    /* Server: decide with kq_conn_accept or kq_conn_reject, now or later; the
     * strings live during the call only.  Without it everybody is accepted. */
    void (*on_login)(void *arg, struct kq_conn *c, const struct kq_login *login);
    /* Messages may be sent (client: the capability byte came; server: it was sent). */
    void (*on_ready)(void *arg, struct kq_conn *c);
    /* A whole message, borrowed: take a reference on msg->frame to keep it. */
    void (*on_msg)(void *arg, struct kq_conn *c, const struct kq_msg *msg);
    /* Server: one line of the console client's text protocol, after its login
     * was accepted; answer with kq_conn_send_text, then kq_conn_close.
     * Without this callback such clients are closed. */
    void (*on_text)(void *arg, struct kq_conn *c, struct kq_str line);
    /*
     * Server: the client has closed its side between messages; it may still
     * read.  Close when everything is answered.  Without this callback the
     * connection ends once what is queued now has been sent.
     */
    void (*on_eof)(void *arg, struct kq_conn *c);
    /* The output queue became empty after having been not so. */
    void (*on_drain)(void *arg, struct kq_conn *c);
    /*
     * The end, once; not after kq_conn_free.  err->code is 0 when we closed it
     * or the peer did so between messages, else what neterr.h says, KQ_EPROTO
     * or KQ_ETIMEOUT.  `c` may still be asked for its figures here.
     */
    void (*on_close)(void *arg, struct kq_conn *c, const struct kq_err *err);
};

/* Client: connect to `a`; options and address are copied as needed.  Failures
 * come through on_close, never from inside this call. */
struct kq_conn *kq_conn_open(struct kq_loop *loop, const struct kq_addr *a,
                             const struct kq_conn_opts *o, const struct kq_conn_ops *ops,
                             void *arg);
/* Server side of an accepted stream, which is consumed; TLS, if any, has been started on it. */
struct kq_conn *kq_conn_serve_take(struct kq_stream *stream, const struct kq_conn_opts *o,
                                   const struct kq_conn_ops *ops, void *arg);
/* Client side over a stream that is connected already (tests, proxies); consumed. */
struct kq_conn *kq_conn_over_take(struct kq_stream *stream, const struct kq_conn_opts *o,
                                  const struct kq_conn_ops *ops, void *arg);

/* Server: answer the login with `capability`, or with -1 as kdb+ does: the
 * smaller of theirs and ours. */
void kq_conn_accept(struct kq_conn *c, int capability);
/* Close without the byte, after reading what the client still sends: a reset
 * would be an I/O error to it, not a refusal. */
void kq_conn_reject(struct kq_conn *c);

/*
 * Queue a whole message, header included.  The first copies, the second keeps
 * a reference, the third takes the buffer's memory and leaves it empty.  False
 * with KQ_ELOST when the connection is not READY or max_queue would be exceeded.
 */
bool kq_conn_send(struct kq_conn *c, const void *frame, size_t len, struct kq_err *err);
bool kq_conn_send_rc(struct kq_conn *c, struct kq_rcbuf *buf, size_t off, size_t len,
                     struct kq_err *err);
static inline bool kq_conn_send_buf_take(struct kq_conn *c, struct kq_buf *buf, struct kq_err *err)
{
    size_t len;
    uint8_t *data = kq_buf_take(buf, &len);
    struct kq_rcbuf *rc = kq_rcbuf_adopt(data, len);
    bool ok = kq_conn_send_rc(c, rc, 0, len, err);
    kq_rcbuf_unref(rc);
    return ok;
}
/* Text for a console client (and raw bytes for fault injection). */
bool kq_conn_send_text(struct kq_conn *c, const void *text, size_t len, struct kq_err *err);

/* Send what is queued now instead of at the end of the turn. */
void kq_conn_flush(struct kq_conn *c);
/* What is queued and not yet given to the kernel, as .z.W and -38! count it. */
size_t kq_conn_pending_bytes(const struct kq_conn *c);
size_t kq_conn_pending_msgs(struct kq_conn *c);

/* Stop and go on reading, for back-pressure. */
void kq_conn_pause(struct kq_conn *c);
void kq_conn_resume(struct kq_conn *c);

/* Orderly end: send what is queued, say goodbye, read until the peer closes or
 * a second has passed, then on_close with code 0. */
void kq_conn_close(struct kq_conn *c);
/* End now with on_close(err) on the next turn; `reset` sends a RST. */
void kq_conn_abort(struct kq_conn *c, bool reset);
/* No more callbacks; frees the connection. NULL is allowed. */
void kq_conn_free(struct kq_conn *c);

enum kq_stage kq_conn_stage(const struct kq_conn *c);
/* Negotiated, valid from READY on. */
int kq_conn_capability(const struct kq_conn *c);
/* NULL while connecting and after the end. */
struct kq_stream *kq_conn_stream(const struct kq_conn *c);
/* -1 while connecting. */
static inline int kq_conn_fd(const struct kq_conn *c)
{
    return kq_conn_stream(c) ? kq_stream_fd(kq_conn_stream(c)) : -1;
}
/* Peer on this machine: kdb+ does not compress then. */
static inline bool kq_conn_is_local(const struct kq_conn *c)
{
    return kq_sock_is_local(kq_conn_fd(c));
}
/* In on_close after KQ_EPROTO: the beginning of what could not be read, as far
 * as it has come. */
struct kq_str kq_conn_unread(const struct kq_conn *c);
const struct kq_timing *kq_conn_timing(const struct kq_conn *c);
uint64_t kq_conn_bytes_in(const struct kq_conn *c);
uint64_t kq_conn_bytes_out(const struct kq_conn *c);

#endif

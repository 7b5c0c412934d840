/*
 * stream.c - one read and one write event on the socket, and two queues.
 *
 * Whatever must not happen inside the caller's call (sending at the end of the
 * turn, callbacks) is a bit in `due` and done by work(): at the end of our own
 * read event, or else from a deferred call.  A freed stream closes at once but
 * keeps its memory until the turn is over, so code that comes back from a
 * callback only has to look at `fd`.
 */
#include "net/stream.h"

#include "base/buf.h"
#include "base/mem.h"
#include "net/neterr.h"
#include "net/sendq.h"

#include <errno.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    DUE_FLUSH = 1,
    DUE_DRAINED = 2,
    DUE_BROKEN = 4,
    DUE_READ = 8,
    DUE_SECURED = 16,
    DUE_CLOSED = 32,
};

enum {
    CIPHER_PIECE = 16384,   /* one TLS record */
    CIPHER_HIGH = 1 << 18,  /* encrypt no further ahead of the kernel than this */
    PIECES_MAX = 64,        /* pieces in one sendmsg */
    UNREAD_MAX = 64 * 1024, /* put back at most; far more than any first look takes */
    LINGER_MS = 1000,       /* wait this long for the peer to close too */
};

struct kq_stream {
    struct kq_loop *loop;
    int fd; /* -1: freed by its owner */
    const struct kq_stream_ops *ops;
    void *arg;
    struct event readable, writable;
    struct kq_timer linger;
    struct kq_defer later;
    struct kq_defer bury;
    unsigned due;
    int depth;      /* calls of ours on the stack; work() comes when they are done */
    bool paused;    /* by the owner */
    bool more;      /* the last read may have left something in our hands */
    bool waiting;   /* for room in the kernel */
    bool held;      /* by the owner: send nothing */
    bool finishing; /* FIN when the queue is empty */
    bool finished;
    bool closing; /* kq_stream_close was called */
    bool peer_done;
    bool broken; /* no more writing */
    int errnum;
    struct kq_err err;   /* why it is broken */
    struct kq_buf back;  /* bytes put back */
    struct kq_sendq out; /* plain bytes */
    uint64_t queued;
    struct kq_tls *tls;
    bool secured;
    struct kq_sendq cipher;
};

static void work(struct kq_stream *s);
static void all_sent(struct kq_stream *s);

static bool alive(const struct kq_stream *s)
{
    return s->fd >= 0;
}

static void set_due(struct kq_stream *s, unsigned what)
{
    s->due |= what;
    if (!s->depth)
        kq_defer_post(s->loop, &s->later);
}

/* ---- reading ---- */

static ssize_t take_back(struct kq_stream *s, void *dst, size_t n)
{
    if (n > s->back.len)
        n = s->back.len;
    memcpy(dst, s->back.data, n);
    kq_buf_consume(&s->back, n);
    if (!s->back.len)
        kq_buf_release(&s->back);
    return (ssize_t)n;
}

static ssize_t read_socket(struct kq_stream *s, void *dst, size_t n, struct kq_err *err)
{
    ssize_t got;
    do
        got = recv(s->fd, dst, n, 0);
    while (got < 0 && errno == EINTR);
    if (got >= 0)
        return got;
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return KQ_STREAM_AGAIN;
    int errnum = errno;
    kq_neterr_io(err, KQ_STAGE_READY, false, errnum);
    errno = errnum;
    return KQ_STREAM_ERROR;
}

/* Ciphertext from the socket to the engine; > 0, or as kq_stream_read. */
static ssize_t feed_tls(struct kq_stream *s, struct kq_err *err)
{
    uint8_t piece[CIPHER_PIECE];
    ssize_t got = read_socket(s, piece, sizeof piece, err);
    if (got > 0)
        kq_tls_feed(s->tls, piece, (size_t)got);
    return got;
}

static ssize_t read_tls(struct kq_stream *s, void *dst, size_t n, struct kq_err *err)
{
    for (;;) {
        ssize_t got = kq_tls_read(s->tls, dst, n, err);
        if (kq_tls_output(s->tls))
            set_due(s, DUE_FLUSH);
        if (got >= 0)
            return got;
        if (got == -2) {
            errno = 0;
            return KQ_STREAM_ERROR;
        }
        got = feed_tls(s, err);
        if (got <= 0)
            return got;
    }
}

ssize_t kq_stream_read(struct kq_stream *s, void *dst, size_t n, struct kq_err *err)
{
    ssize_t got;
    s->more = false;
    if (s->tls && !s->secured)
        got = KQ_STREAM_AGAIN;
    else if (s->back.len)
        got = take_back(s, dst, n);
    else if (s->tls)
        got = read_tls(s, dst, n, err);
    else
        return read_socket(s, dst, n, err);
    /* The socket itself tells when it has more; TLS may have decrypted it already. */
    s->more = got > 0 && (s->tls || s->back.len);
    return got;
}

void kq_stream_unread(struct kq_stream *s, const void *data, size_t n)
{
    struct kq_buf joined;
    kq_buf_init(&joined, UNREAD_MAX);
    kq_buf_append(&joined, data, n);
    kq_buf_append(&joined, s->back.data, s->back.len);
    kq_buf_release(&s->back);
    s->back = joined;
    s->more = true;
}

/* Wait for input: the owner wants it, or the TLS handshake. */
static void arm_reading(struct kq_stream *s)
{
    if (!event_pending(&s->readable, EV_READ, NULL))
        event_add(&s->readable, NULL);
}

void kq_stream_resume(struct kq_stream *s)
{
    if (!s->paused)
        return;
    s->paused = false;
    arm_reading(s);
    if (s->more)
        set_due(s, DUE_READ);
}

/* Most pauses are over before anything comes: the event is given up when it fires. */
void kq_stream_pause(struct kq_stream *s)
{
    s->paused = true;
}

/* ---- writing ---- */

static void wait_for_room(struct kq_stream *s, bool wait)
{
    if (wait && !s->waiting)
        event_add(&s->writable, NULL);
    else if (!wait && s->waiting)
        event_del(&s->writable);
    s->waiting = wait;
}

static void broke(struct kq_stream *s, int errnum)
{
    if (s->broken)
        return;
    s->broken = true;
    s->errnum = errnum;
    wait_for_room(s, false);
    set_due(s, DUE_BROKEN);
}

static void broke_socket(struct kq_stream *s, int errnum)
{
    if (!s->broken)
        kq_neterr_io(&s->err, KQ_STAGE_READY, true, errnum);
    broke(s, errnum);
}

/* Send what the kernel takes: true when `q` is empty. */
static bool send_some(struct kq_stream *s, struct kq_sendq *q)
{
    struct iovec pieces[PIECES_MAX];
    while (q->len) {
        int n = kq_sendq_peek(q, pieces, PIECES_MAX);
        struct msghdr msg = {.msg_iov = pieces, .msg_iovlen = (size_t)n};
        ssize_t sent = n == 1 ? send(s->fd, pieces->iov_base, pieces->iov_len, MSG_NOSIGNAL)
                              : sendmsg(s->fd, &msg, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0) {
            if (errno != EAGAIN && errno != EWOULDBLOCK)
                broke_socket(s, errno);
            return false;
        }
        kq_sendq_drop(q, (size_t)sent);
    }
    return true;
}

/* Ciphertext out of the engine into its queue. */
static void collect_cipher(struct kq_stream *s)
{
    size_t n;
    while ((n = kq_tls_output(s->tls)) > 0)
        kq_tls_take(s->tls, kq_sendq_extend(&s->cipher, n), n);
}

static bool encrypt_some(struct kq_stream *s)
{
    struct iovec piece;
    while (s->secured && s->out.len && s->cipher.len < CIPHER_HIGH) {
        kq_sendq_peek(&s->out, &piece, 1);
        size_t n = piece.iov_len < CIPHER_PIECE ? piece.iov_len : CIPHER_PIECE;
        if (!kq_tls_write(s->tls, piece.iov_base, n, &s->err)) {
            broke(s, 0);
            return false;
        }
        kq_sendq_drop(&s->out, n);
        collect_cipher(s);
    }
    return true;
}

static bool send_tls(struct kq_stream *s)
{
    do {
        collect_cipher(s);
        if (!encrypt_some(s) || !send_some(s, &s->cipher))
            return false;
    } while (s->secured && s->out.len);
    return !s->out.len;
}

/* The queue is empty and nothing will follow. */
static void say_goodbye(struct kq_stream *s)
{
    s->finished = true;
    if (s->tls && s->secured) {
        kq_tls_close(s->tls);
        collect_cipher(s);
        send_some(s, &s->cipher);
    }
    shutdown(s->fd, SHUT_WR);
    if (s->closing)
        all_sent(s);
}

static void flush(struct kq_stream *s)
{
    s->due &= ~(unsigned)DUE_FLUSH;
    if (s->broken || s->finished || s->held)
        return;
    bool had = s->out.len || s->cipher.len;
    if (s->tls ? send_tls(s) : send_some(s, &s->out)) {
        wait_for_room(s, false);
        if (had)
            set_due(s, DUE_DRAINED);
        if (s->finishing)
            say_goodbye(s);
    } else if (!s->broken && (s->cipher.len || !s->tls)) {
        wait_for_room(s, true);
    }
}

void kq_stream_flush(struct kq_stream *s)
{
    flush(s);
}

void kq_stream_write(struct kq_stream *s, const void *data, size_t n)
{
    if (s->broken || s->finishing || !n)
        return;
    kq_sendq_add(&s->out, data, n);
    s->queued += n;
    if (!(s->due & DUE_FLUSH))
        set_due(s, DUE_FLUSH);
}

void kq_stream_write_rc(struct kq_stream *s, struct kq_rcbuf *buf, size_t off, size_t len)
{
    if (s->broken || s->finishing || !len)
        return;
    kq_sendq_add_rc(&s->out, buf, off, len);
    s->queued += len;
    if (!(s->due & DUE_FLUSH))
        set_due(s, DUE_FLUSH);
}

void kq_stream_hold(struct kq_stream *s, bool hold)
{
    s->held = hold;
    if (!hold)
        set_due(s, DUE_FLUSH);
}

size_t kq_stream_pending(const struct kq_stream *s)
{
    return s->out.len + s->cipher.len;
}

uint64_t kq_stream_queued(const struct kq_stream *s)
{
    return s->queued;
}

uint64_t kq_stream_sent(const struct kq_stream *s)
{
    return s->queued - s->out.len;
}

void kq_stream_finish(struct kq_stream *s)
{
    s->finishing = true;
    set_due(s, DUE_FLUSH);
}

/* ---- closing ---- */

static void read_away(struct kq_stream *s)
{
    uint8_t piece[4096];
    struct kq_err err;
    ssize_t got = kq_stream_read(s, piece, sizeof piece, &err);
    if (got > 0 || got == KQ_STREAM_AGAIN)
        return;
    s->peer_done = true;
    event_del(&s->readable);
    if (got == KQ_STREAM_ERROR || !kq_stream_pending(s))
        set_due(s, DUE_CLOSED);
}

/* Everything is sent: now it is the peer's turn, for a while. */
static void all_sent(struct kq_stream *s)
{
    if (s->peer_done)
        set_due(s, DUE_CLOSED);
    else
        kq_timer_start(&s->linger, LINGER_MS);
}

static void on_linger(void *arg)
{
    set_due(arg, DUE_CLOSED);
}

void kq_stream_close(struct kq_stream *s)
{
    s->closing = true;
    s->held = false;
    s->paused = false;
    kq_stream_finish(s);
    event_add(&s->readable, NULL);
}

/* ---- TLS ---- */

static void shake_hands(struct kq_stream *s)
{
    int done = kq_tls_handshake(s->tls, &s->err);
    collect_cipher(s);
    if (done < 0) {
        send_some(s, &s->cipher); /* the alert */
        broke(s, 0);
    } else if (done) {
        s->secured = true;
        s->more = true; /* data may have come along with the last message */
        set_due(s, DUE_SECURED | DUE_FLUSH | (s->paused ? 0 : DUE_READ));
    } else {
        flush(s);
    }
}

/* Input while the handshake is under way. */
static void handshake_input(struct kq_stream *s)
{
    ssize_t got = feed_tls(s, &s->err);
    if (got == KQ_STREAM_AGAIN)
        return;
    if (got == KQ_STREAM_ERROR) {
        broke(s, errno);
        return;
    }
    if (got == KQ_STREAM_EOF) {
        kq_neterr_eof(&s->err, KQ_STAGE_TLS, 0, 0);
        broke(s, 0);
        return;
    }
    shake_hands(s);
}

void kq_stream_start_tls_take(struct kq_stream *s, struct kq_tls *tls)
{
    s->tls = tls;
    kq_tls_feed(tls, s->back.data, s->back.len);
    kq_buf_release(&s->back);
    shake_hands(s);
    arm_reading(s);
}

struct kq_tls *kq_stream_tls(struct kq_stream *s)
{
    return s->tls;
}

/* ---- events ---- */

static void call(struct kq_stream *s, void (*fn)(void *arg))
{
    if (fn && alive(s))
        fn(s->arg);
}

static void read_event(struct kq_stream *s)
{
    bool shaking = s->tls && !s->secured;
    if (shaking && !s->broken) {
        handshake_input(s);
    } else if (s->closing && !shaking) {
        read_away(s);
    } else if (s->paused || shaking) {
        event_del(&s->readable);
    } else {
        call(s, s->ops->on_readable);
        if (s->more && !s->paused)
            s->due |= DUE_READ;
    }
}

/* Do what is due once; what comes up meanwhile is for a deferred call. */
static void work(struct kq_stream *s)
{
    unsigned due = s->due;
    s->due = 0;
    if ((due & DUE_FLUSH) && alive(s)) {
        flush(s);
        due |= s->due;
        s->due = 0;
    }
    if (s->closing) {
        if (due & (DUE_CLOSED | DUE_BROKEN))
            call(s, s->ops->on_closed);
        due &= DUE_READ;
    }
    if ((due & DUE_BROKEN) && alive(s) && s->ops->on_broken)
        s->ops->on_broken(s->arg, s->errnum, &s->err);
    if (due & DUE_SECURED)
        call(s, s->ops->on_secured);
    if ((due & DUE_DRAINED) && !kq_stream_pending(s))
        call(s, s->ops->on_drain);
    if ((due & DUE_READ) && alive(s))
        read_event(s);
}

/* Callbacks may wait in turns of their own, so events nest: the memory goes
 * when the outermost one is done. */
static void run_event(struct kq_stream *s, void (*event)(struct kq_stream *))
{
    s->depth++;
    event(s);
    if (alive(s) && s->due)
        work(s);
    if (--s->depth)
        return;
    if (!alive(s))
        kq_defer_post(s->loop, &s->bury);
    else if (s->due)
        kq_defer_post(s->loop, &s->later);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    run_event(arg, read_event);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    run_event(arg, flush);
}

static void on_later(void *arg)
{
    run_event(arg, work);
}

static void bury(void *arg)
{
    struct kq_stream *s = arg;
    kq_tls_free(s->tls);
    kq_sendq_release(&s->out);
    kq_sendq_release(&s->cipher);
    kq_buf_release(&s->back);
    free(s);
}

struct kq_stream *kq_stream_new(struct kq_loop *loop, int fd, const struct kq_stream_ops *ops,
                                void *arg)
{
    struct kq_stream *s = kq_calloc(1, sizeof *s);
    s->loop = loop;
    s->fd = fd;
    s->ops = ops;
    s->arg = arg;
    s->paused = true;
    kq_buf_init(&s->back, UNREAD_MAX);
    kq_timer_init(&s->linger, loop, on_linger, s);
    kq_defer_init(&s->later, on_later, s);
    kq_defer_init(&s->bury, bury, s);
    event_assign(&s->readable, kq_loop_base(loop), fd, EV_READ | EV_PERSIST, on_readable, s);
    event_assign(&s->writable, kq_loop_base(loop), fd, EV_WRITE | EV_PERSIST, on_writable, s);
    return s;
}

void kq_stream_set_ops(struct kq_stream *s, const struct kq_stream_ops *ops, void *arg)
{
    s->ops = ops;
    s->arg = arg;
}

void kq_stream_reset_on_close(struct kq_stream *s)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void kq_stream_free(struct kq_stream *s)
{
    if (!s || !alive(s))
        return;
    event_del(&s->readable);
    event_del(&s->writable);
    kq_timer_stop(&s->linger);
    kq_defer_cancel(s->loop, &s->later);
    close(s->fd);
    s->fd = -1;
    if (!s->depth)
        kq_defer_post(s->loop, &s->bury);
}

struct kq_loop *kq_stream_loop(const struct kq_stream *s)
{
    return s->loop;
}

int kq_stream_fd(const struct kq_stream *s)
{
    return s->fd;
}

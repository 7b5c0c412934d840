/*
 * direct.c - system calls in a row, on a blocking socket.
 *
 * Waiting for an answer without a deadline is a plain blocking recv; only
 * where time is limited does a poll go before it.  Connecting is bounded by
 * the socket's send timeout, which saves switching to non-blocking and back.
 * Sending never blocks in the kernel: when the peer is slow, poll waits for
 * room and for input at once.
 */
#include "net/direct.h"

#include "base/mem.h"
#include "net/neterr.h"
#include "net/resolve.h"
#include "net/sock.h"
#include "wire/hello.h"

#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

enum { ACK_POLL_MAX_MS = 50 };

/* A message that came while we were sending. */
struct kept {
    struct kept *next;
    struct kq_msg msg;
};

struct kq_direct {
    int fd;
    bool is_unix;
    bool eof;
    int capability;
    enum kq_stage stage;
    const volatile sig_atomic_t *stop;
    int64_t timeout_ms; /* of connecting, for wording */
    struct kq_reader *reader;
    uint64_t max_message;
    struct kept *first, **last;
    uint64_t kept_bytes;
    uint64_t bytes_in, bytes_out;
    struct kq_tap tap;
    struct kq_timing timing;
};

/* ---- waiting ---- */

static bool interrupted(const struct kq_direct *d, struct kq_err *err)
{
    if (!d->stop || !*d->stop)
        return false;
    kq_neterr_signal(err, *d->stop);
    return true;
}

static void out_of_time(const struct kq_direct *d, struct kq_err *err)
{
    if (d->stage == KQ_STAGE_READY)
        kq_neterr_no_answer(err, 0);
    else
        kq_neterr_timeout(err, d->stage, d->timeout_ms);
}

/* Wait for `events` on `fd`: what came, or 0 with `err`. */
static short wait_for(const struct kq_direct *d, int fd, short events, int64_t deadline,
                      struct kq_err *err)
{
    struct pollfd p = {.fd = fd, .events = events};
    for (;;) {
        if (interrupted(d, err))
            return 0;
        int n = poll(&p, 1, kq_left_ms(deadline));
        if (n > 0)
            return p.revents;
        if (n < 0 && errno == EINTR)
            continue;
        out_of_time(d, err);
        return 0;
    }
}

/* ---- connecting ---- */

static bool resolve(struct kq_direct *d, const struct kq_addr *a, int family, int64_t deadline,
                    struct kq_endpoints *list, struct kq_err *err)
{
    int known = kq_resolve_known(a, family, list, err);
    if (known)
        return known > 0;
    struct kq_resolve *r = kq_resolve_start(a, family, err);
    if (!r)
        return false;
    if (wait_for(d, kq_resolve_fd(r), POLLIN, deadline, err))
        return kq_resolve_finish(r, list, err);
    kq_resolve_cancel(r);
    return false;
}

/* A signal came while connect() was waiting; it goes on by itself. */
static int resume_connect(struct kq_direct *d, int64_t deadline, struct kq_err *err)
{
    int errnum = 0;
    socklen_t len = sizeof errnum;
    if (!wait_for(d, d->fd, POLLOUT, deadline, err))
        return err->code == KQ_ETIMEOUT ? ETIMEDOUT : EINTR;
    getsockopt(d->fd, SOL_SOCKET, SO_ERROR, &errnum, &len);
    return errnum;
}

static void limit_connect(int fd, int64_t deadline, int shares)
{
    if (deadline == KQ_NEVER)
        return;
    int64_t us = (int64_t)kq_left_ms(deadline) * 1000 / shares;
    struct timeval tv = {.tv_sec = us / 1000000, .tv_usec = us ? us % 1000000 : 1};
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof tv);
}

/* One endpoint: 0 when connected, else errno (EINTR: stopped, `err` is filled). */
static int attempt(struct kq_direct *d, const struct kq_endpoint *ep, int64_t deadline, int shares,
                   struct kq_err *err)
{
    d->is_unix = ep->ss.ss_family == AF_UNIX;
    d->fd = socket(ep->ss.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (d->fd < 0)
        return errno;
    limit_connect(d->fd, deadline, shares);
    int errnum = 0;
    if (connect(d->fd, (const struct sockaddr *)&ep->ss, ep->len) < 0)
        errnum = errno;
    if (errnum == EINTR)
        errnum = resume_connect(d, deadline, err);
    if (errnum == EINPROGRESS || errnum == EAGAIN)
        errnum = ETIMEDOUT;
    if (errnum) {
        close(d->fd);
        d->fd = -1;
    }
    return errnum;
}

static bool connect_any(struct kq_direct *d, const struct kq_addr *a,
                        const struct kq_endpoints *list, int64_t deadline, struct kq_err *err)
{
    int worst = 0;
    for (int i = 0; i < list->count; i++) {
        int errnum = attempt(d, &list->at[i], deadline, list->count - i, err);
        if (!errnum)
            return true;
        if (errnum == EINTR)
            return false;
        worst = kq_neterr_worse(worst, errnum);
    }
    if (worst == ETIMEDOUT && deadline != KQ_NEVER && !kq_left_ms(deadline))
        out_of_time(d, err);
    else
        kq_neterr_connect(err, a, worst);
    return false;
}

static bool dial(struct kq_direct *d, const struct kq_addr *a, int family, int64_t deadline,
                 struct kq_err *err)
{
    struct kq_endpoints list;
    if (a->tls)
        return kq_fail(err, KQ_EUSAGE, "TLS needs the event loop");
    if (!resolve(d, a, family, deadline, &list, err))
        return false;
    d->stage = KQ_STAGE_CONNECT;
    d->timing.resolved_ns = kq_mono_ns();
    if (!connect_any(d, a, &list, deadline, err))
        return false;
    if (!d->is_unix)
        kq_sock_tune(d->fd);
    d->timing.connected_ns = kq_mono_ns();
    return true;
}

/* ---- reading ---- */

/* One recv into `to`: > 0, 0 at the end, -1 with `err`, -2 nothing there
 * (only with MSG_DONTWAIT). */
static ssize_t receive(struct kq_direct *d, void *to, size_t n, int flags, struct kq_err *err)
{
    for (;;) {
        ssize_t got = recv(d->fd, to, n, flags);
        if (got >= 0) {
            d->bytes_in += (size_t)got;
            kq_tap(&d->tap, KQ_TAP_IN, to, (size_t)got);
            return got;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK)
            return -2;
        int errnum = errno;
        if (errnum == EINTR && interrupted(d, err))
            return -1;
        if (errnum == EINTR)
            continue;
        kq_neterr_io(err, d->stage, false, errnum);
        return -1;
    }
}

/* One recv into the reader, as receive(). */
static ssize_t read_some(struct kq_direct *d, int flags, struct kq_err *err)
{
    size_t room;
    uint8_t *to = kq_reader_want(d->reader, &room);
    struct kq_msg none;
    if (!to)
        return kq_reader_next(d->reader, &none, err);
    ssize_t got = receive(d, to, room, flags, err);
    if (got > 0)
        kq_reader_got(d->reader, (size_t)got);
    if (got == 0)
        d->eof = true;
    return got;
}

static bool take_kept(struct kq_direct *d, struct kq_msg *msg)
{
    struct kept *k = d->first;
    if (!k)
        return false;
    *msg = k->msg;
    d->first = k->next;
    if (!d->first)
        d->last = &d->first;
    d->kept_bytes -= msg->len;
    free(k);
    return true;
}

/* Move whole messages out of the reader, which wants that before it reads on. */
static bool keep_messages(struct kq_direct *d, struct kq_err *err)
{
    struct kq_msg msg;
    int r;
    while ((r = kq_reader_next(d->reader, &msg, err)) > 0) {
        struct kept *k = kq_calloc(1, sizeof *k);
        k->msg = msg;
        *d->last = k;
        d->last = &k->next;
        d->kept_bytes += msg.len;
        if (d->kept_bytes > d->max_message)
            return kq_fail(err, KQ_ELOST, "the peer sends but does not read");
    }
    return r == 0;
}

bool kq_direct_ready(struct kq_direct *d)
{
    struct kq_err err;
    if (!d->first)
        keep_messages(d, &err);
    return d->first;
}

static int end_of_stream(struct kq_direct *d, struct kq_err *err)
{
    uint64_t total;
    size_t partial = kq_reader_pending(d->reader, &total);
    if (!partial)
        return 0;
    kq_neterr_eof(err, KQ_STAGE_READY, partial, total);
    return -1;
}

int kq_direct_recv(struct kq_direct *d, struct kq_msg *msg, int64_t deadline, struct kq_err *err)
{
    if (take_kept(d, msg))
        return 1;
    for (;;) {
        int r = kq_reader_next(d->reader, msg, err);
        if (r)
            return r;
        if (d->eof)
            return end_of_stream(d, err);
        if (deadline != KQ_NEVER && !wait_for(d, d->fd, POLLIN, deadline, err))
            return -1;
        int flags = deadline == KQ_NEVER ? 0 : MSG_DONTWAIT;
        if (interrupted(d, err) || read_some(d, flags, err) == -1)
            return -1;
    }
}

/* ---- writing ---- */

/* The peer takes nothing now: wait until it does, and meanwhile take what it sends. */
static bool wait_to_send(struct kq_direct *d, int64_t deadline, struct kq_err *err)
{
    short wanted = d->eof || !d->reader ? POLLOUT : POLLOUT | POLLIN;
    short got = wait_for(d, d->fd, wanted, deadline, err);
    if (!got)
        return false;
    if (!(got & POLLIN) || !(wanted & POLLIN))
        return true;
    return read_some(d, MSG_DONTWAIT, err) != -1 && keep_messages(d, err);
}

static bool send_all(struct kq_direct *d, const void *data, size_t n, int64_t deadline,
                     struct kq_err *err)
{
    const char *p = data;
    while (n) {
        ssize_t sent = send(d->fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            p += sent;
            n -= (size_t)sent;
            d->bytes_out += (size_t)sent;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!wait_to_send(d, deadline, err))
                return false;
        } else if (errno != EINTR) {
            kq_neterr_io(err, d->stage, true, errno);
            return false;
        }
    }
    return true;
}

bool kq_direct_send(struct kq_direct *d, const void *frames, size_t n, int64_t deadline,
                    struct kq_err *err)
{
    kq_tap(&d->tap, KQ_TAP_OUT, frames, n);
    return send_all(d, frames, n, deadline, err);
}

/* ---- the whole ---- */

static struct kq_direct *new_direct(const struct kq_conn_opts *o, const volatile sig_atomic_t *stop)
{
    struct kq_direct *d = kq_calloc(1, sizeof *d);
    d->fd = -1;
    d->stop = stop;
    d->timeout_ms = o->connect_timeout_ms;
    d->max_message = o->max_message;
    d->tap = o->tap;
    d->last = &d->first;
    d->timing.start_ns = kq_mono_ns();
    return d;
}

void kq_direct_free(struct kq_direct *d)
{
    struct kq_msg msg;
    if (!d)
        return;
    while (take_kept(d, &msg))
        kq_msg_release(&msg);
    kq_reader_free(d->reader);
    if (d->fd >= 0)
        close(d->fd);
    free(d);
}

static bool read_answer(struct kq_direct *d, int asked, int64_t deadline, struct kq_err *err)
{
    uint8_t answer;
    ssize_t got;
    do {
        if (!wait_for(d, d->fd, POLLIN, deadline, err))
            return false;
        got = receive(d, &answer, 1, MSG_DONTWAIT, err);
    } while (got == -2);
    if (got == 0)
        kq_neterr_eof(err, KQ_STAGE_HELLO, 0, 0);
    if (got != 1)
        return false;
    d->capability = kq_hello_accepted(answer, asked);
    d->stage = KQ_STAGE_READY;
    d->timing.ready_ns = kq_mono_ns();
    return true;
}

static bool send_login(struct kq_direct *d, const struct kq_conn_opts *o, int64_t deadline,
                       struct kq_err *err)
{
    struct kq_rcbuf *login = kq_conn_login(o, err);
    if (!login)
        return false;
    kq_tap_login(&d->tap, KQ_TAP_OUT, login->data, login->len);
    bool ok = send_all(d, login->data, login->len, deadline, err);
    kq_rcbuf_unref(login);
    return ok;
}

static bool shake_hands(struct kq_direct *d, const struct kq_conn_opts *o, int64_t deadline,
                        struct kq_err *err)
{
    d->stage = KQ_STAGE_HELLO;
    return send_login(d, o, deadline, err) && read_answer(d, o->capability, deadline, err);
}

struct kq_direct *kq_direct_open(const struct kq_addr *a, const struct kq_conn_opts *o,
                                 const volatile sig_atomic_t *stop, struct kq_err *err)
{
    struct kq_direct *d = new_direct(o, stop);
    int64_t deadline = kq_deadline_ms(o->connect_timeout_ms);
    if (dial(d, a, o->family, deadline, err) && shake_hands(d, o, deadline, err)) {
        d->reader = kq_reader_new(o->max_message);
        return d;
    }
    kq_direct_free(d);
    return NULL;
}

/* Read and forget what has come: false when the connection broke. */
static bool discard_input(struct kq_direct *d, struct kq_err *err)
{
    char piece[4096];
    ssize_t got;
    do
        got = receive(d, piece, sizeof piece, MSG_DONTWAIT, err);
    while (got > 0);
    d->eof = d->eof || got == 0;
    return got != -1;
}

/* Bytes, and the FIN, that the peer's kernel has not acknowledged. */
static int unacknowledged(const struct kq_direct *d)
{
    int n = 0;
    if (d->is_unix || ioctl(d->fd, SIOCOUTQ, &n) != 0)
        return 0;
    return n;
}

bool kq_direct_finish(struct kq_direct *d, int64_t deadline, struct kq_err *err)
{
    shutdown(d->fd, SHUT_WR);
    /* No event tells of acknowledgements, so look again after 1, 2, 4 ... ms,
     * or when the peer sends or closes. */
    for (int ms = 1;; ms = ms < ACK_POLL_MAX_MS ? 2 * ms : ms) {
        if (!discard_input(d, err) || interrupted(d, err))
            return false;
        if (!unacknowledged(d))
            return true;
        if (deadline != KQ_NEVER && !kq_left_ms(deadline))
            return kq_fail(err, KQ_ETIMEOUT, "the server has not acknowledged what was sent");
        struct pollfd p = {.fd = d->fd, .events = d->eof ? 0 : POLLIN};
        poll(&p, 1, ms);
    }
}

/* Some servers decide by the first segment: the login and the line must share it. */
static bool send_line(struct kq_direct *d, const struct kq_conn_opts *o, struct kq_str line,
                      int64_t deadline, struct kq_err *err)
{
    struct kq_conn_opts old = *o;
    struct kq_buf text;
    old.capability = 0; /* the console client sends none */
    struct kq_rcbuf *login = kq_conn_login(&old, err);
    if (!login)
        return false;
    kq_buf_init(&text, KQ_BUF_NOMAX);
    kq_buf_reserve(&text, login->len + line.len + 1);
    kq_buf_append(&text, login->data, login->len);
    kq_buf_append(&text, line.s, line.len);
    kq_buf_byte(&text, 0);
    kq_tap_login(&d->tap, KQ_TAP_OUT, text.data, text.len);
    bool ok = send_all(d, text.data, text.len, deadline, err);
    kq_wipe(text.data, text.len);
    kq_buf_release(&text);
    kq_rcbuf_unref(login);
    return ok;
}

static bool read_text(struct kq_direct *d, int64_t deadline, struct kq_buf *out, struct kq_err *err)
{
    for (;;) {
        uint8_t *room = kq_buf_reserve(out, 4096);
        if (!room)
            return kq_fail(err, KQ_EPROTO, "answer of more than %zu bytes", out->max);
        if (!wait_for(d, d->fd, POLLIN, deadline, err))
            return false;
        ssize_t got = receive(d, room, 4096, MSG_DONTWAIT, err);
        if (got == 0 || got == -1)
            return got == 0;
        if (got > 0)
            kq_buf_advance(out, (size_t)got);
    }
}

bool kq_direct_qcon(const struct kq_addr *a, const struct kq_conn_opts *o,
                    const volatile sig_atomic_t *stop, struct kq_str line, int64_t deadline,
                    struct kq_buf *out, struct kq_err *err)
{
    struct kq_direct *d = new_direct(o, stop);
    bool ok = dial(d, a, o->family, kq_deadline_ms(o->connect_timeout_ms), err);
    if (ok) {
        d->stage = KQ_STAGE_READY;
        ok = send_line(d, o, line, deadline, err);
    }
    if (ok) {
        shutdown(d->fd, SHUT_WR);
        ok = read_text(d, deadline, out, err);
    }
    kq_direct_free(d);
    return ok;
}

int kq_direct_fd(const struct kq_direct *d)
{
    return d->fd;
}

int kq_direct_capability(const struct kq_direct *d)
{
    return d->capability;
}

bool kq_direct_is_local(const struct kq_direct *d)
{
    return kq_sock_is_local(d->fd);
}

const struct kq_timing *kq_direct_timing(const struct kq_direct *d)
{
    return &d->timing;
}

uint64_t kq_direct_bytes_in(const struct kq_direct *d)
{
    return d->bytes_in;
}

uint64_t kq_direct_bytes_out(const struct kq_direct *d)
{
    return d->bytes_out;
}

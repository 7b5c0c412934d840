/*
 * conn.c - the state machine of a connection.
 *
 * Input is driven by the stream's on_readable, one function per state.  What
 * must not happen inside a caller's call is a bit in `due`, done by a deferred
 * work().  The end is always finish(): the stream goes at once, on_close comes
 * from work(), and the memory goes after that.  One timer bounds the handshake
 * and then watches for idleness.
 */
#include "net/conn.h"

#include "base/mem.h"
#include "net/dial.h"
#include "net/outbox.h"
#include "net/sock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum phase {
    CONNECTING,
    SECURING,
    SERVER_LOGIN, /* reading the login */
    DECIDING,     /* the owner thinks about it */
    CLIENT_HELLO, /* waiting for the capability byte */
    READY,
    TEXTING,  /* a console client waits for its answer */
    DRAINING, /* we want to close; the peer may still read */
    CLOSED,
};

enum { DUE_READY = 1, DUE_TEXT = 2, DUE_MSGS = 4, DUE_CLOSE = 8 };

enum {
    LOGIN_PIECE = 4096,  /* one read of a login */
    READS_PER_EVENT = 8, /* then others get their turn */
};

struct kq_conn {
    struct kq_loop *loop;
    const struct kq_conn_ops *ops;
    void *arg;
    enum phase phase;
    bool server;
    bool freed;  /* by the owner: no more callbacks */
    bool paused; /* by the owner */
    bool eof;    /* the client has closed its side */
    bool text_client;
    int depth; /* calls of ours on the stack; work() waits for them */
    unsigned due;
    int capability; /* largest we offer or grant, then the negotiated one */
    int offered;    /* by the client; -1: none */
    struct kq_dial *dial;
    struct kq_stream *stream;
    struct kq_reader *reader;
    struct kq_hello hello;  /* server */
    struct kq_rcbuf *login; /* client */
    struct kq_tls_ctx *tls;
    char *tls_name;
    uint64_t max_message;
    int64_t budget_ms, idle_ms;
    int64_t deadline;  /* of the handshake */
    int64_t active_ns; /* last traffic, for idle_ms */
    uint64_t bytes_in;
    struct kq_outbox out;
    struct kq_timing timing;
    struct kq_timer timer;
    struct kq_defer later;
    struct kq_err err;
};

static const struct kq_stream_ops stream_ops;

static void set_due(struct kq_conn *c, unsigned what)
{
    c->due |= what;
    kq_defer_post(c->loop, &c->later);
}

/* Start the timer, or with 0 stop it. */
static void set_timer(struct kq_conn *c, int64_t ms)
{
    if (ms > 0)
        kq_timer_start(&c->timer, ms);
    else
        kq_timer_stop(&c->timer);
}

/* The handshake begins, with what is left of its time after dialling. */
static void adopt(struct kq_conn *c, struct kq_stream *stream)
{
    c->stream = c->out.stream = stream;
    kq_stream_set_ops(stream, &stream_ops, c);
    int left = kq_left_ms(c->deadline);
    if (c->deadline != KQ_NEVER)
        set_timer(c, left ? left : 1);
}

/* ---- the end ---- */

static void finish(struct kq_conn *c, const struct kq_err *err)
{
    if (c->phase == CLOSED)
        return;
    c->phase = CLOSED;
    if (!err)
        c->err.code = 0;
    else if (err != &c->err)
        c->err = *err;
    set_timer(c, 0);
    kq_dial_cancel(c->dial);
    c->dial = NULL;
    kq_outbox_release(&c->out);
    kq_stream_free(c->stream);
    c->stream = c->out.stream = NULL;
    kq_rcbuf_unref(c->login);
    c->login = NULL;
    kq_hello_release(&c->hello);
    c->due = 0;
    set_due(c, DUE_CLOSE);
}

static void bury(struct kq_conn *c)
{
    kq_defer_cancel(c->loop, &c->later);
    kq_reader_free(c->reader);
    kq_tls_ctx_free(c->tls);
    free(c->tls_name);
    free(c);
}

/* The stage for wording errors. */
enum kq_stage kq_conn_stage(const struct kq_conn *c)
{
    switch (c->phase) {
    case CONNECTING: return KQ_STAGE_CONNECT;
    case SECURING: return KQ_STAGE_TLS;
    case SERVER_LOGIN:
    case DECIDING:
    case CLIENT_HELLO: return KQ_STAGE_HELLO;
    default: return KQ_STAGE_READY;
    }
}

/* Reading or writing failed: `errnum`, or 0 and `err` says why. */
static void fail_io(struct kq_conn *c, bool writing, int errnum, const struct kq_err *err)
{
    struct kq_err worded = *err;
    if (errnum)
        kq_neterr_io(&worded, kq_conn_stage(c), writing, errnum);
    finish(c, &worded);
}

static void start_draining(struct kq_conn *c)
{
    c->phase = DRAINING;
    set_timer(c, 0);
    kq_stream_close(c->stream);
}

/* ---- messages ---- */

static void touch(struct kq_conn *c)
{
    if (c->idle_ms)
        c->active_ns = kq_mono_ns();
}

/* Hand out what the reader has; false when the connection is gone or paused. */
static bool deliver(struct kq_conn *c)
{
    struct kq_msg msg;
    while (c->phase == READY && !c->paused) {
        int r = kq_reader_next(c->reader, &msg, &c->err);
        if (r < 0) {
            finish(c, &c->err);
            return false;
        }
        if (r == 0)
            return true;
        if (c->ops->on_msg)
            c->ops->on_msg(c->arg, c, &msg);
        kq_msg_release(&msg);
    }
    return false;
}

static void peer_closed(struct kq_conn *c)
{
    uint64_t total;
    if (!deliver(c))
        return;
    size_t partial = kq_reader_pending(c->reader, &total);
    bool pending = kq_stream_pending(c->stream);
    if (!partial && c->ops->on_eof && c->server) {
        c->eof = true;
        kq_stream_pause(c->stream);
        c->ops->on_eof(c->arg, c);
    } else if (!partial && !pending) {
        finish(c, NULL);
    } else if (!partial && c->server) {
        start_draining(c); /* the client may wait for answers with its side closed */
    } else {
        kq_neterr_eof(&c->err, KQ_STAGE_READY, partial, total);
        finish(c, &c->err);
    }
}

/* Read once into the reader: true when there may be more. */
static bool read_messages(struct kq_conn *c)
{
    size_t room;
    uint8_t *to = kq_reader_want(c->reader, &room);
    if (!to) { /* the reader explains itself */
        deliver(c);
        return false;
    }
    ssize_t got = kq_stream_read(c->stream, to, room, &c->err);
    if (got > 0) {
        kq_reader_got(c->reader, (size_t)got);
        c->bytes_in += (size_t)got;
        touch(c);
        kq_tap(&c->out.tap, KQ_TAP_IN, to, (size_t)got);
        if (c->out.careful)
            kq_outbox_heard(&c->out);
        return deliver(c) && (size_t)got == room;
    }
    if (got == KQ_STREAM_EOF)
        peer_closed(c);
    else if (got == KQ_STREAM_ERROR)
        fail_io(c, false, errno, &c->err);
    return false;
}

static void become_ready(struct kq_conn *c)
{
    c->phase = READY;
    c->timing.ready_ns = kq_mono_ns();
    c->reader = c->reader ? c->reader : kq_reader_new(c->max_message);
    set_timer(c, c->server ? c->idle_ms : 0);
    touch(c);
    set_due(c, DUE_READY | DUE_MSGS);
    if (!c->paused)
        kq_stream_resume(c->stream);
}

/* ---- client ---- */

static void read_answer(struct kq_conn *c)
{
    uint8_t answer;
    ssize_t got = kq_stream_read(c->stream, &answer, 1, &c->err);
    if (got == KQ_STREAM_ERROR) {
        fail_io(c, false, errno, &c->err);
    } else if (got == KQ_STREAM_EOF) {
        kq_neterr_eof(&c->err, KQ_STAGE_HELLO, 0, 0);
        finish(c, &c->err);
    }
    if (got != 1)
        return;
    c->bytes_in++;
    kq_tap(&c->out.tap, KQ_TAP_IN, &answer, 1);
    c->capability = kq_hello_accepted(answer, c->capability);
    become_ready(c);
}

static void send_login(struct kq_conn *c)
{
    c->phase = CLIENT_HELLO;
    kq_tap_login(&c->out.tap, KQ_TAP_OUT, c->login->data, c->login->len);
    c->out.bytes += c->login->len;
    kq_stream_write_rc(c->stream, c->login, 0, c->login->len);
    kq_stream_flush(c->stream);
    kq_stream_resume(c->stream);
    kq_rcbuf_unref(c->login);
    c->login = NULL;
}

static void on_secured(void *arg)
{
    struct kq_conn *c = arg;
    c->timing.secured_ns = kq_mono_ns();
    if (c->phase == SECURING)
        send_login(c);
}

static void start_tls(struct kq_conn *c)
{
    struct kq_tls *tls = kq_tls_new(c->tls, c->tls_name, &c->err);
    if (!tls) {
        finish(c, &c->err);
        return;
    }
    c->phase = SECURING;
    kq_stream_start_tls_take(c->stream, tls);
}

static void on_dialled(void *arg, int fd, const struct kq_err *err)
{
    struct kq_conn *c = arg;
    c->dial = NULL;
    if (err) {
        finish(c, err);
        return;
    }
    adopt(c, kq_stream_new(c->loop, fd, &stream_ops, c));
    if (c->tls)
        start_tls(c);
    else
        send_login(c);
}

/* ---- server ---- */

static void login_complete(struct kq_conn *c)
{
    struct kq_login login;
    c->phase = DECIDING;
    kq_tap_login(&c->out.tap, KQ_TAP_IN, c->hello.buf.data, c->hello.buf.len);
    kq_hello_get(&c->hello, &login);
    c->offered = login.capability;
    if (c->ops->on_login)
        c->ops->on_login(c->arg, c, &login);
    else
        kq_conn_accept(c, -1);
}

/* No more bytes of a login for now (`got` as kq_stream_read), or for good. */
static void no_login(struct kq_conn *c, ssize_t got)
{
    if (got == KQ_STREAM_ERROR) {
        fail_io(c, false, errno, &c->err);
    } else if (got == KQ_STREAM_EOF) {
        kq_err_set(&c->err, KQ_ELOST, "client closed before it had logged in");
        finish(c, c->hello.buf.len ? &c->err : NULL);
    }
}

static void read_login(struct kq_conn *c)
{
    uint8_t piece[LOGIN_PIECE];
    size_t used;
    ssize_t got = kq_stream_read(c->stream, piece, sizeof piece, &c->err);
    if (got <= 0) {
        no_login(c, got);
        return;
    }
    c->bytes_in += (size_t)got;
    enum kq_hello_state state = kq_hello_feed(&c->hello, piece, (size_t)got, &used, &c->err);
    kq_wipe(piece, used);
    if (state == KQ_HELLO_BAD)
        finish(c, &c->err);
    if (state == KQ_HELLO_BAD || state == KQ_HELLO_MORE)
        return;
    c->text_client = state == KQ_HELLO_TEXT;
    if (used < (size_t)got) {
        c->reader = kq_reader_new(c->max_message);
        kq_reader_feed(c->reader, piece + used, (size_t)got - used);
        kq_tap(&c->out.tap, KQ_TAP_IN, piece + used, (size_t)got - used);
    }
    login_complete(c);
}

void kq_conn_accept(struct kq_conn *c, int capability)
{
    if (c->phase != DECIDING)
        return;
    if (c->text_client) {
        c->phase = TEXTING;
        set_timer(c, 0);
        set_due(c, DUE_TEXT);
        return;
    }
    c->capability = kq_hello_common(c->offered, c->capability);
    uint8_t answer = capability < 0 ? kq_hello_answer(c->capability) : (uint8_t)capability;
    if (capability >= 0)
        c->capability = capability;
    /* A segment of its own: some clients take what comes with it for the byte. */
    kq_outbox_raw(&c->out, &answer, 1);
    kq_stream_flush(c->stream);
    if (!c->reader)
        kq_outbox_be_careful(&c->out);
    kq_hello_release(&c->hello);
    become_ready(c);
}

void kq_conn_reject(struct kq_conn *c)
{
    if (c->phase == DECIDING)
        start_draining(c);
}

static void give_text(struct kq_conn *c)
{
    struct kq_login login;
    kq_hello_get(&c->hello, &login);
    if (c->ops->on_text)
        c->ops->on_text(c->arg, c, login.text);
    else
        start_draining(c);
}

/* ---- events ---- */

/* The owner's callbacks may wait in turns of their own, so calls nest. */
static void leave(struct kq_conn *c)
{
    if (--c->depth == 0 && c->due)
        kq_defer_post(c->loop, &c->later);
}

static void on_readable(void *arg)
{
    struct kq_conn *c = arg;
    c->depth++;
    switch (c->phase) {
    case SERVER_LOGIN: read_login(c); break;
    case CLIENT_HELLO: read_answer(c); break;
    case READY:
        for (int i = 0; i < READS_PER_EVENT && c->phase == READY && read_messages(c); i++)
            ;
        break;
    default: kq_stream_pause(c->stream); break;
    }
    leave(c);
}

static void on_drain(void *arg)
{
    struct kq_conn *c = arg;
    touch(c);
    c->depth++;
    if (c->phase == READY && kq_outbox_drained(&c->out) && c->ops->on_drain)
        c->ops->on_drain(c->arg, c);
    leave(c);
}

static void on_closed(void *arg)
{
    finish(arg, NULL);
}

static void on_broken(void *arg, int errnum, const struct kq_err *err)
{
    fail_io(arg, true, errnum, err);
}

static const struct kq_stream_ops stream_ops = {
    .on_readable = on_readable,
    .on_drain = on_drain,
    .on_secured = on_secured,
    .on_broken = on_broken,
    .on_closed = on_closed,
};

static void out_of_time(struct kq_conn *c)
{
    char time[32];
    if (c->server)
        kq_err_set(&c->err, KQ_ETIMEOUT, "client did not log in within %s",
                   kq_duration_text(c->budget_ms, time, sizeof time));
    else
        kq_neterr_timeout(&c->err, kq_conn_stage(c), c->budget_ms);
    finish(c, &c->err);
}

/* Close when there was no traffic for idle_ms, else look again at the time when that
 * would first be so. */
static void check_idle(struct kq_conn *c)
{
    char time[32];
    int64_t idle = kq_mono_ns() - c->active_ns;
    int64_t left_ms = c->idle_ms - idle / 1000000;
    if (left_ms > 0) {
        set_timer(c, left_ms);
        return;
    }
    kq_err_set(&c->err, KQ_ETIMEOUT, "no traffic for %s",
               kq_duration_text(c->idle_ms, time, sizeof time));
    finish(c, &c->err);
}

static void on_timer(void *arg)
{
    struct kq_conn *c = arg;
    if (c->phase == READY)
        check_idle(c);
    else
        out_of_time(c);
}

static void work(void *arg)
{
    struct kq_conn *c = arg;
    if (c->depth)
        return;
    unsigned due = c->due;
    c->due = 0;
    c->depth++;
    if ((due & DUE_READY) && !c->freed && c->ops->on_ready)
        c->ops->on_ready(c->arg, c);
    if ((due & DUE_TEXT) && c->phase == TEXTING)
        give_text(c);
    if ((due & DUE_MSGS) && c->phase == READY)
        deliver(c);
    if ((due & DUE_CLOSE) && !c->freed && c->ops->on_close)
        c->ops->on_close(c->arg, c, &c->err);
    leave(c);
    if (due & DUE_CLOSE)
        bury(c);
}

/* ---- making and closing ---- */

static struct kq_conn *new_conn(struct kq_loop *loop, const struct kq_conn_opts *o,
                                const struct kq_conn_ops *ops, void *arg)
{
    struct kq_conn *c = kq_calloc(1, sizeof *c);
    c->loop = loop;
    c->ops = ops;
    c->arg = arg;
    c->capability = o->capability;
    c->max_message = o->max_message;
    c->budget_ms = o->connect_timeout_ms;
    c->idle_ms = o->idle_timeout_ms;
    c->timing.start_ns = kq_mono_ns();
    kq_outbox_init(&c->out, loop, &o->tap, o->max_queue);
    kq_hello_init(&c->hello);
    kq_timer_init(&c->timer, loop, on_timer, c);
    kq_defer_init(&c->later, work, c);
    c->deadline = kq_deadline_ms(c->budget_ms);
    return c;
}

static bool prepare_tls(struct kq_conn *c, const struct kq_addr *a, const struct kq_conn_opts *o,
                        struct kq_err *err)
{
    if (!a->tls)
        return true;
    if (!o->tls)
        return kq_fail(err, KQ_EUSAGE, "TLS target without TLS settings");
    const char *host = a->host && *a->host ? a->host : "localhost";
    c->tls = kq_tls_ctx_ref(o->tls);
    c->tls_name = kq_strdup(o->tls_name ? o->tls_name : host);
    return true;
}

struct kq_conn *kq_conn_open(struct kq_loop *loop, const struct kq_addr *a,
                             const struct kq_conn_opts *o, const struct kq_conn_ops *ops, void *arg)
{
    struct kq_conn *c = new_conn(loop, o, ops, arg);
    c->login = kq_conn_login(o, &c->err);
    if (c->login && prepare_tls(c, a, o, &c->err))
        c->dial =
            kq_dial_start(loop, a, o->family, o->connect_timeout_ms, &c->timing, on_dialled, c);
    else
        finish(c, &c->err);
    return c;
}

struct kq_conn *kq_conn_over_take(struct kq_stream *stream, const struct kq_conn_opts *o,
                                  const struct kq_conn_ops *ops, void *arg)
{
    struct kq_conn *c = new_conn(kq_stream_loop(stream), o, ops, arg);
    adopt(c, stream);
    c->login = kq_conn_login(o, &c->err);
    if (c->login)
        send_login(c);
    else
        finish(c, &c->err);
    return c;
}

struct kq_conn *kq_conn_serve_take(struct kq_stream *stream, const struct kq_conn_opts *o,
                                   const struct kq_conn_ops *ops, void *arg)
{
    struct kq_conn *c = new_conn(kq_stream_loop(stream), o, ops, arg);
    c->server = true;
    c->phase = SERVER_LOGIN;
    adopt(c, stream);
    kq_stream_resume(stream);
    return c;
}

void kq_conn_close(struct kq_conn *c)
{
    if (c->phase == READY || c->phase == TEXTING)
        start_draining(c);
    else if (c->phase != DRAINING)
        finish(c, NULL);
}

void kq_conn_abort(struct kq_conn *c, bool reset)
{
    if (reset && c->stream)
        kq_stream_reset_on_close(c->stream);
    finish(c, NULL);
}

void kq_conn_free(struct kq_conn *c)
{
    if (!c)
        return;
    c->freed = true;
    finish(c, NULL);
}

/* ---- sending ---- */

static bool is_open(struct kq_conn *c, struct kq_err *err)
{
    touch(c);
    return c->phase == READY || c->phase == TEXTING ||
           kq_fail(err, KQ_ELOST, "the connection is not open");
}

bool kq_conn_send(struct kq_conn *c, const void *frame, size_t len, struct kq_err *err)
{
    return is_open(c, err) && kq_outbox_send(&c->out, frame, len, err);
}

bool kq_conn_send_rc(struct kq_conn *c, struct kq_rcbuf *buf, size_t off, size_t len,
                     struct kq_err *err)
{
    return is_open(c, err) && kq_outbox_send_rc(&c->out, buf, off, len, err);
}

bool kq_conn_send_text(struct kq_conn *c, const void *text, size_t len, struct kq_err *err)
{
    bool open = is_open(c, err);
    if (open)
        kq_outbox_raw(&c->out, text, len);
    return open;
}

void kq_conn_flush(struct kq_conn *c)
{
    if (c->stream)
        kq_stream_flush(c->stream);
}

size_t kq_conn_pending_bytes(const struct kq_conn *c)
{
    return c->stream ? kq_stream_pending(c->stream) : 0;
}

size_t kq_conn_pending_msgs(struct kq_conn *c)
{
    return kq_outbox_msgs(&c->out);
}

void kq_conn_pause(struct kq_conn *c)
{
    c->paused = true;
    if (c->phase == READY)
        kq_stream_pause(c->stream);
}

void kq_conn_resume(struct kq_conn *c)
{
    c->paused = false;
    if (c->phase != READY)
        return;
    if (!c->eof)
        kq_stream_resume(c->stream);
    set_due(c, DUE_MSGS);
}

/* ---- figures ---- */

int kq_conn_capability(const struct kq_conn *c)
{
    return c->capability;
}

struct kq_stream *kq_conn_stream(const struct kq_conn *c)
{
    return c->stream;
}

struct kq_str kq_conn_unread(const struct kq_conn *c)
{
    return c->reader ? kq_reader_unread(c->reader) : kq_str(NULL, 0);
}

const struct kq_timing *kq_conn_timing(const struct kq_conn *c)
{
    return &c->timing;
}

uint64_t kq_conn_bytes_in(const struct kq_conn *c)
{
    return c->bytes_in;
}

uint64_t kq_conn_bytes_out(const struct kq_conn *c)
{
    return c->out.bytes;
}

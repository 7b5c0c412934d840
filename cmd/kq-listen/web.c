/*
 * web.c - an HTTP/1.1 connection, which may become a WebSocket.
 *
 * Bytes are read in the callbacks of the loop and worked off by run(), outside
 * of them, one request after the other.  What a request gets is site.c's
 * business.
 */
#include "web.h"

#include "base/mem.h"
#include "call.h"
#include "gate.h"
#include "http.h"
#include "obj/list.h"
#include "site.h"
#include "ws.h"

#include <stdlib.h>

enum {
    PIECE = 16384,
    HEAD_MAX = 64 << 10,
    BODY_MAX = 16 << 20,
    MESSAGE_MAX = 64 << 20, /* of a WebSocket */
    QUEUE_HIGH = 1 << 20,   /* no more requests are read while so much waits to be sent */
    REQUEST_MS = 60000,     /* for a request to arrive, since the last one was answered */
};

struct web {
    struct lst_session *s;
    struct kq_stream *stream; /* NULL: ended */
    struct http_parser *parser;
    struct lst_ws *ws; /* NULL: HTTP */
    struct kq_timer patience;
    size_t unread;    /* bytes that waited to be sent when patience began */
    struct kq_buf in; /* of a WebSocket: bytes not fed yet */
    bool last;        /* close when the queue is empty */
    bool eof;
    bool bad; /* broken off, not an orderly end */
};

/* ---- the connection ---------------------------------------------------------------- */

static void finish(struct web *w, const char *why)
{
    if (!w->stream)
        return;
    kq_timer_stop(&w->patience);
    kq_stream_free(w->stream);
    w->stream = NULL;
    if (why)
        w->s->why = kq_strdup(why);
    lst_session_end(w->s);
}

static void close_gently(struct web *w)
{
    if (w->stream && !w->last) {
        w->last = true;
        w->unread = kq_stream_pending(w->stream);
        kq_timer_start(&w->patience, REQUEST_MS);
        kq_stream_close(w->stream);
    }
}

static void on_readable(void *arg)
{
    struct web *w = arg;
    uint8_t piece[PIECE];
    struct kq_err err;
    ssize_t got = kq_stream_read(w->stream, piece, sizeof piece, &err);
    if (got == KQ_STREAM_AGAIN)
        return;
    if (got == KQ_STREAM_ERROR) {
        finish(w, err.msg);
        return;
    }
    if (got == KQ_STREAM_EOF) {
        w->eof = true;
        kq_stream_pause(w->stream);
    } else if (w->ws) {
        kq_buf_append(&w->in, piece, (size_t)got);
    } else {
        http_parser_feed(w->parser, piece, (size_t)got);
    }
    lst_session_post(w->s, LST_DUE_MESSAGES);
}

static void on_drain(void *arg)
{
    struct web *w = arg;
    lst_session_resume(w->s, LST_HOLD_QUEUE);
    if (w->s->context->stopping)
        w->s->context->on_settled(w->s->context);
}

static void on_broken(void *arg, int errnum, const struct kq_err *err)
{
    (void)errnum;
    finish(arg, err->msg);
}

static void on_closed(void *arg)
{
    finish(arg, NULL);
}

/* A request has this long to arrive as a whole, an answer to be read on; a WebSocket may be silent
 * for as long as it likes, but for --idle-timeout. */
static void restart_patience(struct web *w)
{
    int64_t idle_ms = w->s->context->opts->server.idle_timeout_ns / 1000000;
    int64_t ms = idle_ms && (w->ws || idle_ms < REQUEST_MS) ? idle_ms : REQUEST_MS;
    w->unread = kq_stream_pending(w->stream);
    if (w->ws && !idle_ms)
        kq_timer_stop(&w->patience);
    else
        kq_timer_start(&w->patience, ms);
}

/* The client began a request and does not end it. */
static void say_timeout(struct web *w)
{
    struct kq_buf out;
    kq_buf_init(&out, KQ_BUF_NOMAX);
    http_respond(&out, 408, NULL, "", kq_str(NULL, 0), false, false);
    kq_stream_write(w->stream, out.data, out.len);
    kq_buf_release(&out);
}

static void on_patience(void *arg)
{
    struct web *w = arg;
    size_t unread = kq_stream_pending(w->stream);
    if (unread >= w->unread && (unread || w->last)) {
        finish(w, unread ? "the client does not read" : NULL);
        return;
    }
    if (unread) { /* it reads, but slowly */
        restart_patience(w);
        return;
    }
    if (w->ws)
        lst_ws_close(w->ws, 1001);
    else if (http_parser_rest(w->parser).len)
        say_timeout(w);
    close_gently(w);
}

/* ---- WebSocket ------------------------------------------------------------------------- */

static void write_frames(void *arg, const void *data, size_t n)
{
    struct web *w = arg;
    if (w->stream)
        kq_stream_write(w->stream, data, n);
}

static void become_websocket(struct web *w, const struct site_upgrade *upgrade)
{
    struct lst_ws_opts opts = {
        .deflate = upgrade->deflate, .max = MESSAGE_MAX, .write = write_frames, .arg = w};
    struct kq_str rest = http_parser_rest(w->parser);
    w->ws = lst_ws_new(&opts);
    kq_buf_append(&w->in, rest.s, rest.len);
    w->s->type = LST_WEBSOCKET;
    w->s->ready = true;
    restart_patience(w);
    lst_journal_event(&w->s->context->journal, "websocket", w->s, NULL);
    lst_call_with_handle(w->s, "wo");
}

static void take_message(struct web *w, const struct kq_buf *bytes, bool text)
{
    struct lst_session *s = w->s;
    struct kq_obj *result = NULL;
    struct kq_obj *x = kq_vec_new(text ? KQ_CHAR : KQ_BYTE, (int64_t)bytes->len);
    if (!x)
        return;
    if (bytes->len)
        memcpy(x->u.v.data, bytes->data, bytes->len);
    lst_journal_text(&s->context->journal, s, (const char *)bytes->data, bytes->len);
    lst_call(s, "ws", 1, &x, &result);
    kq_unref(result);
    kq_unref(x);
    lst_count_message(s->context);
}

static void take_messages(struct web *w)
{
    struct kq_buf bytes;
    bool text;
    struct kq_str in = kq_str((const char *)w->in.data, w->in.len);
    kq_buf_init(&bytes, KQ_BUF_NOMAX);
    lst_ws_feed(w->ws, in.s, in.len);
    kq_buf_clear(&w->in);
    if (!w->last)
        restart_patience(w);
    while (!w->s->holds && !w->s->context->no_more && lst_ws_take(w->ws, &bytes, &text)) {
        take_message(w, &bytes, text);
        kq_buf_clear(&bytes);
    }
    kq_buf_release(&bytes);
    if (lst_ws_is_over(w->ws))
        close_gently(w);
}

/* What can be sent: a string as text, bytes as they are. */
static bool send_value(struct lst_session *s, const struct kq_obj *value, struct kq_err *err)
{
    struct web *w = s->web;
    if (!w->ws || !value)
        return kq_fail(err, KQ_EPROTO, "type");
    if (value->type != KQ_CHAR && value->type != KQ_BYTE)
        return kq_fail(err, KQ_EPROTO, "type");
    bool text = value->type == KQ_CHAR;
    return lst_ws_send(w->ws, text, kq_data(value), (size_t)value->n, err);
}

/* ---- HTTP ----------------------------------------------------------------------------------- */

static void answer(struct web *w, const struct http_request *req)
{
    struct site_reply reply = {.keep_alive = req->keep_alive};
    int64_t began_ns = kq_mono_ns();
    struct lst_context *c = w->s->context;
    kq_buf_init(&reply.out, KQ_BUF_NOMAX);
    int64_t number = lst_journal_text(&c->journal, w->s, req->method.s,
                                      (size_t)(req->target.s + req->target.len - req->method.s));
    site_answer(w->s, req, &reply);
    if (w->stream) {
        kq_stream_write(w->stream, reply.out.data, reply.out.len);
        int64_t elapsed_ns = kq_mono_ns() - began_ns;
        lst_journal_reply(&c->journal, w->s, NULL, NULL, reply.out.len, elapsed_ns, number);
        if (reply.upgrade.wanted)
            become_websocket(w, &reply.upgrade);
        else if (!reply.keep_alive)
            close_gently(w);
    }
    kq_buf_release(&reply.out);
    lst_count_message(c);
}

static void refuse(struct web *w, int status)
{
    struct kq_buf out;
    kq_buf_init(&out, KQ_BUF_NOMAX);
    http_respond(&out, status, "text/plain", "", kq_strz(http_reason(status)), false, false);
    kq_stream_write(w->stream, out.data, out.len);
    kq_buf_release(&out);
    lst_journal_event(&w->s->context->journal, "refused", w->s, http_reason(status));
    close_gently(w);
}

static void take_requests(struct web *w)
{
    struct http_request req;
    int status, got = 0;
    while (w->stream && !w->last && !w->ws && !w->s->holds && !w->s->context->no_more &&
           (got = http_parser_next(w->parser, &req, &status)) > 0) {
        answer(w, &req);
        if (w->stream && !w->last)
            restart_patience(w);
        if (lst_session_pending(w->s) > QUEUE_HIGH)
            lst_session_pause(w->s, LST_HOLD_QUEUE);
    }
    if (got < 0 && w->stream && !w->last)
        refuse(w, status);
    if (w->stream && got == 0 && http_parser_wants_continue(w->parser))
        kq_stream_write(w->stream, "HTTP/1.1 100 Continue\r\n\r\n", 25);
}

/* ---- the session ------------------------------------------------------------------------------ */

static void release(struct web *w)
{
    lst_ws_free(w->ws);
    http_parser_free(w->parser);
    kq_buf_release(&w->in);
    w->s->web = NULL;
    free(w);
}

static void ended(struct web *w)
{
    struct lst_session *s = w->s;
    lst_journal_event(&s->context->journal, "close", s, s->why);
    if (s->type == LST_WEBSOCKET && !s->context->stopping)
        lst_call_with_handle(s, "wc");
    release(w);
    lst_session_ended(s->context);
    lst_session_unpin(s);
}

static void run(struct lst_session *s, unsigned due)
{
    struct web *w = s->web;
    if (due & LST_DUE_MESSAGES) {
        if (!w->ws)
            take_requests(w);
        if (w->ws && w->stream)
            take_messages(w);
        if (w->stream)
            kq_stream_flush(w->stream);
        if (w->eof && !s->holds)
            close_gently(w);
        if (s->context->stopping)
            s->context->on_settled(s->context);
    }
    if (due & LST_DUE_CLOSE)
        ended(w);
}

static void end(struct lst_session *s, enum lst_ending how)
{
    struct web *w = s->web;
    switch (how) {
    case LST_END_ORDERLY:
        if (w->ws)
            lst_ws_close(w->ws, s->context->stopping ? 1001 : 1000);
        close_gently(w);
        break;
    case LST_END_RESET: kq_stream_reset_on_close(w->stream); /* fall through */
    case LST_END_NOW:
        if (w->ws && how == LST_END_NOW) {
            lst_ws_close(w->ws, 1001);
            kq_stream_flush(w->stream);
        }
        finish(w, NULL);
        break;
    case LST_END_HALF: kq_stream_finish(w->stream); break;
    case LST_END_NOT: break;
    }
}

static void pause(struct lst_session *s, bool paused)
{
    struct web *w = s->web;
    if (paused)
        kq_stream_pause(w->stream);
    else if (!w->eof)
        kq_stream_resume(w->stream);
}

static size_t pending(const struct lst_session *s)
{
    const struct web *w = s->web;
    return w->stream ? kq_stream_pending(w->stream) : 0;
}

static struct kq_stream *stream_of(const struct lst_session *s)
{
    const struct web *w = s->web;
    return w->stream;
}

void lst_web_serve_take(struct lst_context *c, struct kq_stream *stream)
{
    static const struct lst_session_ops session_ops = {
        .stream = stream_of,
        .run = run,
        .close = end,
        .pause = pause,
        .pending = pending,
        .send = send_value,
    };
    static const struct kq_stream_ops stream_ops = {
        .on_readable = on_readable,
        .on_drain = on_drain,
        .on_broken = on_broken,
        .on_closed = on_closed,
    };
    static const struct http_limits limits = {.head = HEAD_MAX, .body = BODY_MAX};
    struct web *w = kq_calloc(1, sizeof *w);
    w->s = lst_session_new(&c->sessions, kq_stream_fd(stream), LST_WEB, &session_ops);
    w->s->context = c;
    w->s->web = w;
    w->stream = stream;
    w->parser = http_parser_new(&limits);
    kq_buf_init(&w->in, KQ_BUF_NOMAX);
    kq_timer_init(&w->patience, c->loop, on_patience, w);
    restart_patience(w);
    kq_stream_set_ops(stream, &stream_ops, w);
    kq_stream_resume(stream);
}

/*
 * proxy.c - a connection to the real server behind each client.
 *
 * Requests that wait for their answers are a queue; answers come in order.
 * What the server sends arrives in callbacks of the loop and is passed on
 * there: no q code is involved.
 */
#include "proxy.h"

#include "base/mem.h"
#include "outgoing.h"
#include "wire/decode.h"

#include <stdlib.h>

/* Above this many waiting bytes the faster side is not read any more. */
enum { QUEUE_HIGH = 1 << 20 };

/* A forwarded request. */
struct waiting {
    int64_t began_ns, number;
    uint64_t faults;
};

struct upstream {
    struct lst_session *client;
    struct kq_conn *conn;
    void (*accept)(struct lst_session *s, int capability);
    void (*refuse)(struct lst_session *s, const char *why);
    bool ready;
    struct kq_buf queue; /* of struct waiting */
    size_t head;         /* bytes of it that are done */
};

/* ---- the queue ------------------------------------------------------------------- */

static void put(struct upstream *u, const struct lst_exchange *x)
{
    struct waiting w = {x->began_ns, x->number, x->faults};
    kq_buf_append(&u->queue, &w, sizeof w);
}

static bool take(struct upstream *u, struct waiting *w)
{
    if (u->head == u->queue.len)
        return false;
    memcpy(w, u->queue.data + u->head, sizeof *w);
    u->head += sizeof *w;
    if (u->head == u->queue.len) {
        kq_buf_clear(&u->queue);
        u->head = 0;
    }
    return true;
}

/* ---- from the server ----------------------------------------------------------------- */

static void on_ready(void *arg, struct kq_conn *conn)
{
    struct upstream *u = arg;
    u->ready = true;
    u->accept(u->client, kq_conn_capability(conn));
}

static void pass_answer(struct upstream *u, const struct kq_msg *msg, struct kq_obj *value)
{
    struct waiting w;
    struct lst_exchange x = {.session = u->client, .kind = KQ_SYNC, .began_ns = kq_mono_ns()};
    x.number = -1;
    if (take(u, &w)) {
        x.began_ns = w.began_ns;
        x.number = w.number;
        x.faults = w.faults;
    }
    lst_answer_frame(&x, msg->frame, msg->off, msg->len, value);
    if (!lst_proxy_is_waiting(u->client))
        lst_session_post(u->client, LST_DUE_ANSWER);
}

static void on_msg(void *arg, struct kq_conn *conn, const struct kq_msg *msg)
{
    struct upstream *u = arg;
    struct lst_session *s = u->client;
    struct kq_decode_opts opts = {.views = true, .max_size = s->context->opts->common.max_size};
    struct kq_err err;
    bool logged = s->context->journal.form != LST_JOURNAL_NONE;
    struct kq_obj *value = logged ? kq_decode_msg(msg, &opts, NULL) : NULL;
    if (msg->head.kind == KQ_RESPONSE) {
        pass_answer(u, msg, value);
    } else {
        lst_journal_push(&s->context->journal, s, msg, value);
        lst_send_frame(s, msg->frame, msg->off, msg->len, lst_push_faults(s), &err);
    }
    kq_unref(value);
    if (lst_session_pending(s) > QUEUE_HIGH)
        kq_conn_pause(conn);
}

static void on_drain(void *arg, struct kq_conn *conn)
{
    struct upstream *u = arg;
    (void)conn;
    lst_session_resume(u->client, LST_HOLD_UPSTREAM);
}

static void release(struct upstream *u)
{
    u->client->upstream = NULL;
    lst_session_unpin(u->client);
    kq_buf_release(&u->queue);
    free(u);
}

static void on_close(void *arg, struct kq_conn *conn, const struct kq_err *err)
{
    struct upstream *u = arg;
    struct lst_session *s = u->client;
    (void)conn;
    if (!u->ready) {
        u->refuse(s, err->code ? err->msg : "the server closed the connection");
    } else if (!s->closed) {
        lst_journal_event(&s->context->journal, "upstream", s,
                          err->code ? err->msg : "the server closed the connection");
        lst_session_close(s, LST_END_ORDERLY);
    }
    release(u);
}

/* ---- from the client ------------------------------------------------------------------- */

void lst_proxy_connect(struct lst_session *s, void (*accept)(struct lst_session *s, int capability),
                       void (*refuse)(struct lst_session *s, const char *why))
{
    static const struct kq_conn_ops ops = {
        .on_ready = on_ready,
        .on_msg = on_msg,
        .on_drain = on_drain,
        .on_close = on_close,
    };
    struct lst_context *c = s->context;
    const struct kq_addr *target = &c->proxy->target;
    struct upstream *u = kq_calloc(1, sizeof *u);
    struct kq_conn_opts opts;
    kq_conn_opts_init(&opts);
    opts.capability = kq_hello_common(s->login.capability, (int)c->opts->server.capability);
    opts.user = target->user ? target->user : s->user;
    opts.password = target->user ? target->password : s->login.password;
    opts.max_queue = c->opts->server.max_queue;
    opts.tls = c->client_tls;
    u->client = s;
    u->accept = accept;
    u->refuse = refuse;
    kq_buf_init(&u->queue, KQ_BUF_NOMAX);
    lst_session_pin(s);
    s->upstream = u;
    u->conn = kq_conn_open(c->loop, target, &opts, &ops, u);
}

void lst_proxy_disconnect(struct lst_session *s)
{
    struct upstream *u = s->upstream;
    if (!u)
        return;
    kq_conn_close(u->conn);
    if (kq_conn_stage(u->conn) != KQ_STAGE_READY)
        kq_conn_abort(u->conn, false);
}

void lst_proxy_forward(struct lst_exchange *x)
{
    const struct kq_msg *msg = &x->msg;
    struct upstream *u = x->session->upstream;
    struct kq_err err;
    if (!u || !kq_conn_send_rc(u->conn, msg->frame, msg->off, msg->len, &err)) {
        lst_answer(x, NULL, u ? err.msg : "the server closed the connection");
        return;
    }
    if (x->kind == KQ_SYNC) {
        put(u, x);
        x->answered = true;
    }
    if (kq_conn_pending_bytes(u->conn) > QUEUE_HIGH)
        lst_session_pause(x->session, LST_HOLD_UPSTREAM);
}

bool lst_proxy_is_waiting(const struct lst_session *s)
{
    const struct upstream *u = s->upstream;
    return u && u->head < u->queue.len;
}

void lst_proxy_go_on(struct lst_session *s)
{
    struct upstream *u = s->upstream;
    if (u)
        kq_conn_resume(u->conn);
}

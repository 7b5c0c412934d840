/*
 * ipc.c - what a kq_conn reports becomes work for the session, done by run()
 * outside the loop's callbacks.
 *
 * Order of a connection's life, as in kdb+: password file, .z.pw, the answer
 * byte, .z.po; then the messages; .z.bm and the end for what nobody can read;
 * .z.pc after the end.
 */
#include "ipc.h"

#include "base/mem.h"
#include "call.h"
#include "exchange.h"
#include "gate.h"
#include "inject.h"
#include "outgoing.h"
#include "proxy.h"
#include "push.h"
#include "replay.h"
#include "request.h"

#include <stdlib.h>

/* Bytes of an unreadable message that .z.bm gets to see. */
enum { REST_MAX = 65536 };

/* ---- from the connection ------------------------------------------------------------ */

static void on_login(void *arg, struct kq_conn *conn, const struct kq_login *login)
{
    struct lst_session *s = arg;
    (void)conn;
    lst_session_set_user(s, login->user);
    s->login.password = kq_memdup0(login->password.s, login->password.len);
    s->login.password_len = login->password.len;
    s->login.capability = login->capability;
    lst_session_post(s, LST_DUE_LOGIN);
}

static void on_ready(void *arg, struct kq_conn *conn)
{
    struct lst_session *s = arg;
    s->ready = true;
    s->ready_ns = kq_mono_ns();
    if (s->type == LST_OUTGOING)
        lst_session_attach(s, kq_conn_fd(conn));
    lst_session_post(s, LST_DUE_OPEN);
}

static void on_msg(void *arg, struct kq_conn *conn, const struct kq_msg *msg)
{
    struct lst_session *s = arg;
    struct kq_msg kept = *msg;
    (void)conn;
    kq_rcbuf_ref(kept.frame);
    lst_inbox_put(&s->inbox, &kept);
    lst_session_post(s, LST_DUE_MESSAGES);
}

static void on_text(void *arg, struct kq_conn *conn, struct kq_str line)
{
    struct lst_session *s = arg;
    (void)conn;
    s->login.text = kq_memdup0(line.s, line.len);
    s->login.text_len = line.len;
    s->ready = true;
    lst_session_post(s, LST_DUE_TEXT);
}

static void on_drain(void *arg, struct kq_conn *conn)
{
    struct lst_session *s = arg;
    (void)conn;
    lst_session_resume(s, LST_HOLD_QUEUE);
    lst_proxy_go_on(s);
    if (s->context->pusher)
        lst_pusher_go_on(s->context->pusher);
    if (s->context->stopping)
        s->context->on_settled(s->context);
}

/* The client has closed its side.  It may still want the answers that are on their way. */
static void on_eof(void *arg, struct kq_conn *conn)
{
    struct lst_session *s = arg;
    (void)conn;
    s->eof = true;
    lst_session_post(s, LST_DUE_MESSAGES);
}

static void on_close(void *arg, struct kq_conn *conn, const struct kq_err *err)
{
    struct lst_session *s = arg;
    if (err->code)
        s->why = kq_strdup(err->msg);
    s->code = err->code;
    if (err->code == KQ_EPROTO && s->ready) {
        struct kq_str rest = kq_conn_unread(conn);
        kq_buf_append(&s->rest, rest.s, rest.len < REST_MAX ? rest.len : REST_MAX);
    }
    kq_record_end(&s->recorded, s->why ? s->why : "");
    lst_session_end(s);
}

/* ---- login ------------------------------------------------------------------------------ */

static void refuse(struct lst_session *s, const char *why)
{
    if (s->closed)
        return;
    lst_journal_event(&s->context->journal, "refused", s, why);
    kq_conn_reject(s->conn);
}

static void accept_login(struct lst_session *s, int capability)
{
    const struct lst_fault *cap = lst_faults_get(&s->context->faults, s->faults, LST_FAULT_CAP);
    if (cap) {
        lst_journal_event(&s->context->journal, "fault", s, "cap");
        capability = (int)cap->value;
    }
    if (!s->closed)
        kq_conn_accept(s->conn, capability);
}

static void on_late_answer(void *arg)
{
    struct lst_session *s = arg;
    accept_login(s, -1);
}

/* Faults of the handshake; true when one has taken over. */
static bool strike_login(struct lst_session *s)
{
    static const enum lst_fault_what all[] = {LST_FAULT_REFUSE_AUTH, LST_FAULT_NO_HANDSHAKE,
                                              LST_FAULT_SLOW_HANDSHAKE};
    const struct lst_fault *one = NULL;
    for (size_t i = 0; i < 3 && s->faults && !one; i++)
        one = lst_faults_get(&s->context->faults, s->faults, all[i]);
    if (!one)
        return false;
    lst_journal_event(&s->context->journal, "fault", s, lst_fault_name(one->what));
    if (one->what == LST_FAULT_REFUSE_AUTH)
        kq_conn_reject(s->conn);
    if (one->what != LST_FAULT_SLOW_HANDSHAKE)
        return true;
    kq_timer_init(&s->login.late, s->context->loop, on_late_answer, s);
    kq_timer_start_ns(&s->login.late, one->value);
    return true;
}

static void decide(struct lst_session *s)
{
    if (!lst_gate_admits(s, kq_str(s->login.password, s->login.password_len)))
        refuse(s, "bad user or password");
    else if (s->closed || strike_login(s))
        ;
    else if (s->context->proxy)
        lst_proxy_connect(s, accept_login, refuse);
    else
        accept_login(s, -1);
}

/* ---- work --------------------------------------------------------------------------------- */

static void opened(struct lst_session *s)
{
    lst_journal_event(&s->context->journal, "open", s, NULL);
    if (s->type == LST_OUTGOING)
        return;
    lst_inject_begin(s);
    s->announced = true;
    lst_call_with_handle(s, "po");
    if (s->context->replay && !s->closed)
        lst_replay_greet(s);
    if (s->context->pusher)
        lst_pusher_welcome(s->context->pusher);
}

/* .z.pq or .z.pi gives the text itself; q's own way is the console form of the value. */
static struct kq_obj *text_answer(struct lst_session *s, struct kq_obj *line)
{
    struct lst_context *c = s->context;
    struct kq_obj *result = NULL;
    if (q_handler(c->q, "pq", 1, &line, &result) || q_handler(c->q, "pi", 1, &line, &result))
        return result;
    result = q_value(c->q, line);
    struct kq_obj *text = result ? q_console(c->q, result) : NULL;
    kq_unref(result);
    return text;
}

static void send_text(struct lst_session *s, const struct kq_obj *text)
{
    struct kq_err err;
    if (text && text->type == KQ_CHAR) {
        kq_conn_send_text(s->conn, kq_data(text), (size_t)text->n, &err);
    } else if (!text) {
        const char *error = q_error(s->context->q);
        kq_conn_send_text(s->conn, "'", 1, &err);
        kq_conn_send_text(s->conn, error, strlen(error), &err);
        kq_conn_send_text(s->conn, "\n", 1, &err);
    }
}

static void answer_text(struct lst_session *s)
{
    struct lst_context *c = s->context;
    struct kq_obj *line = kq_string(s->login.text, s->login.text_len);
    lst_journal_text(&c->journal, s, s->login.text, s->login.text_len);
    struct q_peer before = lst_set_peer(s);
    struct kq_obj *text = line ? text_answer(s, line) : NULL;
    q_set_peer(c->q, &before);
    kq_out_flush(c->out);
    if (!s->closed) {
        send_text(s, text);
        lst_session_close(s, LST_END_ORDERLY);
    }
    kq_unref(text);
    kq_unref(line);
    lst_count_message(c);
}

/* After the last message that -c allows the others are not for us. */
static void take_messages(struct lst_session *s)
{
    struct lst_context *c = s->context;
    struct kq_msg msg;
    while (!s->holds && lst_inbox_take(&s->inbox, &msg)) {
        if (!c->no_more && !s->closing)
            lst_take_message(s, &msg);
        kq_msg_release(&msg);
    }
    if (c->pusher)
        lst_pusher_go_on(c->pusher);
    if (c->tplog.fd >= 0)
        kq_out_flush(&c->tplog.out);
    if (s->conn)
        kq_conn_flush(s->conn);
    if (s->eof && !s->closed && !s->held && !s->deferred && !s->inbox.n)
        lst_session_close(s, lst_session_pending(s) ? LST_END_ORDERLY : LST_END_NOW);
    if (c->stopping)
        c->on_settled(c);
}

static void ended(struct lst_session *s)
{
    struct lst_context *c = s->context;
    lst_exchange_drop(s);
    lst_proxy_disconnect(s);
    take_messages(s);
    lst_inject_end(s);
    if (s->login.late.fn)
        kq_timer_stop(&s->login.late);
    if (s->rest.len)
        lst_call_bad(s, s->rest.data, s->rest.len);
    if (s->peer)
        lst_journal_event(&c->journal, "close", s, s->why);
    if (s->announced && !c->stopping)
        lst_call_with_handle(s, "pc");
    if (s->type == LST_CLIENT)
        lst_session_ended(c);
    lst_session_unpin(s);
}

static void run(struct lst_session *s, unsigned due)
{
    if ((due & LST_DUE_LOGIN) && !s->closed)
        decide(s);
    if (due & LST_DUE_OPEN)
        opened(s);
    if ((due & LST_DUE_TEXT) && !s->closed)
        answer_text(s);
    if (due & LST_DUE_ANSWER)
        lst_take_held(s);
    if (due & (LST_DUE_MESSAGES | LST_DUE_OPEN))
        take_messages(s);
    if (due & LST_DUE_CLOSE)
        ended(s);
}

static void end(struct lst_session *s, enum lst_ending how)
{
    switch (how) {
    case LST_END_ORDERLY:
        if (!lst_inject_close(s))
            kq_conn_close(s->conn);
        break;
    case LST_END_NOW: kq_conn_abort(s->conn, false); break;
    case LST_END_RESET: kq_conn_abort(s->conn, true); break;
    case LST_END_HALF:
        if (kq_conn_stream(s->conn))
            kq_stream_finish(kq_conn_stream(s->conn));
        break;
    case LST_END_NOT: break;
    }
}

static void pause(struct lst_session *s, bool paused)
{
    if (paused)
        kq_conn_pause(s->conn);
    else
        kq_conn_resume(s->conn);
}

static size_t pending(const struct lst_session *s)
{
    return kq_conn_pending_bytes(s->conn) + lst_inject_pending(s);
}

static struct kq_stream *stream_of(const struct lst_session *s)
{
    return s->conn ? kq_conn_stream(s->conn) : NULL;
}

static const struct lst_session_ops session_ops = {
    .stream = stream_of,
    .run = run,
    .close = end,
    .pause = pause,
    .pending = pending,
};

/* ---- beginning --------------------------------------------------------------------------- */

/* With these faults the connection stays although nobody logs in. */
static bool login_may_wait(const struct lst_session *s)
{
    const struct lst_faults *f = &s->context->faults;
    return !lst_faults_get(f, s->faults, LST_FAULT_NO_HANDSHAKE) &&
           !lst_faults_get(f, s->faults, LST_FAULT_SLOW_HANDSHAKE);
}

static struct kq_conn_opts conn_opts(struct lst_session *s)
{
    const struct lst_opts *o = s->context->opts;
    struct kq_conn_opts opts;
    kq_conn_opts_init(&opts);
    opts.capability = (int)o->server.capability;
    opts.idle_timeout_ms = o->server.idle_timeout_ns / 1000000;
    opts.max_queue = o->server.max_queue;
    if (o->common.max_size)
        opts.max_message = o->common.max_size;
    opts.tap = kq_record_tap(&s->recorded);
    return opts;
}

void lst_ipc_serve_take(struct lst_context *c, struct kq_stream *stream)
{
    static const struct kq_conn_ops ops = {
        .on_login = on_login,
        .on_ready = on_ready,
        .on_msg = on_msg,
        .on_text = on_text,
        .on_drain = on_drain,
        .on_eof = on_eof,
        .on_close = on_close,
    };
    static const struct kq_conn_ops without_text = {
        .on_login = on_login,
        .on_ready = on_ready,
        .on_msg = on_msg,
        .on_drain = on_drain,
        .on_eof = on_eof,
        .on_close = on_close,
    };
    struct lst_session *s =
        lst_session_new(&c->sessions, kq_stream_fd(stream), LST_CLIENT, &session_ops);
    s->context = c;
    if (c->faults.n)
        s->faults = lst_faults_of_conn(&c->faults, s->number);
    kq_record_begin(&s->recorded, c->record, s->peer, s->local, false);
    struct kq_conn_opts opts = conn_opts(s);
    if (!login_may_wait(s))
        opts.connect_timeout_ms = 0;
    s->conn = kq_conn_serve_take(stream, &opts, c->opts->server.no_qcon ? &without_text : &ops, s);
}

static const struct kq_conn_ops outgoing_ops = {
    .on_ready = on_ready,
    .on_msg = on_msg,
    .on_drain = on_drain,
    .on_close = on_close,
};

/* ---- waiting ------------------------------------------------------------------------------- */

/* q code waits: others are served meanwhile, but no longer than -T allows. */
struct wait {
    struct lst_context *context;
    struct q_wait state;
    struct lst_exchange *current;
    struct kq_timer timer;
    bool over;
};

static void on_wait_over(void *arg)
{
    struct wait *w = arg;
    w->over = true;
}

static void wait_begin(struct wait *w, struct lst_context *c)
{
    int64_t limit_ns = c->opts->access.query_timeout_ns;
    *w = (struct wait){.context = c, .state = q_wait_begin(c->q), .current = c->current};
    c->current = NULL;
    kq_timer_init(&w->timer, c->loop, on_wait_over, w);
    if (limit_ns)
        kq_timer_start_ns(&w->timer, limit_ns);
}

/* One turn; false when there is no hope. */
static bool wait_turn(struct wait *w)
{
    return !w->over && !w->context->stopping && kq_loop_turn(w->context->loop);
}

static void wait_end(struct wait *w)
{
    kq_timer_stop(&w->timer);
    q_wait_end(w->context->q, &w->state);
    w->context->current = w->current;
}

static void explain(const struct lst_session *s, const struct wait *w, struct kq_err *err)
{
    if (w->over)
        kq_err_set(err, KQ_ETIMEOUT, "stop");
    else if (w->context->stopping)
        kq_err_set(err, KQ_ELOST, "stop");
    else
        kq_err_set(err, KQ_ELOST, "close handle: %d", s->handle);
}

struct kq_obj *lst_ipc_await(struct lst_session *s, bool any, struct kq_err *err)
{
    bool outer = s->takes_any;
    struct wait w;
    wait_begin(&w, s->context);
    lst_session_pin(s);
    s->waiting++;
    s->takes_any = any;
    if (s->conn)
        kq_conn_flush(s->conn);
    while (!s->answer && !s->closed && wait_turn(&w))
        ;
    s->takes_any = outer;
    s->waiting--;
    struct kq_obj *value = s->answer;
    s->answer = NULL;
    if (!value)
        explain(s, &w, err);
    lst_session_unpin(s);
    wait_end(&w);
    return value;
}

bool lst_ipc_drain(struct lst_session *s, struct kq_err *err)
{
    struct wait w;
    wait_begin(&w, s->context);
    lst_session_pin(s);
    if (s->conn)
        kq_conn_flush(s->conn);
    while (!s->closed && lst_session_pending(s) && wait_turn(&w))
        ;
    bool ok = !s->closed && !lst_session_pending(s);
    if (!ok)
        explain(s, &w, err);
    lst_session_unpin(s);
    wait_end(&w);
    return ok;
}

struct lst_session *lst_ipc_open(struct lst_context *c, const struct kq_addr *a, int64_t timeout_ms,
                                 struct kq_err *err)
{
    struct lst_session *s = lst_session_new(&c->sessions, -1, LST_OUTGOING, &session_ops);
    s->context = c;
    struct kq_conn_opts opts = conn_opts(s);
    opts.user = a->user ? a->user : "";
    opts.password = a->password ? a->password : "";
    opts.connect_timeout_ms = timeout_ms;
    opts.idle_timeout_ms = 0;
    opts.tls = c->client_tls;
    lst_session_set_user(s, kq_strz(opts.user));
    struct wait w;
    wait_begin(&w, c);
    lst_session_pin(s);
    s->conn = kq_conn_open(c->loop, a, &opts, &outgoing_ops, s);
    while (!s->ready && !s->closed && wait_turn(&w))
        ;
    wait_end(&w);
    bool ok = s->ready && !s->closed;
    if (!ok)
        kq_err_set(err, s->code ? s->code : KQ_ETIMEOUT, "%s", s->why ? s->why : "stop");
    if (!ok && !s->closed)
        lst_session_close(s, LST_END_NOW);
    lst_session_unpin(s);
    return ok ? s : NULL;
}

/*
 * ipc.c - callbacks of a kq_conn become calls of the evaluator.
 *
 * Order of a connection's life, as in kdb+: password file, .z.pw, the answer
 * byte, .z.po; then .z.pg or .z.ps for each message; .z.bm and the end for a
 * message that cannot be decoded; .z.pc after the end.
 */
#include "ipc.h"

#include "base/mem.h"
#include "cli/opt_conn.h"
#include "obj/list.h"
#include "wire/compress.h"
#include "wire/decode.h"

#include <netinet/in.h>
#include <stdlib.h>

/* Make `s` the one that .z.w, .z.u and .z.a speak of; NULL: nobody. */
static void set_peer(struct lst_context *c, const struct lst_session *s)
{
    struct q_peer peer = {.user = kq_sym_null};
    if (s) {
        const char *user = kq_sym(s->user, strlen(s->user));
        peer = (struct q_peer){.handle = s->handle,
                               .address = s->addr,
                               .user = user ? user : kq_sym_null,
                               .restricted = c->opts->access.restrict_arg != NULL};
    }
    q_set_peer(c->q, &peer);
}

/* A handler's error has nobody to go to but the console. */
static void report(struct lst_context *c)
{
    kq_out_flush(c->out);
    struct kq_err err;
    kq_err_set(&err, KQ_EQ, "'%s", q_error(c->q));
    kq_prog_error(c->prog, NULL, &err);
}

/* Call .z.NAME with the handle of `s`; its result is of no interest. */
static void call_handler(struct lst_context *c, const struct lst_session *s, const char *name)
{
    struct kq_obj *arg = kq_atom_int(KQ_INT, s->handle), *result = NULL;
    if (q_handler(c->q, name, 1, &arg, &result) && !result)
        report(c);
    kq_unref(result);
    kq_unref(arg);
}

/* ---- sending --------------------------------------------------------------- */

/* 0 auto, 1 always, 2 never: positions of the words of --compress. */
static bool may_compress(const struct lst_context *c, const struct lst_session *s, size_t len)
{
    if (c->opts->server.compress == KQ_COMPRESS_NEVER || kq_conn_capability(s->conn) < 1)
        return false;
    if (c->opts->server.compress == KQ_COMPRESS_ALWAYS)
        return true;
    return len > KQ_COMPRESS_ABOVE && !kq_conn_is_local(s->conn);
}

static void compress(struct kq_buf *frame)
{
    uint8_t *room = kq_try_malloc(frame->len / 2);
    size_t n = room ? kq_compress(frame->data, frame->len, room) : 0;
    if (n) {
        memcpy(frame->data, room, n);
        frame->len = n;
    }
    free(room);
}

static bool encode(struct lst_context *c, struct lst_session *s, struct kq_buf *frame,
                   enum kq_kind kind, const struct kq_obj *value, struct kq_err *err)
{
    struct kq_encode_opts opts = {
        .big = c->opts->server.endian == KQ_ENDIAN_BIG,
        .capability = kq_conn_capability(s->conn),
    };
    return kq_encode_msg(frame, kind, value, &opts, err);
}

bool lst_ipc_send(struct lst_context *c, struct lst_session *s, enum kq_kind kind,
                  const struct kq_obj *value, const char *error, size_t *size, struct kq_err *err)
{
    struct kq_buf frame;
    kq_buf_init(&frame, KQ_BUF_NOMAX);
    struct kq_obj *failure = value ? NULL : kq_error(error, strlen(error));
    bool ok = encode(c, s, &frame, kind, value ? value : failure, err);
    kq_unref(failure);
    if (ok && may_compress(c, s, frame.len))
        compress(&frame);
    if (size)
        *size = frame.len;
    ok = ok && kq_conn_send_buf_take(s->conn, &frame, err);
    kq_buf_release(&frame);
    return ok;
}

/* The answer to a sync request; what cannot be encoded becomes an error answer. */
static void answer(struct lst_context *c, struct lst_session *s, const struct kq_obj *value,
                   const char *error, int64_t began_ns)
{
    struct kq_err err;
    size_t size = 0;
    bool sent = lst_ipc_send(c, s, KQ_RESPONSE, value, error, &size, &err);
    if (!sent && value) {
        error = err.msg;
        value = NULL;
        sent = lst_ipc_send(c, s, KQ_RESPONSE, NULL, error, &size, &err);
    }
    int64_t elapsed_ns = kq_mono_ns() - began_ns;
    kq_stats_add(&c->latency, elapsed_ns);
    if (sent)
        lst_journal_reply(&c->journal, s, value, error, size, elapsed_ns);
}

/* ---- receiving --------------------------------------------------------------- */

static void count_message(struct lst_context *c)
{
    c->messages++;
    if (c->opts->common.count && c->messages >= c->opts->common.count)
        lst_stop(c, 0);
}

static void run_request(struct lst_context *c, struct lst_session *s, enum kq_kind kind,
                        struct kq_obj *request)
{
    int64_t began_ns = kq_mono_ns();
    int handle = s->handle;
    set_peer(c, s);
    struct kq_obj *result = q_request(c->q, request, kind == KQ_SYNC);
    set_peer(c, NULL);
    kq_out_flush(c->out);
    /* The request may have closed its own connection. */
    if (lst_sessions_get(&c->sessions, handle) == s) {
        if (kind == KQ_SYNC)
            answer(c, s, result, result ? NULL : q_error(c->q), began_ns);
        else if (!result)
            report(c);
    }
    kq_unref(result);
}

/* A response: for whoever waits for it, else nobody's. */
static void take_response(struct lst_session *s, struct kq_obj *value)
{
    if (!s->waiting || s->answer)
        return;
    s->answer = kq_ref(value);
}

static void bad_message(struct lst_context *c, struct lst_session *s, const struct kq_msg *msg,
                        const struct kq_err *err)
{
    lst_journal_message(&c->journal, s, msg, NULL, err->msg);
    struct kq_obj *handle = kq_atom_int(KQ_INT, s->handle), *result = NULL;
    struct kq_obj *bytes = kq_vec_new(KQ_BYTE, (int64_t)msg->len);
    if (bytes) {
        memcpy(bytes->u.v.data, kq_msg_bytes(msg), msg->len);
        struct kq_obj *arg = kq_list_of(2, handle, bytes);
        q_handler(c->q, "bm", 1, &arg, &result);
        kq_unref(result);
        kq_unref(arg);
    } else {
        kq_unref(handle);
    }
    kq_conn_abort(s->conn, false);
}

static void on_msg(void *arg, struct kq_conn *conn, const struct kq_msg *msg)
{
    struct lst_session *s = arg;
    struct lst_context *c = s->context;
    (void)conn;
    struct kq_decode_opts opts = {.max_size = c->opts->common.max_size};
    struct kq_err err;
    struct kq_obj *value = kq_decode_msg(msg, &opts, &err);
    if (!value) {
        bad_message(c, s, msg, &err);
        return;
    }
    lst_journal_message(&c->journal, s, msg, value, NULL);
    if (msg->head.kind == KQ_RESPONSE)
        take_response(s, value);
    else
        run_request(c, s, msg->head.kind, value);
    kq_unref(value);
    count_message(c);
}

struct kq_obj *lst_ipc_await(struct lst_context *c, struct lst_session *s)
{
    s->waiting++;
    kq_conn_flush(s->conn);
    while (!s->answer && !s->closed)
        kq_loop_turn(c->loop);
    s->waiting--;
    struct kq_obj *value = s->answer;
    s->answer = NULL;
    if (!value)
        q_failf(c->q, "close handle: %d", s->handle);
    if (s->closed && !s->waiting)
        lst_session_free(s);
    if (value && value->type == KQ_ERROR) {
        q_failf(c->q, "%s", kq_sym_text(value));
        kq_unref(value);
        return NULL;
    }
    return value;
}

/* ---- the console client's text -------------------------------------------------- */

static void on_text(void *arg, struct kq_conn *conn, struct kq_str line)
{
    struct lst_session *s = arg;
    struct lst_context *c = s->context;
    struct kq_err err;
    set_peer(c, s);
    struct kq_obj *request = kq_string(line.s, line.len);
    struct kq_obj *result = request ? q_value(c->q, request) : NULL;
    struct kq_obj *text = NULL;
    if (result)
        text = q_console(c->q, result);
    if (text) {
        kq_conn_send_text(conn, kq_data(text), (size_t)text->n, &err);
    } else if (!result) {
        kq_conn_send_text(conn, "'", 1, &err);
        kq_conn_send_text(conn, q_error(c->q), strlen(q_error(c->q)), &err);
        kq_conn_send_text(conn, "\n", 1, &err);
    }
    set_peer(c, NULL);
    kq_unref(text);
    kq_unref(result);
    kq_unref(request);
    kq_conn_close(conn);
}

/* ---- beginning and end ------------------------------------------------------------ */

/* .z.pw[user;password] must say 1b; without a handler everybody passes. */
static bool handler_accepts(struct lst_context *c, const struct kq_login *login)
{
    const char *user = kq_sym(login->user.s, login->user.len);
    struct kq_obj *args[] = {kq_atom_sym(user ? user : kq_sym_null),
                             kq_string(login->password.s, login->password.len)};
    struct kq_obj *result = NULL;
    bool ok = true;
    if (args[1] && q_handler(c->q, "pw", 2, args, &result)) {
        if (!result)
            report(c);
        ok = result && result->type == -KQ_BOOLEAN && kq_int_at(result, 0);
    }
    kq_unref(result);
    kq_unref(args[0]);
    kq_unref(args[1]);
    return ok;
}

static bool has_room(const struct lst_context *c)
{
    return !c->opts->server.max_conns || c->sessions.count <= c->opts->server.max_conns;
}

static void on_login(void *arg, struct kq_conn *conn, const struct kq_login *login)
{
    struct lst_session *s = arg;
    struct lst_context *c = s->context;
    bool room = has_room(c);
    lst_session_set_user(s, login->user);
    set_peer(c, s);
    bool known = !c->users || lst_users_check(c->users, login->user, login->password);
    bool ok = room && known && handler_accepts(c, login);
    set_peer(c, NULL);
    if (ok) {
        kq_conn_accept(conn, -1);
        return;
    }
    lst_journal_event(&c->journal, "refused", s,
                      room ? "bad user or password" : "too many connections");
    kq_conn_reject(conn);
}

static void on_ready(void *arg, struct kq_conn *conn)
{
    struct lst_session *s = arg;
    struct lst_context *c = s->context;
    (void)conn;
    s->ready = s->announced = true;
    lst_journal_event(&c->journal, "open", s, NULL);
    set_peer(c, s);
    call_handler(c, s, "po");
    set_peer(c, NULL);
}

static void on_close(void *arg, struct kq_conn *conn, const struct kq_err *err)
{
    struct lst_session *s = arg;
    struct lst_context *c = s->context;
    (void)conn;
    const char *why = err->code ? err->msg : NULL;
    lst_journal_event(&c->journal, "close", s, why);
    kq_record_end(&s->recorded, why ? why : "");
    bool announced = s->announced;
    lst_sessions_detach(&c->sessions, s);
    if (announced)
        call_handler(c, s, "pc");
    s->conn = NULL;
    if (!s->waiting)
        lst_session_free(s);
    lst_session_ended(c);
}

void lst_ipc_serve_take(struct lst_context *c, struct kq_stream *stream)
{
    static const struct kq_conn_ops ops = {
        .on_login = on_login,
        .on_ready = on_ready,
        .on_msg = on_msg,
        .on_text = on_text,
        .on_close = on_close,
    };
    static const struct kq_conn_ops without_text = {
        .on_login = on_login,
        .on_ready = on_ready,
        .on_msg = on_msg,
        .on_close = on_close,
    };
    struct kq_conn_opts opts;
    kq_conn_opts_init(&opts);
    opts.capability = (int)c->opts->server.capability;
    opts.idle_timeout_ms = c->opts->server.idle_timeout_ns / 1000000;
    if (c->opts->common.max_size)
        opts.max_message = c->opts->common.max_size;
    struct lst_session *s = lst_sessions_add(&c->sessions, kq_stream_fd(stream));
    s->context = c;
    if (c->record) {
        kq_record_begin(&s->recorded, c->record, s->peer, s->local, false);
        opts.tap = kq_record_tap(&s->recorded);
    }
    s->conn = kq_conn_serve_take(stream, &opts, c->opts->server.no_qcon ? &without_text : &ops, s);
}

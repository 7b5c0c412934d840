/*
 * host.c - the callbacks of struct q_host, over the sessions of the server.
 *
 * A negative handle queues and returns; a positive one waits for the answer in
 * turns of the loop.  Errors have the wording of kdb+, which clients look for.
 */
#include "host.h"

#include "base/mem.h"
#include "base/num.h"
#include "exchange.h"
#include "files.h"
#include "ipc.h"
#include "net/tls.h"
#include "obj/dict.h"
#include "obj/list.h"
#include "outgoing.h"
#include "tlsfacts.h"
#include "wire/encode.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void host_print(void *arg, int fd, const char *text, size_t len)
{
    struct lst_context *c = arg;
    if (fd != 2) {
        kq_out_write(c->out, text, len);
        kq_out_flush(c->out);
        return;
    }
    kq_out_flush(c->out);
    while (len) {
        ssize_t n = write(2, text, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        text += n;
        len -= (size_t)n;
    }
}

/* ---- handles --------------------------------------------------------------------- */

static struct lst_session *find(struct lst_context *c, struct q *q, int64_t handle)
{
    int64_t h = handle < 0 ? -handle : handle;
    struct lst_session *s = lst_sessions_get(&c->sessions, h);
    if (s && lst_session_is_open(s))
        return s;
    q_failf(q, "Cannot write to handle %lld. OS reports: Bad file descriptor", (long long)h);
    return NULL;
}

/* What came, or the error that it is. */
static struct kq_obj *answer_take(struct q *q, struct kq_obj *value, const struct kq_err *err)
{
    if (!value)
        return q_failf(q, "%s", err->msg);
    if (value->type != KQ_ERROR)
        return value;
    q_failf(q, "%s", kq_sym_text(value));
    kq_unref(value);
    return NULL;
}

/* (::) sent on a negative handle flushes; on a positive one it waits for any message. */
static struct kq_obj *host_send(void *arg, struct q *q, int64_t handle, struct kq_obj *msg)
{
    struct lst_session *s = find(arg, q, handle);
    struct kq_err err;
    bool nothing = kq_is_generic_null(msg);
    if (!s)
        return NULL;
    if (handle < 0) {
        bool ok = nothing ? lst_ipc_drain(s, &err) : lst_push(s, KQ_ASYNC, msg, &err);
        return ok ? kq_generic_null() : q_failf(q, "%s", err.msg);
    }
    if (s->type == LST_WEBSOCKET)
        return q_fail(q, "nyi");
    if (!nothing && !lst_push(s, KQ_SYNC, msg, &err))
        return q_failf(q, "%s", err.msg);
    struct kq_obj *value = lst_ipc_await(s, nothing, &err);
    return answer_take(q, value, &err);
}

static bool host_close(void *arg, struct q *q, int64_t handle)
{
    struct lst_context *c = arg;
    struct lst_session *s = lst_sessions_get(&c->sessions, handle);
    if (!s || !lst_session_is_open(s)) {
        q_failf(q, "close handle: %lld", (long long)handle);
        return false;
    }
    /* kdb+ does not call .z.pc for a handle that it closes itself. */
    s->announced = false;
    lst_session_close(s, LST_END_ORDERLY);
    return true;
}

static struct kq_obj *host_handles(void *arg, struct q *q)
{
    struct lst_context *c = arg;
    (void)q;
    struct kq_obj *handles = kq_vec_new(KQ_INT, c->sessions.count);
    struct kq_obj *pending = kq_vec_new(KQ_LONG, c->sessions.count);
    int at = 0;
    for (int i = 0; i < c->sessions.n && at < c->sessions.count; i++) {
        const struct lst_session *s = c->sessions.by_handle[i];
        if (!s || !lst_session_is_open(s))
            continue;
        kq_ints(handles)[at] = s->handle;
        kq_longs(pending)[at++] = (int64_t)lst_session_pending(s);
    }
    handles->n = pending->n = at;
    struct kq_obj *d = kq_dict(handles, pending);
    kq_unref(handles);
    kq_unref(pending);
    return d;
}

/* ---- hopen ------------------------------------------------------------------------- */

/* The text of a target: symbol, string, or the number of a port. */
static bool target_text(const struct kq_obj *x, struct kq_out *text)
{
    if (x->type == -KQ_SYMBOL)
        kq_out_write(text, kq_sym_text(x), kq_sym_textlen(x));
    else if (x->type == KQ_CHAR)
        kq_out_write(text, kq_data(x), (size_t)x->n);
    else if (x->type == -KQ_LONG || x->type == -KQ_INT || x->type == -KQ_SHORT)
        kq_out_printf(text, "::%lld", (long long)kq_int_at(x, 0));
    else
        return false;
    return true;
}

static bool take_target(struct q *q, struct kq_obj *target, struct kq_addr *a, int64_t *timeout_ms)
{
    struct kq_out text;
    struct kq_err err;
    kq_out_init_mem(&text);
    *timeout_ms = 0;
    if (target->type == KQ_LIST && target->n == 2) {
        const struct kq_obj *t = kq_child(target, 1);
        *timeout_ms = t->type < 0 ? kq_int_at(t, 0) : -1;
        target = kq_child(target, 0);
    }
    bool ok = *timeout_ms >= 0 && target_text(target, &text);
    if (!ok)
        q_fail(q, "type");
    else if (!kq_addr_parse(kq_str(text.buf, text.len), a, &err))
        ok = q_failf(q, "%s", err.msg);
    kq_out_release(&text);
    return ok;
}

/* The words of kdb+ for why a connection failed. */
static void fail_open(struct q *q, const struct kq_err *err)
{
    if (err->code == KQ_EAUTH)
        q_fail(q, "access");
    else if (err->code == KQ_ETIMEOUT)
        q_fail(q, "timeout");
    else
        q_failf(q, "hop. OS reports: %s", err->msg);
}

static struct kq_obj *host_open(void *arg, struct q *q, struct kq_obj *target)
{
    struct lst_context *c = arg;
    struct kq_addr a;
    struct kq_err err;
    int64_t timeout_ms;
    struct lst_session *s = NULL;
    if (!take_target(q, target, &a, &timeout_ms))
        return NULL;
    if (a.kind == KQ_ADDR_FILE || a.kind == KQ_ADDR_FIFO)
        q_fail(q, "access");
    else if (!lst_need_client_tls(c, &a, &err) || !(s = lst_ipc_open(c, &a, timeout_ms, &err)))
        fail_open(q, &err);
    kq_addr_release(&a);
    return s ? kq_atom_int(KQ_INT, s->handle) : NULL;
}

/* ---- what only a server knows ---------------------------------------------------------- */

/* The IPC session of an integer atom. */
static struct lst_session *session_of(struct lst_context *c, const struct kq_obj *handle, int64_t i)
{
    struct lst_session *s = lst_sessions_get(&c->sessions, kq_int_at(handle, i));
    return s && s->conn && lst_session_is_open(s) ? s : NULL;
}

static bool are_handles(const struct kq_obj *x)
{
    return x->type == KQ_INT || x->type == KQ_LONG;
}

/* The message once, for the least capable of the receivers. */
static struct kq_rcbuf *encode_for_all(struct lst_context *c, const struct kq_obj *handles,
                                       const struct kq_obj *msg, struct kq_err *err)
{
    struct kq_encode_opts opts = {.capability = KQ_CAP_MAX};
    struct kq_buf frame;
    size_t len;
    for (int64_t i = 0; i < handles->n; i++) {
        int capability = kq_conn_capability(session_of(c, handles, i)->conn);
        opts.capability = capability < opts.capability ? capability : opts.capability;
    }
    kq_buf_init(&frame, KQ_BUF_NOMAX);
    if (!kq_encode_msg(&frame, KQ_ASYNC, msg, &opts, err)) {
        kq_buf_release(&frame);
        return NULL;
    }
    uint8_t *data = kq_buf_take(&frame, &len);
    return kq_rcbuf_adopt(data, len);
}

/* -25!(handles;msg); (::) instead of a message flushes. */
static struct kq_obj *broadcast(struct lst_context *c, struct q *q, struct kq_obj *x)
{
    struct kq_err err;
    if (x->type != KQ_LIST || x->n != 2 || !are_handles(kq_child(x, 0)))
        return q_fail(q, "type");
    const struct kq_obj *handles = kq_child(x, 0), *msg = kq_child(x, 1);
    for (int64_t i = 0; i < handles->n; i++) {
        if (!session_of(c, handles, i))
            return q_failf(q, "%lld is not an ipc handle", (long long)kq_int_at(handles, i));
    }
    bool flush = kq_is_generic_null(msg);
    struct kq_rcbuf *frame = flush ? NULL : encode_for_all(c, handles, msg, &err);
    if (!flush && !frame)
        return q_failf(q, "%s", err.msg);
    bool ok = true;
    for (int64_t i = 0; ok && i < handles->n; i++) {
        struct lst_session *s = session_of(c, handles, i);
        if (s && flush)
            ok = lst_ipc_drain(s, &err);
        else if (s) /* one that is cut off meanwhile does not stop the others */
            lst_send_frame(s, frame, 0, frame->len, lst_push_faults(s), &err);
    }
    kq_rcbuf_unref(frame);
    return ok ? kq_generic_null() : q_failf(q, "%s", err.msg);
}

/* -30!(::) puts the answer off; -30!(handle;is error;value) gives it. */
static struct kq_obj *deferred(struct lst_context *c, struct q *q, struct kq_obj *x)
{
    struct lst_exchange *now = c->current;
    struct kq_err err;
    if (kq_is_generic_null(x)) {
        if (!now || now->kind != KQ_SYNC || now->answered)
            return q_fail(q, "domain");
        now->answered = true;
        now->session->deferred++;
        return kq_generic_null();
    }
    if (x->type != KQ_LIST || x->n != 3 || kq_child(x, 0)->type >= 0 ||
        kq_child(x, 1)->type != -KQ_BOOLEAN)
        return q_fail(q, "type");
    int64_t handle = kq_int_at(kq_child(x, 0), 0);
    struct lst_session *s = session_of(c, kq_child(x, 0), 0);
    struct kq_obj *value = kq_child(x, 2);
    bool is_error = kq_int_at(kq_child(x, 1), 0);
    if (!s)
        return q_fail(q, "domain");
    if (!s->deferred)
        return q_failf(q, "Handle %lld was not expecting a response msg", (long long)handle);
    if (is_error && value->type != KQ_CHAR && value->type != -KQ_SYMBOL)
        return q_fail(q, "type");
    char *error = NULL;
    if (is_error)
        error = value->type == KQ_CHAR ? kq_memdup0(kq_data(value), (size_t)value->n)
                                       : kq_strdup(kq_sym_text(value));
    bool ok = lst_answer_deferred(s, is_error ? NULL : value, error, &err);
    free(error);
    if (c->stopping)
        c->on_settled(c);
    return ok ? kq_generic_null() : q_failf(q, "%s", err.msg);
}

/* protocol, kind of socket, compressing, messages and bytes that wait */
static struct kq_obj *facts(const struct lst_session *s)
{
    bool ipc = s->conn != NULL;
    bool local = strncmp(s->peer, "unix", 4) == 0;
    struct kq_obj *items[] = {
        kq_atom_int(KQ_CHAR, ipc ? 'q' : 'w'),
        kq_atom_int(KQ_CHAR, local ? 'u' : 't'),
        kq_bool(ipc && !kq_conn_is_local(s->conn) && kq_conn_capability(s->conn) > 0),
        kq_atom_int(KQ_INT, ipc ? (int64_t)kq_conn_pending_msgs(s->conn) : 0),
        kq_long((int64_t)lst_session_pending(s)),
    };
    return kq_list_take(5, items);
}

static struct kq_obj *fact_names(void)
{
    static const char *const names[] = {"p", "f", "z", "n", "m"};
    struct kq_obj *v = kq_vec_new(KQ_SYMBOL, 5);
    for (int i = 0; i < 5; i++)
        kq_syms(v)[i] = kq_symz(names[i]);
    return v;
}

/* A row for each handle. */
static struct kq_obj *fact_table(struct lst_context *c, struct q *q, const struct kq_obj *handles)
{
    struct kq_obj *columns = kq_vec_new(KQ_LIST, 5), *names = fact_names(), *table;
    for (int j = 0; j < 5; j++)
        kq_items(columns)[j] = kq_vec_new(KQ_LIST, 0);
    bool ok = true;
    for (int64_t i = 0; ok && i < handles->n; i++) {
        struct lst_session *s = lst_sessions_get(&c->sessions, kq_int_at(handles, i));
        struct kq_obj *row = s && lst_session_is_open(s) ? facts(s) : NULL;
        ok = row;
        for (int j = 0; ok && j < 5; j++)
            kq_push(&kq_items(columns)[j], kq_child(row, j));
        kq_unref(row);
    }
    for (int j = 0; j < 5; j++)
        kq_items(columns)[j] = kq_collapse_take(kq_child(columns, j));
    table = ok ? kq_table(names, columns) : q_fail(q, "domain");
    kq_unref(names);
    kq_unref(columns);
    return table;
}

/* -38!handle is a dictionary, -38!handles a table. */
static struct kq_obj *about_handles(struct lst_context *c, struct q *q, struct kq_obj *x)
{
    if (are_handles(x))
        return fact_table(c, q, x);
    if (x->type != -KQ_INT && x->type != -KQ_LONG)
        return q_fail(q, "type");
    struct lst_session *s = lst_sessions_get(&c->sessions, kq_int_at(x, 0));
    if (!s || !lst_session_is_open(s))
        return q_fail(q, "domain");
    struct kq_obj *names = fact_names(), *values = facts(s), *dict = kq_dict(names, values);
    kq_unref(names);
    kq_unref(values);
    return dict;
}

static struct kq_obj *host_internal(void *arg, struct q *q, int n, struct kq_obj *x)
{
    switch (n) {
    case 25: return broadcast(arg, q, x);
    case 30: return deferred(arg, q, x);
    case 38: return about_handles(arg, q, x);
    default: return q_fail(q, "nyi");
    }
}

/* ---- system commands ------------------------------------------------------------------ */

/* \p shows the port, \p ADDRESS moves it; one that moves later than the start is news. */
static struct kq_obj *port_command(struct lst_context *c, struct q *q, struct kq_str args)
{
    struct kq_err err;
    char text[64];
    if (!args.len)
        return kq_atom_int(KQ_INT, lst_listeners_port(&c->listeners));
    if (!lst_listeners_set(&c->listeners, args, &err))
        return q_failf(q, "%s", err.msg);
    snprintf(text, sizeof text, "port %u", lst_listeners_port(&c->listeners));
    if (c->announced)
        lst_journal_note(&c->journal, "listening", text);
    return kq_generic_null();
}

/* \t shows the timer's milliseconds, \t N sets them; \t EXPRESSION is not ours. */
static bool timer_command(struct lst_context *c, struct kq_str args, struct kq_obj **result)
{
    int64_t ms;
    if (!args.len) {
        *result = kq_atom_int(KQ_INT, c->timer_ms);
        return true;
    }
    if (!kq_parse_i64(args.s, args.len, &ms) || ms < 0 || ms > INT32_MAX)
        return false;
    c->set_timer(c, ms);
    *result = kq_generic_null();
    return true;
}

static struct kq_obj *users_command(struct lst_context *c, struct q *q)
{
    struct kq_err err;
    return c->load_users(c, &err) ? kq_generic_null() : q_failf(q, "%s", err.msg);
}

/* \_ tells whether clients are kept from changes; a script may decide so. */
static struct kq_obj *block_command(struct lst_context *c, struct q *q, struct kq_str args)
{
    bool on = kq_str_is(args, "1");
    if (!args.len)
        return kq_bool(c->block_writes);
    if (!on && !kq_str_is(args, "0"))
        return q_fail(q, "type");
    if (q_peer(q)->handle)
        return q_fail(q, "access");
    c->block_writes = on;
    return kq_generic_null();
}

static bool host_system(void *arg, struct q *q, const char *cmd, struct kq_str args,
                        struct kq_obj **result)
{
    struct lst_context *c = arg;
    args = kq_str_trim(args);
    if (strcmp(cmd, "t") == 0)
        return timer_command(c, args, result);
    if (strcmp(cmd, "p") == 0)
        *result = port_command(c, q, args);
    else if (strcmp(cmd, "_") == 0)
        *result = block_command(c, q, args);
    else if (strcmp(cmd, "u") == 0 && !args.len)
        *result = users_command(c, q);
    else if (strcmp(cmd, "E") == 0 && !args.len)
        *result = kq_atom_int(KQ_INT, c->tls_mode);
    else
        return false;
    return true;
}

/* OpenSSL computes the digests; it is loaded for the first one. */
static size_t host_digest(void *arg, const char *name, const void *data, size_t len,
                          uint8_t out[20])
{
    char hex[41];
    (void)arg;
    bool sha1 = strcmp(name, "sha1") == 0;
    bool ok = sha1 ? kq_tls_sha1_hex(data, len, hex, NULL) : kq_tls_md5_hex(data, len, hex, NULL);
    size_t n = sha1 ? 20 : 16;
    return ok && kq_parse_hex(hex, 2 * n, out) ? n : 0;
}

/* A client that says so gets no answer. */
static void host_exit(void *arg, int status)
{
    struct lst_context *c = arg;
    struct lst_session *s = lst_sessions_get(&c->sessions, q_peer(c->q)->handle);
    if (s)
        lst_session_close(s, LST_END_ORDERLY);
    lst_stop(c, status);
}

struct q_host lst_host(struct lst_context *c)
{
    return (struct q_host){
        .arg = c,
        .print = host_print,
        .send = host_send,
        .open = host_open,
        .close = host_close,
        .handles = host_handles,
        .internal = host_internal,
        .tls = lst_tls_facts,
        .system = host_system,
        .digest = host_digest,
        .exit = host_exit,
        .file = c->files_fd < 0 ? NULL : lst_files_verb,
    };
}

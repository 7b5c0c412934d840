/*
 * host.c - the callbacks of struct q_host, over the sessions of the server.
 *
 * A negative handle queues and returns; a positive one waits for the answer in
 * turns of the loop.  Errors have the wording of kdb+, which clients look for.
 */
#include "host.h"

#include "base/num.h"
#include "exchange.h"
#include "ipc.h"
#include "net/tls.h"
#include "obj/dict.h"
#include "obj/list.h"
#include "outgoing.h"

#include <errno.h>
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

/* ---- system commands ------------------------------------------------------------------ */

/* \p shows the port, \p ADDRESS moves it. */
static struct kq_obj *port_command(struct lst_context *c, struct q *q, struct kq_str args)
{
    struct kq_err err;
    if (!args.len)
        return kq_atom_int(KQ_INT, lst_listeners_port(&c->listeners));
    if (!lst_listeners_set(&c->listeners, args, &err))
        return q_failf(q, "%s", err.msg);
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

static bool host_system(void *arg, struct q *q, const char *cmd, struct kq_str args,
                        struct kq_obj **result)
{
    struct lst_context *c = arg;
    args = kq_str_trim(args);
    if (strcmp(cmd, "t") == 0)
        return timer_command(c, args, result);
    if (strcmp(cmd, "p") == 0)
        *result = port_command(c, q, args);
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

static void host_exit(void *arg, int status)
{
    lst_stop(arg, status);
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
        .system = host_system,
        .digest = host_digest,
        .exit = host_exit,
    };
}

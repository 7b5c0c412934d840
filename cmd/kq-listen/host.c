/*
 * host.c - the callbacks of struct q_host, over the sessions of the server.
 *
 * A negative handle queues and returns; a positive one waits for the answer in
 * a nested turn of the loop.  Handles 0, 1 and 2 are the console, standard
 * output and standard error, as in q.
 */
#include "host.h"

#include "ipc.h"
#include "net/tls.h"
#include "obj/dict.h"

#include <stdio.h>
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
        if (n <= 0)
            return;
        text += n;
        len -= (size_t)n;
    }
}

static struct lst_session *find(struct lst_context *c, struct q *q, int64_t handle)
{
    struct lst_session *s = lst_sessions_get(&c->sessions, handle < 0 ? -handle : handle);
    if (!s || !s->ready)
        q_failf(q, "Cannot write to handle %lld. OS reports: Bad file descriptor",
                (long long)(handle < 0 ? -handle : handle));
    return s && s->ready ? s : NULL;
}

/* (::) sent on a negative handle flushes; on a positive one it waits for any message. */
static struct kq_obj *host_send(void *arg, struct q *q, int64_t handle, struct kq_obj *msg)
{
    struct lst_context *c = arg;
    struct lst_session *s = find(c, q, handle);
    if (!s)
        return NULL;
    if (handle < 0 && kq_is_generic_null(msg)) {
        kq_conn_flush(s->conn);
        return kq_generic_null();
    }
    struct kq_err err;
    enum kq_kind kind = handle < 0 ? KQ_ASYNC : KQ_SYNC;
    bool waits_only = handle > 0 && kq_is_generic_null(msg);
    if (!waits_only && !lst_ipc_send(c, s, kind, msg, NULL, NULL, &err))
        return q_failf(q, "%s", err.msg);
    return handle < 0 ? kq_generic_null() : lst_ipc_await(c, s);
}

static bool host_close(void *arg, struct q *q, int64_t handle)
{
    struct lst_context *c = arg;
    struct lst_session *s = lst_sessions_get(&c->sessions, handle);
    if (!s) {
        q_failf(q, "close handle: %lld", (long long)handle);
        return false;
    }
    /* kdb+ does not call .z.pc for a handle that it closes itself. */
    s->announced = false;
    kq_conn_close(s->conn);
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
        if (!s || !s->ready)
            continue;
        kq_ints(handles)[at] = s->handle;
        kq_longs(pending)[at++] = (int64_t)kq_conn_pending_bytes(s->conn);
    }
    handles->n = pending->n = at;
    struct kq_obj *d = kq_dict(handles, pending);
    kq_unref(handles);
    kq_unref(pending);
    return d;
}

/* \p shows the port, \p ADDRESS moves it. */
static struct kq_obj *port_command(struct lst_context *c, struct q *q, struct kq_str args)
{
    struct kq_err err;
    args = kq_str_trim(args);
    if (!args.len)
        return kq_atom_int(KQ_INT, lst_listeners_port(&c->listeners));
    if (!lst_listeners_set(&c->listeners, args, &err))
        return q_failf(q, "%s", err.msg);
    return kq_generic_null();
}

static bool host_system(void *arg, struct q *q, const char *cmd, struct kq_str args,
                        struct kq_obj **result)
{
    if (strcmp(cmd, "p") != 0)
        return false;
    *result = port_command(arg, q, args);
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
    for (size_t i = 0; ok && i < n; i++) {
        unsigned byte;
        ok = sscanf(hex + 2 * i, "%2x", &byte) == 1;
        out[i] = (uint8_t)byte;
    }
    return ok ? n : 0;
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
        .close = host_close,
        .handles = host_handles,
        .system = host_system,
        .digest = host_digest,
        .exit = host_exit,
    };
}

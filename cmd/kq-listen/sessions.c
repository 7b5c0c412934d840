/*
 * sessions.c - an array by descriptor, pins, holds, and a small queue.
 */
#include "sessions.h"

#include "base/mem.h"
#include "net/sock.h"

#include <stdlib.h>

enum { INBOX_SMALL = 8 };

/* ---- the inbox --------------------------------------------------------------- */

void lst_inbox_put(struct lst_inbox *b, const struct kq_msg *msg)
{
    if (b->first + b->n == b->room) {
        if (b->n)
            memmove(b->msg, b->msg + b->first, b->n * sizeof *b->msg);
        b->first = 0;
        if (b->n * 2 >= b->room) {
            b->room = b->room ? b->room * 2 : INBOX_SMALL;
            b->msg = kq_realloc(b->msg, b->room * sizeof *b->msg);
        }
    }
    b->msg[b->first + b->n++] = *msg;
}

bool lst_inbox_take(struct lst_inbox *b, struct kq_msg *msg)
{
    if (!b->n)
        return false;
    *msg = b->msg[b->first++];
    if (--b->n)
        return true;
    b->first = 0;
    if (b->room > INBOX_SMALL) { /* idle connections are many: keep little for them */
        free(b->msg);
        *b = (struct lst_inbox){0};
    }
    return true;
}

static void inbox_release(struct lst_inbox *b)
{
    struct kq_msg msg;
    while (lst_inbox_take(b, &msg))
        kq_msg_release(&msg);
    free(b->msg);
}

/* ---- life ----------------------------------------------------------------------- */

static void reserve(struct lst_sessions *t, int handle)
{
    if (handle < t->n)
        return;
    int n = t->n ? t->n : 64;
    while (n <= handle)
        n *= 2;
    t->by_handle = kq_realloc(t->by_handle, (size_t)n * sizeof *t->by_handle);
    memset(t->by_handle + t->n, 0, (size_t)(n - t->n) * sizeof *t->by_handle);
    t->n = n;
}

static void on_later(void *arg)
{
    struct lst_session *s = arg;
    unsigned due = s->due;
    s->due = 0;
    lst_session_pin(s);
    s->ops->run(s, due);
    lst_session_unpin(s);
}

void lst_session_attach(struct lst_session *s, int fd)
{
    char text[KQ_SOCK_TEXT_MAX];
    struct kq_endpoint peer;
    s->handle = fd;
    kq_sock_peer(fd, &peer);
    s->addr = kq_endpoint_ipv4(&peer);
    s->is_near = kq_endpoint_is_local(&peer);
    s->peer = kq_strdup(kq_endpoint_text(&peer, text, sizeof text));
    if (s->table->wants_local)
        s->local = kq_strdup(kq_sock_local_text(fd, text, sizeof text));
    reserve(s->table, fd);
    s->table->by_handle[fd] = s;
    s->table->count++;
    s->listed = true;
}

struct lst_session *lst_session_new(struct lst_sessions *t, int fd, enum lst_session_type type,
                                    const struct lst_session_ops *ops)
{
    struct lst_session *s = kq_calloc(1, sizeof *s);
    s->table = t;
    s->type = type;
    s->handle = -1;
    s->number = ++t->opened;
    s->ops = ops;
    s->user = kq_strdup("");
    kq_buf_init(&s->rest, KQ_BUF_NOMAX);
    s->pins = 1; /* the connection's */
    kq_defer_init(&s->later, on_later, s);
    if (fd >= 0)
        lst_session_attach(s, fd);
    return s;
}

static void delist(struct lst_session *s)
{
    if (!s->listed)
        return;
    s->listed = false;
    s->table->by_handle[s->handle] = NULL;
    s->table->count--;
}

static void forget_login(struct lst_session *s)
{
    if (s->login.password)
        kq_wipe(s->login.password, s->login.password_len);
    free(s->login.password);
    free(s->login.text);
    s->login = (struct lst_credentials){0};
}

static void bury(struct lst_session *s)
{
    kq_defer_cancel(s->table->loop, &s->later);
    delist(s);
    inbox_release(&s->inbox);
    kq_buf_release(&s->rest);
    forget_login(s);
    kq_unref(s->answer);
    free(s->user);
    free(s->peer);
    free(s->local);
    free(s->why);
    free(s);
}

struct lst_session *lst_sessions_get(const struct lst_sessions *t, int64_t handle)
{
    return handle >= 0 && handle < t->n ? t->by_handle[handle] : NULL;
}

void lst_session_set_user(struct lst_session *s, struct kq_str user)
{
    free(s->user);
    s->user = kq_memdup0(user.s, user.len);
}

void lst_session_post(struct lst_session *s, unsigned due)
{
    s->due |= due;
    kq_defer_post(s->table->loop, &s->later);
}

void lst_session_end(struct lst_session *s)
{
    s->closed = true;
    s->conn = NULL;
    delist(s);
    lst_session_post(s, LST_DUE_CLOSE);
}

void lst_session_pin(struct lst_session *s)
{
    s->pins++;
}

void lst_session_unpin(struct lst_session *s)
{
    if (--s->pins == 0)
        bury(s);
}

/* ---- ending and holding --------------------------------------------------------- */

void lst_session_close(struct lst_session *s, enum lst_ending how)
{
    if (s->closed || how == LST_END_NOT)
        return;
    s->closing |= how != LST_END_HALF;
    s->ops->close(s, how);
}

void lst_session_pause(struct lst_session *s, enum lst_hold why)
{
    if (!s->holds && !s->closed)
        s->ops->pause(s, true);
    s->holds |= why;
}

void lst_session_resume(struct lst_session *s, enum lst_hold why)
{
    if (!(s->holds & why))
        return;
    s->holds &= ~(unsigned)why;
    if (s->holds)
        return;
    if (!s->closed)
        s->ops->pause(s, false);
    lst_session_post(s, LST_DUE_MESSAGES);
}

size_t lst_session_pending(const struct lst_session *s)
{
    return s->closed ? 0 : s->ops->pending(s);
}

bool lst_session_is_working(const struct lst_session *s)
{
    return s->held || s->deferred || s->inbox.n || s->pins > 1;
}

void lst_sessions_close(struct lst_sessions *t)
{
    for (int i = 0; i < t->n; i++) {
        if (t->by_handle[i])
            lst_session_close(t->by_handle[i], LST_END_NOW);
    }
}

void lst_sessions_release(struct lst_sessions *t)
{
    free(t->by_handle);
    t->by_handle = NULL;
    t->n = 0;
}

/*
 * exchange.c - answers requests, now or later.
 */
#include "exchange.h"

#include "base/mem.h"
#include "context.h"
#include "outgoing.h"

#include <stdlib.h>

void lst_answer(struct lst_exchange *x, const struct kq_obj *value, const char *error)
{
    struct lst_session *s = x->session;
    struct lst_context *c = s->context;
    struct kq_err err;
    size_t size = 0;
    if (x->answered || x->kind != KQ_SYNC)
        return;
    x->answered = true;
    bool sent = lst_send(s, KQ_RESPONSE, value, error, x->faults, &size, &err);
    if (!sent && value && lst_session_is_open(s)) { /* what cannot be encoded is an error */
        error = err.msg;
        value = NULL;
        sent = lst_send(s, KQ_RESPONSE, NULL, error, x->faults, &size, &err);
    }
    int64_t elapsed_ns = kq_mono_ns() - x->began_ns;
    kq_stats_add(&c->latency, elapsed_ns);
    if (sent)
        lst_journal_reply(&c->journal, s, value, error, size, elapsed_ns, x->number);
}

void lst_answer_frame(struct lst_exchange *x, struct kq_rcbuf *buf, size_t off, size_t len,
                      const struct kq_obj *value)
{
    struct lst_context *c = x->session->context;
    struct kq_err err;
    if (x->answered)
        return;
    x->answered = true;
    bool sent = lst_send_frame(x->session, buf, off, len, x->faults, &err);
    int64_t elapsed_ns = kq_mono_ns() - x->began_ns;
    const char *error = value && value->type == KQ_ERROR ? kq_sym_text(value) : NULL;
    kq_stats_add(&c->latency, elapsed_ns);
    if (sent)
        lst_journal_reply(&c->journal, x->session, error ? NULL : value, error, len, elapsed_ns,
                          x->number);
}

bool lst_answer_deferred(struct lst_session *s, const struct kq_obj *value, const char *error,
                         struct kq_err *err)
{
    size_t size;
    s->deferred--;
    if (!lst_send(s, KQ_RESPONSE, value, error, 0, &size, err))
        return false;
    lst_journal_reply(&s->context->journal, s, value, error, size, -1, -1);
    return true;
}

struct lst_exchange *lst_exchange_hold(const struct lst_exchange *x)
{
    struct lst_exchange *held = kq_malloc(sizeof *held);
    *held = *x;
    kq_ref(held->request);
    kq_rcbuf_ref(held->msg.frame);
    lst_reply_copy(&held->reply, &x->reply);
    x->session->held = held;
    lst_session_pause(x->session, LST_HOLD_ANSWER);
    return held;
}

static void free_held(struct lst_exchange *x)
{
    if (x->timer.fn)
        kq_timer_stop(&x->timer);
    lst_reply_release(&x->reply);
    kq_unref(x->request);
    kq_msg_release(&x->msg);
    free(x);
}

void lst_exchange_done(struct lst_exchange *x)
{
    struct lst_session *s = x->session;
    if (x->cancel)
        x->cancel(x);
    s->held = NULL;
    free_held(x);
    lst_session_resume(s, LST_HOLD_ANSWER);
}

void lst_exchange_drop(struct lst_session *s)
{
    if (s->held)
        lst_exchange_done(s->held);
}

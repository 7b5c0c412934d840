/*
 * replay.c - plays takes, at once or at their recorded pace.
 *
 * With pace a take is played by a timer while its exchange is held, so that
 * the next request of that connection waits as it did in the recording.
 */
#include "replay.h"

#include "base/mem.h"
#include "context.h"
#include "outgoing.h"
#include "wire/decode.h"

#include <stdlib.h>

static void send_one(struct lst_exchange *x, const struct lst_sent *m)
{
    struct lst_session *s = x->session;
    struct kq_err err;
    if (m->kind != KQ_RESPONSE) {
        lst_send_frame(s, m->frame, m->off, m->len, lst_push_faults(s), &err);
        return;
    }
    struct kq_msg msg = {.frame = m->frame, .off = m->off, .len = m->len};
    bool logged = s->context->journal.form != LST_JOURNAL_NONE;
    kq_header_parse(m->frame->data + m->off, &msg.head, NULL);
    struct kq_obj *value = logged ? kq_decode_msg(&msg, NULL, NULL) : NULL;
    lst_answer_frame(x, m->frame, m->off, m->len, value);
    kq_unref(value);
}

/* ---- pace ---------------------------------------------------------------------------- */

struct player {
    const struct lst_take *take;
    size_t next;
    struct kq_timer timer;
};

static void play(void *arg)
{
    struct lst_exchange *x = arg;
    struct player *p = x->helper;
    int64_t now = kq_mono_ns() - x->began_ns;
    while (p->next < p->take->n && p->take->sent[p->next].after_ns <= now)
        send_one(x, &p->take->sent[p->next++]);
    if (p->next < p->take->n)
        kq_timer_start_ns(&p->timer, p->take->sent[p->next].after_ns - now);
    else
        lst_exchange_done(x);
}

static void cancel(struct lst_exchange *x)
{
    struct player *p = x->helper;
    kq_timer_stop(&p->timer);
    free(p);
}

static void play_in_time(struct lst_exchange *x, const struct lst_take *take)
{
    struct player *p = kq_calloc(1, sizeof *p);
    if (x->session->held != x)
        x = lst_exchange_hold(x);
    p->take = take;
    x->helper = p;
    x->cancel = cancel;
    kq_timer_init(&p->timer, x->session->context->loop, play, x);
    kq_timer_start(&p->timer, 0);
}

static void play_take(struct lst_exchange *x, const struct lst_take *take)
{
    if (take->n && x->session->context->replay->timing) {
        play_in_time(x, take);
        return;
    }
    for (size_t i = 0; i < take->n; i++)
        send_one(x, &take->sent[i]);
}

bool lst_replay_answer(struct lst_exchange *x)
{
    struct lst_replay *r = x->session->context->replay;
    const struct lst_take *take = lst_recording_ask(r->recording, &x->msg);
    if (take) {
        play_take(x, take);
        return true;
    }
    r->unmatched++;
    lst_journal_event(&x->session->context->journal, "unmatched", x->session, NULL);
    return false;
}

void lst_replay_greet(struct lst_session *s)
{
    const struct lst_take *take = lst_recording_greet(s->context->replay->recording);
    struct lst_exchange x = {.session = s, .kind = KQ_ASYNC, .number = -1};
    for (size_t i = 0; take && i < take->n; i++)
        send_one(&x, &take->sent[i]);
}

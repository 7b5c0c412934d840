/*
 * request.c - decides about a message and carries it out.
 */
#include "request.h"

#include "call.h"
#include "context.h"
#include "exec.h"
#include "proxy.h"
#include "replay.h"
#include "text/data.h"
#include "wire/decode.h"

#include <stdlib.h>

static void evaluate(struct lst_exchange *x)
{
    struct lst_session *s = x->session;
    struct lst_context *c = s->context;
    struct lst_exchange *outer = c->current;
    struct q_peer before = lst_set_peer(s);
    c->current = x;
    struct kq_obj *result = q_request(c->q, x->request, x->kind == KQ_SYNC);
    c->current = outer;
    q_set_peer(c->q, &before);
    kq_out_flush(c->out);
    if (x->kind == KQ_SYNC)
        lst_answer(x, result, result ? NULL : q_error(c->q));
    else if (!result)
        lst_report_error(c, NULL);
    kq_unref(result);
}

/* --default literal: a string that is q data, or any other value, is its own answer. */
static void read_literal(struct lst_exchange *x)
{
    struct kq_err err;
    if (x->request->type != KQ_CHAR) {
        lst_answer(x, x->request, NULL);
        return;
    }
    const char *text = (const char *)kq_data(x->request);
    struct kq_obj *value = kq_data_parse(text, (size_t)x->request->n, &err);
    lst_answer(x, value, value ? NULL : err.msg);
    kq_unref(value);
}

static void perform(struct lst_exchange *x);

/* What the recording does not know is for --default, if that was given. */
static void play(struct lst_exchange *x)
{
    if (lst_replay_answer(x))
        return;
    x->reply = x->session->context->unmatched;
    perform(x);
}

static void perform(struct lst_exchange *x)
{
    if (x->reply.action != LST_FORWARD && lst_proxy_is_waiting(x->session)) {
        if (x->session->held != x)
            lst_exchange_hold(x);
        return; /* what was forwarded before is answered before */
    }
    switch (x->reply.action) {
    case LST_VALUE: lst_answer(x, x->reply.value, NULL); break;
    case LST_ERROR: lst_answer(x, NULL, x->reply.error); break;
    case LST_EVAL: evaluate(x); break;
    case LST_ECHO: lst_answer(x, x->request, NULL); break;
    case LST_CLOSE: lst_session_close(x->session, LST_END_ORDERLY); break;
    case LST_HANG: x->session->hung = true; break;
    case LST_LITERAL: read_literal(x); break;
    case LST_EXEC: lst_exec_run(x); break;
    case LST_FORWARD: lst_proxy_forward(x); break;
    case LST_PLAY: play(x); break;
    }
}

/* ---- faults that come before the answer ------------------------------------------------ */

/* True when the message is not to be handled any more. */
static bool strike(struct lst_session *s, uint64_t set)
{
    static const struct {
        enum lst_fault_what what;
        enum lst_ending how;
    } ends[] = {{LST_FAULT_RST, LST_END_RESET},
                {LST_FAULT_CLOSE, LST_END_ORDERLY},
                {LST_FAULT_HALF_CLOSE, LST_END_HALF},
                {LST_FAULT_HANG, LST_END_NOT}};
    const struct lst_faults *f = &s->context->faults;
    for (size_t i = 0; i < sizeof ends / sizeof *ends && set; i++) {
        if (!lst_faults_get(f, set, ends[i].what))
            continue;
        lst_journal_event(&s->context->journal, "fault", s, lst_fault_name(ends[i].what));
        s->hung = ends[i].how == LST_END_HALF || ends[i].how == LST_END_NOT;
        lst_session_close(s, ends[i].how);
        return true;
    }
    return false;
}

static uint64_t draw_faults(struct lst_session *s, enum kq_kind kind)
{
    struct lst_faults *f = &s->context->faults;
    if (!f->n)
        return 0;
    int64_t any = s->received[KQ_ASYNC] + s->received[KQ_SYNC];
    return lst_faults_of_msg(f, s->number, kind == KQ_SYNC ? LST_FAULT_SYNC : LST_FAULT_ASYNC, any,
                             s->received[kind]);
}

/* ---- choosing ------------------------------------------------------------------------------ */

/* Look at rules and expectations; returns the rule's delay. */
static int64_t consult_rules(struct lst_exchange *x)
{
    struct lst_context *c = x->session->context;
    if (!c->rules.n && !c->expect.n)
        return 0;
    struct kq_out text;
    kq_out_init_mem(&text);
    lst_request_text(&text, x->request);
    lst_expect_see(&c->expect, text.buf);
    struct lst_rule *rule = lst_rules_find(&c->rules, text.buf, x->kind, x->session->user);
    kq_out_release(&text);
    if (!rule)
        return 0;
    x->faults |= lst_faults_of_rule(&c->faults, rule->fault);
    x->reply = rule->reply;
    return rule->delay_ns;
}

static void on_delay_over(void *arg)
{
    struct lst_exchange *x = arg;
    lst_session_post(x->session, LST_DUE_ANSWER);
}

void lst_take_held(struct lst_session *s)
{
    struct lst_exchange *x = s->held;
    if (!x || s->closed || x->helper || (x->timer.fn && kq_timer_running(&x->timer)))
        return;
    perform(x);
    if (!x->helper && !lst_proxy_is_waiting(s))
        lst_exchange_done(x);
}

static void handle(struct lst_exchange *x)
{
    struct lst_session *s = x->session;
    struct lst_context *c = s->context;
    x->faults = draw_faults(s, x->kind);
    int64_t delay_ns = consult_rules(x);
    if (strike(s, x->faults))
        return;
    delay_ns += x->faults ? lst_faults_delay_ns(&c->faults, x->faults) : 0;
    if (delay_ns <= 0) {
        perform(x);
        return;
    }
    x = lst_exchange_hold(x);
    kq_timer_init(&x->timer, c->loop, on_delay_over, x);
    kq_timer_start_ns(&x->timer, delay_ns);
}

/* ---- taking -------------------------------------------------------------------------------- */

static void bad_message(struct lst_session *s, const struct kq_msg *msg, const struct kq_err *err)
{
    lst_journal_message(&s->context->journal, s, msg, NULL, err->msg);
    lst_call_bad(s, kq_msg_bytes(msg), msg->len);
    lst_session_close(s, LST_END_NOW);
}

/* A response: for whoever waits for it, else nobody's. */
static void take_response(struct lst_session *s, struct kq_obj *value)
{
    if (s->waiting && !s->answer)
        s->answer = kq_ref(value);
}

void lst_take_message(struct lst_session *s, const struct kq_msg *msg)
{
    struct lst_context *c = s->context;
    struct kq_decode_opts opts = {.max_size = c->opts->common.max_size};
    struct kq_err err;
    struct lst_exchange x = {.session = s,
                             .kind = msg->head.kind,
                             .msg = *msg,
                             .began_ns = kq_mono_ns(),
                             .reply = c->otherwise,
                             .number = -1};
    x.request = kq_decode_msg(msg, &opts, &err);
    if (!x.request) {
        bad_message(s, msg, &err);
        return;
    }
    x.number = lst_journal_message(&c->journal, s, msg, x.request, NULL);
    s->received[x.kind]++;
    if (s->hung) {
        /* It never answers again. */
    } else if (x.kind == KQ_RESPONSE || (s->takes_any && s->waiting)) {
        take_response(s, x.request);
    } else {
        if (x.kind == KQ_ASYNC && c->tplog.fd >= 0)
            lst_tplog_append(&c->tplog, msg, x.request);
        handle(&x);
    }
    kq_unref(x.request);
    lst_count_message(c);
}

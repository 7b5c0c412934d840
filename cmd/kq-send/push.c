/*
 * push.c - prints a pushed message like a result, or with JSON formats as the
 * message object that kq-dump prints.
 */
#include "push.h"

#include "base/log.h"
#include "cli/msgjson.h"
#include "net/neterr.h"
#include "net/sock.h"
#include "net/timing.h"
#include "text/jsonval.h"

#include <time.h>

static int64_t now_unix_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- sync messages ------------------------------------------------------- */

/* Answer 'nyi, so that the server does not wait for us for ever. */
static bool refuse(struct send_session *s)
{
    static const uint8_t nyi[] = {1, 2, 0, 0, 13, 0, 0, 0, 0x80, 'n', 'y', 'i', 0};
    struct kq_err err;
    kq_log(KQ_LOG_V, "refused a sync message from the server");
    return send_link_send(&s->link, nyi, sizeof nyi, s->deadline, &err) || send_fail(s, &err);
}

/* ---- async messages ------------------------------------------------------ */

static void put_json(struct send_session *s, const struct kq_msg *msg, const struct kq_obj *x)
{
    char src[KQ_SOCK_TEXT_MAX], dst[KQ_SOCK_TEXT_MAX];
    int fd = send_link_fd(&s->link);
    struct kq_msgrec m = {
        .n = (uint64_t)s->pushed,
        .time_ns = now_unix_ns(),
        .conn = 1,
        .src = kq_sock_peer_text(fd, src, sizeof src),
        .dst = kq_sock_local_text(fd, dst, sizeof dst),
        .kind = msg->head.kind,
        .size = msg->len,
        .zsize = msg->head.compressed ? msg->len : 0,
        .big = msg->head.big,
        .value = x,
        .latency_us = -1,
        .reply_to = -1,
    };
    kq_msgrec_call(&m, x);
    struct send_output *p = s->output;
    kq_msgrec_json(&p->out, &m, (enum kq_json_mode)s->o->format.json, &p->style);
    kq_out_char(&p->out, s->o->common.null_data ? 0 : '\n');
    kq_out_endline(&p->out);
}

static bool print(struct send_session *s, const struct kq_msg *msg)
{
    struct kq_err err = {0};
    struct send_output *p = s->output;
    struct kq_obj *x = send_decode(p, msg, &err);
    if (!x)
        return send_fail(s, &err);
    bool ok = true;
    if (send_output_matches(p, x)) {
        if (kq_format_is_json(s->o->format.format))
            put_json(s, msg, x);
        else
            ok = send_output_value(p, msg, x, &err) || send_fail(s, &err);
        s->pushed++;
    }
    kq_unref(x);
    return ok && !p->out.errnum;
}

bool send_push(struct send_session *s, const struct kq_msg *msg)
{
    s->report->others++;
    if (msg->head.kind == KQ_SYNC)
        return refuse(s);
    if (msg->head.kind == KQ_ASYNC && s->o->how.subscribe)
        return print(s, msg);
    kq_log(KQ_LOG_V, "ignored %s message of %llu bytes from the server",
           msg->head.kind == KQ_ASYNC ? "an async" : "a response", (unsigned long long)msg->len);
    return true;
}

/* ---- --subscribe ----------------------------------------------------------- */

bool send_push_enough(const struct send_session *s)
{
    return s->o->how.subscribe && s->o->common.count && s->pushed >= s->o->common.count;
}

static void lost(struct send_session *s)
{
    struct kq_err err;
    if (s->o->how.allow_close)
        return;
    kq_neterr_eof(&err, KQ_STAGE_READY, 0, 0);
    send_fail(s, &err);
}

void send_subscribe(struct send_session *s)
{
    bool ok = true;
    while (ok && !send_push_enough(s)) {
        struct kq_err err = {0};
        struct kq_msg msg;
        if (!send_link_ready(&s->link))
            kq_out_flush(&s->output->out);
        int got = send_link_recv(&s->link, &msg, s->deadline, &err);
        if (got == 0) {
            lost(s);
            return;
        }
        if (got < 0) {
            /* --timeout is how long to listen: its end is no failure. */
            if (err.code != KQ_ETIMEOUT)
                send_fail(s, &err);
            return;
        }
        ok = send_push(s, &msg);
        kq_msg_release(&msg);
    }
}

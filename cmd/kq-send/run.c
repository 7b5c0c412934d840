/*
 * run.c - one loop over the source; the pipeline is a count and a ring of the
 * times at which its requests were sent.
 *
 * An answer is printed, and the output flushed, after the next request has been
 * written and before its answer is awaited, so that this costs nothing: the
 * server is busy then.  Errors are dealt with at once, since they may end the run.
 */
#include "run.h"

#include "base/log.h"
#include "base/mem.h"
#include "net/neterr.h"
#include "net/timing.h"
#include "push.h"
#include "source.h"
#include "wire/decode.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

/* Requests taken in one portion when no answer is awaited. */
#define ASYNC_PORTION 4096

struct flight {
    struct send_session *s;
    struct send_source source;
    struct kq_buf buf;  /* the portion to write */
    int64_t waiting;    /* answers outstanding */
    int64_t depth;      /* most of them at a time */
    int64_t *sent_ns;   /* ring of `depth`; NULL: nobody wants latencies */
    uint64_t first;     /* position of the oldest in the ring */
    int64_t next_round; /* when the next repetition is due */
    struct kq_msg late; /* an answer that is still to be printed, when its frame is not NULL */
};

/* ---- answers ---------------------------------------------------------------- */

static bool is_answer(const struct send_session *s, const struct kq_msg *msg)
{
    return msg->head.kind == (s->o->how.deferred ? KQ_ASYNC : KQ_RESPONSE);
}

/* The server signalled: say so; true when the run goes on. */
static bool q_error(struct send_session *s, const struct kq_msg *msg)
{
    struct kq_err err;
    struct kq_obj *x = send_decode(s->output, msg, &err);
    if (!x)
        return send_fail(s, &err);
    s->report->errors++;
    kq_out_flush(&s->output->out); /* what came before it stands before it */
    send_q_error(s, kq_sym_text(x), kq_sym_textlen(x));
    kq_unref(x);
    if (s->status == KQ_OK)
        s->status = KQ_EQ;
    return s->o->how.keep_going;
}

static bool print(struct send_session *s, const struct kq_msg *msg)
{
    struct kq_err err = {0};
    if (!send_output_result(s->output, msg, &err))
        return send_fail(s, &err);
    s->report->zipped = s->output->zipped;
    return !s->output->out.errnum;
}

/* Print the answer that was put off, if there is one. */
static bool print_late(struct flight *f)
{
    if (!f->late.frame)
        return true;
    bool ok = print(f->s, &f->late);
    kq_msg_release(&f->late);
    return ok;
}

/* Must the result be seen before another request may go out? */
static bool decides(const struct send_session *s)
{
    return s->o->show.type_check || s->o->show.exit_status;
}

static bool answer(struct flight *f, const struct kq_msg *msg)
{
    struct send_session *s = f->s;
    s->report->answers++;
    if (!print_late(f))
        return false;
    if (send_is_error(msg))
        return q_error(s, msg);
    if (s->o->how.ping || s->o->how.latency)
        return true;
    if (decides(s))
        return print(s, msg);
    f->late = *msg;
    kq_rcbuf_ref(f->late.frame);
    return true;
}

static void count_latency(struct flight *f)
{
    if (f->sent_ns)
        kq_stats_add(f->s->report->latency,
                     kq_mono_ns() - f->sent_ns[f->first % (uint64_t)f->depth]);
    f->first++;
}

/* ---- waiting ------------------------------------------------------------------ */

/* The connection ended while `waiting` answers were due. */
static bool ended(struct flight *f)
{
    struct kq_err err;
    f->waiting = 0;
    if (f->s->o->how.allow_close)
        return false;
    kq_neterr_eof(&err, KQ_STAGE_READY, 0, 0);
    return send_fail(f->s, &err);
}

/* Note when the first byte of the first answer comes, for those who ask. */
static void await_first_byte(struct send_session *s)
{
    struct pollfd p = {.fd = send_link_fd(&s->link), .events = POLLIN};
    if (s->report->first_byte_ns || !(s->o->show.time || s->o->show.write_out))
        return;
    if (send_link_ready(&s->link) || poll(&p, 1, kq_left_ms(s->deadline)) > 0)
        s->report->first_byte_ns = kq_mono_ns();
}

/* Receive one message and deal with it. */
static bool receive(struct flight *f)
{
    struct send_session *s = f->s;
    struct kq_err err;
    struct kq_msg msg;
    await_first_byte(s);
    int got = send_recv(s, &msg, &err);
    if (got < 0)
        return send_fail(s, &err);
    if (got == 0)
        return ended(f);
    bool ok;
    if (f->waiting && is_answer(s, &msg)) {
        count_latency(f);
        f->waiting--;
        ok = answer(f, &msg);
    } else {
        ok = print_late(f) && send_push(s, &msg);
    }
    kq_msg_release(&msg);
    return ok;
}

/* Wait for an answer, then take all that are there. */
static bool collect(struct flight *f)
{
    if (!print_late(f))
        return false;
    kq_out_flush(&f->s->output->out);
    do {
        if (!receive(f))
            return false;
    } while (f->waiting && send_link_ready(&f->s->link));
    return true;
}

/* Nothing to send until `until`: deal with what comes meanwhile. */
static bool pause_until(struct flight *f, int64_t until)
{
    struct send_session *s = f->s;
    kq_out_flush(&s->output->out);
    while (kq_left_ms(until) > 0) {
        struct kq_msg msg;
        struct kq_err err = {0};
        int got = send_link_recv(&s->link, &msg, until < s->deadline ? until : s->deadline, &err);
        if (got < 0 && err.code == KQ_ETIMEOUT && until < s->deadline)
            return true;
        if (got < 0)
            return send_fail(s, &err);
        if (got == 0)
            return ended(f);
        bool ok = send_push(s, &msg);
        kq_msg_release(&msg);
        if (!ok)
            return false;
    }
    return true;
}

/* ---- standard input ------------------------------------------------------------- */

/* Is a whole message or the end of the connection at hand?  Takes it if so. */
static bool look_at_link(struct flight *f)
{
    struct kq_err err = {0};
    struct kq_msg msg;
    int got = send_link_recv(&f->s->link, &msg, kq_mono_ns(), &err);
    if (got < 0 && err.code == KQ_ETIMEOUT)
        return true; /* only the beginning of one */
    if (got < 0)
        return send_fail(f->s, &err);
    if (got == 0)
        return ended(f);
    bool ok = send_push(f->s, &msg);
    kq_msg_release(&msg);
    return ok;
}

/* Wait until standard input is readable, with an eye on the connection: a
 * server that goes away is noticed although nothing is being sent. */
static bool await_input(struct flight *f)
{
    struct send_session *s = f->s;
    struct kq_err err;
    kq_out_flush(&s->output->out);
    for (;;) {
        struct pollfd p[2] = {{.fd = STDIN_FILENO, .events = POLLIN},
                              {.fd = send_link_fd(&s->link), .events = POLLIN}};
        int n = poll(p, 2, kq_left_ms(s->deadline));
        if (*s->stop) {
            kq_neterr_signal(&err, *s->stop);
            return send_fail(s, &err);
        }
        if (n == 0) {
            kq_err_set(&err, KQ_ETIMEOUT, "timed out waiting for standard input");
            return send_fail(s, &err);
        }
        if (n > 0 && p[0].revents)
            return true;
        if (n > 0 && !look_at_link(f))
            return false;
    }
}

static bool more_lines(struct flight *f)
{
    struct kq_err err;
    return await_input(f) && (send_source_read(&f->source, &err) || send_fail(f->s, &err));
}

/* A request that comes whole from standard input. */
static bool read_stdin(struct flight *f, struct send_request *r)
{
    struct kq_buf in;
    struct kq_err err = {0};
    kq_buf_init(&in, KQ_BUF_NOMAX);
    for (;;) {
        uint8_t *room = kq_buf_reserve(&in, 64 * 1024);
        if (!await_input(f))
            break;
        ssize_t n = room ? read(STDIN_FILENO, room, 64 * 1024) : -1;
        if (n > 0) {
            kq_buf_advance(&in, (size_t)n);
        } else if (n == 0) {
            size_t len;
            char *text = (char *)kq_buf_take(&in, &len);
            return send_request_stdin_take(r, f->s->o, text, len, &err) || send_fail(f->s, &err);
        } else if (errno != EINTR) {
            kq_err_errno(&err, KQ_EIO, errno, "cannot read standard input");
            send_fail(f->s, &err);
            break;
        }
    }
    kq_buf_release(&in);
    return false;
}

/* ---- the loop -------------------------------------------------------------------- */

static bool transmit(struct flight *f, int64_t n)
{
    struct send_session *s = f->s;
    struct kq_err err;
    bool answered = !s->o->how.async || s->o->how.deferred;
    int64_t now = f->sent_ns || !s->report->sent_ns ? kq_mono_ns() : 0;
    if (!send_link_send(&s->link, f->buf.data, f->buf.len, s->deadline, &err))
        return send_fail(s, &err);
    kq_buf_clear(&f->buf);
    s->asked = true;
    s->report->requests += (uint64_t)n;
    if (!s->report->sent_ns)
        s->report->sent_ns = now;
    if (!answered)
        return true;
    for (int64_t i = 0; f->sent_ns && i < n; i++)
        f->sent_ns[(f->first + (uint64_t)(f->waiting + i)) % (uint64_t)f->depth] = now;
    f->waiting += n;
    return true;
}

/* Take what there is room for and write it. */
static bool fill(struct flight *f)
{
    struct kq_err err;
    int64_t n = send_source_take(&f->source, f->depth - f->waiting, &f->buf, &err);
    if (n < 0)
        return send_fail(f->s, &err);
    return n == 0 || transmit(f, n);
}

/* The source has nothing right now and no answer is due. */
static bool idle(struct flight *f)
{
    if (!print_late(f))
        return false;
    if (f->source.state == SEND_SOURCE_IDLE)
        return more_lines(f);
    if (f->source.state != SEND_SOURCE_SET_END)
        return true;
    int64_t now = kq_mono_ns();
    f->next_round += f->s->o->how.interval_ns;
    if (f->next_round < now) /* late: do not try to catch up */
        f->next_round = now;
    if (!pause_until(f, f->next_round))
        return false;
    send_source_again(&f->source);
    return true;
}

static bool exchange(struct flight *f)
{
    while (!send_push_enough(f->s)) {
        if (!fill(f))
            return false;
        if (f->waiting ? !collect(f) : !idle(f))
            return false;
        if (!f->waiting && f->source.state == SEND_SOURCE_DONE)
            return true;
    }
    return true;
}

/* The chaser: an empty sync query, answered when all before it is done. */
static bool confirm(struct flight *f)
{
    static const uint8_t chaser[] = {1, 1, 0, 0, 14, 0, 0, 0, 10, 0, 0, 0, 0, 0};
    struct send_session *s = f->s;
    struct kq_err err;
    struct kq_msg msg;
    if (!send_link_send(&s->link, chaser, sizeof chaser, s->deadline, &err))
        return send_fail(s, &err);
    for (;;) {
        int got = send_recv(s, &msg, &err);
        if (got < 0)
            return send_fail(s, &err);
        if (got == 0)
            return ended(f);
        bool done = msg.head.kind == KQ_RESPONSE, ok = true;
        if (done && send_is_error(&msg))
            ok = q_error(s, &msg);
        else if (!done)
            ok = send_push(s, &msg);
        kq_msg_release(&msg);
        if (done || !ok)
            return ok;
    }
}

void send_framer_init(struct send_framer *f, struct send_session *s)
{
    *f = (struct send_framer){
        .enc = {.big = s->o->conn.endian == KQ_ENDIAN_BIG,
                .capability = send_link_capability(&s->link)},
        .async = s->o->how.async || s->o->how.deferred,
        .console = s->o->format.format == KQ_FORMAT_CONSOLE,
        .compress = s->o->conn.compress,
        .link = &s->link,
    };
}

static bool start(struct flight *f, struct send_request *r)
{
    struct send_session *s = f->s;
    const struct send_how *how = &s->o->how;
    struct kq_err err;
    struct send_framer framer;
    send_framer_init(&framer, s);
    if (!send_source_init(&f->source, s->o, r, &framer, &err))
        return send_fail(s, &err);
    f->depth = how->async && !how->deferred ? ASYNC_PORTION : how->pipeline;
    if (s->report->latency)
        f->sent_ns = kq_malloc((size_t)f->depth * sizeof *f->sent_ns);
    f->next_round = kq_mono_ns();
    return true;
}

/* After async messages: has the server's system got them? */
static bool finish(struct send_session *s)
{
    struct kq_err err;
    kq_out_flush(&s->output->out);
    return send_link_finish(&s->link, s->deadline, &err) || send_fail(s, &err);
}

int send_run(struct send_session *s, struct send_request *r)
{
    struct flight f = {.s = s};
    const struct send_how *how = &s->o->how;
    kq_buf_init(&f.buf, KQ_BUF_NOMAX);
    bool ok = !send_request_needs_stdin(r) || read_stdin(&f, r);
    ok = ok && start(&f, r) && exchange(&f);
    ok = print_late(&f) && ok;
    if (ok && how->confirm)
        ok = confirm(&f);
    if (ok && how->subscribe)
        send_subscribe(s);
    else if (ok && how->async && !how->confirm)
        finish(s);
    send_source_release(&f.source);
    kq_buf_release(&f.buf);
    free(f.sent_ns);
    return s->status;
}

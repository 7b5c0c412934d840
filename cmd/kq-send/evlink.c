/*
 * evlink.c - callbacks note what happened; `turn` runs the loop until
 * something did, a signal came or the deadline passed.
 *
 * Messages queue here only while the loop turns for something else, so the
 * queue stays as short as what one read of the socket can hold.
 */
#include "evlink.h"

#include "base/mem.h"
#include "net/timing.h"

#include <stdlib.h>
#include <string.h>

struct send_evlink {
    struct kq_loop *loop;
    bool owns_loop;
    struct kq_conn *conn; /* NULL after its end */
    struct send_figures figures;
    struct kq_timer timer;
    struct kq_signal on_int;
    bool catches_int;
    volatile sig_atomic_t *stop;
    bool ready;
    bool closed;
    bool late;         /* the timer fired */
    struct kq_err why; /* of the end; code 0: in order */
    struct kq_msg *queue;
    size_t head, count, room;
    uint64_t whole; /* bytes of the messages that arrived */
};

static void on_ready(void *arg, struct kq_conn *c)
{
    (void)c;
    ((struct send_evlink *)arg)->ready = true;
}

static void on_msg(void *arg, struct kq_conn *c, const struct kq_msg *msg)
{
    (void)c;
    struct send_evlink *l = arg;
    if (l->head && l->head + l->count == l->room) {
        memmove(l->queue, l->queue + l->head, l->count * sizeof *msg);
        l->head = 0;
    }
    if (l->count == l->room) {
        l->room = l->room ? l->room * 2 : 16;
        l->queue = kq_realloc(l->queue, l->room * sizeof *msg);
    }
    struct kq_msg *kept = &l->queue[l->head + l->count++];
    *kept = *msg;
    kq_rcbuf_ref(kept->frame);
    l->whole += msg->len;
}

static void on_close(void *arg, struct kq_conn *c, const struct kq_err *err)
{
    (void)c;
    struct send_evlink *l = arg;
    send_evlink_figures(l);
    l->figures.fd = -1;
    l->conn = NULL; /* it frees itself now */
    l->closed = true;
    l->why = *err;
}

static void on_timer(void *arg)
{
    ((struct send_evlink *)arg)->late = true;
}

static void on_signal(void *arg, int signo)
{
    *((struct send_evlink *)arg)->stop = signo;
}

/* One turn of the loop; false with `err` when a signal or the deadline came instead. */
static bool turn(struct send_evlink *l, int64_t deadline, struct kq_err *err)
{
    l->late = false;
    if (deadline != KQ_NEVER)
        kq_timer_start(&l->timer, kq_left_ms(deadline));
    if (!*l->stop)
        kq_loop_turn(l->loop);
    kq_timer_stop(&l->timer);
    if (*l->stop)
        kq_neterr_signal(err, *l->stop);
    else if (l->late)
        kq_neterr_no_answer(err, 0);
    return !*l->stop && !l->late;
}

static struct send_evlink *prepare(struct kq_loop *given, volatile sig_atomic_t *stop,
                                   struct kq_err *err)
{
    struct kq_loop *loop = given ? given : kq_loop_new(err);
    if (!loop)
        return NULL;
    struct send_evlink *l = kq_calloc(1, sizeof *l);
    l->loop = loop;
    l->owns_loop = !given;
    l->stop = stop;
    kq_timer_init(&l->timer, loop, on_timer, l);
    l->catches_int = !given && kq_signal_init(&l->on_int, loop, SIGINT, on_signal, l, NULL);
    return l;
}

struct send_evlink *send_evlink_open(const struct kq_addr *a, const struct kq_conn_opts *o,
                                     struct kq_loop *loop, volatile sig_atomic_t *stop,
                                     struct kq_err *err)
{
    static const struct kq_conn_ops ops = {.on_ready = on_ready,
                                           .on_msg = on_msg,
                                           .on_close = on_close};
    struct send_evlink *l = prepare(loop, stop, err);
    if (!l)
        return NULL;
    l->conn = kq_conn_open(l->loop, a, o, &ops, l);
    bool ok = true;
    while (ok && !l->ready && !l->closed)
        ok = turn(l, KQ_NEVER, err); /* the connection has a timeout of its own */
    if (ok && l->ready)
        return l;
    if (ok)
        *err = l->why;
    send_evlink_free(l);
    return NULL;
}

void send_evlink_free(struct send_evlink *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->count; i++)
        kq_msg_release(&l->queue[l->head + i]);
    free(l->queue);
    kq_conn_free(l->conn);
    kq_timer_stop(&l->timer);
    if (l->catches_int)
        kq_signal_stop(&l->on_int);
    if (l->owns_loop)
        kq_loop_free(l->loop);
    free(l);
}

/* What to say when the connection has ended although something was expected. */
static bool lost(struct send_evlink *l, struct kq_err *err)
{
    if (l->why.code)
        *err = l->why;
    else
        kq_neterr_eof(err, KQ_STAGE_READY, 0, 0);
    return false;
}

bool send_evlink_send(struct send_evlink *l, const void *frames, size_t n, int64_t deadline,
                      struct kq_err *err)
{
    if (l->closed)
        return lost(l, err);
    if (!kq_conn_send(l->conn, frames, n, err))
        return false;
    kq_conn_flush(l->conn);
    while (!l->closed && kq_conn_pending_bytes(l->conn)) {
        if (!turn(l, deadline, err))
            return false;
    }
    return !l->closed || lost(l, err);
}

bool send_evlink_ready(struct send_evlink *l)
{
    return l->count > 0;
}

bool send_evlink_amid(struct send_evlink *l)
{
    /* The capability byte came before the first message. */
    return l->conn && kq_conn_bytes_in(l->conn) > l->whole + 1;
}

int send_evlink_recv(struct send_evlink *l, struct kq_msg *msg, int64_t deadline,
                     struct kq_err *err)
{
    while (!l->count && !l->closed) {
        if (!turn(l, deadline, err))
            return -1;
    }
    if (l->count) {
        *msg = l->queue[l->head++];
        l->head = --l->count ? l->head : 0;
        return 1;
    }
    if (!l->why.code)
        return 0;
    *err = l->why;
    return -1;
}

bool send_evlink_finish(struct send_evlink *l, int64_t deadline, struct kq_err *err)
{
    if (!l->closed)
        kq_conn_close(l->conn);
    while (!l->closed) {
        if (!turn(l, deadline, err))
            return false;
    }
    return !l->why.code || lost(l, err);
}

const struct send_figures *send_evlink_figures(struct send_evlink *l)
{
    if (l->conn) {
        l->figures = (struct send_figures){
            .fd = kq_conn_fd(l->conn),
            .capability = kq_conn_capability(l->conn),
            .is_local = kq_conn_is_local(l->conn),
            .timing = *kq_conn_timing(l->conn),
            .bytes_in = kq_conn_bytes_in(l->conn),
            .bytes_out = kq_conn_bytes_out(l->conn),
        };
    }
    return &l->figures;
}

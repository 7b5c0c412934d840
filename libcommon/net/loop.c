/*
 * loop.c - the event base, without locks and without looking at EVENT_*
 * variables, and thin watchers on libevent's events.
 *
 * A turn is one pass of libevent and then the deferred calls, which therefore
 * run outside of it.  libevent cannot be entered twice, so only they may wait
 * in turns of their own.
 */
#include "net/loop.h"

#include "base/mem.h"

#include <errno.h>
#include <event2/util.h>
#include <stdlib.h>
#include <string.h>

/* Generations of deferred calls in one turn: without the second, what a call has set off costs
 * a look at the descriptors before it is done. */
enum { DEFER_ROUNDS = 4 };

struct kq_loop {
    struct event_base *base;
    struct kq_defer *first, **last;
    unsigned turn;
    bool in_event; /* libevent is calling us */
    bool stopped;
};

static struct kq_defer *take_first(struct kq_loop *loop)
{
    struct kq_defer *d = loop->first;
    loop->first = d->next;
    if (!loop->first)
        loop->last = &loop->first;
    d->queued = false;
    return d;
}

/* The calls that are waiting, and those that they post; but calls that post each other
 * for ever must not starve the descriptors. */
static void run_deferred(struct kq_loop *loop)
{
    for (int i = 0; i < DEFER_ROUNDS && loop->first; i++) {
        unsigned turn = loop->turn++;
        while (loop->first && (int)(loop->first->turn - turn) <= 0) {
            struct kq_defer *d = take_first(loop);
            d->fn(d->arg);
        }
    }
}

struct kq_loop *kq_loop_new(struct kq_err *err)
{
    struct event_config *config = event_config_new();
    if (!config)
        abort();
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV |
                                      EVENT_BASE_FLAG_NO_CACHE_TIME |
                                      EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
    struct event_base *base = event_base_new_with_config(config);
    event_config_free(config);
    if (!base) {
        kq_err_errno(err, KQ_EIO, errno, "cannot create an event loop");
        return NULL;
    }
    struct kq_loop *loop = kq_calloc(1, sizeof *loop);
    loop->base = base;
    loop->last = &loop->first;
    return loop;
}

void kq_loop_free(struct kq_loop *loop)
{
    if (!loop)
        return;
    while (loop->first) {
        struct kq_defer *d = take_first(loop);
        d->fn(d->arg);
    }
    event_base_free(loop->base);
    free(loop);
}

const char *kq_loop_library(void)
{
    return event_get_version();
}

struct event_base *kq_loop_base(struct kq_loop *loop)
{
    return loop->base;
}

/* False when there is nothing left that could ever happen. */
static bool turn(struct kq_loop *loop, bool wait)
{
    loop->in_event = true;
    int how = wait && !loop->first ? EVLOOP_ONCE : EVLOOP_ONCE | EVLOOP_NONBLOCK;
    int none = event_base_loop(loop->base, how);
    loop->in_event = false;
    bool some = loop->first || !none;
    run_deferred(loop);
    return some;
}

void kq_loop_run(struct kq_loop *loop)
{
    while (!loop->stopped && turn(loop, true))
        ;
    loop->stopped = false;
}

void kq_loop_stop(struct kq_loop *loop)
{
    loop->stopped = true;
}

bool kq_loop_turn(struct kq_loop *loop)
{
    return !loop->in_event && turn(loop, true);
}

bool kq_loop_poll(struct kq_loop *loop)
{
    return !loop->in_event && turn(loop, false);
}

void kq_defer_init(struct kq_defer *d, void (*fn)(void *arg), void *arg)
{
    *d = (struct kq_defer){.fn = fn, .arg = arg};
}

void kq_defer_post(struct kq_loop *loop, struct kq_defer *d)
{
    if (d->queued)
        return;
    d->queued = true;
    d->next = NULL;
    *loop->last = d;
    loop->last = &d->next;
    d->turn = loop->turn;
}

void kq_defer_cancel(struct kq_loop *loop, struct kq_defer *d)
{
    if (!d->queued)
        return;
    struct kq_defer **p = &loop->first;
    while (*p != d)
        p = &(*p)->next;
    *p = d->next;
    if (loop->last == &d->next)
        loop->last = p;
    d->queued = false;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct kq_timer *t = arg;
    t->fn(t->arg);
}

void kq_timer_init(struct kq_timer *t, struct kq_loop *loop, void (*fn)(void *arg), void *arg)
{
    t->fn = fn;
    t->arg = arg;
    event_assign(&t->ev, loop->base, -1, 0, on_timer, t);
}

void kq_timer_start_ns(struct kq_timer *t, int64_t ns)
{
    if (ns < 0)
        ns = 0;
    struct timeval tv = {.tv_sec = ns / 1000000000, .tv_usec = ns % 1000000000 / 1000};
    event_add(&t->ev, &tv);
}

void kq_timer_start(struct kq_timer *t, int64_t ms)
{
    kq_timer_start_ns(t, ms > INT64_MAX / 1000000 ? INT64_MAX : ms * 1000000);
}

void kq_timer_stop(struct kq_timer *t)
{
    event_del(&t->ev);
}

bool kq_timer_running(const struct kq_timer *t)
{
    return event_pending(&t->ev, EV_TIMEOUT, NULL);
}

static void on_watch(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    struct kq_watch *w = arg;
    w->fn(w->arg, what & EV_READ, what & EV_WRITE);
}

void kq_watch_init(struct kq_watch *w, struct kq_loop *loop, int fd,
                   void (*fn)(void *arg, bool readable, bool writable), void *arg)
{
    w->fn = fn;
    w->arg = arg;
    event_assign(&w->ev, loop->base, fd, EV_PERSIST, on_watch, w);
}

void kq_watch_set(struct kq_watch *w, bool readable, bool writable)
{
    short wanted = (short)((readable ? EV_READ : 0) | (writable ? EV_WRITE : 0));
    if ((event_get_events(&w->ev) & (EV_READ | EV_WRITE)) == wanted)
        return;
    event_del(&w->ev);
    event_assign(&w->ev, event_get_base(&w->ev), event_get_fd(&w->ev), (short)(wanted | EV_PERSIST),
                 on_watch, w);
    if (wanted)
        event_add(&w->ev, NULL);
}

static void on_signal(evutil_socket_t signo, short what, void *arg)
{
    (void)what;
    struct kq_signal *s = arg;
    s->fn(s->arg, (int)signo);
}

bool kq_signal_init(struct kq_signal *s, struct kq_loop *loop, int signo,
                    void (*fn)(void *arg, int signo), void *arg, struct kq_err *err)
{
    s->fn = fn;
    s->arg = arg;
    evsignal_assign(&s->ev, loop->base, signo, on_signal, s);
    if (evsignal_add(&s->ev, NULL) == 0)
        return true;
    kq_err_errno(err, KQ_EIO, errno, "cannot catch signal %d", signo);
    return false;
}

void kq_signal_stop(struct kq_signal *s)
{
    evsignal_del(&s->ev);
}

/*
 * dial.c - resolve, then one endpoint after the other.
 *
 * Each attempt may use its share of the time that is left (all of it for the
 * last one), so a first address that swallows packets does not use up the
 * budget of the second.  One descriptor is watched at a time: the resolver's,
 * then the socket's.
 */
#include "net/dial.h"

#include "base/mem.h"
#include "net/neterr.h"
#include "net/resolve.h"
#include "net/sock.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct kq_dial {
    struct kq_loop *loop;
    kq_dial_fn *fn;
    void *arg;
    struct kq_addr addr; /* kind and port only, for wording */
    struct kq_timing *timing;
    int64_t timeout_ms, deadline;
    struct kq_resolve *resolving;
    struct kq_endpoints list;
    int next;   /* endpoint to try */
    int fd;     /* connecting, or -1 */
    int errnum; /* the most telling failure so far */
    bool watching;
    struct kq_watch watch;
    struct kq_timer timer;
    struct kq_defer begin;
    struct kq_err err; /* known before the loop ran */
};

static void try_next(struct kq_dial *d);

static void unwatch(struct kq_dial *d)
{
    if (d->watching)
        kq_watch_set(&d->watch, false, false);
    d->watching = false;
}

static void release(struct kq_dial *d)
{
    unwatch(d);
    kq_timer_stop(&d->timer);
    kq_defer_cancel(d->loop, &d->begin);
    if (d->resolving)
        kq_resolve_cancel(d->resolving);
    if (d->fd >= 0)
        close(d->fd);
    free(d);
}

/* Tell the owner and be gone. */
static void report(struct kq_dial *d, int fd, const struct kq_err *err)
{
    kq_dial_fn *fn = d->fn;
    void *arg = d->arg;
    struct kq_err copy;
    if (err)
        copy = *err;
    release(d);
    fn(arg, fd, err ? &copy : NULL);
}

static void connected(struct kq_dial *d)
{
    int fd = d->fd;
    d->fd = -1;
    kq_sock_tune(fd);
    if (d->timing)
        d->timing->connected_ns = kq_mono_ns();
    report(d, fd, NULL);
}

static void drop_attempt(struct kq_dial *d, int errnum)
{
    d->errnum = kq_neterr_worse(d->errnum, errnum);
    unwatch(d);
    kq_timer_stop(&d->timer);
    close(d->fd);
    d->fd = -1;
}

static void on_writable(void *arg, bool readable, bool writable)
{
    (void)readable;
    (void)writable;
    struct kq_dial *d = arg;
    int errnum = 0;
    socklen_t len = sizeof errnum;
    getsockopt(d->fd, SOL_SOCKET, SO_ERROR, &errnum, &len);
    if (!errnum) {
        connected(d);
        return;
    }
    drop_attempt(d, errnum);
    try_next(d);
}

static void timed_out(struct kq_dial *d, enum kq_stage stage)
{
    struct kq_err err;
    kq_neterr_timeout(&err, stage, d->timeout_ms);
    report(d, -1, &err);
}

static void on_time(void *arg)
{
    struct kq_dial *d = arg;
    if (d->resolving) {
        timed_out(d, KQ_STAGE_RESOLVE);
        return;
    }
    if (d->next == d->list.count) {
        timed_out(d, KQ_STAGE_CONNECT);
        return;
    }
    drop_attempt(d, ETIMEDOUT);
    try_next(d);
}

static void watch(struct kq_dial *d, int fd, bool readable,
                  void (*fn)(void *arg, bool readable, bool writable))
{
    kq_watch_init(&d->watch, d->loop, fd, fn, d);
    kq_watch_set(&d->watch, readable, !readable);
    d->watching = true;
}

/* Start the clock for one of `shares` equal parts of the time left. */
static void start_timer(struct kq_dial *d, int shares)
{
    if (d->deadline != KQ_NEVER)
        kq_timer_start(&d->timer, kq_left_ms(d->deadline) / shares);
}

/* connect() to `ep`: 1 done, 0 under way, -1 failed with errno. */
static int attempt(struct kq_dial *d, const struct kq_endpoint *ep)
{
    d->fd = socket(ep->ss.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (d->fd < 0)
        return -1;
    if (connect(d->fd, (const struct sockaddr *)&ep->ss, ep->len) == 0)
        return 1;
    return errno == EINPROGRESS ? 0 : -1;
}

static void try_next(struct kq_dial *d)
{
    while (d->next < d->list.count) {
        int state = attempt(d, &d->list.at[d->next++]);
        if (state > 0) {
            connected(d);
            return;
        }
        if (state == 0) {
            watch(d, d->fd, false, on_writable);
            start_timer(d, d->list.count - d->next + 1);
            return;
        }
        drop_attempt(d, errno);
    }
    struct kq_err err;
    kq_neterr_connect(&err, &d->addr, d->errnum);
    report(d, -1, &err);
}

static void resolved(struct kq_dial *d)
{
    if (d->timing)
        d->timing->resolved_ns = kq_mono_ns();
    try_next(d);
}

static void on_answer(void *arg, bool readable, bool writable)
{
    (void)readable;
    (void)writable;
    struct kq_dial *d = arg;
    struct kq_resolve *r = d->resolving;
    struct kq_err err;
    unwatch(d);
    kq_timer_stop(&d->timer);
    d->resolving = NULL;
    if (kq_resolve_finish(r, &d->list, &err))
        resolved(d);
    else
        report(d, -1, &err);
}

static void begin(void *arg)
{
    struct kq_dial *d = arg;
    if (d->err.code)
        report(d, -1, &d->err);
    else if (d->resolving) {
        watch(d, kq_resolve_fd(d->resolving), true, on_answer);
        start_timer(d, 1);
    } else {
        resolved(d);
    }
}

struct kq_dial *kq_dial_start(struct kq_loop *loop, const struct kq_addr *a, int family,
                              int64_t timeout_ms, struct kq_timing *timing, kq_dial_fn *fn,
                              void *arg)
{
    struct kq_dial *d = kq_calloc(1, sizeof *d);
    d->loop = loop;
    d->fn = fn;
    d->arg = arg;
    d->addr = (struct kq_addr){.kind = a->kind, .port = a->port};
    d->timing = timing;
    d->timeout_ms = timeout_ms;
    d->deadline = kq_deadline_ms(timeout_ms);
    d->fd = -1;
    kq_timer_init(&d->timer, loop, on_time, d);
    kq_defer_init(&d->begin, begin, d);
    if (kq_resolve_known(a, family, &d->list, &d->err) == 0)
        d->resolving = kq_resolve_start(a, family, &d->err);
    kq_defer_post(loop, &d->begin);
    return d;
}

void kq_dial_cancel(struct kq_dial *d)
{
    if (d)
        release(d);
}

/*
 * signals.c - a signalfd, and a look at what is pending.
 */
#include "signals.h"

#include "net/timing.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

static void on_readable(void *arg, bool readable, bool writable)
{
    struct lst_signals *s = arg;
    struct signalfd_siginfo info;
    (void)readable;
    (void)writable;
    if (read(s->fd, &info, sizeof info) == sizeof info)
        s->fn(s->arg, (int)info.ssi_signo);
}

static sigset_t wanted(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    return set;
}

bool lst_signals_watch(struct lst_signals *s, struct kq_loop *loop, struct kq_err *err)
{
    sigset_t set = wanted();
    s->since_ns = 0;
    s->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (s->fd < 0) {
        kq_err_errno(err, KQ_EIO, errno, "cannot watch for signals");
        return false;
    }
    sigprocmask(SIG_BLOCK, &set, NULL);
    kq_watch_init(&s->watch, loop, s->fd, on_readable, s);
    kq_watch_set(&s->watch, true, false);
    return true;
}

void lst_signals_stop(struct lst_signals *s)
{
    if (s->fd < 0)
        return;
    kq_watch_set(&s->watch, false, false);
    close(s->fd);
    s->fd = -1;
}

static void forget_interrupt(void)
{
    static const struct timespec now = {0};
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    while (sigtimedwait(&set, NULL, &now) < 0 && errno == EINTR)
        ;
}

bool lst_signals_interrupt(struct lst_signals *s, int64_t patience_ms)
{
    sigset_t set;
    if (s->fd < 0 || sigpending(&set))
        return false;
    if (sigismember(&set, SIGINT)) {
        forget_interrupt();
        return true;
    }
    if (!sigismember(&set, SIGTERM)) {
        s->since_ns = 0;
        return false;
    }
    if (!s->since_ns)
        s->since_ns = kq_mono_ns();
    return kq_mono_ns() - s->since_ns > patience_ms * 1000000;
}

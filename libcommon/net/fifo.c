/*
 * fifo.c - a descriptor watched by epoll, or for what epoll refuses (regular
 * files, some devices) a deferred call each turn.
 *
 * Standard input stays in blocking mode: the mode belongs to the open file,
 * which the terminal's stdout and other processes share.  It is read only
 * when poll says that it will not block.  A fifo is opened non-blocking and becomes readable only when its first
 * writer has written or left.  To outlast writers we are one ourselves: the
 * kernel then never reports an end.
 */
#include "net/fifo.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

struct kq_fifo {
    struct kq_loop *loop;
    int fd;
    int writer;   /* ours, or -1 */
    int64_t size; /* regular file; else -1 */
    char *name;
    bool pollable;
    bool ready; /* readable, says the loop, and not read since */
    bool running;
    void (*fn)(void *arg);
    void *arg;
    struct kq_watch watch;
    struct kq_defer again;
    struct kq_defer bury;
};

static void on_readable(void *arg, bool readable, bool writable)
{
    (void)readable;
    (void)writable;
    struct kq_fifo *f = arg;
    f->ready = true;
    f->fn(f->arg);
}

static void on_turn(void *arg)
{
    struct kq_fifo *f = arg;
    if (!f->running)
        return;
    kq_defer_post(f->loop, &f->again);
    f->fn(f->arg);
}

static bool can_poll(int fd)
{
    struct epoll_event none = {0};
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    bool ok = epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &none) == 0 || errno != EPERM;
    close(epoll);
    return ok;
}

/* Learn what was opened, and make it fit for the loop. */
static bool prepare(struct kq_fifo *f, bool reopen, struct kq_err *err)
{
    struct stat st;
    if (fstat(f->fd, &st) != 0) {
        kq_err_errno(err, KQ_EIO, errno, "cannot read %s", f->name);
        return false;
    }
    if (S_ISDIR(st.st_mode))
        return kq_fail(err, KQ_EIO, "cannot read %s: it is a directory", f->name);
    f->pollable = can_poll(f->fd);
    f->size = S_ISREG(st.st_mode) ? (int64_t)st.st_size : -1;
    if (!reopen || !S_ISFIFO(st.st_mode) || f->fd == STDIN_FILENO)
        return true;
    f->writer = open(f->name, O_WRONLY | O_CLOEXEC | O_NONBLOCK);
    if (f->writer < 0) {
        kq_err_errno(err, KQ_EIO, errno, "cannot hold %s open", f->name);
        return false;
    }
    return true;
}

static bool open_path(struct kq_fifo *f, const char *path, struct kq_err *err)
{
    if (strcmp(path, "-") == 0) {
        f->name = kq_strdup("standard input");
        f->fd = STDIN_FILENO;
        return true;
    }
    f->name = kq_strdup(path);
    f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (f->fd >= 0)
        return true;
    kq_err_errno(err, KQ_EIO, errno, "cannot open %s", path);
    return false;
}

struct kq_fifo *kq_fifo_open(struct kq_loop *loop, const char *path, bool reopen,
                             void (*fn)(void *arg), void *arg, struct kq_err *err)
{
    struct kq_fifo *f = kq_calloc(1, sizeof *f);
    f->loop = loop;
    f->fd = f->writer = -1;
    f->size = -1;
    f->fn = fn;
    f->arg = arg;
    kq_defer_init(&f->again, on_turn, f);
    kq_defer_init(&f->bury, free, f);
    if (open_path(f, path, err) && prepare(f, reopen, err)) {
        if (f->pollable)
            kq_watch_init(&f->watch, loop, f->fd, on_readable, f);
        return f;
    }
    kq_fifo_free(f);
    return NULL;
}

void kq_fifo_free(struct kq_fifo *f)
{
    if (!f)
        return;
    if (f->running)
        kq_fifo_pause(f);
    if (f->fd > STDIN_FILENO)
        close(f->fd);
    if (f->writer >= 0)
        close(f->writer);
    free(f->name);
    kq_defer_post(f->loop, &f->bury);
}

/* Would read() wait?  Only standard input can. */
static bool would_block(struct kq_fifo *f)
{
    struct pollfd p = {.fd = f->fd, .events = POLLIN};
    bool ready = f->ready;
    f->ready = false;
    return f->fd == STDIN_FILENO && f->pollable && !ready && poll(&p, 1, 0) == 0;
}

ssize_t kq_fifo_read(struct kq_fifo *f, void *dst, size_t n, struct kq_err *err)
{
    ssize_t got;
    if (would_block(f))
        return KQ_FIFO_AGAIN;
    do
        got = read(f->fd, dst, n);
    while (got < 0 && errno == EINTR);
    if (got >= 0)
        return got;
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return KQ_FIFO_AGAIN;
    kq_err_errno(err, KQ_EIO, errno, "cannot read %s", f->name);
    return KQ_FIFO_ERROR;
}

void kq_fifo_resume(struct kq_fifo *f)
{
    if (f->running)
        return;
    f->running = true;
    if (f->pollable)
        kq_watch_set(&f->watch, true, false);
    else
        kq_defer_post(f->loop, &f->again);
}

void kq_fifo_pause(struct kq_fifo *f)
{
    if (!f->running)
        return;
    f->running = false;
    if (f->pollable)
        kq_watch_set(&f->watch, false, false);
    else
        kq_defer_cancel(f->loop, &f->again);
}

int64_t kq_fifo_size(const struct kq_fifo *f)
{
    return f->size;
}

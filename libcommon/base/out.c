/*
 * out.c - the buffer either drains to the descriptor or, in memory, grows.
 *
 * After an error a descriptor's buffer is simply emptied whenever it fills,
 * so that callers keep running straight-line code and ask once at the end.
 */
#include "base/out.h"

#include "base/mem.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FD_CAP = 64 * 1024, MEM_CAP = 256 };

void kq_out_init_fd(struct kq_out *o, int fd)
{
    *o = (struct kq_out){.buf = kq_malloc(FD_CAP), .cap = FD_CAP, .fd = fd};
}

void kq_out_init_mem(struct kq_out *o)
{
    *o = (struct kq_out){.buf = kq_malloc(MEM_CAP), .cap = MEM_CAP, .fd = -1};
}

void kq_out_release(struct kq_out *o)
{
    free(o->buf);
    *o = (struct kq_out){.fd = -1};
}

/* A descriptor inherited as non-blocking (some terminals) must not lose data. */
static bool wait_writable(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    return poll(&p, 1, -1) >= 0 || errno == EINTR;
}

static void write_all(struct kq_out *o, const char *p, size_t n)
{
    while (n && !o->errnum) {
        ssize_t w = write(o->fd, p, n);
        if (w >= 0) {
            p += w;
            n -= (size_t)w;
            o->total += (size_t)w;
        } else if (errno == EAGAIN) {
            if (!wait_writable(o->fd))
                o->errnum = errno;
        } else if (errno != EINTR) {
            o->errnum = errno;
        }
    }
}

bool kq_out_flush(struct kq_out *o)
{
    if (o->fd >= 0) {
        write_all(o, o->buf, o->len);
        o->len = 0;
    }
    return o->errnum == 0;
}

bool kq_out_finish(struct kq_out *o, const char *name, struct kq_err *err)
{
    if (kq_out_flush(o))
        return true;
    kq_err_errno(err, KQ_EIO, o->errnum, "cannot write %s", name);
    return false;
}

void kq_out_endline(struct kq_out *o)
{
    if (o->by_line)
        kq_out_flush(o);
}

char *kq_out_grow(struct kq_out *o, size_t n)
{
    kq_out_flush(o);
    if (o->cap - o->len < n) {
        size_t cap = o->cap;
        while (cap - o->len < n)
            cap *= 2;
        o->buf = kq_realloc(o->buf, cap);
        o->cap = cap;
    }
    return o->buf + o->len;
}

void kq_out_write(struct kq_out *o, const void *p, size_t n)
{
    if (o->fd >= 0 && n >= o->cap) {
        kq_out_flush(o);
        write_all(o, p, n);
        return;
    }
    if (n) {
        memcpy(kq_out_reserve(o, n), p, n);
        o->len += n;
    }
}

void kq_out_puts(struct kq_out *o, const char *s)
{
    kq_out_write(o, s, strlen(s));
}

void kq_out_fill(struct kq_out *o, char c, size_t n)
{
    memset(kq_out_reserve(o, n), c, n);
    o->len += n;
}

void kq_out_printf(struct kq_out *o, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n > 0) {
        vsnprintf(kq_out_reserve(o, (size_t)n + 1), (size_t)n + 1, fmt, again);
        o->len += (size_t)n;
    }
    va_end(again);
}

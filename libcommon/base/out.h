/*
 * out.h - buffered text output with a sticky error.
 *
 * All formatters write here.  The sink is a file descriptor or memory; after
 * the first failed write (disk full, closed pipe) everything is dropped and
 * kq_out_finish reports it, so no tool can exit 0 with output lost.
 */
#ifndef KQ_BASE_OUT_H
#define KQ_BASE_OUT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct kq_out {
    char *buf;  /* owned */
    size_t len; /* bytes waiting in buf */
    size_t cap;
    int fd;         /* -1: memory */
    int errnum;     /* first error, 0 while all is well */
    bool by_line;   /* flush at every kq_out_endline */
    uint64_t total; /* bytes given to the sink so far */
};

/* Buffer of 64 KiB in front of `fd`, which stays the caller's. */
void kq_out_init_fd(struct kq_out *o, int fd);

/* Collect everything in memory: o->buf[0..len). */
void kq_out_init_mem(struct kq_out *o);

/* Free the buffer without flushing. */
void kq_out_release(struct kq_out *o);

/* Write what is buffered; false after any error so far. No-op for memory. */
bool kq_out_flush(struct kq_out *o);

/* Flush and report the first error as "cannot write NAME: why" (KQ_EIO). */
bool kq_out_finish(struct kq_out *o, const char *name, struct kq_err *err);

/* End of a record: flushes when by_line is set. */
void kq_out_endline(struct kq_out *o);

/* Out-of-line part of kq_out_reserve. */
char *kq_out_grow(struct kq_out *o, size_t n);

/*
 * Room for `n` bytes at the returned place (never NULL: after an error the
 * bytes go nowhere); add what was used with kq_out_advance.
 */
static inline char *kq_out_reserve(struct kq_out *o, size_t n)
{
    return o->cap - o->len >= n ? o->buf + o->len : kq_out_grow(o, n);
}
static inline void kq_out_advance(struct kq_out *o, size_t n)
{
    o->len += n;
}
static inline void kq_out_char(struct kq_out *o, char c)
{
    *kq_out_reserve(o, 1) = c;
    o->len++;
}
/* Any length; large blocks go to the descriptor without a copy. */
void kq_out_write(struct kq_out *o, const void *p, size_t n);
void kq_out_puts(struct kq_out *o, const char *s);
/* `n` times `c`, for padding and rules. */
void kq_out_fill(struct kq_out *o, char c, size_t n);
void kq_out_printf(struct kq_out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif

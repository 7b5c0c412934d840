/*
 * source.h - the FILE operands, one after the other, as a window of bytes.
 *
 * Files, fifos and standard input look the same.  A fifo may outlast its
 * writers (--reopen); a file may be followed while it grows and when it is
 * rotated (--follow); captures are read through kq-dump.  Nothing is read that was not asked for.
 */
#ifndef KQ_PIPE_SOURCE_H
#define KQ_PIPE_SOURCE_H

#include "base/err.h"
#include "capture.h"
#include "net/fifo.h"
#include "net/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct pipe_source {
    struct kq_loop *loop;
    char *const *names;
    size_t n, at; /* names[at] is being read */
    bool reopen, follow, captures;
    void (*on_ready)(void *arg);
    void *arg;

    struct kq_fifo *fifo;
    struct pipe_capture capture; /* what decodes this file, with `captures` */
    struct kq_timer poll;        /* --follow: look again */
    bool running;
    bool again; /* --follow: SIGHUP or rotation: open the name again at its end */
    dev_t dev;
    ino_t ino;

    char *buf; /* bytes start..end are waiting; owned */
    size_t start, end, cap;
    int64_t size;      /* of this file, -1: unknown */
    int64_t read;      /* bytes of this file */
    uint64_t all_read; /* of all files */
};

/* What a read brought. */
enum pipe_got {
    PIPE_GOT_BYTES,
    PIPE_GOT_NOTHING, /* not now: on_ready tells when */
    PIPE_GOT_END,     /* of this file */
    PIPE_GOT_ERROR,
};

/*
 * Open the first of `n` names ("-" and none: standard input; fifo://PATH).
 * on_ready is called from the loop while running.  KQ_EIO.
 */
bool pipe_source_open(struct pipe_source *s, struct kq_loop *loop, char *const *names, size_t n,
                      struct kq_err *err);
void pipe_source_close(struct pipe_source *s);

/* The name of what is being read, for messages. */
const char *pipe_source_name(const struct pipe_source *s);

/* Call on_ready or do not. */
void pipe_source_resume(struct pipe_source *s);
void pipe_source_pause(struct pipe_source *s);

/* Read once, behind the bytes that wait. */
enum pipe_got pipe_source_read(struct pipe_source *s, struct kq_err *err);

/* After PIPE_GOT_END: go on with the next file; 1, or 0 at the last, or -1. */
int pipe_source_next(struct pipe_source *s, struct kq_err *err);

/* SIGHUP: when the file (or what is in the fifo) is read to its end, open its name again. */
void pipe_source_hangup(struct pipe_source *s);

/* The bytes that wait; PIPE_SLACK bytes behind them may be written. */
static inline char *pipe_source_data(const struct pipe_source *s, size_t *len)
{
    *len = s->end - s->start;
    return s->buf + s->start;
}
static inline void pipe_source_consume(struct pipe_source *s, size_t n)
{
    s->start += n;
}

#endif

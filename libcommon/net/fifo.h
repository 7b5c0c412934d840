/*
 * fifo.h - a fifo, file, device or stdin as a source of bytes on the loop.
 *
 * A fifo opens without waiting for its writer and ends when the last writer
 * leaves, or, with reopen, never: the reader then holds a write end itself.
 * Regular files, which epoll refuses, are simply always readable.
 */
#ifndef KQ_NET_FIFO_H
#define KQ_NET_FIFO_H

#include "base/err.h"
#include "net/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct kq_fifo;

/*
 * Open `path` ("-" is stdin).  `reopen` outlasts writers, for fifos only.
 * `on_readable` is called from the loop while there is something to read or
 * the end has come.  Reading is paused until kq_fifo_resume.  NULL with KQ_EIO.
 */
struct kq_fifo *kq_fifo_open(struct kq_loop *loop, const char *path, bool reopen,
                             void (*on_readable)(void *arg), void *arg, struct kq_err *err);
void kq_fifo_free(struct kq_fifo *f);

enum { KQ_FIFO_EOF = 0, KQ_FIFO_AGAIN = -1, KQ_FIFO_ERROR = -2 };

/* One read of up to `n` bytes: the count, or one of the above; ERROR fills `err` (KQ_EIO). */
ssize_t kq_fifo_read(struct kq_fifo *f, void *dst, size_t n, struct kq_err *err);

void kq_fifo_resume(struct kq_fifo *f);
void kq_fifo_pause(struct kq_fifo *f);

/* Size of a regular file, -1 for anything else: for progress. */
int64_t kq_fifo_size(const struct kq_fifo *f);

#endif

/*
 * spool.h - batches on disk until they are confirmed: a tickerplant log that
 * is written ahead of the network.
 *
 * Every batch is appended before it is sent, so whatever happens to us or to
 * the server, a row is confirmed, or in the log, or both.  FILE.pos holds how
 * far the log has been confirmed; the rest is sent first at the next start.
 * When everything is confirmed the log is emptied; when only little of a long
 * log is not, that little is moved to a new one.  -11! and kq-dump read it.
 */
#ifndef KQ_PIPE_SPOOL_H
#define KQ_PIPE_SPOOL_H

#include "base/err.h"
#include "base/rcbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pipe_spool;

/*
 * Open or create the log and find what was left unconfirmed.  A record that
 * was cut off by a crash is cut away.  KQ_EIO; KQ_EPROTO when it is not a log;
 * KQ_EIO "in use" when another process has it.
 */
struct pipe_spool *pipe_spool_open(const char *path, int sync, struct kq_err *err);
/* Empties the log when all of it is confirmed. */
void pipe_spool_close(struct pipe_spool *s);

/* Append the bodies of the whole messages in frames[0..len); KQ_EIO, for
 * example when the disk is full: then nothing of them is in the log. */
bool pipe_spool_append(struct pipe_spool *s, const uint8_t *frames, size_t len, struct kq_err *err);

/* Offset behind the last record. */
uint64_t pipe_spool_end(const struct pipe_spool *s);
/* Offset of the first record that is not confirmed. */
uint64_t pipe_spool_confirmed(const struct pipe_spool *s);

/*
 * The record at offset `at` as a message (async, or sync); *next is the offset
 * behind it.  NULL with KQ_EIO or KQ_EPROTO.
 */
struct kq_rcbuf *pipe_spool_read(struct pipe_spool *s, uint64_t at, bool sync, uint64_t *next,
                                 struct kq_err *err);

/*
 * Everything before `at` is confirmed.  The log may be emptied or shortened:
 * *moved is then subtracted from all offsets.
 */
bool pipe_spool_confirm(struct pipe_spool *s, uint64_t at, uint64_t *moved, struct kq_err *err);

#endif

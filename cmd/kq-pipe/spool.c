/*
 * spool.c - appends are single writes, undone by ftruncate when they do not
 * fit.  The order of the steps makes every crash harmless: the log is emptied
 * before the position is reset, since a position behind the end of the log
 * means its beginning; it is replaced after that, since rows had better be
 * sent twice than not at all.
 */
#include "spool.h"

#include "base/buf.h"
#include "base/mem.h"
#include "opts.h"
#include "wire/header.h"
#include "wire/tplog.h"
#include "wire/walk.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    START = KQ_TPLOG_HEADER_LEN,
    EMPTY_ABOVE = 1 << 20, /* empty a log that is all confirmed only when it pays */
    READ_FIRST = 1 << 18,  /* bytes to read for a record of unknown length */
    KEEP_MAX = 1 << 20,    /* memory that is kept for the next record */
};
/* Move the rest of a log when this much of it is confirmed. */
#define MOVE_ABOVE (UINT64_C(64) << 20)

struct pipe_spool {
    int fd, pos_fd;
    char *path, *pos_path, *new_path;
    int sync; /* enum pipe_sync */
    uint64_t end, confirmed;
    struct kq_buf scratch;
};

static bool io_error(const char *path, struct kq_err *err)
{
    kq_err_errno(err, KQ_EIO, errno, "spool %s", path);
    return false;
}

static char *with_suffix(const char *path, const char *suffix)
{
    size_t n = strlen(path), m = strlen(suffix);
    char *s = kq_malloc(n + m + 1);
    memcpy(s, path, n);
    memcpy(s + n, suffix, m + 1);
    return s;
}

/* All of it or nothing, at `at`. */
static bool write_at(int fd, const uint8_t *p, size_t n, uint64_t at)
{
    while (n) {
        ssize_t w = pwrite(fd, p, n, (off_t)at);
        if (w < 0 && errno == EINTR)
            continue;
        if (w <= 0)
            return false;
        p += w;
        n -= (size_t)w;
        at += (uint64_t)w;
    }
    return true;
}

static bool write_pos(struct pipe_spool *s, struct kq_err *err)
{
    uint64_t v = htole64(s->confirmed);
    return write_at(s->pos_fd, (const uint8_t *)&v, sizeof v, 0) || io_error(s->pos_path, err);
}

/* The position of a log that begins anew, safely on disk before anything is in that log. */
static bool reset_pos(struct pipe_spool *s, struct kq_err *err)
{
    s->confirmed = START;
    return write_pos(s, err) &&
           (s->sync == PIPE_SYNC_NEVER || fdatasync(s->pos_fd) == 0 || io_error(s->pos_path, err));
}

/* ---- opening ---------------------------------------------------------------------------------- */

static bool begin_log(struct pipe_spool *s, int fd, struct kq_err *err)
{
    kq_buf_clear(&s->scratch);
    kq_tplog_put_header(&s->scratch);
    return write_at(fd, s->scratch.data, START, 0) || io_error(s->path, err);
}

static bool open_files(struct pipe_spool *s, struct kq_err *err)
{
    s->fd = open(s->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (s->fd < 0)
        return io_error(s->path, err);
    if (flock(s->fd, LOCK_EX | LOCK_NB) != 0)
        return kq_fail(err, KQ_EIO, "spool %s: in use by another process", s->path);
    s->pos_fd = open(s->pos_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    return s->pos_fd >= 0 || io_error(s->pos_path, err);
}

static void read_pos(struct pipe_spool *s)
{
    uint64_t v = 0;
    ssize_t n = pread(s->pos_fd, &v, sizeof v, 0);
    s->confirmed = n == (ssize_t)sizeof v ? le64toh(v) : START;
    if (s->confirmed < START || s->confirmed > s->end)
        s->confirmed = START;
}

/* Where whole records end, from `at` on; *seen: one begins, or all end, at `mark`. */
static uint64_t walk(const uint8_t *map, uint64_t at, uint64_t size, uint64_t mark, bool *seen)
{
    size_t len;
    *seen = at == mark;
    while (at < size && kq_measure(map + at, (size_t)(size - at), false, &len, NULL) > 0) {
        at += len;
        *seen |= at == mark;
    }
    return at;
}

/*
 * Find the end of the last whole record; what is cut off behind it is no
 * record.  A position inside a record is that of another log, which a crash
 * left behind.
 */
static uint64_t find_end(struct pipe_spool *s, const uint8_t *map)
{
    bool seen;
    uint64_t at = walk(map, START, s->end, s->confirmed, &seen);
    if (!seen && at > s->confirmed)
        s->confirmed = START;
    else if (!seen) /* damage among what is confirmed is no matter */
        at = walk(map, s->confirmed, s->end, s->confirmed, &seen);
    return at;
}

static bool read_log(struct pipe_spool *s, struct kq_err *err)
{
    size_t size = (size_t)s->end;
    const uint8_t *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, s->fd, 0);
    if (map == MAP_FAILED)
        return io_error(s->path, err);
    bool ok = kq_qfile_detect(map, size) == KQ_QFILE_LOG ||
              kq_fail(err, KQ_EPROTO, "spool %s: not a tickerplant log", s->path);
    uint64_t at = ok ? find_end(s, map) : s->end;
    munmap((void *)(uintptr_t)map, size);
    if (!ok || at == s->end)
        return ok;
    s->end = at;
    return ftruncate(s->fd, (off_t)at) == 0 || io_error(s->path, err);
}

static bool prepare(struct pipe_spool *s, struct kq_err *err)
{
    struct stat st;
    if (!open_files(s, err))
        return false;
    if (fstat(s->fd, &st) != 0)
        return io_error(s->path, err);
    s->end = (uint64_t)st.st_size;
    if (s->end == 0) {
        s->end = START;
        s->confirmed = START;
        return begin_log(s, s->fd, err) && write_pos(s, err);
    }
    if (s->end < START)
        return kq_fail(err, KQ_EPROTO, "spool %s: not a tickerplant log", s->path);
    read_pos(s);
    return read_log(s, err) && write_pos(s, err);
}

struct pipe_spool *pipe_spool_open(const char *path, int sync, struct kq_err *err)
{
    struct pipe_spool *s = kq_calloc(1, sizeof *s);
    s->fd = s->pos_fd = -1;
    s->sync = sync;
    s->path = kq_strdup(path);
    s->pos_path = with_suffix(path, ".pos");
    s->new_path = with_suffix(path, ".new");
    kq_buf_init(&s->scratch, KQ_BUF_NOMAX);
    if (prepare(s, err))
        return s;
    s->confirmed = 0; /* not known: close nothing away */
    s->end = 1;
    pipe_spool_close(s);
    return NULL;
}

static bool empty(struct pipe_spool *s, struct kq_err *err)
{
    if (ftruncate(s->fd, START) != 0)
        return io_error(s->path, err);
    s->end = START;
    return reset_pos(s, err);
}

void pipe_spool_close(struct pipe_spool *s)
{
    if (!s)
        return;
    if (s->confirmed == s->end && s->end > START)
        empty(s, NULL);
    if (s->fd >= 0)
        close(s->fd);
    if (s->pos_fd >= 0)
        close(s->pos_fd);
    kq_buf_release(&s->scratch);
    free(s->path);
    free(s->pos_path);
    free(s->new_path);
    free(s);
}

uint64_t pipe_spool_end(const struct pipe_spool *s)
{
    return s->end;
}

uint64_t pipe_spool_confirmed(const struct pipe_spool *s)
{
    return s->confirmed;
}

/* ---- records ------------------------------------------------------------------------------------- */

/* The bodies of whole messages, one after the other. */
static void strip_headers(struct kq_buf *out, const uint8_t *p, size_t len)
{
    struct kq_header h;
    kq_buf_clear(out);
    while (len > KQ_HEADER_LEN && kq_header_parse(p, &h, NULL) && h.total <= len) {
        kq_buf_append(out, p + KQ_HEADER_LEN, (size_t)h.total - KQ_HEADER_LEN);
        p += h.total;
        len -= (size_t)h.total;
    }
}

bool pipe_spool_append(struct pipe_spool *s, const uint8_t *frames, size_t len, struct kq_err *err)
{
    strip_headers(&s->scratch, frames, len);
    if (s->scratch.failed)
        return kq_fail(err, KQ_EIO, "spool %s: not enough memory", s->path);
    bool ok = write_at(s->fd, s->scratch.data, s->scratch.len, s->end);
    if (ok) {
        s->end += s->scratch.len;
    } else {
        io_error(s->path, err);
        if (ftruncate(s->fd, (off_t)s->end) != 0)
            kq_err_context(err, "cannot undo");
    }
    if (s->scratch.len > KEEP_MAX)
        kq_buf_release(&s->scratch);
    if (!ok)
        return false;
    return s->sync != PIPE_SYNC_BATCH || fdatasync(s->fd) == 0 || io_error(s->path, err);
}

/* Bytes at..at+n of the log into the scratch buffer. */
static bool read_at(struct pipe_spool *s, uint64_t at, size_t n, struct kq_err *err)
{
    kq_buf_clear(&s->scratch);
    uint8_t *p = kq_buf_reserve(&s->scratch, n);
    for (size_t got = 0; p && got < n;) {
        ssize_t r = pread(s->fd, p + got, n - got, (off_t)(at + got));
        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            return io_error(s->path, err);
        got += (size_t)r;
    }
    return p || kq_fail(err, KQ_EIO, "spool %s: not enough memory", s->path);
}

struct kq_rcbuf *pipe_spool_read(struct pipe_spool *s, uint64_t at, bool sync, uint64_t *next,
                                 struct kq_err *err)
{
    size_t len = 0, have = READ_FIRST, left = (size_t)(s->end - at);
    int got = 0;
    for (; !got; have *= 4) {
        size_t n = have < left ? have : left;
        if (!read_at(s, at, n, err))
            return NULL;
        got = kq_measure(s->scratch.data, n, false, &len, err);
        if (got < 0 || (!got && n == left))
            return kq_fail_ptr(err, KQ_EPROTO, "spool %s: damaged at byte %llu", s->path,
                               (unsigned long long)at);
    }
    struct kq_rcbuf *r = kq_rcbuf_new(len + KQ_HEADER_LEN);
    if (!r)
        return kq_fail_ptr(err, KQ_EIO, "spool %s: not enough memory", s->path);
    struct kq_header h = {.kind = sync ? KQ_SYNC : KQ_ASYNC, .total = len + KQ_HEADER_LEN};
    kq_header_put(r->data, &h);
    memcpy(r->data + KQ_HEADER_LEN, s->scratch.data, len);
    *next = at + len;
    return r;
}

/* ---- confirming -------------------------------------------------------------------------------------- */

/* Copy the unconfirmed rest into a new log: its descriptor, or -1. */
static int copy_rest(struct pipe_spool *s, size_t rest)
{
    struct kq_err err;
    int fd = open(s->new_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && begin_log(s, fd, &err) &&
        read_at(s, s->confirmed, rest, &err) && write_at(fd, s->scratch.data, rest, START) &&
        (s->sync == PIPE_SYNC_NEVER || fsync(fd) == 0))
        return fd;
    if (fd >= 0) {
        close(fd);
        unlink(s->new_path);
    }
    return -1;
}

/* Put the rest in the place of the log.  A long log is better than none: what fails is tried later. */
static bool move_rest(struct pipe_spool *s, struct kq_err *err)
{
    uint64_t confirmed = s->confirmed;
    size_t rest = (size_t)(s->end - confirmed);
    int fd = copy_rest(s, rest);
    if (fd < 0)
        return true;
    if (!reset_pos(s, err) || rename(s->new_path, s->path) != 0) {
        close(fd);
        unlink(s->new_path);
        s->confirmed = confirmed;
        return write_pos(s, err);
    }
    close(s->fd);
    s->fd = fd;
    s->end = START + rest;
    return true;
}

bool pipe_spool_confirm(struct pipe_spool *s, uint64_t at, uint64_t *moved, struct kq_err *err)
{
    *moved = 0;
    s->confirmed = at;
    if (s->sync == PIPE_SYNC_ACK && fdatasync(s->fd) != 0)
        return io_error(s->path, err);
    if (at == s->end && at > EMPTY_ABOVE) {
        *moved = at - START;
        return empty(s, err);
    }
    if (at > MOVE_ABOVE && s->end - at < at / 4) {
        if (!move_rest(s, err))
            return false;
        *moved = at - s->confirmed;
        if (*moved)
            return true;
    }
    return write_pos(s, err);
}

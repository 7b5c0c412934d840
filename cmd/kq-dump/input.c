/*
 * input.c - read(2) into one block, zlib into another.
 */
#include "input.h"

#include "base/gz.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 256 << 10, PEEK_MAX = 4096 };

struct dump_input {
    int fd;
    int watch;  /* inotify, -1: do not follow */
    bool sated; /* at the end of a followed file there is enough to go on with */
    bool regular;
    struct dump_signals *signals;
    struct kq_gz *gz;    /* NULL: plain */
    struct kq_str raw;   /* of `block`, read and not yet unpacked */
    uint8_t *block;      /* what was read */
    uint8_t *out;        /* what was unpacked, or the first bytes after a peek */
    char *stdio;         /* buffer of the stdio stream */
    struct kq_str ahead; /* peeked and not yet taken */
    uint64_t position, size;
    bool ended;
    struct kq_err err; /* code != 0: a failure during dump_input_stdio */
};

/* ---- signals ---- */

void dump_signals_init(struct dump_signals *s)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    *s = (struct dump_signals){.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
}

void dump_signals_release(struct dump_signals *s)
{
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
}

static void take_signals(struct dump_signals *s)
{
    struct signalfd_siginfo info;
    while (read(s->fd, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGUSR1) {
            s->progress = true;
            continue;
        }
        s->stop = (int)info.ssi_signo;
        /* The next one ends us at once. */
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGINT);
        sigaddset(&set, SIGTERM);
        sigprocmask(SIG_UNBLOCK, &set, NULL);
    }
}

void dump_signals_wait(struct dump_signals *s, int fd)
{
    struct pollfd p[2] = {{.fd = s->fd, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
    if (s->fd < 0 && fd < 0)
        return;
    int n = poll(p, 2, fd < 0 ? 0 : -1);
    if (n > 0 && p[0].revents)
        take_signals(s);
}

/* ---- opening ---- */

static bool follow_file(struct dump_input *in, struct kq_err *err)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", in->fd);
    in->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (in->watch < 0 || inotify_add_watch(in->watch, path, IN_MODIFY) < 0) {
        kq_err_errno(err, KQ_EIO, errno, "cannot follow");
        return false;
    }
    return true;
}

struct dump_input *dump_input_open(const char *path, bool follow, struct dump_signals *signals,
                                   struct kq_err *err)
{
    bool is_stdin = !path || strcmp(path, "-") == 0;
    int fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        kq_err_errno(err, KQ_EIO, errno, "cannot open");
        return NULL;
    }
    struct dump_input *in = kq_calloc(1, sizeof *in);
    *in = (struct dump_input){.fd = fd, .watch = -1, .signals = signals};
    in->regular = S_ISREG(st.st_mode);
    in->size = in->regular ? (uint64_t)st.st_size : 0;
    in->block = kq_malloc(BLOCK);
    if (S_ISDIR(st.st_mode))
        kq_err_set(err, KQ_EIO, "is a directory");
    else if (!follow || !in->regular || follow_file(in, err))
        return in;
    dump_input_close(in);
    return NULL;
}

void dump_input_close(struct dump_input *in)
{
    if (!in)
        return;
    close(in->fd);
    if (in->watch >= 0)
        close(in->watch);
    kq_gz_free(in->gz);
    free(in->block);
    free(in->out);
    free(in->stdio);
    free(in);
}

/* ---- reading ---- */

/* Wait until the followed file has changed. */
static void wait_for_more(struct dump_input *in)
{
    char events[4096];
    dump_signals_wait(in->signals, in->watch);
    while (read(in->watch, events, sizeof events) > 0) {
    }
}

/* The next bytes of the file; empty at its end. */
static bool read_block(struct dump_input *in, uint8_t *to, size_t room, struct kq_str *bytes,
                       struct kq_err *err)
{
    *bytes = kq_str((const char *)to, 0);
    while (!in->ended) {
        if (in->regular)
            dump_signals_poll(in->signals);
        else
            dump_signals_wait(in->signals, in->fd);
        if (in->signals->stop)
            break;
        ssize_t n = read(in->fd, to, room);
        if (n > 0) {
            bytes->len = (size_t)n;
            in->position += (size_t)n;
            return true;
        }
        if (n < 0 && errno != EINTR && errno != EAGAIN) {
            kq_err_errno(err, KQ_EIO, errno, "cannot read");
            return false;
        }
        if (n == 0 && in->watch < 0)
            in->ended = true;
        else if (n == 0 && in->sated)
            break;
        else if (n == 0)
            wait_for_more(in);
    }
    return true;
}

static bool unpack(struct dump_input *in, struct kq_str *bytes, struct kq_err *err)
{
    size_t made = 0;
    for (;;) {
        if (!kq_gz_step(in->gz, &in->raw, in->out, BLOCK, &made, err))
            return false;
        if (made) {
            *bytes = kq_str((const char *)in->out, made);
            return true;
        }
        if (in->raw.len)
            continue;
        if (!read_block(in, in->block, BLOCK, &in->raw, err))
            return false;
        if (!in->raw.len) {
            *bytes = kq_str(NULL, 0);
            return in->signals->stop || kq_gz_finish(in->gz, NULL, err);
        }
    }
}

static bool next_block(struct dump_input *in, struct kq_str *bytes, struct kq_err *err)
{
    return in->gz ? unpack(in, bytes, err) : read_block(in, in->block, BLOCK, bytes, err);
}

bool dump_input_next(struct dump_input *in, struct kq_str *bytes, struct kq_err *err)
{
    if (!in->ahead.len)
        return next_block(in, bytes, err);
    *bytes = in->ahead;
    in->ahead.len = 0;
    return true;
}

/* ---- looking ahead ---- */

/* Fill `block` with at least `n` bytes of the file, from its start. */
static bool fill_first(struct dump_input *in, size_t n, struct kq_str *bytes, struct kq_err *err)
{
    struct kq_str more;
    while (bytes->len < n) {
        in->sated = bytes->len > 0;
        if (!read_block(in, in->block + bytes->len, BLOCK - bytes->len, &more, err))
            return false;
        if (!more.len)
            break;
        bytes->len += more.len;
    }
    in->sated = false;
    bytes->s = (const char *)in->block;
    return true;
}

/* The same of what comes out of zlib, in `out`. */
static bool unpack_first(struct dump_input *in, size_t n, struct kq_str *bytes, struct kq_err *err)
{
    size_t made;
    while (bytes->len < n) {
        if (!kq_gz_step(in->gz, &in->raw, in->out + bytes->len, BLOCK - bytes->len, &made, err))
            return false;
        bytes->len += made;
        if (made || in->raw.len)
            continue;
        if (!read_block(in, in->block, BLOCK, &in->raw, err))
            return false;
        if (!in->raw.len)
            break;
    }
    bytes->s = (const char *)in->out;
    return true;
}

bool dump_input_peek(struct dump_input *in, size_t n, struct kq_str *bytes, struct kq_err *err)
{
    if (n > PEEK_MAX)
        n = PEEK_MAX;
    if (!in->gz && !fill_first(in, n < 2 ? 2 : n, &in->ahead, err))
        return false;
    if (!in->gz && kq_gz_is(in->ahead.s, in->ahead.len)) {
        in->gz = kq_gz_inflate_new(UINT64_MAX);
        in->out = kq_malloc(BLOCK);
        in->raw = in->ahead;
        in->ahead.len = 0;
    }
    if (in->gz && !unpack_first(in, n, &in->ahead, err))
        return false;
    *bytes = kq_str(in->ahead.s, in->ahead.len < PEEK_MAX ? in->ahead.len : PEEK_MAX);
    return true;
}

uint64_t dump_input_position(const struct dump_input *in, uint64_t *size)
{
    *size = in->size;
    return in->position - (in->gz ? 0 : in->ahead.len);
}

/* ---- as a stdio stream ---- */

/* Plain files are read to where they are wanted. */
static ssize_t stdio_read(void *cookie, char *to, size_t n)
{
    struct dump_input *in = cookie;
    struct kq_str bytes;
    if (!in->ahead.len && !in->gz)
        return read_block(in, (uint8_t *)to, n, &bytes, &in->err) ? (ssize_t)bytes.len : -1;
    if (!in->ahead.len && !next_block(in, &in->ahead, &in->err))
        return -1;
    if (n > in->ahead.len)
        n = in->ahead.len;
    if (n)
        memcpy(to, in->ahead.s, n);
    in->ahead = kq_str(in->ahead.s + n, in->ahead.len - n);
    return (ssize_t)n;
}

FILE *dump_input_stdio(struct dump_input *in)
{
    FILE *f = fopencookie(in, "r", (cookie_io_functions_t){.read = stdio_read});
    if (!f)
        return NULL;
    in->stdio = kq_malloc(BLOCK);
    setvbuf(f, in->stdio, _IOFBF, BLOCK);
    return f;
}

const struct kq_err *dump_input_error(const struct dump_input *in)
{
    return &in->err;
}

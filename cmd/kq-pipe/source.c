/*
 * source.c - one buffer, compacted before each read and enlarged only when a
 * record does not fit; how large a record may be is decided by whoever
 * consumes.  Following a file is a look every fifth of a second: is there
 * more, and is the name still this file?
 */
#include "source.h"

#include "base/mem.h"
#include "column.h"
#include "net/addr.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CHUNK = 128 << 10, /* least room for a read */
    FIRST = 256 << 10, /* of the buffer */
    GROW_MAX = 2 << 20,
    POLL_MS = 200,
    PIPE_CAPACITY = 1 << 20,
};

static void ready(void *arg)
{
    struct pipe_source *s = arg;
    s->on_ready(s->arg);
}

static void look_again(void *arg)
{
    struct pipe_source *s = arg;
    if (s->running)
        kq_fifo_resume(s->fifo);
}

static const char *path_of(const struct pipe_source *s)
{
    const char *name = s->n ? s->names[s->at] : "-";
    const char *p = name + (name[0] == ':'); /* as q names files */
    return strncmp(p, "fifo://", 7) == 0 ? p + 7 : p;
}

const char *pipe_source_name(const struct pipe_source *s)
{
    const char *path = path_of(s);
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

static bool is_regular(const struct pipe_source *s)
{
    return s->size >= 0;
}

/* A larger pipe means fewer switches between its writer and us; not to get one is no error. */
static void enlarge(const char *path)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode))
        fcntl(fd, F_SETPIPE_SZ, PIPE_CAPACITY);
    if (fd > STDIN_FILENO)
        close(fd);
}

/* A capture is what its decoder writes to a pipe. */
static struct kq_fifo *open_capture(struct pipe_source *s, struct kq_err *err)
{
    char path[PIPE_CAPTURE_PATH];
    if (!pipe_capture_start(&s->capture, path_of(s), path, err))
        return NULL;
    struct kq_fifo *f = kq_fifo_open(s->loop, path, false, ready, s, err);
    pipe_capture_opened(&s->capture);
    return f;
}

/* A file that is not there, but looks like a server. */
static void hint(const char *name, struct kq_err *err)
{
    struct kq_addr a;
    if (access(name, F_OK) == 0 || !kq_addr_parse(kq_strz(name), &a, NULL))
        return;
    struct kq_err plain = *err;
    kq_err_set(err, plain.code, "%.150s; a further server is written :%s", plain.msg, name);
    kq_addr_release(&a);
}

static bool open_current(struct pipe_source *s, struct kq_err *err)
{
    struct stat st;
    s->fifo = s->captures ? open_capture(s, err)
                          : kq_fifo_open(s->loop, path_of(s), s->reopen, ready, s, err);
    if (!s->fifo) {
        hint(path_of(s), err);
        return false;
    }
    s->size = kq_fifo_size(s->fifo);
    if (!is_regular(s) && !s->captures)
        enlarge(path_of(s));
    s->read = 0;
    s->again = false;
    if (is_regular(s) && stat(path_of(s), &st) == 0) {
        s->dev = st.st_dev;
        s->ino = st.st_ino;
    }
    if (s->running)
        kq_fifo_resume(s->fifo);
    return true;
}

bool pipe_source_open(struct pipe_source *s, struct kq_loop *loop, char *const *names, size_t n,
                      struct kq_err *err)
{
    s->loop = loop;
    s->names = names;
    s->n = n;
    s->cap = FIRST;
    s->buf = kq_malloc(s->cap + PIPE_SLACK);
    kq_timer_init(&s->poll, loop, look_again, s);
    return open_current(s, err);
}

void pipe_source_close(struct pipe_source *s)
{
    if (!s->buf)
        return;
    kq_timer_stop(&s->poll);
    kq_fifo_free(s->fifo);
    s->fifo = NULL;
    pipe_capture_stop(&s->capture);
    free(s->buf);
    s->buf = NULL;
}

void pipe_source_resume(struct pipe_source *s)
{
    s->running = true;
    if (s->fifo && !kq_timer_running(&s->poll))
        kq_fifo_resume(s->fifo);
}

void pipe_source_pause(struct pipe_source *s)
{
    s->running = false;
    if (s->fifo)
        kq_fifo_pause(s->fifo);
}

void pipe_source_hangup(struct pipe_source *s)
{
    s->again = (s->follow || s->reopen) && strcmp(path_of(s), "-") != 0;
}

/* Is the name another file now, or the file shorter than what we have read? */
static bool rotated(const struct pipe_source *s)
{
    struct stat st;
    if (stat(path_of(s), &st) != 0)
        return false; /* the next one is not there yet */
    return st.st_dev != s->dev || st.st_ino != s->ino || st.st_size < s->read;
}

/* At the end of a followed file: wait, or go to its successor. */
static enum pipe_got at_end(struct pipe_source *s)
{
    if (!s->follow || !is_regular(s))
        return PIPE_GOT_END;
    if (s->again || rotated(s)) {
        s->again = true;
        return PIPE_GOT_END;
    }
    kq_fifo_pause(s->fifo);
    kq_timer_start(&s->poll, POLL_MS);
    return PIPE_GOT_NOTHING;
}

static void make_room(struct pipe_source *s)
{
    if (s->start == s->end)
        s->start = s->end = 0;
    if (s->cap - s->end >= CHUNK)
        return;
    memmove(s->buf, s->buf + s->start, s->end - s->start);
    s->end -= s->start;
    s->start = 0;
    if (s->cap - s->end >= CHUNK)
        return;
    s->cap += s->cap < GROW_MAX ? s->cap : GROW_MAX;
    s->buf = kq_realloc(s->buf, s->cap + PIPE_SLACK);
}

enum pipe_got pipe_source_read(struct pipe_source *s, struct kq_err *err)
{
    make_room(s);
    ssize_t n = kq_fifo_read(s->fifo, s->buf + s->end, s->cap - s->end, err);
    if (n > 0) {
        s->end += (size_t)n;
        s->read += n;
        s->all_read += (uint64_t)n;
        return PIPE_GOT_BYTES;
    }
    if (n == KQ_FIFO_EOF)
        return at_end(s);
    if (n != KQ_FIFO_AGAIN)
        return PIPE_GOT_ERROR;
    /* A fifo that we hold open has no other end. */
    return s->again && !is_regular(s) ? PIPE_GOT_END : PIPE_GOT_NOTHING;
}

int pipe_source_next(struct pipe_source *s, struct kq_err *err)
{
    kq_fifo_free(s->fifo);
    s->fifo = NULL;
    if (s->captures && !pipe_capture_end(&s->capture, pipe_source_name(s), err))
        return -1;
    if (!s->again && s->at + 1 >= s->n)
        return 0;
    if (!s->again)
        s->at++;
    return open_current(s, err) ? 1 : -1;
}

/*
 * capture.c - the child is the kq-dump that lies beside this program, else the
 * one in PATH.  With standard input as the capture it inherits that.
 */
#include "capture.h"

#include "wire/wirefile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Exit status of a child that could not become kq-dump. */
enum { NO_DECODER = 127 };

static const char decoder[] = "kq-dump";

/* The decoder beside us, into `path`; false when there is none. */
static bool beside_us(char *path, size_t size)
{
    ssize_t n = readlink("/proc/self/exe", path, size - sizeof decoder);
    if (n <= 0)
        return false;
    path[n] = '\0';
    char *slash = strrchr(path, '/');
    if (!slash)
        return false;
    memcpy(slash + 1, decoder, sizeof decoder);
    return access(path, X_OK) == 0;
}

/* In the child: never returns. */
static _Noreturn void decode(const char *capture, int out)
{
    char path[4096];
    const char *argv[] = {decoder,           "-q",
                          "-Ipcap",          "--kind=async,sync",
                          "-Fnone",          "-w/dev/stdout",
                          "--line-buffered", "--",
                          capture,           NULL};
    signal(SIGPIPE, SIG_DFL);
    dup2(out, STDOUT_FILENO);
    char *const *args = (char *const *)(uintptr_t)argv;
    if (beside_us(path, sizeof path))
        execv(path, args);
    execvp(decoder, args);
    _exit(NO_DECODER);
}

bool pipe_capture_start(struct pipe_capture *c, const char *path, char opens[PIPE_CAPTURE_PATH],
                        struct kq_err *err)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0 || (c->pid = fork()) < 0) {
        c->pid = 0;
        kq_err_errno(err, KQ_EIO, errno, "cannot start %s", decoder);
        return false;
    }
    if (c->pid == 0)
        decode(path, ends[1]);
    close(ends[1]);
    c->fd = ends[0];
    snprintf(opens, PIPE_CAPTURE_PATH, "/proc/self/fd/%d", c->fd);
    return true;
}

void pipe_capture_opened(struct pipe_capture *c)
{
    close(c->fd);
}

static int wait_for(struct pipe_capture *c)
{
    int status = 0;
    while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
        ;
    c->pid = 0;
    return status;
}

bool pipe_capture_end(struct pipe_capture *c, const char *path, struct kq_err *err)
{
    int status = wait_for(c);
    if (WIFSIGNALED(status))
        return kq_fail(err, KQ_EIO, "%s: %s was killed by signal %d", path, decoder,
                       WTERMSIG(status));
    switch (WEXITSTATUS(status)) {
    case KQ_OK:
    case KQ_ENO: return true; /* a capture without messages is no problem */
    case NO_DECODER:
        return kq_fail(err, KQ_EIO, "pcap input needs %s, which is not there", decoder);
    case KQ_EPROTO: return kq_fail(err, KQ_EPROTO, "%s: a damaged capture", path);
    default:
        return kq_fail(err, KQ_EIO, "%s: %s ended with status %d", path, decoder,
                       WEXITSTATUS(status));
    }
}

void pipe_capture_stop(struct pipe_capture *c)
{
    if (!c->pid)
        return;
    kill(c->pid, SIGTERM);
    wait_for(c);
}

ssize_t pipe_capture_start_len(const uint8_t *p, size_t len, struct kq_err *err)
{
    if (len < KQ_WIREFILE_MAGIC_LEN)
        return 0;
    if (!kq_wirefile_detect(p, len))
        return kq_fail(err, KQ_EPROTO, "no recording comes from %s", decoder) ? 0 : -1;
    return KQ_WIREFILE_MAGIC_LEN;
}

ssize_t pipe_capture_part(const uint8_t *p, size_t len, struct pipe_capture_part *part,
                          struct kq_err *err)
{
    struct kq_wirerec rec;
    ssize_t n = kq_wirerec_parse(p, len, &rec, err);
    if (n > 0)
        *part = (struct pipe_capture_part){rec.data, rec.event == KQ_WIRE_TO_SERVER ? rec.len : 0,
                                           (int64_t)rec.when_ns};
    return n;
}

/*
 * capture.c - runs kq-dump, from beside our own program or from the path, into
 * an unnamed file.
 */
#include "capture.h"

#include "base/mem.h"
#include "wire/wirefile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* The kq-dump that was built or installed with us, or the name alone. */
static const char *dump_program(char *out, size_t size)
{
    ssize_t n = readlink("/proc/self/exe", out, size - 1);
    char *slash = NULL;
    if (n > 0) {
        out[n] = 0;
        slash = strrchr(out, '/');
    }
    if (slash && (size_t)(slash - out) + sizeof "/kq-dump" <= size) {
        strcpy(slash, "/kq-dump");
        if (access(out, X_OK) == 0)
            return out;
    }
    return "kq-dump";
}

static bool run_dump(const char *path, int fd, struct kq_err *err)
{
    char program[PATH_MAX], into[32];
    pid_t pid;
    int status;
    posix_spawnattr_t attr;
    sigset_t none;
    snprintf(into, sizeof into, "/dev/fd/%d", fd);
    char *argv[] = {kq_strdup("kq-dump"), kq_strdup("-q"), kq_strdup("-F"),
                    kq_strdup("none"),    kq_strdup("-w"), kq_strdup(into),
                    kq_strdup("--"),      kq_strdup(path), NULL};
    sigemptyset(&none); /* we keep signals blocked, see signals.h */
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
    int failed =
        posix_spawnp(&pid, dump_program(program, sizeof program), NULL, &attr, argv, environ);
    posix_spawnattr_destroy(&attr);
    for (int i = 0; argv[i]; i++)
        free(argv[i]);
    if (failed) {
        kq_err_errno(err, KQ_EIO, failed, "cannot run kq-dump");
        return false;
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
           kq_fail(err, KQ_EPROTO, "kq-dump cannot make a recording of it");
}

static int convert(const char *path, struct kq_err *err)
{
    int fd = memfd_create("recording", 0);
    if (fd < 0) {
        kq_err_errno(err, KQ_EIO, errno, "cannot make a temporary file");
        return -1;
    }
    if (run_dump(path, fd, err) && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    close(fd);
    return -1;
}

int lst_capture_open(const char *path, struct kq_err *err)
{
    uint8_t head[KQ_WIREFILE_MAGIC_LEN];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : pread(fd, head, sizeof head, 0);
    if (n < 0) {
        kq_err_errno(err, KQ_EIO, errno, "cannot read it");
        if (fd >= 0)
            close(fd);
        return -1;
    }
    if (kq_wirefile_detect(head, (size_t)n) || (n > 0 && head[0] == '{'))
        return fd;
    close(fd);
    return convert(path, err);
}

/*
 * secret.c - plain system calls, because stdio would leave copies of the
 * secret in its buffers.
 */
#include "cli/secret.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 20, LINE_MAX_LEN = 64 * 1024, EXIT_INTERRUPTED = 130 };

/* Read until the end or `size` bytes; the count, or -1. */
static ssize_t read_full(int fd, char *p, size_t size)
{
    size_t n = 0;
    while (n < size) {
        ssize_t r = read(fd, p + n, size - n);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return -1;
        if (r == 0)
            break;
        n += (size_t)r;
    }
    return (ssize_t)n;
}

static void judge(const struct stat *st, const char *path, char *why, size_t size)
{
    why[0] = 0;
    if (st->st_uid != geteuid())
        snprintf(why, size, "%s does not belong to you", path);
    else if (st->st_mode & 077)
        snprintf(why, size, "%s is open to others (mode %04o): chmod 600 it", path,
                 (unsigned)st->st_mode & 07777);
}

static bool read_file(int fd, const char *path, struct kq_secret *s, struct kq_err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return kq_fail(err, KQ_EIO, "%s is not a regular file", path);
    if (st.st_size > FILE_MAX)
        return kq_fail(err, KQ_EIO, "%s is too large to be a file of passwords", path);
    judge(&st, path, s->why, sizeof s->why);
    s->text = kq_malloc((size_t)st.st_size + 1);
    ssize_t n = read_full(fd, s->text, (size_t)st.st_size);
    s->len = n > 0 ? (size_t)n : 0;
    s->text[s->len] = 0;
    if (n < 0)
        kq_err_errno(err, KQ_EIO, errno, "cannot read %s", path);
    return n >= 0;
}

int kq_secret_read(const char *path, struct kq_secret *s, struct kq_err *err)
{
    *s = (struct kq_secret){0};
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return 0;
        if (errno == ELOOP)
            kq_err_set(err, KQ_EIO, "%s is a symbolic link", path);
        else
            kq_err_errno(err, KQ_EIO, errno, "cannot open %s", path);
        return -1;
    }
    bool ok = read_file(fd, path, s, err);
    close(fd);
    if (!ok)
        kq_secret_release(s);
    return ok ? 1 : -1;
}

void kq_secret_release(struct kq_secret *s)
{
    if (s->text)
        kq_wipe(s->text, s->len);
    free(s->text);
    *s = (struct kq_secret){0};
}

char *kq_secret_line_fd(int fd, struct kq_err *err)
{
    char *line = kq_malloc(LINE_MAX_LEN + 1);
    size_t n = 0;
    /* Byte by byte: what follows the line on the descriptor may be somebody else's. */
    for (ssize_t r = 1; r > 0 && n<LINE_MAX_LEN; n += r> 0) {
        r = read(fd, line + n, 1);
        if (r < 0 && errno == EINTR) {
            r = 1;
            n--;
        } else if (r < 0) {
            kq_err_errno(err, KQ_EIO, errno, "cannot read the password");
            kq_wipe(line, n);
            free(line);
            return NULL;
        } else if (r == 0 || line[n] == '\n') {
            break;
        }
    }
    if (n && line[n - 1] == '\r')
        n--;
    line[n] = 0;
    return line;
}

char *kq_secret_line(const char *path, struct kq_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        kq_err_errno(err, KQ_EIO, errno, "cannot open password file %s", path);
        return NULL;
    }
    char *line = kq_secret_line_fd(fd, err);
    close(fd);
    return line;
}

/* Read up to a newline; false after ^C.  Signals are off, so that an interrupt
 * cannot leave the terminal without echo. */
static bool read_typed(int fd, char *line, size_t size)
{
    size_t n = 0;
    char c;
    while (n + 1 < size && read(fd, &c, 1) == 1 && c != '\n') {
        if (c == 3)
            return false;
        line[n++] = c;
    }
    line[n] = 0;
    return true;
}

char *kq_secret_ask(const char *prompt, struct kq_err *err)
{
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
    struct termios old, silent;
    if (fd < 0 || tcgetattr(fd, &old) != 0) {
        if (fd >= 0)
            close(fd);
        kq_err_set(err, KQ_EUSAGE, "no terminal to ask for the password on");
        return NULL;
    }
    silent = old;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
    char typed[1024];
    /* First silence, then the prompt: whoever answers it at once must not be lost or echoed. */
    tcsetattr(fd, TCSAFLUSH, &silent);
    bool asked = write(fd, prompt, strlen(prompt)) >= 0;
    bool ok = asked && read_typed(fd, typed, sizeof typed);
    tcsetattr(fd, TCSAFLUSH, &old);
    asked = write(fd, "\n", 1) == 1;
    close(fd);
    char *line = ok ? kq_strdup(typed) : NULL;
    kq_wipe(typed, sizeof typed);
    if (!line)
        kq_err_set(err, EXIT_INTERRUPTED, "interrupted at the password prompt");
    return line;
}

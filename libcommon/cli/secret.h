/*
 * secret.h - reading files and terminals that hold passwords.
 *
 * A file of secrets must be ours and closed to everybody else; what is read
 * from it is wiped as soon as it has served.
 */
#ifndef KQ_CLI_SECRET_H
#define KQ_CLI_SECRET_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>

/* The whole text of a file; releasing wipes it. */
struct kq_secret {
    char *text; /* NUL-terminated, NULL when there was no file */
    size_t len;
    char why[120]; /* why the file is not private ("mode is 0644, ..."), empty when it is */
};

/*
 * Read `path`: 1 with *s filled; 0 when it does not exist; -1 with KQ_EIO when
 * it cannot be read, is a symbolic link or no regular file, or exceeds 1 MiB.
 * Privacy is only noted, in s->why: the caller knows whether it matters.
 */
int kq_secret_read(const char *path, struct kq_secret *s, struct kq_err *err);
void kq_secret_release(struct kq_secret *s);

/* First line of `path` (any kind of file) or of a descriptor, without its
 * newline, malloced; NULL with KQ_EIO. */
char *kq_secret_line(const char *path, struct kq_err *err);
char *kq_secret_line_fd(int fd, struct kq_err *err);

/* Ask on /dev/tty without echo; malloced, or NULL with KQ_EUSAGE when there is
 * no terminal, or 130 after ^C. */
char *kq_secret_ask(const char *prompt, struct kq_err *err);

#endif

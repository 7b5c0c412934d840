/*
 * log.c - lines are built in one buffer and leave in one write.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static struct {
    const char *name;
    int level;
} config = {"", KQ_LOG_NORMAL};

void kq_log_init(const char *progname, int level)
{
    config.name = progname;
    config.level = level;
}

bool kq_log_on(int level)
{
    return level <= config.level;
}

enum { LINE = 2000 };

/* Bytes that really stand in the buffer after an snprintf into `room`. */
static size_t fitted(int n, size_t room)
{
    return n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
}

__attribute__((format(printf, 2, 0))) static void put_line(const char *kind, const char *fmt,
                                                           va_list ap)
{
    char line[LINE];
    size_t n =
        fitted(snprintf(line, LINE - 1, "%s%s%s", config.name, *config.name ? ": " : "", kind),
               LINE - 1);
    n += fitted(vsnprintf(line + n, LINE - 1 - n, fmt, ap), LINE - 1 - n);
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = '?';
    }
    line[n++] = '\n';
    /* Nobody is left to tell when stderr is gone. */
    if (write(STDERR_FILENO, line, n) < 0)
        return;
}

void kq_log(int level, const char *fmt, ...)
{
    if (!kq_log_on(level))
        return;
    va_list ap;
    va_start(ap, fmt);
    put_line("", fmt, ap);
    va_end(ap);
}

void kq_warn(const char *fmt, ...)
{
    if (!kq_log_on(KQ_LOG_NORMAL))
        return;
    va_list ap;
    va_start(ap, fmt);
    put_line("warning: ", fmt, ap);
    va_end(ap);
}

void kq_note(const char *fmt, ...)
{
    if (!kq_log_on(KQ_LOG_NORMAL))
        return;
    va_list ap;
    va_start(ap, fmt);
    put_line("", fmt, ap);
    va_end(ap);
}

/*
 * progress.c - the line is written with one write, so that it cannot be torn
 * by other output to the terminal.
 */
#include "cli/progress.h"

#include "cli/opt_common.h"
#include "cli/term.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

void kq_progress_init(struct kq_progress *p, int when, int64_t now_ns)
{
    *p = (struct kq_progress){.when = when, .tty = isatty(STDERR_FILENO)};
    p->next_ns = now_ns + (when == KQ_WHEN_ALWAYS ? SECOND : 2 * SECOND);
}

bool kq_progress_due(struct kq_progress *p, int64_t now_ns)
{
    bool wanted = p->when == KQ_WHEN_ALWAYS || (p->when == KQ_WHEN_AUTO && p->tty);
    if (!wanted || now_ns < p->next_ns)
        return false;
    p->next_ns = now_ns + (p->tty ? SECOND / 4 : SECOND);
    return true;
}

static void emit(const char *before, const char *after, int width, const char *fmt, va_list ap)
{
    char line[512], whole[560];
    vsnprintf(line, sizeof line, fmt, ap);
    int n = snprintf(whole, sizeof whole, "%s%.*s%s", before, width, line, after);
    if (n > 0 && write(STDERR_FILENO, whole, (size_t)n) < 0)
        return; /* nobody sees it: no reason to fail */
}

void kq_progress_show(struct kq_progress *p, const char *fmt, ...)
{
    struct kq_term t = {.columns = 500};
    if (p->tty)
        kq_term_ask(&t, STDERR_FILENO);
    va_list ap;
    va_start(ap, fmt);
    emit(p->tty ? "\r" : "", p->tty ? "\033[K" : "\n", t.columns - 1, fmt, ap);
    va_end(ap);
    p->shown = p->tty;
}

void kq_progress_line(struct kq_progress *p, const char *fmt, ...)
{
    kq_progress_clear(p);
    va_list ap;
    va_start(ap, fmt);
    emit("", "\n", 500, fmt, ap);
    va_end(ap);
}

void kq_progress_clear(struct kq_progress *p)
{
    static const char erase[] = "\r\033[K";
    if (p->shown && write(STDERR_FILENO, erase, sizeof erase - 1) < 0)
        return;
    p->shown = false;
}

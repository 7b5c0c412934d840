/*
 * term.c - one ioctl, and the conventions of the environment.
 */
#include "cli/term.h"

#include "base/num.h"
#include "cli/opt_common.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { LEAST = 10, MOST = 2000 };

/* q's limits for \c; 0 stays "unknown". */
static int in_range(int64_t n)
{
    if (n <= 0)
        return 0;
    return n < LEAST ? LEAST : n > MOST ? MOST : (int)n;
}

static int from_env(const char *name, int otherwise)
{
    const char *s = getenv(name);
    int64_t n;
    if (!s || !kq_parse_i64(s, strlen(s), &n) || n <= 0)
        return otherwise;
    return in_range(n);
}

void kq_term_ask(struct kq_term *t, int fd)
{
    *t = (struct kq_term){0};
    struct winsize w = {0};
    if (!isatty(fd))
        return;
    t->tty = true;
    if (ioctl(fd, TIOCGWINSZ, &w) != 0)
        w = (struct winsize){0};
    t->rows = from_env("LINES", in_range(w.ws_row ? w.ws_row : 25));
    t->columns = from_env("COLUMNS", in_range(w.ws_col ? w.ws_col : 80));
}

static bool is_set(const char *name)
{
    const char *s = getenv(name);
    return s && *s;
}

bool kq_term_color(const struct kq_term *t, int when)
{
    if (when != KQ_WHEN_AUTO)
        return when == KQ_WHEN_ALWAYS;
    const char *term = getenv("TERM"), *force = getenv("CLICOLOR_FORCE");
    if (is_set("NO_COLOR"))
        return false;
    if (force && *force && strcmp(force, "0") != 0)
        return true;
    return t->tty && term && strcmp(term, "dumb") != 0;
}

/*
 * help.c - lays the tables out in two columns, wrapping descriptions at 80.
 */
#include "cli/help.h"

#include "base/gz.h"
#include "gen/kq_version.h"

#include "net/loop.h"
#include "net/tls.h"

#include <string.h>

enum { WIDTH = 79, COLUMN = 29 };

static void heading(struct kq_out *o, const char *text, bool bold)
{
    kq_out_printf(o, bold ? "\n\033[1m%s:\033[0m\n" : "\n%s:\n", text);
}

/* Lines of `text`, each behind `indent`. */
static void lines(struct kq_out *o, const char *indent, const char *text)
{
    struct kq_str line, rest = kq_strz(text);
    while (rest.len) {
        kq_str_cut(rest, '\n', &line, &rest);
        kq_out_printf(o, "%s%.*s\n", indent, KQ_STR_FMT(line));
    }
}

static void usage(struct kq_out *o, const struct kq_tool *t)
{
    struct kq_str line, rest = kq_strz(t->usage);
    for (const char *lead = "Usage:"; rest.len; lead = "      ") {
        kq_str_cut(rest, '\n', &line, &rest);
        kq_out_printf(o, "%s %s %.*s\n", lead, t->name, KQ_STR_FMT(line));
    }
}

/* Up to `max` pairs of explanation and command. */
static void examples(struct kq_out *o, const char *text, int max)
{
    struct kq_str what, command, rest = kq_strz(text);
    while (rest.len && max-- > 0) {
        kq_str_cut(rest, '\n', &what, &rest);
        kq_str_cut(rest, '\n', &command, &rest);
        kq_out_printf(o, "  %.*s\n    %.*s\n", KQ_STR_FMT(what), KQ_STR_FMT(command));
    }
}

/* Words of `text` from column `at` on, wrapped into the description column. */
static size_t wrap(struct kq_out *o, size_t at, struct kq_str text)
{
    struct kq_str word, rest = text;
    while (rest.len) {
        kq_str_cut(rest, ' ', &word, &rest);
        if (at + 1 + word.len > WIDTH) {
            kq_out_char(o, '\n');
            kq_out_fill(o, ' ', COLUMN);
            at = COLUMN;
        } else if (at > COLUMN) {
            kq_out_char(o, ' ');
            at++;
        }
        kq_out_write(o, word.s, word.len);
        at += word.len;
    }
    return at;
}

/* "  -T, --timeout=DUR"; returns its width. */
static size_t option_names(struct kq_out *o, const struct kq_opt *r)
{
    char text[160];
    int n = 0;
    if (r->letter)
        n = snprintf(text, sizeof text, "  -%c%s", r->letter, r->name[0] ? ", " : "");
    else
        n = snprintf(text, sizeof text, "      ");
    if (r->name[0])
        n += snprintf(text + n, sizeof text - (size_t)n, "--%s", r->name);
    struct kq_str v = kq_opt_metavar(r);
    if (kq_opt_takes_arg(r))
        n += snprintf(text + n, sizeof text - (size_t)n,
                      r->flags & KQ_OPT_OPTIONAL ? "[=%.*s]" : "=%.*s", KQ_STR_FMT(v));
    kq_out_write(o, text, (size_t)n);
    return (size_t)n;
}

static void option(struct kq_out *o, const struct kq_opt *r)
{
    size_t at = option_names(o, r);
    if (at + 2 > COLUMN) {
        kq_out_char(o, '\n');
        at = 0;
    }
    kq_out_fill(o, ' ', COLUMN - at);
    at = wrap(o, COLUMN, kq_str(r->help, strnlen(r->help, sizeof r->help)));
    struct kq_str choices = kq_opt_choices(r);
    if (memchr(r->arg, ':', sizeof r->arg)) {
        char text[sizeof r->arg + 4] = ": ";
        memcpy(text + 2, choices.s, choices.len);
        for (char *p = text + 2; *p; p++)
            *p = *p == '|' ? ' ' : *p;
        kq_out_char(o, ':');
        wrap(o, at + 1, kq_strz(text + 2));
    }
    kq_out_char(o, '\n');
}

static void group(struct kq_out *o, const struct kq_tool *t, const struct kq_optgroup *g, bool bold)
{
    heading(o, g->title, bold);
    for (size_t i = 0; i < g->n; i++) {
        if (kq_opt_visible(t, &g->rows[i]))
            option(o, &g->rows[i]);
    }
}

void kq_help(const struct kq_tool *t, struct kq_out *o, bool bold)
{
    usage(o, t);
    kq_out_printf(o, "\n%s\n", t->purpose);
    heading(o, "Examples", bold);
    examples(o, t->examples, 100);
    for (size_t i = 0; i < t->n_groups; i++)
        group(o, t, &t->groups[i], bold);
    if (t->notes[0])
        kq_out_printf(o, "\n%s", t->notes);
    heading(o, "Exit status", bold);
    lines(o, "  ", t->exits);
    heading(o, "Environment", bold);
    lines(o, "  ", t->env);
    kq_out_printf(o, "\nSee %s(1) and kq(7).  Report bugs with the output of %s --version.\n",
                  t->name, t->name);
}

void kq_help_brief(const struct kq_tool *t, struct kq_out *o)
{
    usage(o, t);
    kq_out_puts(o, "Examples:\n");
    examples(o, t->examples, 2);
    kq_out_printf(o, "Try '%s --help' for more information.\n", t->name);
}

void kq_help_version(const struct kq_tool *t, struct kq_out *o, bool brief)
{
    if (brief) {
        kq_out_puts(o, KQ_VERSION "\n");
        return;
    }
    const char *tls = kq_tls_library();
    kq_out_printf(o, "%s (kq) " KQ_VERSION "\nlibevent %s, %s, zlib %s\n", t->name,
                  kq_loop_library(), tls ? tls : "no OpenSSL", kq_gz_library());
}

/* ---- settings ------------------------------------------------------------ */

static void duration(struct kq_out *o, int64_t ns)
{
    if (ns < 0)
        kq_out_puts(o, "no");
    else if (ns == 0)
        kq_out_puts(o, "none");
    else
        kq_out_printf(o, "%gs", (double)ns / 1e9);
}

static void value(struct kq_out *o, const struct kq_opt *r, const void *field)
{
    const char *s;
    switch ((enum kq_opt_kind)r->kind) {
    case KQ_OPT_FLAG: kq_out_puts(o, *(const bool *)field ? "yes" : "no"); break;
    case KQ_OPT_COUNT: kq_out_printf(o, "%d", *(const int *)field); break;
    case KQ_OPT_INT: kq_out_printf(o, "%lld", (long long)*(const int64_t *)field); break;
    case KQ_OPT_SIZE: kq_out_printf(o, "%llu", (unsigned long long)*(const uint64_t *)field); break;
    case KQ_OPT_DURATION: duration(o, *(const int64_t *)field); break;
    case KQ_OPT_STRING:
        s = *(const char *const *)field;
        kq_out_puts(o, s ? s : "-");
        break;
    case KQ_OPT_ENUM: {
        struct kq_str head = {"-", 1}, rest = kq_opt_choices(r);
        for (int i = *(const int *)field; i >= 0; i--)
            kq_str_cut(rest, '|', &head, &rest);
        kq_out_write(o, head.s, head.len);
        break;
    }
    case KQ_OPT_CALL:
    case KQ_OPT_CALLFLAG: kq_out_puts(o, "-"); break;
    }
}

void kq_help_settings(const struct kq_opts *p, struct kq_out *o)
{
    static const char origins[][13] = {"default", "environment", "profile", "command line"};
    for (struct kq_optrow r = {0}; kq_optrow_next(p->tool, &r);) {
        if (!r.row->name[0] || r.row->kind == KQ_OPT_CALLFLAG)
            continue;
        kq_out_printf(o, "%s = ", r.row->name);
        if (p->given[r.index])
            kq_out_puts(o, p->given[r.index]);
        else
            value(o, r.row, (const char *)p->base + r.group->off + r.row->off);
        kq_out_printf(o, "  (%s)\n", origins[p->origin[r.index]]);
    }
}

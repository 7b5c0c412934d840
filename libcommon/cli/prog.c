/*
 * prog.c - messages are put together in memory and written with one write,
 * so that the lines of several processes on one stderr do not mix.
 */
#include "cli/prog.h"

#include "base/log.h"
#include "cli/complete.h"
#include "cli/help.h"
#include "cli/term.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- messages ----------------------------------------------------------- */

/* Send what was collected to stderr; nothing can be done if that fails. */
static void emit(struct kq_out *o)
{
    for (size_t at = 0; at < o->len;) {
        ssize_t n = write(STDERR_FILENO, o->buf + at, o->len - at);
        if (n < 0 && errno != EINTR)
            break;
        at += n > 0 ? (size_t)n : 0;
    }
    kq_out_release(o);
}

static const char *kind_of(int code)
{
    static const char kinds[][9] = {
        [KQ_OK] = "none",      [KQ_ENO] = "no",
        [KQ_EUSAGE] = "usage", [KQ_ECONNECT] = "connect",
        [KQ_EQ] = "q",         [KQ_ETIMEOUT] = "timeout",
        [KQ_EAUTH] = "auth",   [KQ_EPROTO] = "protocol",
        [KQ_ELOST] = "lost",   [KQ_EIO] = "io",
        [KQ_EDATA] = "data",
    };
    return code >= 0 && code <= KQ_EDATA ? kinds[code] : "signal";
}

/* A JSON string.  An error text that is not ASCII becomes Latin-1 escapes: valid JSON whatever
 * the bytes are. */
static void json_string(struct kq_out *o, const char *s, size_t len)
{
    kq_out_char(o, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c == '"' || c == '\\')
            kq_out_printf(o, "\\%c", c);
        else if (c < 0x20 || c >= 0x7f)
            kq_out_printf(o, "\\u%04x", c);
        else
            kq_out_char(o, (char)c);
    }
    kq_out_char(o, '"');
}

static void json_error(const struct kq_prog *prog, struct kq_out *o, const char *subject,
                       struct kq_str text, int code)
{
    kq_out_puts(o, "{\"error\":");
    json_string(o, text.s, text.len);
    kq_out_printf(o, ",\"kind\":\"%s\",\"code\":%d,\"program\":\"%s\",\"target\":", kind_of(code),
                  code, prog->name);
    if (subject)
        json_string(o, subject, strlen(subject));
    else
        kq_out_puts(o, "null");
    kq_out_puts(o, "}\n");
}

/* The text may be a peer's: nothing of it may steer the terminal. */
static void tame_line(struct kq_out *o, struct kq_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.s[i];
        kq_out_char(o, (c < 0x20 && c != '\t' && c != '\n') || c == 0x7f ? '?' : (char)c);
    }
    kq_out_char(o, '\n');
}

static bool in_colour(const struct kq_prog *prog)
{
    struct kq_term term;
    if (!prog->common)
        return false;
    kq_term_ask(&term, STDERR_FILENO);
    return kq_term_color(&term, prog->common->color);
}

/* "kq-send: localhost:5001: ", what stands in front of a message. */
static void text_prefix(const struct kq_prog *prog, struct kq_out *o, const char *subject)
{
    kq_out_printf(o, in_colour(prog) ? "\033[1;31m%s:\033[0m " : "%s: ", prog->name);
    if (subject)
        kq_out_printf(o, "%s: ", subject);
}

int kq_prog_error(const struct kq_prog *prog, const char *subject, const struct kq_err *err)
{
    struct kq_out o;
    kq_out_init_mem(&o);
    if (prog->json) {
        json_error(prog, &o, subject, kq_strz(err->msg), err->code);
    } else {
        text_prefix(prog, &o, subject);
        tame_line(&o, kq_strz(err->msg));
    }
    emit(&o);
    return err->code;
}

int kq_prog_qerror(const struct kq_prog *prog, const char *subject, const char *text, size_t len)
{
    struct kq_out o;
    kq_out_init_mem(&o);
    if (prog->json) {
        json_error(prog, &o, subject, kq_str(text, len), KQ_EQ);
    } else {
        if (!prog->bare)
            text_prefix(prog, &o, subject);
        kq_out_char(&o, '\'');
        tame_line(&o, kq_str(text, len));
    }
    emit(&o);
    return KQ_EQ;
}

/* ---- start -------------------------------------------------------------- */

static int finish_stdout(const struct kq_prog *prog, struct kq_out *o)
{
    return kq_prog_end(prog, o, "standard output", KQ_OK);
}

static int show_help(const struct kq_prog *prog, const struct kq_tool *t)
{
    struct kq_out o;
    struct kq_term term;
    kq_term_ask(&term, STDOUT_FILENO);
    kq_out_init_fd(&o, STDOUT_FILENO);
    kq_help(t, &o, term.tty && kq_term_color(&term, KQ_WHEN_AUTO));
    return finish_stdout(prog, &o);
}

static int usage_error(const struct kq_prog *prog, const struct kq_err *err)
{
    kq_prog_error(prog, NULL, err);
    if (!prog->json)
        fprintf(stderr, "Try '%s --help' for more information.\n", prog->name);
    return err->code;
}

static int brief(const struct kq_tool *t)
{
    struct kq_out o;
    kq_out_init_mem(&o);
    kq_help_brief(t, &o);
    emit(&o);
    return KQ_EUSAGE;
}

int kq_prog_start(struct kq_prog *prog, struct kq_opts *p, struct kq_opt_common *common, int argc,
                  char **argv)
{
    *prog = (struct kq_prog){.name = p->tool->name, .common = common};
    if (argc < 2)
        return brief(p->tool);
    struct kq_err err = {0};
    bool ok = kq_opts_parse(p, argc, argv, &err);
    if (p->want_help)
        return show_help(prog, p->tool);
    if (!ok)
        return usage_error(prog, &err);
    kq_log_init(prog->name, common->quiet ? KQ_LOG_QUIET : KQ_LOG_NORMAL + common->verbose);
    if (common->version < 0 && common->completions < 0)
        return -1;
    struct kq_out o;
    kq_out_init_fd(&o, STDOUT_FILENO);
    if (common->version >= 0)
        kq_help_version(p->tool, &o, common->version == 1);
    else
        kq_complete(p->tool, (enum kq_shell)common->completions, &o);
    return finish_stdout(prog, &o);
}

/* ---- end ---------------------------------------------------------------- */

int kq_prog_end(const struct kq_prog *prog, struct kq_out *out, const char *name, int status)
{
    kq_out_flush(out);
    /* Some file systems report a full disk only now. */
    if (!out->errnum && out->total && out->fd >= 0 && close(out->fd) != 0)
        out->errnum = errno;
    int errnum = out->errnum;
    kq_out_release(out);
    if (errnum == EPIPE)
        return KQ_EXIT_SIGPIPE;
    if (errnum) {
        struct kq_err err;
        kq_err_errno(&err, KQ_EIO, errnum, "cannot write");
        kq_prog_error(prog, name, &err);
        return KQ_EIO;
    }
    return status;
}

/*
 * main.c - wiring only: the stages of kq-pipe in the order rows pass them.
 *
 *      opts      options, and the words of --help
 *      connect   targets and credentials
 *      run       the flow between the stages, signals and timers
 *      source    files, fifos and standard input to a window of bytes; capture: kq-dump as a source
 *      intake    bytes to rows: lane (ordinary records, fast), csvin (the rest),
 *                jsonin, fixed width, lines, messages to forward
 *      schema    which columns there are (guess finds types); column builds their payloads,
 *                zone makes times UTC
 *      pace      --pace
 *      reject    rows that cannot be sent
 *      batch     columns to messages
 *      deliver   one server: queue, confirmation, reconnecting
 *      spool     the queue on disk
 *      dry       --dry-run instead of deliver
 *      report    progress, --stats, --state, systemd
 */
#include "base/mem.h"
#include "cli/prog.h"
#include "cli/term.h"
#include "connect.h"
#include "opts.h"
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEEP_BYTES = 32 << 20 };

static bool open_output(struct kq_out *out, const struct pipe_opts *o, const char **name,
                        struct kq_err *err)
{
    const char *path = o->common.output;
    int fd = STDOUT_FILENO;
    struct kq_term term;
    *name = "standard output";
    if (path && strcmp(path, "-") != 0) {
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        *name = path;
    }
    if (fd < 0) {
        kq_err_errno(err, KQ_EIO, errno, "cannot open %s", path);
        return false;
    }
    kq_out_init_fd(out, fd);
    kq_term_ask(&term, fd);
    out->by_line = term.tty || o->common.line_buffered;
    return true;
}

/* Everything is known: read, send, report. */
static int work(const struct kq_prog *prog, const struct pipe_opts *o, struct pipe_address *a,
                size_t n, char *const *files, size_t n_files)
{
    struct kq_out out;
    struct kq_err err = {0};
    const char *name;
    if (!open_output(&out, o, &name, &err))
        return kq_prog_error(prog, NULL, &err);
    int status = pipe_run(prog, o, a, n, files, n_files, &out);
    status = kq_prog_end(prog, &out, name, status);
    kq_out_release(&out);
    return status;
}

/* The operands: servers, the first of them always, and files. */
struct operands {
    char **target, **file;
    size_t n_targets, n_files;
};

static void sort_operands(struct operands *w, const struct kq_opts *p)
{
    size_t n = (size_t)p->n_operands;
    *w = (struct operands){.target = kq_calloc(n + 1, sizeof *w->target),
                           .file = kq_calloc(n + 1, sizeof *w->file)};
    w->target[w->n_targets++] = n ? p->operands[0] : NULL;
    for (size_t i = 1; i < n; i++) {
        if (pipe_is_target(p->operands[i]))
            w->target[w->n_targets++] = p->operands[i];
        else
            w->file[w->n_files++] = p->operands[i];
    }
}

static bool find_targets(struct pipe_address *a, const struct operands *w, struct kq_opts *p,
                         struct pipe_opts *o, struct kq_err *err)
{
    for (size_t i = 0; i < w->n_targets; i++)
        if (!pipe_address_init(&a[i], p, o, w->target[i], err))
            return false;
    return w->n_targets > 1 || !o->flow.shard_by ||
           kq_fail(err, KQ_EUSAGE, "--shard-by needs several servers");
}

static bool check_dry_run(const struct operands *w, struct kq_err *err)
{
    if (w->n_targets == 1 && w->target[0] && strcmp(w->target[0], "-") == 0)
        return true;
    return kq_fail(err, KQ_EUSAGE, "a dry run connects to nothing: write - for TARGET");
}

static int run(struct kq_prog *prog, struct kq_opts *p, struct pipe_opts *o)
{
    struct kq_err err = {0};
    struct operands w;
    sort_operands(&w, p);
    struct pipe_address *a = kq_calloc(w.n_targets, sizeof *a);
    size_t n = o->out.dry_run ? 0 : w.n_targets;
    bool ok = n ? find_targets(a, &w, p, o, &err) : check_dry_run(&w, &err);
    prog->json = kq_format_is_json(o->format.format);
    int status = 0;
    if (ok && o->common.debug_config)
        status = pipe_address_show(&a[0], prog, p);
    else if (ok && pipe_opts_check(o, p, &err))
        status = work(prog, o, a, n, w.file, w.n_files);
    if (err.code)
        status = kq_prog_error(prog, NULL, &err);
    for (size_t i = 0; i < n; i++)
        pipe_address_release(&a[i]);
    free(a);
    free(w.target);
    free(w.file);
    return status;
}

int main(int argc, char **argv)
{
    /* Batches come and go: their memory stays ours instead of being mapped anew each time. */
    mallopt(M_MMAP_THRESHOLD, KEEP_BYTES);
    mallopt(M_TRIM_THRESHOLD, KEEP_BYTES);
    struct pipe_opts o;
    struct kq_prog prog;
    pipe_opts_init(&o);
    struct kq_opts p = {.tool = &pipe_tool, .base = &o};
    int status = kq_prog_start(&prog, &p, &o.common, argc, argv);
    if (status < 0)
        status = run(&prog, &p, &o);
    pipe_opts_release(&o);
    return status;
}

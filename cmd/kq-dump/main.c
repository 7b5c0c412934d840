/*
 * main.c - kq-dump: decodes kdb+ messages wherever they were written down.
 *
 * A map of the files, in the order in which a byte meets them:
 *
 *      opts        option tables
 *      input       a file or stdin as bytes: gzip, --follow, signals
 *      source      what kind of input it is, and a loop for each
 *      capture     libpcap: files and live
 *      flow        packets (link, ipfrag) to connections, their bytes in order (reasm)
 *      hexin       hex digits to bytes
 *      objects     objects without headers: logs, payloads
 *      stream      both directions of a connection: login, HTTP, WebSocket (ws)
 *      frames      one direction to messages, with holes
 *      login       does a connection begin like kdb+
 *      pair        responses to requests
 *      msg         a message and what can be asked about it
 *      run         filter, count, sinks, faults: what happens to every message
 *      filter      which messages are shown
 *      sink, sink_text, sink_json, sink_csv, sink_tree, sink_bytes: the formats
 *      sink_wire   -w;  split: --split
 *      fields, stamp   columns and times, for several formats
 *      stats, stats_text   --stats, over tally; normq: queries without their literals
 *      report      --report, over series (time), chart (SVG), findings and page (HTML)
 */
#include "opts.h"
#include "run.h"
#include "source.h"

#include "cli/help.h"
#include "cli/prog.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Where data go; -1 with `err` when the file cannot be made. */
static int open_output(const char *path, struct kq_err *err)
{
    if (!path || strcmp(path, "-") == 0)
        return STDOUT_FILENO;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        kq_err_errno(err, KQ_EIO, errno, "cannot create");
    return fd;
}

static void read_files(struct dump_run *r, const struct kq_opts *p)
{
    bool go = true;
    if (!p->n_operands)
        dump_source_file(r, NULL);
    for (int i = 0; go && i < p->n_operands; i++)
        go = dump_source_file(r, p->operands[i]);
}

/* Operands are words of a filter expression then. */
static void capture(struct dump_run *r, const struct kq_opts *p)
{
    struct kq_out bpf;
    kq_out_init_mem(&bpf);
    kq_out_puts(&bpf, r->opts->from.bpf ? r->opts->from.bpf : "");
    for (int i = 0; i < p->n_operands; i++) {
        kq_out_puts(&bpf, bpf.len ? " " : "");
        kq_out_puts(&bpf, p->operands[i]);
    }
    kq_out_char(&bpf, 0);
    dump_source_live(r, bpf.buf[0] ? bpf.buf : NULL);
    kq_out_release(&bpf);
}

static int decode(struct kq_prog *prog, const struct kq_opts *p, const struct dump_opts *o)
{
    struct dump_run run;
    struct kq_out out;
    struct kq_err err = {0};
    /* With --split it is a folder. */
    int fd = open_output(o->show.split < 0 ? o->common.output : NULL, &err);
    if (fd < 0)
        return kq_prog_error(prog, o->common.output, &err);
    kq_out_init_fd(&out, fd);
    int status;
    if (dump_run_init(&run, o, prog, &out, &err)) {
        if (o->from.interface)
            capture(&run, p);
        else
            read_files(&run, p);
        status = dump_run_end(&run);
    } else {
        status = kq_prog_error(prog, NULL, &err);
    }
    dump_run_release(&run);
    return kq_prog_end(prog, &out, o->common.output ? o->common.output : "standard output", status);
}

static int show_settings(const struct kq_prog *prog, const struct kq_opts *p)
{
    struct kq_out out;
    kq_out_init_fd(&out, STDOUT_FILENO);
    kq_help_settings(p, &out);
    return kq_prog_end(prog, &out, "standard output", KQ_OK);
}

int main(int argc, char **argv)
{
    struct dump_opts o;
    struct kq_opts parsed = {.tool = &dump_tool, .base = &o};
    struct kq_prog prog;
    struct kq_err err = {0};
    char *piped[] = {argv[0], (char[]){"-"}, NULL};
    dump_opts_init(&o);
    /* Without a word, standard input is decoded, unless it is the keyboard. */
    bool bare = argc == 1 && !isatty(STDIN_FILENO);
    int status = kq_prog_start(&prog, &parsed, &o.common, bare ? 2 : argc, bare ? piped : argv);
    if (status >= 0)
        return status;
    prog.json = kq_format_is_json(o.format.format);
    if (!kq_opts_env(&parsed, &err) || !dump_opts_check(&o, &err))
        return kq_prog_error(&prog, NULL, &err);
    return o.common.debug_config ? show_settings(&prog, &parsed) : decode(&prog, &parsed, &o);
}

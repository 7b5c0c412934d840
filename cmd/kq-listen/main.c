/*
 * main.c - kq-listen, a kdb+ IPC server for tests.
 *
 *      opts                 command line
 *      server, setup        builds the parts below, runs the loop, takes them apart
 *      context              what the parts share
 *      announce, signals    the port is known; asked to end
 *      listeners, sniff     sockets to accept on, \p; TLS, IPC, console text or HTTP?
 *      sessions             open connections by handle
 *      gate, auth           who may come in: password file, .z.pw
 *      ipc, outgoing        IPC sessions: login, messages, handles of q code
 *      request, exchange    what a message gets: a rule's answer, a value, a fault
 *      rules, exec, proxy, replay   answers that are not evaluated
 *      fault, inject, shape what goes wrong on purpose
 *      expect, push, tplogger       for tests of clients
 *      web, site, page      HTTP sessions, what a request gets, the page
 *      http, ws             engines of HTTP/1.1 and WebSocket
 *      host, call, tlsfacts what q code may ask of the world, and what calls it
 *      files                folders that may be read and written
 *      journal              the log
 *      q/                   the evaluator, see its README
 */
#include "cli/help.h"
#include "cli/prog.h"
#include "opts.h"
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* Standard output or the file of -o, whose name is for messages. */
static bool open_output(const char *path, struct kq_out *out, const char **name, struct kq_err *err)
{
    kq_out_init_fd(out, 1);
    if (!path || strcmp(path, "-") == 0)
        return true;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        kq_err_errno(err, KQ_EIO, errno, "cannot create %s", path);
        return false;
    }
    out->fd = fd;
    *name = path;
    return true;
}

/* Serve, or show the settings, with everything that is said going to the right place. */
static int work(const struct kq_prog *prog, const struct kq_opts *p, struct lst_opts *o)
{
    struct kq_err err;
    struct kq_out out;
    const char *name = "standard output";
    int status = 0;
    if (!open_output(o->common.output, &out, &name, &err) ||
        !lst_opts_operands(o, p->operands, p->n_operands, &err))
        status = kq_prog_error(prog, NULL, &err);
    else if (o->common.debug_config)
        kq_help_settings(p, &out);
    else
        status = lst_serve(o, prog, &out);
    return kq_prog_end(prog, &out, name, status);
}

int main(int argc, char **argv)
{
    struct lst_opts opts;
    struct kq_prog prog = {0};
    struct kq_err err;
    lst_opts_init(&opts);
    struct kq_opts p = {.tool = &lst_tool, .base = &opts};
    int status = kq_prog_start(&prog, &p, &opts.common, argc, argv);
    if (status < 0)
        status = kq_opts_env(&p, &err) ? work(&prog, &p, &opts) : kq_prog_error(&prog, NULL, &err);
    lst_opts_release(&opts);
    return status;
}

/*
 * main.c - kq-listen, a kdb+ IPC server for tests.
 *
 *      opts        command line
 *      server      builds the parts below, runs the loop, takes them apart
 *      context     what the parts share
 *      listeners   sockets to accept on, \p
 *      sniff       what a new connection speaks: TLS, IPC, console text, HTTP
 *      ipc         IPC sessions: login, requests, answers, handlers
 *      sessions    open connections by handle
 *      auth        password file
 *      http        HTTP/1.1 engine
 *      host        what q code may ask of the world
 *      journal     the log
 *      q/          the evaluator, see its README
 */
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

int main(int argc, char **argv)
{
    struct lst_opts opts;
    struct kq_prog prog = {0};
    struct kq_err err;
    struct kq_out out;
    lst_opts_init(&opts);
    struct kq_opts p = {.tool = &lst_tool, .base = &opts};
    int status = kq_prog_start(&prog, &p, &opts.common, argc, argv);
    if (status < 0) {
        const char *name = "standard output";
        if (open_output(opts.common.output, &out, &name, &err) &&
            lst_opts_operands(&opts, p.operands, p.n_operands, &err))
            status = lst_serve(&opts, &prog, &out);
        else
            status = kq_prog_error(&prog, NULL, &err);
        status = kq_prog_end(&prog, &out, name, status);
    }
    lst_opts_release(&opts);
    return status;
}

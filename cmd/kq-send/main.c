/*
 * main.c - wiring only: the stages of kq-send in the order they happen.
 *
 *      opts       options, and the words of --help
 *      request    queries and arguments to messages: input (formats and files),
 *                 call (--call with typed arguments), script (--script)
 *      connect    target, credentials, retries; link hides which of net/direct
 *                 and net/conn (evlink, for TLS) carries the bytes
 *      trace      frames on stderr with -vv
 *      session    one connection from its beginning to the reports at its end;
 *                 state is what its stages share
 *      run        the exchange: source hands out what frame encodes, push deals
 *                 with messages that are no answers
 *      repl       instead of run with --interactive: edit reads lines, entry knows
 *                 when they are a query, names completes, history remembers
 *      output     answers in the format asked for; result for --exit-status
 *      report     --time, --write-out, --stats, --ping
 *      filetarget, qcon   instead of run for files and for console servers
 */
#include "cli/prog.h"
#include "connect.h"
#include "opts.h"
#include "repl.h"
#include "request.h"
#include "session.h"

/* No query, but somebody who can type one. */
static int prompt(const struct kq_prog *prog, struct send_target *t, struct send_opts *o,
                  int n_operands)
{
    struct kq_err err;
    if (!send_repl_check(o, t, n_operands, &err))
        return kq_prog_error(prog, NULL, &err);
    o->how.subscribe = true; /* what the server sends by itself is shown */
    return send_session_run(prog, t, o, NULL);
}

/* Options and operands are parsed: make the messages, find the target. */
static int run(struct kq_prog *prog, struct kq_opts *p, struct send_opts *o)
{
    struct kq_err err = {0};
    struct send_request request = {0};
    struct send_target target = {0};
    char *word = p->n_operands ? p->operands[0] : NULL;
    bool ok = send_target_init(&target, p, o, word, &err);
    prog->json = kq_format_is_json(o->format.format);
    prog->bare = true;
    int status = 0;
    if (ok && o->common.debug_config)
        status = send_target_show(&target, prog, p);
    else if (ok && send_opts_check(o, &err) && send_repl_wanted(o, &target, p->n_operands))
        status = prompt(prog, &target, o, p->n_operands);
    else if (ok && !err.code &&
             send_request_init(&request, o, p->operands + 1, p->n_operands - 1, &err))
        status = send_session_run(prog, &target, o, &request);
    if (err.code)
        status = kq_prog_error(prog, NULL, &err);
    send_request_release(&request);
    send_target_release(&target);
    return status;
}

int main(int argc, char **argv)
{
    struct send_opts o;
    struct kq_prog prog;
    send_opts_init(&o);
    struct kq_opts p = {.tool = &send_tool, .base = &o, .stop_after = 2};
    int status = kq_prog_start(&prog, &p, &o.common, argc, argv);
    if (status < 0)
        status = run(&prog, &p, &o);
    send_opts_release(&o);
    return status;
}

/*
 * main.c - wiring only: the stages of kq-send in the order they happen.
 *
 *      opts       options, and the words of --help
 *      request    queries and arguments to messages: input (formats and files),
 *                 call (--call with typed arguments), script (--script)
 *      connect    target, credentials, retries; link hides which of net/direct
 *                 and net/conn (evlink, for TLS) carries the bytes
 *      run        the exchange: source hands out what frame encodes, push deals
 *                 with messages that are no answers
 *      output     answers in the format asked for; result for --exit-status
 *      report     --time, --write-out, --stats, --ping
 *      filetarget instead of connect and run when the target is a file
 */
#include "cli/prog.h"
#include "connect.h"
#include "filetarget.h"
#include "net/timing.h"
#include "opts.h"
#include "output.h"
#include "report.h"
#include "request.h"
#include "run.h"

#include "base/mem.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static volatile sig_atomic_t stop;

static void on_signal(int signo)
{
    stop = signo;
}

/* The first ^C ends the wait in good order, the second one the program. */
static void catch_interrupt(void)
{
    struct sigaction a = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &a, NULL);
}

/* Everything about the run that goes to stderr or, for --ping, to stdout. */
static void print_reports(const struct send_opts *o, struct send_report *r,
                          struct send_output *output)
{
    struct kq_out e;
    kq_out_init_fd(&e, STDERR_FILENO);
    if (o->how.ping && r->status == KQ_OK && !o->common.quiet)
        send_report_pong(r, &output->out);
    if (o->show.time)
        send_report_time(r, &e);
    if (r->latency)
        send_report_stats(r, &e, o->common.stats == KQ_STATS_JSON);
    if (o->show.write_out)
        send_report_write_out(r, o->show.write_out, &output->out, &e);
    kq_out_flush(&e);
    kq_out_release(&e);
}

static bool wants_reports(const struct send_opts *o, const struct send_report *r)
{
    return o->how.ping || o->show.time || o->show.write_out || r->latency;
}

/* Connect, exchange, report; the exit status. */
static int talk(const struct kq_prog *prog, const struct send_target *t, const struct send_opts *o,
                struct send_request *request, struct send_output *output)
{
    struct send_report report = {.start_ns = kq_mono_ns(), .target = t->name};
    if (o->common.stats != KQ_STATS_NONE || o->how.latency) {
        report.latency = kq_malloc(sizeof *report.latency);
        kq_stats_init(report.latency);
    }
    struct send_session s = {.o = o,
                             .prog = prog,
                             .target = t->name,
                             .deadline = kq_deadline_ms((o->conn.timeout_ns + 999999) / 1000000),
                             .stop = &stop,
                             .output = output,
                             .report = &report};
    struct kq_err err;
    catch_interrupt();
    if (!send_connect(&s.link, t, o, s.deadline, &stop, &err)) {
        send_fail(&s, &err);
    } else {
        send_run(&s, request);
        send_report_link(&report, &s.link);
    }
    send_link_close(&s.link);
    report.status = s.status == KQ_OK ? output->status : s.status;
    if (wants_reports(o, &report)) {
        report.end_ns = kq_mono_ns();
        print_reports(o, &report, output);
    }
    send_report_release(&report);
    return report.status;
}

/* The target is known: do it. */
static int serve(const struct kq_prog *prog, const struct send_target *t, const struct send_opts *o,
                 struct send_request *request)
{
    struct kq_err err;
    struct send_output output;
    if (t->addr.kind == KQ_ADDR_FILE) {
        bool ok = send_to_file(&t->addr, o, request, &err);
        return ok ? KQ_OK : kq_prog_error(prog, t->name, &err);
    }
    int status;
    if (send_output_init(&output, o, &err)) {
        status = talk(prog, t, o, request, &output);
        status = kq_prog_end(prog, &output.out, output.name, status);
    } else {
        status = kq_prog_error(prog, NULL, &err);
    }
    send_output_release(&output);
    return status;
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
    int status = 0;
    if (ok && o->common.debug_config)
        status = send_target_show(&target, prog, p);
    else if (ok && send_opts_check(o, &err) &&
             send_request_init(&request, o, p->operands + 1, p->n_operands - 1, &err))
        status = serve(prog, &target, o, &request);
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

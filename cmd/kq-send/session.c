/*
 * session.c - opens and closes what a run needs: signals, recording, link,
 * data output, reports.
 */
#include "session.h"

#include "base/mem.h"
#include "filetarget.h"
#include "net/record.h"
#include "net/timing.h"
#include "output.h"
#include "qcon.h"
#include "repl.h"
#include "report.h"
#include "run.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static volatile sig_atomic_t stop;

static void on_signal(int signo)
{
    stop = signo;
}

/* The first ^C ends the wait in good order, the second one the program.  Where it
 * was ignored from the start, as in a shell's background jobs, it stays so. */
static void catch_interrupt(void)
{
    struct sigaction a = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND}, old;
    if (sigaction(SIGINT, &a, &old) == 0 && old.sa_handler == SIG_IGN)
        sigaction(SIGINT, &old, NULL);
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

/* Connect and exchange; the link is closed afterwards. */
static void exchange(struct send_session *s, struct send_target *t, struct send_request *request,
                     const struct kq_tap *tap)
{
    struct kq_err err;
    if (s->o->conn.qcon) {
        if (!send_qcon(s, t, request, tap, &err))
            send_fail(s, &err);
        return;
    }
    if (!request) {
        send_repl(s, t);
        return;
    }
    if (!send_connect(&s->link, t, s->o, tap, s->deadline, s->stop, &err)) {
        send_fail(s, &err);
        return;
    }
    send_target_forget(t);
    send_run(s, request);
    send_report_link(s->report, &s->link);
    send_link_close(&s->link);
}

/* The same with --write: what goes over the wire is recorded. */
static void recorded_exchange(struct send_session *s, struct send_target *t,
                              struct send_request *request)
{
    const char *path = s->o->common.write;
    struct kq_record record;
    struct kq_recorded conn;
    struct kq_err err;
    if (!kq_record_open(&record, path, &err)) {
        send_fail(s, &err);
        return;
    }
    char name[KQ_ADDR_TEXT_MAX];
    kq_record_begin(&conn, &record, s->prog->name, send_target_name(s, name), true);
    struct kq_tap tap = kq_record_tap(&conn);
    exchange(s, t, request, &tap);
    kq_record_end(&conn, "");
    if (!kq_record_close(&record, path, &err))
        send_fail(s, &err);
}

static void count_what_is_wanted(struct send_report *r, const struct send_opts *o)
{
    if (o->common.stats == KQ_STATS_NONE && !o->how.latency)
        return;
    r->latency = kq_malloc(sizeof *r->latency);
    kq_stats_init(r->latency);
}

/* Talk to a server and report; the exit status. */
static int talk(const struct kq_prog *prog, struct send_target *t, const struct send_opts *o,
                struct send_request *request, struct send_output *output)
{
    static const struct kq_tap nobody;
    struct send_report report = {.start_ns = kq_mono_ns(), .target = &t->addr};
    struct send_session s = {.o = o,
                             .prog = prog,
                             .target = &t->addr,
                             .timeout_ms = (o->conn.timeout_ns + 999999) / 1000000,
                             .stop = &stop,
                             .output = output,
                             .report = &report};
    s.deadline = kq_deadline_ms(s.timeout_ms);
    count_what_is_wanted(&report, o);
    catch_interrupt();
    if (o->common.write)
        recorded_exchange(&s, t, request);
    else
        exchange(&s, t, request, &nobody);
    report.status = s.status == KQ_OK ? output->status : s.status;
    if (wants_reports(o, &report)) {
        report.end_ns = kq_mono_ns();
        print_reports(o, &report, output);
    }
    send_report_release(&report);
    return report.status;
}

static int talk_to_server(const struct kq_prog *prog, struct send_target *t,
                          const struct send_opts *o, struct send_request *request)
{
    struct kq_err err;
    struct send_output output;
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

int send_session_run(const struct kq_prog *prog, struct send_target *t, const struct send_opts *o,
                     struct send_request *request)
{
    struct kq_err err;
    if (t->addr.kind != KQ_ADDR_FILE)
        return talk_to_server(prog, t, o, request);
    char name[KQ_ADDR_TEXT_MAX];
    if (send_to_file(&t->addr, o, request, &err))
        return KQ_OK;
    return kq_prog_error(prog, kq_addr_text(&t->addr, name, sizeof name), &err);
}

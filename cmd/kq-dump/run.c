/*
 * run.c - the stages behind the sources, in order.
 */
#include "run.h"

#include "base/log.h"
#include "base/mem.h"
#include "cli/term.h"
#include "split.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

bool dump_run_fault(struct dump_run *r, const struct kq_err *err)
{
    const struct dump_from *from = &r->opts->from;
    kq_progress_clear(&r->progress);
    if (from->relaxed && err->code == KQ_EPROTO) {
        kq_warn("%s: %s", r->subject, err->msg);
        return true;
    }
    kq_prog_error(r->prog, r->subject, err);
    if (!r->status)
        r->status = err->code;
    if (from->strict)
        r->stop = true;
    return !r->stop;
}

/* A message that a sink could not decode, or a stream without one. */
static bool report_fault(struct dump_run *r, struct dump_msg *m)
{
    struct kq_err err = m->fault;
    if (m->kind == DUMP_NOTE)
        kq_err_context(&err, "at byte %llu", (unsigned long long)m->off);
    else
        kq_err_context(&err, "message %llu", (unsigned long long)m->n);
    if (m->conn)
        kq_err_context(&err, "connection %u, %s > %s", m->conn->id, dump_msg_src(m),
                       dump_msg_dst(m));
    return dump_run_fault(r, &err);
}

/* A hole in a capture is no fault of the message. */
static bool is_fault(const struct dump_msg *m)
{
    return m->fault.code && !m->missing && m->have == m->len;
}

static void check_value(struct dump_run *r, struct dump_msg *m)
{
    if (!dump_msg_has_body(m) || !dump_msg_value(m))
        return;
    r->valid++;
    /* Of a log how long its good part is, as -11!(-2;file) says. */
    r->bytes = m->kind == DUMP_OBJECT ? m->off + m->len : r->bytes + m->len;
}

static bool show(struct dump_run *r, struct dump_msg *m)
{
    int64_t count = r->opts->common.count;
    bool note = m->kind == DUMP_NOTE;
    if (!note && (int64_t)r->shown++ < r->opts->which.skip)
        return true;
    if (r->opts->show.check || r->opts->from.strict)
        check_value(r, m);
    r->sink->put(r->sink, m);
    if (r->record)
        r->record->put(r->record, m);
    if (r->stats)
        dump_stats_add(r->stats, m);
    if (r->report)
        dump_report_add(r->report, m);
    if (count && (int64_t)r->shown - r->opts->which.skip >= count)
        r->stop = true;
    return true;
}

static bool put(struct dump_next *next, struct dump_msg *m)
{
    struct dump_run *r = (struct dump_run *)next;
    if (dump_filter_past(r->filter, m))
        r->stop = true;
    else if (dump_filter_pass(r->filter, m))
        show(r, m);
    if (is_fault(m))
        report_fault(r, m);
    return !r->stop && !r->out->errnum;
}

bool dump_run_tick(struct dump_run *r, const struct dump_input *in)
{
    if (r->signals.stop)
        r->stop = true;
    bool due = kq_progress_due(&r->progress, now_ns());
    if (due || r->signals.progress) {
        uint64_t size, at = dump_input_position(in, &size);
        double mb = (double)at / 1e6;
        int percent = size ? (int)(100.0 * (double)at / (double)size) : 0;
        void (*say)(struct kq_progress *, const char *, ...) =
            due ? kq_progress_show : kq_progress_line;
        if (size)
            say(&r->progress, "%s: %.1f MB (%d %%), %llu messages", r->subject, mb, percent,
                (unsigned long long)r->streams.next_n);
        else
            say(&r->progress, "%s: %.1f MB, %llu messages", r->subject, mb,
                (unsigned long long)r->streams.next_n);
        r->signals.progress = false;
    }
    return !r->stop && !r->out->errnum;
}

static void init_streams(struct dump_run *r)
{
    const struct dump_opts *o = r->opts;
    struct dump_streams *s = &r->streams;
    *s = (struct dump_streams){.next = &r->next,
                               .pair = o->show.pair == 0,
                               .stop_at_gap = o->from.gap == DUMP_GAP_STOP};
    s->memory.max = o->from.max_memory;
    s->limits = (struct dump_limits){.max_size = o->common.max_size,
                                     .keep = dump_sink_skims(o) ? 4096 : SIZE_MAX,
                                     .memory = &s->memory};
}

/* The sink for the format, or one for each part. */
static bool init_sink(struct dump_run *r, struct kq_err *err)
{
    struct kq_term term;
    const struct dump_opts *o = r->opts;
    kq_term_ask(&term, r->out->fd);
    r->out->by_line = term.tty || o->common.line_buffered;
    struct dump_sink_env env = {
        .opts = o,
        .out = r->out,
        .color = kq_term_color(&term, o->common.color),
        .columns = o->show.width >= 0 ? (int)o->show.width : term.columns,
        .cut = o->show.width >= 0 ? o->show.width > 0
                                  : term.columns && !o->format.max_items && !o->format.depth,
    };
    r->sink = o->show.split < 0 ? dump_sink_new(&env, err) : dump_split_new(&env, err);
    return r->sink != NULL;
}

static bool init_record(struct dump_run *r, struct kq_err *err)
{
    const char *path = r->opts->common.write;
    if (!path)
        return true;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        kq_err_errno(err, KQ_EIO, errno, "cannot create %s", path);
        return false;
    }
    kq_out_init_fd(&r->record_out, fd);
    r->record_out.by_line = r->opts->common.line_buffered;
    r->record = dump_wire_new(&(struct dump_sink_env){.opts = r->opts, .out = &r->record_out});
    return true;
}

static void init_numbers(struct dump_run *r)
{
    if (r->opts->common.stats != KQ_STATS_NONE) {
        r->stats = kq_malloc(sizeof *r->stats);
        dump_stats_init(r->stats, (enum dump_by)r->opts->show.by);
    }
    if (r->opts->show.report)
        r->report = dump_report_new();
}

bool dump_run_init(struct dump_run *r, const struct dump_opts *opts, const struct kq_prog *prog,
                   struct kq_out *out, struct kq_err *err)
{
    *r = (struct dump_run){.next = {put}, .opts = opts, .prog = prog, .out = out};
    dump_signals_init(&r->signals);
    kq_progress_init(&r->progress, opts->show.progress, now_ns());
    init_streams(r);
    init_numbers(r);
    r->filter = dump_filter_new(&opts->which, opts->common.match, err);
    return r->filter && (!opts->from.ports || dump_ports_check(opts->from.ports, err)) &&
           init_sink(r, err) && init_record(r, err);
}

void dump_run_release(struct dump_run *r)
{
    dump_flows_free(r->flows);
    if (r->sink)
        r->sink->free(r->sink);
    if (r->record)
        r->record->free(r->record);
    if (r->stats)
        dump_stats_release(r->stats);
    free(r->stats);
    dump_report_free(r->report);
    dump_filter_free(r->filter);
    dump_signals_release(&r->signals);
}

/* ---- the end ---- */

static void fail(struct dump_run *r, const struct kq_err *err)
{
    kq_prog_error(r->prog, NULL, err);
    if (!r->status)
        r->status = err->code;
}

static void end_record(struct dump_run *r)
{
    struct kq_err err;
    int fd = r->record_out.fd;
    if (!kq_out_finish(&r->record_out, r->opts->common.write, &err))
        fail(r, &err);
    kq_out_release(&r->record_out);
    close(fd);
}

static void print_stats(struct dump_run *r)
{
    struct kq_out e;
    struct kq_term term;
    kq_term_ask(&term, STDERR_FILENO);
    kq_out_flush(r->out);
    kq_out_init_fd(&e, STDERR_FILENO);
    if (r->opts->common.stats == KQ_STATS_JSON)
        dump_stats_json(r->stats, &e);
    else
        dump_stats_text(r->stats, &e, term.columns);
    kq_out_flush(&e);
    kq_out_release(&e);
}

static void write_report(struct dump_run *r)
{
    struct kq_err err;
    struct kq_out o;
    const char *path = r->opts->show.report;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        kq_err_errno(&err, KQ_EIO, errno, "cannot create %s", path);
        fail(r, &err);
        return;
    }
    kq_out_init_fd(&o, fd);
    char subject[300];
    const char *slash = strrchr(r->first, '/');
    int n = snprintf(subject, sizeof subject, "%.200s", slash ? slash + 1 : r->first);
    if (r->n_inputs > 1)
        snprintf(subject + n, sizeof subject - (size_t)n, " and %u more files", r->n_inputs - 1);
    dump_report_write(r->report, &o, subject);
    if (!kq_out_finish(&o, path, &err))
        fail(r, &err);
    kq_out_release(&o);
    close(fd);
}

static void end_outputs(struct dump_run *r)
{
    if (r->sink->end)
        r->sink->end(r->sink);
    if (r->opts->show.split >= 0 && dump_split_error(r->sink)->code)
        fail(r, dump_split_error(r->sink));
    if (r->record)
        end_record(r);
    if (r->stats)
        print_stats(r);
    if (r->report)
        write_report(r);
}

int dump_run_end(struct dump_run *r)
{
    kq_progress_clear(&r->progress);
    if (r->flows && !r->stop)
        dump_flows_end(r->flows);
    end_outputs(r);
    if (r->streams.gaps && r->opts->from.gap == DUMP_GAP_REPORT && !r->status)
        r->status = KQ_EPROTO;
    if (r->streams.encrypted)
        kq_note("connections that are encrypted (TLS) and were not decoded: %llu",
                (unsigned long long)r->streams.encrypted);
    if (r->streams.http)
        kq_note("connections of HTTP that are not shown without --port: %llu",
                (unsigned long long)r->streams.http);
    if (r->signals.stop)
        return 128 + r->signals.stop;
    if (!r->status && !r->shown && dump_filter_active(r->filter))
        return KQ_ENO;
    return r->status;
}

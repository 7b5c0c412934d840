/*
 * run.c - the stages behind the sources, in order.
 */
#include "run.h"

#include "base/log.h"
#include "cli/term.h"

#include <signal.h>
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

bool dump_run_init(struct dump_run *r, const struct dump_opts *opts, const struct kq_prog *prog,
                   struct kq_out *out, struct kq_err *err)
{
    *r = (struct dump_run){.next = {put}, .opts = opts, .prog = prog, .out = out};
    dump_signals_init(&r->signals);
    kq_progress_init(&r->progress, opts->show.progress, now_ns());
    init_streams(r);
    struct kq_term term;
    kq_term_ask(&term, out->fd);
    bool to_terminal = term.tty;
    out->by_line = to_terminal || opts->common.line_buffered;
    struct dump_sink_env env = {
        .opts = opts,
        .out = out,
        .color = kq_term_color(&term, opts->common.color),
        .columns = term.columns,
        .cut = !opts->format.max_items && !opts->format.depth,
    };
    r->filter = dump_filter_new(&opts->which, opts->common.match, err);
    r->sink = r->filter ? dump_sink_new(&env, err) : NULL;
    return r->sink && (!opts->from.ports || dump_ports_check(opts->from.ports, err));
}

void dump_run_release(struct dump_run *r)
{
    if (r->sink)
        r->sink->free(r->sink);
    dump_filter_free(r->filter);
    dump_signals_release(&r->signals);
}

int dump_run_end(struct dump_run *r)
{
    kq_progress_clear(&r->progress);
    if (r->sink->end)
        r->sink->end(r->sink);
    if (r->streams.gaps && r->opts->from.gap == DUMP_GAP_REPORT && !r->status)
        r->status = KQ_EPROTO;
    if (r->streams.encrypted)
        kq_note("connections that are encrypted (TLS) and were not decoded: %llu",
                (unsigned long long)r->streams.encrypted);
    if (r->signals.stop)
        return 128 + r->signals.stop;
    if (!r->status && !r->shown && dump_filter_active(r->filter))
        return KQ_ENO;
    return r->status;
}

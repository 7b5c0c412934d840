/*
 * run.c - a small state machine driven by callbacks.  feed() is its heart: it
 * works through the window as long as there is room, then reads again.
 */
#include "run.h"

#include "base/log.h"
#include "base/mem.h"
#include "dry.h"
#include "net/timing.h"
#include "obj/list.h"
#include "wire/decode.h"
#include "wire/encode.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    MS = 1000000,
    TICK_MS = 250,
    RATE_MS = 20,
    PENDING_USUAL = 512 << 10,
};

static void feed(struct pipe_run *r);
static void check_end(struct pipe_run *r);

/* ---- problems ------------------------------------------------------------------------------ */

/* Note a problem; the first one decides the exit status. */
static void problem(struct pipe_run *r, const char *subject, const struct kq_err *err)
{
    kq_progress_clear(&r->report.progress);
    int status = kq_prog_error(r->prog, subject, err);
    if (!r->status)
        r->status = status;
}

static void over(struct pipe_run *r)
{
    r->stage = PIPE_OVER;
    kq_loop_stop(r->loop);
}

/* Say which rows nobody has confirmed. */
static void report_unconfirmed(const struct pipe_target *t)
{
    struct pipe_unconfirmed u = pipe_target_unconfirmed(t);
    if (u.on_disk)
        kq_warn("%s: %s%llu rows not confirmed; they are in the spool", t->name,
                u.more_on_disk ? "more than " : "", (unsigned long long)u.on_disk);
    if (u.in_memory && u.from.first)
        kq_warn("%s: %llu rows not confirmed, from %s line %llu on", t->name,
                (unsigned long long)u.in_memory, u.from.file, (unsigned long long)u.from.first);
    else if (u.in_memory)
        kq_warn("%s: %llu rows not confirmed", t->name, (unsigned long long)u.in_memory);
}

/* The end, whatever has been confirmed. */
static void give_up(struct pipe_run *r, const struct kq_err *err)
{
    problem(r, NULL, err);
    for (size_t i = 0; i < r->n_targets; i++)
        report_unconfirmed(&r->targets[i]);
    over(r);
}

/* ---- batches ---------------------------------------------------------------------------------- */

/* Give the batches to those they are for, and drop our references. */
static bool hand_over(struct pipe_run *r, struct pipe_batch *parts, size_t n, struct kq_err *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < r->n_targets; i++) {
        const struct pipe_batch *b = n > 1 ? &parts[i] : parts;
        ok = !b->frames || pipe_target_push(&r->targets[i], b, err);
    }
    if (ok && r->o->out.dry_run)
        ok = pipe_dry_print(r->out, r->o, parts, err);
    for (size_t i = 0; i < n; i++)
        pipe_batch_release(&parts[i]);
    return ok;
}

static void end_input(struct pipe_run *r);

/* Make a message of the rows gathered so far; only then the lines of --tee are shown. */
static void cut(struct pipe_run *r)
{
    struct kq_err err = {0};
    size_t n = r->o->flow.shard_by ? r->n_targets : 1;
    kq_timer_stop(&r->linger);
    if (!r->builder.rows || r->stage == PIPE_OVER)
        return;
    r->report.batches++;
    r->report.rows += r->builder.rows;
    r->report.bytes += r->builder.bytes;
    if (!pipe_builder_cut(&r->builder, r->parts, n, &err) || !hand_over(r, r->parts, n, &err)) {
        give_up(r, &err);
    } else if (r->o->out.dry_run && pipe_dry_is_one(r->o)) {
        over(r);
    } else if (r->o->in.tee && !kq_out_flush(r->out)) {
        end_input(r); /* nobody reads the copy: kq_prog_end says so */
    }
}

static void on_linger(void *arg)
{
    struct pipe_run *r = arg;
    r->intake.guess_now = true;
    cut(r);
    if (r->stage == PIPE_READING)
        feed(r);
}

/* ---- reading ---------------------------------------------------------------------------------- */

/*
 * Memory that what has been read and is in no message yet takes, until it is one: as input, as
 * columns, as a message.  Only huge records make it matter.
 */
static size_t pending(const struct pipe_run *r)
{
    size_t len;
    pipe_source_data(&r->source, &len);
    len += r->builder.bytes;
    return len > PENDING_USUAL ? 3 * len : 0;
}

/* After a signal what has been read is taken whatever --buffer says, lest it be lost. */
static bool has_room(const struct pipe_run *r)
{
    for (size_t i = 0; i < r->n_targets; i++)
        if (!pipe_target_has_room(&r->targets[i], pending(r), r->signo != 0))
            return false;
    return true;
}

static void on_rate(void *arg)
{
    struct pipe_run *r = arg;
    if (r->stage == PIPE_READING && r->stalled)
        feed(r);
}

/* Rows that --rate and --count still allow. */
static size_t quota(struct pipe_run *r)
{
    uint64_t most = SIZE_MAX;
    if (r->o->in.rate && !r->signo) {
        int64_t now = kq_mono_ns();
        double rate = (double)r->o->in.rate, burst = rate * RATE_MS / 1000 + 1;
        r->tokens += (double)(now - r->filled_ns) * rate / 1e9;
        r->tokens = r->tokens > burst ? burst : r->tokens;
        r->filled_ns = now;
        most = (uint64_t)r->tokens;
    }
    if (r->o->common.count && (uint64_t)r->o->common.count - r->taken < most)
        most = (uint64_t)r->o->common.count - r->taken;
    if (r->pace.factor > 0 && !r->signo && most > 1)
        most = 1;
    return (size_t)most;
}

/* Reading stops here for now; something, the timer at the latest, will call feed again. */
static void stall(struct pipe_run *r, int64_t wait_ns)
{
    r->stalled = true;
    pipe_source_pause(&r->source);
    if (has_room(r) && !kq_timer_running(&r->rate))
        kq_timer_start(&r->rate, (wait_ns + MS - 1) / MS);
}

/* --pace: is the row just taken early?  Then it is put back, and what came before it is sent. */
static bool early(struct pipe_run *r, const struct pipe_mark *m)
{
    int64_t ns, wait = 0;
    if (pipe_intake_time(&r->intake, m, &ns))
        wait = pipe_pace_wait(&r->pace, ns, kq_mono_ns());
    if (wait < MS)
        return false;
    pipe_intake_untake(&r->intake, m);
    cut(r);
    stall(r, wait);
    return true;
}

static bool reached_count(const struct pipe_run *r)
{
    return r->o->common.count && r->taken >= (uint64_t)r->o->common.count;
}

/* A record could not be taken: what came before it is still delivered. */
static void bad_input(struct pipe_run *r, const struct kq_err *err)
{
    problem(r, NULL, err);
    end_input(r);
}

/*
 * Work through the window until it holds no whole record.  False when the
 * input has ended or must wait.
 */
static bool drain_window(struct pipe_run *r, bool eof)
{
    struct kq_err err = {0};
    for (;;) {
        size_t len, rows = quota(r);
        char *data = pipe_source_data(&r->source, &len);
        if (reached_count(r)) {
            end_input(r);
            return false;
        }
        if (!rows || !has_room(r)) {
            stall(r, RATE_MS * (int64_t)MS);
            return false;
        }
        r->intake.quota = rows;
        struct pipe_mark mark = pipe_intake_mark(&r->intake);
        ssize_t used = pipe_intake_take(&r->intake, data, len, eof, &err);
        if (used < 0) {
            bad_input(r, &err);
            return false;
        }
        uint64_t got = rows - r->intake.quota;
        if (r->pace.factor > 0 && !r->signo && got && early(r, &mark))
            return false;
        r->taken += got;
        r->tokens -= (double)got;
        pipe_source_consume(&r->source, (size_t)used);
        if (pipe_builder_full(&r->builder))
            cut(r);
        else if (r->intake.quota)
            return r->stage == PIPE_READING; /* the rest is no whole record */
        if (r->stage != PIPE_READING)
            return false;
    }
}

/* The file has ended and its bytes are worked through. */
static bool next_file(struct pipe_run *r)
{
    struct kq_err err = {0};
    r->file_end = false;
    int more = pipe_source_next(&r->source, &err);
    if (more < 0)
        problem(r, NULL, &err);
    if (more <= 0) {
        end_input(r);
        return false;
    }
    pipe_intake_file(&r->intake, pipe_source_name(&r->source));
    return true;
}

/* One read a turn: while we parse the next one, the kernel and the server work on the last. */
static void read_and_take(struct pipe_run *r)
{
    struct kq_err err = {0};
    if (!drain_window(r, r->file_end))
        return;
    if (!r->file_end) {
        enum pipe_got got = pipe_source_read(&r->source, &err);
        if (got == PIPE_GOT_ERROR) {
            bad_input(r, &err);
            return;
        }
        r->file_end = got == PIPE_GOT_END;
        if (got != PIPE_GOT_NOTHING && !drain_window(r, r->file_end))
            return;
    }
    if (r->file_end && !next_file(r))
        return;
    pipe_source_resume(&r->source);
}

static void feed(struct pipe_run *r)
{
    r->stalled = false;
    read_and_take(r);
    if (r->stage != PIPE_READING || (!r->builder.rows && !r->intake.guessing))
        return;
    if (!r->o->out.linger_ns)
        cut(r);
    else if (!kq_timer_running(&r->linger) && !r->o->out.dry_run)
        kq_timer_start(&r->linger, (r->o->out.linger_ns + MS - 1) / MS);
}

static void on_source(void *arg)
{
    struct pipe_run *r = arg;
    if (r->stage == PIPE_READING && !r->stalled)
        feed(r);
}

/* ---- ending -------------------------------------------------------------------------------------- */

static void on_drain(void *arg)
{
    struct pipe_run *r = arg;
    struct kq_err err = {0};
    kq_err_set(&err, KQ_ETIMEOUT, "drain timed out after %.3gs", (double)r->o->flow.drain_ns / 1e9);
    for (size_t i = 0; i < r->n_targets; i++) {
        if (pipe_target_is_empty(&r->targets[i]))
            continue;
        problem(r, r->targets[i].name, &err);
        report_unconfirmed(&r->targets[i]);
    }
    over(r);
}

/* No more input: send what there is and wait until it is confirmed. */
static void end_input(struct pipe_run *r)
{
    if (r->stage >= PIPE_ENDING)
        return;
    cut(r);
    if (r->stage >= PIPE_ENDING)
        return;
    r->stage = PIPE_ENDING;
    pipe_source_close(&r->source);
    kq_timer_stop(&r->rate);
    if (r->o->flow.drain_ns)
        kq_timer_start(&r->drain, (r->o->flow.drain_ns + MS - 1) / MS);
    for (size_t i = 0; i < r->n_targets && r->stage != PIPE_OVER; i++)
        pipe_target_finish(&r->targets[i]);
    check_end(r);
}

static void check_end(struct pipe_run *r)
{
    if (r->stage != PIPE_ENDING)
        return;
    for (size_t i = 0; i < r->n_targets; i++)
        if (!r->targets[i].dead && !pipe_target_is_empty(&r->targets[i]))
            return;
    over(r);
}

/* Whole records that have been read are sent; the beginning of one is not. */
static void take_rest(struct pipe_run *r)
{
    size_t len;
    if (!drain_window(r, false))
        return;
    pipe_source_data(&r->source, &len);
    if (len)
        kq_warn("%zu bytes of %s, not a whole record, had been read and are not sent", len,
                pipe_source_name(&r->source));
}

static void on_signal(void *arg, int signo)
{
    struct pipe_run *r = arg;
    if (r->signo)
        _exit(128 + signo);
    r->signo = signo;
    pipe_notify("STOPPING=1");
    if (r->stage == PIPE_CONNECTING) {
        over(r);
        return;
    }
    if (r->stage == PIPE_READING)
        take_rest(r);
    end_input(r);
}

static void on_hup(void *arg, int signo)
{
    (void)signo;
    struct pipe_run *r = arg;
    pipe_source_hangup(&r->source);
    on_source(r);
}

static void on_usr1(void *arg, int signo)
{
    (void)signo;
    struct pipe_run *r = arg;
    pipe_report_progress(&r->report, r->targets, r->n_targets, true);
}

static void on_deadline(void *arg)
{
    struct pipe_run *r = arg;
    struct kq_err err = {0};
    kq_err_set(&err, KQ_ETIMEOUT, "timed out after %.3gs", (double)r->o->conn.timeout_ns / 1e9);
    give_up(r, &err);
}

static void on_tick(void *arg)
{
    struct pipe_run *r = arg;
    pipe_report_progress(&r->report, r->targets, r->n_targets, false);
    kq_timer_start(&r->tick, TICK_MS);
}

/* ---- servers -------------------------------------------------------------------------------------- */

static void begin_reading(struct pipe_run *r)
{
    struct kq_err err = {0};
    if (!pipe_intake_ready(&r->intake, &err)) {
        problem(r, NULL, &err);
        over(r);
        return;
    }
    pipe_intake_file(&r->intake, pipe_source_name(&r->source));
    r->stage = PIPE_READING;
    r->filled_ns = kq_mono_ns();
    r->pace.factor = r->o->in.pace;
    r->tokens = 1;
    pipe_notify("READY=1");
    pipe_source_resume(&r->source);
}

/* ({0!meta x};`table) as a sync request. */
static bool ask_meta(struct pipe_run *r, struct kq_err *err)
{
    struct kq_obj *q = kq_list_of(2, kq_stringz("{0!meta x}"), kq_atom_symz(r->o->out.table));
    struct kq_buf b;
    kq_buf_init(&b, 1 << 20);
    bool ok = kq_encode_msg(&b, KQ_SYNC, q, NULL, err) &&
              pipe_target_ask(&r->targets[0], b.data, b.len, err);
    kq_buf_release(&b);
    kq_unref(q);
    return ok;
}

static bool wants_meta(const struct pipe_run *r)
{
    return r->o->in.schema && strcmp(r->o->in.schema, "server") == 0;
}

static void on_ready(void *arg, struct pipe_target *t)
{
    struct pipe_run *r = arg;
    struct kq_err err = {0};
    kq_log(t->told ? KQ_LOG_NORMAL : KQ_LOG_V, "%s: connected", t->name);
    t->told = false;
    if (r->stage != PIPE_CONNECTING)
        return;
    for (size_t i = 0; i < r->n_targets; i++)
        if (!r->targets[i].was_ready && !r->targets[i].spool)
            return;
    if (!wants_meta(r)) {
        begin_reading(r);
    } else if (r->targets[0].ready && !ask_meta(r, &err)) {
        problem(r, r->targets[0].name, &err);
        over(r);
    }
}

/* The answer to meta. */
static void on_answer(void *arg, struct pipe_target *t, const struct kq_msg *msg)
{
    struct pipe_run *r = arg;
    struct kq_err err = {0};
    struct kq_obj *x = kq_decode_msg(msg, NULL, &err);
    if (x && x->type == KQ_ERROR) {
        r->status = kq_prog_qerror(r->prog, t->name, kq_sym_text(x), kq_sym_textlen(x));
        over(r);
    } else if (!x || !pipe_schema_meta(&r->schema, r->o, x, &err)) {
        problem(r, t->name, &err);
        over(r);
    } else {
        begin_reading(r);
    }
    kq_unref(x);
}

static void on_confirmed(void *arg, struct pipe_target *t)
{
    (void)t;
    struct pipe_run *r = arg;
    if (r->stage == PIPE_READING && r->stalled && has_room(r))
        feed(r);
    check_end(r);
}

static void on_qerror(void *arg, struct pipe_target *t, const struct pipe_batch *b,
                      struct kq_str text)
{
    struct pipe_run *r = arg;
    kq_progress_clear(&r->report.progress);
    int status = kq_prog_qerror(r->prog, t->name, text.s, text.len);
    if (!r->status)
        r->status = status;
    if (b->from.first)
        kq_note("that was for %s lines %llu to %llu", b->from.file,
                (unsigned long long)b->from.first, (unsigned long long)b->from.last);
    if (r->o->in.on_error == PIPE_STOP && r->stage == PIPE_READING)
        end_input(r);
}

static void on_retry(void *arg, struct pipe_target *t, const struct kq_err *err, int64_t delay_ms)
{
    struct pipe_run *r = arg;
    kq_progress_clear(&r->report.progress);
    if (!t->told)
        kq_warn("%s: %s; trying again", t->name, err->msg);
    kq_log(KQ_LOG_V, "%s: %s; next try in %lld ms", t->name, err->msg, (long long)delay_ms);
    t->told = true;
    if (r->stage == PIPE_CONNECTING && t->spool && !wants_meta(r))
        begin_reading(r);
}

static void on_dead(void *arg, struct pipe_target *t, const struct kq_err *err)
{
    struct pipe_run *r = arg;
    if (r->stage == PIPE_OVER || (r->stage == PIPE_ENDING && pipe_target_is_empty(t))) {
        check_end(r);
        return;
    }
    problem(r, t->name, err);
    report_unconfirmed(t);
    bool others = false;
    for (size_t i = 0; i < r->n_targets; i++)
        others = others || !r->targets[i].dead;
    if (r->stage == PIPE_CONNECTING || !others)
        over(r);
    else
        end_input(r);
    check_end(r);
}

/* ---- the whole ------------------------------------------------------------------------------------- */

static bool open_record(struct pipe_run *r, struct kq_err *err)
{
    if (!r->o->common.write)
        return true;
    r->recording = kq_record_open(&r->record, r->o->common.write, err);
    return r->recording;
}

/* One spool for each server: FILE, FILE.2, FILE.3 ... */
static bool open_spool(struct pipe_run *r, size_t i, struct kq_err *err)
{
    struct kq_buf name;
    if (!r->o->flow.spool)
        return true;
    kq_buf_init(&name, 4096);
    kq_buf_puts(&name, r->o->flow.spool);
    if (i)
        kq_buf_printf(&name, ".%zu", i + 1);
    kq_buf_byte(&name, 0);
    if (!name.failed)
        r->targets[i].spool = pipe_spool_open((const char *)name.data, r->o->flow.spool_sync, err);
    bool ok = r->targets[i].spool || err->code || kq_fail(err, KQ_EUSAGE, "--spool: name too long");
    kq_buf_release(&name);
    return ok && r->targets[i].spool;
}

static bool make_targets(struct pipe_run *r, struct pipe_address *a, size_t n, struct kq_err *err)
{
    static const struct pipe_target_ops ops = {on_ready, on_confirmed, on_qerror,
                                               on_retry, on_dead,      on_answer};
    r->targets = kq_calloc(n, sizeof *r->targets);
    r->n_targets = n;
    r->parts = kq_calloc(n + 1, sizeof *r->parts);
    for (size_t i = 0; i < n; i++) {
        pipe_target_init(&r->targets[i], r->loop, &a[i].addr, &a[i].conn, r->o, &ops, r);
        memset(&a[i].addr, 0, sizeof a[i].addr); /* the target's now */
        r->targets[i].record = r->recording ? &r->record : NULL;
        if (!open_spool(r, i, err))
            return false;
    }
    return true;
}

static bool init(struct pipe_run *r, struct pipe_address *a, size_t n, char *const *files,
                 size_t n_files, struct kq_err *err)
{
    r->loop = kq_loop_new(err);
    if (!r->loop)
        return false;
    kq_timer_init(&r->linger, r->loop, on_linger, r);
    kq_timer_init(&r->rate, r->loop, on_rate, r);
    kq_timer_init(&r->drain, r->loop, on_drain, r);
    kq_timer_init(&r->deadline, r->loop, on_deadline, r);
    kq_timer_init(&r->tick, r->loop, on_tick, r);
    pipe_report_init(&r->report, r->o);
    pipe_rejects_init(&r->rejects, &r->o->in);
    r->source.reopen = r->o->in.reopen;
    r->source.follow = r->o->in.follow;
    r->source.captures = r->o->in.input == PIPE_PCAP;
    r->source.on_ready = on_source;
    r->source.arg = r;
    if (!pipe_schema_init(&r->schema, r->o, err) ||
        !pipe_builder_init(&r->builder, r->o, &r->schema, err) ||
        !pipe_intake_init(&r->intake, r->o, &r->schema, &r->builder, &r->rejects, err) ||
        !open_record(r, err) || !make_targets(r, a, n, err) ||
        !pipe_source_open(&r->source, r->loop, files, n_files, err))
        return false;
    r->intake.tee = r->o->in.tee ? r->out : NULL;
    return kq_signal_init(&r->on_int, r->loop, SIGINT, on_signal, r, err) &&
           kq_signal_init(&r->on_term, r->loop, SIGTERM, on_signal, r, err) &&
           kq_signal_init(&r->on_hup, r->loop, SIGHUP, on_hup, r, err) &&
           kq_signal_init(&r->on_usr1, r->loop, SIGUSR1, on_usr1, r, err);
}

static void release(struct pipe_run *r)
{
    struct kq_timer *timers[] = {&r->linger, &r->rate, &r->drain, &r->deadline, &r->tick};
    struct kq_signal *signals[] = {&r->on_int, &r->on_term, &r->on_hup, &r->on_usr1};
    if (!r->loop)
        return;
    for (size_t i = 0; i < sizeof timers / sizeof *timers; i++)
        kq_timer_stop(timers[i]);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (signals[i]->fn)
            kq_signal_stop(signals[i]);
    pipe_source_close(&r->source);
    for (size_t i = 0; i < r->n_targets; i++)
        pipe_target_release(&r->targets[i]);
    free(r->targets);
    free(r->parts);
    pipe_intake_release(&r->intake);
    pipe_builder_release(&r->builder);
    pipe_schema_release(&r->schema);
    kq_loop_free(r->loop);
}

static void work(struct pipe_run *r)
{
    kq_timer_start(&r->tick, TICK_MS);
    if (r->o->conn.timeout_ns)
        kq_timer_start(&r->deadline, (r->o->conn.timeout_ns + MS - 1) / MS);
    for (size_t i = 0; i < r->n_targets; i++)
        pipe_target_connect(&r->targets[i]);
    if (!r->n_targets) {
        pipe_dry_begin(r->out, r->o);
        begin_reading(r);
    }
    if (r->stage != PIPE_OVER)
        kq_loop_run(r->loop);
}

static int final_status(const struct pipe_run *r)
{
    bool too_many = r->rejects.count > (uint64_t)r->o->in.max_errors;
    if (r->status)
        return r->status;
    if (r->signo)
        return 128 + r->signo;
    for (size_t i = 0; i < r->n_targets; i++)
        if (r->targets[i].rows_dropped)
            return KQ_ELOST;
    return too_many ? KQ_EDATA : KQ_OK;
}

/* Files to close and figures to report: what fails now counts too. */
static int finish(struct pipe_run *r)
{
    struct kq_err err = {0};
    if (!pipe_rejects_close(&r->rejects, &err))
        problem(r, NULL, &err);
    r->report.rejected = r->rejects.count;
    uint64_t dropped = 0;
    for (size_t i = 0; i < r->n_targets; i++)
        dropped += r->targets[i].rows_dropped;
    if (dropped)
        kq_warn("%llu rows dropped because --buffer was full", (unsigned long long)dropped);
    if (r->rejects.count && r->o->in.on_error == PIPE_SKIP_ROW)
        kq_warn("%llu rows rejected", (unsigned long long)r->rejects.count);
    int status = final_status(r);
    if (!pipe_report_end(&r->report, r->targets, r->n_targets, status, &err))
        problem(r, NULL, &err);
    return final_status(r);
}

int pipe_run(const struct kq_prog *prog, const struct pipe_opts *o, struct pipe_address *addresses,
             size_t n_addresses, char *const *files, size_t n_files, struct kq_out *out)
{
    struct pipe_run *r = kq_calloc(1, sizeof *r);
    struct kq_err err = {0};
    r->prog = prog;
    r->o = o;
    r->out = out;
    if (init(r, addresses, n_addresses, files, n_files, &err))
        work(r);
    else
        problem(r, NULL, &err);
    int status = finish(r);
    release(r);
    if (r->recording && !kq_record_close(&r->record, o->common.write, &err) && !status)
        status = kq_prog_error(prog, NULL, &err);
    free(r);
    return status;
}

/*
 * server.c - builds the parts, joins them, runs the loop, takes them apart.
 *
 * The order of starting: password file, TLS, evaluator, listeners (so that a
 * script can change \p), script, then the port is announced.  SIGTERM, and
 * SIGINT when no request runs, stop accepting, let what is owed be answered,
 * and end with 0, or when they come again at once; SIGHUP reads password file
 * and rules again, and opens the file of -o anew.
 */
#include "server.h"

#include "announce.h"
#include "base/cal.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/term.h"
#include "context.h"
#include "exec.h"
#include "files.h"
#include "host.h"
#include "ipc.h"
#include "net/tls.h"
#include "proxy.h"
#include "push.h"
#include "replay.h"
#include "setup.h"
#include "signals.h"
#include "sniff.h"
#include "web.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    /* Of one request: minutes of work, so that an endless loop ends by itself. */
    MAX_STEPS = 500000000,
    FIRST_BYTES_MS = 30000, /* for a client to say what it speaks */
    DRAIN_MS = 5000,        /* for clients to read what is owed to them at the end */
};

struct server {
    struct lst_context ctx;
    struct lst_sniffer sniffer;
    struct kq_tls_ctx *tls;
    struct lst_signals signals;
    struct kq_timer timer;    /* .z.ts */
    struct kq_defer tick;     /* the call of it, outside the loop's callbacks */
    struct kq_timer patience; /* --timeout */
    struct kq_timer hurry;    /* while stopping */
    struct kq_timer watchdog; /* to tell systemd that the loop turns */
    struct kq_defer settle;
    int64_t seen; /* messages and connections when patience began */
    regex_t match;
    bool has_match;
    struct kq_record record; /* -w, when ctx.record points here */
    struct lst_exec exec;
    struct lst_proxy proxy;
    struct lst_replay replay;
};

static struct server *server_of(struct lst_context *c)
{
    return (struct server *)(void *)((char *)c - offsetof(struct server, ctx));
}

/* ---- connections ------------------------------------------------------------------ */

static void on_accept(void *arg, int fd)
{
    struct server *s = arg;
    int64_t max = s->ctx.opts->server.max_conns;
    if (max && s->ctx.sessions.count + s->sniffer.count >= max) {
        lst_journal_note(&s->ctx.journal, "refused", "too many connections");
        close(fd);
        return;
    }
    lst_sniffer_take(&s->sniffer, fd);
}

static void on_known(void *arg, struct kq_stream *stream, enum lst_protocol protocol)
{
    struct server *s = arg;
    if (protocol == LST_IPC) {
        lst_ipc_serve_take(&s->ctx, stream);
    } else if (!s->ctx.opts->server.no_http) {
        lst_web_serve_take(&s->ctx, stream);
    } else {
        lst_journal_note(&s->ctx.journal, "refused", "HTTP");
        kq_stream_free(stream);
        lst_session_ended(&s->ctx);
    }
}

/* A connection that said nothing was a look whether we are there: not one for --once. */
static void on_failed(void *arg, bool spoke, const struct kq_err *err)
{
    struct server *s = arg;
    if (!spoke)
        return;
    lst_journal_note(&s->ctx.journal, "refused", err->msg);
    lst_session_ended(&s->ctx);
}

/* ---- timers ------------------------------------------------------------------------- */

static void set_timer(struct lst_context *c, int64_t ms)
{
    struct server *s = server_of(c);
    c->timer_ms = ms;
    if (ms)
        kq_timer_start(&s->timer, ms);
    else
        kq_timer_stop(&s->timer);
}

static void on_timer(void *arg)
{
    struct server *s = arg;
    kq_timer_start(&s->timer, s->ctx.timer_ms);
    kq_defer_post(s->ctx.loop, &s->tick);
}

static void on_tick(void *arg)
{
    struct server *s = arg;
    struct kq_obj *now = kq_atom_int(KQ_TIMESTAMP, kq_cal_now_ns()), *result = NULL;
    if (q_handler(s->ctx.q, "ts", 1, &now, &result) && !result)
        kq_warn("'%s in .z.ts", q_error(s->ctx.q));
    kq_out_flush(s->ctx.out);
    kq_unref(result);
    kq_unref(now);
}

static void on_patience(void *arg)
{
    struct server *s = arg;
    int64_t now = s->ctx.messages + s->ctx.sessions.opened;
    if (now == s->seen) {
        lst_stop(&s->ctx, 0);
        return;
    }
    s->seen = now;
    kq_timer_start_ns(&s->patience, s->ctx.opts->server.timeout_ns);
}

static void on_watchdog(void *arg)
{
    struct server *s = arg;
    lst_announce_state("WATCHDOG=1");
    kq_timer_start(&s->watchdog, lst_announce_watchdog_ms());
}

/* ---- signals and the way out ------------------------------------------------------------ */

static void settle_later(struct lst_context *c)
{
    kq_defer_post(c->loop, &server_of(c)->settle);
}

/* Unread input would turn closing into a reset that takes our last bytes along. */
static bool has_input(const struct lst_session *s)
{
    int n = 0;
    return s->inbox.n || (ioctl(s->handle, FIONREAD, &n) == 0 && n > 0);
}

static void call_exit_handler(struct lst_context *c)
{
    struct kq_obj *status = kq_long(c->exit_status), *result = NULL;
    if (q_handler(c->q, "exit", 1, &status, &result) && !result)
        kq_warn("'%s in .z.exit", q_error(c->q));
    kq_out_flush(c->out);
    kq_unref(result);
    kq_unref(status);
}

static void begin_to_stop(struct server *s)
{
    lst_announce_state("STOPPING=1");
    lst_listeners_release(&s->ctx.listeners);
    lst_sniffer_close(&s->sniffer);
    kq_timer_start(&s->hurry, DRAIN_MS);
    call_exit_handler(&s->ctx);
}

/* Close the sessions to which nothing is owed; when none is left the loop ends. */
static void settle(void *arg)
{
    struct server *s = arg;
    struct lst_sessions *t = &s->ctx.sessions;
    if (!kq_timer_running(&s->hurry))
        begin_to_stop(s);
    for (int i = 0; i < t->n; i++) {
        struct lst_session *one = t->by_handle[i];
        if (one && !lst_session_is_working(one))
            lst_session_close(one, lst_session_pending(one) || has_input(one) ? LST_END_ORDERLY
                                                                              : LST_END_NOW);
    }
    if (!t->count)
        kq_loop_stop(s->ctx.loop);
}

static void on_hurry(void *arg)
{
    struct server *s = arg;
    kq_loop_stop(s->ctx.loop);
}

/* The file of -o anew, so that a log that was moved away stays as it is. */
static bool reopen_output(struct lst_context *c, struct kq_err *err)
{
    const char *path = c->opts->common.output;
    if (!path || strcmp(path, "-") == 0)
        return true;
    kq_out_flush(c->out);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd < 0 || dup3(fd, c->out->fd, O_CLOEXEC) < 0) {
        kq_err_errno(err, KQ_EIO, errno, "cannot open %s", path);
        if (fd >= 0)
            close(fd);
        return false;
    }
    close(fd);
    return true;
}

/* What cannot be read again stays as it was. */
static void reload(struct lst_context *c)
{
    struct kq_err err;
    if (!reopen_output(c, &err))
        kq_prog_error(c->prog, NULL, &err);
    if (!lst_setup_users(c, &err))
        kq_prog_error(c->prog, NULL, &err);
    if (!lst_setup_rules(c, &err))
        kq_prog_error(c->prog, NULL, &err);
}

static void on_signal(void *arg, int signo)
{
    struct server *s = arg;
    if (signo == SIGHUP) {
        reload(&s->ctx);
    } else if (!s->ctx.stopping) {
        lst_stop(&s->ctx, 0);
    } else {
        s->ctx.exit_status = 128 + signo;
        kq_loop_stop(s->ctx.loop);
    }
}

static bool watch_signals(struct server *s, struct kq_err *err)
{
    signal(SIGPIPE, SIG_IGN);
    s->signals.fn = on_signal;
    s->signals.arg = s;
    return lst_signals_watch(&s->signals, s->ctx.loop, err);
}

static bool is_interrupted(void *arg)
{
    return lst_signals_interrupt(&server_of(arg)->signals, DRAIN_MS);
}

/* ---- start --------------------------------------------------------------------------------- */

static bool start_tls(struct server *s, struct kq_err *err)
{
    if (!lst_setup_tls(&s->ctx, &s->tls, err))
        return false;
    s->sniffer.tls_mode = (enum lst_tls_mode)s->ctx.tls_mode;
    s->sniffer.tls = s->tls;
    return true;
}

static bool start_evaluator(struct server *s, struct kq_err *err)
{
    const struct lst_access_opts *a = &s->ctx.opts->access;
    if (a->files && (s->ctx.files_fd = lst_files_open(a->files, err)) < 0)
        return false;
    struct q_host host = lst_host(&s->ctx);
    host.interrupted = is_interrupted;
    struct q_limits limits = {
        .steps = MAX_STEPS,
        .ms = a->query_timeout_ns / 1000000,
        .bytes = (size_t)a->memory_mb << 20,
    };
    s->ctx.block_writes = a->block_writes;
    s->ctx.q = q_new(&host, &limits);
    return s->ctx.q || kq_fail(err, KQ_EIO, "cannot start the evaluator");
}

static bool listen_all(struct server *s, struct kq_err *err)
{
    const struct lst_words *ports = &s->ctx.opts->server.ports;
    if (!lst_listeners_inherit(&s->ctx.listeners, err))
        return false;
    if (s->ctx.listeners.n && ports->n == 1 && strcmp(ports->word[0], "0W") == 0)
        return true;
    for (int i = 0; i < ports->n; i++) {
        if (!lst_listeners_add(&s->ctx.listeners, kq_strz(ports->word[i]), err))
            return false;
    }
    return true;
}

static char *read_file(const char *path, size_t *len, struct kq_err *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) || st.st_size > (64 << 20)) {
        kq_err_errno(err, KQ_EUSAGE, fd < 0 ? errno : EFBIG, "cannot read %s", path);
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    char *text = kq_malloc((size_t)st.st_size + 1);
    ssize_t n, got = 0;
    while ((n = read(fd, text + got, (size_t)(st.st_size - got))) > 0)
        got += n;
    close(fd);
    *len = (size_t)got;
    return text;
}

static bool load_script(struct server *s, struct kq_err *err)
{
    const char *path = s->ctx.opts->server.script;
    size_t len;
    char *text = path ? read_file(path, &len, err) : NULL;
    if (!text)
        return !path;
    struct kq_obj *result = q_eval_text(s->ctx.q, text, len);
    free(text);
    if (!result)
        return kq_fail(err, KQ_EUSAGE, "%s: '%s", path, q_error(s->ctx.q));
    kq_unref(result);
    return true;
}

/* Whatever a client sets .h.HOME to later, no other folder is served. */
static void open_home(struct server *s)
{
    struct kq_obj *home = q_global(s->ctx.q, ".h.HOME");
    if (home && home->type == KQ_CHAR && home->n) {
        char *path = kq_memdup0(kq_data(home), (size_t)home->n);
        s->ctx.home_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        free(path);
    }
    kq_unref(home);
}

static bool announce(struct server *s, struct kq_err *err)
{
    const struct lst_server_opts *o = &s->ctx.opts->server;
    unsigned port = lst_listeners_port(&s->ctx.listeners);
    char text[64];
    if (!lst_announce_file(o->port_file, port, err) ||
        !lst_announce_fd((int)o->ready_fd, port, err))
        return false;
    open_home(s);
    lst_announce_state("READY=1");
    if (lst_announce_watchdog_ms())
        on_watchdog(s);
    s->ctx.announced = true;
    snprintf(text, sizeof text, "port %u", port);
    lst_journal_note(&s->ctx.journal, "listening", text);
    return true;
}

static void start_timers(struct server *s)
{
    const struct lst_server_opts *o = &s->ctx.opts->server;
    struct kq_loop *loop = s->ctx.loop;
    kq_timer_init(&s->timer, loop, on_timer, s);
    kq_defer_init(&s->tick, on_tick, s);
    kq_timer_init(&s->patience, loop, on_patience, s);
    kq_timer_init(&s->hurry, loop, on_hurry, s);
    kq_timer_init(&s->watchdog, loop, on_watchdog, s);
    kq_defer_init(&s->settle, settle, s);
    set_timer(&s->ctx, o->timer_ms);
    if (o->timeout_ns)
        kq_timer_start_ns(&s->patience, o->timeout_ns);
}

static bool open_record(struct server *s, struct kq_err *err)
{
    const char *path = s->ctx.opts->common.write;
    if (!path)
        return true;
    if (!kq_record_open(&s->record, path, err))
        return false;
    s->ctx.record = &s->record;
    return true;
}

/* Each connection is a descriptor; the usual soft limit is 1024. */
static void raise_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static bool start(struct server *s, struct kq_err *err)
{
    struct lst_context *c = &s->ctx;
    raise_limit();
    c->loop = kq_loop_new(err);
    if (!c->loop)
        return false;
    s->sniffer.loop = c->listeners.loop = c->sessions.loop = c->loop;
    c->sessions.wants_local = c->opts->common.write || c->journal.form == LST_JOURNAL_JSON;
    start_timers(s);
    return watch_signals(s, err) && lst_setup_users(c, err) && start_tls(s, err) &&
           start_evaluator(s, err) && lst_setup_faults(c, err) && lst_setup_rules(c, err) &&
           lst_setup_answers(c, &s->exec, &s->proxy, &s->replay, err) && lst_setup_expect(c, err) &&
           open_record(s, err) && listen_all(s, err) && load_script(s, err) &&
           (c->stopping || announce(s, err));
}

/* ---- end -------------------------------------------------------------------------------------- */

/* Requests, connections and latencies on standard error (-s). */
static void print_stats(const struct server *s)
{
    const struct kq_stats *l = &s->ctx.latency;
    long long conns = s->ctx.sessions.opened, messages = s->ctx.messages;
    unsigned long long syncs = l->count;
    double us[4];
    static const double p[] = {50, 95, 99, 100};
    for (int i = 0; i < 4; i++)
        us[i] = (double)kq_stats_percentile(l, p[i]) / 1000;
    if (s->ctx.opts->common.stats == KQ_STATS_JSON)
        fprintf(stderr,
                "{\"v\":1,\"connections\":%lld,\"messages\":%lld,\"sync\":%llu,\"p50_us\":%.1f,"
                "\"p95_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f}\n",
                conns, messages, syncs, us[0], us[1], us[2], us[3]);
    else if (s->ctx.opts->common.stats == KQ_STATS_TEXT)
        fprintf(stderr,
                "%lld connections, %lld messages, %llu sync requests: p50 %.1f us, p95 %.1f us, "
                "p99 %.1f us, max %.1f us\n",
                conns, messages, syncs, us[0], us[1], us[2], us[3]);
}

/* What was expected and did not come; the status is then 1. */
static void print_verdict(struct server *s)
{
    struct lst_context *c = &s->ctx;
    struct kq_out text;
    kq_out_init_mem(&text);
    bool met = lst_expect_met(&c->expect, &text);
    fwrite(text.buf, 1, text.len, stderr);
    kq_out_release(&text);
    if (s->replay.unmatched)
        fprintf(stderr, "%lld requests were not in the recording\n",
                (long long)s->replay.unmatched);
    bool strict = c->opts->answer.strict && s->replay.unmatched;
    if ((!met || strict) && !c->exit_status)
        c->exit_status = KQ_ENO;
}

static void close_loop(struct server *s)
{
    struct lst_context *c = &s->ctx;
    c->stopping = c->no_more = true;
    lst_listeners_release(&c->listeners);
    lst_sniffer_close(&s->sniffer);
    lst_sessions_close(&c->sessions);
    lst_pusher_free(c->pusher);
    c->pusher = NULL;
    kq_timer_stop(&s->timer);
    kq_timer_stop(&s->patience);
    kq_timer_stop(&s->hurry);
    kq_timer_stop(&s->watchdog);
    lst_signals_stop(&s->signals);
    kq_loop_free(c->loop);
}

static void stop(struct server *s, struct kq_err *err)
{
    struct lst_context *c = &s->ctx;
    if (!c->loop)
        return;
    close_loop(s);
    if (c->q)
        q_free(c->q);
    kq_tls_ctx_free(s->tls);
    kq_tls_ctx_free(c->client_tls);
    kq_buf_release(&c->frame);
    lst_sessions_release(&c->sessions);
    if (c->home_fd >= 0)
        close(c->home_fd);
    if (c->files_fd >= 0)
        close(c->files_fd);
    lst_users_free(c->users);
    lst_rules_release(&c->rules);
    lst_reply_release(&c->otherwise);
    lst_reply_release(&c->unmatched);
    lst_recording_free(s->replay.recording);
    kq_addr_release(&s->proxy.target);
    if (s->has_match)
        regfree(&s->match);
    lst_tplog_close(&c->tplog, c->opts->record.tplog, err);
    if (c->record)
        kq_record_close(&s->record, c->opts->common.write, err);
}

static enum lst_journal_form journal_form(int log)
{
    switch (log) {
    case LST_LOG_TEXT: return LST_JOURNAL_TEXT;
    case LST_LOG_JSON: return LST_JOURNAL_JSON;
    case LST_LOG_NONE: return LST_JOURNAL_NONE;
    default: return isatty(1) ? LST_JOURNAL_TEXT : LST_JOURNAL_JSON;
    }
}

static bool wants_color(int when)
{
    struct kq_term term;
    kq_term_ask(&term, 1);
    return kq_term_color(&term, when);
}

/* Values in the log: all of them in JSON, the beginning in text. */
static struct lst_journal journal_of(const struct lst_opts *opts, struct kq_out *out)
{
    struct lst_journal j = {
        .out = out,
        .form = opts->common.quiet ? LST_JOURNAL_NONE : journal_form(opts->server.log),
        .mode = (enum kq_json_mode)opts->format.json,
        .style = kq_format_style(&opts->format),
        .time_format = opts->common.time_format,
        .hex = opts->common.hex,
        .color = wants_color(opts->common.color),
    };
    bool text = j.form == LST_JOURNAL_TEXT;
    if (text && !j.style.max_items)
        j.style.max_items = 40;
    if (text && !j.style.depth)
        j.style.depth = 6;
    return j;
}

/* -m, which may be NULL */
static bool init_match(struct server *s, const char *re, struct kq_err *err)
{
    char why[128];
    int code = re ? regcomp(&s->match, re, REG_EXTENDED | REG_NOSUB) : 0;
    if (code) {
        regerror(code, &s->match, why, sizeof why);
        return kq_fail(err, KQ_EUSAGE, "option '--match': '%s': %s", re, why);
    }
    s->has_match = re;
    s->ctx.journal.match = re ? &s->match : NULL;
    return true;
}

static bool init(struct server *s, const struct lst_opts *opts, const struct kq_prog *prog,
                 struct kq_out *out, struct kq_err *err)
{
    *s = (struct server){
        .ctx = {.opts = opts,
                .prog = prog,
                .out = out,
                .tplog = {.fd = -1},
                .home_fd = -1,
                .files_fd = -1,
                .journal = journal_of(opts, out),
                .on_settled = settle_later,
                .set_timer = set_timer,
                .load_users = lst_setup_users},
        .sniffer = {.timeout_ms = FIRST_BYTES_MS,
                    .on_known = on_known,
                    .on_failed = on_failed,
                    .arg = s},
    };
    kq_buf_init(&s->ctx.frame, KQ_BUF_NOMAX);
    s->ctx.listeners.on_accept = on_accept;
    s->ctx.listeners.arg = s;
    s->ctx.listeners.opts.family = opts->server.family == 4   ? AF_INET
                                   : opts->server.family == 6 ? AF_INET6
                                                              : AF_UNSPEC;
    return init_match(s, opts->common.match, err);
}

int lst_serve(const struct lst_opts *opts, const struct kq_prog *prog, struct kq_out *out)
{
    struct server s;
    struct kq_err err = {0}, late = {0};
    bool ok = init(&s, opts, prog, out, &err) && start(&s, &err);
    if (ok)
        kq_loop_run(s.ctx.loop);
    stop(&s, &late);
    if (ok) {
        kq_out_flush(out);
        print_stats(&s);
        print_verdict(&s);
    }
    lst_expect_release(&s.ctx.expect);
    if (ok && late.code)
        return kq_prog_error(prog, NULL, &late);
    return ok ? s.ctx.exit_status : kq_prog_error(prog, NULL, &err);
}

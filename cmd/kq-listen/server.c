/*
 * server.c - builds the parts, joins them, runs the loop, takes them apart.
 *
 * The order of starting: password file, TLS, evaluator, listeners (so that a
 * script can change \p), script, then the port is announced.  SIGTERM and
 * SIGINT stop accepting, let what is queued go out, and end with 0; SIGHUP
 * reads the password file again.
 */
#include "server.h"

#include "base/cal.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/term.h"
#include "context.h"
#include "host.h"
#include "ipc.h"
#include "net/tls.h"
#include "sniff.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of one request: minutes of work, so that an endless loop ends by itself. */
enum { MAX_STEPS = 500000000 };

struct server {
    struct lst_context ctx;
    struct lst_sniffer sniffer;
    struct kq_tls_ctx *tls;
    struct kq_signal signals[3];
    int n_signals;
    struct kq_timer timer;    /* .z.ts */
    struct kq_timer patience; /* --timeout */
    int64_t seen;             /* messages and connections when patience began */
    regex_t match;
    bool has_match;
    struct kq_record record; /* -w, when ctx.record points here */
};

/* ---- connections ------------------------------------------------------------------ */

static void on_accept(void *arg, int fd)
{
    struct server *s = arg;
    s->ctx.connections++;
    lst_sniffer_take(&s->sniffer, fd);
}

static void refuse_http_take(struct server *s, struct kq_stream *stream)
{
    static const char text[] = "HTTP/1.1 501 Not Implemented\r\nConnection: close\r\n"
                               "Content-Length: 0\r\n\r\n";
    kq_stream_write(stream, text, sizeof text - 1);
    kq_stream_flush(stream);
    kq_stream_free(stream);
    lst_session_ended(&s->ctx);
}

static void on_known(void *arg, struct kq_stream *stream, enum lst_protocol protocol)
{
    struct server *s = arg;
    if (protocol == LST_IPC)
        lst_ipc_serve_take(&s->ctx, stream);
    else
        refuse_http_take(s, stream);
}

static void on_failed(void *arg, int fd, const struct kq_err *err)
{
    struct server *s = arg;
    (void)fd;
    lst_journal_note(&s->ctx.journal, "refused", err->msg);
    lst_session_ended(&s->ctx);
}

/* ---- timers and signals --------------------------------------------------------------- */

static void on_timer(void *arg)
{
    struct server *s = arg;
    struct kq_obj *now = kq_atom_int(KQ_TIMESTAMP, kq_cal_now_ns()), *result = NULL;
    kq_timer_start(&s->timer, s->ctx.opts->server.timer_ms);
    if (q_handler(s->ctx.q, "ts", 1, &now, &result) && !result)
        kq_warn("'%s in .z.ts", q_error(s->ctx.q));
    kq_unref(result);
    kq_unref(now);
}

static void on_patience(void *arg)
{
    struct server *s = arg;
    int64_t now = s->ctx.messages + s->ctx.connections;
    if (now == s->seen) {
        lst_stop(&s->ctx, 0);
        return;
    }
    s->seen = now;
    kq_timer_start(&s->patience, s->ctx.opts->server.timeout_ns / 1000000);
}

/* OpenSSL computes the digests; it is loaded when the first hashed entry is met. */
static bool digest(bool sha1, struct kq_str text, char *hex)
{
    return sha1 ? kq_tls_sha1_hex(text.s, text.len, hex, NULL)
                : kq_tls_md5_hex(text.s, text.len, hex, NULL);
}

static const char *users_file(const struct lst_opts *o)
{
    const char *u = o->access.restrict_arg;
    return o->access.users ? o->access.users : u && strcmp(u, "1") != 0 ? u : NULL;
}

/* The old users stay when the file cannot be read. */
static bool load_users(struct server *s, struct kq_err *err)
{
    const char *path = users_file(s->ctx.opts);
    if (!path)
        return true;
    struct lst_users *users = lst_users_load(path, digest, err);
    if (!users)
        return false;
    lst_users_free(s->ctx.users);
    s->ctx.users = users;
    return true;
}

static void on_signal(void *arg, int signo)
{
    struct server *s = arg;
    struct kq_err err;
    if (signo != SIGHUP)
        lst_stop(&s->ctx, 0);
    else if (!load_users(s, &err))
        kq_prog_error(s->ctx.prog, NULL, &err);
}

static bool watch_signals(struct server *s, struct kq_err *err)
{
    static const int wanted[] = {SIGTERM, SIGINT, SIGHUP};
    signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < 3; i++) {
        if (!kq_signal_init(&s->signals[i], s->ctx.loop, wanted[i], on_signal, s, err))
            return false;
        s->n_signals++;
    }
    return true;
}

/* ---- start --------------------------------------------------------------------------------- */

static bool start_tls(struct server *s, struct kq_err *err)
{
    const struct lst_opts *o = s->ctx.opts;
    struct kq_tls_opts files = o->tls.files;
    enum lst_tls_mode mode = o->tls.tls ? LST_TLS_ONLY : (enum lst_tls_mode)o->access.tls_mode;
    s->sniffer.tls_mode = mode;
    if (mode == LST_TLS_OFF)
        return true;
    if (o->access.verify_client &&
        !kq_tls_verify_parse(o->access.verify_client, true, &files.verify, err))
        return false;
    if (!kq_tls_opts_env(&files, true, err))
        return false;
    s->tls = s->sniffer.tls = kq_tls_server_new(&files, err);
    return s->tls != NULL;
}

static bool start_evaluator(struct server *s, struct kq_err *err)
{
    const struct lst_access_opts *a = &s->ctx.opts->access;
    struct q_host host = lst_host(&s->ctx);
    struct q_limits limits = {
        .steps = MAX_STEPS,
        .ms = a->query_timeout_s * 1000,
        .bytes = (size_t)a->memory_mb << 20,
    };
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

/* Complete or not there: written beside it and renamed. */
static bool write_port_file(const char *path, unsigned port, struct kq_err *err)
{
    char temp[4096];
    int n = snprintf(temp, sizeof temp, "%s.%d.tmp", path, (int)getpid());
    FILE *f = n < (int)sizeof temp ? fopen(temp, "we") : NULL;
    bool ok = f && fprintf(f, "%u\n", port) > 0;
    if (f && fclose(f) != 0)
        ok = false;
    if (ok && rename(temp, path) == 0)
        return true;
    kq_err_errno(err, KQ_EIO, errno, "cannot write %s", path);
    if (f)
        unlink(temp);
    return false;
}

static bool announce(struct server *s, struct kq_err *err)
{
    const struct lst_server_opts *o = &s->ctx.opts->server;
    unsigned port = lst_listeners_port(&s->ctx.listeners);
    char text[32];
    if (o->port_file && !write_port_file(o->port_file, port, err))
        return false;
    int n = snprintf(text, sizeof text, "%u\n", port);
    if (o->ready_fd >= 0) {
        if (write((int)o->ready_fd, text, (size_t)n) != n) {
            kq_err_errno(err, KQ_EIO, errno, "cannot write to descriptor %d", (int)o->ready_fd);
            return false;
        }
        close((int)o->ready_fd);
    }
    snprintf(text, sizeof text, "port %u", port);
    lst_journal_note(&s->ctx.journal, "listening", text);
    return true;
}

static void start_timers(struct server *s)
{
    const struct lst_server_opts *o = &s->ctx.opts->server;
    kq_timer_init(&s->timer, s->ctx.loop, on_timer, s);
    kq_timer_init(&s->patience, s->ctx.loop, on_patience, s);
    if (o->timer_ms)
        kq_timer_start(&s->timer, o->timer_ms);
    if (o->timeout_ns)
        kq_timer_start(&s->patience, o->timeout_ns / 1000000);
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

static bool start(struct server *s, struct kq_err *err)
{
    s->ctx.loop = kq_loop_new(err);
    if (!s->ctx.loop)
        return false;
    s->sniffer.loop = s->ctx.listeners.loop = s->ctx.loop;
    start_timers(s);
    return open_record(s, err) && watch_signals(s, err) && load_users(s, err) &&
           start_tls(s, err) && start_evaluator(s, err) && listen_all(s, err) &&
           load_script(s, err) && announce(s, err);
}

/* ---- end -------------------------------------------------------------------------------------- */

/* Let queued answers leave: a few turns of the loop with closing connections. */
static void drain(struct server *s)
{
    for (int i = 0; i < s->ctx.sessions.n; i++) {
        struct lst_session *one = s->ctx.sessions.by_handle[i];
        if (one && kq_conn_pending_bytes(one->conn))
            kq_conn_flush(one->conn);
    }
}

/* Requests, connections and latencies on standard error (-s). */
static void print_stats(const struct server *s)
{
    const struct kq_stats *l = &s->ctx.latency;
    double us[4];
    static const double p[] = {50, 95, 99, 100};
    for (int i = 0; i < 4; i++)
        us[i] = (double)kq_stats_percentile(l, p[i]) / 1000;
    if (s->ctx.opts->common.stats == KQ_STATS_JSON)
        fprintf(stderr,
                "{\"v\":1,\"connections\":%lld,\"messages\":%lld,\"sync\":%llu,\"p50_us\":%.1f,"
                "\"p95_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f}\n",
                (long long)s->ctx.connections, (long long)s->ctx.messages,
                (unsigned long long)l->count, us[0], us[1], us[2], us[3]);
    else if (s->ctx.opts->common.stats == KQ_STATS_TEXT)
        fprintf(stderr,
                "%lld connections, %lld messages, %llu sync requests: p50 %.1f us, p95 %.1f us, "
                "p99 %.1f us, max %.1f us\n",
                (long long)s->ctx.connections, (long long)s->ctx.messages,
                (unsigned long long)l->count, us[0], us[1], us[2], us[3]);
}

static void stop(struct server *s, struct kq_err *err)
{
    if (!s->ctx.loop)
        return;
    lst_listeners_release(&s->ctx.listeners);
    lst_sniffer_close(&s->sniffer);
    drain(s);
    lst_sessions_release(&s->ctx.sessions);
    kq_timer_stop(&s->timer);
    kq_timer_stop(&s->patience);
    for (int i = 0; i < s->n_signals; i++)
        kq_signal_stop(&s->signals[i]);
    kq_loop_free(s->ctx.loop);
    if (s->ctx.q)
        q_free(s->ctx.q);
    kq_tls_ctx_free(s->tls);
    lst_users_free(s->ctx.users);
    if (s->has_match)
        regfree(&s->match);
    print_stats(s);
    if (s->ctx.record)
        kq_record_close(&s->record, s->ctx.opts->common.write, err);
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

static bool init(struct server *s, const struct lst_opts *opts, const struct kq_prog *prog,
                 struct kq_out *out, struct kq_err *err)
{
    *s = (struct server){
        .ctx = {.opts = opts, .prog = prog, .out = out},
        .sniffer = {.timeout_ms = 30000, .on_known = on_known, .on_failed = on_failed, .arg = s},
    };
    s->ctx.listeners.on_accept = on_accept;
    s->ctx.listeners.arg = s;
    s->ctx.listeners.opts.family = opts->server.family == 4   ? AF_INET
                                   : opts->server.family == 6 ? AF_INET6
                                                              : AF_UNSPEC;
    s->ctx.journal = (struct lst_journal){
        .out = out,
        .form = opts->common.quiet ? LST_JOURNAL_NONE : journal_form(opts->server.log),
        .time_format = opts->common.time_format,
        .hex = opts->common.hex,
        .color = wants_color(opts->common.color),
    };
    if (!opts->common.match)
        return true;
    if (regcomp(&s->match, opts->common.match, REG_EXTENDED | REG_NOSUB))
        return kq_fail(err, KQ_EUSAGE, "bad regular expression '%s'", opts->common.match);
    s->has_match = true;
    s->ctx.journal.match = &s->match;
    return true;
}

int lst_serve(const struct lst_opts *opts, const struct kq_prog *prog, struct kq_out *out)
{
    struct server s;
    struct kq_err err = {0};
    bool ok = init(&s, opts, prog, out, &err) && start(&s, &err);
    if (ok && !s.ctx.stopping)
        kq_loop_run(s.ctx.loop);
    struct kq_err late = {0};
    stop(&s, &late);
    if (ok && late.code)
        return kq_prog_error(prog, NULL, &late);
    return ok ? s.ctx.exit_status : kq_prog_error(prog, NULL, &err);
}

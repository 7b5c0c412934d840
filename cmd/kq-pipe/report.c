/*
 * report.c - all figures come from the counters of report and targets, so the
 * progress line, the statistics and the state file cannot disagree.
 */
#include "report.h"

#include "base/mem.h"
#include "base/out.h"
#include "base/stats.h"
#include "cli/opt_common.h"
#include "net/timing.h"
#include "text/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Sums over the servers; a row that all get counts as confirmed when the slowest has it. */
struct sums {
    uint64_t acked, resent, dropped, refused, waiting_bytes, waiting_batches;
};

/* Latencies of all servers together, in ms. */
struct latencies {
    double p50, p99, max;
};

static struct latencies latencies(const struct pipe_target *t, size_t n)
{
    struct kq_stats *all = kq_malloc(sizeof *all);
    kq_stats_init(all);
    for (size_t i = 0; i < n; i++)
        if (t[i].latency)
            kq_stats_merge(all, t[i].latency);
    struct latencies l = {(double)kq_stats_percentile(all, 50) / 1e6,
                          (double)kq_stats_percentile(all, 99) / 1e6, (double)all->max / 1e6};
    free(all);
    return l;
}

static struct sums sum(const struct pipe_target *t, size_t n, bool sharded)
{
    struct sums s = {.acked = sharded || !n ? 0 : UINT64_MAX};
    for (size_t i = 0; i < n; i++) {
        if (sharded)
            s.acked += t[i].rows_acked;
        else if (t[i].rows_acked < s.acked)
            s.acked = t[i].rows_acked;
        s.resent += t[i].rows_resent;
        s.dropped += t[i].rows_dropped;
        s.refused += t[i].rows_refused;
        s.waiting_bytes += t[i].bytes;
        s.waiting_batches += t[i].count;
    }
    return s;
}

void pipe_report_init(struct pipe_report *r, const struct pipe_opts *o)
{
    memset(r, 0, sizeof *r);
    r->o = o;
    r->start_ns = r->last_ns = kq_mono_ns();
    kq_progress_init(&r->progress, o->common.quiet ? KQ_WHEN_NEVER : o->flow.progress, r->start_ns);
}

void pipe_report_progress(struct pipe_report *r, const struct pipe_target *t, size_t n, bool now)
{
    int64_t ns = kq_mono_ns();
    if (!now && !kq_progress_due(&r->progress, ns))
        return;
    struct sums s = sum(t, n, r->o->flow.shard_by != NULL);
    double all = (double)(ns - r->start_ns) / 1e9, lately = (double)(ns - r->last_ns) / 1e9;
    char line[300];
    snprintf(line, sizeof line,
             "%llu rows, %.0f rows/s, %.1f MB/s, %llu confirmed, %llu messages (%llu kB) waiting",
             (unsigned long long)r->rows,
             lately > 0 ? (double)(r->rows - r->last_rows) / lately : 0,
             all > 0 ? (double)r->bytes / all / 1e6 : 0, (unsigned long long)s.acked,
             (unsigned long long)s.waiting_batches, (unsigned long long)s.waiting_bytes / 1000);
    if (now)
        kq_progress_line(&r->progress, "%s", line);
    else
        kq_progress_show(&r->progress, "%s", line);
    r->last_ns = ns;
    r->last_rows = r->rows;
}

static void stats_text(const struct pipe_report *r, const struct sums *s, struct latencies l,
                       double seconds, struct kq_out *e)
{
    kq_out_printf(e, "rows       %llu in %.3f s, %.0f a second\n", (unsigned long long)r->rows,
                  seconds, seconds > 0 ? (double)r->rows / seconds : 0);
    kq_out_printf(e, "input      %llu bytes, %.1f MB/s\n", (unsigned long long)r->bytes,
                  seconds > 0 ? (double)r->bytes / seconds / 1e6 : 0);
    kq_out_printf(e, "batches    %llu\n", (unsigned long long)r->batches);
    kq_out_printf(e, "confirmed  %llu\n", (unsigned long long)s->acked);
    kq_out_printf(e, "resent     %llu\n", (unsigned long long)s->resent);
    kq_out_printf(e, "dropped    %llu\n", (unsigned long long)s->dropped);
    kq_out_printf(e, "rejected   %llu\n", (unsigned long long)(r->rejected + s->refused));
    kq_out_printf(e, "until confirmed  median %.3f ms, 99%% %.3f ms, most %.3f ms\n", l.p50, l.p99,
                  l.max);
}

static void figures_json(const struct pipe_report *r, const struct sums *s, struct latencies l,
                         double seconds, int status, struct kq_out *e)
{
    kq_out_printf(e,
                  "{\"v\":1,\"rows\":%llu,\"bytes\":%llu,\"acked\":%llu,\"batches\":%llu,"
                  "\"resent\":%llu,\"dropped\":%llu,\"rejected\":%llu,\"seconds\":%.6f,"
                  "\"latency_ms\":{\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f},\"status\":%d}\n",
                  (unsigned long long)r->rows, (unsigned long long)r->bytes,
                  (unsigned long long)s->acked, (unsigned long long)r->batches,
                  (unsigned long long)s->resent, (unsigned long long)s->dropped,
                  (unsigned long long)(r->rejected + s->refused), seconds, l.p50, l.p99, l.max,
                  status);
}

/* Whoever reads the file sees the old state or the new one. */
static bool write_state(const char *path, const struct pipe_report *r, const struct sums *s,
                        struct latencies l, double seconds, int status, struct kq_err *err)
{
    char temp[4096];
    if ((size_t)snprintf(temp, sizeof temp, "%s.tmp", path) >= sizeof temp)
        return kq_fail(err, KQ_EIO, "--state: name too long");
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        kq_err_errno(err, KQ_EIO, errno, "cannot write %s", temp);
        return false;
    }
    struct kq_out out;
    kq_out_init_fd(&out, fd);
    figures_json(r, s, l, seconds, status, &out);
    bool ok = kq_out_finish(&out, temp, err);
    kq_out_release(&out);
    close(fd);
    if (ok && rename(temp, path) != 0) {
        kq_err_errno(err, KQ_EIO, errno, "cannot write %s", path);
        return false;
    }
    return ok;
}

bool pipe_report_end(struct pipe_report *r, const struct pipe_target *t, size_t n, int status,
                     struct kq_err *err)
{
    struct sums s = sum(t, n, r->o->flow.shard_by != NULL);
    struct latencies l = latencies(t, n);
    double seconds = (double)(kq_mono_ns() - r->start_ns) / 1e9;
    struct kq_out e;
    kq_progress_clear(&r->progress);
    kq_out_init_fd(&e, STDERR_FILENO);
    if (r->o->common.stats == KQ_STATS_TEXT)
        stats_text(r, &s, l, seconds, &e);
    else if (r->o->common.stats == KQ_STATS_JSON)
        figures_json(r, &s, l, seconds, status, &e);
    kq_out_flush(&e);
    kq_out_release(&e);
    return !r->o->flow.state || write_state(r->o->flow.state, r, &s, l, seconds, status, err);
}

void pipe_notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (!path || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof a.sun_path)
        return;
    memcpy(a.sun_path, path, strlen(path));
    if (path[0] == '@')
        a.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    /* Nobody listening is no fault of ours. */
    (void)!sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&a, len);
    close(fd);
}

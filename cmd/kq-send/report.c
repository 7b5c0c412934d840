/*
 * report.c - all figures by name in one table, which --write-out looks up and
 * the other reports take theirs from.
 */
#include "report.h"

#include "base/str.h"
#include "text/json.h"

#include <stdlib.h>
#include <string.h>

void send_report_release(struct send_report *r)
{
    free(r->latency);
    r->latency = NULL;
}

void send_report_link(struct send_report *r, struct send_link *l)
{
    r->timing = *send_link_timing(l);
    r->bytes_in = send_link_bytes_in(l);
    r->bytes_out = send_link_bytes_out(l);
}

/* Since the start, as curl counts; 0 for what did not happen. */
static double since(const struct send_report *r, int64_t when_ns)
{
    return when_ns ? (double)(when_ns - r->start_ns) / 1e9 : 0;
}

enum figure {
    TIME_RESOLVE,
    TIME_CONNECT,
    TIME_TLS,
    TIME_HANDSHAKE,
    TIME_SEND,
    TIME_FIRST_BYTE,
    TIME_TOTAL,
    BYTES_IN,
    BYTES_OUT,
    BYTES_COMPRESSED,
    REQUESTS,
    ANSWERS,
    ERRORS,
    EXIT_CODE,
    TARGET,
    N_FIGURES,
};

static const char figure_names[N_FIGURES][20] = {
    "time_resolve", "time_connect", "time_tls", "time_handshake", "time_send",
    "time_first",   "time_total",   "bytes_in", "bytes_out",      "bytes_compressed",
    "requests",     "answers",      "errors",   "exitcode",       "target",
};

static double seconds(const struct send_report *r, enum figure f)
{
    switch (f) {
    case TIME_RESOLVE: return since(r, r->timing.resolved_ns);
    case TIME_CONNECT: return since(r, r->timing.connected_ns);
    case TIME_TLS: return since(r, r->timing.secured_ns);
    case TIME_HANDSHAKE: return since(r, r->timing.ready_ns);
    case TIME_SEND: return since(r, r->sent_ns);
    case TIME_FIRST_BYTE: return since(r, r->first_byte_ns);
    default: return since(r, r->end_ns);
    }
}

static uint64_t count(const struct send_report *r, enum figure f)
{
    switch (f) {
    case BYTES_IN: return r->bytes_in;
    case BYTES_OUT: return r->bytes_out;
    case BYTES_COMPRESSED: return r->zipped;
    case REQUESTS: return r->requests;
    case ANSWERS: return r->answers;
    case ERRORS: return r->errors;
    default: return (uint64_t)r->status;
    }
}

static void put_figure(const struct send_report *r, struct kq_out *o, enum figure f)
{
    char name[KQ_ADDR_TEXT_MAX];
    if (f == TARGET)
        kq_out_puts(o, kq_addr_text(r->target, name, sizeof name));
    else if (f <= TIME_TOTAL)
        kq_out_printf(o, "%.6f", seconds(r, f));
    else
        kq_out_printf(o, "%llu", (unsigned long long)count(r, f));
}

/* ---- --write-out ---------------------------------------------------------- */

static bool put_named(const struct send_report *r, struct kq_out *o, struct kq_str name)
{
    for (int f = 0; f < N_FIGURES; f++) {
        if (kq_str_is(name, figure_names[f])) {
            put_figure(r, o, (enum figure)f);
            return true;
        }
    }
    return false;
}

static char escaped(char c)
{
    switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    default: return c;
    }
}

/* What "%{" begins; returns where the template goes on. */
static const char *variable(const struct send_report *r, const char *p, struct kq_out **to,
                            struct kq_out *out, struct kq_out *err_out)
{
    const char *end = strchr(p, '}');
    struct kq_str name = end ? kq_str(p + 2, (size_t)(end - p - 2)) : kq_str("", 0);
    if (kq_str_is(name, "stdout"))
        *to = out;
    else if (kq_str_is(name, "stderr"))
        *to = err_out;
    else if (!end || !put_named(r, *to, name))
        kq_out_write(*to, p, end ? (size_t)(end + 1 - p) : 2);
    return end ? end + 1 : p + 2;
}

void send_report_write_out(const struct send_report *r, const char *template_text,
                           struct kq_out *out, struct kq_out *err_out)
{
    struct kq_out *to = err_out;
    for (const char *p = template_text; *p;) {
        if (p[0] == '%' && p[1] == '{') {
            p = variable(r, p, &to, out, err_out);
        } else if (p[0] == '\\' && p[1]) {
            kq_out_char(to, escaped(p[1]));
            p += 2;
        } else {
            p += p[0] == '%' && p[1] == '%';
            kq_out_char(to, *p++);
        }
    }
}

/* ---- --time and --ping ----------------------------------------------------- */

static void stage(struct kq_out *o, const char *name, int64_t from, int64_t to)
{
    if (to && from)
        kq_out_printf(o, "%s %.3f ms, ", name, (double)(to - from) / 1e6);
}

void send_report_time(const struct send_report *r, struct kq_out *o)
{
    const struct kq_timing *t = &r->timing;
    int64_t linked = t->secured_ns ? t->secured_ns : t->connected_ns;
    stage(o, "resolve", t->start_ns, t->resolved_ns);
    stage(o, "connect", t->resolved_ns ? t->resolved_ns : t->start_ns, t->connected_ns);
    stage(o, "tls", t->connected_ns, t->secured_ns);
    stage(o, "handshake", linked, t->ready_ns);
    stage(o, "send", t->ready_ns, r->sent_ns);
    stage(o, "first byte", r->sent_ns, r->first_byte_ns);
    stage(o, "total", r->start_ns, r->end_ns);
    kq_out_printf(o, "in %llu B, out %llu B", (unsigned long long)r->bytes_in,
                  (unsigned long long)r->bytes_out);
    if (r->zipped)
        kq_out_printf(o, ", compressed %llu B", (unsigned long long)r->zipped);
    kq_out_char(o, '\n');
}

void send_report_pong(const struct send_report *r, struct kq_out *o)
{
    kq_out_printf(o, "pong %.3f ms\n", (double)(r->end_ns - r->start_ns) / 1e6);
}

/* ---- --stats ---------------------------------------------------------------- */

static const struct {
    char name[6];
    float percent;
} marks[] = {{"min", 0}, {"p50", 50}, {"p95", 95}, {"p99", 99}, {"p99.9", 99.9F}, {"max", 100}};

enum { N_MARKS = sizeof marks / sizeof marks[0] };

static double per_second(const struct send_report *r)
{
    double s = since(r, r->end_ns);
    return s > 0 ? (double)r->answers / s : 0;
}

static void text_stats(const struct send_report *r, struct kq_out *o)
{
    kq_out_printf(o, "%llu requests, %llu answers, %llu errors, %llu other messages\n",
                  (unsigned long long)r->requests, (unsigned long long)r->answers,
                  (unsigned long long)r->errors, (unsigned long long)r->others);
    kq_out_printf(o, "%llu bytes in, %llu bytes out, %.3f s, %.0f answers/s\n",
                  (unsigned long long)r->bytes_in, (unsigned long long)r->bytes_out,
                  since(r, r->end_ns), per_second(r));
    if (!r->latency || !r->latency->count)
        return;
    kq_out_printf(o, "latency us: mean %.1f", kq_stats_mean(r->latency) / 1e3);
    for (int i = 0; i < N_MARKS; i++)
        kq_out_printf(o, ", %s %.1f", marks[i].name,
                      (double)kq_stats_percentile(r->latency, (double)marks[i].percent) / 1e3);
    kq_out_char(o, '\n');
}

static void json_stats(const struct send_report *r, struct kq_out *o)
{
    struct kq_json j = kq_json(o);
    char name[KQ_ADDR_TEXT_MAX];
    kq_json_obj_begin(&j);
    kq_json_key_i64(&j, "v", 1);
    kq_json_key(&j, "target");
    kq_json_strz(&j, kq_addr_text(r->target, name, sizeof name));
    for (int f = BYTES_IN; f <= ERRORS; f++) {
        kq_json_key(&j, figure_names[f]);
        kq_json_u64(&j, count(r, (enum figure)f));
    }
    kq_json_key(&j, "others");
    kq_json_u64(&j, r->others);
    kq_json_key(&j, "seconds");
    kq_json_f64(&j, since(r, r->end_ns));
    kq_json_key(&j, "latency_us");
    if (r->latency && r->latency->count) {
        kq_json_obj_begin(&j);
        kq_json_key(&j, "mean");
        kq_json_f64(&j, kq_stats_mean(r->latency) / 1e3);
        for (int i = 0; i < N_MARKS; i++) {
            kq_json_key(&j, marks[i].name);
            kq_json_f64(&j,
                        (double)kq_stats_percentile(r->latency, (double)marks[i].percent) / 1e3);
        }
        kq_json_obj_end(&j);
    } else {
        kq_json_null(&j);
    }
    kq_json_obj_end(&j);
    kq_out_char(o, '\n');
}

void send_report_stats(const struct send_report *r, struct kq_out *o, bool json)
{
    if (json)
        json_stats(r, o);
    else
        text_stats(r, o);
}

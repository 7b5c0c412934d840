/*
 * report.c - collects, then writes the page from top to bottom.
 */
#include "report.h"

#include "base/mem.h"
#include "chart.h"
#include "normq.h"
#include "series.h"
#include "stamp.h"
#include "stats.h"
#include "tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ERRORS_MAX = 200, ROWS = 20, CONNS_MAX = 4096 };

struct dump_report {
    struct dump_stats queries;   /* by query */
    struct dump_stats conns;     /* by connection */
    struct dump_tallies *errors; /* "type" NUL query NUL example of client and user */
    struct dump_series series;
};

struct dump_report *dump_report_new(void)
{
    struct dump_report *r = kq_malloc(sizeof *r);
    dump_stats_init(&r->queries, DUMP_BY_QUERY);
    dump_stats_init(&r->conns, DUMP_BY_CONN);
    r->errors = dump_tallies_new(ERRORS_MAX);
    dump_series_init(&r->series);
    return r;
}

void dump_report_free(struct dump_report *r)
{
    if (!r)
        return;
    dump_stats_release(&r->queries);
    dump_stats_release(&r->conns);
    dump_tallies_free(r->errors);
    free(r);
}

/* ---- collecting ---- */

/* An error of a query is one row: its text, the query's normal form, who asked. */
static void add_error(struct dump_report *r, struct dump_msg *m, struct kq_str error)
{
    struct kq_buf key;
    char what[200];
    struct kq_str query = dump_msg_query(m);
    const struct dump_conn *c = m->conn;
    kq_buf_init(&key, KQ_BUF_NOMAX);
    kq_buf_append(&key, error.s, error.len < 100 ? error.len : 100);
    kq_buf_byte(&key, 0);
    if (query.s) {
        dump_normq(&key, query);
    } else {
        dump_describe(what, sizeof what, query, dump_msg_fn(m), dump_msg_table(m));
        kq_buf_puts(&key, what);
    }
    kq_buf_byte(&key, 0);
    if (c && c->user_len)
        kq_buf_append(&key, c->user, c->user_len);
    struct dump_tally *t = dump_tallies_at(r->errors, kq_str((const char *)key.data, key.len));
    t->count++;
    kq_buf_release(&key);
}

void dump_report_add(struct dump_report *r, struct dump_msg *m)
{
    struct kq_str error = dump_msg_error(m);
    dump_stats_add(&r->queries, m);
    dump_stats_add(&r->conns, m);
    dump_series_add(&r->series, m);
    if (error.s)
        add_error(r, m, error);
}

/* ---- writing ---- */

static void put_escaped(struct kq_out *o, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        switch (c) {
        case '<': kq_out_puts(o, "&lt;"); break;
        case '>': kq_out_puts(o, "&gt;"); break;
        case '&': kq_out_puts(o, "&amp;"); break;
        case '"': kq_out_puts(o, "&quot;"); break;
        default:
            /* Bytes that are not ASCII need not be UTF-8. */
            if (c < 0x20 || c == 0x7f)
                kq_out_char(o, ' ');
            else if (c > 0x7f)
                kq_out_printf(o, "&#%u;", c);
            else
                kq_out_char(o, (char)c);
        }
    }
}

static const char style[] =
    "<style>\n"
    ":root{color-scheme:light dark;--ink:#1b2430;--soft:#667085;--line:#e4e7ec;--back:#f7f8fa;"
    "--card:#fff;--a:#2563eb;--b:#0d9488;--bad:#dc2626;--warm:#f59e0b}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--soft:#98a2b3;--line:#2b3442;"
    "--back:#0f141b;--card:#171e28;--a:#60a5fa;--b:#2dd4bf;--bad:#f87171;--warm:#fbbf24}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:24px;max-width:1080px;background:var(--back);color:var(--ink);"
    "font:15px/1.5 system-ui,sans-serif}\n"
    "h1{font-size:22px;margin:0}h2{font-size:15px;margin:0 0 8px}\n"
    "header p{color:var(--soft);margin:2px 0 18px}\n"
    "section{background:var(--card);border:1px solid var(--line);border-radius:10px;"
    "padding:16px 18px;margin:0 0 16px}\n"
    ".facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:12px}\n"
    ".facts div{background:var(--card);border:1px solid var(--line);border-radius:10px;"
    "padding:10px 14px}\n"
    ".facts b{display:block;font-size:21px;font-weight:600}.facts span{color:var(--soft);"
    "font-size:13px}\n"
    ".facts{margin:0 0 16px}.bad b{color:var(--bad)}\n"
    "svg{width:100%;height:auto;display:block}svg text{font-size:11px;fill:var(--soft)}\n"
    ".mid{text-anchor:middle}.end{text-anchor:end}\n"
    ".grid{stroke:var(--line);stroke-width:1;fill:none}\n"
    ".heat{fill:var(--a)}.bar{fill:var(--a)}\n"
    ".p50,.p99{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}\n"
    ".p50{stroke:var(--b)}.p99{stroke:var(--warm)}\n"
    ".area0{fill:var(--a);fill-opacity:.55}.area1{fill:var(--b);fill-opacity:.45}\n"
    ".error{fill:var(--bad)}\n"
    ".key{color:var(--soft);font-size:13px;float:right;font-weight:400}\n"
    ".key i{display:inline-block;width:10px;height:10px;border-radius:2px;margin:0 4px 0 12px}\n"
    ".scroll{overflow-x:auto}\n"
    "table{border-collapse:collapse;width:100%;font-size:13px}\n"
    "th{text-align:right;font-weight:500;color:var(--soft);padding:4px 8px;white-space:nowrap}\n"
    "td{text-align:right;padding:4px 8px;border-top:1px solid var(--line);white-space:nowrap;"
    "font-variant-numeric:tabular-nums}\n"
    "th:first-child,td:first-child{text-align:left}\n"
    "td.q{font-family:ui-monospace,monospace;font-size:12px;text-align:left;white-space:normal;"
    "overflow-wrap:anywhere;min-width:260px}th.q{text-align:left}\n"
    ".share{display:block;height:3px;border-radius:2px;background:var(--a);margin-top:3px}\n"
    ".none{color:var(--soft);margin:0}\n"
    "</style>\n";

static void put_fact(struct kq_out *o, const char *class, const char *name)
{
    kq_out_printf(o, "</b><span>%s</span></div>\n", name);
    if (class)
        kq_out_printf(o, "<div class=\"%s\"><b>", class);
}

static uint64_t messages(const struct dump_stats *s)
{
    uint64_t n = 0;
    for (int k = 0; k < DUMP_NOTE; k++)
        n += s->kinds[k];
    return n;
}

/* 1234567 as 1,234,567 */
static void put_grouped(struct kq_out *o, uint64_t v)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%llu", (unsigned long long)v);
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            kq_out_char(o, ',');
        kq_out_char(o, text[i]);
    }
}

static void put_facts(const struct dump_report *r, struct kq_out *o)
{
    const struct dump_stats *s = &r->queries;
    size_t conns;
    free(dump_tallies_sorted(r->conns.groups, &conns));
    kq_out_puts(o, "<div class=\"facts\">\n<div><b>");
    put_grouped(o, messages(s));
    put_fact(o, "", "messages");
    dump_put_bytes(o, (double)s->bytes);
    put_fact(o, "", s->wire < s->bytes ? "without compression" : "in them");
    put_grouped(o, conns);
    put_fact(o, "", "connections");
    dump_span_put(o, dump_latency_percentile(&s->latency, 50));
    put_fact(o, "", "median latency");
    dump_span_put(o, dump_latency_percentile(&s->latency, 99));
    put_fact(o, s->errors ? "bad" : "", "99 % answered within");
    put_grouped(o, s->errors);
    put_fact(o, s->unanswered ? "bad" : "", "errors");
    put_grouped(o, s->unanswered);
    put_fact(o, NULL, "without an answer");
    kq_out_puts(o, "</div>\n");
}

static void put_latency_cells(struct kq_out *o, const struct dump_latency *l)
{
    const double p[] = {50, 95, 99};
    for (int i = 0; i < 3; i++) {
        kq_out_puts(o, "<td>");
        dump_span_put(o, dump_latency_percentile(l, p[i]));
        kq_out_puts(o, "</td>");
    }
    kq_out_puts(o, "<td>");
    dump_span_put(o, l->n ? l->max : -1);
    kq_out_puts(o, "</td>");
}

static void put_tally_row(struct kq_out *o, const struct dump_tally *t, double most)
{
    kq_out_puts(o, "<tr><td class=\"q\">");
    put_escaped(o, t->key.s, t->key.len < 300 ? t->key.len : 300);
    if (most > 0 && t->latency.sum > 0)
        kq_out_printf(o, "<span class=\"share\" style=\"width:%.1f%%\"></span>",
                      100 * t->latency.sum / most);
    kq_out_puts(o, "</td><td>");
    put_grouped(o, t->count);
    kq_out_puts(o, "</td><td>");
    put_grouped(o, t->errors);
    kq_out_puts(o, "</td><td>");
    dump_put_bytes(o, (double)t->bytes);
    kq_out_puts(o, "</td><td>");
    dump_span_put(o, t->latency.n ? (int64_t)t->latency.sum : -1);
    kq_out_puts(o, "</td>");
    put_latency_cells(o, &t->latency);
    kq_out_puts(o, "</tr>\n");
}

static void put_tallies(struct kq_out *o, const struct dump_tallies *t, const char *title,
                        const char *first)
{
    size_t n;
    struct dump_tally **all = dump_tallies_sorted(t, &n);
    kq_out_printf(o,
                  "<section><h2>%s</h2><div class=\"scroll\"><table><tr><th class=\"q\">%s</th>"
                  "<th>count</th><th>errors</th><th>bytes</th><th>total time</th><th>p50</th>"
                  "<th>p95</th><th>p99</th><th>max</th></tr>\n",
                  title, first);
    for (size_t i = 0; i < n && i < ROWS; i++)
        put_tally_row(o, all[i], all[0]->latency.sum);
    kq_out_puts(o, "</table></div>\n");
    if (n > ROWS)
        kq_out_printf(o, "<p class=\"none\">and %zu more</p>\n", n - ROWS);
    kq_out_puts(o, "</section>\n");
    free(all);
}

static void put_error_rows(const struct dump_report *r, struct kq_out *o)
{
    size_t n;
    struct dump_tally **all = dump_tallies_sorted(r->errors, &n);
    kq_out_puts(o, "<section><h2>Errors</h2>\n");
    if (!n)
        kq_out_puts(o, "<p class=\"none\">None.</p>\n");
    else
        kq_out_puts(o, "<div class=\"scroll\"><table><tr><th>error</th><th>count</th>"
                       "<th>user</th><th class=\"q\">query</th></tr>\n");
    for (size_t i = 0; i < n && i < ROWS; i++) {
        struct kq_str error, rest, query, user;
        kq_str_cut(all[i]->key, 0, &error, &rest);
        kq_str_cut(rest, 0, &query, &user);
        kq_out_puts(o, "<tr><td>'");
        put_escaped(o, error.s, error.len);
        kq_out_printf(o, "</td><td>%llu</td><td>", (unsigned long long)all[i]->count);
        put_escaped(o, user.s, user.len);
        kq_out_puts(o, "</td><td class=\"q\">");
        put_escaped(o, query.s, query.len < 300 ? query.len : 300);
        kq_out_puts(o, "</td></tr>\n");
    }
    kq_out_puts(o, n ? "</table></div></section>\n" : "</section>\n");
    free(all);
}

static void put_slowest(const struct dump_report *r, struct kq_out *o)
{
    struct dump_stamp stamp;
    dump_stamp_init(&stamp, 0);
    if (!r->queries.n_slow)
        return;
    kq_out_puts(o, "<section><h2>Slowest requests</h2><div class=\"scroll\"><table><tr>"
                   "<th>latency</th><th>asked at</th><th>message</th><th>client</th>"
                   "<th class=\"q\">query</th></tr>\n");
    for (unsigned i = 0; i < r->queries.n_slow; i++) {
        const struct dump_slow *w = &r->queries.slow[i];
        kq_out_puts(o, "<tr><td>");
        dump_span_put(o, w->latency_ns);
        kq_out_puts(o, "</td><td>");
        dump_stamp_put(&stamp, o, w->when_ns);
        kq_out_printf(o, "</td><td>%llu</td><td>", (unsigned long long)w->n);
        put_escaped(o, w->client, strlen(w->client));
        kq_out_puts(o, "</td><td class=\"q\">");
        put_escaped(o, w->what, strlen(w->what));
        kq_out_puts(o, "</td></tr>\n");
    }
    kq_out_puts(o, "</table></div></section>\n");
}

static void put_header(const struct dump_report *r, struct kq_out *o, const char *subject)
{
    const struct dump_stats *s = &r->queries;
    struct dump_stamp stamp;
    dump_stamp_init(&stamp, 0);
    kq_out_puts(o, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                   "<title>kdb+ traffic: ");
    put_escaped(o, subject, strlen(subject));
    kq_out_puts(o, "</title>\n");
    kq_out_puts(o, style);
    kq_out_puts(o, "</head><body>\n<header><h1>kdb+ traffic in ");
    put_escaped(o, subject, strlen(subject));
    kq_out_puts(o, "</h1><p>");
    if (s->first_ns != DUMP_NO_TIME) {
        dump_stamp_put(&stamp, o, s->first_ns);
        kq_out_puts(o, " to ");
        dump_stamp_put(&stamp, o, s->last_ns);
    }
    kq_out_puts(o, "</p></header>\n");
}

void dump_report_write(struct dump_report *r, struct kq_out *o, const char *subject)
{
    put_header(r, o, subject);
    put_facts(r, o);
    kq_out_puts(o, "<section><h2>Latency over time <span class=\"key\"><i style=\"background:"
                   "var(--a)\"></i>requests<i style=\"background:var(--b)\"></i>median"
                   "<i style=\"background:var(--warm)\"></i>99 %</span></h2>\n");
    dump_chart_heat(o, &r->series);
    kq_out_puts(o, "</section>\n<section><h2>How long requests took</h2>\n");
    dump_chart_histogram(o, &r->series);
    kq_out_puts(o, "</section>\n<section><h2>Messages per second <span class=\"key\">"
                   "<i style=\"background:var(--bad)\"></i>errors</span></h2>\n");
    dump_chart_messages(o, &r->series);
    kq_out_puts(o, "</section>\n<section><h2>Bytes per second <span class=\"key\"><i style=\""
                   "background:var(--a)\"></i>to servers<i style=\"background:var(--b)\"></i>"
                   "to clients</span></h2>\n");
    dump_chart_bytes(o, &r->series);
    kq_out_puts(o, "</section>\n");
    put_tallies(o, r->queries.groups, "Queries by total time", "query");
    put_error_rows(r, o);
    put_slowest(r, o);
    put_tallies(o, r->conns.groups, "Connections by total time", "connection");
    kq_out_puts(o, "</body></html>\n");
}

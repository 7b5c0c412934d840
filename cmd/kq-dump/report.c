/*
 * report.c - collects, then writes the page from top to bottom.
 */
#include "report.h"

#include "base/cal.h"
#include "base/mem.h"
#include "chart.h"
#include "findings.h"
#include "normq.h"
#include "page.h"
#include "series.h"
#include "stats.h"
#include "tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ERRORS_MAX = 200, ROWS = 20, QUERY_MAX = 300 };

struct dump_report {
    struct dump_stats queries;   /* by query */
    struct dump_stats conns;     /* by connection */
    struct dump_tallies *errors; /* "type" NUL query NUL example of client and user */
    struct dump_series series;
    uint64_t damaged; /* messages that the capture has not whole */
};

struct dump_report *dump_report_new(void)
{
    struct dump_report *r = kq_calloc(1, sizeof *r);
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
    r->damaged += m->missing != 0;
    if (error.s)
        add_error(r, m, error);
}

/* ---- the head ---- */

static void begin_fact(struct kq_out *o, bool bad)
{
    kq_out_puts(o, bad ? "<div class=\"bad\"><b>" : "<div><b>");
}

static void end_fact(struct kq_out *o, const char *name)
{
    kq_out_printf(o, "</b><span>%s</span></div>\n", name);
}

static void put_count_fact(struct kq_out *o, uint64_t n, bool bad, const char *name)
{
    begin_fact(o, bad);
    dump_page_count(o, n);
    end_fact(o, name);
}

static void put_latency_fact(struct kq_out *o, const struct dump_latency *l, double p,
                             const char *name)
{
    begin_fact(o, false);
    dump_page_span(o, dump_latency_percentile(l, p));
    end_fact(o, name);
}

static uint64_t messages(const struct dump_stats *s)
{
    uint64_t n = 0;
    for (int k = 0; k < DUMP_NOTE; k++)
        n += s->kinds[k];
    return n;
}

/* Files without connections count under one name. */
static size_t connections(const struct dump_report *r)
{
    size_t n;
    struct dump_tally **all = dump_tallies_sorted(r->conns.groups, &n);
    bool none = n == 1 && kq_str_is(all[0]->key, "(none)");
    free(all);
    return none ? 0 : n;
}

static void put_facts(const struct dump_report *r, struct kq_out *o)
{
    const struct dump_stats *s = &r->queries;
    size_t conns = connections(r);
    kq_out_puts(o, "<div class=\"facts\">\n");
    put_count_fact(o, messages(s), false, "messages");
    begin_fact(o, false);
    dump_put_bytes(o, (double)s->wire);
    end_fact(o, s->wire < s->bytes ? "sent, compressed" : "sent");
    put_count_fact(o, s->kinds[DUMP_SYNC], false, "requests");
    put_count_fact(o, conns, false, conns == 1 ? "connection" : "connections");
    put_latency_fact(o, &s->latency, 50, "median latency");
    put_latency_fact(o, &s->latency, 99, "99 % answered within");
    put_count_fact(o, s->errors, s->errors, s->errors == 1 ? "error" : "errors");
    put_count_fact(o, s->unanswered, s->unanswered, "without an answer");
    kq_out_puts(o, "</div>\n");
}

/* 2024-01-02 09:00:01 to 09:59:59 UTC, 59m58s */
static void put_time(const struct dump_stats *s, struct kq_out *o)
{
    char first[KQ_CAL_MAX], last[KQ_CAL_MAX];
    if (s->first_ns == DUMP_NO_TIME)
        return;
    kq_fmt_iso_timestamp(first, kq_cal_from_unix_ns(s->first_ns));
    kq_fmt_iso_timestamp(last, kq_cal_from_unix_ns(s->last_ns));
    bool same_day = memcmp(first, last, 10) == 0;
    kq_out_printf(o, "%.10s %.8s to ", first, first + 11);
    if (!same_day)
        kq_out_printf(o, "%.10s ", last);
    kq_out_printf(o, "%.8s UTC, ", last + 11);
    dump_page_span(o, s->last_ns - s->first_ns);
}

static void put_header(const struct dump_report *r, struct kq_out *o, const char *subject)
{
    kq_out_puts(o, "<header><h1>kdb+ traffic in ");
    dump_page_text(o, subject, strlen(subject));
    kq_out_puts(o, "</h1><p>");
    put_time(&r->queries, o);
    kq_out_puts(o, "</p></header>\n");
}

/* ---- tables ---- */

static void begin_table(struct kq_out *o, const char *title, const char *columns)
{
    kq_out_printf(o,
                  "<section class=\"tall\"><h2>%s</h2><div class=\"scroll\"><table>"
                  "<thead><tr>%s</tr></thead><tbody>\n",
                  title, columns);
}

static void end_table(struct kq_out *o, size_t rows)
{
    kq_out_puts(o, "</tbody></table></div>\n");
    if (rows > ROWS)
        kq_out_printf(o, "<p class=\"none\">and %zu more</p>\n", rows - ROWS);
    kq_out_puts(o, "</section>\n");
}

static void put_span_cell(struct kq_out *o, int64_t ns)
{
    kq_out_puts(o, "<td>");
    dump_page_span(o, ns);
}

static void put_count_cell(struct kq_out *o, uint64_t n)
{
    kq_out_puts(o, "<td>");
    dump_page_count(o, n);
}

static void put_query_cell(struct kq_out *o, const char *s, size_t n)
{
    kq_out_puts(o, "<td class=\"q\"><code>");
    dump_page_text(o, s, n < QUERY_MAX ? n : QUERY_MAX);
    kq_out_puts(o, n > QUERY_MAX ? "..</code>" : "</code>");
}

/* The bar is as long as its share of the time of the first. */
static void put_tally_row(struct kq_out *o, const struct dump_tally *t, double most, double all)
{
    const struct dump_latency *l = &t->latency;
    kq_out_puts(o, "<tr>");
    put_query_cell(o, t->key.s, t->key.len);
    if (most > 0 && l->sum > most / 200)
        kq_out_printf(o, "<span class=\"share\" style=\"width:%.1f%%\"></span>",
                      100 * l->sum / most);
    put_span_cell(o, dump_latency_total(l));
    kq_out_puts(o, "<td>");
    if (l->n)
        dump_page_percent(o, l->sum, all);
    put_count_cell(o, t->count);
    kq_out_puts(o, t->errors ? "<td class=\"some\">" : "<td>");
    dump_page_count(o, t->errors);
    for (int i = 0; i < 3; i++)
        put_span_cell(o, dump_latency_percentile(l, (const double[]){50, 95, 99}[i]));
    put_span_cell(o, l->n ? l->max : -1);
    kq_out_puts(o, "<td>");
    dump_put_bytes(o, (double)t->bytes);
    kq_out_puts(o, "</tr>\n");
}

static void put_tallies(struct kq_out *o, const struct dump_stats *s, const char *title,
                        const char *first)
{
    size_t n;
    char columns[300];
    struct dump_tally **all = dump_tallies_sorted(s->groups, &n);
    snprintf(columns, sizeof columns,
             "<th class=\"q\">%s<th>total time<th>share<th>calls<th>errors<th>median<th>95 %%"
             "<th>99 %%<th>max<th>bytes",
             first);
    begin_table(o, title, columns);
    for (size_t i = 0; i < n && i < ROWS; i++)
        put_tally_row(o, all[i], all[0]->latency.sum, s->latency.sum);
    end_table(o, n);
    free(all);
}

static void put_error_rows(const struct dump_report *r, struct kq_out *o)
{
    size_t n;
    struct dump_tally **all = dump_tallies_sorted(r->errors, &n);
    if (n)
        begin_table(o, "Errors",
                    "<th class=\"l\">error<th>count<th class=\"l\">user<th class=\"q\">query");
    for (size_t i = 0; i < n && i < ROWS; i++) {
        struct kq_str error, rest, query, user;
        kq_str_cut(all[i]->key, 0, &error, &rest);
        kq_str_cut(rest, 0, &query, &user);
        kq_out_puts(o, "<tr><td class=\"l some\">'");
        dump_page_text(o, error.s, error.len);
        put_count_cell(o, all[i]->count);
        kq_out_puts(o, "<td class=\"l\">");
        dump_page_text(o, user.s, user.len);
        put_query_cell(o, query.s, query.len);
        kq_out_puts(o, "</tr>\n");
    }
    if (n)
        end_table(o, n);
    free(all);
}

static void put_slowest(const struct dump_stats *s, struct kq_out *o)
{
    char when[KQ_CAL_MAX];
    if (!s->n_slow)
        return;
    begin_table(o, "Slowest requests",
                "<th class=\"l\">latency<th class=\"l\">asked at<th>message<th "
                "class=\"l\">client<th class=\"q\">query");
    for (unsigned i = 0; i < s->n_slow; i++) {
        const struct dump_slow *w = &s->slow[i];
        kq_out_puts(o, "<tr><td class=\"l\">");
        dump_page_span(o, w->latency_ns);
        kq_fmt_iso_timestamp(when, kq_cal_from_unix_ns(w->when_ns));
        kq_out_printf(o, "<td class=\"l\">%.12s<td>%llu<td class=\"l\">", when + 11,
                      (unsigned long long)w->n);
        dump_page_text(o, w->client, strlen(w->client));
        put_query_cell(o, w->what, strlen(w->what));
        kq_out_puts(o, "</tr>\n");
    }
    end_table(o, s->n_slow);
}

/* ---- charts ---- */

/* `keys`: pairs of a colour and what it stands for. */
static void begin_chart(struct kq_out *o, const char *title, const char *const keys[])
{
    kq_out_printf(o, "<section><h2>%s<small>", title);
    for (size_t i = 0; keys[i]; i += 2)
        kq_out_printf(o, "<i style=\"background:var(--%s)\"></i>%s", keys[i], keys[i + 1]);
    kq_out_puts(o, "</small></h2>\n");
}

static void end_chart(struct kq_out *o)
{
    kq_out_puts(o, "</section>\n");
}

static void put_error_chart(const struct dump_report *r, struct kq_out *o)
{
    static const char *const none[] = {NULL};
    begin_chart(o, "Errors", none);
    if (r->queries.errors)
        dump_chart_errors(o, &r->series);
    else
        kq_out_puts(o, "<p class=\"none\">None.</p>\n");
    end_chart(o);
}

static void put_charts(const struct dump_report *r, struct kq_out *o)
{
    static const char *const latency[] = {"a", "requests", "b", "median", "warm", "99 %", NULL};
    static const char *const sides[] = {"a", "to servers", "b", "to clients", NULL};
    const struct dump_series *s = &r->series;
    begin_chart(o, "Latency over time", latency);
    dump_chart_heat(o, s);
    end_chart(o);
    kq_out_puts(o, "<div class=\"pair\">\n");
    begin_chart(o, "How long requests took", latency);
    dump_chart_histogram(o, s);
    end_chart(o);
    put_error_chart(r, o);
    begin_chart(o, "Messages per second", latency + 6);
    dump_chart_messages(o, s);
    end_chart(o);
    begin_chart(o, "Bytes per second", sides);
    dump_chart_bytes(o, s);
    end_chart(o);
    kq_out_puts(o, "</div>\n");
}

/* Few messages must not be lost in many intervals. */
static unsigned intervals_for(uint64_t n)
{
    enum { FEWEST = 30, EACH = 3 };
    uint64_t wanted = n / EACH;
    return wanted < FEWEST ? FEWEST : wanted < DUMP_SERIES_N ? (unsigned)wanted : DUMP_SERIES_N;
}

void dump_report_write(struct dump_report *r, struct kq_out *o, const char *subject)
{
    dump_series_coarsen(&r->series, intervals_for(messages(&r->queries)));
    dump_page_begin(o, subject);
    put_header(r, o, subject);
    put_facts(r, o);
    dump_findings_put(o, &r->queries, r->errors, &r->series, r->damaged);
    put_charts(r, o);
    put_tallies(o, &r->queries, "Queries by total time", "query");
    put_error_rows(r, o);
    put_slowest(&r->queries, o);
    if (connections(r))
        put_tallies(o, &r->conns, "Connections by total time", "connection");
    dump_page_end(o);
}

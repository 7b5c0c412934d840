/*
 * findings.c - each finding is a sentence of its own that is left out when
 * there is nothing to say.
 */
#include "findings.h"

#include "chart.h"
#include "page.h"

#include <stdlib.h>
#include <string.h>

enum {
    SLOW = 3,      /* times the usual median is slow */
    LEAST = 20,    /* requests in a slow time worth a word */
    HEAVY = 20,    /* percent of the time of all that make a query heavy */
    QUERY_MAX = 90 /* bytes of a query shown */
};

/* ---- slow times ---- */

static uint64_t count_of(const uint32_t bin[DUMP_SERIES_BINS])
{
    uint64_t n = 0;
    for (int b = 0; b < DUMP_SERIES_BINS; b++)
        n += bin[b];
    return n;
}

static void add_bins(uint32_t to[DUMP_SERIES_BINS], const uint32_t from[DUMP_SERIES_BINS])
{
    for (int b = 0; b < DUMP_SERIES_BINS; b++)
        to[b] += from[b];
}

/* The end of the slow time that begins at `start`, where it may pause for an interval; `start`
 * itself when that is not slow. */
static unsigned end_of_run(const struct dump_series *s, unsigned start, double slow_ns)
{
    unsigned end = start;
    for (unsigned i = start; i < s->n && (i == start || end > start) && i <= end + 1; i++) {
        if (dump_series_percentile(s->at[i].bin, 50) >= slow_ns)
            end = i + 1;
    }
    return end;
}

/* The run's median, and that of everything else. */
static void compare(const struct dump_series *s, struct dump_slow_time *t)
{
    uint32_t in[DUMP_SERIES_BINS] = {0}, out[DUMP_SERIES_BINS] = {0};
    for (unsigned i = 0; i < s->n; i++)
        add_bins(i >= t->from && i < t->to ? in : out, s->at[i].bin);
    t->median_ns = dump_series_percentile(in, 50);
    t->otherwise_ns = dump_series_percentile(out, 50);
}

bool dump_find_slow_time(const struct dump_series *s, struct dump_slow_time *t)
{
    uint32_t all[DUMP_SERIES_BINS] = {0};
    uint64_t most = LEAST - 1;
    for (unsigned i = 0; i < s->n; i++)
        add_bins(all, s->at[i].bin);
    double slow_ns = SLOW * dump_series_percentile(all, 50);
    *t = (struct dump_slow_time){0};
    for (unsigned i = 0, end; slow_ns > 0 && i<s->n; i = end> i ? end : i + 1) {
        uint64_t n = 0;
        end = end_of_run(s, i, slow_ns);
        for (unsigned k = i; k < end; k++)
            n += count_of(s->at[k].bin);
        if (n > most) {
            most = n;
            t->from = i;
            t->to = end;
        }
    }
    if (t->from == t->to)
        return false;
    compare(s, t);
    return t->otherwise_ns > 0 && t->median_ns >= SLOW * t->otherwise_ns;
}

static bool put_slow_time(struct kq_out *o, const struct dump_series *s)
{
    struct dump_slow_time t;
    if (!dump_find_slow_time(s, &t))
        return false;
    int64_t minute = INT64_C(60000000000), step = s->width_ns < minute ? minute / 60 : minute;
    int64_t end_ns = s->start_ns + t.to * s->width_ns;
    kq_out_puts(o, "<li><b>Slow from ");
    dump_chart_clock(o, s->start_ns + t.from * s->width_ns, step);
    kq_out_puts(o, " to ");
    dump_chart_clock(o, end_ns < s->last_ns ? end_ns : s->last_ns, step);
    kq_out_puts(o, "</b>: the median request took ");
    dump_page_span(o, (int64_t)t.median_ns);
    kq_out_puts(o, ", at other times ");
    dump_page_span(o, (int64_t)t.otherwise_ns);
    kq_out_puts(o, ".</li>\n");
    return true;
}

/* ---- queries and errors ---- */

static void put_code(struct kq_out *o, struct kq_str s)
{
    kq_out_puts(o, "<code>");
    dump_page_text(o, s.s, s.len < QUERY_MAX ? s.len : QUERY_MAX);
    kq_out_puts(o, s.len > QUERY_MAX ? "..</code>" : "</code>");
}

static bool put_heavy(struct kq_out *o, const struct dump_stats *q)
{
    size_t n;
    struct dump_tally **all = dump_tallies_sorted(q->groups, &n);
    const struct dump_tally *t = n ? all[0] : NULL;
    bool heavy = n > 1 && t->latency.sum > q->latency.sum * HEAVY / 100;
    if (heavy) {
        kq_out_puts(o, "<li><b>");
        dump_page_percent(o, t->latency.sum, q->latency.sum);
        kq_out_puts(o, " of the time</b> went into ");
        dump_page_count(o, t->latency.n);
        kq_out_puts(o, t->latency.n == 1 ? " call of " : " calls of ");
        put_code(o, t->key);
        kq_out_puts(o, ".</li>\n");
    }
    free(all);
    return heavy;
}

static bool put_errors(struct kq_out *o, const struct dump_stats *q,
                       const struct dump_tallies *errors)
{
    size_t n;
    struct dump_tally **all = dump_tallies_sorted(errors, &n);
    if (n) {
        struct kq_str error, rest, query, user;
        kq_str_cut(all[0]->key, 0, &error, &rest);
        kq_str_cut(rest, 0, &query, &user);
        kq_out_puts(o, "<li><b>");
        dump_page_count(o, q->errors);
        kq_out_puts(o,
                    q->errors == 1 ? " request failed</b>: " : " requests failed</b>, most often ");
        put_code(o, error);
        kq_out_puts(o, " from ");
        put_code(o, query);
        if (user.len) {
            kq_out_puts(o, " of ");
            dump_page_text(o, user.s, user.len < QUERY_MAX ? user.len : QUERY_MAX);
        }
        kq_out_puts(o, ".</li>\n");
    }
    free(all);
    return n > 0;
}

static bool put_counted(struct kq_out *o, uint64_t n, const char *one, const char *many)
{
    if (!n)
        return false;
    kq_out_puts(o, "<li><b>");
    dump_page_count(o, n);
    kq_out_puts(o, n == 1 ? one : many);
    kq_out_puts(o, "</li>\n");
    return true;
}

void dump_findings_put(struct kq_out *o, const struct dump_stats *queries,
                       const struct dump_tallies *errors, const struct dump_series *s,
                       uint64_t damaged)
{
    kq_out_puts(o, "<section class=\"findings\"><h2>What stands out</h2>\n<ul>\n");
    bool any = put_slow_time(o, s);
    any |= put_heavy(o, queries);
    any |= put_errors(o, queries, errors);
    any |= put_counted(o, queries->unanswered, " request</b> has no answer in this capture.",
                       " requests</b> have no answer in this capture.");
    any |= put_counted(o, damaged, " message</b> was not captured whole.",
                       " messages</b> were not captured whole: figures may be too low.");
    if (!any)
        kq_out_puts(o, "<li>No errors, no slow time, nothing without an answer.</li>\n");
    kq_out_puts(o, "</ul></section>\n");
}

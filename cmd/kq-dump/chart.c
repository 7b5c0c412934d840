/*
 * chart.c - each chart maps its numbers into a frame and draws axes with round
 * labels around it.
 *
 * What has a shape for every interval (cells of the heat map, bars, places for
 * the pointer) is drawn in units of intervals and scaled by a transformation,
 * which keeps the page small.
 */
#include "chart.h"

#include "base/cal.h"
#include "page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A drawing area in SVG units, with margins for the labels. */
struct frame {
    const char *class;
    int w, h, left, right, top, bottom;
    int ticks; /* at most so many fit below */
};

static const struct frame wide = {"wide", 1040, 280, 56, 10, 8, 26, 10};
static const struct frame narrow = {"narrow", 480, 260, 62, 10, 8, 26, 5};
static const struct frame half = {"half", 480, 220, 62, 10, 8, 26, 5};

#define NS_PER_SECOND INT64_C(1000000000)

static void open_svg(struct kq_out *o, const struct frame *f, const char *label)
{
    kq_out_printf(o, "<svg class=\"%s\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n",
                  f->class, f->w, f->h, label);
}

static void close_svg(struct kq_out *o)
{
    kq_out_puts(o, "</svg>\n");
}

static void put_nothing(struct kq_out *o, const char *text)
{
    kq_out_printf(o, "<p class=\"none\">%s</p>\n", text);
}

/* ---- places in a frame ---- */

static int inner_w(const struct frame *f)
{
    return f->w - f->left - f->right;
}

static int inner_h(const struct frame *f)
{
    return f->h - f->top - f->bottom;
}

/* `share` 0 at the left, 1 at the right. */
static double x_of(const struct frame *f, double share)
{
    return f->left + inner_w(f) * share;
}

/* `share` 0 at the bottom, 1 at the top. */
static double y_of(const struct frame *f, double share)
{
    return f->top + inner_h(f) * (1 - share);
}

/* From here on `columns` by `rows` units fill the frame, counted from the lower left. */
static void open_grid(struct kq_out *o, const struct frame *f, const char *class, double columns,
                      double rows)
{
    kq_out_printf(o, "<g class=\"%s\" transform=\"translate(%d %d) scale(%.6g %.6g)\">", class,
                  f->left, f->h - f->bottom, inner_w(f) / columns, -inner_h(f) / rows);
}

/* ---- axes ---- */

static void put_level(struct kq_out *o, const struct frame *f, double share)
{
    kq_out_printf(
        o, "<path class=\"grid\" d=\"M%d %.1fh%d\"/><text class=\"end\" x=\"%d\" y=\"%.1f\">",
        f->left, y_of(f, share), inner_w(f), f->left - 7, y_of(f, share) + 4);
}

static void put_upright(struct kq_out *o, const struct frame *f, double share, bool label)
{
    double x = x_of(f, share);
    kq_out_printf(o, "<path class=\"grid\" d=\"M%.1f %dv%d\"/>", x, f->top, inner_h(f));
    if (label)
        kq_out_printf(o, "<text class=\"mid\" x=\"%.1f\" y=\"%d\">", x, f->h - 8);
}

static void end_label(struct kq_out *o)
{
    kq_out_puts(o, "</text>\n");
}

/* Steps that clocks and calendars go in. */
static int64_t time_step(int64_t span_ns, int ticks)
{
    static const int64_t seconds[] = {1,   2,   5,    10,   15,   30,    60,    120,   300,
                                      600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400};
    int64_t step = 1000;
    for (int i = 0; step < NS_PER_SECOND && span_ns / step >= ticks; i++)
        step = step / (i % 3 == 1 ? 2 : 1) * (i % 3 == 1 ? 5 : 2);
    for (size_t i = 0; step >= NS_PER_SECOND && i < sizeof seconds / sizeof *seconds; i++) {
        step = seconds[i] * NS_PER_SECOND;
        if (span_ns / step < ticks)
            return step;
    }
    while (span_ns / step >= ticks)
        step *= 2;
    return step;
}

void dump_chart_clock(struct kq_out *o, int64_t when_ns, int64_t step)
{
    char text[KQ_CAL_MAX];
    int64_t day = 86400 * NS_PER_SECOND;
    kq_fmt_iso_timestamp(text, kq_cal_from_unix_ns(when_ns));
    /* 2024-01-02T03:04:05.123456789: the part that changes. */
    if (step >= day || (step >= 60 * NS_PER_SECOND && when_ns % day == 0))
        kq_out_write(o, text + 5, 5);
    else if (step >= 60 * NS_PER_SECOND)
        kq_out_write(o, text + 11, 5);
    else if (step >= NS_PER_SECOND)
        kq_out_write(o, text + 11, 8);
    else
        kq_out_write(o, text + 14, step >= 1000000 ? 9 : 12);
}

static void put_time_axis(struct kq_out *o, const struct frame *f, const struct dump_series *s)
{
    int64_t span = s->width_ns * s->n, step = time_step(span, f->ticks);
    int64_t t = s->start_ns - s->start_ns % step;
    for (; t < s->start_ns + span; t += step) {
        double share = (double)(t - s->start_ns) / (double)span;
        /* A label must not stick out of the frame. */
        bool label = share > 0.02 && share < 0.965;
        if (share >= 0)
            put_upright(o, f, share, label);
        if (share >= 0 && label) {
            dump_chart_clock(o, t, step);
            end_label(o);
        }
    }
}

/* The least of 1, 2 and 5 times a power of ten that is not below v. */
static double round_up(double v)
{
    double p = pow(10, floor(log10(v)));
    return v <= p ? p : v <= 2 * p ? 2 * p : v <= 5 * p ? 5 * p : 10 * p;
}

/* "0", "2.5k", "1M"; of bytes "2.5 kB". */
static void put_amount(struct kq_out *o, double v, bool bytes)
{
    static const char units[][2] = {"", "k", "M", "G", "T"};
    size_t u = 0;
    while (v >= 1000 && u + 1 < sizeof units / sizeof *units) {
        v /= 1000;
        u++;
    }
    kq_out_printf(o, bytes && v > 0 ? "%.4g\302\240%sB" : "%.4g%s", v, units[u]);
}

/* A scale with room for `most`, at least `least` between its lines; returns its top. */
static double put_amount_axis(struct kq_out *o, const struct frame *f, double most, double least,
                              bool bytes)
{
    double step = most > 0 ? round_up(most / 4) : least;
    if (step < least)
        step = least;
    int n = most > 0 ? (int)ceil(most / step) : 1;
    for (int i = 0; i <= n; i++) {
        put_level(o, f, (double)i / n);
        put_amount(o, i * step, bytes);
        end_label(o);
    }
    return n * step;
}

/* ---- latencies ---- */

/* The bins that have latencies, with a margin. */
struct range {
    int lo, hi;
    uint32_t most;    /* in one interval and bin */
    uint64_t highest; /* of sum */
    uint32_t sum[DUMP_SERIES_BINS];
};

static bool find_range(const struct dump_series *s, struct range *r)
{
    *r = (struct range){.lo = DUMP_SERIES_BINS, .hi = -1};
    for (unsigned i = 0; i < s->n; i++) {
        for (int b = 0; b < DUMP_SERIES_BINS; b++) {
            uint32_t v = s->at[i].bin[b];
            r->sum[b] += v;
            if (v > r->most)
                r->most = v;
            if (r->sum[b] > r->highest)
                r->highest = r->sum[b];
            if (v && b < r->lo)
                r->lo = b;
            if (v && b > r->hi)
                r->hi = b;
        }
    }
    if (r->hi < 0)
        return false;
    r->lo = r->lo > 3 ? r->lo - 3 : 0;
    r->hi = r->hi + 4 < DUMP_SERIES_BINS ? r->hi + 4 : DUMP_SERIES_BINS;
    return true;
}

/* Where a latency lies in the range, on a logarithmic scale. */
static double share_of(const struct range *r, double ns)
{
    return (4 * log2(ns > 1 ? ns : 1) - r->lo) / (r->hi - r->lo);
}

/* Powers of ten that lie in the range, as texts like "1 ms". */
static void put_latency_axis(struct kq_out *o, const struct frame *f, const struct range *r,
                             bool upright)
{
    static const char *const units[] = {"ns", "\302\265s", "ms", "s", "ks"};
    int digits = 0;
    for (double ns = 1; ns < 1e14; ns *= 10, digits++) {
        double share = share_of(r, ns);
        if (share < 0 || share > 1)
            continue;
        if (upright)
            put_level(o, f, share);
        else
            put_upright(o, f, share, true);
        static const int mantissa[] = {1, 10, 100};
        kq_out_printf(o, "%d\302\240%s", mantissa[digits % 3], units[digits / 3]);
        end_label(o);
    }
}

enum { SHADES = 6 };

/* A single slow request must be seen beside thousands of fast ones. */
static int shade_of(const struct range *r, uint32_t v)
{
    return v ? 1 + (int)((SHADES - 1) * log1p(v - 1) / log1p(r->most)) : 0;
}

static void put_shade(struct kq_out *o, const struct dump_series *s, const struct range *r,
                      int shade)
{
    kq_out_printf(o, "<path fill-opacity=\"%.2f\" d=\"", 0.28 + 0.72 * (shade - 1) / (SHADES - 1));
    for (unsigned i = 0; i < s->n; i++) {
        const uint32_t *bin = s->at[i].bin;
        for (int b = r->lo, n; b < r->hi; b += n ? n : 1) {
            for (n = 0; b + n < r->hi && shade_of(r, bin[b + n]) == shade;)
                n++;
            if (n)
                kq_out_printf(o, "M%u %dv%dh1v-%dz", i, b - r->lo, n, n);
        }
    }
    kq_out_puts(o, "\"/>\n");
}

static void put_percentile(struct kq_out *o, const struct frame *f, const struct dump_series *s,
                           const struct range *r, double p, const char *class)
{
    bool pen = false;
    kq_out_printf(o, "<path class=\"%s\" d=\"", class);
    for (unsigned i = 0; i < s->n; i++) {
        double ns = dump_series_percentile(s->at[i].bin, p);
        if (ns >= 0)
            kq_out_printf(o, "%c%.1f %.1f%s", pen ? 'L' : 'M', x_of(f, (i + 0.5) / s->n),
                          y_of(f, share_of(r, ns)), pen ? "" : "h.1");
        pen = ns >= 0;
    }
    kq_out_puts(o, "\"/>\n");
}

/* ---- what an interval says ---- */

typedef void say_fn(struct kq_out *o, const struct dump_interval *v, double seconds);

static void say_latency(struct kq_out *o, const struct dump_interval *v, double seconds)
{
    uint64_t n = 0;
    (void)seconds;
    for (int b = 0; b < DUMP_SERIES_BINS; b++)
        n += v->bin[b];
    kq_out_printf(o, "%llu answered", (unsigned long long)n);
    if (!n)
        return;
    kq_out_puts(o, ", median ");
    dump_page_span(o, (int64_t)dump_series_percentile(v->bin, 50));
    kq_out_puts(o, ", 99 % within ");
    dump_page_span(o, (int64_t)dump_series_percentile(v->bin, 99));
}

static void say_messages(struct kq_out *o, const struct dump_interval *v, double seconds)
{
    kq_out_printf(o, "%.3g messages/s", (double)v->messages / seconds);
}

static void say_bytes(struct kq_out *o, const struct dump_interval *v, double seconds)
{
    put_amount(o, round((double)v->bytes[0] / seconds), true);
    kq_out_puts(o, "/s to servers, ");
    put_amount(o, round((double)v->bytes[1] / seconds), true);
    kq_out_puts(o, "/s to clients");
}

static void say_errors(struct kq_out *o, const struct dump_interval *v, double seconds)
{
    (void)seconds;
    kq_out_printf(o, "%llu errors", (unsigned long long)v->errors);
}

/* An invisible bar for each interval, with its words. */
static void put_hits(struct kq_out *o, const struct frame *f, const struct dump_series *s,
                     say_fn *say)
{
    int64_t step = s->width_ns < NS_PER_SECOND ? 1 : NS_PER_SECOND;
    open_grid(o, f, "hit", s->n, 1);
    for (unsigned i = 0; i < s->n; i++) {
        kq_out_printf(o, "<path d=\"M%u 0v1h1v-1z\"><title>", i);
        dump_chart_clock(o, s->start_ns + i * s->width_ns, step);
        kq_out_puts(o, ": ");
        say(o, &s->at[i], (double)s->width_ns / 1e9);
        kq_out_puts(o, "</title></path>\n");
    }
    kq_out_puts(o, "</g>\n");
}

/* ---- charts of latencies ---- */

static void put_heat(struct kq_out *o, const struct frame *f, const struct dump_series *s,
                     const struct range *r)
{
    open_svg(o, f, "latency over time");
    put_time_axis(o, f, s);
    put_latency_axis(o, f, r, true);
    open_grid(o, f, "heat", s->n, r->hi - r->lo);
    for (int shade = 1; shade <= SHADES; shade++)
        put_shade(o, s, r, shade);
    kq_out_puts(o, "</g>\n");
    put_percentile(o, f, s, r, 99, "p99");
    put_percentile(o, f, s, r, 50, "p50");
    put_hits(o, f, s, say_latency);
    close_svg(o);
}

static const char unpaired[] = "No response was seen together with its request.";

void dump_chart_heat(struct kq_out *o, const struct dump_series *s)
{
    struct range r;
    if (!find_range(s, &r)) {
        put_nothing(o, unpaired);
        return;
    }
    put_heat(o, &wide, s, &r);
    put_heat(o, &narrow, s, &r);
}

static void put_bar(struct kq_out *o, const struct range *r, int b, double least)
{
    double h = r->sum[b] > least ? r->sum[b] : least;
    kq_out_printf(o, "<path d=\"M%d.06 0v%.4gh.88v-%.4gz\"><title>", b - r->lo, h, h);
    dump_page_span(o, (int64_t)dump_series_floor(b));
    kq_out_puts(o, " to ");
    dump_page_span(o, (int64_t)dump_series_floor(b + 1));
    kq_out_printf(o, ": %u</title></path>\n", r->sum[b]);
}

static void put_mark(struct kq_out *o, const struct frame *f, const struct range *r, double p,
                     const char *class)
{
    double share = share_of(r, dump_series_percentile(r->sum, p));
    kq_out_printf(o, "<path class=\"%s mark\" d=\"M%.1f %dv%d\"/>\n", class, x_of(f, share), f->top,
                  inner_h(f));
}

void dump_chart_histogram(struct kq_out *o, const struct dump_series *s)
{
    struct range r;
    if (!find_range(s, &r)) {
        put_nothing(o, unpaired);
        return;
    }
    open_svg(o, &half, "distribution of latencies");
    put_latency_axis(o, &half, &r, false);
    double top = put_amount_axis(o, &half, (double)r.highest, 1, false);
    open_grid(o, &half, "bar", r.hi - r.lo, top);
    for (int b = r.lo; b < r.hi; b++) {
        if (r.sum[b])
            put_bar(o, &r, b, top / 120);
    }
    kq_out_puts(o, "</g>\n");
    put_mark(o, &half, &r, 50, "p50");
    put_mark(o, &half, &r, 99, "p99");
    close_svg(o);
}

/* ---- charts of traffic ---- */

/* What a chart shows of an interval. */
typedef double value_fn(const struct dump_interval *v, double seconds);

static double messages_of(const struct dump_interval *v, double seconds)
{
    return (double)v->messages / seconds;
}

static double to_server_of(const struct dump_interval *v, double seconds)
{
    return (double)v->bytes[0] / seconds;
}

static double to_client_of(const struct dump_interval *v, double seconds)
{
    return (double)v->bytes[1] / seconds;
}

static double errors_of(const struct dump_interval *v, double seconds)
{
    (void)seconds;
    return (double)v->errors;
}

/* An interval that is not over yet must not look like an end of traffic. */
static double seconds_of(const struct dump_series *s, unsigned i)
{
    int64_t width = s->width_ns, used = s->last_ns - (s->start_ns + i * width);
    return (double)(i + 1 == s->n && used > width / 8 && used < width ? used : width) / 1e9;
}

static double most_of(const struct dump_series *s, value_fn *value)
{
    double most = 0;
    for (unsigned i = 0; i < s->n; i++) {
        double v = value(&s->at[i], seconds_of(s, i));
        most = v > most ? v : most;
    }
    return most;
}

static void put_area(struct kq_out *o, const struct frame *f, const struct dump_series *s,
                     value_fn *value, double top, const char *class)
{
    open_grid(o, f, class, s->n, top);
    kq_out_puts(o, "<path d=\"M0 0");
    for (unsigned i = 0; i < s->n; i++)
        kq_out_printf(o, "V%.4gH%u", value(&s->at[i], seconds_of(s, i)), i + 1);
    kq_out_puts(o, "V0z\"/></g>\n");
}

/* One of them, or the same without a second value. */
static void put_traffic(struct kq_out *o, const struct dump_series *s, const char *label,
                        value_fn *value, value_fn *behind, say_fn *say)
{
    if (!s->n) {
        put_nothing(o, "No times are known.");
        return;
    }
    double most = most_of(s, value), other = behind ? most_of(s, behind) : 0;
    bool bytes = behind, counts = value == errors_of;
    open_svg(o, &half, label);
    put_time_axis(o, &half, s);
    double top = put_amount_axis(o, &half, most > other ? most : other, counts ? 1 : 0.001, bytes);
    if (behind)
        put_area(o, &half, s, behind, top, "area1");
    put_area(o, &half, s, value, top, counts ? "area2" : "area0");
    put_hits(o, &half, s, say);
    close_svg(o);
}

void dump_chart_messages(struct kq_out *o, const struct dump_series *s)
{
    put_traffic(o, s, "messages per second", messages_of, NULL, say_messages);
}

void dump_chart_bytes(struct kq_out *o, const struct dump_series *s)
{
    put_traffic(o, s, "bytes per second", to_server_of, to_client_of, say_bytes);
}

void dump_chart_errors(struct kq_out *o, const struct dump_series *s)
{
    put_traffic(o, s, "errors over time", errors_of, NULL, say_errors);
}

/*
 * chart.c - each chart maps its numbers into the same frame and draws axes
 * with round labels around it.
 */
#include "chart.h"

#include "base/cal.h"
#include "stamp.h"
#include "stats.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The drawing area in SVG units, labels around it. */
enum { WIDTH = 960, HEIGHT = 240, LEFT = 70, RIGHT = 12, TOP = 10, BOTTOM = 28 };
enum { INNER_W = WIDTH - LEFT - RIGHT, INNER_H = HEIGHT - TOP - BOTTOM };

static void open_svg(struct kq_out *o, const char *label)
{
    kq_out_printf(o, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n", WIDTH, HEIGHT,
                  label);
}

static double x_of(const struct dump_series *s, double i)
{
    return LEFT + INNER_W * i / (s->n ? s->n : 1);
}

/* `share` 0 at the bottom, 1 at the top. */
static double y_of(double share)
{
    return TOP + INNER_H * (1 - share);
}

static void put_line(struct kq_out *o, double x1, double y1, double x2, double y2)
{
    kq_out_printf(o, "<path class=\"grid\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", x1, y1, x2, y2);
}

/* ---- axes ---- */

/* Ticks of 1, 2 or 5 times a power of ten (or of seconds and minutes). */
static int64_t time_step(int64_t span_ns)
{
    static const int64_t steps[] = {1000000,        5000000,       10000000,      50000000,
                                    100000000,      500000000,     1000000000,    5000000000,
                                    10000000000,    30000000000,   60000000000,   300000000000,
                                    600000000000,   1800000000000, 3600000000000, 10800000000000,
                                    21600000000000, 86400000000000};
    size_t i = 0, n = sizeof steps / sizeof *steps;
    while (i + 1 < n && span_ns / steps[i] > 8)
        i++;
    int64_t step = steps[i];
    while (span_ns / step > 8)
        step *= 2;
    return step;
}

static void put_clock(struct kq_out *o, int64_t when_ns, int64_t step)
{
    char text[KQ_CAL_MAX];
    size_t n = kq_fmt_iso_timestamp(text, kq_cal_from_unix_ns(when_ns));
    /* 2024-01-02T03:04:05.123456789: the part that changes between ticks. */
    if (step >= INT64_C(86400000000000))
        kq_out_write(o, text, 10);
    else
        kq_out_write(o, text + 11, step >= INT64_C(1000000000) ? 8 : n > 23 ? 12 : n - 11);
}

static void put_time_axis(struct kq_out *o, const struct dump_series *s)
{
    int64_t span = s->width_ns * (s->n ? s->n : 1), step = time_step(span);
    int64_t first = s->start_ns - (s->start_ns % step) + step;
    for (int64_t t = first; t < s->start_ns + span; t += step) {
        double x = x_of(s, (double)(t - s->start_ns) / (double)s->width_ns);
        put_line(o, x, TOP, x, TOP + INNER_H);
        if (x > WIDTH - RIGHT - 35)
            continue;
        kq_out_printf(o, "<text x=\"%.1f\" y=\"%d\" class=\"mid\">", x, HEIGHT - 8);
        put_clock(o, t, step);
        kq_out_puts(o, "</text>\n");
    }
}

/* A round number not below v: 1, 2 or 5 times a power of ten. */
static double round_up(double v)
{
    double p = pow(10, floor(log10(v > 0 ? v : 1)));
    return v <= p ? p : v <= 2 * p ? 2 * p : v <= 5 * p ? 5 * p : 10 * p;
}

static void put_amount(struct kq_out *o, double v, bool bytes)
{
    if (bytes) {
        dump_put_bytes(o, v);
        kq_out_puts(o, "/s");
    } else {
        kq_out_printf(o, v < 10 ? "%.3g/s" : v < 1e4 ? "%.0f/s" : "%.0fk/s", v < 1e4 ? v : v / 1e3);
    }
}

static void put_amount_axis(struct kq_out *o, double top, bool bytes)
{
    for (int i = 0; i <= 4; i++) {
        double y = y_of(i / 4.0);
        put_line(o, LEFT, y, LEFT + INNER_W, y);
        kq_out_printf(o, "<text x=\"%d\" y=\"%.1f\" class=\"end\">", LEFT - 6, y + 4);
        put_amount(o, top * i / 4, bytes);
        kq_out_puts(o, "</text>\n");
    }
}

/* The bins that have latencies, with a margin. */
struct range {
    int lo, hi;
    uint32_t most; /* in one interval and bin */
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

static double share_of_bin(const struct range *r, double bin)
{
    return (bin - r->lo) / (r->hi - r->lo);
}

/* Where a latency lies in the range, on a logarithmic scale. */
static double share_of(const struct range *r, double ns)
{
    return share_of_bin(r, 4 * log2(ns));
}

/* Powers of ten that lie in the range, as texts like "1ms". */
static void put_latency_ticks(struct kq_out *o, const struct range *r, bool upright)
{
    for (double ns = 1; ns < 1e13; ns *= 10) {
        double share = share_of(r, ns);
        if (share < 0 || share > 1)
            continue;
        double x = LEFT + INNER_W * share, y = y_of(share);
        if (upright) {
            put_line(o, LEFT, y, LEFT + INNER_W, y);
            kq_out_printf(o, "<text x=\"%d\" y=\"%.1f\" class=\"end\">", LEFT - 6, y + 4);
        } else {
            put_line(o, x, TOP, x, TOP + INNER_H);
            kq_out_printf(o, "<text x=\"%.1f\" y=\"%d\" class=\"mid\">", x, HEIGHT - 8);
        }
        if (ns < 1e6)
            kq_out_printf(o, "%g\302\265s", ns / 1e3);
        else if (ns < 1e9)
            kq_out_printf(o, "%gms", ns / 1e6);
        else
            kq_out_printf(o, "%gs", ns / 1e9);
        kq_out_puts(o, "</text>\n");
    }
}

/* ---- latency ---- */

static void put_cells(struct kq_out *o, const struct dump_series *s, const struct range *r)
{
    double w = (double)INNER_W / s->n;
    for (unsigned i = 0; i < s->n; i++) {
        for (int b = r->lo; b < r->hi; b++) {
            uint32_t v = s->at[i].bin[b];
            if (!v)
                continue;
            /* A single slow request must be seen beside thousands of fast ones. */
            double top = y_of(share_of_bin(r, b + 1)), bottom = y_of(share_of_bin(r, b));
            double ink = 0.25 + 0.75 * log1p(v) / log1p(r->most);
            kq_out_printf(o,
                          "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.2f\" height=\"%.2f\" "
                          "fill-opacity=\"%.2f\"/>\n",
                          x_of(s, i), top, w > 3 ? w - 0.5 : w + 0.1, bottom - top - 0.3, ink);
        }
    }
}

static void put_percentile(struct kq_out *o, const struct dump_series *s, const struct range *r,
                           double p, const char *class)
{
    bool pen = false;
    kq_out_printf(o, "<path class=\"%s\" d=\"", class);
    for (unsigned i = 0; i < s->n; i++) {
        double ns = dump_series_percentile(s->at[i].bin, p);
        if (ns < 0) {
            pen = false;
            continue;
        }
        kq_out_printf(o, "%c%.1f %.1f", pen ? 'L' : 'M', x_of(s, i + 0.5), y_of(share_of(r, ns)));
        if (!pen)
            kq_out_puts(o, "h0.1");
        pen = true;
    }
    kq_out_puts(o, "\"/>\n");
}

static void put_nothing(struct kq_out *o, const char *text)
{
    kq_out_printf(o, "<p class=\"none\">%s</p>\n", text);
}

void dump_chart_heat(struct kq_out *o, const struct dump_series *s)
{
    struct range r;
    if (!find_range(s, &r)) {
        put_nothing(o, "No response was seen together with its request.");
        return;
    }
    open_svg(o, "latency over time");
    put_time_axis(o, s);
    put_latency_ticks(o, &r, true);
    kq_out_puts(o, "<g class=\"heat\">\n");
    put_cells(o, s, &r);
    kq_out_puts(o, "</g>\n");
    put_percentile(o, s, &r, 50, "p50");
    put_percentile(o, s, &r, 99, "p99");
    kq_out_puts(o, "</svg>\n");
}

static void put_bar(struct kq_out *o, const struct range *r, int b, double h)
{
    double x = LEFT + INNER_W * share_of_bin(r, b), end = LEFT + INNER_W * share_of_bin(r, b + 1);
    kq_out_printf(o,
                  "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">"
                  "<title>",
                  x, TOP + INNER_H - h, end - x - 1, h);
    dump_span_put(o, (int64_t)dump_series_floor(b));
    kq_out_puts(o, " to ");
    dump_span_put(o, (int64_t)dump_series_floor(b + 1));
    kq_out_printf(o, ": %u</title></rect>\n", r->sum[b]);
}

static void put_count_axis(struct kq_out *o, double top)
{
    for (int i = 0; i <= 4; i++) {
        double y = y_of(i / 4.0);
        put_line(o, LEFT, y, LEFT + INNER_W, y);
        kq_out_printf(o, "<text x=\"%d\" y=\"%.1f\" class=\"end\">%g</text>\n", LEFT - 6, y + 4,
                      top * i / 4);
    }
}

void dump_chart_histogram(struct kq_out *o, const struct dump_series *s)
{
    struct range r;
    uint32_t most = 0;
    if (!find_range(s, &r)) {
        put_nothing(o, "No response was seen together with its request.");
        return;
    }
    for (int b = r.lo; b < r.hi; b++)
        most = r.sum[b] > most ? r.sum[b] : most;
    double top = most < 4 ? 4 : round_up(most);
    open_svg(o, "latencies");
    put_count_axis(o, top);
    put_latency_ticks(o, &r, false);
    for (int b = r.lo; b < r.hi; b++) {
        double h = INNER_H * (double)r.sum[b] / top;
        if (r.sum[b])
            put_bar(o, &r, b, h < 1.5 ? 1.5 : h);
    }
    kq_out_puts(o, "</svg>\n");
}

/* ---- traffic ---- */

/* Per second, of what `value` gives for an interval. */
typedef double value_of(const struct dump_interval *v);

static double messages_of(const struct dump_interval *v)
{
    return (double)v->messages;
}

static double to_server_of(const struct dump_interval *v)
{
    return (double)v->bytes[0];
}

static double to_client_of(const struct dump_interval *v)
{
    return (double)v->bytes[1];
}

static double most_of(const struct dump_series *s, value_of *value)
{
    double most = 0;
    for (unsigned i = 0; i < s->n; i++) {
        double v = value(&s->at[i]) * 1e9 / (double)s->width_ns;
        most = v > most ? v : most;
    }
    return most;
}

static void put_area(struct kq_out *o, const struct dump_series *s, value_of *value, double top,
                     const char *class)
{
    kq_out_printf(o, "<path class=\"%s\" d=\"M%d %d", class, LEFT, TOP + INNER_H);
    for (unsigned i = 0; i < s->n; i++) {
        double v = value(&s->at[i]) * 1e9 / (double)s->width_ns;
        kq_out_printf(o, "L%.1f %.1fH%.1f", x_of(s, i), y_of(v / top), x_of(s, i + 1));
    }
    kq_out_printf(o, "V%dZ\"/>\n", TOP + INNER_H);
}

static void put_errors(struct kq_out *o, const struct dump_series *s)
{
    for (unsigned i = 0; i < s->n; i++) {
        if (s->at[i].errors)
            kq_out_printf(o,
                          "<circle class=\"error\" cx=\"%.1f\" cy=\"%d\" r=\"3.5\">"
                          "<title>%llu errors</title></circle>\n",
                          x_of(s, i + 0.5), TOP + INNER_H - 6, (unsigned long long)s->at[i].errors);
    }
}

void dump_chart_messages(struct kq_out *o, const struct dump_series *s)
{
    double top = round_up(most_of(s, messages_of));
    if (!s->n) {
        put_nothing(o, "No times are known.");
        return;
    }
    open_svg(o, "messages per second");
    put_time_axis(o, s);
    put_amount_axis(o, top, false);
    put_area(o, s, messages_of, top, "area0");
    put_errors(o, s);
    kq_out_puts(o, "</svg>\n");
}

void dump_chart_bytes(struct kq_out *o, const struct dump_series *s)
{
    double a = most_of(s, to_server_of), b = most_of(s, to_client_of);
    double top = round_up(a > b ? a : b);
    if (!s->n) {
        put_nothing(o, "No times are known.");
        return;
    }
    open_svg(o, "bytes per second");
    put_time_axis(o, s);
    put_amount_axis(o, top, true);
    put_area(o, s, to_client_of, top, "area1");
    put_area(o, s, to_server_of, top, "area0");
    kq_out_puts(o, "</svg>\n");
}

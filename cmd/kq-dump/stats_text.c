/*
 * stats_text.c - the statistics as a table: numbers first, what they are about
 * last, so that a long query costs no room in front of the numbers.  A column
 * that would be empty is left out.  Where the names do not fit beside the
 * numbers, each has a line of its own above them.
 */
#include "stats.h"

#include "base/cal.h"
#include "base/utf8.h"
#include "stamp.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 40, NAME_MAX_WIDTH = 200 };

struct table {
    struct kq_out *o;
    int columns; /* of the terminal, 0: no limit */
    bool shown[16];
    bool above; /* names stand above the numbers */
    struct kq_out cell;
};

/* ---- cells ---- */

static void put_count(struct kq_out *o, uint64_t n)
{
    kq_out_printf(o, "%llu", (unsigned long long)n);
}

static void cell_count(struct kq_out *o, const struct dump_tally *t)
{
    put_count(o, dump_tally_calls(t));
}

static void cell_errors(struct kq_out *o, const struct dump_tally *t)
{
    put_count(o, t->errors);
}

static void cell_bytes(struct kq_out *o, const struct dump_tally *t)
{
    dump_put_bytes(o, (double)t->bytes);
}

static void cell_ratio(struct kq_out *o, const struct dump_tally *t)
{
    if (t->wire < t->bytes)
        kq_out_printf(o, "%.1f", (double)t->bytes / (double)t->wire);
    else
        kq_out_char(o, '-');
}

static void cell_total(struct kq_out *o, const struct dump_tally *t)
{
    dump_span_put(o, dump_latency_total(&t->latency));
}

static void cell_p50(struct kq_out *o, const struct dump_tally *t)
{
    dump_span_put(o, dump_latency_percentile(&t->latency, 50));
}

static void cell_p95(struct kq_out *o, const struct dump_tally *t)
{
    dump_span_put(o, dump_latency_percentile(&t->latency, 95));
}

static void cell_p99(struct kq_out *o, const struct dump_tally *t)
{
    dump_span_put(o, dump_latency_percentile(&t->latency, 99));
}

static void cell_max(struct kq_out *o, const struct dump_tally *t)
{
    dump_span_put(o, t->latency.n ? t->latency.max : -1);
}

/* When a column says anything. */
enum wanted { ALWAYS, COMPRESSED, ANSWERED };

static const struct {
    char name[8];
    int width;
    enum wanted wanted;
    void (*put)(struct kq_out *o, const struct dump_tally *t);
} cells[] = {
    {"count", 7, ALWAYS, cell_count},   {"errors", 7, ALWAYS, cell_errors},
    {"bytes", 8, ALWAYS, cell_bytes},   {"ratio", 6, COMPRESSED, cell_ratio},
    {"total", 8, ANSWERED, cell_total}, {"p50", 8, ANSWERED, cell_p50},
    {"p95", 8, ANSWERED, cell_p95},     {"p99", 8, ANSWERED, cell_p99},
    {"max", 8, ANSWERED, cell_max},
};

enum { CELLS = sizeof cells / sizeof *cells };

/* ---- lines ---- */

/* A peer's words, cut to `max` bytes: nothing of them may steer the terminal. */
static void put_name(struct kq_out *o, struct kq_str s, size_t max)
{
    size_t n = s.len <= max ? s.len : kq_utf8_prefix(s.s, max > 2 ? max - 2 : 0);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s.s[i];
        kq_out_char(o, c < 0x20 || c == 0x7f ? '?' : s.s[i]);
    }
    if (n < s.len)
        kq_out_puts(o, "..");
}

static size_t room(const struct table *t, int used)
{
    if (!t->columns)
        return NAME_MAX_WIDTH;
    return t->columns > used + 10 ? (size_t)(t->columns - used) : 10;
}

static int numbers_width(const struct table *t)
{
    int width = 0;
    for (int i = 0; i < CELLS; i++)
        width += t->shown[i] ? cells[i].width : 0;
    return width;
}

/* Which columns there are, and where the names of these groups go. */
static void choose_layout(struct table *t, const struct dump_stats *s,
                          struct dump_tally *const *all, size_t n)
{
    size_t longest = 0;
    for (int i = 0; i < CELLS; i++) {
        enum wanted w = cells[i].wanted;
        t->shown[i] = w == ALWAYS || (w == COMPRESSED ? s->compressed : s->latency.n) > 0;
    }
    for (size_t i = 0; i < n; i++)
        longest = all[i]->key.len > longest ? all[i]->key.len : longest;
    t->above = t->columns && longest > room(t, numbers_width(t) + 2);
}

static void put_heads(struct table *t, const char *name)
{
    for (int i = 0; i < CELLS; i++) {
        if (t->shown[i])
            kq_out_printf(t->o, "%*s", cells[i].width, cells[i].name);
    }
    kq_out_printf(t->o, "  %s\n", name);
}

static void put_numbers(struct table *t, const struct dump_tally *x)
{
    for (int i = 0; i < CELLS; i++) {
        if (!t->shown[i])
            continue;
        t->cell.len = 0;
        cells[i].put(&t->cell, x);
        /* A number that is too long must still stand apart. */
        kq_out_fill(t->o, ' ',
                    (int)t->cell.len < cells[i].width ? (size_t)cells[i].width - t->cell.len : 1);
        kq_out_write(t->o, t->cell.buf, t->cell.len);
    }
}

static void put_group(struct table *t, const struct dump_tally *x)
{
    if (t->above) {
        put_name(t->o, x->key, room(t, 0));
        kq_out_char(t->o, '\n');
        put_numbers(t, x);
    } else {
        put_numbers(t, x);
        kq_out_puts(t->o, "  ");
        put_name(t->o, x->key, room(t, numbers_width(t) + 2));
    }
    kq_out_char(t->o, '\n');
}

static void put_groups(struct table *t, const struct dump_stats *s)
{
    size_t n;
    struct dump_tally **all = dump_tallies_sorted(s->groups, &n);
    size_t shown = n < ROWS_MAX ? n : ROWS_MAX;
    choose_layout(t, s, all, shown);
    if (n) {
        kq_out_char(t->o, '\n');
        put_heads(t, dump_by_name(s->by));
    }
    for (size_t i = 0; i < shown; i++)
        put_group(t, all[i]);
    if (n > shown)
        kq_out_printf(t->o, "(%zu more)\n", n - shown);
    free(all);
}

/* ---- everything ---- */

static void put_bytes_and_time(struct kq_out *o, const struct dump_stats *s)
{
    uint64_t all = 0;
    for (int k = 0; k < DUMP_NOTE; k++)
        all += s->kinds[k];
    kq_out_printf(o, "%llu message%s, ", (unsigned long long)all, all == 1 ? "" : "s");
    dump_put_bytes(o, (double)s->bytes);
    if (s->wire < s->bytes) {
        kq_out_puts(o, " (sent as ");
        dump_put_bytes(o, (double)s->wire);
        kq_out_char(o, ')');
    }
    if (s->first_ns != DUMP_NO_TIME) {
        kq_out_puts(o, " in ");
        dump_span_put(o, s->last_ns - s->first_ns);
    }
    kq_out_char(o, '\n');
}

static void put_kinds(struct kq_out *o, const struct dump_stats *s)
{
    const char *separator = "";
    for (int k = 0; k < DUMP_NOTE; k++) {
        if (!s->kinds[k])
            continue;
        kq_out_printf(o, "%s%llu %s", separator, (unsigned long long)s->kinds[k],
                      dump_kind_name((enum dump_kind)k));
        separator = ", ";
    }
    if (*separator)
        kq_out_char(o, '\n');
}

static void put_trouble(struct kq_out *o, const struct dump_stats *s)
{
    kq_out_printf(o, "%llu error%s, %llu unanswered", (unsigned long long)s->errors,
                  s->errors == 1 ? "" : "s", (unsigned long long)s->unanswered);
    if (s->latency.n) {
        kq_out_puts(o, "; median latency ");
        dump_span_put(o, dump_latency_percentile(&s->latency, 50));
        kq_out_puts(o, ", p99 ");
        dump_span_put(o, dump_latency_percentile(&s->latency, 99));
        kq_out_puts(o, ", max ");
        dump_span_put(o, s->latency.max);
    }
    kq_out_char(o, '\n');
}

/* The clock, with the date where there are several. */
static void put_when(struct kq_out *o, int64_t when_ns, bool dates)
{
    char text[KQ_CAL_MAX];
    kq_fmt_iso_timestamp(text, kq_cal_from_unix_ns(when_ns));
    if (dates)
        kq_out_printf(o, "%.10s ", text);
    kq_out_printf(o, "%.12s", text + 11);
}

static void put_slowest(struct table *t, const struct dump_stats *s)
{
    bool dates = s->first_ns / KQ_NS_PER_DAY != s->last_ns / KQ_NS_PER_DAY;
    int client = 6, when = dates ? 23 : 12;
    if (!s->n_slow)
        return;
    for (unsigned i = 0; i < s->n_slow; i++) {
        int n = (int)strlen(s->slow[i].client);
        client = n > client ? n : client;
    }
    kq_out_printf(t->o, "\n%8s  %-*s  %-*s  %s\n", "slowest", when, "asked at", client, "client",
                  "query");
    for (unsigned i = 0; i < s->n_slow; i++) {
        const struct dump_slow *w = &s->slow[i];
        t->cell.len = 0;
        dump_span_put(&t->cell, w->latency_ns);
        kq_out_printf(t->o, "%8.*s  ", (int)t->cell.len, t->cell.buf);
        put_when(t->o, w->when_ns, dates);
        kq_out_printf(t->o, "  %-*s  ", client, w->client);
        put_name(t->o, kq_strz(w->what), room(t, 14 + when + client));
        kq_out_char(t->o, '\n');
    }
}

void dump_stats_text(const struct dump_stats *s, struct kq_out *o, int columns)
{
    struct table t = {.o = o, .columns = columns};
    kq_out_init_mem(&t.cell);
    put_bytes_and_time(o, s);
    put_kinds(o, s);
    put_trouble(o, s);
    put_groups(&t, s);
    put_slowest(&t, s);
    kq_out_release(&t.cell);
}

/*
 * series.c - intervals begin short and double as time goes on.
 */
#include "series.h"

#include <math.h>
#include <string.h>

/* The first guess of an interval's length. */
#define SHORTEST_NS INT64_C(1000000)

void dump_series_init(struct dump_series *s)
{
    memset(s, 0, sizeof *s);
    s->start_ns = DUMP_NO_TIME;
    s->width_ns = SHORTEST_NS;
}

unsigned dump_series_bin(int64_t ns)
{
    /* 2^(1/4), 2^(2/4) and 2^(3/4), as fractions of 2^64 above 2^63. */
    static const uint64_t quarters[] = {UINT64_C(10968499650544838656),
                                        UINT64_C(13043817825332783104),
                                        UINT64_C(15511800964685064192)};
    if (ns < 1)
        return 0;
    unsigned log = 63 - (unsigned)__builtin_clzll((uint64_t)ns);
    uint64_t mantissa = (uint64_t)ns << (63 - log);
    unsigned bin = 4 * log;
    for (int i = 0; i < 3; i++)
        bin += mantissa >= quarters[i];
    return bin < DUMP_SERIES_BINS ? bin : DUMP_SERIES_BINS - 1;
}

double dump_series_floor(double bin)
{
    return exp2(bin / 4);
}

static void merge(struct dump_interval *to, const struct dump_interval *from)
{
    to->messages += from->messages;
    to->errors += from->errors;
    for (int i = 0; i < 2; i++)
        to->bytes[i] += from->bytes[i];
    for (int i = 0; i < DUMP_SERIES_BINS; i++)
        to->bin[i] += from->bin[i];
}

static void halve(struct dump_series *s)
{
    for (unsigned i = 0; i < DUMP_SERIES_N / 2; i++) {
        struct dump_interval pair = s->at[2 * i];
        merge(&pair, &s->at[2 * i + 1]);
        s->at[i] = pair;
    }
    memset(s->at + DUMP_SERIES_N / 2, 0, sizeof s->at / 2);
    s->width_ns *= 2;
    s->n = (s->n + 1) / 2;
}

void dump_series_coarsen(struct dump_series *s, unsigned n)
{
    while (s->n > n)
        halve(s);
}

/* The interval of a time; what comes before the first belongs to it. */
static struct dump_interval *interval(struct dump_series *s, int64_t when_ns)
{
    if (s->start_ns == DUMP_NO_TIME)
        s->start_ns = s->last_ns = when_ns;
    if (when_ns > s->last_ns)
        s->last_ns = when_ns;
    int64_t since = when_ns > s->start_ns ? when_ns - s->start_ns : 0;
    while (since / s->width_ns >= DUMP_SERIES_N)
        halve(s);
    unsigned i = (unsigned)(since / s->width_ns);
    if (i >= s->n)
        s->n = i + 1;
    return &s->at[i];
}

void dump_series_add(struct dump_series *s, struct dump_msg *m)
{
    if (m->kind == DUMP_NOTE || m->last_ns == DUMP_NO_TIME)
        return;
    struct dump_interval *v = interval(s, m->last_ns);
    v->messages++;
    v->bytes[m->to_client] += m->len;
    v->errors += dump_msg_error(m).s != NULL;
    if (m->latency_ns >= 0)
        v->bin[dump_series_bin(m->latency_ns)]++;
}

double dump_series_percentile(const uint32_t bin[DUMP_SERIES_BINS], double p)
{
    uint64_t all = 0, below = 0;
    for (int i = 0; i < DUMP_SERIES_BINS; i++)
        all += bin[i];
    if (!all)
        return -1;
    double want = p / 100 * (double)all;
    for (int i = 0; i < DUMP_SERIES_BINS; i++) {
        if (bin[i] && (double)(below + bin[i]) >= want)
            return dump_series_floor(i + (want - (double)below) / bin[i]);
        below += bin[i];
    }
    return dump_series_floor(DUMP_SERIES_BINS);
}

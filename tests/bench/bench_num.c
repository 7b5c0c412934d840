/*
 * bench_num.c - ns for one number, date or time, written or read as a text
 * format does it: one after the other, each starting where the last ended.
 */
#include "base/cal.h"
#include "base/num.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { N = 20000, ROUNDS = 25 };

static int64_t ints[N];
static double floats[N];
static char text[N * KQ_NUM_MAX];
static uint32_t ends[N + 1];

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static uint64_t rnd(void)
{
    static uint64_t seed = UINT64_C(88172645463325252);
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* The best of some rounds, which is what repeats on a busy machine. */
#define MEASURE(name, body)                            \
    do {                                               \
        double best = 1e18;                            \
        for (int round = 0; round < ROUNDS; round++) { \
            double start = now_ns();                   \
            char *p = text;                            \
            for (int i = 0; i < N; i++) {              \
                body;                                  \
                ends[i + 1] = (uint32_t)(p - text);    \
            }                                          \
            double took = (now_ns() - start) / N;      \
            best = took < best ? took : best;          \
        }                                              \
        printf("%-32s %6.1f ns\n", name, best);        \
    } while (0)

#define SLICE kq_str(text + ends[i], ends[i + 1] - ends[i])

/* As MEASURE, of what the last MEASURE wrote. */
#define MEASURE_READ(name, body)                       \
    do {                                               \
        double best = 1e18;                            \
        for (int round = 0; round < ROUNDS; round++) { \
            double start = now_ns();                   \
            int good = 0;                              \
            for (int i = 0; i < N; i++)                \
                good += body;                          \
            if (good != N)                             \
                exit(1);                               \
            double took = (now_ns() - start) / N;      \
            best = took < best ? took : best;          \
        }                                              \
        printf("%-32s %6.1f ns\n", name, best);        \
    } while (0)

static void whole(const char *name, int64_t below)
{
    char line[64];
    int64_t v;
    for (int i = 0; i < N; i++)
        ints[i] = (int64_t)(rnd() >> 1) % below;
    snprintf(line, sizeof line, "fmt_i64    %s", name);
    MEASURE(line, p += kq_fmt_i64(p, ints[i]));
    snprintf(line, sizeof line, "parse_i64  %s", name);
    MEASURE_READ(line, kq_parse_i64(text + ends[i], ends[i + 1] - ends[i], &v));
}

static void floating(const char *name)
{
    char line[64];
    double v;
    snprintf(line, sizeof line, "fmt_f64 17 %s", name);
    MEASURE(line, p += kq_fmt_f64(p, floats[i], 17));
    snprintf(line, sizeof line, "fmt_f64 7  %s", name);
    MEASURE(line, p += kq_fmt_f64(p, floats[i], 7));
    snprintf(line, sizeof line, "parse_f64  %s (7)", name);
    MEASURE_READ(line, kq_parse_f64(text + ends[i], ends[i + 1] - ends[i], &v));
    snprintf(line, sizeof line, "fmt short  %s", name);
    MEASURE(line, p += kq_fmt_f64_short(p, floats[i]));
    snprintf(line, sizeof line, "parse_f64  %s", name);
    MEASURE_READ(line, kq_parse_f64(text + ends[i], ends[i + 1] - ends[i], &v));
}

static void floats_of_all_kinds(void)
{
    for (int i = 0; i < N; i++)
        floats[i] = (double)(rnd() % 20000) / 100;
    floating("price < 200, cents");
    for (int i = 0; i < N; i++)
        floats[i] = (double)(rnd() % 1000);
    floating("whole < 1000");
    for (int i = 0; i < N; i++)
        floats[i] = (double)(rnd() >> 11) * 0x1p-53;
    floating("random in 0..1");
    for (int i = 0; i < N; i++)
        floats[i] = ldexp((double)(rnd() >> 11), (int)(rnd() % 400) - 200);
    floating("random exponent");
}

static void times(void)
{
    int64_t v;
    int32_t d;
    for (int i = 0; i < N; i++)
        ints[i] = 8767 * KQ_NS_PER_DAY + (int64_t)(rnd() % (uint64_t)KQ_NS_PER_DAY);
    MEASURE("fmt_timestamp", p += kq_fmt_timestamp(p, ints[i]));
    MEASURE_READ("parse_timestamp", kq_parse_timestamp(SLICE, &v));
    MEASURE("fmt_timespan", p += kq_fmt_timespan(p, ints[i] - 8767 * KQ_NS_PER_DAY));
    MEASURE_READ("parse_timespan", kq_parse_timespan(SLICE, &v));
    MEASURE("fmt_time", p += kq_fmt_time(p, (int32_t)(ints[i] / 1000000 % 86400000)));
    MEASURE_READ("parse_time_ns", kq_parse_time_ns(SLICE, &v));
    MEASURE("fmt_date", p += kq_fmt_date(p, (int32_t)(ints[i] % 20000)));
    MEASURE_READ("parse_date", kq_parse_date(SLICE, &d));
}

int main(void)
{
    whole("< 1000", 1000);
    whole("< 10^6", 1000000);
    whole("< 10^9", 1000000000);
    whole("< 10^18", INT64_C(1000000000000000000));
    floats_of_all_kinds();
    times();
    return 0;
}

/*
 * bench_num.c - ns for one number, date or time, written or read as a text
 * format does it: one after the other, each starting where the last ended.
 */
#include "base/cal.h"
#include "base/num.h"

#include "lib.h"

#include <math.h>

enum { N = 20000, RUNS = 21 };

static int64_t ints[N];
static double floats[N];
static char text[N * KQ_NUM_MAX];
static uint32_t ends[N + 1]; /* of the texts that the last writer wrote */

static uint64_t rnd(void)
{
    static uint64_t seed = UINT64_C(88172645463325252);
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* A function that writes all values with `call`, which may use p and i. */
#define WRITER(name, call)                      \
    static void name(void *arg)                 \
    {                                           \
        (void)arg;                              \
        char *p = text;                         \
        for (int i = 0; i < N; i++) {           \
            p += call;                          \
            ends[i + 1] = (uint32_t)(p - text); \
        }                                       \
    }
/* A function that reads them all again; `call` may use s, &i64, &f64 and &i32. */
#define READER(name, call)                                                   \
    static void name(void *arg)                                              \
    {                                                                        \
        (void)arg;                                                           \
        int64_t i64 = 0;                                                     \
        int32_t i32 = 0;                                                     \
        double f64 = 0;                                                      \
        for (int i = 0; i < N; i++) {                                        \
            struct kq_str s = kq_str(text + ends[i], ends[i + 1] - ends[i]); \
            if (!call)                                                       \
                abort();                                                     \
        }                                                                    \
        bench_keep(&i64);                                                    \
        bench_keep(&i32);                                                    \
        bench_keep(&f64);                                                    \
    }

static struct kq_day_text written_day = KQ_DAY_TEXT_Q, read_day = KQ_DAY_TEXT_Q;

WRITER(write_i64, kq_fmt_i64(p, ints[i]))
WRITER(write_f64_7, kq_fmt_f64(p, floats[i], 7))
WRITER(write_f64_17, kq_fmt_f64(p, floats[i], 17))
WRITER(write_f64_short, kq_fmt_f64_short(p, floats[i]))
WRITER(write_f32_short, kq_fmt_f32_short(p, (float)floats[i]))
WRITER(write_timestamp, kq_fmt_timestamp(p, ints[i]))
WRITER(write_timestamp_near, kq_fmt_timestamp_near(p, ints[i], &written_day))
WRITER(write_timespan, kq_fmt_timespan(p, ints[i] % KQ_NS_PER_DAY))
WRITER(write_time, kq_fmt_time(p, (int32_t)(ints[i] / 1000000 % KQ_MS_PER_DAY)))
WRITER(write_date, kq_fmt_date(p, (int32_t)(ints[i] % 20000)))

READER(read_i64, kq_parse_i64(s.s, s.len, &i64))
READER(read_f64, kq_parse_f64(s.s, s.len, &f64))
READER(read_timestamp, kq_parse_timestamp(s, &i64))
READER(read_timestamp_near, kq_parse_timestamp_near(s, &i64, &read_day))
READER(read_timespan, kq_parse_timespan(s, &i64))
READER(read_time, kq_parse_time_ns(s, &i64))
READER(read_date, kq_parse_date(s, &i32))

static void row(const char *what, const char *of, void (*fn)(void *arg))
{
    char name[64];
    snprintf(name, sizeof name, "%s %s", what, of);
    bench_row(name, bench_run(RUNS, fn, NULL).min_ns / N, "ns/elem", 0);
}

static void whole(const char *name, int64_t below)
{
    for (int i = 0; i < N; i++)
        ints[i] = (int64_t)(rnd() >> 1) % below;
    row("write long", name, write_i64);
    row("read long", name, read_i64);
}

static void floating(const char *name)
{
    row("write float, 17 digits,", name, write_f64_17);
    row("write float, 7 digits,", name, write_f64_7);
    row("write real, shortest,", name, write_f32_short);
    row("write float, shortest,", name, write_f64_short);
    row("read float", name, read_f64);
}

static void times(void)
{
    for (int i = 0; i < N; i++)
        ints[i] = 8767 * KQ_NS_PER_DAY + (int64_t)(rnd() % (uint64_t)KQ_NS_PER_DAY);
    row("write", "timestamp", write_timestamp);
    row("write", "timestamp, same day", write_timestamp_near);
    row("read", "timestamp", read_timestamp);
    row("read", "timestamp, same day", read_timestamp_near);
    row("write", "timespan", write_timespan);
    row("read", "timespan", read_timespan);
    row("write", "time", write_time);
    row("read", "time", read_time);
    row("write", "date", write_date);
    row("read", "date", read_date);
}

int main(void)
{
    whole("< 1000", 1000);
    whole("< 10^6", 1000000);
    whole("< 10^18", INT64_C(1000000000000000000));
    for (int i = 0; i < N; i++)
        floats[i] = (double)(rnd() % 20000) / 100;
    floating("prices");
    for (int i = 0; i < N; i++)
        floats[i] = (double)(rnd() >> 11) * 0x1p-53;
    floating("random");
    times();
    return 0;
}

/*
 * fuzz_num.c - text that numbers, dates and times are read from.
 *
 * Whatever is accepted must print as something that reads back the same.
 */
#include "base/cal.h"
#include "base/num.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
    if (!ok)
        abort();
}

static void numbers(struct kq_str s)
{
    char t[KQ_NUM_MAX];
    int64_t i, j;
    uint64_t u;
    double d, e;
    float f, g;
    if (kq_parse_i64(s.s, s.len, &i))
        require(kq_parse_i64(t, kq_fmt_i64(t, i), &j) && j == i);
    if (kq_parse_f64(s.s, s.len, &d) && isfinite(d)) {
        require(kq_parse_f64(t, kq_fmt_f64_short(t, d), &e) && e == d);
        require(kq_parse_f64(t, kq_fmt_f64(t, d, 17), &e) && e == d);
    }
    if (kq_parse_f32(s.s, s.len, &f) && isfinite(f))
        require(kq_parse_f32(t, kq_fmt_f32_short(t, f), &g) && g == f);
    if (kq_parse_duration(s, &i))
        require(i >= 0);
    (void)kq_parse_size(s, &u);
}

static void dates(struct kq_str s)
{
    char t[KQ_CAL_MAX];
    int32_t d, e;
    if (kq_parse_date(s, &d))
        require(kq_parse_date(kq_str(t, kq_fmt_date(t, d)), &e) && e == d);
    if (kq_parse_month(s, &d))
        require(kq_parse_month(kq_str(t, kq_fmt_month(t, d)), &e) && e == d);
}

static void times(struct kq_str s)
{
    char t[KQ_CAL_MAX];
    int64_t v, w;
    struct kq_day_text day = KQ_DAY_TEXT_ISO;
    if (kq_parse_timespan(s, &v))
        require(kq_parse_timespan(kq_str(t, kq_fmt_timespan(t, v)), &w) && w == v);
    bool ok = kq_parse_timestamp(s, &v);
    if (ok)
        require(kq_parse_timestamp(kq_str(t, kq_fmt_timestamp(t, v)), &w) && w == v);
    for (int i = 0; i < 2; i++)
        require(kq_parse_timestamp_near(s, &w, &day) == ok && (!ok || w == v));
    if (kq_parse_time_ns(s, &v))
        require(kq_parse_timespan(kq_str(t, kq_fmt_timespan(t, v)), &w) && w == v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kq_str s = kq_str((const char *)data, size);
    numbers(s);
    dates(s);
    times(s);
    return 0;
}

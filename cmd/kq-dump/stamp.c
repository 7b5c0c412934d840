/*
 * stamp.c - the day's text is kept while it does not change.
 */
#include "stamp.h"

#include "base/num.h"
#include "cli/opt_common.h"
#include "msg.h"

void dump_stamp_init(struct dump_stamp *s, int format)
{
    *s = (struct dump_stamp){.format = format, .day = KQ_DAY_TEXT_ISO};
    if (format == KQ_TIME_Q)
        s->day = (struct kq_day_text)KQ_DAY_TEXT_Q;
}

/* Seconds with nine decimals, at least `width` wide. */
static size_t put_seconds(struct kq_out *o, int64_t ns, size_t width)
{
    char text[KQ_NUM_MAX + 16];
    uint64_t u = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
    size_t n = 0;
    if (ns < 0)
        text[n++] = '-';
    n += kq_fmt_u64(text + n, u / 1000000000);
    text[n] = '.';
    uint32_t part = (uint32_t)(u % 1000000000);
    for (size_t i = 9; i; i--, part /= 10)
        text[n + i] = (char)('0' + part % 10);
    n += 10;
    size_t pad = width > n ? width - n : 0;
    kq_out_fill(o, ' ', pad);
    kq_out_write(o, text, n);
    return pad + n;
}

static size_t put_civil(struct dump_stamp *s, struct kq_out *o, int64_t when_ns)
{
    char *d = kq_out_reserve(o, KQ_CAL_MAX + 1);
    size_t n = kq_fmt_timestamp_near(d, kq_cal_from_unix_ns(when_ns), &s->day);
    if (s->format == KQ_TIME_ISO)
        d[n++] = 'Z';
    kq_out_advance(o, n);
    return n;
}

size_t dump_stamp_put(struct dump_stamp *s, struct kq_out *o, int64_t when_ns)
{
    if (when_ns == DUMP_NO_TIME)
        return 0;
    if (!s->started) {
        s->first_ns = s->last_ns = when_ns;
        s->started = true;
    }
    int64_t since = s->format == KQ_TIME_DELTA ? s->last_ns : s->first_ns;
    s->last_ns = when_ns;
    switch (s->format) {
    case KQ_TIME_EPOCH: return put_seconds(o, when_ns, 20);
    case KQ_TIME_REL:
    case KQ_TIME_DELTA: return put_seconds(o, when_ns - since, 15);
    default: return put_civil(s, o, when_ns);
    }
}

int64_t dump_stamp_claimed(int64_t seconds, int64_t ns)
{
    const int64_t limit = INT64_C(1) << 32, second = 1000000000;
    int64_t more = ns / second;
    if (seconds >= limit - more)
        return limit * second;
    if (seconds <= -limit - more)
        return -limit * second;
    return (seconds + more) * second + ns % second;
}

static void put_number(struct kq_out *o, uint64_t v)
{
    kq_out_advance(o, kq_fmt_u64(kq_out_reserve(o, KQ_NUM_MAX), v));
}

static void put_decimal(struct kq_out *o, uint64_t whole, uint64_t part, int digits)
{
    put_number(o, whole);
    kq_out_char(o, '.');
    if (digits == 2)
        kq_out_char(o, (char)('0' + part / 10));
    kq_out_char(o, (char)('0' + part % 10));
}

/* Two units: 1m39s, 2h05m, 3d04h. */
static void put_long_span(struct kq_out *o, uint64_t s)
{
    static const struct {
        uint32_t seconds, part;
        char unit[2];
    } units[] = {{86400, 3600, "dh"}, {3600, 60, "hm"}, {60, 1, "ms"}};
    int i = 0;
    while (i < 2 && s < units[i].seconds)
        i++;
    uint64_t part = s % units[i].seconds / units[i].part;
    put_number(o, s / units[i].seconds);
    kq_out_char(o, units[i].unit[0]);
    kq_out_char(o, (char)('0' + part / 10));
    kq_out_char(o, (char)('0' + part % 10));
    kq_out_char(o, units[i].unit[1]);
}

void dump_span_put(struct kq_out *o, int64_t ns)
{
    uint64_t us = ((uint64_t)ns + 500) / 1000, tenths = (us + 50) / 100, cs = (us + 5000) / 10000;
    if (ns < 0) {
        kq_out_char(o, '-');
    } else if (us < 1000) {
        put_number(o, us);
        kq_out_write(o, "us", 2);
    } else if (us < 999950) {
        put_decimal(o, tenths / 10, tenths % 10, 1);
        kq_out_write(o, "ms", 2);
    } else if (us < 99995000) {
        put_decimal(o, cs / 100, cs % 100, 2);
        kq_out_char(o, 's');
    } else {
        put_long_span(o, (us + 500000) / 1000000);
    }
}

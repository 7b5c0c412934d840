/*
 * cal.h - days and nanoseconds to civil time and back.
 *
 * kdb+ counts from 2000.01.01 in the proleptic Gregorian calendar, without
 * leap seconds and without a time zone, so libc's calendar is of no use here.
 * The kq_fmt_* and kq_parse_* are the building blocks of all text formats;
 * nulls and infinities are the business of their callers (text/elem).
 */
#ifndef KQ_BASE_CAL_H
#define KQ_BASE_CAL_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KQ_NS_PER_SEC INT64_C(1000000000)
#define KQ_NS_PER_DAY INT64_C(86400000000000)
#define KQ_MS_PER_DAY INT32_C(86400000)

/* Days from 1970.01.01 to 2000.01.01. */
#define KQ_UNIX_DAYS INT64_C(10957)

/* The days that have a text, 0001.01.01 and 9999.12.31, and so for months. */
#define KQ_DAY_MIN   INT32_C(-730119)
#define KQ_DAY_MAX   INT32_C(2921939)
#define KQ_MONTH_MIN INT32_C(-23988)
#define KQ_MONTH_MAX INT32_C(95999)

struct kq_ymd {
    int32_t year;
    int8_t month; /* 1..12 */
    int8_t day;   /* 1..31 */
};

/* The civil date `days` after 2000.01.01; any value, any year. */
struct kq_ymd kq_cal_civil(int32_t days);

/* True for a date that exists, years 1 to 9999. */
bool kq_cal_valid(int year, int month, int day);

/* Days since 2000.01.01 of a valid date; the inverse of kq_cal_civil for
 * |year| up to 5 million. */
int32_t kq_cal_days(int32_t year, int month, int day);

/* UTC now, ns since 2000.01.01. */
int64_t kq_cal_now_ns(void);

/* Between ns since 1970 and ns since 2000; results that do not fit saturate. */
int64_t kq_cal_from_unix_ns(int64_t unix_ns);
int64_t kq_cal_to_unix_ns(int64_t ns);

/* ------------------------------------------------------------------ to text
 * All write at `dst`, which must have room for KQ_CAL_MAX bytes, return the
 * bytes used, write no NUL and may scribble on the rest of that room.
 */
#define KQ_CAL_MAX 48

/* 2001.01.01; 0000.00.00 outside 0001..9999, as q prints it. */
size_t kq_fmt_date(char *dst, int32_t days);
/* Months since 2000.01: 2001.01 (without q's m); 0000.00 outside 0001..9999. */
size_t kq_fmt_month(char *dst, int32_t months);
/* 12:01, 12:05:00 and 12:04:59.123 from minutes, seconds and ms since
 * midnight; beyond 24 hours the hours grow, below zero a minus comes first. */
size_t kq_fmt_minute(char *dst, int32_t minutes);
size_t kq_fmt_second(char *dst, int32_t seconds);
size_t kq_fmt_time(char *dst, int32_t ms);
/* 0D05:36:57.600000000, -106751D23:47:16.854775806 */
size_t kq_fmt_timespan(char *dst, int64_t ns);
/* 2000.01.04D05:36:57.600000000 */
size_t kq_fmt_timestamp(char *dst, int64_t ns);
/*
 * For a column of timestamps, which mostly lie in the same day: the day's text
 * is kept in *day and made anew only when the day changes.  Start with either
 * initialiser; it decides the layout.  Use one for writing or for reading.
 */
struct kq_day_text {
    int64_t start; /* midnight, ns since 2000.01.01 */
    char text[12]; /* the date, D or T, and one byte that is overwritten */
};
#define KQ_DAY_TEXT_Q    \
    {                    \
        0, "2000.01.01D" \
    }
#define KQ_DAY_TEXT_ISO  \
    {                    \
        0, "2000-01-01T" \
    }
size_t kq_fmt_timestamp_near(char *dst, int64_t ns, struct kq_day_text *day);
/* 2000.01.04T05:36:57.600 from days with a fraction, rounded to ms; days that
 * have no date, and nan, give 0000.00.00T00:00:00.000. */
size_t kq_fmt_datetime(char *dst, double days);

/* The same with dashes and T: 2024-01-02, 2024-01,
 * 2024-01-02T03:04:05.123456789, 2024-01-02T03:04:05.123 */
size_t kq_fmt_iso_date(char *dst, int32_t days);
size_t kq_fmt_iso_month(char *dst, int32_t months);
size_t kq_fmt_iso_timestamp(char *dst, int64_t ns);
size_t kq_fmt_iso_datetime(char *dst, double days);

/* ---------------------------------------------------------------- from text
 * All take the whole slice; on false the result is untouched.
 */

/* yyyy.mm.dd, yyyy-mm-dd, yyyy/mm/dd or yyyymmdd; the date must exist. */
bool kq_parse_date(struct kq_str s, int32_t *days);
/* yyyy.mm, yyyy-mm or yyyy/mm, with or without q's m. */
bool kq_parse_month(struct kq_str s, int32_t *months);
/* [-]h:mm, [-]h:mm:ss or [-]h:mm:ss.f with 1 to 9 decimals; any number of
 * digits for the hours, so they may exceed 24; ns. */
bool kq_parse_time_ns(struct kq_str s, int64_t *ns);
/* The same with nD in front, also nD alone. */
bool kq_parse_timespan(struct kq_str s, int64_t *ns);
/*
 * A date (with separators), and perhaps D, T or a blank and a time below 24
 * hours ("05", "05:36" or as above), and perhaps Z or an offset +hh:mm, which
 * is subtracted.  ns since 2000.01.01; false outside what an int64 holds
 * (1707 to 2292).
 */
bool kq_parse_timestamp(struct kq_str s, int64_t *ns);
/* The same for a column: a date that stands in *day is not worked out again. */
bool kq_parse_timestamp_near(struct kq_str s, int64_t *ns, struct kq_day_text *day);

#endif

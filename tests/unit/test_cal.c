/*
 * test_cal.c - the calendar against a walk over every day, and its texts.
 */
#include "base/cal.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static int month_length(int year, int month)
{
    if (month == 2)
        return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* The next day, counted by hand. */
static void step(int *year, int *month, int *day)
{
    if (++*day <= month_length(*year, *month))
        return;
    *day = 1;
    if (++*month <= 12)
        return;
    *month = 1;
    ++*year;
}

/* dst = text of a formatter call that returned n, NUL-terminated. */
#define TEXT(call) (t[call] = 0, t)

static void every_day_of_the_common_era(void **state)
{
    (void)state;
    int year = 1, month = 1, day = 1;
    char t[KQ_CAL_MAX], want[40];
    for (int32_t d = KQ_DAY_MIN; d <= KQ_DAY_MAX; d++) {
        struct kq_ymd c = kq_cal_civil(d);
        if (c.year != year || c.month != month || c.day != day)
            fail_msg("day %d is %d.%d.%d, should be %d.%d.%d", d, c.year, c.month, c.day, year,
                     month, day);
        assert_int_equal(kq_cal_days(year, month, day), d);
        if (day == 1 || day >= 28) {
            assert_true(kq_cal_valid(year, month, day));
            snprintf(want, sizeof want, "%04d.%02d.%02d", year, month, day);
            assert_string_equal(TEXT(kq_fmt_date(t, d)), want);
            int32_t back = 0;
            assert_true(kq_parse_date(kq_strz(want), &back));
            assert_int_equal(back, d);
        }
        step(&year, &month, &day);
    }
    assert_int_equal(year, 10000);
}

static void any_day_goes_there_and_back(void **state)
{
    (void)state;
    static const int32_t days[] = {INT32_MIN, INT32_MIN + 1, -800000000, -730120,  -10957, -1,
                                   0,         2921940,       800000000,  INT32_MAX};
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        struct kq_ymd c = kq_cal_civil(days[i]);
        assert_int_equal(kq_cal_days(c.year, c.month, c.day), days[i]);
    }
}

static void dates_that_do_not_exist(void **state)
{
    (void)state;
    assert_false(kq_cal_valid(2023, 2, 29));
    assert_false(kq_cal_valid(1900, 2, 29));
    assert_true(kq_cal_valid(2000, 2, 29));
    assert_false(kq_cal_valid(2023, 4, 31));
    assert_false(kq_cal_valid(2023, 0, 1));
    assert_false(kq_cal_valid(2023, 13, 1));
    assert_false(kq_cal_valid(2023, 1, 0));
    assert_false(kq_cal_valid(0, 1, 1));
    assert_false(kq_cal_valid(10000, 1, 1));
}

static void unix_times_saturate(void **state)
{
    (void)state;
    assert_int_equal(kq_cal_from_unix_ns(INT64_C(946684800000000001)), 1);
    assert_int_equal(kq_cal_to_unix_ns(1), INT64_C(946684800000000001));
    assert_int_equal(kq_cal_from_unix_ns(INT64_MIN), INT64_MIN);
    assert_int_equal(kq_cal_to_unix_ns(INT64_MAX), INT64_MAX);
    time_t now = time(NULL);
    int64_t diff = kq_cal_to_unix_ns(kq_cal_now_ns()) / KQ_NS_PER_SEC - now;
    assert_in_range(diff, 0, 60);
}

static void prints_dates_and_months(void **state)
{
    (void)state;
    char t[KQ_CAL_MAX];
    assert_string_equal(TEXT(kq_fmt_date(t, 366)), "2001.01.01");
    assert_string_equal(TEXT(kq_fmt_date(t, KQ_DAY_MIN - 1)), "0000.00.00");
    assert_string_equal(TEXT(kq_fmt_date(t, KQ_DAY_MAX + 1)), "0000.00.00");
    assert_string_equal(TEXT(kq_fmt_iso_date(t, -1)), "1999-12-31");
    assert_string_equal(TEXT(kq_fmt_month(t, 12)), "2001.01");
    assert_string_equal(TEXT(kq_fmt_month(t, -1)), "1999.12");
    assert_string_equal(TEXT(kq_fmt_month(t, KQ_MONTH_MIN)), "0001.01");
    assert_string_equal(TEXT(kq_fmt_month(t, KQ_MONTH_MAX)), "9999.12");
    assert_string_equal(TEXT(kq_fmt_month(t, KQ_MONTH_MIN - 1)), "0000.00");
    assert_string_equal(TEXT(kq_fmt_month(t, INT32_MAX)), "0000.00");
    assert_string_equal(TEXT(kq_fmt_iso_month(t, 288)), "2024-01");
}

static void prints_times(void **state)
{
    (void)state;
    char t[KQ_CAL_MAX];
    assert_string_equal(TEXT(kq_fmt_minute(t, 721)), "12:01");
    assert_string_equal(TEXT(kq_fmt_minute(t, -1)), "-00:01");
    assert_string_equal(TEXT(kq_fmt_minute(t, 6000)), "100:00");
    assert_string_equal(TEXT(kq_fmt_minute(t, INT32_MIN)), "-35791394:08");
    assert_string_equal(TEXT(kq_fmt_second(t, 43500)), "12:05:00");
    assert_string_equal(TEXT(kq_fmt_second(t, -3661)), "-01:01:01");
    assert_string_equal(TEXT(kq_fmt_second(t, INT32_MIN)), "-596523:14:08");
    assert_string_equal(TEXT(kq_fmt_time(t, 43499123)), "12:04:59.123");
    assert_string_equal(TEXT(kq_fmt_time(t, 90000000)), "25:00:00.000");
    assert_string_equal(TEXT(kq_fmt_time(t, -1)), "-00:00:00.001");
    assert_string_equal(TEXT(kq_fmt_time(t, INT32_MIN)), "-596:31:23.648");
}

static void prints_timespans_and_timestamps(void **state)
{
    (void)state;
    char t[KQ_CAL_MAX];
    assert_string_equal(TEXT(kq_fmt_timespan(t, INT64_C(20217600000000))), "0D05:36:57.600000000");
    assert_string_equal(TEXT(kq_fmt_timespan(t, -INT64_C(9223372036854775806))),
                        "-106751D23:47:16.854775806");
    assert_string_equal(TEXT(kq_fmt_timespan(t, INT64_MIN)), "-106751D23:47:16.854775808");
    assert_string_equal(TEXT(kq_fmt_timespan(t, -1)), "-0D00:00:00.000000001");
    assert_string_equal(TEXT(kq_fmt_timestamp(t, INT64_C(279417600000000))),
                        "2000.01.04D05:36:57.600000000");
    assert_string_equal(TEXT(kq_fmt_timestamp(t, -1)), "1999.12.31D23:59:59.999999999");
    assert_string_equal(TEXT(kq_fmt_timestamp(t, INT64_MIN + 2)), "1707.09.22D00:12:43.145224194");
    assert_string_equal(TEXT(kq_fmt_timestamp(t, INT64_MAX - 1)), "2292.04.10D23:47:16.854775806");
    assert_string_equal(TEXT(kq_fmt_iso_timestamp(t, 0)), "2000-01-01T00:00:00.000000000");
}

static void days_are_remembered_rightly(void **state)
{
    (void)state;
    struct kq_day_text q = KQ_DAY_TEXT_Q, iso = KQ_DAY_TEXT_ISO;
    const int64_t day = KQ_NS_PER_DAY;
    const int64_t walk[] = {0,       day - 1, day, day + 1,       -1,        -day, -day - 1, 5,
                            9 * day, 9 * day, 0,   INT64_MIN + 2, INT64_MAX, -1,   INT64_MIN};
    char t[KQ_CAL_MAX], want[KQ_CAL_MAX];
    for (size_t i = 0; i < sizeof walk / sizeof walk[0]; i++) {
        want[kq_fmt_timestamp(want, walk[i])] = 0;
        assert_string_equal(TEXT(kq_fmt_timestamp_near(t, walk[i], &q)), want);
        want[kq_fmt_iso_timestamp(want, walk[i])] = 0;
        assert_string_equal(TEXT(kq_fmt_timestamp_near(t, walk[i], &iso)), want);
    }
}

static void prints_datetimes(void **state)
{
    (void)state;
    char t[KQ_CAL_MAX];
    assert_string_equal(TEXT(kq_fmt_datetime(t, 3.234)), "2000.01.04T05:36:57.600");
    assert_string_equal(TEXT(kq_fmt_datetime(t, -0.5)), "1999.12.31T12:00:00.000");
    assert_string_equal(TEXT(kq_fmt_datetime(t, 0.9999999999)), "2000.01.02T00:00:00.000");
    assert_string_equal(TEXT(kq_fmt_datetime(t, 1e300)), "0000.00.00T00:00:00.000");
    assert_string_equal(TEXT(kq_fmt_datetime(t, NAN)), "0000.00.00T00:00:00.000");
    assert_string_equal(TEXT(kq_fmt_datetime(t, KQ_DAY_MAX + 0.9999999999)),
                        "0000.00.00T00:00:00.000");
    assert_string_equal(TEXT(kq_fmt_iso_datetime(t, 8767.25)), "2024-01-02T06:00:00.000");
}

/* A case of a reader: `ok` and the value, or refused. */
struct reading {
    const char *text;
    bool ok;
    int64_t want;
};

typedef bool parse64(struct kq_str s, int64_t *v);

static void check_readings(const struct reading *r, size_t n, parse64 *parse)
{
    for (size_t i = 0; i < n; i++) {
        int64_t v = 42;
        bool ok = parse(kq_strz(r[i].text), &v);
        if (ok != r[i].ok || v != (ok ? r[i].want : 42))
            fail_msg("\"%s\" gave %d and %" PRId64 ", should be %d and %" PRId64, r[i].text, ok, v,
                     r[i].ok, r[i].want);
    }
}
#define CHECK_READINGS(cases, parse) check_readings(cases, sizeof cases / sizeof cases[0], parse)

static bool date64(struct kq_str s, int64_t *v)
{
    int32_t d;
    if (!kq_parse_date(s, &d))
        return false;
    *v = d;
    return true;
}

static bool month64(struct kq_str s, int64_t *v)
{
    int32_t m;
    if (!kq_parse_month(s, &m))
        return false;
    *v = m;
    return true;
}

static void reads_dates(void **state)
{
    (void)state;
    static const struct reading cases[] = {
        {"2001.01.01", true, 366},
        {"2001-01-01", true, 366},
        {"2001/01/01", true, 366},
        {"20010101", true, 366},
        {"0001.01.01", true, KQ_DAY_MIN},
        {"9999.12.31", true, KQ_DAY_MAX},
        {"2000.02.29", true, 59},
        {"2001.02.29", false, 0},
        {"2001.01-01", false, 0},
        {"2001-01.01", false, 0},
        {"2001:01:01", false, 0},
        {"0000.00.00", false, 0},
        {"2001.1.1", false, 0},
        {"2001.01.0", false, 0},
        {"2001.01.011", false, 0},
        {"200a.01.01", false, 0},
        {"2001.01.0x", false, 0},
        {"2001.01.x1", false, 0},
        {"20011301", false, 0},
        {"2001010", false, 0},
        {"2001010a", false, 0},
        {"2001.010", false, 0},
        {"", false, 0},
        {"-001.01.01", false, 0},
        {"20010.1.01", false, 0},
    };
    CHECK_READINGS(cases, date64);
}

static void reads_months(void **state)
{
    (void)state;
    static const struct reading cases[] = {
        {"2001.01", true, 12},
        {"2001.01m", true, 12},
        {"1999-12", true, -1},
        {"2024/01", true, 288},
        {"0001.01", true, KQ_MONTH_MIN},
        {"2001.13", false, 0},
        {"2001.00", false, 0},
        {"200101", false, 0},
        {"2001.1", false, 0},
        {"2001.01x", false, 0},
        {"2001.01.01", false, 0},
        {"0000.01", false, 0},
        {"", false, 0},
    };
    CHECK_READINGS(cases, month64);
}

#define SEC INT64_C(1000000000)

static void reads_times(void **state)
{
    (void)state;
    static const struct reading cases[] = {
        {"09:30", true, 34200 * SEC},
        {"9:30", true, 34200 * SEC},
        {"09:30:05", true, 34205 * SEC},
        {"9:30:05", true, 34205 * SEC},
        {"-09:30:05", true, -34205 * SEC},
        {"-00:00:00.000000001", true, -1},
        {"09:30:05.1", true, 34205 * SEC + 100000000},
        {"09:30:05.12", true, 34205 * SEC + 120000000},
        {"09:30:05.123", true, 34205 * SEC + 123000000},
        {"09:30:05.123456", true, 34205 * SEC + 123456000},
        {"09:30:05.12345678", true, 34205 * SEC + 123456780},
        {"09:30:05.123456789", true, 34205 * SEC + 123456789},
        {"9:30:05.123456789", true, 34205 * SEC + 123456789},
        {"99:59:59", true, 359999 * SEC},
        {"100:00:00", true, 360000 * SEC},
        {"2562047:47:16.854775807", true, INT64_MAX},
        {"2562047:47:16.854775808", false, 0},
        {"2562048:00", false, 0},
        {"09:60", false, 0},
        {"09:30:60", false, 0},
        {"09:30:5", false, 0},
        {"09:3", false, 0},
        {"09", false, 0},
        {"09:30:", false, 0},
        {"09:30:05.", false, 0},
        {"09:30:05.1234567890", false, 0},
        {"09:30:05.12x", false, 0},
        {"09:30:05.x23456789", false, 0},
        {"09:30:05,123", false, 0},
        {"09-30:05", false, 0},
        {"0x:30:05", false, 0},
        {":30:05", false, 0},
        {"-", false, 0},
        {"", false, 0},
        {"+09:30", false, 0},
    };
    CHECK_READINGS(cases, kq_parse_time_ns);
}

static void reads_timespans(void **state)
{
    (void)state;
    static const struct reading cases[] = {
        {"0D05:36:57.600000000", true, INT64_C(20217600000000)},
        {"1D", true, KQ_NS_PER_DAY},
        {"1D12:00", true, KQ_NS_PER_DAY * 3 / 2},
        {"-1D12:00", true, -KQ_NS_PER_DAY * 3 / 2},
        {"12:00:00", true, KQ_NS_PER_DAY / 2},
        {"-106751D23:47:16.854775806", true, -INT64_C(9223372036854775806)},
        {"106751D23:47:16.854775808", false, 0},
        {"106752D", false, 0},
        {"D12:00", false, 0},
        {"1D12", false, 0},
        {"1D-12:00", false, 0},
        {"1D12:00D", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"1", false, 0},
    };
    CHECK_READINGS(cases, kq_parse_timespan);
}

/* Twice: the second time the day is known, if it has been kept. */
static bool timestamp_near(struct kq_str s, int64_t *ns)
{
    struct kq_day_text day = KQ_DAY_TEXT_Q;
    int64_t first = 42;
    bool ok = kq_parse_timestamp_near(s, &first, &day);
    assert_int_equal(kq_parse_timestamp_near(s, ns, &day), ok);
    if (ok)
        assert_int_equal(*ns, first);
    return ok;
}

static void reads_timestamps(void **state)
{
    (void)state;
    const int64_t day = 8767 * KQ_NS_PER_DAY; /* 2024.01.02 */
    const struct reading cases[] = {
        {"2024.01.02", true, day},
        {"2024-01-02", true, day},
        {"2024.01.02D09:30", true, day + 34200 * SEC},
        {"2024.01.02D09", true, day + 32400 * SEC},
        {"2024.01.02D09:30:05", true, day + 34205 * SEC},
        {"2024-01-02T09:30:05Z", true, day + 34205 * SEC},
        {"2024/01/02 09:30:05.5", true, day + 34205 * SEC + 500000000},
        {"2024.01.02D09:30:05.123", true, day + 34205 * SEC + 123000000},
        {"2024-01-02T09:30:05.123456Z", true, day + 34205 * SEC + 123456000},
        {"2024.01.02D09:30:05.12345678", true, day + 34205 * SEC + 123456780},
        {"2024.01.02D09:30:05.123456789", true, day + 34205 * SEC + 123456789},
        {"2024-01-02T09:30:05.123456789Z", true, day + 34205 * SEC + 123456789},
        {"2024-01-02T09:30:05+01:00", true, day + 30605 * SEC},
        {"2024-01-02T09:30:05.5-0130", true, day + 39605 * SEC + 500000000},
        {"2024-01-02T09:30+01", true, day + 30600 * SEC},
        {"1707.09.22D00:12:43.145224194", true, INT64_MIN + 2},
        {"2292.04.10D23:47:16.854775807", true, INT64_MAX},
        {"2292.04.10D23:47:16.854775808", false, 0},
        {"1707.09.21D23:59:59.999999999", false, 0},
        {"2300.01.01", false, 0},
        {"1600.01.01D00:00:00", false, 0},
        {"20240102", false, 0},
        {"20240102D09:30:05", false, 0},
        {"2024.01.02D24:00:00", false, 0},
        {"2024.01.02D25:00", false, 0},
        {"2024.01.02D09:60:05", false, 0},
        {"2024.01.02D09:30:60.000", false, 0},
        {"2024.01.02X09:30:05", false, 0},
        {"2024.01.02D", false, 0},
        {"2024.01.02D9:30:05", false, 0},
        {"2024.01.02D09:30:05.", false, 0},
        {"2024.01.02D09:30:05.1234567890", false, 0},
        {"2024.01.02D09:30:05.12345678x", false, 0},
        {"2024.01.02D09:30:05.x23456789", false, 0},
        {"2024.13.02D09:30:05", false, 0},
        {"2024.01.02D09:30:05ZZ", false, 0},
        {"2024-01-02T09:30:05+24:00", false, 0},
        {"2024-01-02T09:30:05+01:60", false, 0},
        {"2024-01-02T09:30:05+", false, 0},
        {"2024-01-02Z", false, 0},
        {"2000.01.01D00:00:00.000000001", true, 1},
        {"2000.01.01D24:00:00", false, 0},
        {"1707.09.22D00:12:43.145224191", false, 0},
        {"", false, 0},
    };
    CHECK_READINGS(cases, kq_parse_timestamp);
    CHECK_READINGS(cases, timestamp_near);
}

static void timestamps_go_there_and_back(void **state)
{
    (void)state;
    uint64_t r = 1;
    char t[KQ_CAL_MAX];
    for (int i = 0; i < 100000; i++) {
        r = r * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        int64_t ns = (int64_t)r, back;
        if (ns < INT64_MIN + 2)
            continue;
        assert_true(kq_parse_timestamp(kq_str(t, kq_fmt_timestamp(t, ns)), &back));
        assert_int_equal(back, ns);
        assert_true(kq_parse_timestamp(kq_str(t, kq_fmt_iso_timestamp(t, ns)), &back));
        assert_int_equal(back, ns);
        assert_true(kq_parse_timespan(kq_str(t, kq_fmt_timespan(t, ns)), &back));
        assert_int_equal(back, ns);
    }
}

/* Every single byte of a good text replaced by every other byte: what is
 * still accepted must be another good text, so it prints as itself. */
static void one_wrong_byte_is_noticed(void **state)
{
    (void)state;
    static const char good[] = "2024.01.02D09:30:05.123456789";
    char t[KQ_CAL_MAX], again[KQ_CAL_MAX];
    for (size_t at = 0; at < sizeof good - 1; at++) {
        for (int c = 0; c < 256; c++) {
            int64_t ns;
            memcpy(t, good, sizeof good);
            t[at] = (char)c;
            /* Other texts for the same: T or a blank, and Z. */
            if (!kq_parse_timestamp(kq_str(t, sizeof good - 1), &ns) || at == 10 || c == 'Z')
                continue;
            again[kq_fmt_timestamp(again, ns)] = 0;
            assert_string_equal(again, t);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_the_common_era),
        cmocka_unit_test(any_day_goes_there_and_back),
        cmocka_unit_test(dates_that_do_not_exist),
        cmocka_unit_test(unix_times_saturate),
        cmocka_unit_test(prints_dates_and_months),
        cmocka_unit_test(prints_times),
        cmocka_unit_test(prints_timespans_and_timestamps),
        cmocka_unit_test(days_are_remembered_rightly),
        cmocka_unit_test(prints_datetimes),
        cmocka_unit_test(reads_dates),
        cmocka_unit_test(reads_months),
        cmocka_unit_test(reads_times),
        cmocka_unit_test(reads_timespans),
        cmocka_unit_test(reads_timestamps),
        cmocka_unit_test(timestamps_go_there_and_back),
        cmocka_unit_test(one_wrong_byte_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Fields against the C library: what printf and strftime write, column and lane
 * read as strtoll, strtod and timegm say.
 */
#include "column.h"
#include "lane.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* Which form a number or time is written in is up to chance. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

enum { ROUNDS = 3000, FIELD_MAX = 512 };
#define EPOCH INT64_C(946684800) /* 2000-01-01 since 1970, s */
#define NS    INT64_C(1000000000)

static uint64_t seed = 42;

static uint64_t next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static uint64_t below(uint64_t n)
{
    return next() % n;
}

/* ---- both readers ------------------------------------------------------------------- */

static void check_payload(char letter, const char *who, const char *text,
                          const struct pipe_column *c, const void *want)
{
    if (pipe_column_len(c) != c->width || memcmp(c->data, want, c->width) != 0)
        fail_msg("%s reads '%s' as %c differently", who, text, letter);
}

static void by_column(char letter, const char *text, const void *want)
{
    struct pipe_column c;
    assert_true(pipe_column_init(&c, letter, NULL));
    pipe_column_clear(&c, 1);
    if (!pipe_column_add(&c, kq_str(text, strlen(text))))
        fail_msg("'%s' is no %c", text, letter);
    check_payload(letter, "the column", text, &c, want);
    pipe_column_release(&c);
}

/* The lane may leave a record to the column, but not read it otherwise. */
static void by_lane(char letter, const char *text, const void *want)
{
    struct pipe_column c, *field = &c;
    struct pipe_lane lane = {0};
    char line[FIELD_MAX + PIPE_SLACK + 2] = {0};
    size_t rows = 0, n = strlen(text);
    assert_true(pipe_column_init(&c, letter, NULL));
    pipe_column_clear(&c, 1);
    assert_true(pipe_lane_init(&lane, &field, 1, ',', '"', -1, '\n'));
    memcpy(line, text, n);
    line[n] = line[n + 1] = '\n';
    const char *end = pipe_lane_run(&lane, line, line + n + 1, line + n + 1, 1, &rows);
    if (rows) {
        assert_ptr_equal(end, line + n + 1);
        check_payload(letter, "the lane", text, &c, want);
    }
    pipe_lane_release(&lane);
    pipe_column_release(&c);
}

static void reads(char letter, const char *text, const void *want)
{
    by_column(letter, text, want);
    by_lane(letter, text, want);
}

/* ---- numbers -------------------------------------------------------------------------- */

static void test_whole_numbers(void **state)
{
    (void)state;
    char text[FIELD_MAX];
    for (int i = 0; i < ROUNDS; i++) {
        int64_t v = (int64_t)(next() >> below(64));
        v = next() & 1 ? v : -v;
        snprintf(text, sizeof text, next() & 3 ? "%lld" : "%020lld", (long long)v);
        int64_t j = strtoll(text, NULL, 10);
        int32_t w = (int32_t)(j % 2000000000);
        int16_t h = (int16_t)(j % 32000);
        if (j != INT64_MIN)
            reads('J', text, &j);
        snprintf(text, sizeof text, "%d", (int)w);
        reads('I', text, &w);
        snprintf(text, sizeof text, "%d", (int)h);
        reads('H', text, &h);
    }
}

static void random_float(char *text, size_t size)
{
    static const char *const forms[] = {"%.17g", "%g", "%.2f", "%e", "%.0f", "%.15g", "%f"};
    uint64_t bits = next();
    double d;
    memcpy(&d, &bits, sizeof d);
    if (!isfinite(d) || next() & 1)
        d = (double)(int64_t)(bits >> below(40)) / pow(10, (double)below(9));
    snprintf(text, size, forms[below(sizeof forms / sizeof *forms)], d);
}

static void test_floats(void **state)
{
    (void)state;
    char text[FIELD_MAX];
    for (int i = 0; i < ROUNDS; i++) {
        random_float(text, sizeof text);
        double d = strtod(text, NULL);
        float f = strtof(text, NULL);
        reads('F', text, &d);
        if (isfinite(f))
            reads('E', text, &f);
    }
}

/* ---- times ------------------------------------------------------------------------------ */

/* Seconds since 1970 between the years 1900 and 2200. */
static time_t random_second(void)
{
    return (time_t)below(UINT64_C(9467000000)) - (time_t)2208900000;
}

/* A fraction of `digits` digits, its point before it; nothing for none. */
static int64_t fraction(char *text, size_t size, unsigned digits)
{
    int64_t v = 0, unit = NS;
    *text = '\0';
    if (!digits)
        return 0;
    for (unsigned i = 0; i < digits; i++)
        unit /= 10;
    v = (int64_t)below((uint64_t)(NS / unit));
    snprintf(text, size, ".%0*lld", (int)digits, (long long)v);
    return v * unit;
}

static void test_timestamps(void **state)
{
    (void)state;
    static const char *const forms[] = {"%Y.%m.%dD%H:%M:%S", "%Y-%m-%dT%H:%M:%S",
                                        "%Y-%m-%d %H:%M:%S", "%Y.%m.%dT%H:%M:%S"};
    char text[FIELD_MAX], point[16], zone[16] = "";
    for (int i = 0; i < ROUNDS; i++) {
        time_t t = random_second();
        struct tm tm;
        size_t form = below(sizeof forms / sizeof *forms);
        size_t n = strftime(text, sizeof text, forms[form], gmtime_r(&t, &tm));
        int64_t ns =
            (timegm(&tm) - EPOCH) * NS + fraction(point, sizeof point, (unsigned)below(10));
        int minutes = 0;
        *zone = '\0';
        if (below(3) == 0) {
            minutes = (int)below(27 * 60) - 13 * 60;
            snprintf(zone, sizeof zone, "%c%02d:%02d", minutes < 0 ? '-' : '+', abs(minutes) / 60,
                     abs(minutes) % 60);
        } else if (below(3) == 0) {
            strcpy(zone, "Z");
        }
        snprintf(text + n, sizeof text - n, "%s%s", point, zone);
        ns -= minutes * 60 * NS;
        reads('P', text, &ns);
    }
}

static void test_dates(void **state)
{
    (void)state;
    static const char *const forms[] = {"%Y.%m.%d", "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%m/%d/%Y"};
    static const char *const months[] = {"%Y.%m", "%Y-%m", "%Y%m"};
    char text[FIELD_MAX];
    for (int i = 0; i < ROUNDS; i++) {
        time_t t = random_second();
        struct tm tm;
        gmtime_r(&t, &tm);
        struct tm midnight = {.tm_year = tm.tm_year, .tm_mon = tm.tm_mon, .tm_mday = tm.tm_mday};
        int32_t days = (int32_t)((timegm(&midnight) - EPOCH) / 86400);
        int32_t month = (tm.tm_year - 100) * 12 + tm.tm_mon;
        strftime(text, sizeof text, forms[below(sizeof forms / sizeof *forms)], &tm);
        reads('D', text, &days);
        strftime(text, sizeof text, months[below(sizeof months / sizeof *months)], &tm);
        reads('M', text, &month);
    }
}

static void test_clocks(void **state)
{
    (void)state;
    char text[FIELD_MAX], point[16];
    for (int i = 0; i < ROUNDS; i++) {
        int32_t h = (int32_t)below(24), m = (int32_t)below(60), s = (int32_t)below(60);
        int32_t minute = h * 60 + m, second = minute * 60 + s;
        snprintf(text, sizeof text, "%02d:%02d", h, m);
        reads('U', text, &minute);
        snprintf(text, sizeof text, "%02d:%02d:%02d", h, m, s);
        reads('V', text, &second);
        int64_t ns = second * NS + fraction(point, sizeof point, (unsigned)below(4));
        int32_t ms = (int32_t)(ns / 1000000);
        snprintf(text, sizeof text, "%02d:%02d:%02d%s", h, m, s, point);
        reads('T', text, &ms);
        int64_t days = (int64_t)below(3000);
        ns = days * 86400 * NS + second * NS + fraction(point, sizeof point, (unsigned)below(10));
        snprintf(text, sizeof text, "%lldD%02d:%02d:%02d%s", (long long)days, h, m, s, point);
        reads('N', text, &ns);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_numbers), cmocka_unit_test(test_floats),
        cmocka_unit_test(test_timestamps),    cmocka_unit_test(test_dates),
        cmocka_unit_test(test_clocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * dayform.c - a written day is cut into three runs of digits or letters; which
 * of them is the year, the month and the day shows in their shapes.
 */
#include "text/dayform.h"

#include "base/cal.h"
#include "base/num.h"

#include <string.h>

static bool is_letter(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26;
}

/* The number that the digits spell; -1 when they are none or too many. */
static int32_t number(struct kq_str s)
{
    int32_t v = 0;
    if (!s.len || s.len > 4)
        return -1;
    for (size_t i = 0; i < s.len; i++) {
        if (!kq_is_digit(s.s[i]))
            return -1;
        v = v * 10 + (s.s[i] - '0');
    }
    return v;
}

/* Two digits are 1950 to 2049. */
static int32_t year_number(struct kq_str s)
{
    int32_t v = number(s);
    if (s.len == 2 && v >= 0)
        return v + (v < 50 ? 2000 : 1900);
    return s.len == 4 ? v : -1;
}

static int32_t month_number(struct kq_str s)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    if (!s.len || !is_letter(s.s[0]))
        return s.len <= 2 ? number(s) : -1;
    for (int32_t m = 0; s.len == 3 && m < 12; m++) {
        const char *name = names + 3 * m;
        if ((s.s[0] | 0x20) == name[0] && (s.s[1] | 0x20) == name[1] && (s.s[2] | 0x20) == name[2])
            return m + 1;
    }
    return -1;
}

static bool to_days(struct kq_str y, struct kq_str m, struct kq_str d, int32_t *days)
{
    int32_t year = year_number(y), month = month_number(m), day = d.len <= 2 ? number(d) : -1;
    if (year < 0 || month < 1 || day < 1 || !kq_cal_valid(year, month, day))
        return false;
    *days = kq_cal_days(year, month, day);
    return true;
}

/* yyyymmdd or yymmdd. */
static bool digits_only(struct kq_str s, int32_t *days)
{
    size_t y = s.len - 4;
    return (s.len == 6 || s.len == 8) &&
           to_days(kq_str(s.s, y), kq_str(s.s + y, 2), kq_str(s.s + y + 2, 2), days);
}

/* Three runs of digits or letters, at most one separator between two of them. */
static bool cut(struct kq_str s, struct kq_str part[3])
{
    size_t i = 0;
    for (int n = 0; n < 3; n++) {
        if (n && i < s.len && memchr("/- ", s.s[i], 3))
            i++;
        size_t from = i;
        bool word = i < s.len && is_letter(s.s[i]);
        while (i < s.len && (word ? is_letter(s.s[i]) : kq_is_digit(s.s[i])))
            i++;
        part[n] = kq_str(s.s + from, i - from);
    }
    return i == s.len;
}

bool kq_dayform(struct kq_str s, bool day_first, int32_t *days)
{
    struct kq_str p[3];
    if (kq_parse_date(s, days) || digits_only(s, days))
        return true;
    if (!cut(s, p) || !p[0].len || !p[1].len || !p[2].len)
        return false;
    if (p[0].len == 4)
        return to_days(p[0], p[1], p[2], days);
    if (is_letter(p[1].s[0]) || (day_first && !is_letter(p[0].s[0])))
        return to_days(p[2], p[1], p[0], days);
    return to_days(p[2], p[0], p[1], days);
}

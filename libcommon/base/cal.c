/*
 * cal.c - calendar arithmetic by Cassio Neri and Lorenz Schneider ("Euclidean
 * affine functions and their application to calendar algorithms", 2022):
 * a handful of multiplications and no loop, so caching dates does not pay.
 *
 * Text of the usual fixed layouts is read in overlapping eight-byte words: a
 * word xor the layout must be zero where a separator stands and 0..9 where a
 * digit does.  Whatever does not fit goes to the general reader.
 */
#include "base/cal.h"

#include "base/digits.h"
#include "base/num.h"

#include <time.h>

/*
 * The algorithms count days from 1 March of a year that is a multiple of 400;
 * this shift makes every int32 day positive.
 */
enum { ERA_DAYS = 146097, ERA_YEARS = 400, ERAS = 14704 };
#define SHIFT_DAYS  (INT64_C(730425) + (int64_t)ERAS * ERA_DAYS) /* 0000.03.01 to 2000.01.01 */
#define SHIFT_YEARS (ERAS * ERA_YEARS)

struct kq_ymd kq_cal_civil(int32_t days)
{
    uint64_t n = (uint64_t)(days + SHIFT_DAYS) * 4 + 3;
    uint32_t century = (uint32_t)(n / ERA_DAYS);
    uint32_t n2 = (uint32_t)(n % ERA_DAYS) | 3;
    uint64_t p = UINT64_C(2939745) * n2;
    uint32_t year = (uint32_t)(p >> 32);
    uint32_t yday = (uint32_t)p / 2939745 / 4;
    uint32_t n3 = 2141 * yday + 197913;
    bool jan_feb = yday >= 306;
    return (struct kq_ymd){
        .year = (int32_t)(100 * century + year) - SHIFT_YEARS + jan_feb,
        .month = (int8_t)((n3 >> 16) - (jan_feb ? 12 : 0)),
        .day = (int8_t)(((n3 & 0xffff) / 2141) + 1),
    };
}

int32_t kq_cal_days(int32_t year, int month, int day)
{
    bool jan_feb = month <= 2;
    uint32_t y = (uint32_t)(year + SHIFT_YEARS - jan_feb);
    uint32_t m = (uint32_t)(month + (jan_feb ? 12 : 0));
    uint32_t century = y / 100;
    uint64_t year_days = UINT64_C(1461) * y / 4 - century + century / 4;
    uint32_t month_days = (979 * m - 2919) / 32;
    return (int32_t)((int64_t)(year_days + month_days) + day - 1 - SHIFT_DAYS);
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

bool kq_cal_valid(int year, int month, int day)
{
    static const int8_t length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    return day <= length[month - 1] + (month == 2 && is_leap(year));
}

int64_t kq_cal_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (t.tv_sec - KQ_UNIX_DAYS * 86400) * KQ_NS_PER_SEC + t.tv_nsec;
}

int64_t kq_cal_from_unix_ns(int64_t unix_ns)
{
    int64_t r;
    return __builtin_sub_overflow(unix_ns, KQ_UNIX_DAYS * KQ_NS_PER_DAY, &r) ? INT64_MIN : r;
}

int64_t kq_cal_to_unix_ns(int64_t ns)
{
    int64_t r;
    return __builtin_add_overflow(ns, KQ_UNIX_DAYS * KQ_NS_PER_DAY, &r) ? INT64_MAX : r;
}

/* ---- to text ---- */

/* yyyySmmSdd, 10 bytes. */
static inline void put_date(char *dst, int32_t days, char sep)
{
    struct kq_ymd d = {0, 0, 0};
    if (days >= KQ_DAY_MIN && days <= KQ_DAY_MAX)
        d = kq_cal_civil(days);
    kq_put4(dst, (uint32_t)d.year);
    dst[4] = sep;
    kq_put2(dst + 5, (uint32_t)d.month);
    dst[7] = sep;
    kq_put2(dst + 8, (uint32_t)d.day);
}

/* yyyySmm, 7 bytes. */
static inline void put_month(char *dst, int32_t months, char sep)
{
    uint32_t n = 0, month = 0;
    if (months >= KQ_MONTH_MIN && months <= KQ_MONTH_MAX) {
        n = (uint32_t)(months + 24000);
        month = n % 12 + 1;
    }
    kq_put4(dst, n / 12);
    dst[4] = sep;
    kq_put2(dst + 5, month);
}

/* hh:mm:ss of a second of the day, 8 bytes. */
static inline void put_hms(char *dst, uint32_t seconds)
{
    uint32_t minutes = seconds / 60;
    kq_put2(dst, minutes / 60);
    dst[2] = ':';
    kq_put2(dst + 3, minutes % 60);
    dst[5] = ':';
    kq_put2(dst + 6, seconds % 60);
}

/* hh:mm:ss.fffffffff of a nanosecond of the day, 18 bytes. */
static inline void put_hms_ns(char *dst, uint64_t ns)
{
    put_hms(dst, (uint32_t)(ns / (uint64_t)KQ_NS_PER_SEC));
    dst[8] = '.';
    kq_put9(dst + 9, (uint32_t)(ns % (uint64_t)KQ_NS_PER_SEC));
}

/* A minus for what is below zero, and the magnitude. */
static inline size_t put_sign(char *dst, int64_t v, uint64_t *mag)
{
    dst[0] = '-';
    *mag = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    return v < 0;
}

/* Hours, two digits or as many as it takes. */
static inline size_t put_hours(char *dst, uint32_t hours)
{
    if (hours >= 100)
        return kq_fmt_u64(dst, hours);
    kq_put2(dst, hours);
    return 2;
}

size_t kq_fmt_date(char *dst, int32_t days)
{
    put_date(dst, days, '.');
    return 10;
}

size_t kq_fmt_iso_date(char *dst, int32_t days)
{
    put_date(dst, days, '-');
    return 10;
}

size_t kq_fmt_month(char *dst, int32_t months)
{
    put_month(dst, months, '.');
    return 7;
}

size_t kq_fmt_iso_month(char *dst, int32_t months)
{
    put_month(dst, months, '-');
    return 7;
}

size_t kq_fmt_minute(char *dst, int32_t minutes)
{
    uint64_t v;
    size_t n = put_sign(dst, minutes, &v);
    n += put_hours(dst + n, (uint32_t)v / 60);
    dst[n] = ':';
    kq_put2(dst + n + 1, (uint32_t)v % 60);
    return n + 3;
}

/* hours:mm:ss with as many hours as there are. */
static inline size_t put_seconds(char *dst, uint32_t seconds)
{
    enum { HOURS_100 = 360000 };
    size_t n = 0;
    if (seconds >= HOURS_100) {
        /* put_hms writes the last two digits again. */
        n = kq_fmt_u64(dst, seconds / 3600) - 2;
        seconds %= HOURS_100;
    }
    put_hms(dst + n, seconds);
    return n + 8;
}

size_t kq_fmt_second(char *dst, int32_t seconds)
{
    uint64_t v;
    size_t n = put_sign(dst, seconds, &v);
    return n + put_seconds(dst + n, (uint32_t)v);
}

size_t kq_fmt_time(char *dst, int32_t ms)
{
    uint64_t v;
    size_t n = put_sign(dst, ms, &v);
    n += put_seconds(dst + n, (uint32_t)v / 1000);
    dst[n] = '.';
    kq_put3(dst + n + 1, (uint32_t)v % 1000);
    return n + 4;
}

size_t kq_fmt_timespan(char *dst, int64_t ns)
{
    uint64_t v;
    size_t n = put_sign(dst, ns, &v);
    n += kq_fmt_u64(dst + n, v / (uint64_t)KQ_NS_PER_DAY);
    dst[n] = 'D';
    put_hms_ns(dst + n + 1, v % (uint64_t)KQ_NS_PER_DAY);
    return n + 19;
}

/* Days and the rest of the day, rounded down. */
static inline int32_t split_day(int64_t ns, uint64_t *rest)
{
    int64_t days = ns / KQ_NS_PER_DAY, r = ns % KQ_NS_PER_DAY;
    int64_t down = r >> 63;
    *rest = (uint64_t)(r + (down & KQ_NS_PER_DAY));
    return (int32_t)(days + down);
}

/* Date and `t` of the day that `ns` is in; returns the ns of the day. */
static uint64_t put_day(char *dst, int64_t ns, char sep, char t)
{
    uint64_t rest;
    int32_t days = split_day(ns, &rest);
    put_date(dst, days, sep);
    dst[10] = t;
    return rest;
}

size_t kq_fmt_timestamp(char *dst, int64_t ns)
{
    put_hms_ns(dst + 11, put_day(dst, ns, '.', 'D'));
    return 29;
}

size_t kq_fmt_iso_timestamp(char *dst, int64_t ns)
{
    put_hms_ns(dst + 11, put_day(dst, ns, '-', 'T'));
    return 29;
}

/*
 * The midnight before the first timestamps does not fit an int64, so their day
 * is never kept; the check also tells them from those 2^64 ns later.
 */
#define FIRST_FULL_DAY (INT64_MIN + KQ_NS_PER_DAY)

static __attribute__((noinline)) size_t other_day(char *dst, int64_t ns, struct kq_day_text *day)
{
    uint64_t rest = put_day(dst, ns, day->text[4], day->text[10]);
    put_hms_ns(dst + 11, rest);
    if (ns >= FIRST_FULL_DAY) {
        day->start = ns - (int64_t)rest;
        memcpy(day->text, dst, 11);
    }
    return 29;
}

size_t kq_fmt_timestamp_near(char *dst, int64_t ns, struct kq_day_text *day)
{
    uint64_t rest = (uint64_t)ns - (uint64_t)day->start;
    if (rest >= (uint64_t)KQ_NS_PER_DAY || ns < FIRST_FULL_DAY)
        return other_day(dst, ns, day);
    memcpy(dst, day->text, sizeof day->text);
    put_hms_ns(dst + 11, rest);
    return 29;
}

static size_t put_datetime(char *dst, double days, char sep)
{
    int32_t day = INT32_MIN;
    uint32_t ms = 0;
    if (days >= KQ_DAY_MIN && days < KQ_DAY_MAX + 1) {
        /* floor() would need the mathematics library. */
        day = (int32_t)days - (days < (int32_t)days);
        ms = (uint32_t)((days - day) * KQ_MS_PER_DAY + 0.5);
        day += ms == (uint32_t)KQ_MS_PER_DAY;
        ms %= (uint32_t)KQ_MS_PER_DAY;
    }
    put_date(dst, day, sep);
    dst[10] = 'T';
    put_hms(dst + 11, ms / 1000);
    dst[19] = '.';
    kq_put3(dst + 20, ms % 1000);
    return 23;
}

size_t kq_fmt_datetime(char *dst, double days)
{
    return put_datetime(dst, days, '.');
}

size_t kq_fmt_iso_datetime(char *dst, double days)
{
    return put_datetime(dst, days, '-');
}

/* ---- from text ---- */

/* Between 1 and `max` digits at the front of `s` are cut off into *v. */
static int take_digits(struct kq_str *s, int max, uint64_t *v)
{
    int n = 0;
    uint64_t r = 0;
    while (n < max && s->len && kq_is_digit(*s->s)) {
        r = r * 10 + (uint64_t)(*s->s - '0');
        s->s++;
        s->len--;
        n++;
    }
    *v = r;
    return n;
}

static bool take_char(struct kq_str *s, char c)
{
    if (!s->len || *s->s != c)
        return false;
    s->s++;
    s->len--;
    return true;
}

/* yyyy and its separator, which is one of ". - /" or, if allowed, nothing (0). */
static bool take_year(struct kq_str *s, uint64_t *year, char *sep)
{
    if (take_digits(s, 4, year) != 4 || !s->len)
        return false;
    *sep = *s->s;
    if (*sep == '.' || *sep == '-' || *sep == '/')
        return take_char(s, *sep);
    *sep = 0;
    return true;
}

static bool take_date(struct kq_str *s, bool need_sep, int32_t *days)
{
    uint64_t y, m, d;
    char sep;
    if (!take_year(s, &y, &sep) || (need_sep && !sep))
        return false;
    if (take_digits(s, 2, &m) != 2 || (sep && !take_char(s, sep)) || take_digits(s, 2, &d) != 2)
        return false;
    if (!kq_cal_valid((int)y, (int)m, (int)d))
        return false;
    *days = kq_cal_days((int32_t)y, (int)m, (int)d);
    return true;
}

/* .f with 1 to 9 decimals, as ns. */
static bool take_fraction(struct kq_str *s, uint64_t *ns)
{
    static const uint32_t scale[] = {0,     100000000, 10000000, 1000000, 100000,
                                     10000, 1000,      100,      10,      1};
    uint64_t v;
    int n = take_digits(s, 9, &v);
    *ns = v * scale[n];
    return n > 0;
}

/* :mm[:ss[.f]] added to *ns. */
static bool take_after_hours(struct kq_str *s, uint64_t *ns)
{
    uint64_t m, sec = 0, frac = 0;
    if (!take_char(s, ':') || take_digits(s, 2, &m) != 2 || m > 59)
        return false;
    if (take_char(s, ':')) {
        if (take_digits(s, 2, &sec) != 2 || sec > 59)
            return false;
        if (take_char(s, '.') && !take_fraction(s, &frac))
            return false;
    }
    return !__builtin_add_overflow(*ns, (m * 60 + sec) * (uint64_t)KQ_NS_PER_SEC + frac, ns);
}

/* What fits the 292 years of an int64 of ns. */
enum { MAX_HOURS = 2562047, MAX_DAYS = 106751 };

/* h:mm[:ss[.f]], no sign. */
static bool take_time(struct kq_str *s, uint64_t *ns)
{
    uint64_t h;
    if (!take_digits(s, 7, &h) || h > MAX_HOURS)
        return false;
    *ns = h * 3600 * (uint64_t)KQ_NS_PER_SEC;
    return take_after_hours(s, ns);
}

static bool with_sign(uint64_t mag, bool neg, int64_t *v)
{
    if (mag > (uint64_t)INT64_MAX)
        return false;
    *v = neg ? -(int64_t)mag : (int64_t)mag;
    return true;
}

/*
 * Two digits each at bytes a, b and c of a word that is separators xor digits
 * already; byte i of the result is 10 * digit i + digit i + 1.
 */
static inline uint64_t pairs(uint64_t w)
{
    return w * 10 + (w >> 8);
}
static inline uint32_t byte_at(uint64_t w, int i)
{
    return (uint32_t)(w >> (8 * i)) & 0xff;
}

/*
 * Whether the word `x` (text xor layout) has zeros at its separators and 0..9
 * elsewhere; `sep` has 0x09 at each separator.
 */
static inline bool layout_ok(uint64_t x, uint64_t sep)
{
    return (((x + (KQ_BYTES8(0x76) + sep)) | x) & KQ_BYTES8(0x80)) == 0;
}

/* Byte `c` at place `i` of a word. */
#define AT(i, c) ((uint64_t)(uint8_t)(c) << (8 * (i)))

/*
 * Digits [from, from + n) of `s` as ns, where `s` ends with them and has at
 * least 8 bytes; n is 1..9.
 */
static inline bool fraction_fast(struct kq_str s, size_t from, uint32_t *ns)
{
    size_t n = s.len - from;
    uint64_t w = kq_load8(s.s + s.len - 8) ^ KQ_BYTES8('0');
    uint32_t first = 0;
    if (n == 9) {
        first = (unsigned char)s.s[from] - (unsigned)'0';
        n = 8;
        if (first > 9)
            return false;
        *ns = first * 100000000 + kq_digits8_value(w);
        return kq_digits8_ok(w);
    }
    w >>= 64 - 8 * n;
    *ns = kq_digits8_value(w) * 10;
    return kq_digits8_ok(w);
}

/* hh:mm:ss[.f] at `from` of `s`, up to its end, as ns of the day. */
static inline bool hms_fast(struct kq_str s, size_t from, int64_t *ns)
{
    const uint64_t sep = AT(2, 9) | AT(5, 9);
    uint64_t x = kq_load8(s.s + from) ^ (KQ_BYTES8('0') ^ AT(2, '0' ^ ':') ^ AT(5, '0' ^ ':'));
    uint64_t p = pairs(x);
    uint32_t h = byte_at(p, 0), m = byte_at(p, 3), sec = byte_at(p, 6), frac = 0;
    if (!layout_ok(x, sep) || m > 59 || sec > 59)
        return false;
    size_t n = s.len - from;
    if (n > 8 && (n == 9 || n > 18 || s.s[from + 8] != '.' || !fraction_fast(s, from + 9, &frac)))
        return false;
    *ns = (int64_t)(h * 3600 + m * 60 + sec) * KQ_NS_PER_SEC + frac;
    return true;
}

/* yyyySmmSdd at the front of at least 10 bytes. */
static inline bool date_fast(const char *s, int32_t *days)
{
    char sep = s[4];
    uint64_t x = kq_load8(s) ^ (KQ_BYTES8('0') ^ AT(4, '0' ^ sep) ^ AT(7, '0' ^ sep));
    uint64_t p = pairs(x);
    uint32_t d1 = (unsigned char)s[8] - (unsigned)'0', d0 = (unsigned char)s[9] - (unsigned)'0';
    if ((sep != '.' && sep != '-' && sep != '/') || !layout_ok(x, AT(4, 9) | AT(7, 9)) || d1 > 9 ||
        d0 > 9)
        return false;
    int year = (int)(byte_at(p, 0) * 100 + byte_at(p, 2));
    int month = (int)byte_at(p, 5), day = (int)(d1 * 10 + d0);
    bool surely = year > 0 && (unsigned)month - 1 < 12 && (unsigned)day - 1 < 28;
    if (!surely && !kq_cal_valid(year, month, day))
        return false;
    *days = kq_cal_days(year, month, day);
    return true;
}

bool kq_parse_date(struct kq_str s, int32_t *days)
{
    if (s.len == 10)
        return date_fast(s.s, days);
    int32_t d;
    if (s.len != 8 || !take_date(&s, false, &d) || s.len)
        return false;
    *days = d;
    return true;
}

bool kq_parse_month(struct kq_str s, int32_t *months)
{
    uint64_t y, m;
    char sep;
    if (!take_year(&s, &y, &sep) || !sep || take_digits(&s, 2, &m) != 2)
        return false;
    (void)take_char(&s, 'm');
    if (s.len || y < 1 || m < 1 || m > 12)
        return false;
    *months = (int32_t)(y * 12 + m) - 24001;
    return true;
}

bool kq_parse_time_ns(struct kq_str s, int64_t *ns)
{
    if (s.len >= 8 && hms_fast(s, 0, ns))
        return true;
    uint64_t v;
    bool neg = take_char(&s, '-');
    return take_time(&s, &v) && !s.len && with_sign(v, neg, ns);
}

bool kq_parse_timespan(struct kq_str s, int64_t *ns)
{
    if (s.len >= 10 && s.s[1] == 'D' && kq_is_digit(s.s[0]) && hms_fast(s, 2, ns)) {
        *ns += (s.s[0] - '0') * KQ_NS_PER_DAY;
        return true;
    }
    bool neg = take_char(&s, '-');
    struct kq_str head, rest;
    uint64_t days = 0, v = 0;
    if (kq_str_cut(s, 'D', &head, &rest)) {
        if (!take_digits(&head, 6, &days) || head.len || days > MAX_DAYS)
            return false;
        s = rest;
    } else if (!s.len) {
        return false;
    }
    if (s.len && (!take_time(&s, &v) || s.len))
        return false;
    if (__builtin_add_overflow(v, days * (uint64_t)KQ_NS_PER_DAY, &v))
        return false;
    return with_sign(v, neg, ns);
}

/* Z or +hh:mm or -hh:mm (or +hhmm, +hh) is cut off the end; its ns in *offset. */
static bool take_zone(struct kq_str *s, int64_t *offset)
{
    *offset = 0;
    if (!s->len || take_char(s, 'Z'))
        return true;
    bool neg = *s->s == '-';
    uint64_t h, m = 0;
    if (!take_char(s, neg ? '-' : '+') || take_digits(s, 2, &h) != 2)
        return false;
    (void)take_char(s, ':');
    if (s->len && take_digits(s, 2, &m) != 2)
        return false;
    *offset = (int64_t)(h * 60 + m) * 60 * KQ_NS_PER_SEC * (neg ? -1 : 1);
    return h <= 23 && m <= 59;
}

/* hh[:mm[:ss[.f]]] below 24 hours, or h at the end. */
static bool take_time_of_day(struct kq_str *s, uint64_t *ns)
{
    uint64_t h;
    int digits = take_digits(s, 2, &h);
    if (h > 23 || !(digits == 2 || (digits == 1 && !s->len)))
        return false;
    *ns = h * 3600 * (uint64_t)KQ_NS_PER_SEC;
    return !s->len || *s->s != ':' || take_after_hours(s, ns);
}

static bool join(int32_t days, int64_t rest, int64_t *ns)
{
    /* The first day that fits is not whole, so go through the day after it. */
    int64_t v;
    bool first = days < 0;
    if (__builtin_mul_overflow((int64_t)days + first, KQ_NS_PER_DAY, &v) ||
        __builtin_add_overflow(v, rest - (first ? KQ_NS_PER_DAY : 0), &v))
        return false;
    *ns = v;
    return true;
}

static bool timestamp_general(struct kq_str s, int64_t *ns)
{
    int32_t days;
    uint64_t rest = 0;
    int64_t offset = 0;
    if (!take_date(&s, true, &days))
        return false;
    if (s.len) {
        if (!take_char(&s, 'D') && !take_char(&s, 'T') && !take_char(&s, ' '))
            return false;
        if (!take_time_of_day(&s, &rest) || !take_zone(&s, &offset) || s.len)
            return false;
    }
    return join(days, (int64_t)rest - offset, ns);
}

/* [D ]hh:mm:ss[.f][Z] from byte 10 of at least 19, below 24 hours. */
static inline bool time_part_fast(struct kq_str s, int64_t *rest)
{
    char c = s.s[10];
    s.len -= s.s[s.len - 1] == 'Z';
    return (c == 'D' || c == 'T' || c == ' ') && s.len >= 19 && hms_fast(s, 11, rest) &&
           *rest < KQ_NS_PER_DAY;
}

bool kq_parse_timestamp(struct kq_str s, int64_t *ns)
{
    int32_t days;
    int64_t rest;
    if (s.len < 19 || !date_fast(s.s, &days) || !time_part_fast(s, &rest))
        return timestamp_general(s, ns);
    return join(days, rest, ns);
}

static __attribute__((noinline)) bool parse_other_day(struct kq_str s, int64_t *ns,
                                                      struct kq_day_text *day)
{
    int32_t days;
    if (s.len >= 10 && date_fast(s.s, &days) && days >= -MAX_DAYS && days <= MAX_DAYS) {
        day->start = days * KQ_NS_PER_DAY;
        memcpy(day->text, s.s, 10);
    }
    return kq_parse_timestamp(s, ns);
}

bool kq_parse_timestamp_near(struct kq_str s, int64_t *ns, struct kq_day_text *day)
{
    int64_t rest, v;
    if (s.len < 19 || memcmp(s.s, day->text, 10) != 0 || !time_part_fast(s, &rest))
        return parse_other_day(s, ns, day);
    if (__builtin_add_overflow(day->start, rest, &v))
        return false;
    *ns = v;
    return true;
}

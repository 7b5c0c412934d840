/*
 * tok.c - one function per family of types.  Times of every type go through
 * nanoseconds, dates through days, and are narrowed at the end.
 */
#include "text/tok.h"

#include "base/cal.h"
#include "base/num.h"
#include "obj/null.h"
#include "text/dayform.h"

#include <math.h>

union kq_tokval kq_tok_null(int type)
{
    union kq_tokval v;
    memset(&v, 0, sizeof v);
    switch (kq_typeinfo(type)->class) {
    case KQ_CLASS_INT: v.j = kq_int_null(type); break;
    case KQ_CLASS_FLOAT: v.f = (double)NAN; break;
    default: v.j = type == KQ_CHAR ? ' ' : 0; break;
    }
    return v;
}

/* 0N 0W -0W 0n 0w, perhaps with the type's suffix: 'N', 'W', '-' or 0. */
static char special(int type, struct kq_str s)
{
    bool minus = s.len && s.s[0] == '-';
    const char *p = s.s + minus;
    size_t n = s.len - minus;
    if (n == 3 && p[2] == kq_typeinfo(type)->ch)
        n = 2;
    if (n != 2 || p[0] != '0')
        return 0;
    char c = p[1] == 'n' ? 'N' : p[1] == 'w' ? 'W' : p[1];
    if (c == 'N')
        return minus ? 0 : 'N';
    return c == 'W' ? (minus ? '-' : 'W') : 0;
}

static bool fits(int type, int64_t v)
{
    int bits = 8 * kq_typeinfo(type)->bytes;
    return bits == 64 || (v >= -(INT64_C(1) << (bits - 1)) && v < INT64_C(1) << (bits - 1));
}

static bool all_digits(struct kq_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!kq_is_digit(s.s[i]))
            return false;
    return s.len > 0;
}

/* The number that `n` digits spell; n <= 9. */
static int32_t digits_value(const char *s, size_t n)
{
    int32_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v * 10 + (s[i] - '0');
    return v;
}

/* ---- boolean, byte, char, guid --------------------------------------------- */

static bool word_is(struct kq_str s, const char *word)
{
    for (size_t i = 0; i < s.len; i++)
        if (!word[i] || (s.s[i] | 0x20) != word[i])
            return false;
    return !word[s.len];
}

static bool tok_boolean(struct kq_str s, int64_t *v)
{
    if (s.len == 1) {
        *v = strchr("1tTyYxX", s.s[0]) && s.s[0];
        return *v || (strchr("0fFnN", s.s[0]) && s.s[0]);
    }
    *v = word_is(s, "true") || word_is(s, "yes");
    return *v || word_is(s, "false") || word_is(s, "no");
}

static bool tok_byte(struct kq_str s, int64_t *v)
{
    if (kq_str_starts(s, "0x"))
        s = kq_str(s.s + 2, s.len - 2);
    if (s.len < 1 || s.len > 2)
        return false;
    int hi = s.len == 2 ? kq_hex_value(s.s[0]) : 0, lo = kq_hex_value(s.s[s.len - 1]);
    if (hi < 0 || lo < 0)
        return false;
    *v = hi << 4 | lo;
    return true;
}

/* a.b.c.d, each at most 255, to the network-order number as a signed int. */
static bool ipv4(struct kq_str s, uint8_t out[4])
{
    for (int i = 0; i < 4; i++) {
        struct kq_str part;
        bool dot = kq_str_cut(s, '.', &part, &s);
        uint64_t n;
        if (dot != (i < 3) || part.len > 3 || !all_digits(part) ||
            !kq_parse_u64(part.s, part.len, &n) || n > 255)
            return false;
        out[i] = (uint8_t)n;
    }
    return true;
}

/* One group of an IPv6 address; the last may be an IPv4 address.  Bytes written, 0: bad. */
static size_t ipv6_group(struct kq_str part, bool last, uint8_t *out, size_t room)
{
    if (last && memchr(part.s, '.', part.len))
        return room >= 4 && ipv4(part, out) ? 4 : 0;
    if (part.len < 1 || part.len > 4 || room < 2)
        return 0;
    unsigned v = 0;
    for (size_t i = 0; i < part.len; i++) {
        int d = kq_hex_value(part.s[i]);
        if (d < 0)
            return 0;
        v = v << 4 | (unsigned)d;
    }
    out[0] = (uint8_t)(v >> 8);
    out[1] = (uint8_t)v;
    return 2;
}

/* Groups between colons to bytes; the number of them, or -1. */
static int ipv6_groups(struct kq_str s, uint8_t out[16])
{
    size_t n = 0;
    if (!s.len)
        return 0;
    for (bool more = true; more;) {
        struct kq_str part;
        more = kq_str_cut(s, ':', &part, &s);
        size_t w = ipv6_group(part, !more, out + n, 16 - n);
        if (!w)
            return -1;
        n += w;
    }
    return (int)n;
}

static bool ipv6(struct kq_str s, uint8_t g[16])
{
    const char *gap = NULL;
    for (size_t i = 0; i + 1 < s.len && !gap; i++)
        if (s.s[i] == ':' && s.s[i + 1] == ':')
            gap = s.s + i;
    uint8_t head[16], tail[16];
    if (!gap) {
        if (ipv6_groups(s, head) != 16)
            return false;
        memcpy(g, head, 16);
        return true;
    }
    int nh = ipv6_groups(kq_str(s.s, (size_t)(gap - s.s)), head);
    int nt = ipv6_groups(kq_str(gap + 2, s.len - (size_t)(gap + 2 - s.s)), tail);
    if (nh < 0 || nt < 0 || nh + nt > 14)
        return false;
    memset(g, 0, 16);
    memcpy(g, head, (size_t)nh);
    memcpy(g + 16 - nt, tail, (size_t)nt);
    return true;
}

static bool tok_guid(struct kq_str s, uint8_t g[16])
{
    char digits[32];
    uint8_t bytes[16];
    if (s.len == 36) {
        size_t n = 0;
        for (size_t i = 0; i < 36; i++) {
            bool dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash && s.s[i] != '-')
                return false;
            if (!dash)
                digits[n++] = s.s[i];
        }
        s = kq_str(digits, 32);
    } else if (s.len && s.len != 32 && memchr(s.s, ':', s.len)) {
        return ipv6(s, g);
    }
    if (s.len != 32 || !kq_parse_hex(s.s, 32, bytes))
        return false;
    memcpy(g, bytes, 16);
    return true;
}

/* ---- times ------------------------------------------------------------------- */

/* hh, hhmm, hhmmss and decimals of a second after that: 185540686. */
static bool clock_digits(struct kq_str s, int64_t *ns)
{
    if (!all_digits(s) || s.len > 15 || (s.len < 6 && s.len & 1))
        return false;
    int64_t v = 0;
    static const int64_t unit[3] = {3600, 60, 1};
    for (size_t i = 0; i < 3 && 2 * i < s.len; i++) {
        int32_t part = digits_value(s.s + 2 * i, 2);
        if (part > (i ? 59 : 99))
            return false;
        v += part * unit[i] * KQ_NS_PER_SEC;
    }
    int64_t scale = KQ_NS_PER_SEC / 10;
    for (size_t i = 6; i < s.len; i++, scale /= 10)
        v += (s.s[i] - '0') * scale;
    *ns = v;
    return true;
}

/* nDhh, nDhhmm: days in front of digits. */
static bool days_digits(struct kq_str s, int64_t *ns)
{
    struct kq_str days, clock;
    int64_t day_ns, clock_ns;
    if (!kq_str_cut(s, 'D', &days, &clock) || !clock.len || !clock_digits(clock, &clock_ns))
        return false;
    if (!kq_parse_timespan(kq_str(s.s, days.len + 1), &day_ns))
        return false;
    if (s.s[0] == '-')
        clock_ns = -clock_ns;
    return !__builtin_add_overflow(day_ns, clock_ns, ns);
}

static bool tok_clock(struct kq_str s, int64_t *ns)
{
    int64_t when;
    if (kq_parse_timespan(s, ns) || clock_digits(s, ns) || days_digits(s, ns))
        return true;
    if (!kq_parse_timestamp(s, &when)) /* the time of day of a timestamp */
        return false;
    *ns = ((when % KQ_NS_PER_DAY) + KQ_NS_PER_DAY) % KQ_NS_PER_DAY;
    return true;
}

/* Where the time of a timestamp starts: at its D, T or blank, or at the - after
 * yyyymmdd; or len. */
static size_t split_at_time(struct kq_str s)
{
    if (s.len > 8 && s.s[8] == '-' && all_digits(kq_str(s.s, 8)))
        return 8;
    for (size_t i = 6; i < s.len; i++)
        if (s.s[i] == 'D' || s.s[i] == 'T' || s.s[i] == 't' || s.s[i] == ' ')
            return i;
    return s.len;
}

/* Days and ns within the day of a datetime of any year. */
static bool split_timestamp(struct kq_str s, int32_t *days, int64_t *ns)
{
    size_t at = split_at_time(s);
    *ns = 0;
    if (!kq_dayform(kq_str(s.s, at), false, days))
        return false;
    if (at + 1 >= s.len)
        return true;
    struct kq_str t = kq_str(s.s + at + 1, s.len - at - 1);
    if (t.s[t.len - 1] == 'Z')
        t.len--;
    return (kq_parse_time_ns(t, ns) || clock_digits(t, ns)) && *ns >= 0 && *ns < KQ_NS_PER_DAY;
}

/* Whole part and nine decimals of an unsigned decimal number. */
static bool decimal_parts(struct kq_str s, int64_t *whole, int64_t *nano)
{
    struct kq_str head, frac;
    bool dot = kq_str_cut(s, '.', &head, &frac);
    bool minus = head.len && head.s[0] == '-';
    if (!all_digits(kq_str(head.s + minus, head.len - minus)) ||
        (dot && frac.len && !all_digits(frac)))
        return false;
    if (!kq_parse_i64(head.s, head.len, whole))
        return false;
    *nano = 0;
    int64_t scale = KQ_NS_PER_SEC / 10;
    for (size_t i = 0; dot && i < frac.len && scale; i++, scale /= 10)
        *nano += (frac.s[i] - '0') * scale;
    if (minus)
        *nano = -*nano;
    return true;
}

/* Unix time in units of unit_ns (at most a second) as ns since 2000. */
static bool unix_ns(struct kq_str s, int64_t unit_ns, int64_t *ns)
{
    int64_t whole, nano;
    if (!decimal_parts(s, &whole, &nano) || __builtin_mul_overflow(whole, unit_ns, &whole))
        return false;
    nano = nano * unit_ns / KQ_NS_PER_SEC;
    return !__builtin_add_overflow(whole, nano, &whole) &&
           !__builtin_sub_overflow(whole, KQ_UNIX_DAYS * KQ_NS_PER_DAY, ns);
}

/* Seconds since 1970, told from dates by their 9 to 11 digits. */
static bool unix_seconds(struct kq_str s, int64_t *ns)
{
    size_t digits = 0;
    while (digits < s.len && kq_is_digit(s.s[digits]))
        digits++;
    return digits >= 9 && digits <= 11 && unix_ns(s, KQ_NS_PER_SEC, ns);
}

static bool tok_timestamp(struct kq_str s, int64_t *ns)
{
    int32_t days;
    int64_t clock;
    if (kq_parse_timestamp(s, ns) || unix_seconds(s, ns))
        return true;
    if (!split_timestamp(s, &days, &clock))
        return false;
    int64_t v;
    if (__builtin_mul_overflow((int64_t)days, KQ_NS_PER_DAY, &v) ||
        __builtin_add_overflow(v, clock, &v))
        return false;
    *ns = v;
    return true;
}

static bool tok_datetime(struct kq_str s, double *days)
{
    int64_t ns;
    int32_t d;
    if (split_timestamp(s, &d, &ns)) {
        *days = d + (double)ns / (double)KQ_NS_PER_DAY;
        return true;
    }
    if (!tok_timestamp(s, &ns))
        return false;
    *days = (double)ns / (double)KQ_NS_PER_DAY;
    return true;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static bool tok_date(struct kq_str s, int64_t *v)
{
    int32_t days;
    int64_t ns;
    if (kq_dayform(s, false, &days))
        *v = days;
    else if (kq_parse_timestamp(s, &ns))
        *v = floor_div(ns, KQ_NS_PER_DAY);
    else
        return false;
    return true;
}

static bool tok_month(struct kq_str s, int64_t *v)
{
    int32_t months;
    int64_t days;
    if (s.len == 6 && all_digits(s)) {
        int32_t y = digits_value(s.s, 4), m = digits_value(s.s + 4, 2);
        if (!kq_cal_valid(y, m, 1))
            return false;
        *v = (y - 2000) * 12 + m - 1;
        return true;
    }
    if (kq_parse_month(s, &months)) {
        *v = months;
        return true;
    }
    if (!tok_date(s, &days))
        return false;
    struct kq_ymd c = kq_cal_civil((int32_t)days);
    *v = (c.year - 2000) * 12 + c.month - 1;
    return true;
}

/* ns per unit of the clock types. */
static int64_t clock_unit(int type)
{
    switch (type) {
    case KQ_MINUTE: return 60 * KQ_NS_PER_SEC;
    case KQ_SECOND: return KQ_NS_PER_SEC;
    case KQ_TIME: return KQ_NS_PER_SEC / 1000;
    default: return 1;
    }
}

static bool narrow_clock(int type, int64_t ns, int64_t *v)
{
    int64_t n = ns / clock_unit(type);
    if (!fits(type, n))
        return false;
    *v = n;
    return true;
}

static bool tok_time(int type, struct kq_str s, int64_t *v)
{
    int64_t ns;
    return tok_clock(s, &ns) && narrow_clock(type, ns, v);
}

/* ---- all --------------------------------------------------------------------- */

static bool tok_integer(int type, struct kq_str s, int64_t *v)
{
    int64_t n;
    if (kq_parse_i64(s.s, s.len, &n)) {
        if (!fits(type, n))
            return false;
        *v = n;
        return true;
    }
    uint8_t a[4];
    if (type != KQ_INT || !ipv4(s, a))
        return false;
    *v = (int32_t)((uint32_t)a[0] << 24 | (uint32_t)a[1] << 16 | (uint32_t)a[2] << 8 | a[3]);
    return true;
}

static bool tok_int_class(int type, struct kq_str s, int64_t *v)
{
    char sp = special(type, s);
    if (sp) {
        int64_t inf = kq_int_inf(type);
        *v = sp == 'N' ? kq_int_null(type) : sp == 'W' ? inf : -inf;
        return true;
    }
    switch (type) {
    case KQ_TIMESTAMP: return tok_timestamp(s, v);
    case KQ_DATE: return tok_date(s, v);
    case KQ_MONTH: return tok_month(s, v);
    case KQ_TIMESPAN:
    case KQ_MINUTE:
    case KQ_SECOND:
    case KQ_TIME: return tok_time(type, s, v);
    default: return tok_integer(type, s, v);
    }
}

static bool tok_float_class(int type, struct kq_str s, double *v)
{
    char sp = special(type, s);
    if (sp) {
        *v = sp == 'N' ? (double)NAN : sp == 'W' ? (double)INFINITY : -(double)INFINITY;
        return true;
    }
    if (type == KQ_DATETIME)
        return tok_datetime(s, v);
    float f;
    if (type == KQ_FLOAT)
        return kq_parse_f64(s.s, s.len, v);
    if (!kq_parse_f32(s.s, s.len, &f))
        return false;
    *v = (double)f;
    return true;
}

static bool tok_byte_class(int type, struct kq_str s, int64_t *v)
{
    if (type == KQ_BOOLEAN)
        return tok_boolean(s, v);
    if (type == KQ_BYTE)
        return tok_byte(s, v);
    *v = (unsigned char)s.s[0];
    return s.len == 1;
}

bool kq_tok(int type, const char *s, size_t len, union kq_tokval *v)
{
    struct kq_str f = kq_str_trim(kq_str(s, len));
    *v = kq_tok_null(type);
    if (!f.len)
        return true;
    switch (kq_typeinfo(type)->class) {
    case KQ_CLASS_BYTE: return tok_byte_class(type, f, &v->j);
    case KQ_CLASS_INT: return tok_int_class(type, f, &v->j);
    case KQ_CLASS_FLOAT: return tok_float_class(type, f, &v->f);
    case KQ_CLASS_GUID: return kq_str_is(f, "0Ng") || tok_guid(f, v->g);
    default: return false;
    }
}

bool kq_tok_epoch(int type, int64_t unit_ns, const char *s, size_t len, union kq_tokval *v)
{
    struct kq_str f = kq_str_trim(kq_str(s, len));
    int64_t ns, day;
    *v = kq_tok_null(type);
    if (!f.len)
        return true;
    if (!unix_ns(f, unit_ns, &ns))
        return false;
    day = floor_div(ns, KQ_NS_PER_DAY);
    switch (type) {
    case KQ_TIMESTAMP: v->j = ns; return true;
    case KQ_DATE: v->j = day; return true;
    case KQ_DATETIME: v->f = (double)ns / (double)KQ_NS_PER_DAY; return true;
    case KQ_MONTH: {
        struct kq_ymd c = kq_cal_civil((int32_t)day);
        v->j = (c.year - 2000) * 12 + c.month - 1;
        return true;
    }
    default: return narrow_clock(type, ns - day * KQ_NS_PER_DAY, &v->j);
    }
}

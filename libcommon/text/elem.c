/*
 * elem.c - one small function for each type, chosen once for each vector.
 *
 * All fixed-width types go through the same few frames (put_i64, put_i32 ...),
 * which are inlined into one function per type: load, catch null and
 * infinities with one comparison, let base/ write the digits straight into
 * the output buffer.  Quotes are always written and then counted or not, which
 * is cheaper than a branch.
 */
#include "text/elem.h"

#include "base/cal.h"
#include "base/num.h"

#include <endian.h>
#include <math.h>
#include <stdlib.h>

#define INLINE static inline __attribute__((always_inline))

/* ---- nulls and infinities ------------------------------------------------ */

enum special { SPECIAL_NULL, SPECIAL_INF, SPECIAL_NEGINF };

static size_t put_special(const struct kq_elems *e, struct kq_out *o, enum special s)
{
    if (s == SPECIAL_NULL) {
        kq_out_write(o, e->null, e->nulllen);
        return e->nulllen;
    }
    size_t q = e->json, neg = s == SPECIAL_NEGINF;
    char *d = kq_out_reserve(o, KQ_ELEM_MAX);
    d[0] = '"';
    d[q] = '-';
    memcpy(d + q + neg, e->inf, 2);
    d[q + neg + 2] = '"';
    kq_out_advance(o, 2 * q + neg + 2);
    return 2 * q + neg + 2;
}

/* Null, 0W or -0W: the three values around the end of the range. */
#define IS_SPECIAL(U, v, max) ((U)((U)(v) - (U)(max)) <= 2)
#define SPECIAL_OF(v, max) \
    ((v) == (max) ? SPECIAL_INF : (v) == -(max) ? SPECIAL_NEGINF : SPECIAL_NULL)

/* ---- frames ---------------------------------------------------------------- */

/* Where the text goes: behind the opening quote, if there is one. */
INLINE char *start(const struct kq_elems *e, struct kq_out *o)
{
    char *d = kq_out_reserve(o, KQ_ELEM_MAX);
    d[0] = '"';
    return d + e->quote;
}
/* The text of `n` bytes is at `d`: close the quotes. */
INLINE size_t finish(const struct kq_elems *e, struct kq_out *o, char *d, size_t n)
{
    d[n] = '"';
    n += 2 * (size_t)e->quote;
    kq_out_advance(o, n);
    return n;
}

INLINE int16_t load16(const struct kq_elems *e, int64_t i)
{
    int16_t v;
    memcpy(&v, e->data + 2 * i, sizeof v);
    return v;
}
INLINE int32_t load32(const struct kq_elems *e, int64_t i)
{
    int32_t v;
    memcpy(&v, e->data + 4 * i, sizeof v);
    return v;
}
INLINE int64_t load64(const struct kq_elems *e, int64_t i)
{
    int64_t v;
    memcpy(&v, e->data + 8 * i, sizeof v);
    return v;
}

INLINE size_t put_i32(const struct kq_elems *e, struct kq_out *o, int64_t i,
                      size_t (*fmt)(char *, int32_t))
{
    int32_t v = load32(e, i);
    if (IS_SPECIAL(uint32_t, v, INT32_MAX) && (e->inf || v == INT32_MIN))
        return put_special(e, o, SPECIAL_OF(v, INT32_MAX));
    char *d = start(e, o);
    return finish(e, o, d, fmt(d, v));
}

INLINE size_t put_i64(const struct kq_elems *e, struct kq_out *o, int64_t i,
                      size_t (*fmt)(char *, int64_t))
{
    int64_t v = load64(e, i);
    if (IS_SPECIAL(uint64_t, v, INT64_MAX) && (e->inf || v == INT64_MIN))
        return put_special(e, o, SPECIAL_OF(v, INT64_MAX));
    char *d = start(e, o);
    return finish(e, o, d, fmt(d, v));
}

/* `fmt` formats finite numbers; `prec` is passed on. */
INLINE size_t put_f64(const struct kq_elems *e, struct kq_out *o, double v,
                      size_t (*fmt)(char *, double, int))
{
    if (!isfinite(v))
        return put_special(e, o, isnan(v) ? SPECIAL_NULL : v > 0 ? SPECIAL_INF : SPECIAL_NEGINF);
    char *d = start(e, o);
    return finish(e, o, d, fmt(d, v, e->precision));
}

/* ---- one function per type --------------------------------------------------- */

static size_t put_boolean(struct kq_elems *e, struct kq_out *o, int64_t i)
{
    kq_out_char(o, e->data[i] ? '1' : '0');
    return 1;
}

static size_t put_boolean_json(struct kq_elems *e, struct kq_out *o, int64_t i)
{
    size_t n = e->data[i] ? 4 : 5;
    memcpy(kq_out_reserve(o, 8), e->data[i] ? "true\0\0\0" : "false\0\0", 8);
    kq_out_advance(o, n);
    return n;
}

static size_t put_byte(struct kq_elems *e, struct kq_out *o, int64_t i)
{
    kq_fmt_hex(kq_out_reserve(o, 2), e->data + i, 1);
    kq_out_advance(o, 2);
    return 2;
}

static size_t put_byte_json(struct kq_elems *e, struct kq_out *o, int64_t i)
{
    char *d = kq_out_reserve(o, 6);
    memcpy(d, "\"0x00\"", 6);
    kq_fmt_hex(d + 3, e->data + i, 1);
    kq_out_advance(o, 6);
    return 6;
}

static size_t put_char(struct kq_elems *e, struct kq_out *o, int64_t i)
{
    kq_out_char(o, (char)e->data[i]);
    return 1;
}

static size_t put_guid(struct kq_elems *e, struct kq_out *o, int64_t i)
{
    static const uint8_t zeros[16];
    const uint8_t *g = e->data + 16 * i;
    if (e->null && memcmp(g, zeros, sizeof zeros) == 0)
        return put_special(e, o, SPECIAL_NULL);
    static const uint8_t place[16] = {0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};
    char *d = start(e, o);
    for (int k = 0; k < 16; k++)
        memcpy(d + place[k], kq_hex2 + 2 * g[k], 2);
    d[8] = d[13] = d[18] = d[23] = '-';
    return finish(e, o, d, 36);
}

/* kdb+ has no spelling for the infinities of shorts. */
static size_t put_short(struct kq_elems *e, struct kq_out *o, int64_t i)
{
    int16_t v = load16(e, i);
    if (v == INT16_MIN)
        return put_special(e, o, SPECIAL_NULL);
    size_t n = kq_fmt_i64(kq_out_reserve(o, KQ_ELEM_MAX), v);
    kq_out_advance(o, n);
    return n;
}

INLINE size_t fmt_int(char *dst, int32_t v)
{
    return kq_fmt_i64(dst, v);
}
/* What 0: of q writes: dashes in the date, but the D stays. */
INLINE size_t fmt_comma_timestamp(char *dst, int64_t v)
{
    size_t n = kq_fmt_iso_timestamp(dst, v);
    dst[10] = 'D';
    return n;
}
INLINE size_t fmt_f64(char *dst, double v, int precision)
{
    return precision == KQ_SHORTEST ? kq_fmt_f64_short(dst, v) : kq_fmt_f64(dst, v, precision);
}
INLINE size_t fmt_f32(char *dst, double v, int precision)
{
    return precision == KQ_SHORTEST ? kq_fmt_f32_short(dst, (float)v)
                                    : kq_fmt_f32(dst, (float)v, precision);
}
INLINE size_t fmt_datetime(char *dst, double v, int precision)
{
    (void)precision;
    return kq_fmt_datetime(dst, v);
}
INLINE size_t fmt_iso_datetime(char *dst, double v, int precision)
{
    (void)precision;
    return kq_fmt_iso_datetime(dst, v);
}
INLINE double load_f64(const struct kq_elems *e, int64_t i)
{
    double v;
    memcpy(&v, e->data + 8 * i, sizeof v);
    return v;
}
/* The atom of a real is held as a double. */
INLINE double load_f32(const struct kq_elems *e, int64_t i)
{
    float v;
    if (e->x->type < 0)
        return e->x->u.f;
    memcpy(&v, e->data + 4 * i, sizeof v);
    return (double)v;
}

#define PUT(name, frame, ...)                                           \
    static size_t name(struct kq_elems *e, struct kq_out *o, int64_t i) \
    {                                                                   \
        return frame(e, o, __VA_ARGS__);                                \
    }
PUT(put_int, put_i32, i, fmt_int)
PUT(put_long, put_i64, i, kq_fmt_i64)
PUT(put_real, put_f64, load_f32(e, i), fmt_f32)
PUT(put_float, put_f64, load_f64(e, i), fmt_f64)
PUT(put_timestamp, put_i64, i, kq_fmt_timestamp)
PUT(put_timestamp_iso, put_i64, i, kq_fmt_iso_timestamp)
PUT(put_timestamp_comma, put_i64, i, fmt_comma_timestamp)
PUT(put_month, put_i32, i, kq_fmt_month)
PUT(put_month_iso, put_i32, i, kq_fmt_iso_month)
PUT(put_date, put_i32, i, kq_fmt_date)
PUT(put_date_iso, put_i32, i, kq_fmt_iso_date)
PUT(put_datetime, put_f64, load_f64(e, i), fmt_datetime)
PUT(put_datetime_iso, put_f64, load_f64(e, i), fmt_iso_datetime)
PUT(put_timespan, put_i64, i, kq_fmt_timespan)
PUT(put_minute, put_i32, i, kq_fmt_minute)
PUT(put_second, put_i32, i, kq_fmt_second)
PUT(put_time, put_i32, i, kq_fmt_time)
#undef PUT

static size_t put_symbol(struct kq_elems *e, struct kq_out *o, int64_t i)
{
    const char *s;
    uint64_t word;
    size_t len = kq_elems_symbol(e, &s, &word);
    (void)i;
    if (len - 1 < 7) {
        kq_store8(kq_out_reserve(o, 8), word);
        kq_out_advance(o, len);
        return len;
    }
    if (!len)
        return put_special(e, o, SPECIAL_NULL);
    kq_out_write(o, s, len);
    return len;
}

/* ---- choosing ------------------------------------------------------------------ */

typedef size_t put_fn(struct kq_elems *e, struct kq_out *o, int64_t i);

/* q text, ISO text (csv) and JSON of each type. */
static const struct {
    put_fn *q, *iso, *json;
} puts_of[KQ_TYPE_MAX + 1] = {
    [KQ_BOOLEAN] = {put_boolean, put_boolean, put_boolean_json},
    [KQ_GUID] = {put_guid, put_guid, put_guid},
    [KQ_BYTE] = {put_byte, put_byte, put_byte_json},
    [KQ_SHORT] = {put_short, put_short, put_short},
    [KQ_INT] = {put_int, put_int, put_int},
    [KQ_LONG] = {put_long, put_long, put_long},
    [KQ_REAL] = {put_real, put_real, put_real},
    [KQ_FLOAT] = {put_float, put_float, put_float},
    [KQ_CHAR] = {put_char, put_char, put_char},
    [KQ_SYMBOL] = {put_symbol, put_symbol, put_symbol},
    [KQ_TIMESTAMP] = {put_timestamp, put_timestamp_iso, put_timestamp_iso},
    [KQ_MONTH] = {put_month, put_month_iso, put_month_iso},
    [KQ_DATE] = {put_date, put_date_iso, put_date_iso},
    [KQ_DATETIME] = {put_datetime, put_datetime_iso, put_datetime_iso},
    [KQ_TIMESPAN] = {put_timespan, put_timespan, put_timespan},
    [KQ_MINUTE] = {put_minute, put_minute, put_minute},
    [KQ_SECOND] = {put_second, put_second, put_second},
    [KQ_TIME] = {put_time, put_time, put_time},
};

static put_fn *choose_put(int t, enum kq_form form, const struct kq_style *style)
{
    if (form == KQ_FORM_JSON)
        return puts_of[t].json;
    if (form != KQ_FORM_CSV || style->times == KQ_TIMES_Q)
        return puts_of[t].q;
    if (t == KQ_TIMESTAMP && style->times == KQ_TIMES_COMMA)
        return put_timestamp_comma;
    return puts_of[t].iso;
}

static struct kq_str null_text(int t, enum kq_form form, const struct kq_style *style)
{
    struct kq_str none = kq_str(NULL, 0), empty = kq_str("", 0);
    if (form == KQ_FORM_ITEM && t != KQ_GUID)
        return t == KQ_SYMBOL ? empty : kq_str(t == KQ_FLOAT ? "0n" : "0N", 2);
    if (form == KQ_FORM_JSON)
        return t == KQ_SYMBOL ? empty : kq_str("null", 4);
    if (form != KQ_FORM_ITEM && style->null_text)
        return kq_strz(style->null_text);
    return t == KQ_GUID ? none : empty;
}

static bool json_quotes(int t, const struct kq_style *style)
{
    if (t == KQ_LONG)
        return style->int64_string;
    return t == KQ_GUID || t >= KQ_TIMESTAMP;
}

/* The payload; of an atom its value, wherever the host keeps the low bytes. */
static const uint8_t *payload(const struct kq_obj *x)
{
    if (x->type >= 0)
        return kq_data(x);
    const struct kq_typeinfo *info = kq_typeinfo(x->type);
    bool narrow = info->class == KQ_CLASS_INT || info->class == KQ_CLASS_BYTE;
    size_t skip = narrow && BYTE_ORDER == BIG_ENDIAN ? sizeof x->u.j - info->bytes : 0;
    return (const uint8_t *)&x->u + skip;
}

bool kq_elems_init(struct kq_elems *e, const struct kq_obj *x, enum kq_form form,
                   const struct kq_style *style)
{
    int t = abs(x->type);
    if (t >= KQ_ENUM && t <= KQ_ENUM_LAST) {
        x = kq_child(x, 1);
        t = abs(x->type);
    }
    *e = (struct kq_elems){.x = x, .style = style};
    if (t == KQ_LIST || t > KQ_TYPE_MAX || !puts_of[t].q)
        return false;
    bool json = form == KQ_FORM_JSON;
    e->precision = json ? KQ_SHORTEST : (int8_t)style->precision;
    e->put = choose_put(t, form, style);
    struct kq_str null = null_text(t, form, style);
    e->null = null.s;
    e->nulllen = (uint32_t)null.len;
    e->quote = json && json_quotes(t, style);
    e->json = json;
    if (kq_typeinfo(t)->class == KQ_CLASS_FLOAT)
        e->inf = "0w";
    else
        e->inf = json && t <= KQ_LONG ? NULL : "0W";
    e->data = t == KQ_SYMBOL ? NULL : payload(x);
    e->syms = kq_symiter(x);
    if (e->syms.next && x->u.v.owner->len >= 8)
        e->safe = (const char *)x->u.v.owner->data + x->u.v.owner->len - 8;
    return true;
}

/* ---- widths ---------------------------------------------------------------------- */

/* Least and greatest finite value, and which special ones occur. */
struct span {
    int64_t min, max;
    bool null, inf, neginf;
};

static inline void span_add(struct span *s, int64_t v, int64_t limit)
{
    if (v >= limit || v <= -limit) {
        s->inf |= v == limit;
        s->neginf |= v == -limit;
        s->null |= v < -limit;
        return;
    }
    s->min = v < s->min ? v : s->min;
    s->max = v > s->max ? v : s->max;
}

static struct span span_of(const struct kq_elems *e, int64_t n)
{
    struct span s = {INT64_MAX, INT64_MIN, false, false, false};
    switch (kq_typeinfo(e->x->type)->bytes) {
    case 2:
        for (int64_t i = 0; i < n; i++)
            span_add(&s, load16(e, i), INT16_MAX);
        break;
    case 4:
        for (int64_t i = 0; i < n; i++)
            span_add(&s, load32(e, i), INT32_MAX);
        break;
    default:
        for (int64_t i = 0; i < n; i++)
            span_add(&s, load64(e, i), INT64_MAX);
    }
    return s;
}

static size_t longer(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Bytes of `v` as an element of e. */
static size_t width_of(const struct kq_elems *e, int64_t v, struct kq_out *scratch)
{
    struct kq_obj *a = kq_atom_int(abs(e->x->type), v);
    struct kq_elems one = *e;
    one.data = payload(a);
    size_t n = one.put(&one, scratch, 0);
    scratch->len = 0;
    kq_unref(a);
    return n;
}

/* Integers and times: text grows with the magnitude, so the extremes decide. */
static size_t width_int(const struct kq_elems *e, int64_t n, struct kq_out *scratch)
{
    struct span s = span_of(e, n);
    int64_t limit = INT64_MAX >> (64 - 8 * kq_typeinfo(e->x->type)->bytes);
    size_t w = s.null ? e->nulllen : 0;
    if (s.min <= s.max)
        w = longer(w, longer(width_of(e, s.min, scratch), width_of(e, s.max, scratch)));
    if (s.inf)
        w = longer(w, width_of(e, limit, scratch));
    if (s.neginf)
        w = longer(w, width_of(e, -limit, scratch));
    return w;
}

static size_t width_each(struct kq_elems *e, int64_t n, struct kq_out *scratch)
{
    size_t w = 0;
    for (int64_t i = 0; i < n; i++) {
        w = longer(w, e->put(e, scratch, i));
        scratch->len = 0;
    }
    return w;
}

static size_t width_symbol(struct kq_elems *e, int64_t n)
{
    size_t w = 0;
    for (int64_t i = 0; i < n; i++) {
        const char *s;
        uint64_t word;
        size_t len = kq_elems_symbol(e, &s, &word);
        w = longer(w, len ? len : e->nulllen);
    }
    return w;
}

/* Not a function that somebody else put there. */
static bool is_own(const struct kq_elems *e, int t)
{
    return e->put == puts_of[t].q || e->put == puts_of[t].iso || e->put == put_timestamp_comma;
}

size_t kq_elems_width(struct kq_elems *e, int64_t n)
{
    int t = abs(e->x->type);
    struct kq_out scratch;
    size_t w;
    kq_out_init_mem(&scratch);
    kq_elems_rewind(e);
    if (e->put == put_symbol)
        w = width_symbol(e, n);
    else if (t <= KQ_TYPE_MAX && kq_typeinfo(t)->class == KQ_CLASS_INT && is_own(e, t))
        w = width_int(e, n, &scratch);
    else
        w = width_each(e, n, &scratch);
    kq_elems_rewind(e);
    kq_out_release(&scratch);
    return w;
}

void kq_elem_put(struct kq_out *o, const struct kq_obj *x, int64_t i, enum kq_form form,
                 const struct kq_style *style)
{
    struct kq_elems e;
    if (!kq_elems_init(&e, x, form, style))
        return;
    for (int64_t k = 0; x->type == KQ_SYMBOL && (x->flags & KQ_OBJ_VIEW) && k < i; k++) {
        size_t len;
        (void)kq_symiter_next(&e.syms, &len);
    }
    e.syms.i = i;
    e.put(&e, o, i);
}

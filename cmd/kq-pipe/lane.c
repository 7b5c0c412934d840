/*
 * lane.c - kernels per type, all inlined into one loop over records, so that
 * their constants stay in registers and no call is made.  Digits are found and
 * converted eight at a time (base/digits.h), ends of texts sixteen at a time;
 * a date equal to the last one is recognised instead of read.  A kernel that
 * sees anything it does not know returns NULL, so none needs to be complete.
 */
#include "lane.h"

#include "base/cal.h"
#include "base/digits.h"
#include "base/mem.h"
#include "obj/types.h"
#include "text/csvin.h"

#include <math.h>
#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))

/* A field of the record: which kernel, and the date it saw last. */
struct pipe_lane_field {
    int kind;
    struct pipe_column *c;
    uint64_t day_text;  /* its first eight characters, */
    uint32_t day_text4; /* characters 8 to 11, the separator among them, */
    int64_t day;        /* and its days since 2000 */
};

enum { ANY, SKIP, STRING, SYMBOL, LONG, INT, FLOAT, DATE, TIMESTAMP, TIME, TIMESPAN };

/* ---- digits ---------------------------------------------------------------------- */

/* A bit in each byte of the digit word that is no digit; exact up to the second such byte. */
INLINE uint64_t not_digits(uint64_t w)
{
    return ((w + KQ_BYTES8(0x76)) | w) & KQ_BYTES8(0x80);
}

/* The digit word at `p` and how many of its first bytes are digits. */
INLINE uint64_t digit_word(const char *p, unsigned *n)
{
    uint64_t w = kq_load8(p) ^ KQ_BYTES8('0');
    uint64_t bad = not_digits(w);
    *n = bad ? (unsigned)__builtin_ctzll(bad) >> 3 : 8;
    return w;
}

/* The number that the first n (1..8) bytes of the digit word spell. */
INLINE uint32_t leading_value(uint64_t w, unsigned n)
{
    return kq_digits8_value(w << (64 - 8 * n));
}

static const uint64_t pow10_int[9] = {1,      10,      100,      1000,     10000,
                                      100000, 1000000, 10000000, 100000000};

/* Digits of a number that has eight or more; up to 16, *n of them. */
static __attribute__((noinline)) const char *long_number(const char *p, uint64_t *v, unsigned *n)
{
    unsigned more;
    *v = leading_value(digit_word(p, n), 8);
    uint64_t w = digit_word(p + 8, &more);
    if (more == 8)
        return NULL;
    if (more)
        *v = *v * pow10_int[more] + leading_value(w, more);
    *n = 8 + more;
    return p + *n;
}

INLINE const char *whole(const char *p, uint64_t *v, unsigned *n)
{
    uint64_t w = digit_word(p, n);
    if (*n - 1 < 7) {
        *v = leading_value(w, *n);
        return p + *n;
    }
    return *n ? long_number(p, v, n) : NULL;
}

/* ---- storing ------------------------------------------------------------------------ */

INLINE void put64(struct pipe_column *c, int64_t v)
{
    memcpy(c->end, &v, 8);
    c->end += 8;
}

INLINE void put32(struct pipe_column *c, int32_t v)
{
    memcpy(c->end, &v, 4);
    c->end += 4;
}

INLINE void put_double(struct pipe_column *c, double v)
{
    memcpy(c->end, &v, 8);
    c->end += 8;
}

/* ---- numbers -------------------------------------------------------------------------- */

INLINE const char *lane_long(struct pipe_column *c, const char *p)
{
    uint64_t v;
    unsigned n;
    bool minus = *p == '-';
    p = whole(p + minus, &v, &n);
    if (!p)
        return NULL;
    put64(c, minus ? -(int64_t)v : (int64_t)v);
    return p;
}

INLINE const char *lane_int(struct pipe_column *c, const char *p)
{
    uint64_t v;
    unsigned n;
    bool minus = *p == '-';
    p = whole(p + minus, &v, &n);
    if (!p || v > INT32_MAX)
        return NULL;
    put32(c, minus ? -(int32_t)v : (int32_t)v);
    return p;
}

static const double pow10_double[9] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};

/* digits[.digits] with more than eight characters; all digits together fit 53 bits. */
static __attribute__((noinline)) const char *long_float(const char *p, double *d)
{
    uint64_t v;
    unsigned n, decimals = 0;
    p = whole(p, &v, &n);
    if (!p)
        return NULL;
    if (*p == '.') {
        uint64_t w = digit_word(p + 1, &decimals);
        if (decimals == 0 || decimals == 8)
            return NULL;
        v = v * pow10_int[decimals] + leading_value(w, decimals);
        p += 1 + decimals;
    }
    *d = (double)v / pow10_double[decimals];
    return n + decimals > 15 ? NULL : p;
}

/*
 * A number of up to seven digits and perhaps a point, that ends within eight
 * bytes: the point is squeezed out and all digits are converted at once.  One
 * division by an exact power of ten rounds correctly.
 */
INLINE const char *short_float(const char *p, double *d)
{
    uint64_t w = kq_load8(p) ^ KQ_BYTES8('0');
    uint64_t bad = not_digits(w), second = bad & (bad - 1);
    if (!second)
        return long_float(p, d);
    unsigned k = (unsigned)__builtin_ctzll(bad) >> 3, m = (unsigned)__builtin_ctzll(second) >> 3;
    if (p[k] != '.' || m - k < 2)
        return long_float(p, d);
    uint64_t before = (UINT64_C(1) << 8 * k) - 1;
    w = (w & before) | (w >> 8 & ~before);
    *d = leading_value(w, m - 1) / pow10_double[m - 1 - k];
    return p + m;
}

INLINE const char *lane_float(struct pipe_column *c, const char *p)
{
    double d;
    bool minus = *p == '-';
    p = short_float(p + minus, &d);
    if (!p)
        return NULL;
    put_double(c, minus ? -d : d);
    return p;
}

/* ---- times ------------------------------------------------------------------------------- */

/* hh:mm:ss at `p` in seconds; negative when it is none. */
INLINE int32_t clock_seconds(const char *p)
{
    uint64_t w = kq_load8(p) ^ UINT64_C(0x30303a30303a3030);
    if (((w + UINT64_C(0x76767f76767f7676)) | w) & KQ_BYTES8(0x80))
        return -1;
    uint64_t v = w * 10 + (w >> 8);
    int32_t h = v & 0xff, m = v >> 24 & 0xff, s = v >> 48 & 0xff;
    return m < 60 && s < 60 ? h * 3600 + m * 60 + s : -1;
}

/* The digits after a point, 1 to 9, in ns; NULL for more. */
INLINE const char *fraction_ns(const char *p, uint32_t *ns)
{
    unsigned n;
    *ns = 0;
    if (*p != '.')
        return p;
    uint64_t w = digit_word(p + 1, &n);
    if (n < 8) {
        if (!n)
            return NULL;
        *ns = kq_digits8_value(w & (UINT64_MAX >> (64 - 8 * n))) * 10;
        return p + 1 + n;
    }
    *ns = kq_digits8_value(w) * 10;
    p += 9;
    if (!kq_is_digit(*p))
        return p;
    *ns += (uint32_t)(*p - '0');
    return kq_is_digit(p[1]) ? NULL : p + 1;
}

INLINE uint32_t load4(const char *p)
{
    uint32_t v;
    memcpy(&v, p, 4);
    return v;
}

static __attribute__((noinline)) bool new_day(struct pipe_lane_field *f, const char *p)
{
    int32_t days;
    bool near = kq_parse_date(kq_str(p, 10), &days) && days > -100000 && days < 100000;
    if (!near)
        return false;
    f->day_text = kq_load8(p);
    f->day_text4 = load4(p + 7);
    f->day = days;
    return true;
}

/* The ten characters of a date and the one after them, most often the same as last time. */
INLINE bool lane_day(struct pipe_lane_field *f, const char *p)
{
    return (kq_load8(p) == f->day_text && load4(p + 7) == f->day_text4) || new_day(f, p);
}

INLINE const char *lane_date(struct pipe_lane_field *f, const char *p)
{
    if (!lane_day(f, p))
        return NULL;
    put32(f->c, (int32_t)f->day);
    return p + 10;
}

INLINE const char *lane_timestamp(struct pipe_lane_field *f, const char *p)
{
    uint32_t ns;
    if (!lane_day(f, p) || (p[10] != 'D' && p[10] != 'T' && p[10] != ' '))
        return NULL;
    int32_t seconds = clock_seconds(p + 11);
    if ((uint32_t)seconds >= 86400)
        return NULL;
    p = fraction_ns(p + 19, &ns);
    if (!p)
        return NULL;
    put64(f->c, f->day * KQ_NS_PER_DAY + seconds * KQ_NS_PER_SEC + ns);
    return *p == 'Z' ? p + 1 : p;
}

INLINE const char *lane_time(struct pipe_column *c, const char *p)
{
    uint32_t ns;
    int32_t seconds = clock_seconds(p);
    p = seconds < 0 ? NULL : fraction_ns(p + 8, &ns);
    if (!p)
        return NULL;
    put32(c, seconds * 1000 + (int32_t)(ns / 1000000));
    return p;
}

INLINE const char *lane_timespan(struct pipe_column *c, const char *p)
{
    uint32_t ns;
    if (p[0] == '0' && p[1] == 'D')
        p += 2;
    int32_t seconds = clock_seconds(p);
    p = seconds < 0 ? NULL : fraction_ns(p + 8, &ns);
    if (!p)
        return NULL;
    put64(c, seconds * KQ_NS_PER_SEC + ns);
    return p;
}

/* ---- texts ---------------------------------------------------------------------------------- */

/* Bytes before the first delimiter, newline, quote or NUL. */
#ifdef __SSE2__
INLINE size_t text_len(const char *p, const struct pipe_lane *l)
{
    const __m128i d = _mm_set1_epi8(l->delimiter), q = _mm_set1_epi8(l->quote);
    const __m128i e = _mm_set1_epi8('\n'), z = _mm_setzero_si128();
    for (size_t i = 0;; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, d), _mm_cmpeq_epi8(v, q)),
                                   _mm_or_si128(_mm_cmpeq_epi8(v, e), _mm_cmpeq_epi8(v, z)));
        int m = _mm_movemask_epi8(hit);
        if (m)
            return i + (size_t)__builtin_ctz((unsigned)m);
    }
}
#else
INLINE size_t text_len(const char *p, const struct pipe_lane *l)
{
    size_t i = 0;
    while (p[i] != l->delimiter && p[i] != '\n' && p[i] != l->quote && p[i])
        i++;
    return i;
}
#endif

/* The field at `p`; false when it ends at a quote or NUL.  A CR before the newline is no part. */
INLINE bool text_field(const char *p, const struct pipe_lane *l, size_t *len)
{
    size_t n = text_len(p, l);
    if (p[n] == l->delimiter) {
        *len = n;
        return true;
    }
    *len = n && p[n - 1] == '\r' ? n - 1 : n;
    return p[n] == '\n';
}

/* Most symbols are short: one 16-byte copy, whatever their length. */
INLINE void copy_text(uint8_t *to, const char *from, size_t n)
{
    memcpy(to, from, 16);
    if (n > 16)
        memcpy(to + 16, from + 16, n - 16);
}

INLINE const char *lane_symbol(struct pipe_column *c, const char *p, const struct pipe_lane *l)
{
    size_t n;
    if (!text_field(p, l, &n))
        return NULL;
    if (n && ((unsigned char)*p <= ' ' || (unsigned char)p[n - 1] <= ' '))
        return NULL; /* to be trimmed */
    uint8_t *to = pipe_column_room(c, n + 1);
    copy_text(to, p, n);
    to[n] = '\0';
    c->end = to + n + 1;
    return p + n;
}

INLINE const char *lane_string(struct pipe_column *c, const char *p, const struct pipe_lane *l)
{
    size_t n;
    if (!text_field(p, l, &n))
        return NULL;
    uint8_t *to = pipe_column_room(c, n + 6);
    uint32_t count = (uint32_t)n;
    to[0] = KQ_CHAR;
    to[1] = 0;
    memcpy(to + 2, &count, 4);
    copy_text(to + 6, p, n);
    c->end = to + n + 6;
    return p + n;
}

INLINE const char *lane_skip(const char *p, const struct pipe_lane *l)
{
    size_t n;
    return text_field(p, l, &n) ? p + n : NULL;
}

/* Any other type, and nulls: only the end of the field is found fast. */
static __attribute__((noinline)) const char *lane_any(struct pipe_column *c, const char *p,
                                                      const struct pipe_lane *l)
{
    size_t n;
    if (!text_field(p, l, &n))
        return NULL;
    if (pipe_column_add(c, kq_str(p, n)))
        return p + n;
    pipe_column_undo(c);
    return NULL;
}

/* ---- records ----------------------------------------------------------------------------------- */

static int kind_of(const struct pipe_column *c)
{
    if (c->type == PIPE_SKIP)
        return SKIP;
    if (c->epoch_ns || c->na || c->zone_ns)
        return ANY;
    switch (c->type) {
    case PIPE_STRINGS: return STRING;
    case KQ_SYMBOL: return SYMBOL;
    case KQ_LONG: return LONG;
    case KQ_INT: return INT;
    case KQ_FLOAT: return FLOAT;
    case KQ_DATE: return DATE;
    case KQ_TIMESTAMP: return TIMESTAMP;
    case KQ_TIME: return TIME;
    case KQ_TIMESPAN: return TIMESPAN;
    default: return ANY;
    }
}

/* Digits and signs as delimiters would end fields inside numbers. */
static bool ordinary(int delimiter)
{
    return delimiter == ',' || delimiter == '\t' || delimiter == ';' || delimiter == '|' ||
           (delimiter > 0 && delimiter < ' ' && delimiter != '\n' && delimiter != '\r');
}

bool pipe_lane_init(struct pipe_lane *l, struct pipe_column *const *columns, size_t n,
                    int delimiter, int quote, int escape, int end)
{
    memset(l, 0, sizeof *l);
    if (!n || !ordinary(delimiter) || escape != KQ_CSVIN_NONE || end != '\n')
        return false;
    l->n = n;
    l->delimiter = (char)delimiter;
    l->quote = (char)(quote == KQ_CSVIN_NONE ? delimiter : quote);
    l->field = kq_calloc(n, sizeof *l->field);
    for (size_t i = 0; i < n; i++) {
        l->field[i].kind = kind_of(columns[i]);
        l->field[i].c = columns[i];
    }
    return true;
}

void pipe_lane_release(struct pipe_lane *l)
{
    free(l->field);
}

INLINE const char *read_field(struct pipe_lane_field *f, const char *p, const struct pipe_lane *l)
{
    switch (f->kind) {
    case SKIP: return lane_skip(p, l);
    case STRING: return lane_string(f->c, p, l);
    case SYMBOL: return lane_symbol(f->c, p, l);
    case LONG: return lane_long(f->c, p);
    case INT: return lane_int(f->c, p);
    case FLOAT: return lane_float(f->c, p);
    case DATE: return lane_date(f, p);
    case TIMESTAMP: return lane_timestamp(f, p);
    case TIME: return lane_time(f->c, p);
    case TIMESPAN: return lane_timespan(f->c, p);
    default: return NULL;
    }
}

static void undo(struct pipe_lane *l, size_t done)
{
    for (size_t i = 0; i < done; i++)
        pipe_column_undo(l->field[i].c);
}

const char *pipe_lane_run(struct pipe_lane *l, const char *p, const char *enough, const char *stop,
                          size_t max_rows, size_t *rows)
{
    const struct pipe_lane lane = *l;
    size_t row = 0;
    for (; row < max_rows && p < enough; row++) {
        const char *start = p;
        size_t i = 0;
        for (; i < lane.n; i++) {
            const char *q = read_field(&lane.field[i], p, &lane);
            if (!q)
                q = lane_any(lane.field[i].c, p, &lane);
            if (!q)
                break;
            p = q + 1;
            if (*q == lane.delimiter && i + 1 < lane.n)
                continue;
            i++;
            p += *q == '\r' && q[1] == '\n';
            break;
        }
        if (i < lane.n || p[-1] != '\n' || p > stop) {
            undo(l, i);
            p = start;
            break;
        }
    }
    *rows += row;
    return p;
}

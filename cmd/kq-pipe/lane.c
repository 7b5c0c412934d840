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

/* A field of the record: which kernel, and where its items go. */
struct pipe_lane_field {
    int kind;
    struct pipe_column *c;
    uint8_t *end, *limit; /* the column's, while the lane runs */
    uint64_t day_text;    /* times: the first eight characters of the last date, */
    uint32_t day_text4;   /* characters 8 to 11, the separator among them, */
    int64_t day;          /* and its days since 2000 */
};

enum { ANY, SKIP, STRING, SYMBOL, LONG, INT, FLOAT, DATE, TIMESTAMP, TIME, TIMESPAN };

/* ---- digits ---------------------------------------------------------------------- */

/* The top bit of each byte of the digit word that is no digit; exact up to the second of them. */
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

/* Digits of a number of any length up to 16, *n of them; NULL for none and for more. */
static __attribute__((noinline)) const char *long_number(const char *p, uint64_t *v, unsigned *n)
{
    unsigned more;
    uint64_t w = digit_word(p, n);
    if (!*n)
        return NULL;
    *v = leading_value(w, *n);
    if (*n < 8)
        return p + *n;
    w = digit_word(p + 8, &more);
    if (more == 8)
        return NULL;
    if (more)
        *v = *v * pow10_int[more] + leading_value(w, more);
    *n = 8 + more;
    return p + *n;
}

/* The same for the usual one to seven digits. */
INLINE const char *whole(const char *p, uint64_t *v)
{
    uint64_t w = kq_load8(p) ^ KQ_BYTES8('0'), bad = not_digits(w);
    unsigned n, c = bad ? (unsigned)__builtin_ctzll(bad) : 7; /* 8 n + 7 */
    if (c == 7)
        return long_number(p, v, &n);
    *v = kq_digits8_value(w << (71 - c));
    return p + (c >> 3);
}

/* ---- storing ------------------------------------------------------------------------ */

INLINE void put64(struct pipe_lane_field *f, int64_t v)
{
    memcpy(f->end, &v, 8);
    f->end += 8;
}

INLINE void put32(struct pipe_lane_field *f, int32_t v)
{
    memcpy(f->end, &v, 4);
    f->end += 4;
}

INLINE void put_double(struct pipe_lane_field *f, double v)
{
    memcpy(f->end, &v, 8);
    f->end += 8;
}

/* ---- numbers -------------------------------------------------------------------------- */

INLINE const char *lane_long(struct pipe_lane_field *f, const char *p)
{
    uint64_t v;
    bool minus = *p == '-';
    p = whole(p + minus, &v);
    if (!p)
        return NULL;
    put64(f, minus ? -(int64_t)v : (int64_t)v);
    return p;
}

INLINE const char *lane_int(struct pipe_lane_field *f, const char *p)
{
    uint64_t v;
    bool minus = *p == '-';
    p = whole(p + minus, &v);
    if (!p || v > INT32_MAX)
        return NULL;
    put32(f, minus ? -(int32_t)v : (int32_t)v);
    return p;
}

static const double pow10_double[9] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};

/* digits[.digits] of any length; all digits together fit 53 bits. */
static __attribute__((noinline)) const char *long_float(const char *p, double *d)
{
    uint64_t v;
    unsigned n, decimals = 0;
    p = long_number(p, &v, &n);
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
 * A number of two to seven digits with a point inside, that ends within eight
 * bytes: the point is squeezed out and all digits are converted at once.  One
 * division by an exact power of ten rounds correctly.
 */
INLINE const char *short_float(const char *p, double *d)
{
    uint64_t w = kq_load8(p) ^ KQ_BYTES8('0');
    uint64_t bad = not_digits(w), first = bad & -bad, second = bad ^ first;
    if (!second)
        return long_float(p, d);
    unsigned k = (unsigned)__builtin_ctzll(first), m = (unsigned)__builtin_ctzll(second);
    uint64_t before = (first >> 7) - 1; /* the bytes in front of the point */
    if ((w >> (k - 7) & 0xff) != ('.' ^ '0') || m - k <= 8)
        return long_float(p, d);
    w = (w & before) | (w >> 8 & ~before);
    *d = kq_digits8_value(w << (79 - m)) / pow10_double[(m - k - 8) >> 3];
    return p + (m >> 3);
}

INLINE const char *lane_float(struct pipe_lane_field *f, const char *p)
{
    double d;
    bool minus = *p == '-';
    p = short_float(p + minus, &d);
    if (!p)
        return NULL;
    put_double(f, minus ? -d : d);
    return p;
}

/* ---- times ------------------------------------------------------------------------------- */

/* hh:mm:ss at `p` in seconds, hours below `hours`; negative when it is none. */
INLINE int32_t clock_seconds(const char *p, unsigned hours)
{
    uint64_t w = kq_load8(p) ^ UINT64_C(0x30303a30303a3030);
    uint64_t bad = (w + UINT64_C(0x76767f76767f7676)) | w;
    uint64_t v = (w * 10 + (w >> 8)) & UINT64_C(0x00ff0000ff0000ff); /* bytes 0, 3 and 6 */
    uint64_t high = v + (UINT64_C(0x0044000044000000) | (128 - hours));
    if (((bad & KQ_BYTES8(0x80)) | (high & UINT64_C(0x0080000080000080))) != 0)
        return -1;
    return (int32_t)((v & 0xff) * 3600 + (v >> 24 & 0xff) * 60 + (v >> 48));
}

/* The digits after a point, 1 to 9, in ns; NULL for more. */
INLINE const char *fraction_ns(const char *p, uint32_t *ns)
{
    *ns = 0;
    if (*p != '.')
        return p;
    uint64_t w = kq_load8(p + 1) ^ KQ_BYTES8('0'), bad = not_digits(w);
    if (bad) {
        unsigned c = (unsigned)__builtin_ctzll(bad); /* 8 digits + 7 */
        if (c == 7)
            return NULL;
        *ns = kq_digits8_value(w & ((UINT64_C(1) << (c - 7)) - 1)) * 10;
        return p + 1 + (c >> 3);
    }
    unsigned ninth = (unsigned)(unsigned char)p[9] - '0';
    *ns = kq_digits8_value(w) * 10;
    if (ninth > 9)
        return p + 9;
    *ns += ninth;
    return kq_is_digit(p[10]) ? NULL : p + 10;
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
    if (f->kind == TIMESTAMP && p[10] != 'D' && p[10] != 'T' && p[10] != ' ')
        return false;
    if (!kq_parse_date(kq_str(p, 10), &days) || days < -100000 || days > 100000)
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
    put32(f, (int32_t)f->day);
    return p + 10;
}

INLINE const char *lane_timestamp(struct pipe_lane_field *f, const char *p)
{
    uint32_t ns;
    if (!lane_day(f, p))
        return NULL;
    int32_t seconds = clock_seconds(p + 11, 24);
    p = seconds < 0 ? NULL : fraction_ns(p + 19, &ns);
    if (!p)
        return NULL;
    put64(f, (f->day * 86400 + seconds) * KQ_NS_PER_SEC + ns);
    return *p == 'Z' ? p + 1 : p;
}

INLINE const char *lane_time(struct pipe_lane_field *f, const char *p)
{
    uint32_t ns;
    int32_t seconds = clock_seconds(p, 100);
    p = seconds < 0 ? NULL : fraction_ns(p + 8, &ns);
    if (!p)
        return NULL;
    put32(f, seconds * 1000 + (int32_t)(ns / 1000000));
    return p;
}

INLINE const char *lane_timespan(struct pipe_lane_field *f, const char *p)
{
    uint32_t ns;
    if (p[0] == '0' && p[1] == 'D')
        p += 2;
    int32_t seconds = clock_seconds(p, 100);
    p = seconds < 0 ? NULL : fraction_ns(p + 8, &ns);
    if (!p)
        return NULL;
    put64(f, seconds * KQ_NS_PER_SEC + ns);
    return p;
}

/* ---- texts ---------------------------------------------------------------------------------- */

/*
 * Bytes before the first delimiter, newline, quote or NUL; `blanks` also stops
 * at any other byte up to the blank.
 */
#ifdef __SSE2__
INLINE size_t text_len(const char *p, const struct pipe_lane *l, bool blanks)
{
    const __m128i d = _mm_set1_epi8(l->delimiter), q = _mm_set1_epi8(l->quote);
    const __m128i e = _mm_set1_epi8(blanks ? ' ' : '\n'), z = _mm_setzero_si128();
    for (size_t i = 0;; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        __m128i low = blanks ? _mm_cmpeq_epi8(_mm_min_epu8(v, e), v)
                             : _mm_or_si128(_mm_cmpeq_epi8(v, e), _mm_cmpeq_epi8(v, z));
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, d), _mm_cmpeq_epi8(v, q));
        int m = _mm_movemask_epi8(_mm_or_si128(hit, low));
        if (m)
            return i + (size_t)__builtin_ctz((unsigned)m);
    }
}
#else
INLINE size_t text_len(const char *p, const struct pipe_lane *l, bool blanks)
{
    size_t i = 0;
    unsigned char low = blanks ? ' ' : 0;
    while (p[i] != l->delimiter && p[i] != '\n' && p[i] != l->quote && (unsigned char)p[i] > low)
        i++;
    return i;
}
#endif

/* The field at `p`; false when it ends at a quote or NUL.  A CR before the newline is no part. */
INLINE bool text_field(const char *p, const struct pipe_lane *l, size_t *len)
{
    size_t n = text_len(p, l, false);
    if (p[n] == l->delimiter) {
        *len = n;
        return true;
    }
    *len = n && p[n - 1] == '\r' ? n - 1 : n;
    return p[n] == '\n';
}

/* Make room for `n` bytes and PIPE_SLACK more. */
static __attribute__((noinline)) void grow(struct pipe_lane_field *f, size_t n)
{
    f->c->end = f->end;
    pipe_column_grow(f->c, n);
    f->end = f->c->end;
    f->limit = f->c->limit;
}

/* Most texts are short: one 16-byte copy, whatever their length. */
INLINE void put_text(struct pipe_lane_field *f, const char *text, size_t n, size_t head)
{
    if ((size_t)(f->limit - f->end) < n + 6)
        grow(f, n + 6);
    f->c->last = f->end;
    memcpy(f->end + head, text, 16);
    if (n > 16)
        memcpy(f->end + head + 16, text + 16, n - 16);
}

/* A symbol without blanks; others need trimming, or at least a closer look. */
INLINE const char *lane_symbol(struct pipe_lane_field *f, const char *p, const struct pipe_lane *l)
{
    size_t n = text_len(p, l, true);
    if (p[n] != l->delimiter && p[n] != '\n')
        return NULL;
    put_text(f, p, n, 0);
    f->end[n] = '\0';
    f->end += n + 1;
    return p + n;
}

INLINE const char *lane_string(struct pipe_lane_field *f, const char *p, const struct pipe_lane *l)
{
    size_t n;
    if (!text_field(p, l, &n))
        return NULL;
    uint32_t count = (uint32_t)n;
    put_text(f, p, n, 6);
    f->end[0] = KQ_CHAR;
    f->end[1] = 0;
    memcpy(f->end + 2, &count, 4);
    f->end += n + 6;
    return p + n;
}

INLINE const char *lane_skip(const char *p, const struct pipe_lane *l)
{
    size_t n;
    return text_field(p, l, &n) ? p + n : NULL;
}

/* Any other type, and nulls: only the end of the field is found fast. */
static __attribute__((noinline)) const char *lane_any(struct pipe_lane_field *f, const char *p,
                                                      const struct pipe_lane *l)
{
    size_t n;
    if (!text_field(p, l, &n))
        return NULL;
    f->c->end = f->end;
    bool ok = pipe_column_add(f->c, kq_str(p, n));
    if (!ok)
        pipe_column_undo(f->c);
    f->end = f->c->end;
    f->limit = f->c->limit;
    return ok ? p + n : NULL;
}

/* ---- records ----------------------------------------------------------------------------------- */

static int kind_of(const struct pipe_column *c)
{
    if (c->type == PIPE_SKIP)
        return SKIP;
    if (c->epoch_ns || c->na || c->zone)
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

INLINE const char *read_field(struct pipe_lane_field *f, const char *p, const struct pipe_lane *l)
{
    const char *q;
    switch (f->kind) {
    case SKIP: return lane_skip(p, l);
    case STRING: return lane_string(f, p, l);
    case SYMBOL: q = lane_symbol(f, p, l); break;
    case LONG: q = lane_long(f, p); break;
    case INT: q = lane_int(f, p); break;
    case FLOAT: q = lane_float(f, p); break;
    case DATE: q = lane_date(f, p); break;
    case TIMESTAMP: q = lane_timestamp(f, p); break;
    case TIME: q = lane_time(f, p); break;
    case TIMESPAN: q = lane_timespan(f, p); break;
    default: q = NULL; break;
    }
    return q ? q : lane_any(f, p, l);
}

static __attribute__((noinline)) void undo(struct pipe_lane *l, const struct pipe_lane_field *done)
{
    for (struct pipe_lane_field *f = l->field; f < done; f++) {
        f->c->end = f->end;
        pipe_column_undo(f->c);
        f->end = f->c->end;
    }
}

/* One record; the start of the next, or NULL with nothing added. */
INLINE const char *record(struct pipe_lane *l, const char *p, const char *stop)
{
    struct pipe_lane_field *f = l->field, *last = f + l->n - 1;
    for (; f < last; f++) {
        const char *q = read_field(f, p, l);
        if (!q || *q != l->delimiter) {
            undo(l, q ? f + 1 : f);
            return NULL;
        }
        p = q + 1;
    }
    p = read_field(f, p, l);
    if (p && *p == '\r')
        p++;
    if (p && *p == '\n' && p < stop)
        return p + 1;
    undo(l, p ? f + 1 : f);
    return NULL;
}

INLINE const char *run(struct pipe_lane *l, const char *p, const char *enough, const char *stop,
                       size_t max_rows, size_t *rows)
{
    struct pipe_lane lane = *l; /* its address stays here, so that it can live in registers */
    size_t row = 0;
    while (row < max_rows && p < enough) {
        const char *q = record(&lane, p, stop);
        if (!q)
            break;
        p = q;
        row++;
    }
    *rows = row;
    return p;
}

/* The same code for processors of the last ten years and for all others. */
static const char *run_any(struct pipe_lane *l, const char *p, const char *enough, const char *stop,
                           size_t max_rows, size_t *rows)
{
    return run(l, p, enough, stop, max_rows, rows);
}

#ifdef __x86_64__
__attribute__((target("avx2,bmi,bmi2"))) static const char *
run_avx2(struct pipe_lane *l, const char *p, const char *enough, const char *stop, size_t max_rows,
         size_t *rows)
{
    return run(l, p, enough, stop, max_rows, rows);
}
#endif

static pipe_lane_fn *best_run(void)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
        return run_avx2;
#endif
    return run_any;
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
    l->run = best_run();
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
    l->field = NULL;
}

const char *pipe_lane_run(struct pipe_lane *l, const char *p, const char *enough, const char *stop,
                          size_t max_rows, size_t *rows)
{
    for (size_t i = 0; i < l->n; i++) {
        l->field[i].end = l->field[i].c->end;
        l->field[i].limit = l->field[i].c->limit;
    }
    size_t n = 0;
    p = l->run(l, p, enough, stop, max_rows, &n);
    for (size_t i = 0; i < l->n; i++)
        if (l->field[i].kind != SKIP)
            l->field[i].c->end = l->field[i].end;
    *rows += n;
    return p;
}

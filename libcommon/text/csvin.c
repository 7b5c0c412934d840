/*
 * csvin.c - looks at 64 bytes at a time: one bit for each that is a delimiter,
 * quote, escape or end of record.  Walking those bits is all the work that an
 * ordinary record costs; fields are noted as offsets of their ends and become
 * slices when the record is whole.  Quotes and escapes are taken out then.
 */
#include "text/csvin.h"

#include "base/mem.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { BLOCK = 64 };

/* ---- special bytes of a block -------------------------------------------------- */

#ifdef __SSE2__
static uint64_t mask16(const char *p, const __m128i want[4])
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i a = _mm_or_si128(_mm_cmpeq_epi8(v, want[0]), _mm_cmpeq_epi8(v, want[1]));
    __m128i b = _mm_or_si128(_mm_cmpeq_epi8(v, want[2]), _mm_cmpeq_epi8(v, want[3]));
    return (uint64_t)(unsigned)_mm_movemask_epi8(_mm_or_si128(a, b));
}

static uint64_t mask64(const char *p, const uint8_t want[4])
{
    __m128i w[4];
    for (int i = 0; i < 4; i++)
        w[i] = _mm_set1_epi8((char)want[i]);
    return mask16(p, w) | mask16(p + 16, w) << 16 | mask16(p + 32, w) << 32 |
           mask16(p + 48, w) << 48;
}
#else
static uint64_t mask64(const char *p, const uint8_t want[4])
{
    uint64_t m = 0;
    for (int i = 0; i < BLOCK; i++) {
        uint8_t b = (uint8_t)p[i];
        if (b == want[0] || b == want[1] || b == want[2] || b == want[3])
            m |= UINT64_C(1) << i;
    }
    return m;
}
#endif

/* Put the next block of the window into the mask; false when there is none. */
static bool load(struct kq_csvin *c)
{
    size_t left = (size_t)(c->stop - c->scan);
    if (!left)
        return false;
    c->block = c->scan;
    if (left >= BLOCK) {
        c->mask = mask64(c->scan, c->want);
        c->scan += BLOCK;
    } else {
        char tail[BLOCK] = {0};
        memcpy(tail, c->scan, left);
        c->mask = mask64(tail, c->want) & ((UINT64_C(1) << left) - 1);
        c->scan += left;
    }
    if (c->skip) /* the last byte of the block before was an escape */
        c->mask &= ~UINT64_C(1);
    c->skip = false;
    return true;
}

/* ---- set up ------------------------------------------------------------------------ */

void kq_csvin_init(struct kq_csvin *c, const struct kq_csv_dialect *d, size_t max_fields,
                   size_t max_record)
{
    memset(c, 0, sizeof *c);
    c->dialect = *d;
    if (d->escape == d->quote)
        c->dialect.escape = KQ_CSVIN_NONE; /* that is doubling */
    c->max_fields = max_fields ? max_fields : 1;
    c->max_record = max_record < KQ_CSVIN_RECORD_MAX ? max_record : KQ_CSVIN_RECORD_MAX;
    c->field = kq_calloc(c->max_fields, sizeof *c->field);
    c->ends = kq_calloc(c->max_fields, sizeof *c->ends);
    const int special[4] = {d->end, d->delimiter, d->quote, c->dialect.escape};
    for (int i = 0; i < 4; i++)
        c->want[i] = (uint8_t)(special[i] == KQ_CSVIN_NONE ? d->end : special[i]);
    kq_buf_init(&c->scratch, KQ_BUF_NOMAX);
}

void kq_csvin_release(struct kq_csvin *c)
{
    free(c->field);
    free(c->ends);
    kq_buf_release(&c->scratch);
}

static void begin_record(struct kq_csvin *c)
{
    c->n_fields = 0;
    c->field_start = 0;
    c->in_quotes = false;
    c->special = false;
    c->open_quote = false;
    c->line = c->lines + 1;
}

void kq_csvin_reset(struct kq_csvin *c)
{
    c->base = c->scan = c->stop = NULL;
    c->mask = 0;
    c->scanned = 0;
    c->lines = 0;
    c->skip = false;
    begin_record(c);
}

void kq_csvin_window(struct kq_csvin *c, const char *data, size_t len, bool eof)
{
    c->base = data;
    c->mask = 0; /* of the window before, if a record ended there */
    c->scan = data + c->scanned;
    c->stop = data + len;
    c->eof = eof;
}

/* ---- quotes and escapes ------------------------------------------------------------- */

/*
 * Copy a field without its quotes and escapes.  A quote opens at the start of
 * the field; inside, two are one; after the closing one the rest is text.
 */
static struct kq_str unquote(struct kq_csvin *c, struct kq_str f)
{
    const struct kq_csv_dialect *d = &c->dialect;
    char *to = (char *)c->scratch.data + c->scratch.len;
    size_t n = 0;
    bool open = false;
    for (size_t i = 0; i < f.len; i++) {
        int b = (unsigned char)f.s[i];
        if (b == d->escape && i + 1 < f.len) {
            to[n++] = f.s[++i];
        } else if (b != d->quote || (i && !open)) {
            to[n++] = f.s[i];
        } else if (open && i + 1 < f.len && (unsigned char)f.s[i + 1] == d->quote) {
            to[n++] = f.s[++i];
        } else {
            open = !open;
        }
    }
    kq_buf_advance(&c->scratch, n);
    return kq_str(to, n);
}

static bool needs_unquote(const struct kq_csvin *c, struct kq_str f)
{
    return (f.len && (unsigned char)f.s[0] == c->dialect.quote) ||
           (c->dialect.escape != KQ_CSVIN_NONE && memchr(f.s, c->dialect.escape, f.len));
}

static void unquote_all(struct kq_csvin *c, size_t n)
{
    kq_buf_clear(&c->scratch);
    if (!kq_buf_reserve(&c->scratch, c->text.len + 1))
        return; /* the record stays as it came; lengths are bounded by max_record */
    for (size_t i = 0; i < n; i++)
        if (needs_unquote(c, c->field[i]))
            c->field[i] = unquote(c, c->field[i]);
}

/* ---- records -------------------------------------------------------------------------- */

static inline void end_field(struct kq_csvin *c, size_t off)
{
    if (c->n_fields < c->max_fields)
        c->ends[c->n_fields] = (uint32_t)off;
    c->n_fields++;
    c->field_start = off + 1;
}

/* The record ends at offset `len`; the next begins `width` bytes later. */
static void end_record(struct kq_csvin *c, size_t len, size_t width)
{
    size_t n = len;
    if (c->dialect.end == '\n' && n && c->base[n - 1] == '\r')
        n--;
    c->text = kq_str(c->base, n);
    end_field(c, n > c->field_start ? n : c->field_start);
    size_t kept = c->n_fields < c->max_fields ? c->n_fields : c->max_fields;
    size_t start = 0;
    for (size_t i = 0; i < kept; i++) {
        c->field[i] = kq_str(c->base + start, c->ends[i] - start);
        start = c->ends[i] + 1;
    }
    if (c->special)
        unquote_all(c, kept);
    c->base += len + width;
    c->scanned = 0;
}

/* A quote or escape at `p`. */
static void special_byte(struct kq_csvin *c, const char *p)
{
    int b = (unsigned char)*p;
    if (b == c->dialect.escape) {
        c->special = true;
        size_t next = (size_t)(p - c->block) + 1;
        if (p + 1 == c->scan)
            c->skip = true;
        else
            c->mask &= ~(UINT64_C(1) << next);
    } else if (b == c->dialect.quote) {
        bool at_start = (size_t)(p - c->base) == c->field_start;
        if (c->in_quotes || at_start || (unsigned char)c->base[c->field_start] == b)
            c->in_quotes = !c->in_quotes;
        c->special = true;
    }
}

/* The window is used up: what is left is a record at the end of the text, or unfinished. */
static int end_window(struct kq_csvin *c, struct kq_err *err)
{
    size_t left = kq_csvin_rest(c);
    if (left > c->max_record) {
        kq_err_set(err, KQ_EDATA, "line %llu: record longer than %zu bytes%s",
                   (unsigned long long)c->line, c->max_record,
                   c->in_quotes ? " (is a quote not closed?)" : "");
        return -1;
    }
    if (!c->eof || !left) {
        c->scanned = left;
        return 0;
    }
    c->open_quote = c->in_quotes;
    end_record(c, left, 0);
    return 1;
}

int kq_csvin_next(struct kq_csvin *c, struct kq_err *err)
{
    if (!c->scanned)
        begin_record(c);
    const int delimiter = c->dialect.delimiter, end = c->dialect.end;
    c->scanned = 1; /* until the record ends, this one goes on */
    do {
        while (c->mask) {
            const char *p = c->block + __builtin_ctzll(c->mask);
            c->mask &= c->mask - 1;
            int b = (unsigned char)*p;
            if (b == delimiter && !c->in_quotes) {
                end_field(c, (size_t)(p - c->base));
            } else if (b == end) {
                c->lines++;
                if (c->in_quotes)
                    continue;
                end_record(c, (size_t)(p - c->base), 1);
                return 1;
            } else {
                special_byte(c, p);
            }
        }
    } while (load(c));
    return end_window(c, err);
}

/*
 * csvin.h - bytes in any pieces to records of fields: CSV, TSV, plain lines.
 *
 * RFC 4180 and what the world adds to it: any delimiter, quotes that may hold
 * newlines, doubled or escaped quotes, CR LF, NUL instead of newline.  The
 * engine does no I/O and copies nothing but fields with quotes inside: the
 * caller shows it a window of bytes and gets slices of it back.
 *
 *      kq_csvin_window(&c, data, len, false);
 *      while ((got = kq_csvin_next(&c, &err)) > 0)
 *          use c.field[0 .. c.n_fields), c.text, c.line
 *      keep the last kq_csvin_rest(&c) bytes for the front of the next window
 */
#ifndef KQ_TEXT_CSVIN_H
#define KQ_TEXT_CSVIN_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KQ_CSVIN_NONE = -1 };

/* Each a byte 0..255, or KQ_CSVIN_NONE. */
struct kq_csv_dialect {
    int delimiter; /* NONE: the whole record is one field */
    int quote;     /* NONE: quotes are text like any other */
    int escape;    /* makes the byte after it literal; NONE: quotes are doubled */
    int end;       /* '\n' (a CR before it is dropped) or '\0' */
};

/* Comma, double quote, doubled, newline. */
#define KQ_CSVIN_RFC4180              \
    {                                 \
        ',', '"', KQ_CSVIN_NONE, '\n' \
    }

/* Longest record that can be asked for. */
#define KQ_CSVIN_RECORD_MAX (UINT32_C(1) << 30)

struct kq_csvin {
    /* The record that kq_csvin_next found; valid until the next call. */
    struct kq_str *field; /* without quotes and escapes */
    size_t n_fields;      /* in the record; field[] has at most max_fields of them */
    struct kq_str text;   /* the record as it came, without its end */
    uint64_t line;        /* number of its first line, from 1 */
    bool open_quote;      /* the text ended inside a quote */

    struct kq_csv_dialect dialect; /* the rest is private */
    size_t max_fields, max_record;
    uint32_t *ends;          /* offsets in the record where fields end */
    const char *base;        /* start of the record in work */
    const char *block;       /* bit 0 of `mask` */
    uint64_t mask;           /* special bytes of the block not looked at yet */
    const char *scan, *stop; /* first byte not yet in a mask; end of the window */
    size_t field_start;      /* offset of the field in work */
    size_t scanned;          /* between windows: bytes of the record looked at */
    uint64_t lines;          /* ends of line seen */
    bool eof, in_quotes, special, skip;
    uint8_t want[4]; /* the special bytes, some twice */
    struct kq_buf scratch;
};

/* Records of at most `max_record` bytes; of each, at most `max_fields` fields
 * are kept (more are counted). */
void kq_csvin_init(struct kq_csvin *c, const struct kq_csv_dialect *d, size_t max_fields,
                   size_t max_record);
void kq_csvin_release(struct kq_csvin *c);

/* Forget a record begun and count lines from 1 again: a new file. */
void kq_csvin_reset(struct kq_csvin *c);

/*
 * The bytes to work on: first the kq_csvin_rest() last ones of the window
 * before, then new ones; at most KQ_CSVIN_RECORD_MAX.  They stay the caller's,
 * and in place until the next window.  With `eof` a last record without an end counts.
 */
void kq_csvin_window(struct kq_csvin *c, const char *data, size_t len, bool eof);

/* 1: a record; 0: the window is used up; -1: a record is too long (KQ_EDATA). */
int kq_csvin_next(struct kq_csvin *c, struct kq_err *err);

/* Bytes at the end of the window that belong to a record not finished. */
static inline size_t kq_csvin_rest(const struct kq_csvin *c)
{
    return (size_t)(c->stop - c->base);
}

#endif

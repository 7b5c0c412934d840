/*
 * csv.h - tables as comma- or tab-separated lines.
 *
 * One writer serves kq-send's csv and tsv, kq-dump's csv sink and q's 0: and
 * .h.cd.  Cells are bare (no q suffixes, quotes or backticks), times as
 * style->times says, nulls empty or style->null_text.
 */
#ifndef KQ_TEXT_CSV_H
#define KQ_TEXT_CSV_H

#include "base/out.h"
#include "obj/obj.h"
#include "text/style.h"

#include <stdbool.h>

enum kq_csv_quotes {
    KQ_CSV_RFC,  /* RFC 4180: cells with the delimiter, a quote, CR or LF */
    KQ_CSV_Q,    /* as q's 0: only cells with the delimiter or LF */
    KQ_CSV_NONE, /* never */
};

struct kq_csv {
    char delim;  /* ',' or '\t' or what the user wants */
    bool header; /* a line of column names first */
    char end;    /* of a line: '\n', or 0 for --null-data */
    enum kq_csv_quotes quotes;
};

/* Comma, header, newline, RFC 4180. */
extern const struct kq_csv kq_csv_default;

/*
 * `x` as lines.  A table gives a line for each row; a keyed table is unkeyed; a
 * dictionary has the columns "key" and "value" (or "key" and those of the
 * table that is its value); a list whose items are lists (not strings) gives a
 * line for each item; any other list one cell a line; everything else one line
 * with one cell; (::) nothing.  Nested vectors in a cell are joined by blanks,
 * deeper things are one-line q text.
 */
void kq_csv_put(struct kq_out *o, const struct kq_obj *x, const struct kq_csv *csv,
                const struct kq_style *style);

/* The same lines, without their ends, as a list of char vectors: q's 0:. */
struct kq_obj *kq_csv_lines(const struct kq_obj *x, const struct kq_csv *csv,
                            const struct kq_style *style);

/* One cell of `len` bytes, quoted if it must be; for lines built by hand. */
void kq_csv_cell(struct kq_out *o, const char *s, size_t len, const struct kq_csv *csv);

#endif

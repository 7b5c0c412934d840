/*
 * csv.c - a kq_elems for each column, with `put` replaced where a text may
 * need quotes; then a plain loop over rows and columns.
 *
 * Numbers and times cannot hold a usual delimiter, so they are never looked
 * at again after they have been written.
 */
#include "text/csv.h"

#include "base/mem.h"
#include "obj/dict.h"
#include "obj/list.h"
#include "text/bare.h"
#include "text/elem.h"
#include "text/repr.h"
#include "text/rows.h"

#include <stdlib.h>
#include <string.h>

const struct kq_csv kq_csv_default = {',', true, '\n', KQ_CSV_RFC};

/* What all columns of one call share. */
struct writer {
    struct kq_out *o;
    const struct kq_csv *csv;
    const struct kq_style *style;
    struct kq_obj *lines;  /* collected here instead of ended; NULL: not */
    struct kq_out scratch; /* a cell whose text must be seen before it is quoted */
    bool special[256];     /* bytes that make quotes necessary */
    uint64_t special8[4];  /* the same, each eight times */
    bool odd_delim;        /* one that numbers and times may hold */
};

static void special_init(bool special[256], const struct kq_csv *csv)
{
    memset(special, 0, 256 * sizeof *special);
    if (csv->quotes == KQ_CSV_NONE)
        return;
    special[(uint8_t)csv->delim] = true;
    special['\n'] = true;
    if (csv->quotes == KQ_CSV_RFC)
        special['"'] = special['\r'] = true;
}

/* ---- cells ----------------------------------------------------------------- */

static size_t put_quoted(struct kq_out *o, const char *s, size_t len)
{
    size_t n = len + 2;
    kq_out_char(o, '"');
    for (const char *q; (q = memchr(s, '"', len)); n++) {
        size_t run = (size_t)(q - s) + 1;
        kq_out_write(o, s, run);
        kq_out_char(o, '"');
        s += run;
        len -= run;
    }
    kq_out_write(o, s, len);
    kq_out_char(o, '"');
    return n;
}

static inline size_t put_text(struct kq_out *o, const bool special[256], const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (special[(uint8_t)s[i]])
            return put_quoted(o, s, len);
    }
    kq_out_write(o, s, len);
    return len;
}

void kq_csv_cell(struct kq_out *o, const char *s, size_t len, const struct kq_csv *csv)
{
    bool special[256];
    special_init(special, csv);
    put_text(o, special, s, len);
}

/* Is a byte of the word special? */
static inline bool any_special(const uint64_t special8[4], uint64_t word)
{
    uint64_t hit = 0;
    for (int k = 0; k < 4; k++) {
        uint64_t x = word ^ special8[k];
        hit |= (x - KQ_BYTES8(1)) & ~x;
    }
    return (hit & KQ_BYTES8(0x80)) != 0;
}

static size_t put_symbol(struct kq_elems *e, struct kq_out *o, int64_t i)
{
    const struct writer *w = e->user;
    const char *s;
    uint64_t word;
    size_t len = kq_elems_symbol(e, &s, &word);
    (void)i;
    if (len - 1 < 7 && !any_special(w->special8, word)) {
        kq_store8(kq_out_reserve(o, 8), word);
        kq_out_advance(o, len);
        return len;
    }
    return len ? put_text(o, w->special, s, len) : put_text(o, w->special, e->null, e->nulllen);
}

static size_t put_char(struct kq_elems *e, struct kq_out *o, int64_t i)
{
    const struct writer *w = e->user;
    return put_text(o, w->special, (const char *)e->data + i, 1);
}

/* Format object `x` aside, then quote. */
static size_t put_object(struct writer *w, struct kq_out *o, const struct kq_obj *x)
{
    if (x->type == KQ_CHAR)
        return put_text(o, w->special, (const char *)kq_data(x), (size_t)x->n);
    w->scratch.len = 0;
    kq_bare_put(&w->scratch, x, KQ_FORM_CSV, w->style);
    return put_text(o, w->special, w->scratch.buf, w->scratch.len);
}

static size_t put_item(struct kq_elems *e, struct kq_out *o, int64_t i)
{
    return put_object(e->user, o, kq_child(e->x, i));
}

/* A row of a column that is a table or dictionary; or a number that may hold
 * the delimiter. */
static size_t put_aside(struct kq_elems *e, struct kq_out *o, int64_t i)
{
    struct kq_obj *x = kq_at(e->x, i);
    size_t n = put_object(e->user, o, x);
    kq_unref(x);
    return n;
}

static void cells_init(struct writer *w, struct kq_elems *e, const struct kq_obj *x)
{
    bool simple = kq_elems_init(e, x, KQ_FORM_CSV, w->style);
    int t = e->x->type;
    e->user = w;
    if (!simple)
        e->put = t == KQ_LIST ? put_item : put_aside;
    else if (t == KQ_SYMBOL && w->csv->quotes != KQ_CSV_NONE)
        e->put = put_symbol;
    else if (t == KQ_CHAR)
        e->put = put_char;
    else if (w->odd_delim)
        e->put = put_aside;
}

/* ---- lines ------------------------------------------------------------------- */

static void end_line(struct writer *w)
{
    if (!w->lines) {
        kq_out_char(w->o, w->csv->end);
        return;
    }
    struct kq_obj *line = kq_string(w->o->buf, w->o->len);
    kq_push(&w->lines, line);
    kq_unref(line);
    w->o->len = 0;
}

static void put_header(struct writer *w, const struct kq_rows *r)
{
    for (int64_t j = 0; j < r->ncols; j++) {
        if (j)
            kq_out_char(w->o, w->csv->delim);
        put_text(w->o, w->special, r->names[j].s, r->names[j].len);
    }
    end_line(w);
}

static void put_rows(struct writer *w, const struct kq_rows *r)
{
    struct kq_elems *cols = kq_calloc((size_t)r->ncols, sizeof *cols);
    if (w->csv->header)
        put_header(w, r);
    for (int64_t j = 0; j < r->ncols; j++)
        cells_init(w, &cols[j], r->cols[j]);
    for (int64_t i = 0; i < r->n; i++) {
        kq_elems_put(&cols[0], w->o, i);
        for (int64_t j = 1; j < r->ncols; j++) {
            kq_out_char(w->o, w->csv->delim);
            kq_elems_put(&cols[j], w->o, i);
        }
        end_line(w);
    }
    free(cols);
}

/* An item of a list as a line: items of a nested list are its cells. */
static void put_item_line(struct writer *w, const struct kq_obj *x)
{
    struct kq_elems e;
    if (!kq_type_is_list(x->type) || x->type == KQ_CHAR) {
        put_object(w, w->o, x);
    } else {
        cells_init(w, &e, x);
        for (int64_t i = 0; i < kq_count(x); i++) {
            if (i)
                kq_out_char(w->o, w->csv->delim);
            kq_elems_put(&e, w->o, i);
        }
    }
    end_line(w);
}

static void put_list(struct writer *w, const struct kq_obj *x)
{
    struct kq_elems e;
    cells_init(w, &e, x);
    for (int64_t i = 0; i < kq_count(x); i++) {
        if (x->type == KQ_LIST) {
            put_item_line(w, kq_child(x, i));
        } else {
            kq_elems_put(&e, w->o, i);
            end_line(w);
        }
    }
}

static void writer_init(struct writer *w, struct kq_out *o, const struct kq_csv *csv,
                        const struct kq_style *style)
{
    bool rfc = csv->quotes == KQ_CSV_RFC;
    const char bytes[4] = {csv->delim, '\n', rfc ? '"' : '\n', rfc ? '\r' : '\n'};
    *w = (struct writer){.o = o, .csv = csv, .style = style};
    special_init(w->special, csv);
    for (int k = 0; k < 4; k++)
        w->special8[k] = KQ_BYTES8(bytes[k]);
    w->odd_delim =
        csv->quotes != KQ_CSV_NONE && csv->delim && strchr("0123456789+-.:DTNWnwaef ", csv->delim);
    kq_out_init_mem(&w->scratch);
}

static void put_any(struct writer *w, const struct kq_obj *x)
{
    struct kq_rows rows;
    if (kq_is_generic_null(x))
        return;
    if (kq_rows_init(&rows, x) || kq_rows_init_dict(&rows, x)) {
        put_rows(w, &rows);
        kq_rows_release(&rows);
    } else if (kq_type_is_list(x->type) && x->type != KQ_CHAR) {
        put_list(w, x);
    } else {
        put_object(w, w->o, x);
        end_line(w);
    }
}

void kq_csv_put(struct kq_out *o, const struct kq_obj *x, const struct kq_csv *csv,
                const struct kq_style *style)
{
    struct writer w;
    writer_init(&w, o, csv, style);
    put_any(&w, x);
    kq_out_release(&w.scratch);
    kq_out_endline(o);
}

struct kq_obj *kq_csv_lines(const struct kq_obj *x, const struct kq_csv *csv,
                            const struct kq_style *style)
{
    struct writer w;
    struct kq_out line;
    kq_out_init_mem(&line);
    writer_init(&w, &line, csv, style);
    w.lines = kq_vec_new(KQ_LIST, 0);
    put_any(&w, x);
    kq_out_release(&w.scratch);
    kq_out_release(&line);
    return w.lines;
}

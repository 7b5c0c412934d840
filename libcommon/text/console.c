/*
 * console.c - blocks of lines, side by side.
 *
 * A struct block can say how wide it is and write its line k: it is a vector
 * (bare elements), a list (one-line text of each item), a matrix or a table.
 * A table is one block with a heading; a dictionary is two blocks with a bar
 * between them.  Widths are found in a first pass over the elements, lines
 * are written in a second, straight into the output; nothing is stored for
 * each cell.  On a terminal, and with a limit on columns, each line is built in
 * a buffer of its own first, and cells that nobody would see are not formatted.
 */
#include "text/console.h"

#include "base/mem.h"
#include "obj/dict.h"
#include "obj/list.h"
#include "text/elem.h"
#include "text/repr.h"

#include <stdlib.h>

/* ---- lines ------------------------------------------------------------------ */

struct console {
    struct kq_out *to;
    struct kq_out line; /* the line being built, when it may have to be changed */
    struct kq_out *o;   /* where cells are written: &line or to */
    const struct kq_style *style;
    size_t cut;      /* longest line, SIZE_MAX without limit */
    int64_t row_max; /* items to show before "..", INT64_MAX without limit */
};

static bool line_full(const struct console *c)
{
    return c->cut != SIZE_MAX && c->line.len > c->cut;
}

/* Does something of this width reach beyond what is shown? */
static bool too_wide(const struct console *c, size_t width)
{
    return c->cut != SIZE_MAX && width > c->cut;
}

static bool is_c1(const char *s, size_t len)
{
    return len > 1 && s[0] == '\xc2' && (uint8_t)s[1] >= 0x80 && (uint8_t)s[1] < 0xa0;
}

void kq_console_tame(char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (is_c1(s + i, len - i))
            s[i] = s[i + 1] = '.';
        else if ((uint8_t)s[i] < 0x20 || s[i] == 0x7f)
            s[i] = '.';
    }
}

static void end_line(struct console *c)
{
    if (c->o == &c->line) {
        bool cut = line_full(c);
        if (c->style->terminal)
            kq_console_tame(c->line.buf, c->line.len);
        kq_out_write(c->to, c->line.buf, cut ? c->cut - 2 : c->line.len);
        if (cut)
            kq_out_write(c->to, "..", 2);
        c->line.len = 0;
    }
    kq_out_char(c->to, '\n');
}

/* Blanks behind a cell of `used` bytes until `width` is full. */
static inline void pad(struct console *c, size_t used, size_t width)
{
    size_t n = width - used;
    if (n <= 16) {
        memcpy(kq_out_reserve(c->o, 16), "                ", 16);
        kq_out_advance(c->o, n);
    } else if (used < width) {
        kq_out_fill(c->o, ' ', too_wide(c, n) ? c->cut + 1 : n);
    }
}

/* Bytes of one-line text that can be seen. */
static size_t repr_max(const struct console *c)
{
    return c->cut == SIZE_MAX ? SIZE_MAX - 1 : c->cut;
}

/* ---- blocks ------------------------------------------------------------------ */

enum block_kind { BLOCK_COLUMNS, BLOCK_MATRIX };

struct block {
    enum block_kind kind;
    bool heading;          /* a table: names and dashes on top */
    int64_t rows;          /* to show */
    int64_t ncols;         /* to show */
    struct kq_elems *cols; /* of each column; of a matrix one, for the row at hand */
    size_t *widths;        /* of each column */
    size_t width;          /* of the whole, without a blank at the end */
    const struct kq_obj *x;
};

static void block_release(struct block *b)
{
    free(b->cols);
    free(b->widths);
}

/* One-line text of an item of a general list. */
static size_t put_item(struct kq_elems *e, struct kq_out *o, int64_t i)
{
    const struct console *c = e->user;
    const struct kq_obj *x = kq_child(e->x, i);
    if (x->type == KQ_CHAR && x->n > 1 && !x->attr && c->cut == SIZE_MAX && !c->style->max_items)
        return kq_repr_quoted(o, kq_data(x), (size_t)x->n);
    return kq_repr_start(o, x, e->style, repr_max(c));
}

/* The same for a column that is a table or a dictionary. */
static size_t put_row(struct kq_elems *e, struct kq_out *o, int64_t i)
{
    const struct console *c = e->user;
    struct kq_obj *row = kq_at(e->x, i);
    size_t n = kq_repr_start(o, row, e->style, repr_max(c));
    kq_unref(row);
    return n;
}

static void cells_init(struct console *c, struct kq_elems *e, const struct kq_obj *x)
{
    if (kq_elems_init(e, x, KQ_FORM_BARE, c->style))
        return;
    e->user = c;
    e->put = x->type == KQ_LIST ? put_item : put_row;
}

/* Items of one row of the matrix; false when `x` is not one. */
static bool is_matrix(const struct kq_obj *x, int64_t n)
{
    bool all_glued = true;
    for (int64_t i = 0; i < n; i++) {
        const struct kq_obj *row = kq_child(x, i);
        if (!kq_type_is_list(row->type) || kq_count(row) != kq_count(kq_child(x, 0)))
            return false;
        all_glued &= row->type == KQ_BOOLEAN || row->type == KQ_BYTE || row->type == KQ_CHAR;
    }
    return n && !all_glued && kq_count(kq_child(x, 0));
}

static void matrix_widths(struct console *c, struct block *b)
{
    struct kq_out scratch;
    kq_out_init_mem(&scratch);
    for (int64_t i = 0; i < b->rows; i++) {
        cells_init(c, b->cols, kq_child(b->x, i));
        for (int64_t j = 0; j < b->ncols; j++) {
            size_t w = kq_elems_put(b->cols, &scratch, j);
            scratch.len = 0;
            if (w > b->widths[j])
                b->widths[j] = w;
        }
    }
    kq_out_release(&scratch);
}

static void matrix_init(struct console *c, struct block *b, const struct kq_obj *x)
{
    int64_t m = kq_count(kq_child(x, 0)), most = c->cut == SIZE_MAX ? m : (int64_t)c->cut;
    b->kind = BLOCK_MATRIX;
    b->ncols = m < most ? m : most;
    b->cols = kq_calloc(1, sizeof *b->cols);
    b->widths = kq_calloc((size_t)b->ncols, sizeof *b->widths);
    matrix_widths(c, b);
    b->width = (size_t)b->ncols - 1;
    for (int64_t j = 0; j < b->ncols; j++)
        b->width += b->widths[j];
}

/* A vector, or a list as lines of one-line text. */
static void column_init(struct console *c, struct block *b, const struct kq_obj *x, bool need_width)
{
    b->ncols = 1;
    b->cols = kq_calloc(1, sizeof *b->cols);
    b->widths = kq_calloc(1, sizeof *b->widths);
    cells_init(c, b->cols, x);
    if (need_width)
        b->width = b->widths[0] = kq_elems_width(b->cols, b->rows);
}

static void table_init(struct console *c, struct block *b, const struct kq_obj *x)
{
    const struct kq_obj *names = kq_names(x), *cols = kq_columns(x);
    struct kq_symiter it = kq_symiter(names);
    b->heading = true;
    b->cols = kq_calloc((size_t)cols->n, sizeof *b->cols);
    b->widths = kq_calloc((size_t)cols->n, sizeof *b->widths);
    for (int64_t j = 0; j < cols->n && !too_wide(c, b->width); j++) {
        size_t len, w;
        (void)kq_symiter_next(&it, &len);
        cells_init(c, &b->cols[j], kq_child(cols, j));
        w = kq_elems_width(&b->cols[j], b->rows);
        b->widths[j] = w > len ? w : len;
        b->width += b->widths[j] + (j > 0);
        b->ncols = j + 1;
    }
}

static bool columns_ok(const struct kq_obj *table)
{
    return !kq_is_splayed(table) && kq_table_shape(kq_names(table), kq_columns(table), NULL);
}

/*
 * The block of `x` showing `rows` of its items.  False when `x` has no such
 * form: an atom, a function, a dictionary, a table that lives elsewhere.
 */
static bool block_init(struct console *c, struct block *b, const struct kq_obj *x, int64_t rows,
                       bool need_width)
{
    *b = (struct block){.kind = BLOCK_COLUMNS, .rows = rows, .x = x};
    if (x->type == KQ_TABLE) {
        if (!columns_ok(x))
            return false;
        table_init(c, b, x);
    } else if (!kq_type_is_list(x->type)) {
        return false;
    } else if (x->type == KQ_LIST && is_matrix(x, rows)) {
        matrix_init(c, b, x);
    } else {
        column_init(c, b, x, need_width);
    }
    return true;
}

/* ---- lines of blocks ------------------------------------------------------------ */

static void put_names(struct console *c, const struct block *b)
{
    struct kq_symiter it = kq_symiter(kq_names(b->x));
    for (int64_t j = 0; j < b->ncols; j++) {
        size_t len;
        const char *s = kq_symiter_next(&it, &len);
        kq_out_write(c->o, s, len);
        pad(c, len, b->widths[j] + (j + 1 < b->ncols));
    }
}

static void put_columns(struct console *c, const struct block *b, int64_t row)
{
    for (int64_t j = 0; j < b->ncols && !line_full(c); j++) {
        size_t n = kq_elems_put(&b->cols[j], c->o, row);
        pad(c, n, b->widths[j] + (j + 1 < b->ncols));
    }
}

static void put_matrix_row(struct console *c, const struct block *b, int64_t row)
{
    struct kq_elems *e = b->cols;
    cells_init(c, e, kq_child(b->x, row));
    for (int64_t j = 0; j < b->ncols && !line_full(c); j++) {
        size_t n = kq_elems_put(e, c->o, j);
        pad(c, n, b->widths[j] + (j + 1 < b->ncols));
    }
}

static void put_row_line(struct console *c, const struct block *b, int64_t row)
{
    if (b->kind == BLOCK_MATRIX)
        put_matrix_row(c, b, row);
    else
        put_columns(c, b, row);
}

static void put_dashes(struct console *c, const struct block *b)
{
    kq_out_fill(c->o, '-', too_wide(c, b->width) ? c->cut + 1 : b->width);
}

/* The dots that say that there are more rows. */
static void put_dots(struct console *c, int64_t shown, int64_t n)
{
    if (shown < n) {
        kq_out_write(c->o, "..", 2);
        end_line(c);
    }
}

static int64_t rows_to_show(const struct console *c, int64_t n, int taken)
{
    if (c->row_max == INT64_MAX)
        return n;
    int64_t room = c->row_max - taken;
    return n > room ? (room > 1 ? room - 1 : 0) : n;
}

/* ---- shapes ---------------------------------------------------------------------- */

static bool show_block(struct console *c, const struct kq_obj *x)
{
    int64_t n = kq_count(x), rows = rows_to_show(c, n, x->type == KQ_TABLE ? 2 : 0);
    struct block b;
    if (!block_init(c, &b, x, rows, false))
        return false;
    if (b.heading) {
        put_names(c, &b);
        end_line(c);
        put_dashes(c, &b);
        end_line(c);
    }
    for (int64_t i = 0; i < rows; i++) {
        put_row_line(c, &b, i);
        end_line(c);
    }
    put_dots(c, rows, n);
    block_release(&b);
    return true;
}

/* Keys and values with a bar between them; either may have a heading. */
static void show_sides(struct console *c, const struct block *k, const struct block *v)
{
    if (k->heading || v->heading) {
        if (k->heading)
            put_names(c, k);
        pad(c, k->heading ? k->width : 0, k->width);
        kq_out_write(c->o, "| ", 2);
        if (v->heading)
            put_names(c, v);
        end_line(c);
        put_dashes(c, k);
        kq_out_write(c->o, "| ", 2);
        put_dashes(c, v);
        end_line(c);
    }
    for (int64_t i = 0; i < k->rows; i++) {
        put_row_line(c, k, i);
        kq_out_write(c->o, "| ", 2);
        if (!line_full(c))
            put_row_line(c, v, i);
        end_line(c);
    }
}

static bool show_dict(struct console *c, const struct kq_obj *x)
{
    const struct kq_obj *keys = kq_keys(x), *values = kq_values(x);
    int64_t n = kq_count(keys);
    struct block k, v;
    if (n != kq_count(values))
        return false;
    int64_t rows = rows_to_show(c, n, kq_is_keyed(x) ? 2 : 0);
    if (!block_init(c, &k, keys, rows, true))
        return false;
    bool ok = block_init(c, &v, values, rows, k.heading);
    if (ok) {
        show_sides(c, &k, &v);
        put_dots(c, rows, n);
        block_release(&v);
    }
    block_release(&k);
    return ok;
}

/*
 * A function's text is cut line by line, as it was typed in.  Elements of a
 * vector take a byte each at least, so a clipped one needs only its first.
 */
static void show_line(struct console *c, const struct kq_obj *x)
{
    struct kq_out text;
    if (c->o == c->to) {
        kq_repr(c->o, x, c->style);
        end_line(c);
        return;
    }
    kq_out_init_mem(&text);
    kq_repr_start(&text, x, c->style, kq_type_is_func(x->type) ? SIZE_MAX - 1 : repr_max(c));
    char *s = text.buf, *end = text.buf + text.len;
    for (char *nl; (nl = kq_type_is_func(x->type) ? memchr(s, '\n', (size_t)(end - s)) : NULL);
         s = nl + 1) {
        kq_out_write(c->o, s, (size_t)(nl - s));
        end_line(c);
    }
    kq_out_write(c->o, s, (size_t)(end - s));
    end_line(c);
    kq_out_release(&text);
}

static bool show_shape(struct console *c, const struct kq_obj *x)
{
    if (x->type == KQ_TABLE || (x->type == KQ_LIST && x->n))
        return show_block(c, x);
    return kq_is_dict(x) && show_dict(c, x);
}

void kq_console(struct kq_out *o, const struct kq_obj *x, const struct kq_style *style)
{
    struct console c = {.to = o, .o = o, .style = style, .cut = SIZE_MAX, .row_max = INT64_MAX};
    if (kq_is_generic_null(x))
        return;
    if (style->columns > 0)
        c.cut = style->columns > 4 ? (size_t)style->columns - 1 : 3;
    if (style->columns > 0 || style->terminal) {
        kq_out_init_mem(&c.line);
        c.o = &c.line;
    }
    if (style->rows > 0)
        c.row_max = style->rows > 4 ? style->rows - 2 : 2;
    if (!show_shape(&c, x))
        show_line(&c, x);
    if (c.o == &c.line)
        kq_out_release(&c.line);
    kq_out_endline(o);
}

/*
 * jsonval.c - for each column a kq_elems in JSON form, whose `put` is replaced
 * for texts and nested items; tables then run in a plain loop with the keys
 * `"price":` escaped once.
 */
#include "text/jsonval.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "obj/dict.h"
#include "obj/list.h"
#include "obj/null.h"
#include "text/elem.h"
#include "text/repr.h"
#include "text/rows.h"

#include <math.h>
#include <stdlib.h>

/* What decoders allow is less; this is for objects built by hand. */
enum { LEVELS_MAX = 1000 };

struct writer {
    struct kq_out *o;
    enum kq_json_mode mode;
    const struct kq_style *style;
    bool latin1; /* of the vector at hand (typed) */
    int level;
};

static void put_value(struct writer *w, const struct kq_obj *x);

/* ---- texts -------------------------------------------------------------------- */

/* One-line q text as a string. */
static void put_q_text(struct writer *w, const struct kq_obj *x)
{
    struct kq_out text;
    kq_out_init_mem(&text);
    kq_repr(&text, x, w->style);
    kq_json_quote(w->o, text.buf, text.len, false);
    kq_out_release(&text);
}

static size_t put_symbol(struct kq_elems *e, struct kq_out *o, int64_t i)
{
    const struct writer *w = e->user;
    const char *s;
    uint64_t word, blanks = KQ_BYTES8(' ');
    size_t len = kq_elems_symbol(e, &s, &word);
    (void)i;
    if (len >= 8 || kq_json_needs_care(word | blanks << (8 * len)))
        return kq_json_quote(o, s, len, w->latin1);
    char *d = kq_out_reserve(o, 16);
    d[0] = '"';
    kq_store8(d + 1, word);
    d[len + 1] = '"';
    kq_out_advance(o, len + 2);
    return len + 2;
}

static size_t put_char(struct kq_elems *e, struct kq_out *o, int64_t i)
{
    const struct writer *w = e->user;
    return kq_json_quote(o, (const char *)e->data + i, 1, w->latin1);
}

/* Items of lists, rows of nested tables: an object each.  The bytes returned are
 * of no use to anybody in JSON. */
static size_t put_item(struct kq_elems *e, struct kq_out *o, int64_t i)
{
    (void)o;
    put_value(e->user, kq_child(e->x, i));
    return 0;
}

static size_t put_row(struct kq_elems *e, struct kq_out *o, int64_t i)
{
    struct kq_obj *x = kq_at(e->x, i);
    (void)o;
    put_value(e->user, x);
    kq_unref(x);
    return 0;
}

static void elems_init(struct writer *w, struct kq_elems *e, const struct kq_obj *x)
{
    bool simple = kq_elems_init(e, x, KQ_FORM_JSON, w->style);
    int t = abs(e->x->type);
    e->user = w;
    if (!simple)
        e->put = t == KQ_LIST ? put_item : put_row;
    else if (t == KQ_SYMBOL)
        e->put = put_symbol;
    else if (t == KQ_CHAR)
        e->put = put_char;
}

/* ---- vectors and lists ----------------------------------------------------------- */

static void put_bytes(struct writer *w, const struct kq_obj *x)
{
    const uint8_t *p = kq_data(x);
    kq_out_write(w->o, "\"0x", 3);
    for (int64_t i = 0; i < x->n; i++) {
        kq_fmt_hex(kq_out_reserve(w->o, 2), p + i, 1);
        kq_out_advance(w->o, 2);
    }
    kq_out_char(w->o, '"');
}

static void put_array(struct writer *w, const struct kq_obj *x)
{
    struct kq_elems e;
    int64_t n = kq_count(x);
    elems_init(w, &e, x);
    kq_out_char(w->o, '[');
    for (int64_t i = 0; i < n; i++) {
        if (i)
            kq_out_char(w->o, ',');
        kq_elems_put(&e, w->o, i);
    }
    kq_out_char(w->o, ']');
}

/* Any list, vector or atom without its type. */
static void put_plain(struct writer *w, const struct kq_obj *x)
{
    struct kq_elems e;
    if (x->type == KQ_CHAR) {
        kq_json_quote(w->o, (const char *)kq_data(x), (size_t)x->n, w->latin1);
    } else if (x->type == KQ_BYTE) {
        put_bytes(w, x);
    } else if (kq_type_is_list(x->type)) {
        put_array(w, x);
    } else {
        elems_init(w, &e, x);
        kq_elems_put(&e, w->o, 0);
    }
}

/* ---- tables -------------------------------------------------------------------------- */

/* What stands before a cell: `,"price":`.  Short ones are copied in one go. */
enum { LABEL_SHORT = 16 };

struct label {
    size_t at, len; /* in the text of all labels */
};

/*
 * The first label of a row closes the row before: `}SEP{"a":`; that of the
 * very first row begins one byte and the separator later.
 */
static void make_labels(struct kq_out *text, struct label *labels, const struct kq_rows *r,
                        const char *sep)
{
    for (int64_t j = 0; j < r->ncols; j++) {
        labels[j].at = text->len;
        kq_out_puts(text, j ? "," : "}");
        kq_out_puts(text, j ? "" : sep);
        kq_out_puts(text, j ? "" : "{");
        kq_json_quote(text, r->names[j].s, r->names[j].len, false);
        kq_out_char(text, ':');
        labels[j].len = text->len - labels[j].at;
    }
    kq_out_fill(text, ' ', LABEL_SHORT);
}

static inline void put_label(struct kq_out *o, const char *text, const struct label *l)
{
    if (l->len <= LABEL_SHORT) {
        memcpy(kq_out_reserve(o, LABEL_SHORT), text + l->at, LABEL_SHORT);
        kq_out_advance(o, l->len);
    } else {
        kq_out_write(o, text + l->at, l->len);
    }
}

/* One object for each row, `sep` between them. */
static void put_rows(struct writer *w, const struct kq_rows *r, const char *sep)
{
    if (!r->n)
        return;
    struct kq_elems *cols = kq_calloc((size_t)r->ncols, sizeof *cols);
    struct label *labels = kq_calloc((size_t)r->ncols, sizeof *labels), first;
    struct kq_out text;
    kq_out_init_mem(&text);
    make_labels(&text, labels, r, sep);
    first = (struct label){1 + strlen(sep), labels[0].len - 1 - strlen(sep)};
    for (int64_t j = 0; j < r->ncols; j++)
        elems_init(w, &cols[j], r->cols[j]);
    for (int64_t i = 0; i < r->n; i++) {
        for (int64_t j = 0; j < r->ncols; j++) {
            put_label(w->o, text.buf, i || j ? &labels[j] : &first);
            kq_elems_put(&cols[j], w->o, i);
        }
    }
    kq_out_char(w->o, '}');
    kq_out_release(&text);
    free(labels);
    free(cols);
}

static void put_columns(struct writer *w, const struct kq_rows *r)
{
    kq_out_char(w->o, '{');
    for (int64_t j = 0; j < r->ncols; j++) {
        if (j)
            kq_out_char(w->o, ',');
        kq_json_quote(w->o, r->names[j].s, r->names[j].len, false);
        kq_out_char(w->o, ':');
        put_value(w, r->cols[j]);
    }
    kq_out_char(w->o, '}');
}

/* False when `x` is no table of ours. */
static bool put_table(struct writer *w, const struct kq_obj *x)
{
    struct kq_rows r;
    if (!kq_rows_init(&r, x))
        return false;
    if (w->mode == KQ_JSON_COLUMNS) {
        put_columns(w, &r);
    } else {
        kq_out_char(w->o, '[');
        put_rows(w, &r, ",");
        kq_out_char(w->o, ']');
    }
    kq_rows_release(&r);
    return true;
}

/* ---- dictionaries ---------------------------------------------------------------------- */

static void put_member(struct writer *w, const char *name, const struct kq_obj *x)
{
    kq_out_puts(w->o, name);
    put_value(w, x);
}

/* Keys are a symbol vector, values something with as many items. */
static void put_object(struct writer *w, const struct kq_obj *keys, const struct kq_obj *values)
{
    struct kq_symiter it = kq_symiter(keys);
    struct kq_elems e;
    elems_init(w, &e, values);
    kq_out_char(w->o, '{');
    for (int64_t i = 0; i < keys->n; i++) {
        size_t len;
        const char *s = kq_symiter_next(&it, &len);
        if (i)
            kq_out_char(w->o, ',');
        kq_json_quote(w->o, s, len, false);
        kq_out_char(w->o, ':');
        kq_elems_put(&e, w->o, i);
    }
    kq_out_char(w->o, '}');
}

static bool has_items(const struct kq_obj *x)
{
    return kq_type_is_list(x->type) || x->type == KQ_TABLE;
}

static void put_dict(struct writer *w, const struct kq_obj *x)
{
    const struct kq_obj *k = kq_keys(x), *v = kq_values(x);
    if (k->type == KQ_SYMBOL && has_items(v) && k->n == kq_count(v)) {
        put_object(w, k, v);
        return;
    }
    put_member(w, "{\"k\":", k);
    put_member(w, ",\"v\":", v);
    kq_out_char(w->o, '}');
}

/* ---- typed --------------------------------------------------------------------------------- */

/* The numbers behind times; null is null. */
static void put_raw_at(struct writer *w, const struct kq_obj *x, int64_t i)
{
    bool quote = w->style->int64_string && kq_typeinfo(x->type)->bytes == 8;
    if (kq_is_null_at(x, i)) {
        kq_out_write(w->o, "null", 4);
        return;
    }
    char *d = kq_out_reserve(w->o, KQ_NUM_MAX + 2);
    size_t n = kq_fmt_i64(d + quote, kq_int_at(x, i));
    if (quote)
        d[0] = d[n + 1] = '"';
    kq_out_advance(w->o, n + 2 * quote);
}

/* Days of a datetime, shortest; infinities as other floats have them. */
static void put_days_at(struct writer *w, const struct kq_obj *x, int64_t i)
{
    double v = kq_float_at(x, i);
    if (isfinite(v))
        kq_out_advance(w->o, kq_fmt_f64_short(kq_out_reserve(w->o, KQ_NUM_MAX), v));
    else
        kq_out_puts(w->o, isnan(v) ? "null" : v > 0 ? "\"0w\"" : "\"-0w\"");
}

static void put_raw(struct writer *w, const struct kq_obj *x)
{
    bool days = abs(x->type) == KQ_DATETIME;
    if (x->type >= 0)
        kq_out_char(w->o, '[');
    for (int64_t i = 0; i < kq_count(x); i++) {
        if (i)
            kq_out_char(w->o, ',');
        if (days)
            put_days_at(w, x, i);
        else
            put_raw_at(w, x, i);
    }
    if (x->type >= 0)
        kq_out_char(w->o, ']');
}

static bool is_utf8(const struct kq_obj *x)
{
    if (x->type == KQ_CHAR)
        return kq_utf8_valid((const char *)kq_data(x), (size_t)x->n);
    if (x->type == -KQ_CHAR)
        return x->u.j < 0x80;
    if (abs(x->type) != KQ_SYMBOL)
        return true;
    struct kq_symiter it = kq_symiter(x);
    for (int64_t i = 0; i < kq_count(x); i++) {
        size_t len;
        const char *s = kq_symiter_next(&it, &len);
        if (!kq_utf8_valid(s, len))
            return false;
    }
    return true;
}

static void put_attr(struct writer *w, const struct kq_obj *x)
{
    if (x->attr >= KQ_ATTR_SORTED && x->attr <= KQ_ATTR_GROUPED && !kq_is_dict(x) && x->type >= 0)
        kq_out_printf(w->o, ",\"a\":\"%c\"", "?supg"[x->attr]);
}

static void put_typed_simple(struct writer *w, const struct kq_obj *x)
{
    w->latin1 = !is_utf8(x);
    if (w->latin1)
        kq_out_puts(w->o, ",\"enc\":\"latin1\"");
    kq_out_puts(w->o, ",\"v\":");
    if (kq_type_is_temporal(x->type)) {
        put_raw(w, x);
        kq_out_puts(w->o, ",\"s\":");
    }
    put_plain(w, x);
    w->latin1 = false;
}

static void put_typed_container(struct writer *w, const struct kq_obj *x)
{
    if (kq_is_generic_null(x))
        return;
    if (x->type == KQ_LIST) {
        kq_out_puts(w->o, ",\"v\":");
        put_array(w, x);
    } else if (kq_is_dict(x)) {
        put_member(w, ",\"k\":", kq_child(x, 0));
        put_member(w, ",\"v\":", kq_child(x, 1));
    } else if (x->type == KQ_TABLE && kq_columns(x)->type == KQ_LIST) {
        kq_out_puts(w->o, ",\"k\":");
        put_plain(w, kq_names(x));
        kq_out_puts(w->o, ",\"v\":");
        put_array(w, kq_columns(x));
    } else if (x->type == KQ_ERROR) {
        kq_out_puts(w->o, ",\"v\":");
        kq_json_quote(w->o, kq_sym_text(x), kq_sym_textlen(x), false);
    } else {
        kq_out_puts(w->o, ",\"v\":");
        put_q_text(w, x);
    }
}

static void put_typed(struct writer *w, const struct kq_obj *x)
{
    bool enumeration = abs(x->type) >= KQ_ENUM && abs(x->type) <= KQ_ENUM_LAST;
    if (enumeration)
        x = kq_child(x, 1);
    kq_out_printf(w->o, "{\"t\":%d", x->type);
    put_attr(w, x);
    if (x->type != KQ_LIST && abs(x->type) <= KQ_TYPE_MAX)
        put_typed_simple(w, x);
    else
        put_typed_container(w, x);
    kq_out_char(w->o, '}');
}

/* ---- everything ------------------------------------------------------------------------------ */

static void put_untyped(struct writer *w, const struct kq_obj *x)
{
    if (kq_type_is_list(x->type) || kq_type_is_atom(x->type))
        put_plain(w, x);
    else if (kq_is_generic_null(x))
        kq_out_write(w->o, "null", 4);
    else if (put_table(w, x))
        return;
    else if (kq_is_dict(x))
        put_dict(w, x);
    else
        put_q_text(w, x);
}

static void put_value(struct writer *w, const struct kq_obj *x)
{
    if (w->level >= LEVELS_MAX) {
        kq_out_write(w->o, "\"..\"", 4);
        return;
    }
    w->level++;
    if (w->mode == KQ_JSON_TYPED)
        put_typed(w, x);
    else
        put_untyped(w, x);
    w->level--;
}

void kq_json_value(struct kq_json *j, const struct kq_obj *x, enum kq_json_mode mode,
                   const struct kq_style *style)
{
    struct writer w = {.o = j->o, .mode = mode, .style = style};
    kq_json_next(j);
    put_value(&w, x);
}

void kq_json_document(struct kq_out *o, const struct kq_obj *x, enum kq_json_mode mode, bool jsonl,
                      const struct kq_style *style)
{
    struct writer w = {.o = o, .mode = mode, .style = style};
    struct kq_rows r;
    if (mode != KQ_JSON_ROWS || !kq_rows_init(&r, x)) {
        put_value(&w, x);
        kq_out_char(o, '\n');
    } else {
        kq_out_puts(o, jsonl ? "" : "[");
        put_rows(&w, &r, jsonl ? "\n" : ",\n ");
        kq_out_puts(o, jsonl ? "" : "]");
        kq_out_puts(o, jsonl && !r.n ? "" : "\n");
        kq_rows_release(&r);
    }
    kq_out_endline(o);
}

/*
 * load.c - one struct column for each type letter; records are cut into fields
 * by text/csvin or by widths, and every field is read by text/tok or copied.
 */
#include "q/load.h"

#include "q/convert.h"
#include "q/core.h"

#include "base/mem.h"
#include "text/csvin.h"

#include <stdlib.h>

/* ---- columns ---------------------------------------------------------------------------- */

/* Columns being filled: skipped ones (a blank as type) have no list. */
struct columns {
    int64_t n;
    int64_t rows, cap;
    const char *types;
    struct kq_obj **lists;
};

static void columns_release(struct columns *c)
{
    for (int64_t i = 0; i < c->n; i++)
        kq_unref(c->lists[i]);
    free(c->lists);
}

/* The type of a letter: KQ_LIST for strings, -1 for none. */
static int column_type(char letter)
{
    if (letter == '*')
        return KQ_LIST;
    int type = kq_type_of_char((char)(letter | 0x20));
    return type == KQ_LIST ? -1 : type;
}

/* Room for at most `cap` rows. */
static bool columns_init(struct q *q, struct columns *c, const struct kq_obj *types, int64_t cap)
{
    *c = (struct columns){.n = types->n, .cap = cap, .types = (const char *)kq_data(types)};
    c->lists = kq_calloc((size_t)c->n + 1, sizeof *c->lists);
    for (int64_t i = 0; i < c->n; i++) {
        if (c->types[i] == ' ')
            continue;
        int type = column_type(c->types[i]);
        if (type < 0)
            return q_fail(q, "type");
        c->lists[i] = q_vec(q, type, cap);
        if (!c->lists[i])
            return false;
    }
    return true;
}

static bool put_field(struct q *q, struct kq_obj *list, int64_t row, struct kq_str field)
{
    union kq_tokval v;
    uint8_t *at = list->u.v.data + (size_t)row * kq_elem_size(list->type);
    if (list->type == KQ_LIST) {
        kq_items(list)[row] = kq_string(field.s, field.len);
        return kq_child(list, row) || q_fail(q, "wsfull");
    }
    if (list->type == KQ_SYMBOL) {
        field = kq_str_trim(field);
        kq_syms(list)[row] = kq_sym(field.s, field.len);
        return kq_syms(list)[row] || q_fail(q, "wsfull");
    }
    q_tok(q, list->type, field, &v);
    if (list->type == KQ_REAL) {
        float f = (float)v.f;
        memcpy(at, &f, sizeof f);
    } else {
        memcpy(at, &v, kq_elem_size(list->type));
    }
    return true;
}

/* A row; columns behind the last field are null. */
static bool put_row(struct q *q, struct columns *c, const struct kq_str *fields, size_t n)
{
    if (c->rows == c->cap)
        return q_fail(q, "length");
    for (int64_t i = 0; i < c->n; i++) {
        struct kq_str field = (size_t)i < n ? fields[i] : kq_str("", 0);
        if (c->lists[i] && !put_field(q, c->lists[i], c->rows, field))
            return false;
    }
    c->rows++;
    return q_tick(q);
}

/* The filled columns as a list, without the skipped ones. */
static struct kq_obj *columns_done(struct columns *c)
{
    struct kq_obj *r = kq_vec_new(KQ_LIST, 0);
    for (int64_t i = 0; i < c->n; i++) {
        if (!c->lists[i])
            continue;
        c->lists[i]->n = c->rows;
        kq_push(&r, c->lists[i]);
    }
    return r;
}

/* ---- records ---------------------------------------------------------------------------- */

/* Text to be read: string by string. */
struct source {
    const struct kq_obj *y;
    bool single; /* y is one string without a line end: atoms come of it */
};

static bool source_init(struct q *q, struct source *s, const struct kq_obj *y)
{
    *s = (struct source){.y = y};
    if (y->type == KQ_CHAR) {
        s->single = !y->n || !memchr(kq_data(y), '\n', (size_t)y->n);
        return true;
    }
    if (y->type != KQ_LIST)
        return q_fail(q, "type");
    for (int64_t i = 0; i < y->n; i++) {
        struct kq_str text;
        if (!q_text(kq_child(y, i), &text))
            return q_fail(q, "type");
    }
    return true;
}

static int64_t source_strings(const struct source *s)
{
    return s->y->type == KQ_CHAR ? 1 : s->y->n;
}

static struct kq_str source_text(const struct source *s, int64_t i)
{
    struct kq_str text = {0};
    q_text(s->y->type == KQ_CHAR ? s->y : kq_child(s->y, i), &text);
    return text;
}

/* Upper bound of the records. */
static int64_t source_lines(const struct source *s)
{
    if (s->y->type != KQ_CHAR)
        return s->y->n;
    int64_t n = 1;
    for (int64_t i = 0; i < s->y->n; i++)
        n += kq_data(s->y)[i] == '\n';
    return n;
}

/* What is done with the fields of each record. */
struct reader {
    struct columns cols;
    struct kq_obj *names; /* from the first record, when `header` */
    bool header;
};

static bool take_names(struct q *q, struct reader *r, const struct kq_str *fields, size_t n)
{
    r->names = kq_vec_new(KQ_SYMBOL, 0);
    if ((size_t)r->cols.n > n)
        return q_fail(q, "length");
    for (int64_t i = 0; i < r->cols.n; i++) {
        struct kq_str name = kq_str_trim(fields[i]);
        const char *sym = r->cols.lists[i] ? kq_sym(name.s, name.len) : NULL;
        struct kq_obj *atom = sym ? kq_atom_sym(sym) : NULL;
        if (atom)
            kq_push(&r->names, atom);
        kq_unref(atom);
    }
    return true;
}

static bool take_record(struct q *q, struct reader *r, const struct kq_str *fields, size_t n)
{
    if (r->header && !r->names)
        return take_names(q, r, fields, n);
    return put_row(q, &r->cols, fields, n);
}

/* ---- delimited -------------------------------------------------------------------------- */

/* All records of a string; an empty one is a record, too. */
static bool cut_string(struct q *q, struct kq_csvin *in, struct kq_str text, struct reader *r)
{
    struct kq_err err;
    int got, n = 0;
    kq_csvin_reset(in);
    kq_csvin_window(in, text.s, text.len, true);
    while ((got = kq_csvin_next(in, &err)) > 0) {
        size_t fields = in->n_fields < in->max_fields ? in->n_fields : in->max_fields;
        if (!take_record(q, r, in->field, fields))
            return false;
        n++;
    }
    if (got < 0)
        return q_fail(q, "length");
    return n || take_record(q, r, NULL, 0);
}

static bool cut_delimited(struct q *q, const struct source *s, char delim, struct reader *r)
{
    struct kq_csv_dialect dialect = {(uint8_t)delim, '"', KQ_CSVIN_NONE, '\n'};
    struct kq_csvin in;
    bool ok = true;
    kq_csvin_init(&in, &dialect, (size_t)r->cols.n + 1, KQ_CSVIN_RECORD_MAX);
    for (int64_t i = 0; ok && i < source_strings(s); i++)
        ok = cut_string(q, &in, source_text(s, i), r);
    kq_csvin_release(&in);
    return ok;
}

/* ---- fixed widths ------------------------------------------------------------------------- */

static bool cut_line(struct q *q, struct kq_str line, const struct kq_obj *widths, struct reader *r)
{
    struct kq_str *fields = kq_calloc((size_t)widths->n + 1, sizeof *fields);
    size_t at = 0;
    for (int64_t i = 0; i < widths->n; i++) {
        int64_t w = kq_int_at(widths, i);
        size_t left = line.len - at, len = w > 0 && (uint64_t)w < left ? (size_t)w : left;
        fields[i] = kq_str(line.s + at, w > 0 ? len : 0);
        at += fields[i].len;
    }
    bool ok = take_record(q, r, fields, (size_t)widths->n);
    free(fields);
    return ok;
}

static bool cut_fixed(struct q *q, const struct source *s, const struct kq_obj *widths,
                      struct reader *r)
{
    for (int64_t i = 0; i < source_strings(s); i++) {
        struct kq_str rest = source_text(s, i);
        const char *end;
        while ((end = rest.len ? memchr(rest.s, '\n', rest.len) : NULL) != NULL) {
            size_t len = (size_t)(end - rest.s);
            if (!cut_line(q, kq_str(rest.s, len), widths, r))
                return false;
            rest = kq_str(end + 1, rest.len - len - 1);
        }
        if ((rest.len || s->y->type != KQ_CHAR) && !cut_line(q, rest, widths, r))
            return false;
    }
    return true;
}

/* ---- 0: ------------------------------------------------------------------------------------- */

static bool is_widths(const struct kq_obj *o)
{
    return o->type == KQ_LONG || o->type == KQ_INT;
}

/* The result: a table with names, atoms of a single line, else columns. */
static struct kq_obj *loaded(struct q *q, struct reader *r, bool single)
{
    struct kq_obj *cols = columns_done(&r->cols);
    if (r->names)
        return q_drop(cols, kq_table(r->names, cols));
    if (!single)
        return cols;
    struct kq_obj *atoms = kq_vec_new(KQ_LIST, cols->n);
    for (int64_t i = 0; i < cols->n; i++)
        kq_items(atoms)[i] = q_item(q, kq_child(cols, i), 0);
    return q_drop(cols, kq_collapse_take(atoms));
}

struct kq_obj *q_load_text(struct q *q, struct kq_obj *spec, struct kq_obj *y)
{
    struct source s;
    struct reader r = {.names = NULL};
    struct kq_obj *types = kq_child(spec, 0), *how = kq_child(spec, 1), *one = NULL;
    if (types->type == -KQ_CHAR)
        types = one = kq_enlist(types);
    r.header = how->type == KQ_CHAR && how->n == 1;
    bool delimited = r.header || how->type == -KQ_CHAR;
    bool ok = types->type == KQ_CHAR && (delimited || (is_widths(how) && how->n == types->n));
    ok = (ok || q_fail(q, "type")) && source_init(q, &s, y) &&
         columns_init(q, &r.cols, types, source_lines(&s));
    if (ok && delimited)
        ok = cut_delimited(q, &s, r.header ? (char)kq_data(how)[0] : (char)how->u.j, &r);
    else if (ok)
        ok = cut_fixed(q, &s, how, &r);
    struct kq_obj *result = ok ? loaded(q, &r, s.single && !r.header) : NULL;
    columns_release(&r.cols);
    kq_unref(r.names);
    kq_unref(one);
    return result;
}

/* ---- pairs ------------------------------------------------------------------------------------ */

static bool put_pair(struct q *q, struct kq_str pair, char equals, struct columns *c)
{
    struct kq_str fields[2] = {pair, kq_str("", 0)};
    if (!kq_str_cut(pair, equals, &fields[0], &fields[1]))
        fields[0] = pair;
    if (fields[1].len >= 2 && fields[1].s[0] == '"' && fields[1].s[fields[1].len - 1] == '"')
        fields[1] = kq_str(fields[1].s + 1, fields[1].len - 2);
    return put_row(q, c, fields, 2);
}

/* Pairs end at `end`, though not between quotes when `quotes`. */
static bool cut_pairs(struct q *q, struct kq_str text, char equals, char end, bool quotes,
                      struct columns *c)
{
    size_t from = 0;
    bool inside = false;
    for (size_t i = 0; i < text.len; i++) {
        inside ^= quotes && text.s[i] == '"';
        if (text.s[i] != end || inside)
            continue;
        if (!put_pair(q, kq_str(text.s + from, i - from), equals, c))
            return false;
        from = i + 1;
    }
    return from == text.len || put_pair(q, kq_str(text.s + from, text.len - from), equals, c);
}

struct kq_obj *q_load_pairs(struct q *q, struct kq_str spec, struct kq_obj *y)
{
    struct kq_str text;
    bool quotes = spec.len == 4 && spec.s[2] == '*';
    if ((spec.len != 3 && !quotes) || !q_text(y, &text))
        return q_fail(q, "type");
    char letters[2] = {spec.s[0], '*'}, end = spec.s[spec.len - 1];
    int64_t most = 1;
    for (size_t i = 0; i < text.len; i++)
        most += text.s[i] == end;
    struct kq_obj *types = kq_string(letters, 2), *r = NULL;
    struct columns c;
    if (columns_init(q, &c, types, most) && c.lists[0] &&
        cut_pairs(q, text, spec.s[1], end, quotes, &c))
        r = columns_done(&c);
    columns_release(&c);
    return q_drop(types, r);
}

/* ---- 1: ----------------------------------------------------------------------------------------- */

/* Bytes of a record; -1: widths that do not go with their types. */
static int64_t record_size(const struct kq_obj *types, const struct kq_obj *widths)
{
    int64_t size = 0;
    for (int64_t i = 0; i < types->n; i++) {
        char letter = (char)kq_data(types)[i];
        int64_t w = kq_int_at(widths, i);
        int type = letter == ' ' ? KQ_LIST : column_type(letter);
        bool free_width = type == KQ_LIST || type == KQ_SYMBOL;
        if (type < 0 || w < 1 || w > INT32_MAX)
            return -1;
        if (!free_width && w != kq_typeinfo(type)->bytes)
            return -1;
        size += w;
    }
    return size ? size : -1;
}

static bool put_binary(struct q *q, struct kq_obj *list, int64_t row, const uint8_t *p, size_t w,
                       bool big)
{
    if (list->type == KQ_LIST || list->type == KQ_SYMBOL) {
        size_t len = list->type == KQ_SYMBOL ? strnlen((const char *)p, w) : w;
        return put_field(q, list, row, kq_str((const char *)p, len));
    }
    uint8_t *to = list->u.v.data + (size_t)row * w;
    for (size_t i = 0; i < w; i++)
        to[i] = p[big && list->type != KQ_GUID ? w - 1 - i : i];
    if (list->type == KQ_BOOLEAN)
        *to = *to != 0;
    return true;
}

static bool put_record(struct q *q, struct columns *c, const struct kq_obj *widths,
                       const uint8_t *p, bool big)
{
    for (int64_t i = 0; i < c->n; i++) {
        size_t w = (size_t)kq_int_at(widths, i);
        if (c->lists[i] && !put_binary(q, c->lists[i], c->rows, p, w, big))
            return false;
        p += w;
    }
    c->rows++;
    return q_tick(q);
}

struct kq_obj *q_load_binary(struct q *q, struct kq_obj *spec, struct kq_obj *y)
{
    bool big = is_widths(kq_child(spec, 0));
    struct kq_obj *types = kq_child(spec, big), *widths = kq_child(spec, !big), *r = NULL;
    if (types->type != KQ_CHAR || !is_widths(widths) || types->n != widths->n ||
        (y->type != KQ_BYTE && y->type != KQ_CHAR))
        return q_fail(q, "type");
    int64_t size = record_size(types, widths);
    if (size < 0)
        return q_fail(q, "length");
    struct columns c;
    bool ok = columns_init(q, &c, types, y->n / size);
    while (ok && c.rows < c.cap)
        ok = put_record(q, &c, widths, kq_data(y) + c.rows * size, big);
    if (ok)
        r = columns_done(&c);
    columns_release(&c);
    return r;
}

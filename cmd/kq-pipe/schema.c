/*
 * schema.c - every source of types ends in a list of names and letters, from
 * which finish() makes columns and fields.
 */
#include "schema.h"

#include "base/cal.h"
#include "base/mem.h"
#include "base/num.h"
#include "obj/dict.h"
#include "text/data.h"
#include "text/lit.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* kdb+ tables of more columns do not occur; a schema file may be anything. */
enum { COLUMNS_MAX = 10000, SCHEMA_FILE_MAX = 1 << 20 };

/* ---- building ------------------------------------------------------------------------ */

/* Append a field of type `letter`; blank skips it. */
static bool add_field(struct pipe_schema *s, struct kq_str name, char letter, struct kq_err *err)
{
    struct pipe_column c;
    if (!pipe_column_init(&c, letter, err))
        return false;
    if (s->n_fields == COLUMNS_MAX)
        return kq_fail(err, KQ_EUSAGE, "more than %d columns", COLUMNS_MAX);
    if (c.type != PIPE_SKIP) {
        c.name = name.len ? kq_memdup0(name.s, name.len) : NULL;
        s->column = kq_realloc(s->column, (s->n + 1) * sizeof c);
        s->column[s->n++] = c;
    }
    s->field = kq_realloc(s->field, (s->n_fields + 1) * sizeof *s->field);
    s->field[s->n_fields++] = c.type == PIPE_SKIP ? &s->skip : NULL; /* see connect_fields */
    return true;
}

static struct pipe_column *find(struct pipe_schema *s, struct kq_str name)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->column[i].name && kq_str_is(name, s->column[i].name))
            return &s->column[i];
    return NULL;
}

bool pipe_schema_has(struct pipe_schema *s, const char *name)
{
    return find(s, kq_strz(name)) != NULL;
}

/* Fields that are not skipped go to the columns that --add does not fill, in order. */
static void connect_fields(struct pipe_schema *s)
{
    size_t c = 0, n = 0;
    for (size_t i = 0; i < s->n_fields; i++) {
        if (s->field[i] != &s->skip) {
            while (c < s->n && s->column[c].filled)
                c++;
            if (c == s->n)
                continue; /* its column is filled by --add: not in the input */
            s->field[i] = &s->column[c++];
        }
        s->field[n++] = s->field[i];
    }
    s->n_fields = n;
}

/* ---- letters -------------------------------------------------------------------------- */

/* As meta writes types: C is a string, as in --columns; lower case and 0:'s letters are alike. */
static char letter_of(char t)
{
    return t == 'C' || t == '*' || t == ' ' ? '*' : (char)toupper((unsigned char)t);
}

static bool from_types(struct pipe_schema *s, const char *types, struct kq_err *err)
{
    for (; *types; types++)
        if (!add_field(s, kq_str(NULL, 0), *types, err))
            return false;
    return true;
}

/* One name:type. */
static bool from_pair(struct pipe_schema *s, struct kq_str pair, struct kq_err *err)
{
    struct kq_str name, type;
    pair = kq_str_trim(pair);
    if (!pair.len || pair.s[0] == '#')
        return true;
    bool colon = kq_str_cut(pair, ':', &name, &type);
    name = kq_str_trim(name);
    type = kq_str_trim(type);
    if (!colon || !name.len || type.len != 1)
        return kq_fail(err, KQ_EUSAGE, "'%.*s' is not NAME:TYPE", KQ_STR_FMT(pair));
    if (find(s, name))
        return kq_fail(err, KQ_EUSAGE, "column '%.*s' occurs twice", KQ_STR_FMT(name));
    return add_field(s, name, letter_of(type.s[0]), err);
}

/* name:type with commas or newlines between. */
static bool from_pairs(struct pipe_schema *s, struct kq_str text, struct kq_err *err)
{
    while (text.len) {
        struct kq_str line, pair;
        kq_str_cut(text, '\n', &line, &text);
        while (line.len && kq_str_trim(line).len && kq_str_trim(line).s[0] != '#') {
            kq_str_cut(line, ',', &pair, &line);
            if (!from_pair(s, pair, err))
                return false;
        }
    }
    return s->n_fields || kq_fail(err, KQ_EUSAGE, "no columns");
}

static bool from_table(struct pipe_schema *s, const struct kq_obj *t, struct kq_err *err)
{
    struct kq_symiter names = kq_symiter(kq_names(t));
    for (int64_t i = 0; i < kq_columns(t)->n; i++) {
        size_t len;
        const char *name = kq_symiter_next(&names, &len);
        int type = kq_child(kq_columns(t), i)->type;
        if (!add_field(s, kq_str(name, len), letter_of(kq_typeinfo(type)->ch), err))
            return false;
    }
    return true;
}

/* An empty table as q text. */
static bool from_q(struct pipe_schema *s, struct kq_str text, struct kq_err *err)
{
    struct kq_obj *o = kq_data_parse(text.s, text.len, err);
    struct kq_obj *t = o ? kq_unkey(o) : NULL;
    bool ok = t && !kq_is_splayed(t) ? from_table(s, t, err)
              : o                    ? kq_fail(err, KQ_EUSAGE, "not a table")
                                     : false;
    kq_unref(t);
    kq_unref(o);
    return ok;
}

static bool from_file(struct pipe_schema *s, const char *path, struct kq_err *err)
{
    FILE *f = fopen(path, "re");
    if (!f) {
        kq_err_errno(err, KQ_EIO, errno, "%s", path);
        return false;
    }
    char *text = kq_malloc(SCHEMA_FILE_MAX);
    struct kq_str all = kq_str_trim(kq_str(text, fread(text, 1, SCHEMA_FILE_MAX, f)));
    bool ok = !ferror(f) || kq_fail(err, KQ_EIO, "cannot read");
    fclose(f);
    if (ok)
        ok = all.len && strchr("(+`", all.s[0]) ? from_q(s, all, err) : from_pairs(s, all, err);
    free(text);
    if (!ok)
        kq_err_context(err, "schema %s", path);
    return ok;
}

/* ---- added columns ---------------------------------------------------------------------- */

/* UTC now as an element of a time type. */
static int64_t now_as(int type)
{
    int64_t ns = kq_cal_now_ns(), day = ns / KQ_NS_PER_DAY, clock = ns % KQ_NS_PER_DAY;
    struct kq_ymd c;
    switch (type) {
    case KQ_DATE: return day;
    case KQ_TIMESPAN: return clock;
    case KQ_MINUTE: return clock / KQ_NS_PER_SEC / 60;
    case KQ_SECOND: return clock / KQ_NS_PER_SEC;
    case KQ_TIME: return clock / 1000000;
    case KQ_MONTH: c = kq_cal_civil((int32_t)day); return (c.year - 2000) * 12 + c.month - 1;
    default: return ns;
    }
}

/* The payload of one element: what a one-item column of the value would hold. */
static bool added_item(struct pipe_added *a, const struct kq_obj *v, struct kq_err *err)
{
    struct pipe_column one = *a->column;
    struct kq_str text = {0};
    one.data = one.end = one.limit = NULL;
    if (v->type == KQ_CHAR)
        text = kq_str((const char *)kq_data(v), (size_t)v->n);
    else if (v->type == -KQ_SYMBOL)
        text = kq_str(kq_sym_text(v), kq_sym_textlen(v));
    else if (v->type != -one.type || !one.width)
        return kq_fail(err, KQ_EUSAGE, "--add %s: the value does not fit type %c", one.name,
                       pipe_column_letter(&one));
    float real = (float)v->u.f;
    if (v->type == -KQ_GUID)
        pipe_column_add_raw(&one, v->u.g, 16);
    else if (v->type == -KQ_REAL)
        pipe_column_add_raw(&one, &real, 4);
    else if (v->type == KQ_CHAR || v->type == -KQ_SYMBOL)
        pipe_column_add(&one, text);
    else
        pipe_column_add_raw(&one, &v->u.j, one.width);
    a->item = one.data;
    a->len = pipe_column_len(&one);
    return true;
}

static char letter_of_value(const struct kq_obj *v)
{
    return v->type == KQ_CHAR ? '*' : v->type < 0 ? letter_of(kq_typeinfo(v->type)->ch) : ' ';
}

/* A new column in front of all others, after those added before. */
static bool insert_column(struct pipe_schema *s, struct kq_str name, char letter, size_t at,
                          struct kq_err *err)
{
    struct pipe_column c;
    if (letter == ' ')
        return kq_fail(err, KQ_EUSAGE, "--add %.*s: an atom or string is needed", KQ_STR_FMT(name));
    if (!pipe_column_init(&c, letter, err))
        return false;
    c.name = kq_memdup0(name.s, name.len);
    s->column = kq_realloc(s->column, (s->n + 1) * sizeof c);
    memmove(s->column + at + 1, s->column + at, (s->n - at) * sizeof c);
    s->column[at] = c;
    s->n++;
    return true;
}

/* First pass: make sure that the column of name=VALUE exists. */
static bool place_added(struct pipe_schema *s, const char *spec, size_t *placed, struct kq_err *err)
{
    struct kq_str name, value;
    kq_str_cut(kq_strz(spec), '=', &name, &value);
    if (!find(s, name)) {
        char letter = 'P';
        if (!kq_str_is(value, "now")) {
            struct kq_obj *v = kq_data_parse(value.s, value.len, err);
            if (!v)
                return false;
            letter = letter_of_value(v);
            kq_unref(v);
        }
        if (!insert_column(s, name, letter, (*placed)++, err))
            return false;
    }
    find(s, name)->filled = true;
    return true;
}

/* Second pass, when columns no longer move. */
static bool bind_added(struct pipe_schema *s, const char *spec, struct kq_err *err)
{
    struct kq_str name, value;
    kq_str_cut(kq_strz(spec), '=', &name, &value);
    struct pipe_added *a = &s->added[s->n_added++];
    *a = (struct pipe_added){.column = find(s, name), .now = kq_str_is(value, "now")};
    if (a->now)
        return kq_type_is_temporal(a->column->type) ||
               kq_fail(err, KQ_EUSAGE, "--add %s=now: not a column of times", a->column->name);
    struct kq_obj *v = kq_data_parse(value.s, value.len, err);
    bool ok = v && added_item(a, v, err);
    kq_unref(v);
    return ok;
}

void pipe_schema_fill(struct pipe_schema *s, size_t rows)
{
    for (size_t i = 0; i < s->n_added; i++) {
        struct pipe_added *a = &s->added[i];
        int64_t now = a->now ? now_as(a->column->type) : 0;
        double days = (double)now / (double)KQ_NS_PER_DAY;
        bool is_datetime = a->column->type == KQ_DATETIME;
        const void *item = !a->now ? a->item : is_datetime ? (const void *)&days : &now;
        size_t len = a->now ? a->column->width : a->len;
        for (size_t r = 0; r < rows; r++)
            pipe_column_add_raw(a->column, item, len);
    }
}

/* ---- all together -------------------------------------------------------------------------- */

static bool finish(struct pipe_schema *s, const struct pipe_opts *o, struct kq_err *err)
{
    static const int64_t units[] = {0, KQ_NS_PER_SEC, 1000000, 1000, 1};
    size_t placed = 0;
    if (!pipe_zone_init(&s->zone, o->in.time_zone, err))
        return false;
    for (size_t i = 0; i < o->in.n_add; i++)
        if (!place_added(s, o->in.add[i], &placed, err))
            return false;
    for (size_t i = 0; i < s->n; i++) {
        bool is_time = kq_type_is_temporal(s->column[i].type);
        s->column[i].na = o->in.na;
        s->column[i].epoch_ns = is_time ? units[o->in.epoch] : 0;
        s->column[i].zone = is_time && pipe_zone_matters(&s->zone) ? &s->zone : NULL;
    }
    connect_fields(s);
    s->added = kq_calloc(o->in.n_add, sizeof *s->added);
    for (size_t i = 0; i < o->in.n_add; i++)
        if (!bind_added(s, o->in.add[i], err))
            return false;
    if (o->flow.shard_by && !find(s, kq_strz(o->flow.shard_by)) && !o->in.header)
        return kq_fail(err, KQ_EUSAGE, "--shard-by: no column '%s'", o->flow.shard_by);
    return s->n || kq_fail(err, KQ_EUSAGE, "all columns are skipped");
}

bool pipe_schema_init(struct pipe_schema *s, const struct pipe_opts *o, struct kq_err *err)
{
    memset(s, 0, sizeof *s);
    pipe_column_init(&s->skip, ' ', err);
    bool ok = true;
    if (!pipe_is_typed(o->in.input))
        return true;
    if (o->in.schema && strcmp(o->in.schema, "server") == 0)
        return true;
    if (o->in.types && strcmp(o->in.types, "?") == 0)
        return true;
    if (o->in.types)
        ok = from_types(s, o->in.types, err);
    else if (o->in.columns)
        ok = from_pairs(s, kq_strz(o->in.columns), err);
    else if (o->in.schema)
        ok = from_file(s, o->in.schema, err);
    return ok && finish(s, o, err);
}

void pipe_schema_release(struct pipe_schema *s)
{
    for (size_t i = 0; i < s->n; i++)
        pipe_column_release(&s->column[i]);
    for (size_t i = 0; i < s->n_added; i++)
        free(s->added[i].item);
    free(s->column);
    free(s->field);
    free(s->added);
    memset(s, 0, sizeof *s);
}

bool pipe_schema_meta(struct pipe_schema *s, const struct pipe_opts *o, struct kq_obj *meta,
                      struct kq_err *err)
{
    struct kq_obj *t = kq_unkey(meta);
    int64_t c = t ? kq_column_find(t, "c", 1) : -1, k = t ? kq_column_find(t, "t", 1) : -1;
    const struct kq_obj *names = c < 0 ? NULL : kq_child(kq_columns(t), c);
    const struct kq_obj *types = k < 0 ? NULL : kq_child(kq_columns(t), k);
    bool ok = names && types && names->type == KQ_SYMBOL && types->type == KQ_CHAR;
    if (!ok)
        kq_err_set(err, KQ_EPROTO, "the server's meta of %s is not a table of c and t",
                   o->out.table);
    struct kq_symiter it = ok ? kq_symiter(names) : (struct kq_symiter){0};
    for (int64_t i = 0; ok && i < names->n; i++) {
        size_t len;
        const char *name = kq_symiter_next(&it, &len);
        char type = (char)kq_int_at(types, i);
        ok = islower((unsigned char)type) || type == 'C' || type == ' '
                 ? add_field(s, kq_str(name, len), letter_of(type), err)
                 : kq_fail(err, KQ_EDATA, "column %s of %s holds lists (%c)", name, o->out.table,
                           type);
    }
    kq_unref(t);
    return ok && finish(s, o, err);
}

bool pipe_schema_types(struct pipe_schema *s, const struct pipe_opts *o, const char *types,
                       struct kq_err *err)
{
    return from_types(s, types, err) && finish(s, o, err);
}

static bool name_columns(struct pipe_schema *s, const struct kq_str *names, size_t n,
                         struct kq_err *err)
{
    if (n != s->n_fields)
        return kq_fail(err, KQ_EDATA, "the header has %zu names, there are %zu types", n,
                       s->n_fields);
    for (size_t i = 0; i < n; i++) {
        if (s->field[i] == &s->skip)
            continue;
        free(s->field[i]->name);
        s->field[i]->name = kq_memdup0(names[i].s, names[i].len);
    }
    return true;
}

bool pipe_schema_header(struct pipe_schema *s, const struct kq_str *names, size_t n,
                        struct kq_err *err)
{
    bool named = s->n_fields == 0;
    for (size_t i = 0; i < s->n_fields; i++)
        named = named || (s->field[i] != &s->skip && s->field[i]->name);
    if (!named)
        return name_columns(s, names, n, err);
    struct pipe_column **field = kq_calloc(n, sizeof *field);
    for (size_t i = 0; i < n; i++) {
        struct pipe_column *c = find(s, kq_str_trim(names[i]));
        field[i] = c && !c->filled ? c : &s->skip;
    }
    for (size_t k = 0; k < s->n; k++) {
        size_t hits = 0;
        for (size_t i = 0; i < n; i++)
            hits += field[i] == &s->column[k];
        if (hits != 1 && !s->column[k].filled) {
            free(field);
            return kq_fail(err, KQ_EDATA, "the header has %s column '%s'", hits ? "twice" : "no",
                           s->column[k].name);
        }
    }
    free(s->field);
    s->field = field;
    s->n_fields = n;
    return true;
}

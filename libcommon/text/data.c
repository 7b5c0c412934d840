/*
 * data.c - recursive descent over expr := term [op expr], where op is one of
 * ! $ #, and term is a noun with its brackets and iterators.  Reading is right
 * to left in effect, as in q: the right side of an operator is a whole expr.
 */
#include "text/data.h"

#include "base/num.h"
#include "obj/dict.h"
#include "obj/list.h"
#include "obj/prim.h"
#include "text/dataop.h"
#include "text/lit.h"

#include <stdarg.h>
#include <stdio.h>

/* Elements that the repeated atoms of table literals may take in one text. */
#define EXTEND_MAX (INT64_C(1) << 24)

struct parser {
    const char *s;
    size_t len, at;
    int depth;
    int64_t budget;
    struct kq_err *err;
};

static struct kq_obj *expr(struct parser *p);
static struct kq_obj *term(struct parser *p);

/* ---- errors and characters ---------------------------------------------------- */

/* Put the place of byte `at` in front of the message in p->err. */
static void *locate(struct parser *p, size_t at)
{
    size_t line = 1, start = 0;
    for (size_t i = 0; i < at && i < p->len; i++) {
        if (p->s[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    if (line > 1)
        kq_err_context(p->err, "line %zu, column %zu", line, at - start + 1);
    else
        kq_err_context(p->err, "column %zu", at + 1);
    return NULL;
}

__attribute__((format(printf, 3, 4))) static void *fail_at(struct parser *p, size_t at,
                                                           const char *fmt, ...)
{
    char msg[KQ_ERR_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(msg, sizeof msg, fmt, ap);
    va_end(ap);
    kq_err_set(p->err, KQ_EUSAGE, "%s", msg);
    return locate(p, at);
}

static char peek(const struct parser *p)
{
    return p->at < p->len ? p->s[p->at] : '\0';
}

static char peek2(const struct parser *p)
{
    return p->at + 1 < p->len ? p->s[p->at + 1] : '\0';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_space(struct parser *p)
{
    while (p->at < p->len && is_space(p->s[p->at]))
        p->at++;
}

static bool accept(struct parser *p, char c)
{
    skip_space(p);
    if (p->at >= p->len || p->s[p->at] != c)
        return false;
    p->at++;
    return true;
}

static void *unexpected(struct parser *p, const char *wanted)
{
    if (p->at >= p->len)
        return fail_at(p, p->at, "%s expected, but the text ends", wanted);
    return fail_at(p, p->at, "%s expected, not '%.1s'", wanted, p->s + p->at);
}

static bool expect(struct parser *p, char c)
{
    char wanted[] = {'\'', c, '\'', '\0'};
    return accept(p, c) || unexpected(p, wanted);
}

static bool is_glyph(char c)
{
    return c && strchr("+-*%&|^=<>$,#_~!?@.:", c);
}

static bool is_iterator(char c)
{
    return c == '\'' || c == '/' || c == '\\';
}

static bool is_function(const struct kq_obj *o)
{
    return kq_type_is_func(o->type) && !kq_is_generic_null(o);
}

/* ' and / alone have nothing to compose with. */
static bool can_compose(const struct kq_obj *o)
{
    return is_function(o) && o->type != KQ_ITERATOR;
}

/* Where nothing more can belong to a term. */
static bool at_end_of_item(const struct parser *p)
{
    char c = peek(p);
    return p->at >= p->len || c == ';' || c == ')' || c == ']' || c == '}';
}

/* ---- literals -------------------------------------------------------------------- */

typedef struct kq_obj *(*literal_fn)(const char *, size_t, size_t *, struct kq_err *);

static struct kq_obj *literal(struct parser *p, literal_fn read)
{
    size_t used = 0;
    struct kq_obj *o = read(p->s + p->at, p->len - p->at, &used, p->err);
    if (!o)
        return locate(p, p->at + used);
    p->at += used;
    return o;
}

/* Offset just behind the brace that closes the one at `at`, 0 when none does. */
static size_t lambda_end(const struct parser *p, size_t at)
{
    int open = 0;
    for (size_t i = at; i < p->len; i++) {
        char c = p->s[i];
        if (c == '"') {
            for (i++; i < p->len && p->s[i] != '"'; i++)
                i += p->s[i] == '\\';
        } else if (c == '/' && is_space(p->s[i - 1])) {
            while (i + 1 < p->len && p->s[i] != '\n')
                i++;
        } else if (c == '{') {
            open++;
        } else if (c == '}' && --open == 0) {
            return i + 1;
        }
    }
    return 0;
}

static struct kq_obj *lambda(struct parser *p, size_t brace)
{
    size_t end = lambda_end(p, brace);
    if (!end)
        return fail_at(p, brace, "'{' without '}'");
    struct kq_obj *text = kq_string(p->s + p->at, end - p->at);
    if (!text)
        return fail_at(p, brace, "not enough memory");
    struct kq_obj *context = kq_atom_sym(kq_sym_null);
    struct kq_obj *o = kq_lambda(context, text);
    kq_unref(context);
    kq_unref(text);
    p->at = end;
    return o;
}

/* ---- lists ------------------------------------------------------------------------- */

static struct kq_obj *push(struct parser *p, struct kq_obj *list, struct kq_obj *item)
{
    bool ok = list && item && kq_push(&list, item);
    kq_unref(item);
    if (ok)
        return list;
    kq_unref(list);
    return item && list ? fail_at(p, p->at, "not enough memory") : NULL;
}

/*
 * Items up to `close`, the opening bracket already taken.  An empty item is
 * the elided argument where `gaps` allow it, else an error.
 */
static struct kq_obj *items(struct parser *p, char close, bool gaps)
{
    struct kq_obj *list = kq_vec_new(KQ_LIST, 0);
    if (accept(p, close))
        return list;
    do {
        skip_space(p);
        bool gap = peek(p) == ';' || peek(p) == close;
        if (gap && !gaps) {
            kq_unref(list);
            return fail_at(p, p->at, "empty item");
        }
        list = push(p, list, gap ? kq_elided() : expr(p));
        if (!list)
            return NULL;
    } while (accept(p, ';'));
    if (expect(p, close))
        return list;
    kq_unref(list);
    return NULL;
}

/* ---- table literals ------------------------------------------------------------------ */

struct columns {
    struct kq_obj *names, *values;
};

static void columns_release(struct columns *c)
{
    kq_unref(c->names);
    kq_unref(c->values);
}

static bool column(struct parser *p, struct columns *c)
{
    skip_space(p);
    size_t n = kq_lit_name_len(p->s + p->at, p->len - p->at);
    if (!n)
        return unexpected(p, "a column name");
    const char *name = kq_sym(p->s + p->at, n);
    size_t at = p->at;
    p->at += n;
    if (!name || !accept(p, ':'))
        return fail_at(p, at, "column '%.*s' has no value", n > 60 ? 60 : (int)n, p->s + at);
    c->values = push(p, c->values, expr(p));
    if (c->values)
        c->names = push(p, c->names, kq_atom_sym(name));
    return c->values && c->names;
}

/* name:value;... up to `close`. */
static bool columns(struct parser *p, char close, struct columns *c)
{
    c->names = kq_vec_new(KQ_SYMBOL, 0);
    c->values = kq_vec_new(KQ_LIST, 0);
    if (accept(p, close))
        return true;
    do {
        if (!column(p, c))
            return false;
    } while (accept(p, ';'));
    return expect(p, close);
}

static struct kq_obj *make_table(struct parser *p, struct columns *c, int64_t rows)
{
    const char *why;
    if (!kq_dataop_extend(c->values, rows, &p->budget, p->err))
        return NULL;
    if (!kq_table_shape(c->names, c->values, &why))
        return kq_fail_ptr(p->err, KQ_EUSAGE, "not a table: %s", why);
    return kq_table(c->names, c->values);
}

static struct kq_obj *make_keyed(struct parser *p, struct columns *k, struct columns *v)
{
    int64_t rows = kq_dataop_rows(k->values);
    if (rows < 0)
        rows = kq_dataop_rows(v->values);
    struct kq_obj *keys = make_table(p, k, rows);
    struct kq_obj *values = keys ? make_table(p, v, rows) : NULL;
    struct kq_obj *o = values ? kq_dataop_dict(keys, values, p->err) : NULL;
    kq_unref(keys);
    kq_unref(values);
    return o;
}

/* ([a:1;b:2]): a dictionary by names. */
static struct kq_obj *make_named_dict(struct columns *k)
{
    k->values = kq_collapse_take(k->values);
    return k->values ? kq_dict(k->names, k->values) : NULL;
}

static struct kq_obj *finish_table(struct parser *p, struct columns *k, struct columns *v)
{
    if (!k->names->n)
        return make_table(p, v, kq_dataop_rows(v->values));
    return v->names->n ? make_keyed(p, k, v) : make_named_dict(k);
}

/* At the bracket of ([keys]columns). */
static struct kq_obj *table(struct parser *p)
{
    size_t at = p->at++;
    struct columns k = {0}, v = {0};
    struct kq_obj *o = NULL;
    if (columns(p, ']', &k) && columns(p, ')', &v)) {
        o = finish_table(p, &k, &v);
        if (!o)
            locate(p, at);
    }
    columns_release(&k);
    columns_release(&v);
    return o;
}

/* ---- parentheses ------------------------------------------------------------------------ */

static struct kq_obj *paren(struct parser *p)
{
    p->at++;
    skip_space(p);
    if (peek(p) == '[')
        return table(p);
    struct kq_obj *list = items(p, ')', false);
    if (!list || list->n != 1)
        return kq_collapse_take(list);
    struct kq_obj *only = kq_ref(kq_child(list, 0)); /* (x) is x */
    kq_unref(list);
    return only;
}

/* ---- functions --------------------------------------------------------------------------- */

/* flip or enlist of what follows; anything else applied is not data. */
static struct kq_obj *apply(struct parser *p, size_t at, struct kq_str f)
{
    bool is_enlist = kq_str_is(f, ",") || kq_str_is(f, "enlist");
    if (!is_enlist && !kq_str_is(f, "+") && !kq_str_is(f, "flip"))
        return fail_at(p, at, "'%.*s' is applied here: only data is allowed", KQ_STR_FMT(f));
    struct kq_obj *x = expr(p);
    if (!x)
        return NULL;
    struct kq_obj *o = is_enlist ? kq_enlist(x) : kq_dataop_flip(x, p->err);
    kq_unref(x);
    return o ? o : locate(p, at);
}

/* ,:: is how a list of one (::) is printed, although ,: is an operator too. */
static bool is_enlisted_null(const struct parser *p)
{
    return p->len - p->at >= 3 && memcmp(p->s + p->at, ",::", 3) == 0;
}

/* Bytes of the operator at p->at: a glyph, with a colon its unary form; 0: 0:: and so on. */
static size_t glyph_len(const struct parser *p)
{
    size_t n = 1;
    if (is_enlisted_null(p))
        return 1;
    if (kq_is_digit(peek(p)))
        n = 2;
    else if (p->s[p->at] == ':')
        return peek2(p) == ':' ? 2 : 1;
    if (p->at + n < p->len && p->s[p->at + n] == ':')
        n++;
    return n;
}

static struct kq_obj *glyph(struct parser *p)
{
    size_t at = p->at, n = glyph_len(p);
    struct kq_str text = kq_str(p->s + at, n);
    int code, type = kq_prim_find(text.s, n, &code);
    if (!type)
        return fail_at(p, at, "no such operator: '%.*s'", KQ_STR_FMT(text));
    p->at += n;
    bool prefix = n == 1 && (text.s[0] == '+' || text.s[0] == ',');
    char c = peek(p);
    if (at_end_of_item(p) || c == '[' || is_iterator(c) ||
        (is_glyph(c) && text.s[0] != ',' && !kq_lit_is_number(p->s + p->at, p->len - p->at)))
        return kq_prim(type, code);
    if (c == '{' && !prefix)
        return kq_prim(type, code);
    if (kq_str_is(text, "::"))
        return kq_generic_null();
    return apply(p, at, text);
}

static struct kq_obj *iterator(struct parser *p)
{
    size_t n = peek2(p) == ':' ? 2 : 1;
    int code, type = kq_prim_find(p->s + p->at, n, &code);
    p->at += n;
    return kq_prim(type, code);
}

static bool starts_noun(const struct parser *p)
{
    char c = peek(p);
    return !at_end_of_item(p) && !is_iterator(c) && c != '[' &&
           (!is_glyph(c) || c == '+' || c == ',' || kq_lit_is_number(p->s + p->at, p->len - p->at));
}

static struct kq_obj *word(struct parser *p)
{
    size_t at = p->at, n = kq_lit_name_len(p->s + at, p->len - at);
    struct kq_str text = kq_str(p->s + at, n);
    if (kq_str_is(text, "k") && p->at + 2 < p->len && memcmp(p->s + at, "k){", 3) == 0)
        return lambda(p, at + 2);
    int code, type = n ? kq_prim_find(text.s, n, &code) : 0;
    if (!n)
        return fail_at(p, at, "unexpected '%.1s'", p->s + at);
    if (!type) {
        int shown = n > 60 ? 60 : (int)n;
        return fail_at(p, at,
                       "'%.*s' is a name: only data is allowed (a symbol is `%.*s, "
                       "a string \"%.*s\")",
                       shown, text.s, shown, text.s, shown, text.s);
    }
    p->at += n;
    if (peek(p) != ' ' && peek(p) != '(' && peek(p) != '"' && peek(p) != '`')
        return kq_prim(type, code);
    skip_space(p);
    return starts_noun(p) ? apply(p, at, text) : kq_prim(type, code);
}

/* ---- terms ----------------------------------------------------------------------------------- */

static struct kq_obj *noun(struct parser *p)
{
    const char *s = p->s + p->at;
    size_t left = p->len - p->at;
    char c = peek(p);
    if (left == 0)
        return unexpected(p, "a value");
    if (kq_lit_is_guid(s, left))
        return literal(p, kq_lit_guid);
    if (kq_lit_is_number(s, left))
        return literal(p, kq_lit_number);
    switch (c) {
    case '(': return paren(p);
    case '"': return literal(p, kq_lit_string);
    case '`': return literal(p, kq_lit_symbol);
    case '{': return lambda(p, p->at);
    default: break;
    }
    if (is_iterator(c))
        return iterator(p);
    bool name = kq_lit_name_len(s, left) > 0;
    return (is_glyph(c) && !name) || kq_is_digit(c) ? glyph(p) : word(p);
}

/* f[x;y]: a projection, or a list when the function is enlist. */
static struct kq_obj *project(struct parser *p, struct kq_obj *f)
{
    size_t at = p->at++;
    if (!is_function(f))
        return fail_at(p, at, "indexing is not data");
    struct kq_obj *args = items(p, ']', true);
    if (!args)
        return NULL;
    bool full = true;
    for (int64_t i = 0; i < args->n; i++)
        full = full && !kq_is_elided(kq_child(args, i));
    if (full && f->type == KQ_UNARY && strcmp(kq_prim_text(f->type, f->code), "enlist") == 0)
        return kq_collapse_take(args);
    if (!args->n || (full && (f->type == KQ_UNARY || (f->type == KQ_BINARY && args->n > 1)))) {
        kq_unref(args);
        return fail_at(p, at, "a function is applied here: only data is allowed");
    }
    struct kq_obj *o = kq_container_new(KQ_PROJECTION, args->n + 1);
    kq_items(o)[0] = kq_ref(f);
    for (int64_t i = 0; i < args->n; i++)
        kq_items(o)[i + 1] = kq_ref(kq_child(args, i));
    kq_unref(args);
    return o;
}

static struct kq_obj *derive(struct parser *p, struct kq_obj *f)
{
    size_t n = peek2(p) == ':' ? 2 : 1;
    int code = 0;
    kq_prim_find(p->s + p->at, n, &code);
    p->at += n;
    return kq_derived(KQ_EACH + code, f);
}

/* A noun and what is glued to its right: brackets and iterators. */
static struct kq_obj *part(struct parser *p)
{
    struct kq_obj *o = noun(p);
    for (int n = 0; o && (peek(p) == '[' || is_iterator(peek(p))); n++) {
        struct kq_obj *f = o;
        o = n == KQ_DATA_DEPTH ? fail_at(p, p->at, "too many iterators")
            : peek(p) == '['   ? project(p, f)
                               : derive(p, f);
        kq_unref(f);
    }
    return o;
}

static bool composes(const struct parser *p, const struct kq_obj *f)
{
    char c = peek(p);
    return can_compose(f) &&
           (is_glyph(c) || c == '{' || kq_lit_name_len(p->s + p->at, p->len - p->at));
}

static struct kq_obj *composition(struct parser *p, struct kq_obj *first)
{
    struct kq_obj *list = push(p, kq_vec_new(KQ_LIST, 0), first);
    while (list && composes(p, kq_child(list, list->n - 1))) {
        size_t at = p->at;
        struct kq_obj *next = part(p);
        if (next && !is_function(next)) {
            kq_unref(next);
            next = fail_at(p, at, "a function is applied here: only data is allowed");
        }
        list = push(p, list, next);
    }
    if (list)
        list->type = KQ_COMPOSITION;
    return list;
}

static struct kq_obj *term(struct parser *p)
{
    struct kq_obj *o = part(p);
    return o && composes(p, o) ? composition(p, o) : o;
}

/* ---- expressions --------------------------------------------------------------------------------- */

static struct kq_obj *dyad(struct parser *p, size_t at, struct kq_obj *left)
{
    char op = p->s[p->at++];
    struct kq_obj *right = expr(p);
    if (!right)
        return NULL;
    struct kq_obj *o = NULL;
    if (op == '$')
        o = kq_dataop_cast(left, right, p->err);
    else if (op == '#')
        o = kq_dataop_attr(left, right, p->err);
    else if (left->type == KQ_SYMBOL && right->type == -KQ_SYMBOL)
        o = kq_dict(left, right); /* names of a splayed table: flip follows */
    else
        o = kq_dataop_dict(left, right, p->err);
    kq_unref(right);
    return o ? o : locate(p, at);
}

static struct kq_obj *expr(struct parser *p)
{
    if (p->depth >= KQ_DATA_DEPTH)
        return fail_at(p, p->at, "nested more than %d deep", KQ_DATA_DEPTH);
    p->depth++;
    skip_space(p);
    size_t at = p->at;
    struct kq_obj *o = term(p);
    if (o)
        skip_space(p);
    char c = peek(p);
    if (o && (c == '!' || c == '$' || c == '#')) {
        struct kq_obj *left = o;
        o = dyad(p, at, left);
        kq_unref(left);
    }
    p->depth--;
    return o;
}

static bool is_error_text(const char *s, size_t len)
{
    return len > 1 && s[0] == '\'' && (kq_lit_name_len(s + 1, len - 1) || s[1] == '`');
}

struct kq_obj *kq_data_parse(const char *s, size_t len, struct kq_err *err)
{
    if (is_error_text(s, len))
        return kq_error(s + 1 + (s[1] == '`'), len - 1 - (s[1] == '`'));
    struct parser p = {.s = s, .len = len, .budget = EXTEND_MAX, .err = err};
    struct kq_obj *o = expr(&p);
    if (!o)
        return NULL;
    if (p.at < len) {
        fail_at(&p, p.at, "unexpected '%.1s'", s + p.at);
        kq_unref(o);
        return NULL;
    }
    return o;
}

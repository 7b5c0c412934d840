/*
 * jsonread.c - recursive descent into plain lists and dictionaries, which are
 * then brought into the shape that was asked for, innermost first.
 */
#include "text/jsonread.h"

#include "base/buf.h"
#include "base/num.h"
#include "base/utf8.h"
#include "obj/dict.h"
#include "obj/list.h"
#include "text/jsontyped.h"

#include <math.h>
#include <string.h>

struct reader {
    const char *start, *p, *end;
    enum kq_json_read how;
    int depth;
    struct kq_err *err;
};

static struct kq_obj *read_value(struct reader *r);

static struct kq_obj *fail(struct reader *r, const char *why)
{
    kq_err_set(r->err, KQ_EUSAGE, "byte %zu: %s", (size_t)(r->p - r->start) + 1, why);
    return NULL;
}

static void skip_blanks(struct reader *r)
{
    while (r->p < r->end && memchr(" \t\r\n", *r->p, 4))
        r->p++;
}

/* Take `c` if it comes next. */
static bool take(struct reader *r, char c)
{
    skip_blanks(r);
    if (r->p == r->end || *r->p != c)
        return false;
    r->p++;
    return true;
}

/* ---- words and numbers ------------------------------------------------------------- */

static bool take_word(struct reader *r, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(r->end - r->p) < n || memcmp(r->p, word, n) != 0)
        return false;
    r->p += n;
    return true;
}

static struct kq_obj *read_word(struct reader *r)
{
    if (take_word(r, "true"))
        return kq_bool(true);
    if (take_word(r, "false"))
        return kq_bool(false);
    if (take_word(r, "null"))
        return r->how == KQ_JSON_READ_Q ? kq_float(NAN) : kq_generic_null();
    return fail(r, "no JSON value");
}

static size_t digits(const char *p, const char *end)
{
    const char *from = p;
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return (size_t)(p - from);
}

/* The length of a number as RFC 8259 spells it, 0: none; *whole: no point and no exponent. */
static size_t number_length(const struct reader *r, bool *whole)
{
    const char *p = r->p + (r->p < r->end && *r->p == '-');
    size_t n = digits(p, r->end);
    if (!n || (n > 1 && *p == '0'))
        return 0;
    p += n;
    *whole = true;
    if (p < r->end && *p == '.') {
        n = digits(p + 1, r->end);
        p += 1 + n;
        *whole = false;
    }
    if (n && p < r->end && (*p | 0x20) == 'e') {
        p++;
        p += p < r->end && (*p == '+' || *p == '-');
        n = digits(p, r->end);
        p += n;
        *whole = false;
    }
    return n ? (size_t)(p - r->p) : 0;
}

static struct kq_obj *read_number(struct reader *r)
{
    bool whole = false;
    size_t n = number_length(r, &whole);
    int64_t i;
    double f;
    const char *s = r->p;
    if (!n || !kq_parse_f64(s, n, &f))
        return fail(r, "bad number");
    r->p += n;
    if (whole && r->how != KQ_JSON_READ_Q && kq_parse_i64(s, n, &i) && i != INT64_MIN)
        return kq_long(i);
    return kq_float(f);
}

/* ---- strings -------------------------------------------------------------------------- */

static bool read_hex4(struct reader *r, uint32_t *cp)
{
    uint8_t b[2];
    if (r->end - r->p < 4 || !kq_parse_hex(r->p, 4, b))
        return fail(r, "bad \\u escape");
    *cp = (uint32_t)b[0] << 8 | b[1];
    r->p += 4;
    return true;
}

static bool read_unicode(struct reader *r, struct kq_buf *out)
{
    uint32_t cp, low;
    char utf8[4];
    if (!read_hex4(r, &cp))
        return false;
    if (cp >= 0xd800 && cp < 0xdc00) {
        if (!take_word(r, "\\u") || !read_hex4(r, &low) || low < 0xdc00 || low > 0xdfff)
            return fail(r, "half of a surrogate pair");
        cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
    }
    size_t n = kq_utf8_encode(utf8, cp);
    if (!n)
        return fail(r, "half of a surrogate pair");
    kq_buf_append(out, utf8, n);
    return true;
}

static bool read_escape(struct reader *r, struct kq_buf *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = r->p < r->end ? *r->p++ : 0;
    if (c == 'u')
        return read_unicode(r, out);
    const char *at = c ? strchr(from, c) : NULL;
    if (!at)
        return fail(r, "bad escape");
    kq_buf_byte(out, (uint8_t)to[at - from]);
    return true;
}

/* The text behind an opening quote, up to and with the closing one. */
static bool read_text(struct reader *r, struct kq_buf *out)
{
    for (;;) {
        const char *from = r->p;
        while (r->p < r->end && *r->p != '"' && *r->p != '\\' && (unsigned char)*r->p >= 0x20)
            r->p++;
        kq_buf_append(out, from, (size_t)(r->p - from));
        if (r->p == r->end || (unsigned char)*r->p < 0x20)
            return fail(r, "unfinished string");
        if (*r->p++ == '"')
            return true;
        if (!read_escape(r, out))
            return false;
    }
}

static struct kq_obj *read_string(struct reader *r)
{
    struct kq_buf text;
    kq_buf_init(&text, KQ_BUF_NOMAX);
    struct kq_obj *x = NULL;
    if (read_text(r, &text))
        x = kq_string((const char *)text.data, text.len);
    kq_buf_release(&text);
    return x;
}

/* ---- arrays and objects ---------------------------------------------------------------- */

/* One type for all: longs among floats become floats, nulls the null of the others. */
static struct kq_obj *unify_take(struct kq_obj *list)
{
    int64_t longs = 0, floats = 0, nulls = 0;
    for (int64_t i = 0; i < list->n; i++) {
        const struct kq_obj *x = kq_child(list, i);
        longs += x->type == -KQ_LONG;
        floats += x->type == -KQ_FLOAT;
        nulls += kq_is_generic_null(x);
    }
    if (longs + floats + nulls != list->n || nulls == list->n || longs == list->n)
        return kq_collapse_take(list);
    struct kq_obj *v = kq_vec_new(floats ? KQ_FLOAT : KQ_LONG, list->n);
    for (int64_t i = 0; v && i < list->n; i++) {
        const struct kq_obj *x = kq_child(list, i);
        bool null = kq_is_generic_null(x);
        if (!floats)
            kq_longs(v)[i] = null ? INT64_MIN : x->u.j;
        else
            kq_floats(v)[i] = null ? NAN : x->type == -KQ_LONG ? (double)x->u.j : x->u.f;
    }
    kq_unref(list);
    return v;
}

/* The names of the dictionaries in a list, when they are all the same; else NULL. */
static struct kq_obj *common_names(const struct kq_obj *list)
{
    struct kq_obj *names = NULL;
    for (int64_t i = 0; i < list->n; i++) {
        const struct kq_obj *x = kq_child(list, i);
        if (!kq_is_dict(x) || kq_keys(x)->type != KQ_SYMBOL)
            return NULL;
        if (!names)
            names = kq_keys(x);
        if (kq_keys(x)->n != names->n ||
            memcmp(kq_data(kq_keys(x)), kq_data(names), (size_t)names->n * sizeof(char *)) != 0)
            return NULL;
    }
    return names && names->n ? names : NULL;
}

static struct kq_obj *column(const struct kq_obj *list, int64_t j)
{
    struct kq_obj *col = kq_vec_new(KQ_LIST, list->n);
    for (int64_t i = 0; col && i < list->n; i++)
        kq_items(col)[i] = kq_at(kq_values(kq_child(list, i)), j);
    return col ? unify_take(col) : NULL;
}

static struct kq_obj *table_take(struct kq_obj *list, struct kq_obj *names)
{
    struct kq_obj *columns = kq_vec_new(KQ_LIST, names->n), *table = NULL;
    bool ok = columns != NULL;
    for (int64_t j = 0; ok && j < names->n; j++)
        ok = (kq_items(columns)[j] = column(list, j)) != NULL;
    if (ok)
        table = kq_table(names, columns);
    kq_unref(columns);
    kq_unref(list);
    return table;
}

static struct kq_obj *shape_take(struct reader *r, struct kq_obj *list)
{
    if (r->how == KQ_JSON_READ_TYPED || !list->n)
        return list;
    struct kq_obj *names = common_names(list);
    return names ? table_take(list, names) : unify_take(list);
}

static struct kq_obj *memory(struct reader *r, struct kq_obj *drop)
{
    kq_unref(drop);
    return fail(r, "too large");
}

static struct kq_obj *read_array(struct reader *r)
{
    struct kq_obj *list = kq_vec_new(KQ_LIST, 0);
    if (take(r, ']'))
        return list;
    do {
        struct kq_obj *x = read_value(r);
        bool ok = x && kq_push(&list, x);
        kq_unref(x);
        if (!ok) {
            if (x)
                return memory(r, list);
            kq_unref(list);
            return NULL;
        }
    } while (take(r, ','));
    if (take(r, ']'))
        return shape_take(r, list);
    kq_unref(list);
    return fail(r, "expected , or ]");
}

/* "name": value, appended to both lists. */
static bool read_member(struct reader *r, struct kq_obj **names, struct kq_obj **values)
{
    struct kq_buf text;
    if (!take(r, '"'))
        return fail(r, "expected a name");
    kq_buf_init(&text, KQ_BUF_NOMAX);
    bool read = read_text(r, &text);
    const char *name = read ? kq_sym(text.len ? (const char *)text.data : "", text.len) : NULL;
    kq_buf_release(&text);
    if (read && !name)
        return fail(r, "too many symbols");
    if (name && !take(r, ':'))
        return fail(r, "expected :");
    struct kq_obj *value = name ? read_value(r) : NULL;
    struct kq_obj *symbol = value ? kq_atom_sym(name) : NULL;
    bool ok = symbol && kq_push(names, symbol) && kq_push(values, value);
    kq_unref(symbol);
    kq_unref(value);
    return ok;
}

static struct kq_obj *read_object(struct reader *r)
{
    struct kq_obj *names = kq_vec_new(KQ_SYMBOL, 0), *values = kq_vec_new(KQ_LIST, 0);
    bool ok = true;
    if (!take(r, '}')) {
        do {
            ok = read_member(r, &names, &values);
        } while (ok && take(r, ','));
        if (ok && !take(r, '}'))
            ok = fail(r, "expected , or }");
    }
    struct kq_obj *dict = NULL;
    if (ok && r->how != KQ_JSON_READ_TYPED)
        values = unify_take(values);
    if (ok)
        dict = kq_dict(names, values);
    kq_unref(names);
    kq_unref(values);
    return dict;
}

static struct kq_obj *typed_take(struct reader *r, struct kq_obj *x)
{
    if (!x || r->how != KQ_JSON_READ_TYPED || !kq_is_dict(x))
        return x;
    struct kq_obj *made = kq_json_typed(x, r->err);
    kq_unref(x);
    return made;
}

static struct kq_obj *read_value(struct reader *r)
{
    skip_blanks(r);
    if (r->p == r->end)
        return fail(r, "unexpected end");
    if (r->depth == KQ_JSON_READ_DEPTH)
        return fail(r, "nested too deep");
    char c = *r->p;
    struct kq_obj *x;
    r->depth++;
    if (c == '{' || c == '[' || c == '"')
        r->p++;
    if (c == '{')
        x = typed_take(r, read_object(r));
    else if (c == '[')
        x = read_array(r);
    else if (c == '"')
        x = read_string(r);
    else if (c == '-' || (c >= '0' && c <= '9'))
        x = read_number(r);
    else
        x = read_word(r);
    r->depth--;
    return x;
}

struct kq_obj *kq_json_parse(const char *s, size_t len, enum kq_json_read how, struct kq_err *err)
{
    struct kq_err unused;
    struct reader r = {s, s, s + len, how, 0, err ? err : &unused};
    struct kq_obj *x = read_value(&r);
    skip_blanks(&r);
    if (!x || r.p == r.end)
        return x;
    kq_unref(x);
    return fail(&r, "text behind the value");
}

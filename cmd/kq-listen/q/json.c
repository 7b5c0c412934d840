/*
 * json.c - a recursive writer over text/elem, and a recursive-descent parser
 * whose arrays collapse as q's lists do.
 */
#include "q/json.h"

#include "q/collect.h"
#include "q/core.h"
#include "q/enum.h"
#include "q/format.h"

#include "base/buf.h"
#include "base/fparse.h"
#include "base/utf8.h"
#include "text/elem.h"
#include "text/json.h"

#include <math.h>

/* ---- writing ------------------------------------------------------------------------------- */

struct writer {
    struct q *q;
    struct kq_out out;
    struct kq_style style;
    bool strict;
};

static bool put(struct writer *w, struct kq_obj *x);

/* Text may be many times as long as what it tells. */
static bool has_room(struct writer *w)
{
    size_t max = w->q->limits.bytes;
    return !max || w->out.len <= max || q_fail(w->q, "wsfull");
}

static void put_bare(struct writer *w, const struct kq_obj *x, int64_t i)
{
    kq_elem_put(&w->out, x, i, KQ_FORM_BARE, &w->style);
}

/* Times: their text, the points of a date as dashes. */
static void put_time(struct writer *w, const struct kq_obj *x, int64_t i)
{
    kq_out_char(&w->out, '"');
    size_t from = w->out.len;
    put_bare(w, x, i);
    char *text = w->out.buf + from;
    int type = x->type < 0 ? -x->type : x->type;
    bool dated = type == KQ_TIMESTAMP || type == KQ_DATE || type == KQ_MONTH || type == KQ_DATETIME;
    for (size_t k = 0; dated && k < w->out.len - from && k < 10; k++) {
        if (text[k] == '.')
            text[k] = '-';
    }
    kq_out_char(&w->out, '"');
}

static void put_number(struct writer *w, const struct kq_obj *x, int64_t i)
{
    int type = x->type < 0 ? -x->type : x->type;
    bool real = type == KQ_FLOAT || type == KQ_REAL;
    if (real && isinf(kq_float_at(x, i)))
        kq_out_puts(&w->out, w->strict ? "null" : kq_float_at(x, i) < 0 ? "-inf" : "inf");
    else
        put_bare(w, x, i);
}

/* Element i of a vector, or an atom. */
static void put_element(struct writer *w, const struct kq_obj *x, int64_t i)
{
    int type = x->type < 0 ? -x->type : x->type;
    if (type == KQ_BOOLEAN)
        kq_out_puts(&w->out, kq_int_at(x, i) ? "true" : "false");
    else if (type == KQ_CHAR) {
        char c = (char)kq_int_at(x, i);
        kq_json_quote(&w->out, &c, 1, false);
    } else if (type != KQ_GUID && kq_is_null_at(x, i))
        kq_out_puts(&w->out, "null");
    else if (type == KQ_GUID || type == KQ_BYTE || kq_type_is_temporal(type) || type == KQ_DATETIME)
        put_time(w, x, i);
    else
        put_number(w, x, i);
}

static void put_symbol(struct writer *w, const char *s, size_t len)
{
    kq_json_quote(&w->out, s, len, false);
}

static bool put_items(struct writer *w, struct kq_obj *x)
{
    struct kq_symiter it = kq_symiter(x);
    bool ok = true;
    kq_out_char(&w->out, '[');
    for (int64_t i = 0; ok && i < kq_count(x); i++) {
        if (i)
            kq_out_char(&w->out, ',');
        if (x->type == KQ_SYMBOL) {
            size_t len;
            const char *s = kq_symiter_next(&it, &len);
            put_symbol(w, s, len);
        } else if (x->type > 0 && x->type <= KQ_TYPE_MAX) {
            put_element(w, x, i);
        } else {
            struct kq_obj *item = q_item(w->q, x, i);
            ok = item && put(w, item);
            kq_unref(item);
        }
        ok = ok && q_tick(w->q) && has_room(w);
    }
    kq_out_char(&w->out, ']');
    return ok;
}

/* A key: symbols and strings as they are, anything else as its text. */
static bool put_key(struct writer *w, struct kq_obj *key)
{
    struct kq_str text;
    if (key->type == -KQ_SYMBOL) {
        put_symbol(w, kq_sym_text(key), kq_sym_textlen(key));
        return true;
    }
    struct kq_obj *s = q_text(key, &text) ? kq_ref(key) : q_string(w->q, key);
    bool ok = s && (q_text(s, &text) || q_fail(w->q, "type"));
    if (ok)
        kq_json_quote(&w->out, text.s, text.len, false);
    kq_unref(s);
    return ok;
}

static bool put_dict(struct writer *w, struct kq_obj *d)
{
    int64_t n = kq_count(kq_keys(d));
    bool ok = true;
    kq_out_char(&w->out, '{');
    for (int64_t i = 0; ok && i < n; i++) {
        struct kq_obj *k = q_item(w->q, kq_keys(d), i), *v = q_item(w->q, kq_values(d), i);
        if (i)
            kq_out_char(&w->out, ',');
        ok = k && v && put_key(w, k);
        kq_out_char(&w->out, ':');
        ok = ok && put(w, v);
        kq_unref(k);
        kq_unref(v);
    }
    kq_out_char(&w->out, '}');
    return ok;
}

static bool put_unkeyed(struct writer *w, struct kq_obj *keyed)
{
    struct kq_obj *flat = kq_unkey(keyed);
    bool ok = put_items(w, flat);
    kq_unref(flat);
    return ok;
}

static bool put_other(struct writer *w, struct kq_obj *x)
{
    if (kq_is_generic_null(x)) {
        kq_out_puts(&w->out, "null");
        return true;
    }
    struct kq_obj *s = q_one_line(w->q, x);
    if (s)
        kq_json_quote(&w->out, (const char *)kq_data(s), (size_t)s->n, false);
    kq_unref(s);
    return s;
}

static bool put(struct writer *w, struct kq_obj *x)
{
    if (q_too_deep(w->q))
        return false;
    if (x->type == KQ_CHAR)
        kq_json_quote(&w->out, (const char *)kq_data(x), (size_t)x->n, false);
    else if (x->type == -KQ_SYMBOL)
        put_symbol(w, kq_sym_text(x), kq_sym_textlen(x));
    else if (x->type < 0)
        put_element(w, x, 0);
    else if (kq_is_keyed(x))
        return put_unkeyed(w, x);
    else if (kq_is_dict(x))
        return put_dict(w, x);
    else if (kq_type_is_list(x->type) || x->type == KQ_TABLE)
        return put_items(w, x);
    else
        return put_other(w, x);
    return true;
}

struct kq_obj *q_to_json(struct q *q, struct kq_obj *x, bool strict)
{
    struct kq_obj *plain = q_sendable(q, x), *r = NULL;
    struct writer w = {.q = q, .style = q_style(q, false), .strict = strict};
    if (!plain)
        return NULL;
    kq_out_init_mem(&w.out);
    if (put(&w, plain))
        r = q_vec(q, KQ_CHAR, (int64_t)w.out.len);
    if (r && w.out.len)
        memcpy(r->u.v.data, w.out.buf, w.out.len);
    kq_out_release(&w.out);
    return q_drop(plain, r);
}

/* ---- reading --------------------------------------------------------------------------------- */

struct parser {
    struct q *q;
    const char *s, *end;
};

static struct kq_obj *value(struct parser *p);

/* The next character that is no blank, 0 at the end. */
static char peek(struct parser *p)
{
    while (p->s < p->end && (*p->s == ' ' || *p->s == '\n' || *p->s == '\t' || *p->s == '\r'))
        p->s++;
    return p->s < p->end ? *p->s : 0;
}

static bool accept(struct parser *p, char c)
{
    if (peek(p) != c)
        return false;
    p->s++;
    return true;
}

static struct kq_obj *word(struct parser *p, const char *text, struct kq_obj *v)
{
    size_t n = strlen(text);
    if ((size_t)(p->end - p->s) < n || memcmp(p->s, text, n) != 0)
        return q_drop(v, q_fail(p->q, "type"));
    p->s += n;
    return v;
}

static struct kq_obj *number(struct parser *p)
{
    const char *from = p->s;
    double v;
    while (p->s < p->end && strchr("+-.0123456789eE", *p->s) && *p->s)
        p->s++;
    return kq_parse_f64(from, (size_t)(p->s - from), &v) ? kq_float(v) : q_fail(p->q, "type");
}

static bool hex4(struct parser *p, uint32_t *cp)
{
    *cp = 0;
    for (int i = 0; i < 4; i++, p->s++) {
        char c = p->s < p->end ? *p->s : 0;
        int d = c >= '0' && c <= '9'                 ? c - '0'
                : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 87
                                                     : -1;
        if (d < 0)
            return false;
        *cp = *cp << 4 | (uint32_t)d;
    }
    return true;
}

/* After \u: one code point, which may take two escapes. */
static bool unicode(struct parser *p, struct kq_buf *out)
{
    uint32_t cp, low;
    char utf8[4];
    if (!hex4(p, &cp))
        return false;
    if (cp >= 0xd800 && cp < 0xdc00 && p->end - p->s >= 6 && p->s[0] == '\\' && p->s[1] == 'u') {
        p->s += 2;
        if (!hex4(p, &low))
            return false;
        cp = 0x10000 + ((cp & 0x3ff) << 10) + (low & 0x3ff);
    }
    kq_buf_append(out, utf8, kq_utf8_encode(utf8, cp));
    return true;
}

static bool escape(struct parser *p, struct kq_buf *out)
{
    static const char from[] = "bfnrt\"\\/", to[] = "\b\f\n\r\t\"\\/";
    char c = p->s < p->end ? *p->s++ : 0;
    if (c == 'u')
        return unicode(p, out);
    const char *at = c ? strchr(from, c) : NULL;
    if (at)
        kq_buf_byte(out, (uint8_t)to[at - from]);
    return at;
}

/* The text of a string whose quote is next. */
static bool text_of(struct parser *p, struct kq_buf *out)
{
    kq_buf_init(out, KQ_BUF_NOMAX);
    if (!accept(p, '"'))
        return q_fail(p->q, "type");
    while (p->s < p->end && *p->s != '"') {
        char c = *p->s++;
        if (c != '\\')
            kq_buf_byte(out, (uint8_t)c);
        else if (!escape(p, out))
            return q_fail(p->q, "type");
    }
    if (p->s == p->end)
        return q_fail(p->q, "type");
    p->s++;
    return true;
}

static struct kq_obj *string(struct parser *p)
{
    struct kq_buf text;
    struct kq_obj *r = NULL;
    if (text_of(p, &text)) {
        r = q_vec(p->q, KQ_CHAR, (int64_t)text.len);
        if (r && text.len)
            memcpy(r->u.v.data, text.data, text.len);
    }
    kq_buf_release(&text);
    return r;
}

static struct kq_obj *array(struct parser *p)
{
    struct kq_obj *list = kq_vec_new(KQ_LIST, 0);
    p->s++;
    if (accept(p, ']'))
        return list;
    do {
        struct kq_obj *item = value(p);
        bool ok = item && (kq_push(&list, item) || q_fail(p->q, "wsfull"));
        kq_unref(item);
        if (!ok || !q_tick(p->q))
            return q_drop(list, NULL);
    } while (accept(p, ','));
    return accept(p, ']') ? q_collapse_take(list) : q_drop(list, q_fail(p->q, "type"));
}

static bool member(struct parser *p, struct kq_obj **keys, struct kq_obj **values)
{
    struct kq_buf name;
    bool ok = text_of(p, &name) && (accept(p, ':') || q_fail(p->q, "type"));
    const char *sym = ok ? kq_sym((const char *)name.data, name.len) : NULL;
    kq_buf_release(&name);
    struct kq_obj *k = sym ? kq_atom_sym(sym) : NULL, *v = k ? value(p) : NULL;
    ok = v && kq_push(keys, k) && kq_push(values, v);
    kq_unref(k);
    kq_unref(v);
    return ok;
}

static struct kq_obj *object(struct parser *p)
{
    struct kq_obj *keys = kq_vec_new(KQ_SYMBOL, 0), *values = kq_vec_new(KQ_LIST, 0), *r = NULL;
    bool ok = true;
    p->s++;
    if (!accept(p, '}')) {
        do
            ok = member(p, &keys, &values) && q_tick(p->q);
        while (ok && accept(p, ','));
        ok = ok && (accept(p, '}') || q_fail(p->q, "type"));
    }
    if (ok) {
        values = q_collapse_take(values);
        r = kq_dict(keys, values);
    }
    kq_unref(keys);
    return q_drop(values, r);
}

static struct kq_obj *value(struct parser *p)
{
    if (q_too_deep(p->q))
        return NULL;
    switch (peek(p)) {
    case '{': return object(p);
    case '[': return array(p);
    case '"': return string(p);
    case 't': return word(p, "true", kq_bool(true));
    case 'f': return word(p, "false", kq_bool(false));
    case 'n': return word(p, "null", kq_float(NAN));
    default: return number(p);
    }
}

struct kq_obj *q_from_json(struct q *q, struct kq_str text)
{
    struct parser p = {q, text.s, text.s + text.len};
    struct kq_obj *r = value(&p);
    if (r && peek(&p))
        return q_drop(r, q_fail(q, "type"));
    return r;
}

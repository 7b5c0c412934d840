/*
 * v_str.c - verbs on text: case, blanks, patterns, replacement.
 *
 * What works on strings works on symbols where q lets it; patterns are taken
 * apart once for all texts (glob.h).
 */
#include "q/core.h"
#include "q/enum.h"
#include "q/format.h"
#include "q/glob.h"
#include "q/pervade.h"
#include "q/verb.h"

#include "base/buf.h"
#include "base/mem.h"

#include <stdlib.h>

/* Longest text that ssr makes. */
#define TEXT_MAX ((size_t)1 << 30)

/* ---- lower, upper ------------------------------------------------------------------ */

static char lower_char(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static char upper_char(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static void map_bytes(char *to, const char *from, size_t n, bool upper)
{
    for (size_t i = 0; i < n; i++)
        to[i] = upper ? upper_char(from[i]) : lower_char(from[i]);
}

static const char *map_symbol(const char *s, bool upper)
{
    char room[128] = "";
    size_t n = kq_sym_len(s);
    char *text = n <= sizeof room ? room : kq_malloc(n);
    map_bytes(text, s, n, upper);
    const char *sym = kq_sym(text, n);
    if (text != room)
        free(text);
    return sym;
}

static struct kq_obj *map_symbols(struct q *q, const struct kq_obj *x, bool upper)
{
    if (x->type < 0) {
        const char *s = map_symbol(kq_sym_text(x), upper);
        return s ? kq_atom_sym(s) : q_fail(q, "wsfull");
    }
    struct kq_obj *r = q_vec(q, KQ_SYMBOL, x->n);
    for (int64_t i = 0; r && i < x->n; i++) {
        kq_syms(r)[i] = map_symbol(kq_syms(x)[i], upper);
        if (!kq_syms(r)[i]) {
            kq_syms(r)[i] = kq_sym_null;
            return q_drop(r, q_fail(q, "wsfull"));
        }
    }
    return r;
}

static struct kq_obj *case_leaf(struct q *q, struct kq_obj *x, const void *op)
{
    bool upper = *(const bool *)op;
    if (x->type == -KQ_CHAR)
        return kq_atom_int(KQ_CHAR, (uint8_t)(upper ? upper_char : lower_char)((char)x->u.j));
    if (x->type == KQ_SYMBOL || x->type == -KQ_SYMBOL)
        return map_symbols(q, x, upper);
    if (x->type != KQ_CHAR)
        return q_fail(q, "type");
    struct kq_obj *r = q_vec(q, KQ_CHAR, x->n);
    if (r)
        map_bytes((char *)r->u.v.data, (const char *)kq_data(x), (size_t)x->n, upper);
    return r;
}

static struct kq_obj *v_lower(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return q_pervade1(q, a[0], case_leaf, &(bool){false});
}

static struct kq_obj *v_upper(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return q_pervade1(q, a[0], case_leaf, &(bool){true});
}

/* ---- trim ----------------------------------------------------------------------------- */

enum trim { LEFT = 1, RIGHT = 2 };

/* Without the nulls (blanks) at an end; any simple vector has them. */
static struct kq_obj *trim_leaf(struct q *q, struct kq_obj *x, const void *op)
{
    enum trim ends = *(const enum trim *)op;
    int64_t from = 0, to = x->n;
    if (x->type < 0)
        return kq_ref(x);
    while (ends & LEFT && from < to && kq_is_null_at(x, from))
        from++;
    while (ends & RIGHT && to > from && kq_is_null_at(x, to - 1))
        to--;
    if (to - from == x->n)
        return kq_ref(x);
    struct kq_obj *r = kq_slice(x, from, to - from);
    return r ? r : q_fail(q, "wsfull");
}

#define TRIM(name, ends)                                              \
    static struct kq_obj *name(struct q *q, struct kq_obj **a, int n) \
    {                                                                 \
        (void)n;                                                      \
        return q_pervade1(q, a[0], trim_leaf, &(enum trim){ends});    \
    }
TRIM(v_trim, LEFT | RIGHT)
TRIM(v_ltrim, LEFT)
TRIM(v_rtrim, RIGHT)

/* ---- like ------------------------------------------------------------------------------- */

/* The text of a string or symbol; false for anything else. */
static bool text_of(const struct kq_obj *o, struct kq_str *text)
{
    if (o->type == -KQ_SYMBOL) {
        *text = kq_strz(kq_sym_text(o));
        return true;
    }
    return o->type == KQ_CHAR && q_text(o, text);
}

static struct kq_obj *like_list(struct q *q, const struct kq_obj *x, const struct q_glob *g)
{
    struct kq_obj *r = q_vec(q, KQ_BOOLEAN, x->n);
    for (int64_t i = 0; r && i < x->n; i++) {
        struct kq_str text;
        if (!text_of(kq_child(x, i), &text))
            return q_drop(r, q_fail(q, "type"));
        r->u.v.data[i] = q_glob_match(q, g, text);
    }
    return r;
}

static struct kq_obj *like_symbols(struct q *q, const struct kq_obj *x, const struct q_glob *g)
{
    struct kq_obj *r = q_vec(q, KQ_BOOLEAN, x->n);
    for (int64_t i = 0; r && i < x->n; i++) {
        const char *s = kq_syms(x)[i];
        r->u.v.data[i] = q_glob_match(q, g, kq_str(s, kq_sym_len(s)));
    }
    return r;
}

static struct kq_obj *like(struct q *q, struct kq_obj *x, const struct q_glob *g)
{
    struct kq_str text;
    if (text_of(x, &text))
        return kq_bool(q_glob_match(q, g, text));
    if (x->type == KQ_SYMBOL)
        return like_symbols(q, x, g);
    if (x->type == KQ_LIST)
        return like_list(q, x, g);
    struct kq_obj *r;
    if (kq_is_dict(x)) {
        r = like(q, kq_values(x), g);
        return q_under_take(q, kq_keys(x), r);
    }
    if (!q_is_enum(x))
        return q_fail(q, "type");
    struct kq_obj *symbols = q_unenum(q, x);
    r = !symbols ? NULL : q_is_enum(symbols) ? q_fail(q, "type") : like(q, symbols, g);
    return q_drop(symbols, r);
}

static struct kq_obj *v_like(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct q_glob g;
    struct kq_str pattern;
    if (!q_text(a[1], &pattern) && !text_of(a[1], &pattern))
        return q_fail(q, "type");
    struct kq_obj *r = q_glob_init(&g, pattern) ? like(q, a[0], &g) : q_fail(q, "nyi");
    return q_tick(q) ? r : q_drop(r, NULL);
}

/* ---- ss, ssr ------------------------------------------------------------------------------ */

/* Where a pattern occurs, matches not overlapping: a long vector. */
static struct kq_obj *find_all(struct q *q, struct kq_str text, struct kq_str pattern,
                               int64_t *width)
{
    *width = q_glob_width(pattern);
    if (*width <= 0)
        return q_fail(q, "length");
    struct kq_obj *r = q_vec(q, KQ_LONG, 0);
    for (int64_t at = 0; r; at += *width) {
        at = q_glob_find(q, pattern, *width, text, at);
        if (!q_tick(q))
            return q_drop(r, NULL);
        if (at < 0)
            break;
        if (!kq_grow(&r, 1))
            return q_drop(r, q_fail(q, "wsfull"));
        kq_longs(r)[r->n++] = at;
    }
    return r;
}

static struct kq_obj *v_ss(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_str text, pattern;
    int64_t width;
    if (!text_of(a[0], &text) || !q_text(a[1], &pattern))
        return q_fail(q, "type");
    return find_all(q, text, pattern, &width);
}

/* What a match is replaced by: a text, or what a function makes of the match. */
static struct kq_obj *replacement(struct q *q, struct kq_obj *by, struct kq_str match)
{
    if (!kq_type_is_func(by->type))
        return kq_ref(by);
    struct kq_obj *s = kq_string(match.s, match.len);
    return q_drop(s, q_apply1(q, by, s));
}

static bool replace(struct q *q, struct kq_buf *b, struct kq_str text, const struct kq_obj *at,
                    int64_t width, struct kq_obj *by)
{
    size_t done = 0;
    for (int64_t i = 0; i < at->n; i++) {
        size_t from = (size_t)kq_longs(at)[i];
        struct kq_str with;
        struct kq_obj *r = replacement(q, by, kq_str(text.s + from, (size_t)width));
        if (!r)
            return false;
        if (!q_text(r, &with))
            return q_drop(r, q_fail(q, "type"));
        kq_buf_append(b, text.s + done, from - done);
        kq_buf_append(b, with.s, with.len);
        kq_unref(r);
        done = from + (size_t)width;
    }
    kq_buf_append(b, text.s + done, text.len - done);
    return true;
}

static struct kq_obj *v_ssr(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_str text, pattern, by;
    int64_t width;
    if (!text_of(a[0], &text) || a[0]->type < 0 || !q_text(a[1], &pattern))
        return q_fail(q, "type");
    if (!kq_type_is_func(a[2]->type) && !q_text(a[2], &by))
        return q_fail(q, "type");
    struct kq_obj *at = find_all(q, text, pattern, &width), *r = NULL;
    if (!at)
        return NULL;
    struct kq_buf b;
    kq_buf_init(&b, TEXT_MAX);
    bool ok = replace(q, &b, text, at, width, a[2]);
    if (ok && b.failed)
        q_fail(q, "wsfull");
    else if (ok && (r = q_vec(q, KQ_CHAR, (int64_t)b.len)) && b.len)
        memcpy(r->u.v.data, b.data, b.len);
    kq_buf_release(&b);
    return q_drop(at, r);
}

/* ---- digests -------------------------------------------------------------------------------- */

static struct kq_obj *digest(struct q *q, const char *name, const struct kq_obj *x)
{
    struct kq_str text;
    uint8_t out[20];
    if (!q_text(x, &text))
        return q_fail(q, "type");
    size_t len = q->host.digest ? q->host.digest(q->host.arg, name, text.s, text.len, out) : 0;
    struct kq_obj *r = len ? q_vec(q, KQ_BYTE, (int64_t)len) : q_fail(q, "nyi");
    if (r)
        memcpy(r->u.v.data, out, len);
    return r;
}

static struct kq_obj *v_md5(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return digest(q, "md5", a[0]);
}

static struct kq_obj *v_sha1(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return digest(q, "sha1", a[0]);
}

/* ---- display ----------------------------------------------------------------------------------- */

static struct kq_obj *v_console(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return q_console(q, a[0]);
}

/* .Q.s0[rows and columns;x] */
static struct kq_obj *v_console_sized(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    if ((a[0]->type != KQ_INT && a[0]->type != KQ_LONG) || a[0]->n != 2)
        return q_fail(q, "type");
    int64_t rows = kq_int_at(a[0], 0), columns = kq_int_at(a[0], 1);
    if (rows < 10 || rows > 2000 || columns < 10 || columns > 2000)
        return q_fail(q, "domain");
    return q_console_sized(q, a[1], (int)rows, (int)columns);
}

const struct q_verb q_verbs_str[] = {
    {"lower", 1, 1, v_lower},  {"upper", 1, 1, v_upper},  {"trim", 1, 1, v_trim},
    {"ltrim", 1, 1, v_ltrim},  {"rtrim", 1, 1, v_rtrim},  {"like", 2, 2, v_like},
    {"ss", 2, 2, v_ss},        {"ssr", 3, 3, v_ssr},      {"md5", 1, 1, v_md5},
    {".Q.sha1", 1, 1, v_sha1}, {".Q.s", 1, 1, v_console}, {".Q.s0", 2, 2, v_console_sized},
    {NULL, 0, 0, NULL},
};

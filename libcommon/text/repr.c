/*
 * repr.c - a recursive walk that writes as it goes.
 *
 * The walk carries its limits in struct repr: bytes still wanted, items per
 * list and levels.  Recursion is bounded here as well as in the decoder, so an
 * object built by hand cannot exhaust the stack either.
 */
#include "text/repr.h"

#include "base/num.h"
#include "obj/dict.h"
#include "obj/list.h"
#include "obj/prim.h"
#include "text/elem.h"

#include <inttypes.h>
#include <stdlib.h>

enum { LEVELS_MAX = 1000 };

struct repr {
    struct kq_out *o;
    const struct kq_style *style;
    uint64_t begin; /* position of `o` at the start */
    size_t max;     /* bytes wanted */
    int level;      /* containers around what is being written */
    bool cut;       /* something was left out for `max` */
};

static size_t written(const struct repr *r)
{
    return (size_t)(r->o->total + r->o->len - r->begin);
}

static bool enough(const struct repr *r)
{
    return written(r) > r->max;
}

/* Is item i of n still wanted? */
static bool more(struct repr *r, int64_t i, int64_t n)
{
    if (i == n)
        return false;
    bool wanted = !enough(r);
    r->cut |= !wanted;
    return wanted;
}

static void put_object(struct repr *r, const struct kq_obj *x);

/* ---- strings -------------------------------------------------------------- */

/* What follows the backslash for bytes that have a short escape. */
static const char short_escape[256] = {
    ['"'] = '"', ['\\'] = '\\', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
};

static inline bool is_plain(uint8_t c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static void put_escape(struct kq_out *o, uint8_t c)
{
    char *d = kq_out_reserve(o, 4);
    d[0] = '\\';
    if (short_escape[c]) {
        d[1] = short_escape[c];
        kq_out_advance(o, 2);
        return;
    }
    d[1] = (char)('0' + (c >> 6));
    d[2] = (char)('0' + (c >> 3 & 7));
    d[3] = (char)('0' + (c & 7));
    kq_out_advance(o, 4);
}

/* Are all eight bytes plain? */
static inline bool all_plain(uint64_t w)
{
    uint64_t quote = (w ^ KQ_BYTES8('"')) - KQ_BYTES8(1);
    uint64_t back = (w ^ KQ_BYTES8('\\')) - KQ_BYTES8(1);
    uint64_t below = w - KQ_BYTES8(0x20), del = w + KQ_BYTES8(1);
    return ((w | below | del | quote | back) & KQ_BYTES8(0x80)) == 0;
}

static const uint8_t *run_end(const uint8_t *s, const uint8_t *end)
{
    while (end - s >= 8 && all_plain(kq_load8((const char *)s)))
        s += 8;
    while (s < end && is_plain(*s))
        s++;
    return s;
}

static void put_escaped(struct kq_out *o, const uint8_t *s, const uint8_t *end)
{
    while (s < end) {
        const uint8_t *run = s;
        s = run_end(s, end);
        kq_out_write(o, run, (size_t)(s - run));
        if (s < end)
            put_escape(o, *s++);
    }
}

size_t kq_repr_quoted(struct kq_out *o, const void *bytes, size_t len)
{
    uint64_t before = o->total + o->len;
    const uint8_t *s = bytes;
    kq_out_char(o, '"');
    if (len)
        put_escaped(o, s, s + len);
    kq_out_char(o, '"');
    return (size_t)(o->total + o->len - before);
}

/* ---- atoms and simple vectors ------------------------------------------------ */

/* How many of the n items to show; the rest is "..". */
static int64_t shown(const struct repr *r, int64_t n)
{
    int64_t max = r->style->max_items;
    return max > 0 && n > max ? max : n;
}

static void put_more(struct repr *r, bool cut)
{
    if (cut)
        kq_out_write(r->o, "..", 2);
}

/* Does a float's text show its type: a point, an exponent, 0n or 0w? */
static bool shows_float(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '.' || s[i] >= 'a')
            return true;
    }
    return false;
}

/* Of a type whose finite values need no suffix: is element i null or infinite? */
static bool is_special(const struct kq_obj *x, int64_t i)
{
    const struct kq_typeinfo *info = kq_typeinfo(x->type);
    if (info->class == KQ_CLASS_FLOAT)
        return !__builtin_isfinite(kq_float_at(x, i));
    int64_t limit = INT64_MAX >> (64 - 8 * info->bytes), v = kq_int_at(x, i);
    return v >= limit || v <= -limit;
}

/*
 * The letter at the end of a vector or atom, 0 for none.  Most times show
 * their type by themselves, so only a null or infinity at the end has one.
 */
static char suffix_of(const struct kq_obj *x, int64_t n, bool plain_float)
{
    int t = abs(x->type);
    switch (t) {
    case KQ_BOOLEAN:
    case KQ_SHORT:
    case KQ_INT:
    case KQ_REAL:
    case KQ_MONTH: return kq_typeinfo(t)->suffix;
    case KQ_FLOAT: return plain_float ? 'f' : 0;
    case KQ_GUID:
    case KQ_LONG: return 0;
    }
    return n && is_special(x, n - 1) ? kq_typeinfo(t)->suffix : 0;
}

/* Elements separated by blanks: numbers, times, guids. */
static void put_spaced(struct repr *r, const struct kq_obj *x, int64_t n)
{
    struct kq_elems e;
    bool is_float = abs(x->type) == KQ_FLOAT, plain = true;
    kq_elems_init(&e, x, KQ_FORM_ITEM, r->style);
    for (int64_t i = 0; more(r, i, n); i++) {
        if (i)
            kq_out_char(r->o, ' ');
        size_t len = kq_elems_put(&e, r->o, i);
        if (is_float && plain)
            plain = !shows_float(r->o->buf + r->o->len - len, len);
    }
    char c = suffix_of(x, n, plain);
    if (c)
        kq_out_char(r->o, c);
}

/* Elements next to each other: 0101b 0x0102. */
static void put_glued(struct repr *r, const struct kq_obj *x, int64_t n)
{
    struct kq_elems e;
    bool hex = abs(x->type) == KQ_BYTE;
    kq_elems_init(&e, x, KQ_FORM_ITEM, r->style);
    if (hex)
        kq_out_write(r->o, "0x", 2);
    for (int64_t i = 0; more(r, i, n); i++)
        kq_elems_put(&e, r->o, i);
    if (!hex)
        kq_out_char(r->o, 'b');
}

static void put_symbols(struct repr *r, const struct kq_obj *x, int64_t n)
{
    struct kq_elems e;
    kq_elems_init(&e, x, KQ_FORM_ITEM, r->style);
    for (int64_t i = 0; more(r, i, n); i++) {
        kq_out_char(r->o, '`');
        kq_elems_put(&e, r->o, i);
    }
}

static void put_chars(struct repr *r, const struct kq_obj *x, int64_t n)
{
    uint8_t atom = x->type < 0 ? (uint8_t)x->u.j : 0;
    size_t room = enough(r) ? 0 : r->max - written(r);
    size_t len = (size_t)n > room ? room + 1 : (size_t)n;
    r->cut |= len < (size_t)n;
    kq_repr_quoted(r->o, x->type < 0 ? &atom : kq_data(x), len);
}

static void put_symbol(struct repr *r, const struct kq_obj *x)
{
    kq_out_char(r->o, '`');
    kq_out_write(r->o, kq_sym_text(x), kq_sym_textlen(x));
}

/* n > 0 elements of a vector, or an atom. */
static void put_simple(struct repr *r, const struct kq_obj *x, int64_t n)
{
    switch (abs(x->type)) {
    case KQ_CHAR: put_chars(r, x, n); return;
    case KQ_SYMBOL: x->type < 0 ? put_symbol(r, x) : put_symbols(r, x, n); return;
    case KQ_BOOLEAN:
    case KQ_BYTE: put_glued(r, x, n); return;
    default: put_spaced(r, x, n);
    }
}

static void put_vector(struct repr *r, const struct kq_obj *x)
{
    if (!x->n && x->type == KQ_CHAR) {
        kq_out_write(r->o, "\"\"", 2);
    } else if (!x->n) {
        kq_out_printf(r->o, "`%s$()", kq_typeinfo(x->type)->name);
    } else {
        if (x->n == 1)
            kq_out_char(r->o, ',');
        put_simple(r, x, shown(r, x->n));
        put_more(r, shown(r, x->n) < x->n);
    }
}

/* ---- lists and containers ------------------------------------------------------ */

static void put_attr(struct repr *r, int attr)
{
    static const char letters[] = "supg";
    if (attr < KQ_ATTR_SORTED || attr > KQ_ATTR_GROUPED)
        return;
    char *d = kq_out_reserve(r->o, 3);
    d[0] = '`';
    d[1] = letters[attr - 1];
    d[2] = '#';
    kq_out_advance(r->o, 3);
}

/* Children from..n-1 between separators. */
static void put_children(struct repr *r, const struct kq_obj *x, int64_t from, const char *sep)
{
    int64_t n = from + shown(r, x->n - from);
    for (int64_t i = from; more(r, i, n); i++) {
        if (i > from)
            kq_out_puts(r->o, sep);
        put_object(r, kq_child(x, i));
    }
    put_more(r, n < x->n);
}

static void put_list(struct repr *r, const struct kq_obj *x)
{
    if (x->n == 1) {
        kq_out_char(r->o, ',');
        put_object(r, kq_child(x, 0));
        return;
    }
    kq_out_char(r->o, '(');
    put_children(r, x, 0, ";");
    kq_out_char(r->o, ')');
}

/* Would q read `keys!` differently from (keys)! ? */
static bool keys_need_parens(const struct kq_obj *k)
{
    if (kq_type_is_list(k->type))
        return k->n == 1 || (k->n == 0 && k->type != KQ_LIST && k->type != KQ_CHAR);
    return !kq_type_is_atom(k->type);
}

/* The keys of a sorted dictionary show its attribute once, in front of it all. */
static void put_keys(struct repr *r, const struct kq_obj *k, bool sorted)
{
    bool parens = keys_need_parens(k), plain = kq_type_is_list(k->type) && k->type <= KQ_TYPE_MAX;
    if (parens)
        kq_out_char(r->o, '(');
    if (sorted && plain && k->type == KQ_LIST)
        put_list(r, k);
    else if (sorted && plain)
        put_vector(r, k);
    else
        put_object(r, k);
    if (parens)
        kq_out_char(r->o, ')');
}

static void put_dict(struct repr *r, const struct kq_obj *x)
{
    bool sorted = x->type == KQ_SORTEDDICT;
    if (sorted)
        put_attr(r, KQ_ATTR_SORTED);
    put_keys(r, kq_keys(x), sorted);
    kq_out_char(r->o, '!');
    put_object(r, kq_values(x));
}

/* Columns that share what room is left, so that the first does not take all of it. */
static void put_shares(struct repr *r, const struct kq_obj *columns)
{
    size_t max = r->max;
    kq_out_char(r->o, '(');
    for (int64_t i = 0; i < columns->n && written(r) < max; i++) {
        if (i)
            kq_out_char(r->o, ';');
        size_t at = written(r);
        r->max = at + (max - at) / (size_t)(columns->n - i);
        r->cut = false;
        put_object(r, kq_child(columns, i));
        put_more(r, r->cut);
    }
    r->max = max;
    kq_out_char(r->o, ')');
}

static void put_table(struct repr *r, const struct kq_obj *x)
{
    const struct kq_obj *columns = kq_columns(x);
    put_attr(r, x->attr);
    kq_out_char(r->o, '+');
    put_keys(r, kq_names(x), false);
    kq_out_char(r->o, '!');
    if (r->style->share && columns->type == KQ_LIST && columns->n > 1 && !enough(r))
        put_shares(r, columns);
    else
        put_object(r, columns);
}

/* `dom$`a`b: children are the domain's name and the values. */
static void put_enumeration(struct repr *r, const struct kq_obj *x)
{
    put_attr(r, x->attr);
    put_object(r, kq_child(x, 0));
    kq_out_char(r->o, '$');
    put_object(r, kq_child(x, 1));
}

/* ---- functions -------------------------------------------------------------------- */

static void put_lambda(struct repr *r, const struct kq_obj *x)
{
    const struct kq_obj *source = kq_child(x, 1);
    if (source->type == KQ_CHAR)
        kq_out_write(r->o, kq_data(source), (size_t)source->n);
    else
        put_object(r, source);
}

static void put_primitive(struct repr *r, const struct kq_obj *x)
{
    const char *text = kq_prim_text(x->type, x->code);
    if (text)
        kq_out_puts(r->o, text);
    else
        kq_out_printf(r->o, "%d:%d", x->type, x->code);
}

static void put_projection(struct repr *r, const struct kq_obj *x)
{
    if (x->n)
        put_object(r, kq_child(x, 0));
    kq_out_char(r->o, '[');
    put_children(r, x, 1, ";");
    kq_out_char(r->o, ']');
}

static void put_function(struct repr *r, const struct kq_obj *x)
{
    switch (x->type) {
    case KQ_LAMBDA: put_lambda(r, x); return;
    case KQ_UNARY:
    case KQ_BINARY:
    case KQ_ITERATOR: put_primitive(r, x); return;
    case KQ_PROJECTION: put_projection(r, x); return;
    case KQ_COMPOSITION: put_children(r, x, 0, ""); return;
    case KQ_FOREIGN: kq_out_puts(r->o, "foreign"); return;
    default: put_object(r, kq_child(x, 0)); kq_out_puts(r->o, kq_iterator_text(x->type));
    }
}

/* ---- everything -------------------------------------------------------------------- */

static void put_container(struct repr *r, const struct kq_obj *x)
{
    switch (x->type) {
    case KQ_LIST:
        put_attr(r, x->attr);
        put_list(r, x);
        return;
    case KQ_TABLE: put_table(r, x); return;
    case KQ_DICT:
    case KQ_SORTEDDICT: put_dict(r, x); return;
    case KQ_ERROR:
        kq_out_char(r->o, '\'');
        kq_out_write(r->o, kq_sym_text(x), kq_sym_textlen(x));
        return;
    }
    if (kq_type_is_func(x->type))
        put_function(r, x);
    else
        put_enumeration(r, x);
}

/* Nothing inside that a limit on depth could spare. */
static bool is_leaf(const struct kq_obj *x)
{
    return (x->type == KQ_LIST && !x->n) || x->type == KQ_ERROR ||
           (x->type >= KQ_UNARY && x->type <= KQ_ITERATOR);
}

static void put_object(struct repr *r, const struct kq_obj *x)
{
    if (x->type < 0 && x->type >= -KQ_TYPE_MAX) {
        put_simple(r, x, 1);
        return;
    }
    if (x->type > KQ_LIST && x->type <= KQ_TYPE_MAX) {
        put_attr(r, x->attr);
        put_vector(r, x);
        return;
    }
    int depth = r->style->depth;
    if (!is_leaf(x) && (r->level >= LEVELS_MAX || (depth > 0 && r->level >= depth))) {
        put_more(r, true);
        return;
    }
    r->level++;
    put_container(r, x);
    r->level--;
}

size_t kq_repr_start(struct kq_out *o, const struct kq_obj *x, const struct kq_style *style,
                     size_t max)
{
    struct repr r = {.o = o, .style = style, .begin = o->total + o->len, .max = max};
    put_object(&r, x);
    return written(&r);
}

void kq_repr(struct kq_out *o, const struct kq_obj *x, const struct kq_style *style)
{
    (void)kq_repr_start(o, x, style, SIZE_MAX - 1);
}

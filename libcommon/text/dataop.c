/*
 * dataop.c - conversions go element by element through a wide value: literals
 * are short, so clarity beats a kernel per pair of types.
 */
#include "text/dataop.h"

#include "obj/cmp.h"
#include "obj/dict.h"
#include "obj/list.h"
#include "obj/null.h"
#include "text/tok.h"

#include <ctype.h>
#include <math.h>

/* ---- casts ------------------------------------------------------------------ */

static bool is_number_class(int type)
{
    enum kq_class c = kq_typeinfo(type)->class;
    return c == KQ_CLASS_INT || c == KQ_CLASS_BYTE || c == KQ_CLASS_FLOAT;
}

/* Raw values may move between plain numbers and one temporal type, not between two. */
static bool convertible(int from, int to)
{
    from = from < 0 ? -from : from;
    if (from > KQ_TYPE_MAX || !is_number_class(from) || !is_number_class(to))
        return false;
    bool times = kq_type_is_temporal(from) && kq_type_is_temporal(to);
    return !times || from == to;
}

static int64_t integer_of_float(int type, double f)
{
    if (isnan(f))
        return kq_typeinfo(type)->class == KQ_CLASS_INT ? kq_int_null(type) : 0;
    f = floor(f + 0.5);
    if (f >= 0x1p63)
        return INT64_MAX;
    return f < -0x1p63 ? -INT64_MAX : (int64_t)f;
}

/* An integer in the range of `type`; what does not fit becomes an infinity. */
static int64_t narrow(int type, int64_t v)
{
    if (kq_typeinfo(type)->class == KQ_CLASS_BYTE)
        return type == KQ_BOOLEAN ? v != 0 : (v & 0xff);
    int64_t inf = kq_int_inf(type);
    return v > inf ? inf : v < -inf ? -inf : v;
}

static struct kq_obj *convert_atom(const struct kq_obj *a, int to)
{
    bool from_float = kq_typeinfo(a->type)->class == KQ_CLASS_FLOAT;
    bool is_null = kq_is_null_at(a, 0) && a->type != -KQ_CHAR;
    if (kq_typeinfo(to)->class == KQ_CLASS_FLOAT) {
        double f = is_null ? (double)NAN : from_float ? a->u.f : (double)a->u.j;
        return kq_atom_float(to, to == KQ_REAL ? (double)(float)f : f);
    }
    if (is_null)
        return kq_null_atom(to);
    return kq_atom_int(to, narrow(to, from_float ? integer_of_float(to, a->u.f) : a->u.j));
}

static struct kq_obj *trimmed_symbol(const struct kq_obj *text)
{
    char c = (char)(text->type < 0 ? text->u.j : 0);
    struct kq_str s =
        text->type < 0 ? kq_str(&c, 1) : kq_str((const char *)kq_data(text), (size_t)text->n);
    s = kq_str_trim(s);
    const char *sym = memchr(s.s, 0, s.len) ? NULL : kq_sym(s.s, s.len);
    return sym ? kq_atom_sym(sym) : NULL;
}

/* A string as an atom of `type`; NULL when it cannot be a symbol. */
static struct kq_obj *read_string(const struct kq_obj *text, int type)
{
    if (type == KQ_SYMBOL)
        return trimmed_symbol(text);
    char c = (char)(text->type < 0 ? text->u.j : 0);
    const char *s = text->type < 0 ? &c : (const char *)kq_data(text);
    union kq_tokval v;
    kq_tok(type, s, text->type < 0 ? 1 : (size_t)text->n, &v);
    switch (kq_typeinfo(type)->class) {
    case KQ_CLASS_FLOAT: return kq_atom_float(type, v.f);
    case KQ_CLASS_GUID: return kq_atom_guid(v.g);
    default: return kq_atom_int(type, v.j);
    }
}

static bool is_text(const struct kq_obj *o)
{
    return o->type == KQ_CHAR || o->type == -KQ_CHAR;
}

/* One atom, or NULL: what it is made of cannot be cast. */
static struct kq_obj *cast_one(struct kq_obj *item, int type, bool tok)
{
    if (is_text(item) && (tok || type == KQ_SYMBOL || type == KQ_GUID))
        return read_string(item, type);
    if (item->type == -type)
        return kq_ref(item);
    return item->type < 0 && !tok && convertible(item->type, type) ? convert_atom(item, type)
                                                                   : NULL;
}

static struct kq_obj *cast_items(struct kq_obj *right, int type, bool tok)
{
    struct kq_obj *items = kq_explode(right);
    struct kq_obj *out = items ? kq_vec_new(KQ_LIST, items->n) : NULL;
    for (int64_t i = 0; out && i < items->n; i++) {
        kq_items(out)[i] = cast_one(kq_child(items, i), type, tok);
        if (!kq_child(out, i)) {
            kq_unref(out);
            out = NULL;
        }
    }
    kq_unref(items);
    return kq_collapse_take(out);
}

/* The type that the left side of $ names; *tok for an upper-case letter. */
static int cast_type(const struct kq_obj *left, bool *tok)
{
    *tok = false;
    if (left->type == -KQ_SYMBOL) {
        size_t n = kq_sym_textlen(left);
        *tok = n == 0;
        return n ? kq_type_of_name(kq_sym_text(left), n) : KQ_SYMBOL;
    }
    if (left->type == -KQ_CHAR) {
        int c = (int)left->u.j;
        *tok = isupper(c) != 0;
        return kq_type_of_char((char)tolower(c));
    }
    return -1;
}

struct kq_obj *kq_dataop_cast(const struct kq_obj *left, struct kq_obj *right, struct kq_err *err)
{
    bool tok;
    int type = cast_type(left, &tok);
    if (type <= 0)
        return kq_fail_ptr(err, KQ_EUSAGE, "no such type on the left of $");
    struct kq_obj *r = NULL;
    if (kq_type_is_list(right->type) && right->n == 0 && !(is_text(right) && tok))
        r = kq_vec_new(type, 0);
    else if (right->type == KQ_CHAR && !tok && type != KQ_SYMBOL && type != KQ_GUID)
        r = cast_items(right, type, tok);
    else if (is_text(right) || right->type < 0)
        r = cast_one(right, type, tok);
    else if (kq_type_is_list(right->type))
        r = cast_items(right, type, tok);
    return r ? r
             : kq_fail_ptr(err, KQ_EUSAGE, "this cannot be cast to %s", kq_typeinfo(type)->name);
}

/* ---- attributes ---------------------------------------------------------------- */

static bool ascends(const struct kq_obj *o)
{
    if (kq_is_dict(o))
        return ascends(kq_keys(o));
    if (o->type < KQ_BOOLEAN || o->type > KQ_TYPE_MAX)
        return true; /* a table, or a list of anything: the server's business */
    for (int64_t i = 1; i < o->n; i++) {
        if (kq_compare_at(o, i - 1, o, i) > 0)
            return false;
    }
    return true;
}

/* `u#dictionary marks its keys. */
static struct kq_obj *attr_of_keys(const struct kq_obj *left, const struct kq_obj *dict,
                                   struct kq_err *err)
{
    struct kq_obj *keys = kq_dataop_attr(left, kq_keys(dict), err);
    struct kq_obj *o = keys ? kq_dict(keys, kq_values(dict)) : NULL;
    kq_unref(keys);
    return o;
}

struct kq_obj *kq_dataop_attr(const struct kq_obj *left, struct kq_obj *right, struct kq_err *err)
{
    static const char letters[] = "?supg";
    const char *name = left->type == -KQ_SYMBOL ? kq_sym_text(left) : "";
    const char *at = strlen(name) == 1 && name[0] != '?' ? strchr(letters, name[0]) : NULL;
    bool is_dict = kq_is_dict(right);
    if (!at)
        return kq_fail_ptr(err, KQ_EUSAGE, "only the attributes `s# `u# `p# `g# are data");
    if (is_dict && *at != 's')
        return attr_of_keys(left, right, err);
    if (!kq_type_is_list(right->type) && right->type != KQ_TABLE && !is_dict)
        return kq_fail_ptr(err, KQ_EUSAGE, "`%s# needs a list", name);
    if (*at == 's' && !ascends(right))
        return kq_fail_ptr(err, KQ_EUSAGE, "`s# of a list that does not ascend");
    struct kq_obj *o = kq_unshare_take(kq_ref(right));
    if (!o)
        return kq_fail_ptr(err, KQ_EIO, "not enough memory");
    if (is_dict)
        o->type = KQ_SORTEDDICT;
    else
        o->attr = (uint8_t)(at - letters);
    return o;
}

/* ---- dictionaries and tables ----------------------------------------------------- */

struct kq_obj *kq_dataop_dict(struct kq_obj *keys, struct kq_obj *values, struct kq_err *err)
{
    bool lists = kq_type_is_list(keys->type) && kq_type_is_list(values->type);
    bool tables = keys->type == KQ_TABLE && values->type == KQ_TABLE;
    bool mixed = (keys->type == KQ_TABLE && kq_type_is_list(values->type)) ||
                 (values->type == KQ_TABLE && kq_type_is_list(keys->type));
    if (!lists && !tables && !mixed)
        return kq_fail_ptr(err, KQ_EUSAGE, "a dictionary needs a list on both sides of !");
    if (kq_count(keys) != kq_count(values))
        return kq_fail_ptr(err, KQ_EUSAGE, "a dictionary of %lld keys and %lld values",
                           (long long)kq_count(keys), (long long)kq_count(values));
    return kq_dict(keys, values);
}

struct kq_obj *kq_dataop_flip(struct kq_obj *right, struct kq_err *err)
{
    if (right->type == KQ_TABLE && !kq_is_splayed(right))
        return kq_dict(kq_names(right), kq_columns(right));
    if (right->type != KQ_DICT)
        return kq_fail_ptr(err, KQ_EUSAGE, "flip of data needs a dictionary of columns");
    struct kq_obj *names = kq_keys(right), *columns = kq_values(right);
    if (names->type == KQ_SYMBOL && columns->type == -KQ_SYMBOL)
        return kq_table(names, columns); /* a reference to a splayed table */
    struct kq_obj *list = kq_explode(columns);
    const char *why = "memory is short";
    struct kq_obj *t = NULL;
    if (list && kq_table_shape(names, list, &why))
        t = kq_table(names, list);
    kq_unref(list);
    return t ? t : kq_fail_ptr(err, KQ_EUSAGE, "not a table: %s", why);
}

int64_t kq_dataop_rows(const struct kq_obj *cols)
{
    for (int64_t i = 0; i < cols->n; i++) {
        const struct kq_obj *c = kq_child(cols, i);
        if (kq_type_is_list(c->type))
            return c->n;
    }
    return -1;
}

static struct kq_obj *repeat(struct kq_obj *atom, int64_t n)
{
    bool simple = atom->type < 0 && atom->type >= -KQ_TYPE_MAX;
    struct kq_obj *v = kq_vec_new(simple ? -atom->type : KQ_LIST, n);
    for (int64_t i = 0; v && i < n; i++) {
        if (simple)
            kq_set_at(v, i, atom);
        else
            kq_items(v)[i] = kq_ref(atom);
    }
    return v;
}

bool kq_dataop_extend(struct kq_obj *cols, int64_t rows, int64_t *budget, struct kq_err *err)
{
    for (int64_t i = 0; i < cols->n; i++) {
        struct kq_obj *c = kq_child(cols, i);
        if (kq_type_is_list(c->type))
            continue;
        if (rows < 0)
            return kq_fail(err, KQ_EUSAGE, "a table needs a list as one of its columns");
        if (rows > *budget)
            return kq_fail(err, KQ_EUSAGE, "table too large");
        *budget -= rows;
        struct kq_obj *v = repeat(c, rows);
        if (!v)
            return kq_fail(err, KQ_EIO, "not enough memory for %lld rows", (long long)rows);
        kq_items(cols)[i] = v;
        kq_unref(c);
    }
    return true;
}

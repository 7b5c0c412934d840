/*
 * jsonobj.c - jansson parses; here its values are turned into objects, first
 * looking whether an object is one of ours with a type ("t").
 *
 * Arrays are handled as rows of pointers to values, so that a column of a
 * table is built by the same function as an array.
 */
#include "text/jsonobj.h"

#include "base/mem.h"
#include "base/num.h"
#include "obj/dict.h"
#include "obj/list.h"
#include "obj/null.h"
#include "text/data.h"
#include "text/lit.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static struct kq_obj *value(const json_t *v, struct kq_err *err);

static struct kq_str text_of(const json_t *v)
{
    return kq_str(json_string_value(v), json_string_length(v));
}

static struct kq_obj *refuse(struct kq_err *err, int type, const char *why)
{
    kq_err_set(err, KQ_EUSAGE, "JSON value of type %d %s", type, why);
    return NULL;
}

/* Append and drop our reference; false when there was nothing to append. */
static bool push_take(struct kq_obj **list, struct kq_obj *item)
{
    bool ok = item && kq_push(list, item);
    kq_unref(item);
    return ok;
}

/* ---- texts ------------------------------------------------------------------ */

/* Code points below 256 back to the bytes that they stand for, in place; the new length. */
static size_t latin1(char *s, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        if ((c == 0xc2 || c == 0xc3) && i + 1 < len)
            c = (unsigned char)(c << 6 | ((unsigned char)s[++i] & 0x3f));
        s[n++] = (char)c;
    }
    return n;
}

static struct kq_obj *make_text(int type, const char *s, size_t len, struct kq_err *err)
{
    if (type == KQ_CHAR)
        return kq_string(s, len);
    if (type == -KQ_CHAR)
        return len == 1 ? kq_atom_int(KQ_CHAR, (unsigned char)*s)
                        : refuse(err, type, "is not one character");
    const char *sym = memchr(s, 0, len) ? NULL : kq_sym(s, len);
    return sym ? kq_atom_sym(sym) : refuse(err, type, "is no symbol");
}

/* A char vector, a char or a symbol from a JSON string. */
static struct kq_obj *text(int type, const json_t *v, bool as_latin1, struct kq_err *err)
{
    if (!json_is_string(v))
        return refuse(err, type, "is no string");
    struct kq_str s = text_of(v);
    if (!as_latin1)
        return make_text(type, s.s, s.len, err);
    char *copy = kq_memdup0(s.s, s.len);
    struct kq_obj *o = make_text(type, copy, latin1(copy, s.len), err);
    free(copy);
    return o;
}

/* "0x0102" as a byte vector, "0x01" as a byte. */
static struct kq_obj *bytes(int type, const json_t *v, struct kq_err *err)
{
    struct kq_str s = json_is_string(v) ? text_of(v) : kq_str("", 0);
    bool ok = s.len >= 2 && s.len % 2 == 0 && memcmp(s.s, "0x", 2) == 0;
    struct kq_obj *o = ok ? kq_vec_new(KQ_BYTE, (int64_t)s.len / 2 - 1) : NULL;
    ok = o && kq_parse_hex(s.s + 2, s.len - 2, o->u.v.data) && (type > 0 || o->n == 1);
    if (ok && type > 0)
        return o;
    struct kq_obj *atom = ok ? kq_atom_int(KQ_BYTE, o->u.v.data[0]) : NULL;
    kq_unref(o);
    return atom ? atom : refuse(err, type, "is no string of hex digits");
}

/* ---- numbers ------------------------------------------------------------------ */

/* An integer that fits |type|, null included. */
static bool int_value(int type, const json_t *v, int64_t *out)
{
    int width = kq_typeinfo(type)->bytes;
    if (json_is_null(v)) {
        *out = kq_int_null(type);
        return true;
    }
    if (json_is_integer(v))
        *out = json_integer_value(v);
    else if (!json_is_string(v) || !kq_parse_i64(text_of(v).s, text_of(v).len, out))
        return false;
    return width == 8 ||
           (*out >= -(INT64_C(1) << (8 * width - 1)) && *out < INT64_C(1) << (8 * width - 1));
}

static bool float_value(const json_t *v, double *out)
{
    if (json_is_null(v))
        *out = NAN;
    else if (json_is_number(v))
        *out = json_number_value(v);
    else if (json_is_string(v) && kq_str_is(text_of(v), "0w"))
        *out = INFINITY;
    else if (json_is_string(v) && kq_str_is(text_of(v), "-0w"))
        *out = -INFINITY;
    else
        return false;
    return true;
}

static struct kq_obj *guid(const json_t *v, struct kq_err *err)
{
    size_t used;
    struct kq_str s = json_is_string(v) ? text_of(v) : kq_str("", 0);
    if (json_is_null(v))
        return kq_null_atom(KQ_GUID);
    struct kq_obj *o = kq_lit_is_guid(s.s, s.len) ? kq_lit_guid(s.s, s.len, &used, err) : NULL;
    if (o && o->type == -KQ_GUID && used == s.len)
        return o;
    kq_unref(o);
    return refuse(err, -KQ_GUID, "is no guid");
}

/* An atom of `type` (1..19). */
static struct kq_obj *atom(int type, const json_t *v, bool as_latin1, struct kq_err *err)
{
    int64_t j;
    double f;
    if (type == KQ_CHAR || type == KQ_SYMBOL)
        return text(-type, v, as_latin1, err);
    if (type == KQ_BYTE)
        return bytes(-type, v, err);
    if (type == KQ_GUID)
        return guid(v, err);
    if (type == KQ_BOOLEAN)
        return json_is_boolean(v) ? kq_bool(json_is_true(v)) : refuse(err, -type, "is no boolean");
    if (kq_typeinfo(type)->class == KQ_CLASS_FLOAT)
        return float_value(v, &f) ? kq_atom_float(type, f) : refuse(err, -type, "is no number");
    return int_value(type, v, &j) ? kq_atom_int(type, j) : refuse(err, -type, "does not fit");
}

/* ---- arrays -------------------------------------------------------------------- */

static struct kq_obj *vector(int type, const json_t *const *v, size_t n, bool as_latin1,
                             struct kq_err *err)
{
    struct kq_obj *o = kq_vec_new(type, 0);
    for (size_t i = 0; o && i < n; i++) {
        if (!push_take(&o, atom(type, v[i], as_latin1, err))) {
            kq_unref(o);
            return NULL;
        }
    }
    return o;
}

/* A general list, each item for itself. */
static struct kq_obj *list(const json_t *const *v, size_t n, struct kq_err *err)
{
    struct kq_obj *o = kq_vec_new(KQ_LIST, 0);
    for (size_t i = 0; o && i < n; i++) {
        if (!push_take(&o, value(v[i], err))) {
            kq_unref(o);
            return NULL;
        }
    }
    return o;
}

/* Do all objects have the names of the first, and is none of them typed? */
static bool same_names(const json_t *const *v, size_t n)
{
    size_t size = json_object_size(v[0]);
    for (size_t i = 0; i < n; i++) {
        const char *key;
        json_t *unused;
        if (!json_is_object(v[i]) || json_object_size(v[i]) != size ||
            json_is_integer(json_object_get(v[i], "t")))
            return false;
        json_object_foreach((json_t *)(uintptr_t)v[0], key, unused)
        {
            if (!json_object_get(v[i], key))
                return false;
        }
    }
    return size > 0;
}

static struct kq_obj *array(const json_t *const *v, size_t n, struct kq_err *err);

static struct kq_obj *table(const json_t *const *rows, size_t n, struct kq_err *err)
{
    const char *key;
    json_t *unused;
    const json_t **cell = kq_malloc(n * sizeof(json_t *));
    struct kq_obj *names = kq_vec_new(KQ_SYMBOL, 0), *columns = kq_vec_new(KQ_LIST, 0), *t = NULL;
    bool ok = true;
    json_object_foreach((json_t *)(uintptr_t)rows[0], key, unused)
    {
        for (size_t i = 0; i < n; i++)
            cell[i] = json_object_get(rows[i], key);
        ok = ok && push_take(&names, kq_atom_symz(key)) && push_take(&columns, array(cell, n, err));
    }
    if (ok)
        t = kq_table(names, columns);
    kq_unref(names);
    kq_unref(columns);
    free(cell);
    return t;
}

/* What an untyped array holds, as bits. */
enum { NULLS = 1, BOOLS = 2, INTS = 4, REALS = 8, OTHERS = 16 };

static unsigned kinds_of(const json_t *const *v, size_t n)
{
    unsigned kinds = 0;
    for (size_t i = 0; i < n; i++) {
        switch (json_typeof(v[i])) {
        case JSON_NULL: kinds |= NULLS; break;
        case JSON_TRUE:
        case JSON_FALSE: kinds |= BOOLS; break;
        case JSON_INTEGER: kinds |= INTS; break;
        case JSON_REAL: kinds |= REALS; break;
        default: kinds |= OTHERS;
        }
    }
    return kinds;
}

static struct kq_obj *array(const json_t *const *v, size_t n, struct kq_err *err)
{
    unsigned kinds = kinds_of(v, n);
    if (kinds == BOOLS)
        return vector(KQ_BOOLEAN, v, n, false, err);
    if (kinds == INTS || kinds == (INTS | NULLS))
        return vector(KQ_LONG, v, n, false, err);
    if ((kinds & REALS) && !(kinds & (BOOLS | OTHERS)))
        return vector(KQ_FLOAT, v, n, false, err);
    if (n && same_names(v, n))
        return table(v, n, err);
    return list(v, n, err);
}

/* `make` applied to the elements of a JSON array. */
static struct kq_obj *over_array(const json_t *a, int type, bool as_latin1, struct kq_err *err)
{
    size_t n = json_array_size(a);
    const json_t **v = kq_malloc((n ? n : 1) * sizeof(json_t *));
    for (size_t i = 0; i < n; i++)
        v[i] = json_array_get(a, i);
    struct kq_obj *o = type < 0    ? array(v, n, err)
                       : type == 0 ? list(v, n, err)
                                   : vector(type, v, n, as_latin1, err);
    free(v);
    return o;
}

/* ---- typed values ---------------------------------------------------------------- */

static struct kq_obj *typed_table(const json_t *v, struct kq_err *err)
{
    const json_t *k = json_object_get(v, "k"), *c = json_object_get(v, "v");
    const char *why = "has no names and columns";
    if (!json_is_array(k) || !json_is_array(c))
        return refuse(err, KQ_TABLE, why);
    struct kq_obj *names = over_array(k, KQ_SYMBOL, false, err), *t = NULL;
    struct kq_obj *columns = names ? over_array(c, KQ_LIST, false, err) : NULL;
    if (columns && !kq_table_shape(names, columns, &why))
        refuse(err, KQ_TABLE, why);
    else if (columns)
        t = kq_table(names, columns);
    kq_unref(names);
    kq_unref(columns);
    return t;
}

static struct kq_obj *typed_dict(int type, const json_t *v, struct kq_err *err)
{
    const json_t *k = json_object_get(v, "k"), *c = json_object_get(v, "v");
    struct kq_obj *keys = k ? value(k, err) : NULL, *values = keys && c ? value(c, err) : NULL;
    struct kq_obj *d = NULL;
    if (!k || !c)
        refuse(err, type, "has no keys and values");
    else if (values && kq_count(keys) != kq_count(values))
        refuse(err, type, "has not as many values as keys");
    else if (values)
        d = kq_dict(keys, values);
    if (d)
        d->type = (int8_t)type;
    kq_unref(keys);
    kq_unref(values);
    return d;
}

/* Functions and the rest are q text. */
static struct kq_obj *typed_text(int type, const json_t *v, struct kq_err *err)
{
    if (!v && type == KQ_UNARY)
        return kq_generic_null();
    if (!json_is_string(v))
        return refuse(err, type, "is no string");
    struct kq_str s = text_of(v);
    return type == KQ_ERROR ? kq_error(s.s, s.len) : kq_data_parse(s.s, s.len, err);
}

static struct kq_obj *typed_simple(int type, const json_t *whole, const json_t *v,
                                   struct kq_err *err)
{
    const json_t *enc = json_object_get(whole, "enc");
    bool as_latin1 = json_is_string(enc) && kq_str_is(text_of(enc), "latin1");
    if (!v)
        return refuse(err, type, "has no v");
    if (type < 0)
        return atom(-type, v, as_latin1, err);
    if (type == KQ_CHAR)
        return text(type, v, as_latin1, err);
    if (type == KQ_BYTE)
        return bytes(type, v, err);
    if (!json_is_array(v))
        return refuse(err, type, "is no array");
    return over_array(v, type, as_latin1, err);
}

static void set_attr(struct kq_obj *o, const json_t *a)
{
    static const char letters[] = "?supg";
    const char *at =
        json_is_string(a) && text_of(a).len == 1 ? strchr(letters, *text_of(a).s) : NULL;
    if (at && at > letters && o->type >= 0 && o->type <= KQ_TABLE)
        o->attr = (uint8_t)(at - letters);
}

static struct kq_obj *typed(const json_t *whole, struct kq_err *err)
{
    json_int_t t = json_integer_value(json_object_get(whole, "t"));
    const json_t *v = json_object_get(whole, "v");
    int type = t >= -128 && t <= 127 ? (int)t : 126;
    struct kq_obj *o;
    if (type >= -KQ_TYPE_MAX && type <= KQ_TYPE_MAX && kq_typeinfo(type)->name)
        o = typed_simple(type, whole, v, err);
    else if (type == KQ_TABLE && !json_is_string(v))
        o = typed_table(whole, err);
    else if (type == KQ_DICT || type == KQ_SORTEDDICT)
        o = typed_dict(type, whole, err);
    else if (type == KQ_TABLE || type == KQ_ERROR || kq_type_is_func(type))
        o = typed_text(type, v, err);
    else
        o = refuse(err, (int)t, "does not exist");
    if (o)
        set_attr(o, json_object_get(whole, "a"));
    return o;
}

/* ---- any value --------------------------------------------------------------------- */

static struct kq_obj *dict(const json_t *v, struct kq_err *err)
{
    const char *key;
    json_t *item;
    struct kq_obj *keys = kq_vec_new(KQ_SYMBOL, 0), *values = kq_vec_new(KQ_LIST, 0), *d = NULL;
    bool ok = true;
    json_object_foreach((json_t *)(uintptr_t)v, key, item)
    {
        ok = ok && push_take(&keys, kq_atom_symz(key)) && push_take(&values, value(item, err));
    }
    if (ok) {
        values = kq_collapse_take(values);
        d = kq_dict(keys, values);
    }
    kq_unref(keys);
    kq_unref(values);
    return d;
}

static struct kq_obj *value(const json_t *v, struct kq_err *err)
{
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        return json_is_integer(json_object_get(v, "t")) ? typed(v, err) : dict(v, err);
    case JSON_ARRAY: return over_array(v, -1, false, err);
    case JSON_STRING: return text(KQ_CHAR, v, false, err);
    case JSON_INTEGER: return kq_long(json_integer_value(v));
    case JSON_REAL: return kq_float(json_real_value(v));
    case JSON_TRUE: return kq_bool(true);
    case JSON_FALSE: return kq_bool(false);
    case JSON_NULL: break;
    }
    return kq_generic_null();
}

struct kq_obj *kq_json_parse(const char *s, size_t len, struct kq_err *err)
{
    json_error_t bad;
    json_t *root = json_loadb(s, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &bad);
    if (!root) {
        kq_err_set(err, KQ_EUSAGE, "line %d, column %d: %s", bad.line, bad.column, bad.text);
        return NULL;
    }
    struct kq_obj *o = value(root, err);
    json_decref(root);
    return o;
}

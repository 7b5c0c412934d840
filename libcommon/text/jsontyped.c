/*
 * jsontyped.c - picks t, v, k, a and enc out of a dictionary and builds by storage class.
 */
#include "text/jsontyped.h"

#include "base/buf.h"
#include "base/num.h"
#include "base/utf8.h"
#include "obj/dict.h"
#include "obj/list.h"
#include "obj/null.h"
#include "text/data.h"

#include <math.h>
#include <string.h>

struct typed {
    int type;
    struct kq_obj *v, *k, *a; /* borrowed */
    bool latin1;
    struct kq_err *err;
};

static struct kq_obj *member(const struct kq_obj *dict, const char *name)
{
    for (int64_t i = 0; i < kq_keys(dict)->n; i++) {
        if (strcmp(kq_syms(kq_keys(dict))[i], name) == 0)
            return kq_child(kq_values(dict), i);
    }
    return NULL;
}

static struct kq_obj *fail(const struct typed *t, const char *why)
{
    return kq_fail_ptr(t->err, KQ_EUSAGE, "value of type %d: %s", t->type, why);
}

/* ---- texts ----------------------------------------------------------------------- */

/* The bytes of a JSON string: code points up to U+00FF are bytes when it says latin1. */
static bool text_bytes(const struct typed *t, const struct kq_obj *x, struct kq_buf *out)
{
    if (!x || x->type != KQ_CHAR)
        return false;
    const char *s = (const char *)kq_data(x);
    for (int64_t i = 0; i < x->n;) {
        uint32_t cp;
        size_t n = t->latin1 ? kq_utf8_decode(s + i, (size_t)(x->n - i), &cp) : 1;
        if (!n || (t->latin1 && cp > 0xff))
            return false;
        kq_buf_byte(out, t->latin1 ? (uint8_t)cp : (uint8_t)s[i]);
        i += (int64_t)n;
    }
    return true;
}

static struct kq_obj *from_text(const struct typed *t, const struct kq_obj *x, int type)
{
    struct kq_buf b;
    struct kq_obj *made = NULL;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    if (text_bytes(t, x, &b)) {
        const char *s = b.len ? (const char *)b.data : "";
        const char *sym = type == -KQ_SYMBOL ? kq_sym(s, b.len) : NULL;
        if (type == KQ_CHAR)
            made = kq_string(s, b.len);
        else if (type == -KQ_CHAR && b.len == 1)
            made = kq_atom_int(KQ_CHAR, (uint8_t)*s);
        else if (type == KQ_ERROR)
            made = kq_error(s, b.len);
        else if (sym)
            made = kq_atom_sym(sym);
    }
    kq_buf_release(&b);
    return made ? made : fail(t, "bad text");
}

/* "0x0102" */
static struct kq_obj *bytes(const struct typed *t, const struct kq_obj *x)
{
    if (!x || x->type != KQ_CHAR || x->n < 2 || x->n % 2 || memcmp(kq_data(x), "0x", 2) != 0)
        return fail(t, "bad bytes");
    struct kq_obj *v = kq_vec_new(KQ_BYTE, (x->n - 2) / 2);
    if (v && !kq_parse_hex((const char *)kq_data(x) + 2, (size_t)x->n - 2, v->u.v.data)) {
        kq_unref(v);
        return fail(t, "bad bytes");
    }
    if (!v || t->type == KQ_BYTE)
        return v;
    struct kq_obj *atom = v->n == 1 ? kq_at(v, 0) : NULL;
    kq_unref(v);
    return atom ? atom : fail(t, "bad bytes");
}

/* ---- numbers --------------------------------------------------------------------------- */

static bool float_of(const struct kq_obj *x, double *f)
{
    if (x->type == -KQ_FLOAT)
        *f = x->u.f;
    else if (x->type == -KQ_LONG)
        *f = (double)x->u.j;
    else if (kq_is_generic_null(x))
        *f = NAN;
    else if (x->type == KQ_CHAR && x->n == 2 && memcmp(kq_data(x), "0w", 2) == 0)
        *f = INFINITY;
    else if (x->type == KQ_CHAR && x->n == 3 && memcmp(kq_data(x), "-0w", 3) == 0)
        *f = -INFINITY;
    else
        return false;
    return true;
}

static bool int_of(int type, const struct kq_obj *x, int64_t *v)
{
    bool fits = true;
    if (kq_is_generic_null(x) && type != KQ_BOOLEAN)
        *v = kq_int_null(type);
    else if (x->type == -KQ_LONG || x->type == -KQ_BOOLEAN)
        *v = x->u.j;
    else if (x->type == KQ_CHAR)
        fits = kq_parse_i64((const char *)kq_data(x), (size_t)x->n, v);
    else
        return false;
    int bits = kq_typeinfo(type)->bytes * 8;
    return fits && (bits == 64 || bits == 8 ||
                    (*v >= -(INT64_C(1) << (bits - 1)) && *v < INT64_C(1) << (bits - 1)));
}

static struct kq_obj *guid_of(const struct kq_obj *x)
{
    static const uint8_t none[16];
    uint8_t g[16];
    char hex[32];
    int n = 0;
    if (kq_is_generic_null(x))
        return kq_atom_guid(none);
    for (int64_t i = 0; x->type == KQ_CHAR && i < x->n && n < 32; i++) {
        if (kq_data(x)[i] != '-')
            hex[n++] = (char)kq_data(x)[i];
    }
    return n == 32 && kq_parse_hex(hex, 32, g) ? kq_atom_guid(g) : NULL;
}

/* One atom of a simple type. */
static struct kq_obj *atom_of(const struct typed *t, int type, const struct kq_obj *x)
{
    int64_t i;
    double f;
    switch (kq_typeinfo(type)->class) {
    case KQ_CLASS_SYM: return from_text(t, x, -KQ_SYMBOL);
    case KQ_CLASS_FLOAT:
        if (float_of(x, &f))
            return kq_atom_float(type, f);
        break;
    case KQ_CLASS_GUID: {
        struct kq_obj *g = guid_of(x);
        return g ? g : fail(t, "bad guid");
    }
    default:
        if (int_of(type, x, &i))
            return kq_atom_int(type, i);
    }
    return fail(t, "bad value");
}

static struct kq_obj *vector_of(const struct typed *t)
{
    if (!t->v || t->v->type != KQ_LIST)
        return fail(t, "no array");
    struct kq_obj *v = kq_vec_new(t->type, t->v->n);
    for (int64_t i = 0; v && i < t->v->n; i++) {
        struct kq_obj *one = atom_of(t, t->type, kq_child(t->v, i));
        if (one)
            kq_set_at(v, i, one);
        else
            kq_unref(v), v = NULL;
        kq_unref(one);
    }
    return v;
}

/* ---- everything --------------------------------------------------------------------------- */

static struct kq_obj *simple(const struct typed *t)
{
    int type = t->type < 0 ? -t->type : t->type;
    if (!t->v)
        return fail(t, "no \"v\"");
    if (type == KQ_CHAR)
        return from_text(t, t->v, t->type);
    if (type == KQ_BYTE)
        return bytes(t, t->v);
    return t->type < 0 ? atom_of(t, type, t->v) : vector_of(t);
}

static struct kq_obj *names_of(const struct typed *t)
{
    struct typed names = {.type = KQ_SYMBOL, .v = t->k, .err = t->err};
    return vector_of(&names);
}

static struct kq_obj *table_of(const struct typed *t)
{
    const char *why;
    struct kq_obj *names = names_of(t), *columns = NULL, *table = NULL;
    if (names && t->v && t->v->type == KQ_LIST)
        columns = kq_slice(t->v, 0, t->v->n);
    if (columns && kq_table_shape(names, columns, &why))
        table = kq_table(names, columns);
    kq_unref(names);
    kq_unref(columns);
    return table ? table : fail(t, "no table");
}

static struct kq_obj *dict_of(const struct typed *t)
{
    if (!t->k || !t->v || kq_count(t->k) != kq_count(t->v))
        return fail(t, "no dictionary");
    struct kq_obj *d = kq_dict(t->k, t->v);
    d->type = (int8_t)t->type;
    return d;
}

/* Functions are their text. */
static struct kq_obj *function_of(const struct typed *t)
{
    if (t->type == KQ_UNARY && !t->v)
        return kq_generic_null();
    if (!t->v || t->v->type != KQ_CHAR)
        return fail(t, "no text");
    return kq_data_parse((const char *)kq_data(t->v), (size_t)t->v->n, t->err);
}

static void set_attr(const struct typed *t, struct kq_obj *x)
{
    const char *at = NULL;
    if (t->a && t->a->type == KQ_CHAR && t->a->n == 1)
        at = memchr("supg", kq_data(t->a)[0], 4);
    if (at && x->type >= 0 && x->type <= KQ_TABLE)
        x->attr = (uint8_t)(at - "supg" + 1);
}

static struct kq_obj *build(const struct typed *t)
{
    int type = t->type < 0 ? -t->type : t->type;
    if (t->type == KQ_ERROR)
        return from_text(t, t->v, KQ_ERROR);
    if (t->type == KQ_LIST)
        return t->v && t->v->type == KQ_LIST ? kq_slice(t->v, 0, t->v->n) : fail(t, "no array");
    if (type <= KQ_TYPE_MAX && kq_typeinfo(type)->class != KQ_CLASS_NONE)
        return simple(t);
    if (t->type == KQ_TABLE)
        return table_of(t);
    if (t->type == KQ_DICT || t->type == KQ_SORTEDDICT)
        return dict_of(t);
    if (kq_type_is_func(t->type))
        return function_of(t);
    return fail(t, "no such type");
}

struct kq_obj *kq_json_typed(struct kq_obj *dict, struct kq_err *err)
{
    const struct kq_obj *type = member(dict, "t"), *enc = member(dict, "enc");
    struct typed t = {.v = member(dict, "v"), .k = member(dict, "k"), .a = member(dict, "a")};
    if (!type)
        return kq_ref(dict);
    if (type->type != -KQ_LONG || type->u.j < -128 || type->u.j > 127)
        return kq_fail_ptr(err, KQ_EUSAGE, "bad type");
    t.type = (int)type->u.j;
    t.latin1 = enc != NULL;
    t.err = err;
    struct kq_obj *x = build(&t);
    if (x && t.a)
        set_attr(&t, x);
    return x;
}

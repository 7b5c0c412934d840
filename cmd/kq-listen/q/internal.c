/*
 * internal.c - dispatch of x!y on its left side.
 */
#include "q/internal.h"

#include "q/codec.h"
#include "q/core.h"
#include "q/enum.h"
#include "q/format.h"
#include "q/json.h"
#include "q/lex.h"
#include "q/matrix.h"
#include "q/parse.h"
#include "q/table.h"

#include <math.h>
#include <stdio.h>

/* keys!values with the checks of !. */
static struct kq_obj *make_dict(struct q *q, struct kq_obj *keys, struct kq_obj *values)
{
    bool k = kq_type_is_list(keys->type) || keys->type == KQ_TABLE;
    bool v = kq_type_is_list(values->type) || values->type == KQ_TABLE || kq_is_dict(values);
    if (!k && !v)
        return q_fail(q, "type");
    if (!k)
        return q_fail(q, "length");
    if (!v) { /* an atom for every key */
        struct kq_obj *n = kq_long(kq_count(keys)), *all = q_call(q, "#", 2, n, values);
        struct kq_obj *d = all ? kq_dict(keys, all) : NULL;
        kq_unref(n);
        return q_drop(all, d);
    }
    return kq_count(keys) == kq_count(values) ? kq_dict(keys, values) : q_fail(q, "length");
}

/* 0N!x */
static struct kq_obj *print_through(struct q *q, struct kq_obj *x)
{
    struct kq_obj *s = q_one_line(q, x);
    if (!s)
        return NULL;
    if (q->host.print) {
        q->host.print(q->host.arg, 1, (const char *)kq_data(s), (size_t)s->n);
        q->host.print(q->host.arg, 1, "\n", 1);
    }
    return q_drop(s, kq_ref(x));
}

static struct kq_obj *parse_string(struct q *q, struct kq_obj *x)
{
    struct kq_str text;
    return q_text(x, &text) ? q_parse_text(q, text.s, text.len) : q_fail(q, "type");
}

static void push_text(struct kq_obj **list, const char *s, size_t len)
{
    struct kq_obj *text = len ? kq_string(s, len) : NULL;
    if (text)
        kq_push(list, text);
    kq_unref(text);
}

/* The words and blanks of q text (-4!x). */
static struct kq_obj *tokens(struct q *q, struct kq_obj *x)
{
    struct kq_str text;
    struct q_lex l;
    size_t from = 0;
    if (!q_text(x, &text))
        return q_fail(q, "type");
    struct kq_obj *r = kq_vec_new(KQ_LIST, 0);
    for (q_lex_init(&l, q, text.s, text.len); l.token != Q_END && l.token != Q_BAD;
         q_lex_next(&l)) {
        push_text(&r, text.s + from, l.start - from);
        push_text(&r, text.s + l.start, l.pos - l.start);
        from = l.pos;
    }
    bool ok = l.token == Q_END;
    q_lex_release(&l);
    return ok ? r : q_drop(r, NULL);
}

/* -27!(digits;x): fixed decimals of the nearest double. */
static struct kq_obj *fixed_one(double v, int64_t digits)
{
    char text[512];
    if (isnan(v))
        return kq_stringz("");
    snprintf(text, sizeof text, "%.*f", (int)digits, v);
    return kq_stringz(text);
}

static struct kq_obj *fixed(struct q *q, struct kq_obj *x)
{
    int64_t digits;
    if (x->type != KQ_LIST || x->n != 2 || !q_integer(kq_child(x, 0), &digits))
        return q_fail(q, "type");
    struct kq_obj *v = kq_child(x, 1);
    int type = v->type < 0 ? -v->type : v->type;
    if (digits < 0 || digits > 100)
        return q_fail(q, "domain");
    if (type != KQ_FLOAT && type != KQ_REAL)
        return q_fail(q, "type");
    if (v->type < 0)
        return fixed_one(v->u.f, digits);
    struct kq_obj *r = q_vec(q, KQ_LIST, v->n);
    for (int64_t i = 0; r && i < v->n; i++)
        kq_items(r)[i] = fixed_one(kq_float_at(v, i), digits);
    return r;
}

/* A function of a namespace applied to x. */
static struct kq_obj *member(struct q *q, const char *name, struct kq_obj *x)
{
    struct kq_obj *f = q_env_get(q, kq_symz(name)), *r = f ? q_apply1(q, f, x) : NULL;
    kq_unref(f);
    return r;
}

/* -22!x */
static struct kq_obj *size(struct q *q, struct kq_obj *x)
{
    struct kq_obj *bytes = q_serialize(q, x, false);
    return bytes ? q_drop(bytes, kq_long(bytes->n)) : NULL;
}

/* -16!x: how many names and places share x; the argument itself does not count. */
static struct kq_obj *references(const struct kq_obj *x)
{
    return kq_atom_int(KQ_INT, x->refs > 1 ? x->refs - 1 : 1);
}

/* -10!x: is x the type of enumerations?  Since V3 they all have the same. */
static struct kq_obj *enum_type(struct q *q, struct kq_obj *x)
{
    int64_t type;
    return q_integer(x, &type) ? kq_bool(type == 20) : q_fail(q, "type");
}

static struct kq_obj *ask_host(struct q *q, int64_t n, struct kq_obj *x)
{
    const struct q_host *h = &q->host;
    return h->internal ? h->internal(h->arg, q, (int)-n, x) : q_fail(q, "nyi");
}

/* -n!x */
static struct kq_obj *numbered(struct q *q, int64_t n, struct kq_obj *x)
{
    switch (n) {
    case -1: return q_call(q, "hsym", 1, x);
    case -2: return q_call(q, "attr", 1, x);
    case -3: return q_one_line(q, x);
    case -4: return tokens(q, x);
    case -5: return parse_string(q, x);
    case -6: return q_call(q, "eval", 1, x);
    case -7: return q_call(q, "hcount", 1, x);
    case -8: return q_serialize(q, x, false);
    case -9: return q_deserialize(q, x);
    case -10: return enum_type(q, x);
    case -12: return member(q, ".Q.host", x);
    case -13: return member(q, ".Q.addr", x);
    case -15: return q_call(q, "md5", 1, x);
    case -16: return references(x);
    case -18: return q_serialize(q, x, true);
    case -20: return member(q, ".Q.gc", x);
    case -22: return size(q, x);
    case -23: return kq_ref(x); /* nothing is mapped */
    case -24: return q_call(q, "reval", 1, x);
    case -25: return ask_host(q, n, x);
    case -27: return fixed(q, x);
    case -29: return member(q, ".j.k", x);
    case -30: return ask_host(q, n, x);
    case -31: return q_to_json(q, x, false);
    case -33: return member(q, ".Q.sha1", x);
    case -36: return kq_bool(false); /* no key for encrypted data */
    case -38: return ask_host(q, n, x);
    case -120: return kq_long(0); /* the one domain of memory */
    default: return q_fail(q, "nyi");
    }
}

struct kq_obj *q_internal(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    int64_t n;
    bool number = x->type < 0 && q_integer(x, &n);
    if (number && n == INT64_MIN)
        return print_through(q, y);
    if (number && n >= 0 && (y->type == KQ_TABLE || kq_is_keyed(y)))
        return q_rekey(q, n, y);
    if (number && n < 0)
        return numbered(q, n, y);
    if (x->type == -KQ_SYMBOL &&
        (y->type == KQ_LONG || y->type == KQ_INT || y->type == -KQ_LONG || y->type == -KQ_INT))
        return q_enum_new(q, kq_sym_text(x), y);
    if (q_is_matrix(x) && q_is_matrix(y) && (x->type == KQ_LIST || y->type == KQ_LIST))
        return q_least_squares(q, x, y);
    return make_dict(q, x, y);
}

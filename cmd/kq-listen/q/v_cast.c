/*
 * v_cast.c - $ with two arguments: cast, tok, pad, enumerate, matrix product.
 */
#include "q/arith.h"
#include "q/collect.h"
#include "q/convert.h"
#include "q/core.h"
#include "q/enum.h"
#include "q/matrix.h"
#include "q/pervade.h"
#include "q/verb.h"

/* What stands left of $. */
struct target {
    int type; /* positive code */
    bool tok; /* upper case or negative: read text */
};

/* ---- tok -------------------------------------------------------------------------------------- */

static struct kq_obj *tok_symbol(struct q *q, struct kq_str s)
{
    s = kq_str_trim(s);
    const char *sym = kq_sym(s.s, strnlen(s.s, s.len));
    return sym ? kq_atom_sym(sym) : q_fail(q, "wsfull");
}

static struct kq_obj *tok_text(struct q *q, int type, struct kq_str s)
{
    union kq_tokval v;
    if (type == KQ_SYMBOL)
        return tok_symbol(q, s);
    if (type == KQ_LIST)
        return kq_string(s.s, s.len);
    q_tok(q, type, s, &v);
    switch (kq_typeinfo(type)->class) {
    case KQ_CLASS_FLOAT: return kq_atom_float(type, v.f);
    case KQ_CLASS_GUID: return kq_atom_guid(v.g);
    default: return kq_atom_int(type, v.j);
    }
}

/* Each string of a list of any depth; symbols count as their text. */
static struct kq_obj *tok(struct q *q, int type, struct kq_obj *x)
{
    struct kq_str s;
    if (q_text(x, &s))
        return tok_text(q, type, s);
    if (x->type == -KQ_SYMBOL)
        return tok_text(q, type, kq_strz(kq_sym_text(x)));
    if (q_too_deep(q))
        return NULL;
    if (kq_is_dict(x)) {
        struct kq_obj *v = tok(q, type, kq_values(x));
        return q_under_take(q, kq_keys(x), v);
    }
    if (x->type != KQ_LIST && x->type != KQ_SYMBOL)
        return q_fail(q, "type");
    if (!x->n && type != KQ_LIST)
        return q_vec(q, type, 0);
    struct q_collect c;
    q_collect_init(&c, q, x->n);
    for (int64_t i = 0; i < x->n && !q_collect_failed(&c); i++) {
        struct kq_obj *item = kq_at(x, i);
        q_collect_add_take(&c, tok(q, type, item));
        kq_unref(item);
    }
    return q_collect_done(&c);
}

/* ---- cast ---------------------------------------------------------------------------------------- */

static struct kq_obj *cast_leaf(struct q *q, struct kq_obj *x, const void *arg)
{
    int type = *(const int *)arg;
    int from = x->type < 0 ? -x->type : x->type;
    return from == type ? kq_ref(x) : q_convert(q, x, type);
}

static struct kq_obj *cast(struct q *q, int type, struct kq_obj *x)
{
    if (type == KQ_LIST)
        return kq_ref(x);
    if (q_is_enum(x) && type == KQ_SYMBOL)
        return q_unenum(q, x);
    if (q_is_enum(x)) /* positions */
        x = kq_child(x, 1);
    if (type == KQ_SYMBOL && x->type != KQ_SYMBOL && x->type != -KQ_SYMBOL)
        return tok(q, type, x);
    if (x->type == KQ_LIST && !x->n)
        return q_vec(q, type, 0);
    return q_pervade1(q, x, cast_leaf, &type);
}

/* ---- pad ------------------------------------------------------------------------------------------- */

static struct kq_obj *pad_text(struct q *q, int64_t width, struct kq_str s)
{
    size_t w = (size_t)(width < 0 ? -width : width);
    struct kq_obj *r = q_vec(q, KQ_CHAR, (int64_t)w);
    if (!r)
        return NULL;
    size_t n = s.len < w ? s.len : w, gap = w - n;
    memset(r->u.v.data, ' ', w);
    if (width < 0) /* the end of the text, to the right */
        memcpy(r->u.v.data + gap, s.s + (s.len - n), n);
    else
        memcpy(r->u.v.data, s.s, n);
    return r;
}

static struct kq_obj *pad(struct q *q, int64_t width, struct kq_obj *x)
{
    struct kq_str s;
    if (q_text(x, &s))
        return pad_text(q, width, s);
    if (q_too_deep(q))
        return NULL;
    if (kq_is_dict(x)) {
        struct kq_obj *v = pad(q, width, kq_values(x));
        return q_under_take(q, kq_keys(x), v);
    }
    if (x->type == KQ_TABLE) {
        struct kq_obj *v = pad(q, width, kq_columns(x));
        return v ? q_drop(v, kq_table(kq_names(x), v)) : NULL;
    }
    if (x->type != KQ_LIST)
        return q_fail(q, "type");
    struct q_collect c;
    q_collect_init(&c, q, x->n);
    for (int64_t i = 0; i < x->n && !q_collect_failed(&c); i++)
        q_collect_add_take(&c, pad(q, width, kq_child(x, i)));
    return q_collect_done(&c);
}

/* ---- $ ----------------------------------------------------------------------------------------------- */

/* "j", "J", `long, 7h or -7h; false: none of them. */
static bool read_target(const struct kq_obj *x, struct target *t)
{
    t->tok = false;
    if (x->type == -KQ_CHAR) {
        char c = (char)x->u.j;
        t->tok = c >= 'A' && c <= 'Z';
        t->type = c == '*'   ? KQ_LIST
                  : c == ' ' ? KQ_LIST
                             : kq_type_of_char((char)(t->tok ? c | 0x20 : c));
        return t->type >= 0;
    }
    if (x->type == -KQ_SYMBOL) {
        const char *s = kq_sym_text(x);
        t->type = *s ? kq_type_of_name(s, strlen(s)) : KQ_SYMBOL;
        return t->type >= 0;
    }
    if (x->type == -KQ_SHORT) {
        t->tok = x->u.j < 0;
        t->type = (int)(t->tok ? -x->u.j : x->u.j);
        return t->type <= KQ_TYPE_MAX && kq_typeinfo(t->type)->name;
    }
    return false;
}

/* `week$x: the Monday of its week. */
static struct kq_obj *monday(struct q *q, struct kq_obj *x)
{
    enum { FIRST_MONDAY = 2, WEEK = 7 }; /* 2000.01.01 was a Saturday */
    struct kq_obj *type = kq_atom_int(KQ_SHORT, KQ_DATE), *date = q_call(q, "$", 2, type, x);
    struct kq_obj *shift = kq_long(FIRST_MONDAY), *seven = kq_long(WEEK);
    struct kq_obj *days = date ? q_subtract(q, date, shift) : NULL;
    struct kq_obj *weeks = days ? q_call(q, "xbar", 2, seven, days) : NULL;
    struct kq_obj *r = weeks ? q_add(q, weeks, shift) : NULL;
    kq_unref(type);
    kq_unref(date);
    kq_unref(shift);
    kq_unref(seven);
    kq_unref(days);
    return q_drop(weeks, r);
}

/* `year$ and the like. */
static struct kq_obj *date_part(struct q *q, const char *name, struct kq_obj *x, bool *is_part)
{
    static const struct {
        const char *name, *as;
    } parts[] = {{"year", "y"}, {"yy", "y"}, {"mm", "m"}, {"dd", "d"},
                 {"hh", "h"},   {"uu", "u"}, {"ss", "s"}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (strcmp(name, parts[i].name) == 0) {
            *is_part = true;
            return q_time_part(q, parts[i].as[0], x);
        }
    }
    *is_part = strcmp(name, "week") == 0;
    return *is_part ? monday(q, x) : NULL;
}

static struct kq_obj *dollar(struct q *q, struct kq_obj *x, struct kq_obj *y);

/* A list of targets with a list of values, pair by pair. */
static struct kq_obj *pairwise(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    bool list = kq_type_is_list(y->type);
    if (list && kq_count(y) != kq_count(x))
        return q_fail(q, "length");
    struct q_collect c;
    q_collect_init(&c, q, kq_count(x));
    for (int64_t i = 0; i < kq_count(x) && !q_collect_failed(&c); i++) {
        struct kq_obj *t = q_item(q, x, i), *v = list ? q_item(q, y, i) : kq_ref(y);
        q_collect_add_take(&c, t && v ? dollar(q, t, v) : NULL);
        kq_unref(t);
        kq_unref(v);
    }
    return q_collect_done(&c);
}

static struct kq_obj *dollar(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    struct target t;
    int64_t width;
    bool part;
    if (read_target(x, &t))
        return t.tok ? tok(q, t.type, y) : cast(q, t.type, y);
    if (x->type == -KQ_SYMBOL) {
        struct kq_obj *r = date_part(q, kq_sym_text(x), y, &part);
        return part ? r : q_enum_of(q, kq_sym_text(x), y);
    }
    if ((x->type == -KQ_LONG || x->type == -KQ_INT) && q_integer(x, &width)) {
        if (width > INT32_MAX || width < -INT32_MAX)
            return q_fail(q, "wsfull");
        return pad(q, width, y);
    }
    if (q_is_matrix(x))
        return q_matrix_product(q, x, y);
    if (x->type == KQ_CHAR || x->type == KQ_SYMBOL || x->type == KQ_SHORT || x->type == KQ_LIST ||
        x->type == KQ_LONG || x->type == KQ_INT)
        return pairwise(q, x, y);
    return q_fail(q, "type");
}

static struct kq_obj *v_dollar(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return dollar(q, a[0], a[1]);
}

static struct kq_obj *v_inv(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return q_matrix_inverse(q, a[0]);
}

const struct q_verb q_verbs_cast[] = {
    {"inv", 1, 1, v_inv},
    {"$", 2, 2, v_dollar},
    {NULL, 0, 0, NULL},
};

/*
 * pattern.c - (a;b):x and its kin: values taken apart by the form of the tree
 * on the left.
 *
 * A pattern is first matched as a whole, which collects what is to be assigned;
 * so when it does not match, nothing is.
 */
#include "q/core.h"

#include "obj/cmp.h"

enum { ASSIGN = 0, FLIP = 1, MAKE_DICT = 16, ENLIST = 41 };

/* Names of the pattern (parts of its tree) and the values they will have. */
struct bindings {
    struct q *q;
    struct kq_obj *names, *values;
    bool refused; /* the value does not fit; false: another error */
};

static bool match(struct bindings *b, struct kq_obj *pattern, struct kq_obj *v);

static bool refuse(struct bindings *b, const char *error)
{
    b->refused = true;
    return q_fail(b->q, error);
}

static bool is_call(const struct kq_obj *t, int type, int code)
{
    return t->type == KQ_LIST && t->n > 1 && kq_child(t, 0)->type == type &&
           kq_child(t, 0)->code == code;
}

bool q_is_pattern(const struct kq_obj *t)
{
    if (is_call(t, KQ_UNARY, ENLIST))
        return true;
    if (is_call(t, KQ_BINARY, MAKE_DICT) || is_call(t, KQ_BINARY, ASSIGN)) /* name:filter */
        return t->n == 3;
    if (is_call(t, KQ_ITERATOR, 0)) /* a dictionary with gaps */
        return t->n == 3 && is_call(kq_child(t, 1), KQ_BINARY, MAKE_DICT);
    return is_call(t, KQ_UNARY, FLIP) && is_call(kq_child(t, 1), KQ_BINARY, MAKE_DICT);
}

/* ---- parts ------------------------------------------------------------------------ */

static bool bind(struct bindings *b, struct kq_obj *name, struct kq_obj *v)
{
    return (kq_push(&b->names, name) && kq_push(&b->values, v)) || q_fail(b->q, "wsfull");
}

static bool match_constant(struct bindings *b, struct kq_obj *tree, struct kq_obj *v)
{
    struct kq_obj *want = q_eval(b->q, tree);
    bool same = want && kq_match(want, v);
    bool ok = want != NULL;
    kq_unref(want);
    return same || (ok && refuse(b, "match"));
}

static bool match_items(struct bindings *b, const struct kq_obj *pattern, struct kq_obj *v)
{
    bool list = kq_type_is_list(v->type), ok = true;
    if (list && kq_count(v) != pattern->n - 1)
        return refuse(b, "length");
    for (int64_t i = 1; ok && i < pattern->n; i++) {
        struct kq_obj *item = list ? q_item(b->q, v, i - 1) : kq_ref(v);
        ok = item && match(b, kq_child(pattern, i), item);
        kq_unref(item);
    }
    return ok;
}

/* The entry of dictionary or table v for a key; NULL: there is none. */
static struct kq_obj *entry(struct bindings *b, struct kq_obj *v, struct kq_obj *key)
{
    struct kq_obj *keys = v->type == KQ_TABLE ? kq_names(v) : kq_keys(v);
    struct kq_obj *at = q_find_key(b->q, keys, key);
    if (!at)
        return NULL;
    bool there = at->type == -KQ_LONG && at->u.j < kq_count(keys);
    int64_t i = there ? at->u.j : 0;
    kq_unref(at);
    if (!there) {
        refuse(b, "match");
        return NULL;
    }
    return v->type == KQ_TABLE ? kq_ref(kq_child(kq_columns(v), i)) : q_item(b->q, v, i);
}

/* keys!(enlist;p;q): some entries of a dictionary, or columns of a table. */
static bool match_entries(struct bindings *b, struct kq_obj *keys, struct kq_obj *pattern,
                          struct kq_obj *v)
{
    struct kq_obj *k = q_eval(b->q, keys);
    if (!k)
        return false;
    bool ok = is_call(pattern, KQ_UNARY, ENLIST) && pattern->n - 1 == kq_count(k);
    if (!ok)
        refuse(b, "length");
    for (int64_t i = 0; ok && i < kq_count(k); i++) {
        struct kq_obj *key = q_item(b->q, k, i), *item = key ? entry(b, v, key) : NULL;
        ok = item && match(b, kq_child(pattern, i + 1), item);
        kq_unref(key);
        kq_unref(item);
    }
    return q_drop(k, NULL) || ok;
}

static bool match_dict(struct bindings *b, const struct kq_obj *pattern, struct kq_obj *v)
{
    if (!kq_is_dict(v) || kq_is_keyed(v))
        return refuse(b, "match");
    const struct kq_obj *dict = is_call(pattern, KQ_ITERATOR, 0) ? kq_child(pattern, 1) : pattern;
    return match_entries(b, kq_child(dict, 1), kq_child(pattern, 2), v);
}

static bool match_table(struct bindings *b, const struct kq_obj *pattern, struct kq_obj *v)
{
    const struct kq_obj *dict = kq_child(pattern, 1);
    if (v->type != KQ_TABLE)
        return refuse(b, "match");
    return match_entries(b, kq_child(dict, 1), kq_child(dict, 2), v);
}

/* Is v of the type that a letter means: small for atoms, capital for vectors? */
static bool has_type(const struct kq_obj *v, char c)
{
    bool atom = c >= 'a';
    int type = kq_type_of_char((char)(c | 0x20));
    return type > 0 && v->type == (atom ? -type : type);
}

/* name:`f takes only a value of that type, name:f what f makes of it. */
static bool match_filtered(struct bindings *b, const struct kq_obj *t, struct kq_obj *v)
{
    struct kq_obj *filter = q_eval(b->q, kq_child(t, 2));
    if (!filter)
        return false;
    bool ok;
    if (filter->type == -KQ_SYMBOL) {
        const char *s = kq_sym_text(filter);
        ok = (s[0] && !s[1] && has_type(v, s[0])) || refuse(b, "type");
        ok = ok && match(b, kq_child(t, 1), v);
    } else {
        struct kq_obj *r = q_apply1(b->q, filter, v);
        ok = r && match(b, kq_child(t, 1), r);
        kq_unref(r);
    }
    kq_unref(filter);
    return ok;
}

static bool match(struct bindings *b, struct kq_obj *t, struct kq_obj *v)
{
    if (q_too_deep(b->q) || !q_tick(b->q))
        return false;
    if (kq_is_elided(t))
        return true;
    if (t->type == -KQ_SYMBOL || t->type == KQ_FOREIGN)
        return bind(b, t, v);
    if (!q_is_pattern(t))
        return match_constant(b, t, v);
    if (is_call(t, KQ_BINARY, ASSIGN))
        return match_filtered(b, t, v);
    if (is_call(t, KQ_UNARY, ENLIST))
        return match_items(b, t, v);
    return is_call(t, KQ_UNARY, FLIP) ? match_table(b, t, v) : match_dict(b, t, v);
}

/* ---- whole patterns ------------------------------------------------------------------ */

static bool assign(struct q *q, struct kq_obj *pattern, struct kq_obj *v, bool *refused)
{
    struct bindings b = {q, kq_vec_new(KQ_LIST, 0), kq_vec_new(KQ_LIST, 0), false};
    bool ok = match(&b, pattern, v);
    for (int64_t i = 0; ok && i < b.names->n; i++)
        ok = q_store(q, kq_child(b.names, i), kq_child(b.values, i));
    kq_unref(b.names);
    kq_unref(b.values);
    *refused = b.refused;
    return ok;
}

bool q_assign_pattern(struct q *q, struct kq_obj *pattern, struct kq_obj *v)
{
    bool refused;
    return assign(q, pattern, v, &refused);
}

struct kq_obj *q_eval_case(struct q *q, const struct kq_obj *t)
{
    struct kq_obj *v = q_eval(q, kq_child(t, 1)), *r = NULL;
    int64_t i = 2;
    bool found = false, refused = true;
    for (; v && !found && refused && i + 1 < t->n; i += 2) {
        found = assign(q, kq_child(t, i), v, &refused);
        if (found)
            r = q_eval(q, kq_child(t, i + 1));
    }
    if (v && !found && refused)
        r = i < t->n ? q_eval(q, kq_child(t, i)) : kq_generic_null();
    return q_drop(v, r);
}

/*
 * v_json.c - the namespace .j.
 */
#include "q/core.h"
#include "q/json.h"
#include "q/verb.h"

static struct kq_obj *v_to_json(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return q_to_json(q, a[0], false);
}

/* .j.jd (x;options): the option null0w writes infinities as null. */
static struct kq_obj *v_to_json_options(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    if (a[0]->type != KQ_LIST || a[0]->n != 2 || !kq_is_dict(kq_child(a[0], 1)))
        return q_fail(q, "type");
    struct kq_obj *options = kq_child(a[0], 1), *name = kq_atom_symz("null0w"), *v = NULL;
    bool strict = false;
    if (!kq_count(kq_keys(options)))
        v = kq_bool(false);
    else if (kq_keys(options)->type == KQ_SYMBOL)
        v = q_index(q, options, name);
    kq_unref(name);
    bool ok = v && q_truth(q, v, &strict);
    kq_unref(v);
    return ok ? q_to_json(q, kq_child(a[0], 0), strict) : v ? NULL : q_fail(q, "type");
}

static struct kq_obj *v_from_json(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_str text;
    struct kq_obj *s = a[0]->type == KQ_LIST ? q_raze(q, a[0]) : kq_ref(a[0]);
    if (!s)
        return NULL;
    if (s->type == KQ_BYTE)
        text = kq_str((const char *)kq_data(s), (size_t)s->n);
    else if (!q_text(s, &text))
        return q_drop(s, q_fail(q, "type"));
    return q_drop(s, q_from_json(q, text));
}

const struct q_verb q_verbs_json[] = {
    {".j.j", 1, 1, v_to_json},
    {".j.jd", 1, 1, v_to_json_options},
    {".j.k", 1, 1, v_from_json},
    {NULL, 0, 0, NULL},
};

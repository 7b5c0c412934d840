/*
 * internal.c - dispatch of x!y on its left side.
 */
#include "q/internal.h"

#include "q/core.h"
#include "q/enum.h"
#include "q/format.h"
#include "q/matrix.h"
#include "q/parse.h"
#include "q/table.h"

struct kq_obj *q_make_dict(struct q *q, struct kq_obj *keys, struct kq_obj *values)
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

/* -n!x */
static struct kq_obj *numbered(struct q *q, int64_t n, struct kq_obj *x)
{
    switch (n) {
    case -3: return q_one_line(q, x);
    case -5: return parse_string(q, x);
    case -6: return q_call(q, "eval", 1, x);
    default: return q_fail(q, "nyi");
    }
}

struct kq_obj *q_internal(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    int64_t n;
    bool number = x->type < 0 && q_integer(x, &n);
    if (number && n == INT64_MIN)
        return print_through(q, y);
    if (number && (y->type == KQ_TABLE || kq_is_keyed(y)))
        return q_rekey(q, n, y);
    if (number && n < 0)
        return numbered(q, n, y);
    if (x->type == -KQ_SYMBOL &&
        (y->type == KQ_LONG || y->type == KQ_INT || y->type == -KQ_LONG || y->type == -KQ_INT))
        return q_enum_new(q, kq_sym_text(x), y);
    if (q_is_matrix(x) && q_is_matrix(y) && (x->type == KQ_LIST || y->type == KQ_LIST))
        return q_least_squares(q, x, y);
    return q_make_dict(q, x, y);
}

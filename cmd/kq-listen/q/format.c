/*
 * format.c - text/console and text/repr do the work; what they cannot know, the
 * symbols behind enumerations, is put in first.
 */
#include "q/format.h"

#include "q/collect.h"
#include "q/core.h"
#include "q/enum.h"
#include "q/pervade.h"

#include "text/console.h"
#include "text/elem.h"
#include "text/repr.h"

struct kq_style q_style(const struct q *q, bool clip)
{
    struct kq_style s = kq_style_default;
    s.precision = q->precision;
    if (clip) {
        s.rows = q->console[0];
        s.columns = q->console[1];
    }
    return s;
}

/* Enumerations hold their symbols instead of positions, for the formatters. */
static struct kq_obj *resolve(struct q *q, struct kq_obj *x)
{
    if (q_is_enum(x)) {
        struct kq_obj *symbols = q_unenum(q, x);
        return symbols ? q_enum_wrap(x, symbols) : NULL;
    }
    if (x->type != KQ_LIST && x->type != KQ_TABLE && !kq_is_dict(x))
        return kq_ref(x);
    return q_map_children(q, x, resolve);
}

/* Only what is not nested too deeply can be formatted. */
static struct kq_obj *printable(struct q *q, struct kq_obj *x)
{
    struct kq_obj *safe = q_sendable(q, x);
    return safe ? q_drop(safe, resolve(q, x)) : NULL;
}

static struct kq_obj *finish(struct q *q, struct kq_out *o)
{
    struct kq_obj *s = q_vec(q, KQ_CHAR, (int64_t)o->len);
    if (s && o->len)
        memcpy(s->u.v.data, o->buf, o->len);
    kq_out_release(o);
    return s;
}

struct kq_obj *q_console(struct q *q, struct kq_obj *x)
{
    return q_console_sized(q, x, q->console[0], q->console[1]);
}

struct kq_obj *q_console_sized(struct q *q, struct kq_obj *x, int rows, int columns)
{
    struct kq_obj *p = printable(q, x);
    if (!p)
        return NULL;
    struct kq_style style = q_style(q, false);
    style.rows = rows;
    style.columns = columns;
    struct kq_out o;
    kq_out_init_mem(&o);
    kq_console(&o, p, &style);
    kq_unref(p);
    return finish(q, &o);
}

struct kq_obj *q_one_line(struct q *q, struct kq_obj *x)
{
    struct kq_obj *p = printable(q, x);
    if (!p)
        return NULL;
    struct kq_style style = q_style(q, false);
    struct kq_out o;
    kq_out_init_mem(&o);
    size_t max = q->limits.bytes ? q->limits.bytes : SIZE_MAX / 2;
    bool whole = kq_repr_start(&o, p, &style, max) <= max;
    kq_unref(p);
    if (whole)
        return finish(q, &o);
    kq_out_release(&o);
    return q_fail(q, "wsfull");
}

/* ---- string -------------------------------------------------------------------------- */

static struct kq_obj *element(struct q *q, struct kq_obj *x, int64_t i,
                              const struct kq_style *style)
{
    struct kq_out o;
    kq_out_init_mem(&o);
    kq_elem_put(&o, x, i, KQ_FORM_BARE, style);
    return finish(q, &o);
}

static struct kq_obj *leaf(struct q *q, struct kq_obj *x, const void *op)
{
    (void)op;
    struct kq_style style = q_style(q, false);
    if (x->type < 0)
        return element(q, x, 0, &style);
    struct kq_obj *r = q_vec(q, KQ_LIST, x->n);
    struct kq_elems e;
    struct kq_out o;
    if (!r || !kq_elems_init(&e, x, KQ_FORM_BARE, &style))
        return r;
    kq_out_init_mem(&o);
    for (int64_t i = 0; i < x->n; i++) {
        o.len = 0;
        kq_elems_put(&e, &o, i);
        kq_items(r)[i] = q_tick(q) ? kq_string(o.buf, o.len) : NULL;
        if (!kq_child(r, i)) {
            kq_out_release(&o);
            return q_drop(r, NULL);
        }
    }
    kq_out_release(&o);
    return r;
}

/* Functions are their text. */
static struct kq_obj *strings(struct q *q, struct kq_obj *x)
{
    if (q_too_deep(q))
        return NULL;
    if (x->type >= KQ_LAMBDA && !kq_is_dict(x))
        return q_one_line(q, x);
    if (x->type == KQ_LIST) {
        struct q_collect c;
        if (!x->n)
            return kq_ref(x);
        q_collect_init(&c, q, x->n);
        for (int64_t i = 0; i < x->n && !q_collect_failed(&c); i++)
            q_collect_add_take(&c, strings(q, kq_child(x, i)));
        return q_collect_done(&c);
    }
    if (kq_is_dict(x)) {
        struct kq_obj *v = strings(q, kq_values(x));
        return q_under_take(q, kq_keys(x), v);
    }
    return q_pervade1(q, x, leaf, NULL);
}

struct kq_obj *q_string(struct q *q, struct kq_obj *x)
{
    return strings(q, x);
}

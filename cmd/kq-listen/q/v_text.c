/*
 * v_text.c - 0: and 1:, tables and lists to and from text and bytes.
 *
 * What stands on the left decides: a delimiter or a file writes, a list of
 * types and delimiter reads.
 */
#include "q/core.h"
#include "q/enum.h"
#include "q/format.h"
#include "q/load.h"
#include "q/verb.h"

#include "text/csv.h"

/* ---- writing ------------------------------------------------------------------------------ */

/* Can a column stand in cells: a vector, or a list of strings? */
static bool is_cells(const struct kq_obj *c)
{
    for (int64_t i = 0; c->type == KQ_LIST && i < c->n; i++) {
        int t = kq_child(c, i)->type;
        if (t != KQ_CHAR && t != -KQ_CHAR && !(t < 0 && kq_type_is_atom(t)))
            return false;
    }
    return kq_type_is_list(c->type);
}

/* A list of columns as a table whose names do not matter. */
static struct kq_obj *unnamed(struct q *q, struct kq_obj *cols)
{
    struct kq_obj *names = q_vec(q, KQ_SYMBOL, cols->n);
    const char *why;
    struct kq_obj *t = names && (kq_table_shape(names, cols, &why) || q_fail(q, "length"))
                           ? kq_table(names, cols)
                           : NULL;
    return q_drop(names, t);
}

/* delim 0: table, or a list of columns */
static struct kq_obj *lines_of(struct q *q, char delim, struct kq_obj *x)
{
    struct kq_csv csv = {.delim = delim, .header = true, .end = '\n', .quotes = KQ_CSV_Q};
    struct kq_style style = q_style(q, false);
    style.times = KQ_TIMES_COMMA;
    struct kq_obj *flat = kq_unkey(x);
    if (!flat && x->type == KQ_LIST) {
        csv.header = false;
        flat = unnamed(q, x);
    } else if (!flat) {
        return q_fail(q, "type");
    }
    struct kq_obj *plain = flat ? q_unenum_deep(q, flat) : NULL;
    kq_unref(flat);
    for (int64_t i = 0; plain && i < kq_columns(plain)->n; i++) {
        if (!is_cells(kq_child(kq_columns(plain), i)))
            return q_drop(plain, q_fail(q, "type"));
    }
    return plain ? q_drop(plain, kq_csv_lines(plain, &csv, &style)) : NULL;
}

/* ---- files ---------------------------------------------------------------------------------- */

/* `:path 0: value: the host writes the file. */
static struct kq_obj *save(struct q *q, const char *verb, struct kq_obj *name, struct kq_obj *value)
{
    struct kq_str path = kq_str(kq_sym_text(name), kq_sym_textlen(name));
    if (!path.len || path.s[0] != ':')
        return q_fail(q, "type");
    if (q->peer.restricted || !q->host.file)
        return q_fail(q, "access");
    return q->host.file(q->host.arg, q, verb, kq_str(path.s + 1, path.len - 1), value, NULL);
}

/* The contents of y when it is a file or (file;offset;length), else y itself. */
static struct kq_obj *contents(struct q *q, const char *reader, struct kq_obj *y)
{
    bool part = y->type == KQ_LIST && y->n > 1 && kq_child(y, 0)->type == -KQ_SYMBOL;
    return part || y->type == -KQ_SYMBOL ? q_call(q, reader, 1, y) : kq_ref(y);
}

/* ---- verbs ------------------------------------------------------------------------------------ */

static struct kq_obj *v_text(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_str spec;
    if (a[0]->type == -KQ_CHAR)
        return lines_of(q, (char)a[0]->u.j, a[1]);
    if (a[0]->type == -KQ_SYMBOL)
        return save(q, "0:", a[0], a[1]);
    if (a[0]->type == KQ_CHAR && q_text(a[0], &spec))
        return q_load_pairs(q, spec, a[1]);
    if (a[0]->type != KQ_LIST || a[0]->n < 2 || a[0]->n > 3)
        return q_fail(q, "type");
    struct kq_obj *y = contents(q, "read0", a[1]);
    return y ? q_drop(y, q_load_text(q, a[0], y)) : NULL;
}

static struct kq_obj *v_binary(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    if (a[0]->type == -KQ_SYMBOL)
        return save(q, "1:", a[0], a[1]);
    if (a[0]->type != KQ_LIST || a[0]->n != 2)
        return q_fail(q, "type");
    struct kq_obj *y = contents(q, "read1", a[1]);
    return y ? q_drop(y, q_load_binary(q, a[0], y)) : NULL;
}

const struct q_verb q_verbs_text[] = {
    {"0:", 2, 2, v_text},
    {"1:", 2, 2, v_binary},
    {NULL, 0, 0, NULL},
};

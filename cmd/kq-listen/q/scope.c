/*
 * scope.c - columns of some of the rows are gathered when they are first asked
 * for and kept until the rows change.
 */
#include "q/scope.h"

#include "q/core.h"
#include "q/enum.h"

#include "base/mem.h"

#include <stdlib.h>

static int64_t width(const struct q_scope *s)
{
    return kq_columns(s->table)->n;
}

void q_scope_enter(struct q *q, struct q_scope *s, struct kq_obj *table, struct kq_obj *rows)
{
    *s = (struct q_scope){.table = table, .frame = q->frame, .up = q->scope};
    s->rows = rows ? kq_ref(rows) : NULL;
    s->cache = kq_calloc((size_t)width(s) + 1, sizeof(struct kq_obj *));
    q->scope = s;
}

static void forget(struct q_scope *s)
{
    for (int64_t c = 0; c < width(s); c++) {
        kq_unref(s->cache[c]);
        s->cache[c] = NULL;
    }
}

void q_scope_leave(struct q *q, struct q_scope *s)
{
    q->scope = s->up;
    forget(s);
    free(s->cache);
    kq_unref(s->rows);
}

void q_scope_rows_take(struct q_scope *s, struct kq_obj *rows)
{
    forget(s);
    kq_unref(s->rows);
    s->rows = rows;
}

int64_t q_scope_column(const struct q_scope *s, const char *sym)
{
    const struct kq_obj *names = kq_names(s->table);
    for (int64_t c = 0; c < names->n; c++) {
        if (kq_syms(names)[c] == sym)
            return c;
    }
    return -1;
}

static struct kq_obj *column(struct q *q, struct q_scope *s, int64_t c)
{
    if (!s->rows)
        return kq_ref(kq_child(kq_columns(s->table), c));
    if (!s->cache[c])
        s->cache[c] = q_gather(q, kq_child(kq_columns(s->table), c), kq_longs(s->rows), s->rows->n);
    return s->cache[c] ? kq_ref(s->cache[c]) : NULL;
}

static struct kq_obj *row_numbers(struct q *q, const struct q_scope *s)
{
    if (s->rows)
        return kq_ref(s->rows);
    struct kq_obj *r = q_vec(q, KQ_LONG, kq_count(s->table));
    for (int64_t i = 0; r && i < r->n; i++)
        kq_longs(r)[i] = i;
    return r;
}

/* ---- a.b ------------------------------------------------------------------------------- */

/* Column `name` of the table that a foreign key (or link) points into. */
static struct kq_obj *follow(struct q *q, struct kq_obj *key, const char *name)
{
    struct kq_obj *target = q_env_get(q, kq_sym_text(kq_child(key, 0)));
    if (!target)
        return NULL;
    struct kq_obj *flat = q_drop(target, kq_unkey(target));
    if (!flat)
        return q_fail(q, "type");
    int64_t c = kq_column_find(flat, name, strlen(name));
    struct kq_obj *r =
        c < 0 ? q_fail(q, name) : q_index(q, kq_child(kq_columns(flat), c), kq_child(key, 1));
    return q_drop(flat, r);
}

struct kq_obj *q_member(struct q *q, struct kq_obj *v, const char *name)
{
    if (q_is_enum(v))
        return follow(q, v, name);
    struct kq_obj *sym = kq_atom_symz(name);
    struct kq_obj *r =
        kq_type_is_temporal(v->type) ? q_call(q, "$", 2, sym, v) : q_index(q, v, sym);
    return q_drop(sym, r);
}

/* sym has points, and what stands before the first is a column. */
static struct kq_obj *dotted(struct q *q, struct q_scope *s, const char *sym)
{
    const char *dot = strchr(sym, '.');
    const char *head = dot && dot > sym ? kq_sym(sym, (size_t)(dot - sym)) : NULL;
    int64_t c = head ? q_scope_column(s, head) : -1;
    if (c < 0)
        return NULL;
    struct kq_obj *v = column(q, s, c);
    while (v && dot) {
        const char *name = dot + 1;
        dot = strchr(name, '.');
        size_t len = dot ? (size_t)(dot - name) : strlen(name);
        v = q_drop(v, q_member(q, v, kq_sym(name, len)));
    }
    return v ? v : q_fail(q, sym);
}

/* ---- variables of the lambda -------------------------------------------------------------- */

static struct kq_obj *local(struct q *q, const struct q_scope *s, const char *sym)
{
    struct kq_obj *code = s->frame ? q_lambda_code(q, s->frame->lambda) : NULL;
    int slot = code ? q_code_slot(code, sym) : -1;
    if (slot < 0)
        return NULL;
    struct kq_obj *v = s->frame->slots[slot];
    return v ? kq_ref(v) : kq_vec_new(KQ_LIST, 0);
}

struct kq_obj *q_scope_get(struct q *q, const char *sym)
{
    struct q_scope *s = q->scope;
    int64_t c = q_scope_column(s, sym);
    if (c >= 0)
        return column(q, s, c);
    if (sym[0] == 'i' && !sym[1])
        return row_numbers(q, s);
    struct kq_obj *v = dotted(q, s, sym);
    return v ? v : local(q, s, sym);
}

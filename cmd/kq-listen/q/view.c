/*
 * view.c - staleness is tracked for all views together: an assignment marks
 * them all, which costs nothing while there are none.
 */
#include "q/view.h"

#include "q/core.h"

void q_view_define(struct q *q, struct q_cell *cell, struct kq_obj *tree)
{
    if (!cell->view)
        q->views++;
    kq_unref(cell->view);
    cell->view = kq_ref(tree);
    cell->stale = true;
}

struct kq_obj *q_view_value(struct q *q, struct q_cell *cell)
{
    if (!cell->stale)
        return cell->value ? kq_ref(cell->value) : q_fail(q, "loop");
    struct kq_obj *tree = kq_ref(cell->view);
    kq_unref(cell->value);
    cell->value = NULL;
    cell->stale = false;
    struct kq_obj *v = q_eval(q, tree);
    kq_unref(tree);
    if (!v || !cell->view) {
        cell->stale = true;
        return v;
    }
    kq_unref(cell->value);
    cell->value = v;
    return kq_ref(v);
}

void q_view_touch(struct q *q, const struct q_cell *changed)
{
    for (size_t i = 0; q->views && i < q->env.cells.n; i++) {
        struct q_cell *c = q->env.cells.values[i];
        if (c->view && c != changed)
            c->stale = true;
    }
}

struct kq_obj *q_view_names(struct q *q, bool stale_only)
{
    struct kq_obj *names = kq_vec_new(KQ_SYMBOL, 0);
    for (size_t i = 0; i < q->env.cells.n; i++) {
        struct q_cell *c = q->env.cells.values[i];
        if (!c->view || (stale_only && !c->stale))
            continue;
        struct kq_obj *name = kq_atom_sym(c->name);
        kq_push(&names, name);
        kq_unref(name);
    }
    return names;
}

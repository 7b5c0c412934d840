/*
 * view.c - staleness is tracked for all views together: an assignment marks
 * them all, which costs nothing while there are none.
 */
#include "q/view.h"

#include "q/core.h"

/* ---- definition -------------------------------------------------------------------- */

/* What stands behind the :: of a statement. */
static struct kq_str definition(struct kq_str statement)
{
    const char *colons = statement.len ? memmem(statement.s, statement.len, "::", 2) : NULL;
    if (!colons)
        return kq_str("", 0);
    size_t from = (size_t)(colons - statement.s) + 2;
    return kq_str_trim(kq_str(statement.s + from, statement.len - from));
}

void q_view_define(struct q *q, struct q_cell *cell, struct kq_obj *tree)
{
    struct kq_str text = definition(q->statement);
    if (!cell->view)
        q->views++;
    kq_unref(cell->view);
    cell->view = kq_list_of(2, kq_ref(tree), kq_string(text.s, text.len));
    cell->stale = true;
}

static bool is_definition(const struct kq_obj *t)
{
    return t->type == KQ_LIST && t->n == 3 && kq_is_generic_null(kq_child(t, 0)) &&
           kq_child(t, 1)->type == -KQ_SYMBOL;
}

struct kq_obj *q_view_whole_take(struct kq_obj *t)
{
    bool sequence = t->type == KQ_LIST && t->n > 2 && kq_child(t, 0)->type == -KQ_CHAR;
    if (!sequence || !is_definition(kq_child(t, 1)))
        return t;
    const struct kq_obj *first = kq_child(t, 1);
    struct kq_obj *body = kq_list_of(2, kq_ref(kq_child(t, 0)), kq_ref(kq_child(first, 2)));
    for (int64_t i = 2; i < t->n; i++)
        kq_push(&body, kq_child(t, i));
    struct kq_obj *whole =
        kq_list_of(3, kq_ref(kq_child(first, 0)), kq_ref(kq_child(first, 1)), body);
    kq_unref(t);
    return whole;
}

/* ---- evaluation ----------------------------------------------------------------------- */

struct kq_obj *q_view_value(struct q *q, struct q_cell *cell)
{
    if (!cell->stale)
        return cell->value ? kq_ref(cell->value) : q_fail(q, "loop");
    struct kq_obj *tree = kq_ref(kq_child(cell->view, 0));
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

/* ---- views as values -------------------------------------------------------------------- */

struct kq_obj *q_view_object(struct q_cell *cell)
{
    struct kq_obj *space = kq_atom_sym(kq_sym_null);
    struct kq_obj *o = kq_lambda(space, kq_child(cell->view, 1));
    kq_items(o)[2] = q_node_new(Q_NODE_VIEW, 0, cell);
    return q_drop(space, o);
}

struct q_cell *q_view_of(const struct kq_obj *o)
{
    const struct kq_obj *node = o->type == KQ_LAMBDA ? kq_child(o, 2) : NULL;
    return node && q_is_node(node, Q_NODE_VIEW) ? q_node_cell(node) : NULL;
}

static bool has_symbol(const struct kq_obj *names, const char *sym)
{
    for (int64_t i = 0; i < names->n; i++) {
        if (kq_syms(names)[i] == sym)
            return true;
    }
    return false;
}

/* The names in a tree, in order; what is enlisted is no name. */
static bool collect_names(struct q *q, struct kq_obj **names, struct kq_obj *t)
{
    bool ok = !q_too_deep(q);
    if (ok && t->type == -KQ_SYMBOL && !has_symbol(*names, kq_sym_text(t)))
        kq_push(names, t);
    for (int64_t i = 0; ok && t->type == KQ_LIST && t->n > 1 && i < t->n; i++)
        ok = collect_names(q, names, kq_child(t, i));
    return ok;
}

struct kq_obj *q_view_parts(struct q *q, const struct q_cell *cell)
{
    if (!cell->view)
        return kq_generic_null();
    struct kq_obj *names = kq_vec_new(KQ_SYMBOL, 0);
    if (!collect_names(q, &names, kq_child(cell->view, 0)))
        return q_drop(names, NULL);
    bool fresh = cell->value && !cell->stale;
    return kq_list_of(4, fresh ? kq_ref(cell->value) : kq_generic_null(),
                      kq_ref(kq_child(cell->view, 0)), names, kq_ref(kq_child(cell->view, 1)));
}

/* Note that view `name` depends on each of `deps`. */
static void add_dependents(struct kq_obj **keys, struct kq_obj **lists, const struct kq_obj *deps,
                           struct kq_obj *name)
{
    for (int64_t i = 0; i < deps->n; i++) {
        int64_t k = 0;
        while (k < (*keys)->n && kq_syms(*keys)[k] != kq_syms(deps)[i])
            k++;
        if (k == (*keys)->n) {
            struct kq_obj *key = kq_at(deps, i), *none = kq_vec_new(KQ_SYMBOL, 0);
            kq_push(keys, key);
            kq_push(lists, none);
            kq_unref(key);
            kq_unref(none);
        }
        kq_push(&kq_items(*lists)[k], name);
    }
}

struct kq_obj *q_view_dependents(struct q *q)
{
    struct kq_obj *keys = kq_vec_new(KQ_SYMBOL, 0), *lists = kq_vec_new(KQ_LIST, 0);
    bool ok = true;
    for (size_t i = 0; ok && i < q->env.cells.n; i++) {
        const struct q_cell *c = q->env.cells.values[i];
        if (!c->view)
            continue;
        struct kq_obj *deps = kq_vec_new(KQ_SYMBOL, 0), *name = kq_atom_sym(c->name);
        ok = collect_names(q, &deps, kq_child(c->view, 0));
        add_dependents(&keys, &lists, deps, name);
        kq_unref(deps);
        kq_unref(name);
    }
    struct kq_obj *d = ok ? kq_dict(keys, lists) : NULL;
    kq_unref(keys);
    return q_drop(lists, d);
}

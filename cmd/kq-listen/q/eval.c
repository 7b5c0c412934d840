/*
 * eval.c - one function for each form of a tree.
 *
 * Arguments are evaluated right to left onto the value stack, so nothing is
 * allocated for a call but its result.
 */
#include "q/core.h"
#include "q/dotz.h"
#include "q/parse.h"
#include "q/scope.h"
#include "q/view.h"

enum { COND = 11, LAST_GLYPH = 22 };

bool q_truth(struct q *q, const struct kq_obj *v, bool *truth)
{
    const struct kq_typeinfo *t = kq_typeinfo(v->type);
    if (v->type >= 0 || (t->class != KQ_CLASS_BYTE && t->class != KQ_CLASS_INT))
        return q_fail(q, "type");
    *truth = v->u.j != 0;
    return true;
}

/* The value of a name where it stands: column of a query, then global. */
static struct kq_obj *value_of_name(struct q *q, const char *sym)
{
    if (q->scope) {
        struct kq_obj *v = q_scope_get(q, sym);
        if (v)
            return v;
    }
    if (q->frame && strcmp(sym, ".z.s") == 0)
        return kq_ref(q->frame->lambda);
    return q_env_get(q, sym);
}

static struct kq_obj *eval_node(struct q *q, const struct kq_obj *node)
{
    if (q_is_node(node, Q_NODE_GLOBAL))
        return q_env_load(q, q_node_cell(node));
    struct kq_obj *v = q->frame->slots[q_node_slot(node)];
    return v ? kq_ref(v) : kq_vec_new(KQ_LIST, 0);
}

/* ---- statements ------------------------------------------------------------- */

static struct kq_obj *eval_sequence(struct q *q, const struct kq_obj *t)
{
    struct kq_obj *r = kq_generic_null();
    for (int64_t i = 1; r && i < t->n; i++) {
        kq_unref(r);
        r = q_eval(q, kq_child(t, i));
    }
    return r && kq_is_elided(r) ? kq_generic_null() : r;
}

static struct kq_obj *eval_signal(struct q *q, const struct kq_obj *t)
{
    struct kq_obj *v = q_eval(q, kq_child(t, 1));
    if (!v)
        return NULL;
    struct kq_str text;
    if (v->type == -KQ_SYMBOL)
        q_fail(q, kq_sym_text(v));
    else if (v->type == KQ_CHAR && q_text(v, &text))
        q_failf(q, "%.*s", KQ_STR_FMT(text));
    else
        q_fail(q, "stype");
    return q_drop(v, NULL);
}

static struct kq_obj *eval_return(struct q *q, const struct kq_obj *t)
{
    struct kq_obj *v = q_eval(q, kq_child(t, 1));
    if (v)
        q->ret = v;
    return NULL;
}

/* The truth of tree `t`: 1, 0, or -1 with an error. */
static int eval_condition(struct q *q, struct kq_obj *t)
{
    struct kq_obj *v = q_eval(q, t);
    bool yes = false;
    int r = !v ? -1 : q_truth(q, v, &yes) ? yes : -1;
    kq_unref(v);
    return r;
}

/* $[c;t;c;t;f] */
static struct kq_obj *eval_cond(struct q *q, const struct kq_obj *t)
{
    int64_t i = 1;
    for (; i + 1 < t->n; i += 2) {
        int c = eval_condition(q, kq_child(t, i));
        if (c < 0)
            return NULL;
        if (c)
            return q_eval(q, kq_child(t, i + 1));
    }
    return i < t->n ? q_eval(q, kq_child(t, i)) : kq_generic_null();
}

/* The statements of a control word, from child `i` on; false: error or return. */
static bool eval_body(struct q *q, const struct kq_obj *t, int64_t i)
{
    for (; i < t->n; i++) {
        struct kq_obj *r = q_eval(q, kq_child(t, i));
        if (!r)
            return false;
        kq_unref(r);
    }
    return true;
}

static struct kq_obj *eval_if(struct q *q, const struct kq_obj *t)
{
    int c = eval_condition(q, kq_child(t, 1));
    return c >= 0 && (!c || eval_body(q, t, 2)) ? kq_generic_null() : NULL;
}

static struct kq_obj *eval_while(struct q *q, const struct kq_obj *t)
{
    for (;;) {
        int c = eval_condition(q, kq_child(t, 1));
        if (c <= 0)
            return c < 0 ? NULL : kq_generic_null();
        if (!q_tick(q) || !eval_body(q, t, 2))
            return NULL;
    }
}

static struct kq_obj *eval_do(struct q *q, const struct kq_obj *t)
{
    struct kq_obj *v = q_eval(q, kq_child(t, 1));
    int64_t n;
    if (!v)
        return NULL;
    if (!q_integer(v, &n))
        return q_drop(v, q_fail(q, "type"));
    kq_unref(v);
    for (; n > 0; n--) {
        if (!q_tick(q) || !eval_body(q, t, 2))
            return NULL;
    }
    return kq_generic_null();
}

static bool is_control(const struct kq_obj *head,
                       struct kq_obj *(**eval)(struct q *, const struct kq_obj *))
{
    const char *s = kq_sym_text(head);
    *eval = strcmp(s, "if") == 0      ? eval_if
            : strcmp(s, "while") == 0 ? eval_while
            : strcmp(s, "do") == 0    ? eval_do
                                      : NULL;
    return *eval;
}

/* ---- assignment ----------------------------------------------------------------- */

/* Where a variable's value is kept. */
struct place {
    struct kq_obj **value; /* slot of a frame, of the cell, or `part` */
    struct q_cell *cell;   /* NULL: local */
    struct kq_obj *part;   /* a namespace or a member of a dictionary while it changes */
};

static bool find_place(struct q *q, const struct kq_obj *name, struct place *p)
{
    p->cell = NULL;
    p->part = NULL;
    if (q_is_node(name, Q_NODE_LOCAL)) {
        p->value = &q->frame->slots[q_node_slot(name)];
        return true;
    }
    if (q_is_node(name, Q_NODE_GLOBAL)) {
        p->cell = q_node_cell(name);
    } else if (name->type == -KQ_SYMBOL) {
        if (q_env_word(q, kq_sym_text(name)))
            return q_fail(q, "assign");
        p->cell = q_env_cell(q, q_env_absolute(q->env.context, kq_sym_text(name)));
    } else {
        return q_fail(q, "assign");
    }
    bool own = p->cell->value || p->cell->view || !strchr(p->cell->name, '.');
    p->value = own ? &p->cell->value : &p->part;
    return q_may_update(q);
}

/* The change is done: parts go back to where they belong, who watches is told. */
static bool place_changed(struct q *q, struct place *p, int n, struct kq_obj **index)
{
    if (!p->cell)
        return true;
    return p->part ? q_env_set(q, p->cell->name, p->part) : q_env_changed(q, p->cell, n, index);
}

/* A missing local becomes an empty list. */
static bool load_place(struct q *q, const struct place *p)
{
    if (*p->value)
        return true;
    *p->value = p->cell ? q_env_load(q, p->cell) : kq_vec_new(KQ_LIST, 0);
    return *p->value;
}

bool q_store(struct q *q, const struct kq_obj *name, struct kq_obj *v)
{
    struct place p;
    if (name->type == -KQ_SYMBOL)
        return q_env_set(q, kq_sym_text(name), v);
    if (!find_place(q, name, &p))
        return false;
    if (p.cell)
        return strchr(p.cell->name + 1, '.') ? q_env_set(q, p.cell->name, v)
                                             : q_env_store(q, p.cell, v);
    struct kq_obj *old = *p.value;
    *p.value = kq_ref(v);
    kq_unref(old);
    return true;
}

/* a+:v and a,:v.  The variable gives its value up during the operation, so that
 * a verb that can work in place will. */
static bool operate(struct q *q, struct place *p, struct kq_obj *op, struct kq_obj *v)
{
    if (op->type == KQ_BINARY && op->code == 12)
        return q_append(q, p->value, v);
    struct kq_obj **a = q_push(q, 2);
    if (!a)
        return false;
    a[0] = *p->value;
    *p->value = NULL;
    a[1] = kq_ref(v);
    struct kq_obj *r = q_apply_args(q, op, a, 2);
    kq_unref(*p->value);
    *p->value = r ? r : kq_ref(a[0]);
    q_pop(q, 2);
    return r;
}

static struct kq_obj *assign_op(struct q *q, const struct kq_obj *name, struct kq_obj *op,
                                struct kq_obj *v)
{
    struct place p;
    if (!find_place(q, name, &p))
        return NULL;
    bool ok = load_place(q, &p) && operate(q, &p, op, v) && place_changed(q, &p, 0, NULL);
    return q_drop(p.part, ok ? kq_ref(*p.value) : NULL);
}

static struct kq_obj *assign_index(struct q *q, const struct kq_obj *name, int n,
                                   struct kq_obj **index, struct kq_obj *op, struct kq_obj *v)
{
    struct place p;
    if (!find_place(q, name, &p))
        return NULL;
    bool ok =
        load_place(q, &p) && q_amend(q, p.value, n, index, op, v) && place_changed(q, &p, n, index);
    struct kq_obj *r = !ok ? NULL : op ? q_index_deep(q, *p.value, n, index) : kq_ref(v);
    return q_drop(p.part, r);
}

static struct kq_obj *eval_index_assign(struct q *q, const struct kq_obj *target, struct kq_obj *op,
                                        struct kq_obj *v)
{
    int n = (int)target->n - 1;
    struct kq_obj **index = q_push(q, (size_t)n);
    if (!index)
        return NULL;
    bool ok = true;
    for (int i = n; ok && i-- > 0;) {
        index[i] = q_eval(q, kq_child(target, i + 1));
        ok = index[i];
    }
    struct kq_obj *r = ok ? assign_index(q, kq_child(target, 0), n, index, op, v) : NULL;
    q_pop(q, (size_t)n);
    return r;
}

static struct kq_obj *assign_target(struct q *q, struct kq_obj *target, struct kq_obj *op,
                                    struct kq_obj *v)
{
    if (q_is_pattern(target))
        return q_assign_pattern(q, target, v) ? kq_ref(v) : NULL;
    if (target->type == KQ_LIST && target->n > 1)
        return eval_index_assign(q, target, op, v);
    if (op)
        return assign_op(q, target, op, v);
    return q_store(q, target, v) ? kq_ref(v) : NULL;
}

/* a::expr at top level; inside lambdas and for trees it assigns the global. */
static struct kq_obj *define_view(struct q *q, const struct kq_obj *t)
{
    const char *name = q_env_absolute(q->env.context, kq_sym_text(kq_child(t, 1)));
    if (!q_may_update(q))
        return NULL;
    q_view_define(q, q_env_cell(q, name), kq_child(t, 2));
    return kq_generic_null();
}

static bool is_view(const struct q *q, const struct kq_obj *t)
{
    struct kq_obj *value = kq_child(t, 2);
    return !q->frame && kq_child(t, 1)->type == -KQ_SYMBOL &&
           (value->type == KQ_LIST ? value->n > 1 : value->type == -KQ_SYMBOL);
}

/* (:;target;value), (+:;target;value), (::;target;value) */
static struct kq_obj *eval_assign(struct q *q, const struct kq_obj *t)
{
    const struct kq_obj *verb = kq_child(t, 0);
    bool plain = verb->type == KQ_BINARY || verb->code == KQ_CODE_NULL;
    if (verb->type == KQ_UNARY && plain && is_view(q, t))
        return define_view(q, t);
    struct kq_obj *v = q_eval(q, kq_child(t, 2));
    if (!v)
        return NULL;
    struct kq_obj *op = plain ? NULL : kq_prim(KQ_BINARY, verb->code);
    struct kq_obj *r = assign_target(q, kq_child(t, 1), op, v);
    kq_unref(op);
    return q_drop(v, r);
}

/* ---- calls ------------------------------------------------------------------------- */

static struct kq_obj *eval_call(struct q *q, const struct kq_obj *t)
{
    int n = (int)t->n - 1;
    struct kq_obj **a = q_push(q, (size_t)n), *r = NULL;
    if (!a)
        return NULL;
    bool ok = true;
    for (int i = n; ok && i-- > 0;) {
        a[i] = q_eval(q, kq_child(t, i + 1));
        ok = a[i];
    }
    struct kq_obj *head = kq_child(t, 0);
    if (ok && head->type >= KQ_LAMBDA && head->type < KQ_FOREIGN) {
        r = q_apply_args(q, head, a, n);
    } else if (ok) {
        struct kq_obj *f = q_eval(q, head);
        r = f ? q_drop(f, q_apply_args(q, f, a, n)) : NULL;
    }
    q_pop(q, (size_t)n);
    return r;
}

static struct kq_obj *eval_list(struct q *q, const struct kq_obj *t)
{
    if (!q_tick(q) || q_too_deep(q))
        return NULL;
    const struct kq_obj *head = kq_child(t, 0);
    struct kq_obj *(*control)(struct q *, const struct kq_obj *);
    switch (head->type) {
    case -KQ_CHAR:
        if (head->u.j == ';')
            return eval_sequence(q, t);
        if (head->u.j == '\'')
            return eval_signal(q, t);
        break;
    case -KQ_SYMBOL:
        if (is_control(head, &control))
            return control(q, t);
        break;
    case KQ_BINARY:
        if (head->code == 0)
            return t->n == 3   ? eval_assign(q, t)
                   : t->n == 2 ? eval_return(q, t)
                               : q_eval_case(q, t);
        if (head->code == COND && t->n > 3) /* not in the phrases of a query */
            return q->scope ? q_fail(q, "rank") : eval_cond(q, t);
        break;
    case KQ_UNARY:
        if (t->n == 3 && head->code <= LAST_GLYPH)
            return eval_assign(q, t);
        break;
    default: break;
    }
    return eval_call(q, t);
}

struct kq_obj *q_eval(struct q *q, struct kq_obj *t)
{
    switch (t->type) {
    case KQ_FOREIGN: return eval_node(q, t);
    case -KQ_SYMBOL: return value_of_name(q, kq_sym_text(t));
    case KQ_SYMBOL: return t->n == 1 ? kq_at(t, 0) : kq_ref(t);
    case KQ_LIST:
        if (t->n > 1)
            return eval_list(q, t);
        return kq_ref(t->n ? kq_child(t, 0) : t);
    default: return kq_ref(t);
    }
}

struct kq_obj *q_run_text(struct q *q, const char *text, size_t len)
{
    struct q_scope *scope = q->scope;
    struct q_frame *frame = q->frame;
    q->scope = NULL;
    q->frame = NULL;
    struct kq_obj *r = q_eval_text(q, text, len);
    q->scope = scope;
    q->frame = frame;
    return r;
}

/*
 * lambda.c - from parse tree to code: first the names that the body assigns
 * (the locals) and uses are collected, then every name is replaced.
 *
 * Lists of one item are constants and are left alone; so the phrases of a
 * query inside a lambda keep their names, which are looked up when it runs.
 */
#include "q/core.h"
#include "q/parse.h"
#include "q/verb.h"

#include <stdio.h>

struct compiler {
    struct q *q;
    struct kq_obj *names;   /* parameters, then locals */
    struct kq_obj *globals; /* names used that are not local */
    const char *context;
    bool uses[3]; /* x y z occur */
};

struct kq_obj *q_node_new(enum q_node kind, int slot, void *pointer)
{
    struct kq_obj *o = kq_container_new(KQ_FOREIGN, 0);
    o->attr = (uint8_t)kind;
    o->code = (uint8_t)slot;
    if (pointer)
        o->u.v.data = pointer;
    return o;
}

static int64_t find_name(const struct kq_obj *names, const char *sym)
{
    for (int64_t i = 0; i < names->n; i++) {
        if (kq_syms(names)[i] == sym)
            return i;
    }
    return -1;
}

int q_code_slot(const struct kq_obj *code, const char *sym)
{
    return (int)find_name(q_code_names(code), sym);
}

struct kq_obj *q_code_params(const struct kq_obj *code)
{
    return kq_slice(q_code_names(code), 0, q_code_rank(code));
}

static void add_name(struct kq_obj **names, const char *sym)
{
    if (find_name(*names, sym) >= 0)
        return;
    struct kq_obj *a = kq_atom_sym(sym);
    kq_push(names, a);
    kq_unref(a);
}

/* ---- collecting ----------------------------------------------------------------- */

static bool is_assign(const struct kq_obj *t)
{
    return t->n == 3 && kq_child(t, 0)->type == KQ_BINARY && kq_child(t, 0)->code == 0;
}

/* (::;`a;x): a global, unless `a` is local already. */
static bool is_global(const struct kq_obj *t)
{
    return t->n == 3 && kq_is_generic_null(kq_child(t, 0)) && kq_child(t, 1)->type == -KQ_SYMBOL;
}

/* Names that an assignment's left side makes local: a name, or the names of a
 * pattern (enlist;`a;`b). */
static void collect_target(struct compiler *c, const struct kq_obj *t)
{
    if (t->type == -KQ_SYMBOL && !strchr(kq_sym_text(t), '.'))
        add_name(&c->names, kq_sym_text(t));
    if (!q_is_pattern(t))
        return;
    if (is_assign(t)) { /* a filter: name:type */
        collect_target(c, kq_child(t, 1));
        return;
    }
    bool list = kq_child(t, 0)->type == KQ_UNARY; /* else keys, then values */
    for (int64_t i = list ? 1 : 2; i < t->n; i++)
        collect_target(c, kq_child(t, i));
}

/* :[v;pattern;result;...]: the patterns assign. */
static void collect_case(struct compiler *c, const struct kq_obj *t)
{
    for (int64_t i = 2; i + 1 < t->n; i += 2)
        collect_target(c, kq_child(t, i));
}

static void collect(struct compiler *c, const struct kq_obj *t)
{
    if (t->type == -KQ_SYMBOL) {
        const char *s = kq_sym_text(t);
        if (*s >= 'x' && *s <= 'z' && !s[1])
            c->uses[*s - 'x'] = true;
        return;
    }
    if (t->type != KQ_LIST || t->n < 2)
        return;
    if (is_assign(t))
        collect_target(c, kq_child(t, 1));
    if (is_global(t) && find_name(c->names, kq_sym_text(kq_child(t, 1))) < 0)
        add_name(&c->globals, kq_sym_text(kq_child(t, 1)));
    else if (kq_child(t, 0)->type == KQ_BINARY && kq_child(t, 0)->code == 0)
        collect_case(c, t);
    for (int64_t i = 0; i < t->n; i++)
        collect(c, kq_child(t, i));
}

/* ---- replacing -------------------------------------------------------------------- */

static bool is_control(const struct kq_obj *head)
{
    const char *s = head->type == -KQ_SYMBOL ? kq_sym_text(head) : "";
    return strcmp(s, "if") == 0 || strcmp(s, "while") == 0 || strcmp(s, "do") == 0;
}

static struct kq_obj *name_node(struct compiler *c, const char *sym)
{
    int64_t slot = find_name(c->names, sym);
    if (slot >= 0)
        return q_node_new(Q_NODE_LOCAL, (int)slot, NULL);
    if (strncmp(sym, ".z.", 3) == 0) /* some of them depend on the frame */
        return kq_atom_sym(sym);
    const char *name = q_env_absolute(c->context, sym);
    add_name(&c->globals, name);
    return q_node_new(Q_NODE_GLOBAL, 0, q_env_cell(c->q, name));
}

/* f' of a function that is already known is made now. */
static struct kq_obj *fold_take(struct kq_obj *t)
{
    const struct kq_obj *it = kq_child(t, 0);
    if (t->n != 2 || it->type != KQ_ITERATOR || it->code > 5)
        return t;
    struct kq_obj *f = kq_child(t, 1);
    if (!kq_type_is_func(f->type) || f->type == KQ_FOREIGN)
        return t;
    return q_drop(t, kq_derived(KQ_EACH + it->code, f));
}

static struct kq_obj *compile_take(struct compiler *c, struct kq_obj *t)
{
    if (t->type == -KQ_SYMBOL)
        return q_drop(t, name_node(c, kq_sym_text(t)));
    if (t->type != KQ_LIST || t->n < 2)
        return t;
    t = kq_unshare_take(t);
    for (int64_t i = is_control(kq_child(t, 0)); i < t->n; i++)
        kq_items(t)[i] = compile_take(c, kq_child(t, i));
    return fold_take(t);
}

/* ---- building ------------------------------------------------------------------------ */

/* Parameters that are not declared: up to the highest of x y z in use. */
static void implicit_params(struct compiler *c)
{
    static const char *const names[] = {"x", "y", "z"};
    int rank = c->uses[2] ? 3 : c->uses[1] ? 2 : 1;
    for (int i = 0; i < rank; i++)
        add_name(&c->names, kq_symz(names[i]));
}

static struct kq_obj *make_code(struct compiler *c, int rank, struct kq_obj *body)
{
    struct kq_obj *tree = body->n == 2 ? kq_ref(kq_child(body, 1)) : kq_ref(body);
    if (kq_is_elided(tree))
        tree = q_drop(tree, kq_generic_null());
    struct kq_obj *code = kq_container_new(KQ_FOREIGN, 3);
    kq_items(code)[0] = compile_take(c, tree);
    kq_items(code)[1] = kq_ref(c->names);
    kq_items(code)[2] = kq_ref(c->globals);
    code->attr = Q_NODE_CODE;
    code->code = (uint8_t)rank;
    return code;
}

/* A name that was assigned as a global before it became local, or NULL. */
static const char *global_and_local(const struct compiler *scan)
{
    for (int64_t i = 0; i < scan->globals->n; i++) {
        if (find_name(scan->names, kq_syms(scan->globals)[i]) >= 0)
            return kq_syms(scan->globals)[i];
    }
    return NULL;
}

static struct kq_obj *compile(struct q *q, struct kq_obj *params, struct kq_obj *body)
{
    struct compiler c = {.q = q,
                         .names = params ? kq_ref(params) : kq_vec_new(KQ_SYMBOL, 0),
                         .globals = kq_vec_new(KQ_SYMBOL, 0),
                         .context = q->env.context};
    struct compiler scan = c; /* only to see what the body assigns, and which of x y z occur */
    scan.names = kq_unshare_take(kq_ref(c.names));
    scan.globals = kq_vec_new(KQ_SYMBOL, 0);
    collect(&scan, body);
    memcpy(c.uses, scan.uses, sizeof c.uses);
    if (!params)
        implicit_params(&c);
    c.names = kq_unshare_take(c.names);
    int64_t rank = c.names->n;
    for (int64_t i = 0; i < scan.names->n; i++)
        add_name(&c.names, kq_syms(scan.names)[i]);
    struct kq_obj *code = NULL;
    const char *both = global_and_local(&scan);
    if (both)
        q_fail(q, both);
    else if (rank > Q_MAX_PARAMS)
        q_fail(q, "params");
    else if (c.names->n > Q_MAX_LOCALS)
        q_fail(q, "locals");
    else
        code = make_code(&c, (int)rank, body);
    kq_unref(scan.names);
    kq_unref(scan.globals);
    kq_unref(c.names);
    kq_unref(c.globals);
    return code;
}

struct kq_obj *q_lambda_new(struct q *q, struct kq_obj *source, struct kq_obj *params,
                            struct kq_obj *body)
{
    struct kq_obj *code = compile(q, params, body);
    if (!code)
        return NULL;
    const char *context = q->env.context;
    struct kq_obj *space = kq_atom_symz(*context ? context + 1 : "");
    struct kq_obj *f = kq_lambda(space, source);
    kq_items(f)[2] = code;
    return q_drop(space, f);
}

/* The text parsed in the lambda's own context. */
static struct kq_obj *reparse(struct q *q, struct kq_obj *lambda)
{
    struct kq_str text;
    if (!q_text(kq_child(lambda, 1), &text))
        return q_fail(q, "type");
    const char *outer = q->env.context, *space = kq_sym_text(kq_child(lambda, 0));
    if (*space) {
        char dotted[256];
        snprintf(dotted, sizeof dotted, ".%s", space);
        q->env.context = kq_symz(dotted);
    } else {
        q->env.context = kq_sym_null;
    }
    struct kq_obj *f = q_parse_text(q, text.s, text.len);
    q->env.context = outer;
    return f;
}

struct kq_obj *q_lambda_code(struct q *q, struct kq_obj *lambda)
{
    struct kq_obj *code = kq_child(lambda, 2);
    if (code && q_is_node(code, Q_NODE_VIEW))
        return q_fail(q, "type");
    if (code)
        return code;
    struct kq_obj *f = reparse(q, lambda);
    if (!f)
        return NULL;
    if (f->type != KQ_LAMBDA || !kq_child(f, 2))
        return q_drop(f, q_fail(q, "type"));
    kq_items(lambda)[2] = kq_ref(kq_child(f, 2));
    kq_unref(f);
    return kq_child(lambda, 2);
}

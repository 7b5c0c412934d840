/*
 * qsql.c - templates to the trees of functional queries.
 *
 * Trees are evaluated, so what must reach ? and ! as a tree (constraints, a
 * single column of exec) is enlisted; a dictionary is a constant anyway.
 */
#include "q/interp.h"
#include "q/parse.h"

#include <stdio.h>

enum { COMMA = 12, IDESC = 10, IASC = 9, SELECT = 17, UPDATE = 16 };

/* The leftmost name among the arguments of an expression, NULL when all are
 * constants. */
static const char *leftmost_name(struct q *q, const struct kq_obj *e)
{
    if (e->type == -KQ_SYMBOL)
        return kq_sym_text(e);
    const char *s = NULL;
    for (int64_t i = 1; !s && e->type == KQ_LIST && i < e->n && !q_too_deep(q); i++)
        s = leftmost_name(q, kq_child(e, i));
    return s;
}

/* The column an expression is named after: of a.b the b, and x for the row
 * number. */
static const char *derived_name(struct q *q, const struct kq_obj *e)
{
    const char *s = leftmost_name(q, e);
    const char *dot = s ? strrchr(s, '.') : NULL;
    if (dot && dot[1])
        s = dot + 1;
    return !s || strcmp(s, "i") == 0 ? "x" : s;
}

static bool is_naming(const struct kq_obj *e)
{
    return e->type == KQ_LIST && (e->n == 3 || e->n == 2) && kq_child(e, 0)->type == KQ_BINARY &&
           kq_child(e, 0)->code == 0 && kq_child(e, 1)->type == -KQ_SYMBOL;
}

void q_qsql_take_name(struct q *q, struct kq_obj **names, struct kq_obj **expr)
{
    struct kq_obj *name;
    if (is_naming(*expr)) {
        struct kq_obj *value = (*expr)->n == 3 ? kq_ref(kq_child(*expr, 2)) : kq_elided();
        name = kq_ref(kq_child(*expr, 1));
        kq_unref(*expr);
        *expr = value;
    } else {
        name = kq_atom_symz(derived_name(q, *expr));
    }
    kq_push(names, name);
    kq_unref(name);
}

static bool taken(const struct kq_obj *names, int64_t n, const char *sym)
{
    for (int64_t i = 0; i < n; i++) {
        if (kq_syms(names)[i] == sym)
            return true;
    }
    return false;
}

void q_qsql_unique(struct kq_obj *names)
{
    for (int64_t i = 1; i < names->n; i++) {
        const char *base = kq_syms(names)[i];
        char numbered[300];
        for (int k = 1; taken(names, i, kq_syms(names)[i]) && k < 100000; k++) {
            snprintf(numbered, sizeof numbered, "%.250s%d", base, k);
            kq_syms(names)[i] = kq_symz(numbered);
        }
    }
}

/* ---- phrases ------------------------------------------------------------------------ */

/* Columns of a phrase: what they are called, and how they are computed. */
struct columns {
    struct kq_obj *names, *trees;
    bool named; /* the last one was given a name */
};

static void columns_init(struct columns *c)
{
    c->names = kq_vec_new(KQ_SYMBOL, 0);
    c->trees = kq_vec_new(KQ_LIST, 0);
    c->named = false;
}

static void columns_release(struct columns *c)
{
    kq_unref(c->names);
    kq_unref(c->trees);
}

static bool at_comma(const struct q_parser *p)
{
    return p->lex.token == Q_OP && p->lex.code == COMMA;
}

/* Expressions between commas. */
static bool parse_columns(struct q_parser *p, struct columns *c)
{
    for (;;) {
        struct kq_obj *e = q_parse_expr(p);
        if (!e)
            return false;
        if (kq_is_elided(e) && !c->names->n && !at_comma(p))
            return q_drop(e, kq_ref(e)) != NULL;
        if (kq_is_elided(e))
            return q_drop(e, q_fail(p->q, "parse"));
        c->named = is_naming(e);
        q_qsql_take_name(p->q, &c->names, &e);
        bool gap = kq_is_elided(e);
        kq_push(&c->trees, e);
        kq_unref(e);
        if (gap)
            return q_fail(p->q, "parse");
        if (!at_comma(p))
            return true;
        q_lex_next(&p->lex);
    }
}

static struct kq_obj *enlisted(struct kq_obj *x)
{
    return kq_list_take(1, &x);
}

/* names!trees, a constant. */
static struct kq_obj *columns_dict(const struct columns *c)
{
    struct kq_obj *trees = kq_collapse_take(kq_ref(c->trees));
    return q_drop(trees, kq_dict(c->names, trees));
}

/* A tree as the constant that evaluates to it. */
static struct kq_obj *quoted(struct kq_obj *tree)
{
    if (tree->type == -KQ_SYMBOL)
        return kq_enlist(tree);
    bool list = tree->type == KQ_SYMBOL || (tree->type == KQ_LIST && tree->n);
    return list ? enlisted(kq_ref(tree)) : kq_ref(tree);
}

/* The columns as an argument of a query: () for none; of exec a single one that
 * has no name is only its tree. */
static struct kq_obj *columns_argument(const struct columns *c, bool exec)
{
    if (!c->trees->n)
        return kq_vec_new(KQ_LIST, 0);
    if (exec && c->trees->n == 1 && !c->named)
        return quoted(kq_child(c->trees, 0));
    return columns_dict(c);
}

/* where c1,c2: the list of constraints as a constant. */
static struct kq_obj *parse_where(struct q_parser *p)
{
    struct kq_obj *list = kq_vec_new(KQ_LIST, 0);
    p->phrase = Q_CONSTRAINTS;
    do {
        q_lex_next(&p->lex);
        struct kq_obj *e = q_parse_expr(p);
        if (!e || kq_is_elided(e)) {
            kq_unref(list);
            return e ? q_drop(e, q_fail(p->q, "parse")) : NULL;
        }
        kq_push(&list, e);
        kq_unref(e);
    } while (at_comma(p));
    return enlisted(list);
}

/* ---- templates ------------------------------------------------------------------------- */

struct template
{
    struct columns columns, by;
    struct kq_obj *table, *where;
    struct kq_obj *limit, *order; /* of select[..], or NULL */
    bool distinct, has_by;
};

static void template_release(struct template *t)
{
    columns_release(&t->columns);
    columns_release(&t->by);
    kq_unref(t->table);
    kq_unref(t->where);
    kq_unref(t->limit);
    kq_unref(t->order);
}

static bool is_order(const struct kq_obj *e)
{
    return e->type == KQ_LIST && e->n == 2 && kq_child(e, 0)->type == KQ_UNARY &&
           (kq_child(e, 0)->code == IDESC || kq_child(e, 0)->code == IASC);
}

/* [n], [n;>c] or [>c] */
static bool parse_limits(struct q_parser *p, struct template *t)
{
    int template = p->template;
    p->template = 0;
    do {
        q_lex_next(&p->lex);
        struct kq_obj *e = q_parse_expr(p);
        if (!e)
            return false;
        if (is_order(e) && !t->order)
            t->order = enlisted(e);
        else if (!t->limit && !t->order)
            t->limit = e;
        else
            return q_drop(e, q_fail(p->q, "parse"));
    } while (p->lex.token == Q_SEMI);
    p->template = template;
    if (p->lex.token != Q_RBRACKET)
        return q_fail(p->q, "]");
    q_lex_next(&p->lex);
    return true;
}

/* What stands between the first word and the end. */
static bool parse_parts(struct q_parser *p, struct template *t, bool select)
{
    p->phrase = Q_COLUMNS;
    if (select && p->lex.token == Q_LBRACKET && !parse_limits(p, t))
        return false;
    if (select && q_parser_at(p, "distinct")) {
        t->distinct = true;
        q_lex_next(&p->lex);
    }
    if (!parse_columns(p, &t->columns))
        return false;
    if (q_parser_at(p, "by")) {
        q_lex_next(&p->lex);
        t->has_by = true;
        if (!parse_columns(p, &t->by))
            return false;
    }
    if (!q_parser_at(p, "from"))
        return p->lex.token != Q_BAD && q_fail(p->q, "from");
    q_lex_next(&p->lex);
    p->phrase = Q_FROM;
    t->table = q_parse_expr(p);
    if (!t->table || kq_is_elided(t->table))
        return t->table && q_fail(p->q, "parse");
    t->where = q_parser_at(p, "where") ? parse_where(p) : kq_vec_new(KQ_LIST, 0);
    return t->where;
}

/* A name must not stand on both sides of a keyed table. */
static bool check_names(struct q *q, const struct template *t)
{
    for (int64_t i = 0; i < t->by.names->n; i++) {
        for (int64_t k = 0; k < t->columns.names->n; k++) {
            if (kq_syms(t->by.names)[i] == kq_syms(t->columns.names)[k])
                return q_failf(q, "dup names for cols/groups %.200s", kq_syms(t->by.names)[i]);
        }
    }
    return true;
}

static struct kq_obj *take(struct kq_obj **place)
{
    struct kq_obj *o = *place;
    *place = NULL;
    return o;
}

/* (?;t;c;b;a), with the limits of select[..] behind. */
static struct kq_obj *query_tree(struct template *t, struct kq_obj *by, struct kq_obj *columns)
{
    struct kq_obj *tree =
        q_tree(5, kq_prim(KQ_BINARY, SELECT), take(&t->table), take(&t->where), by, columns);
    if (!t->limit && !t->order)
        return tree;
    if (!t->limit)
        t->limit = kq_long(INT64_MAX);
    kq_push(&tree, t->limit);
    if (t->order)
        kq_push(&tree, t->order);
    return tree;
}

static struct kq_obj *build_select(struct q *q, struct template *t)
{
    if (!check_names(q, t))
        return NULL;
    q_qsql_unique(t->columns.names);
    struct kq_obj *by = t->has_by ? columns_dict(&t->by) : kq_bool(t->distinct);
    return query_tree(t, by, columns_argument(&t->columns, false));
}

static struct kq_obj *build_exec(struct q *q, struct template *t)
{
    (void)q;
    q_qsql_unique(t->columns.names);
    return query_tree(t, columns_argument(&t->by, true), columns_argument(&t->columns, true));
}

static struct kq_obj *build_update(struct q *q, struct template *t)
{
    if (!t->columns.names->n)
        return q_fail(q, "parse");
    return q_tree(5, kq_prim(KQ_BINARY, UPDATE), take(&t->table), take(&t->where),
                  t->has_by ? columns_dict(&t->by) : kq_bool(false), columns_dict(&t->columns));
}

static struct kq_obj *build_delete(struct q *q, struct template *t)
{
    if (t->has_by || (t->columns.names->n && t->where->n))
        return q_fail(q, "nyi");
    struct kq_obj *names = kq_ref(t->columns.names);
    return q_tree(5, kq_prim(KQ_BINARY, UPDATE), take(&t->table), take(&t->where), kq_bool(false),
                  names->n ? enlisted(names) : names);
}

struct kq_obj *q_parse_query(struct q_parser *p)
{
    static const struct {
        const char *word;
        struct kq_obj *(*build)(struct q *, struct template *);
    } words[] = {
        {"select", build_select},
        {"exec", build_exec},
        {"update", build_update},
        {"delete", build_delete},
    };
    size_t w = 0;
    while (w < 3 && !q_parser_at(p, words[w].word))
        w++;
    int template = p->template;
    enum q_phrase phrase = p->phrase;
    p->template = p->lex.nesting + 1;
    q_lex_next(&p->lex);
    struct template t = {0};
    columns_init(&t.columns);
    columns_init(&t.by);
    struct kq_obj *r = parse_parts(p, &t, w == 0) ? words[w].build(p->q, &t) : NULL;
    template_release(&t);
    p->template = template;
    p->phrase = phrase;
    return r;
}

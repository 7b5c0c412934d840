/*
 * parse.c - recursive descent, one function for each rule.
 *
 * q has no precedence: an expression is a term and, to its right, everything
 * else.  What matters is whether a term is a noun or a verb (an operator, a
 * keyword of rank 2, or anything with an iterator): verbs take a noun on their
 * left, nouns side by side apply the left one.
 */
#include "q/parse.h"

#include "q/core.h"
#include "q/verb.h"

#include "obj/prim.h"

#include <stdarg.h>

enum kind { NONE, NOUN, VERB };

struct term {
    struct kq_obj *t; /* owned; NULL with kind NOUN: error */
    enum kind kind;
};

/* An expression, and whether it is a verb that waits for its right side. */
struct expr {
    struct kq_obj *t;
    bool train;
};

static const struct term failed = {NULL, NOUN};

static struct expr parse_rest(struct q_parser *p);

/* ---- trees ------------------------------------------------------------------ */

struct kq_obj *q_tree(int n, ...)
{
    struct kq_obj *items[8];
    bool whole = true;
    va_list ap;
    va_start(ap, n);
    for (int i = 0; i < n; i++) {
        items[i] = va_arg(ap, struct kq_obj *);
        whole = whole && items[i];
    }
    va_end(ap);
    if (whole)
        return kq_list_take(n, items);
    for (int i = 0; i < n; i++)
        kq_unref(items[i]);
    return NULL;
}

/* A symbol constant: ,`a or ,`a`b. */
static struct kq_obj *quote(struct kq_obj *symbols)
{
    struct kq_obj *one = kq_ref(symbols);
    return symbols->type == -KQ_SYMBOL ? q_drop(one, kq_enlist(symbols)) : kq_list_take(1, &one);
}

static struct kq_obj *binary(int code)
{
    return kq_prim(KQ_BINARY, code);
}

static struct kq_obj *mark(char c)
{
    return kq_atom_int(KQ_CHAR, c);
}

/* ---- tokens ------------------------------------------------------------------- */

static enum q_token token(const struct q_parser *p)
{
    return p->lex.token;
}

static void next(struct q_parser *p)
{
    q_lex_next(&p->lex);
}

static struct kq_obj *fail(struct q_parser *p, const char *error)
{
    return token(p) == Q_BAD ? NULL : q_fail(p->q, error);
}

/* The error names the bracket that does not fit, or the one left open. */
static bool expect(struct q_parser *p, enum q_token t, const char *open)
{
    if (token(p) != t)
        return fail(p, token(p) == Q_RPAREN     ? ")"
                       : token(p) == Q_RBRACKET ? "]"
                       : token(p) == Q_RBRACE   ? "}"
                                                : open);
    next(p);
    return true;
}

bool q_parser_at(const struct q_parser *p, const char *name)
{
    return token(p) == Q_NAME && kq_str_is(p->lex.text, name);
}

/* Does the current token end an expression? */
static bool at_end(const struct q_parser *p)
{
    bool in_phrase = p->template == p->lex.nesting + 1;
    switch (token(p)) {
    case Q_END:
    case Q_NEWLINE:
    case Q_SEMI:
    case Q_RPAREN:
    case Q_RBRACKET:
    case Q_RBRACE:
    case Q_BAD: return true;
    case Q_OP: return in_phrase && p->lex.code == 12 && p->phrase != Q_FROM;
    case Q_NAME:
        if (in_phrase && p->phrase == Q_COLUMNS)
            return q_parser_at(p, "from") || q_parser_at(p, "by");
        return in_phrase && p->phrase == Q_FROM && q_parser_at(p, "where");
    default: return false;
    }
}

/* ---- sequences ---------------------------------------------------------------- */

/* Expressions between brackets, separated by semicolons, added to `items`
 * (consumed); the closing token is not consumed. */
static struct kq_obj *parse_more_take(struct q_parser *p, struct kq_obj *items)
{
    for (;;) {
        struct kq_obj *e = q_parse_expr(p);
        if (!e)
            return q_drop(items, NULL);
        kq_push(&items, e);
        kq_unref(e);
        if (token(p) == Q_NEWLINE && p->lex.nesting) /* cannot happen: nested */
            next(p);
        if (token(p) != Q_SEMI)
            return items;
        next(p);
    }
}

/* The same behind `head` (consumed). */
static struct kq_obj *parse_items(struct q_parser *p, struct kq_obj *head)
{
    return parse_more_take(p, kq_list_take(1, &head));
}

/* [x;y] behind `head` (consumed): a call.  f[] gets one (::). */
static struct kq_obj *parse_args(struct q_parser *p, struct kq_obj *head)
{
    next(p);
    int template = p->template;
    p->template = 0;
    struct kq_obj *call = parse_items(p, head);
    p->template = template;
    if (!call || !expect(p, Q_RBRACKET, "["))
        return q_drop(call, NULL);
    if (call->n == 2 && kq_is_elided(kq_child(call, 1))) {
        kq_unref(kq_child(call, 1));
        kq_items(call)[1] = kq_generic_null();
    }
    const struct kq_obj *f = kq_child(call, 0);
    if (call->n > 2 && f->type == KQ_UNARY && f->code >= 1 && f->code <= 22)
        return q_drop(call, fail(p, "rank")); /* as a tree it would be an assignment */
    return call;
}

/* ---- terms ---------------------------------------------------------------------- */

/* Is the current token a name that is all of a parameter? */
static bool at_plain_param(const struct q_parser *p)
{
    size_t at = p->lex.pos;
    while (at < p->lex.len && strchr(" \t\n\r", p->lex.s[at]) && p->lex.s[at])
        at++;
    return token(p) == Q_NAME && at < p->lex.len && (p->lex.s[at] == ';' || p->lex.s[at] == ']');
}

/* A parameter that is a pattern, or nothing, gets a name that no text can spell;
 * the body begins with taking its value apart. */
static bool parse_param(struct q_parser *p, struct kq_obj **params, struct kq_obj **body)
{
    struct kq_obj *name;
    if (at_plain_param(p)) {
        name = kq_atom_sym(kq_sym(p->lex.text.s, p->lex.text.len));
        next(p);
    } else {
        const char digit[] = {(char)('1' + (*params)->n % 9), 0};
        struct kq_obj *pattern = q_parse_expr(p);
        if (!pattern)
            return false;
        name = kq_atom_symz(digit);
        if (!kq_is_elided(pattern)) {
            struct kq_obj *take = q_tree(3, binary(0), kq_ref(pattern), kq_ref(name));
            kq_push(body, take);
            kq_unref(take);
        }
        kq_unref(pattern);
    }
    kq_push(params, name);
    kq_unref(name);
    return true;
}

/* [a;b;..]: the names in *params, and what the body starts with in *body. */
static bool parse_params(struct q_parser *p, struct kq_obj **params, struct kq_obj **body)
{
    *params = kq_vec_new(KQ_SYMBOL, 0);
    next(p);
    while (token(p) != Q_RBRACKET || (*params)->n) {
        if (!parse_param(p, params, body))
            return false;
        if (token(p) != Q_SEMI)
            break;
        next(p);
    }
    return expect(p, Q_RBRACKET, "[");
}

static struct kq_obj *parse_lambda(struct q_parser *p)
{
    size_t from = p->lex.start;
    int template = p->template;
    p->template = 0;
    next(p);
    struct kq_obj *params = NULL, *body = kq_list_of(1, mark(';'));
    if (token(p) == Q_LBRACKET && !parse_params(p, &params, &body)) {
        kq_unref(params);
        return q_drop(body, NULL);
    }
    body = parse_more_take(p, body);
    p->template = template;
    size_t to = p->lex.pos;
    if (!body || !expect(p, Q_RBRACE, "{")) {
        kq_unref(params);
        return q_drop(body, NULL);
    }
    struct kq_obj *source = kq_string(p->lex.s + from, to - from);
    struct kq_obj *f = q_lambda_new(p->q, source, params, body);
    kq_unref(source);
    kq_unref(params);
    return q_drop(body, f);
}

/* ([k:..]a:..;b): names and columns of one part, up to `end`. */
static struct kq_obj *parse_columns(struct q_parser *p, enum q_token end, const char *error)
{
    struct kq_obj *columns = parse_items(p, kq_prim(KQ_UNARY, 41));
    if (!columns || !expect(p, end, error))
        return q_drop(columns, NULL);
    struct kq_obj *names = kq_vec_new(KQ_SYMBOL, 0);
    for (int64_t i = 1; i < columns->n; i++)
        q_qsql_take_name(p->q, &names, &kq_items(columns)[i]);
    q_qsql_unique(names);
    if (columns->n == 2 && kq_is_elided(kq_child(columns, 1))) {
        kq_unref(names);
        return q_drop(columns, kq_elided());
    }
    return q_tree(2, kq_prim(KQ_UNARY, 1),
                  q_tree(3, binary(16), q_drop(names, quote(names)), columns));
}

/* (!;names;(enlist;...)), or with gaps the function that fills them:
 * '[names!;enlist[..]]. */
static struct kq_obj *dict_literal(const struct kq_obj *tree)
{
    struct kq_obj *names = kq_child(tree, 1), *values = kq_child(tree, 2);
    bool gaps = false;
    for (int64_t i = 1; i < values->n; i++)
        gaps = gaps || kq_is_elided(kq_child(values, i));
    if (!gaps)
        return q_tree(3, binary(16), kq_ref(names), kq_ref(values));
    return q_tree(3, kq_prim(KQ_ITERATOR, 0), q_tree(2, binary(16), kq_ref(names)), kq_ref(values));
}

static struct kq_obj *parse_table(struct q_parser *p)
{
    next(p);
    struct kq_obj *keys = parse_columns(p, Q_RBRACKET, "[");
    if (token(p) == Q_SEMI) /* ([k:..];v:..) */
        next(p);
    struct kq_obj *values = keys ? parse_columns(p, Q_RPAREN, "(") : NULL;
    if (!values)
        return q_drop(keys, NULL);
    if (kq_is_elided(keys)) {
        kq_unref(keys);
        return kq_is_elided(values) ? q_drop(values, q_fail(p->q, "parse")) : values;
    }
    if (kq_is_elided(values)) { /* ([k:..]) is a dictionary literal */
        kq_unref(values);
        return q_drop(keys, dict_literal(kq_child(keys, 1)));
    }
    return q_tree(3, binary(16), keys, values);
}

static struct kq_obj *parse_paren(struct q_parser *p)
{
    int template = p->template;
    p->template = 0;
    next(p);
    struct kq_obj *r;
    if (token(p) == Q_RPAREN) {
        r = kq_vec_new(KQ_LIST, 0);
        next(p);
    } else if (token(p) == Q_LBRACKET) {
        r = parse_table(p);
    } else {
        r = parse_items(p, kq_prim(KQ_UNARY, 41));
        if (!r || !expect(p, Q_RPAREN, "("))
            r = q_drop(r, NULL);
        else if (r->n == 2)
            r = q_drop(r, kq_ref(kq_child(r, 1)));
    }
    p->template = template;
    return r;
}

static struct kq_obj *parse_const(struct q_parser *p)
{
    struct kq_obj *v = q_lex_take(&p->lex);
    next(p);
    if (v->type != -KQ_SYMBOL && v->type != KQ_SYMBOL)
        return v;
    return q_drop(v, quote(v));
}

static bool is_control(const struct q_parser *p)
{
    return q_parser_at(p, "if") || q_parser_at(p, "while") || q_parser_at(p, "do");
}

static bool is_template(const struct q_parser *p)
{
    return q_parser_at(p, "select") || q_parser_at(p, "exec") || q_parser_at(p, "update") ||
           q_parser_at(p, "delete");
}

static struct term parse_name(struct q_parser *p)
{
    if (is_template(p))
        return (struct term){q_parse_query(p), NOUN};
    bool control = is_control(p);
    const char *sym = kq_sym(p->lex.text.s, p->lex.text.len);
    next(p);
    if (!sym)
        return q_fail(p->q, "wsfull"), failed;
    struct kq_obj *word = control ? NULL : q_env_word(p->q, sym);
    if (word)
        return (struct term){kq_ref(word), q_verb_infix(word) ? VERB : NOUN};
    return (struct term){kq_atom_sym(sym), NOUN};
}

/* Glyphs; the two-character comparisons are keywords of .q. */
static struct kq_obj *parse_operator(struct q_parser *p)
{
    struct kq_obj *r;
    if (p->lex.code >= 0)
        r = kq_prim(token(p) == Q_OP ? KQ_BINARY : KQ_UNARY, p->lex.code);
    else
        r = kq_ref(q_verb_object(p->q, p->lex.text.s, p->lex.text.len));
    next(p);
    return r;
}

/* An iterator where a term begins: 'x signals, '[f;g] composes, (/:) is itself. */
static struct term parse_iterator(struct q_parser *p)
{
    struct kq_obj *it = kq_prim(KQ_ITERATOR, p->lex.code);
    int code = p->lex.code;
    next(p);
    if (token(p) == Q_LBRACKET && !p->lex.blank)
        return (struct term){it, VERB};
    if (code != 0 || at_end(p))
        return (struct term){it, NOUN};
    kq_unref(it);
    struct kq_obj *what = q_parse_expr(p);
    return (struct term){q_tree(2, mark('\''), what), NOUN};
}

/* :: as a value, :x as return, and : as a function. */
static struct term parse_colon(struct q_parser *p)
{
    bool twice = token(p) == Q_DCOLON;
    next(p);
    if (twice)
        return (struct term){kq_generic_null(), at_end(p) ? NOUN : VERB};
    if (at_end(p) || token(p) == Q_LBRACKET || token(p) == Q_ITERATOR)
        return (struct term){binary(0), VERB};
    return (struct term){q_tree(2, binary(0), q_parse_expr(p)), NOUN};
}

static struct term parse_primary(struct q_parser *p)
{
    switch (token(p)) {
    case Q_CONST: return (struct term){parse_const(p), NOUN};
    case Q_NAME: return parse_name(p);
    case Q_LPAREN: return (struct term){parse_paren(p), NOUN};
    case Q_LBRACE: return (struct term){parse_lambda(p), NOUN};
    case Q_OP:
    case Q_UNARY_OP: return (struct term){parse_operator(p), VERB};
    case Q_ITERATOR: return parse_iterator(p);
    case Q_COLON:
    case Q_DCOLON: return parse_colon(p);
    case Q_LBRACKET: { /* [s;t]: a block */
        struct kq_obj *block = parse_args(p, mark(';'));
        return (struct term){block, NOUN};
    }
    default: return fail(p, "parse"), failed;
    }
}

/* A primary and what is glued to its right: arguments and iterators. */
static struct term parse_term(struct q_parser *p)
{
    if (at_end(p))
        return (struct term){NULL, NONE};
    struct term t = parse_primary(p);
    while (t.t) {
        if (token(p) == Q_LBRACKET && (t.kind == NOUN || !p->lex.blank)) {
            t.t = parse_args(p, t.t);
            t.kind = NOUN;
        } else if (token(p) == Q_ITERATOR && !p->lex.blank) {
            t.t = q_tree(2, kq_prim(KQ_ITERATOR, p->lex.code), t.t);
            t.kind = VERB;
            next(p);
        } else {
            break;
        }
    }
    return t;
}

/* ---- expressions -------------------------------------------------------------------- */

static struct expr whole(struct kq_obj *t)
{
    return (struct expr){t, false};
}

/* `left` (consumed) in front of an expression that still waits for an operand:
 * the two compose. */
static struct expr compose(struct kq_obj *left, struct expr right)
{
    struct kq_obj *t = q_tree(3, kq_prim(KQ_ITERATOR, 0), left, right.t);
    return (struct expr){t, true};
}

static bool is_glyph(const struct kq_obj *v)
{
    return v->type == KQ_BINARY && v->code >= 1 && v->code <= 22;
}

/* A verb without a left side.  -x is neg: the unary of a glyph has its code. */
static struct expr parse_prefix(struct q_parser *p, struct kq_obj *verb)
{
    if (at_end(p))
        return (struct expr){verb, is_glyph(verb)};
    struct expr r = parse_rest(p);
    if (r.t && is_glyph(verb)) {
        struct kq_obj *unary = kq_prim(KQ_UNARY, verb->code);
        kq_unref(verb);
        verb = unary;
    }
    return r.train ? compose(verb, r) : whole(q_tree(2, verb, r.t));
}

/* (2+): the verb with its left side; where the verb could also be unary, the
 * right side has to be marked as open. */
static struct kq_obj *fix_left(struct kq_obj *verb, struct kq_obj *left)
{
    bool derived = verb && verb->type == KQ_LIST;
    return derived ? q_tree(3, verb, left, kq_elided()) : q_tree(2, verb, left);
}

static struct expr parse_infix(struct q_parser *p, struct kq_obj *left, struct kq_obj *verb)
{
    if (at_end(p))
        return (struct expr){fix_left(verb, left), true};
    struct expr r = parse_rest(p);
    if (r.train)
        return compose(fix_left(verb, left), r);
    return whole(q_tree(3, verb, left, r.t));
}

/* Can `t` stand left of an assignment: a name, or an indexed one? */
static bool is_target(const struct kq_obj *t)
{
    if (t->type == KQ_LIST && t->n > 1)
        t = kq_child(t, 0);
    return t->type == -KQ_SYMBOL;
}

static bool at_assignment(const struct q_parser *p, const struct kq_obj *left)
{
    switch (token(p)) {
    case Q_COLON: return is_target(left) || q_is_pattern(left);
    case Q_DCOLON:
    case Q_UNARY_OP: return is_target(left);
    default: return false;
    }
}

/* name:x, name+:x, name::x and the same with an index. */
static struct expr parse_assignment(struct q_parser *p, struct kq_obj *target)
{
    struct kq_obj *op = token(p) == Q_COLON    ? binary(0)
                        : token(p) == Q_DCOLON ? kq_generic_null()
                                               : kq_prim(KQ_UNARY, p->lex.code);
    next(p);
    if (at_end(p)) { /* a: alone is a projection of the operator */
        bool plain = op->type == KQ_BINARY;
        struct kq_obj *verb = plain ? op : kq_prim(KQ_BINARY, op->code);
        if (!plain)
            kq_unref(op);
        return (struct expr){q_tree(2, verb, target), true};
    }
    struct kq_obj *value = q_parse_expr(p);
    return whole(q_tree(3, op, target, value));
}

static struct expr parse_after(struct q_parser *p, struct kq_obj *left)
{
    if (at_end(p))
        return whole(left);
    if (at_assignment(p, left))
        return parse_assignment(p, left);
    if (token(p) == Q_COLON && kq_type_is_func(left->type)) /* til:3 */
        return whole(q_drop(left, fail(p, "assign")));
    struct term t = q_too_deep(p->q) ? failed : parse_term(p);
    if (!t.t) {
        kq_unref(left);
        return whole(NULL);
    }
    if (t.kind == VERB)
        return parse_infix(p, left, t.t);
    struct expr r = parse_after(p, t.t);
    return r.train ? compose(left, r) : whole(q_tree(2, left, r.t));
}

/* Is the next token an operator or keyword that takes something on its left? */
static bool at_infix(const struct q_parser *p)
{
    if (at_end(p))
        return false;
    if (token(p) != Q_NAME)
        return token(p) == Q_OP;
    const char *sym = kq_sym(p->lex.text.s, p->lex.text.len);
    struct kq_obj *word = sym ? q_env_word(p->q, sym) : NULL;
    return word && q_verb_infix(word);
}

/* An expression of which something is known to be there. */
static struct expr parse_rest(struct q_parser *p)
{
    if (q_too_deep(p->q))
        return whole(NULL);
    struct term t = parse_term(p);
    if (!t.t)
        return whole(t.kind == NONE ? fail(p, "parse") : NULL);
    /* + . 2 3 gives an operator to another one. */
    if (t.kind == VERB && !at_infix(p))
        return parse_prefix(p, t.t);
    return parse_after(p, t.t);
}

struct kq_obj *q_parse_expr(struct q_parser *p)
{
    if (token(p) == Q_BAD)
        return NULL;
    return at_end(p) ? kq_elided() : parse_rest(p).t;
}

/* ---- statements ------------------------------------------------------------------------ */

void q_parser_init(struct q_parser *p, struct q *q, const char *s, size_t len)
{
    *p = (struct q_parser){.q = q};
    q_lex_init(&p->lex, q, s, len);
}

void q_parser_release(struct q_parser *p)
{
    q_lex_release(&p->lex);
}

static void skip_breaks(struct q_parser *p)
{
    while (token(p) == Q_NEWLINE)
        next(p);
}

bool q_parser_more(struct q_parser *p)
{
    skip_breaks(p);
    return token(p) != Q_END;
}

/* \cmd args: a call of `system`. */
static struct kq_obj *parse_command(struct q_parser *p)
{
    struct kq_obj *text = kq_string(p->lex.text.s, p->lex.text.len);
    next(p);
    return q_tree(2, kq_ref(q_verb_object(p->q, "system", 6)), text);
}

/* s;t;u on one line: (";";s;t;u), or s alone. */
struct kq_obj *q_parse_statement(struct q_parser *p)
{
    if (token(p) == Q_COMMAND)
        return parse_command(p);
    size_t from = p->lex.start;
    struct kq_obj *t = q_parse_expr(p);
    if (t && token(p) == Q_SEMI) {
        next(p);
        t = parse_more_take(p, q_tree(2, mark(';'), t));
    }
    p->source = kq_str(p->lex.s + from, p->lex.end > from ? p->lex.end - from : 0);
    if (t && token(p) != Q_NEWLINE && !expect(p, Q_END, "parse"))
        return q_drop(t, NULL);
    return t;
}

struct kq_obj *q_parse_text(struct q *q, const char *s, size_t len)
{
    struct q_parser p;
    q_parser_init(&p, q, s, len);
    struct kq_obj *all = kq_vec_new(KQ_LIST, 0), *head = mark(';');
    kq_push(&all, head);
    kq_unref(head);
    while (q_parser_more(&p)) {
        struct kq_obj *t = q_parse_statement(&p);
        if (!t) {
            q_parser_release(&p);
            return q_drop(all, NULL);
        }
        kq_push(&all, t);
        kq_unref(t);
    }
    q_parser_release(&p);
    if (all->n == 1)
        return q_drop(all, kq_generic_null());
    return all->n == 2 ? q_drop(all, kq_ref(kq_child(all, 1))) : all;
}

/* Is `t` an assignment in any of its forms? */
static bool is_assignment(const struct kq_obj *t)
{
    if (t->type != KQ_LIST || t->n != 3)
        return false;
    const struct kq_obj *op = kq_child(t, 0);
    return (op->type == KQ_BINARY && op->code == 0) ||
           (op->type == KQ_UNARY && op->code <= 22 && is_target(kq_child(t, 1)));
}

bool q_tree_shows(const struct kq_obj *tree)
{
    if (tree->type == KQ_LIST && tree->n > 1 && kq_child(tree, 0)->type == -KQ_CHAR)
        tree = kq_child(tree, tree->n - 1);
    return !kq_is_elided(tree) && !is_assignment(tree);
}

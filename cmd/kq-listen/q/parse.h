/*
 * parse.h - q text to parse trees, which are themselves q values.
 *
 * `parse "1+2"` is (+;1;2), and that is what the evaluator walks:
 *
 *   name                a symbol atom
 *   symbol constant     enlisted: ,`a for `a and ,`a`b for `a`b
 *   other constant      itself
 *   f[x;y], x f y       (f;x;y); f[] is (f;::)
 *   (x;y)               (enlist;x;y)
 *   f'                  (';f); '[f;g] is (';f;g)
 *   a:x, a[i]:x         (:;`a;x), (:;(`a;i);x); a+:x is (+:;`a;x)
 *   a::x                (::;`a;x)
 *   :x (return)         (:;x);  'x (signal) is ("'";x)
 *   s;t                 (";";s;t)
 *   if[c;s]             (`if;c;s), and so while and do
 *   {..}                the lambda, compiled
 *
 * A missing argument (f[;2]) is the elided object, type 101 code 255.
 */
#ifndef KQ_Q_PARSE_H
#define KQ_Q_PARSE_H

#include "q/lex.h"

/* The parts of a query end at different words. */
enum q_phrase {
    Q_COLUMNS,     /* at a comma, by, from */
    Q_FROM,        /* at where */
    Q_CONSTRAINTS, /* at a comma */
};

struct q_parser {
    struct q *q;
    struct q_lex lex;
    int template; /* bracket depth + 1 of the query being read, 0: none */
    enum q_phrase phrase;
    struct kq_str source; /* text of the statement read last */
};

void q_parser_init(struct q_parser *p, struct q *q, const char *s, size_t len);
void q_parser_release(struct q_parser *p);
/* Is there another statement? */
bool q_parser_more(struct q_parser *p);
/* The next statement of a script; NULL: 'parse or another error. */
struct kq_obj *q_parse_statement(struct q_parser *p);

/* Whole text as one tree (";" of several statements), as `parse` gives it. */
struct kq_obj *q_parse_text(struct q *q, const char *s, size_t len);

/* Does the value of this tree get printed at a console? */
bool q_tree_shows(const struct kq_obj *tree);

/* ---- qsql.c: the templates ---------------------------------------------------- */

/* select, exec, update or delete, at the current token: (?;t;c;b;a). */
struct kq_obj *q_parse_query(struct q_parser *p);

/*
 * The name of a column given as an expression, added to *names: that of `a:x`
 * (whose x replaces *expr), else the leftmost name in it, else x.
 */
void q_qsql_take_name(struct q *q, struct kq_obj **names, struct kq_obj **expr);

/* Number the repeated ones: a a b -> a a1 b. */
void q_qsql_unique(struct kq_obj *names);

/* ---- for qsql.c ---------------------------------------------------------------- */

/* One expression, up to what ends it; the elided object when there is none. */
struct kq_obj *q_parse_expr(struct q_parser *p);
/* Is the current token this name? */
bool q_parser_at(const struct q_parser *p, const char *name);
/* A tree of `n` given references, all consumed; NULL when one of them is. */
struct kq_obj *q_tree(int n, ...);

#endif

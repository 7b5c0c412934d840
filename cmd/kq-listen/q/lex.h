/*
 * lex.h - q text to tokens.
 *
 * The lexer decides what only neighbouring characters can tell: whether a
 * minus is a sign, a slash an iterator or a comment, a line break an end or a
 * continuation.  Literals themselves are read by text/lit.
 */
#ifndef KQ_Q_LEX_H
#define KQ_Q_LEX_H

#include "q/q.h"

enum q_token {
    Q_END,     /* of the text, or of the part a statement may use */
    Q_NEWLINE, /* between statements of a script */
    Q_SEMI,    /* ; */
    Q_LPAREN,
    Q_RPAREN,
    Q_LBRACKET,
    Q_RBRACKET,
    Q_LBRACE,
    Q_RBRACE,
    Q_CONST,    /* literal: lex->value */
    Q_NAME,     /* lex->text */
    Q_OP,       /* binary glyph, 0: 1: 2: among them: lex->code of type 102 */
    Q_UNARY_OP, /* glyph with a colon, also op-assign: lex->code of type 101 */
    Q_ITERATOR, /* lex->code of type 103 */
    Q_COLON,    /* : */
    Q_DCOLON,   /* :: */
    Q_COMMAND,  /* \x at the start of a line: lex->text is the rest of it */
    Q_BAD,      /* error set */
};

struct q_lex {
    struct q *q;
    const char *s;
    size_t len;
    size_t pos; /* after the current token */

    enum q_token token; /* the current token, not yet consumed */
    size_t start;       /* where it begins */
    size_t end;         /* where the token before it ends */
    bool blank;         /* white space stood before it */
    bool noun_before;   /* the token before it ends a noun */
    int code;
    struct kq_str text;
    struct kq_obj *value; /* of Q_CONST, owned by the lexer until taken */
    int nesting;          /* open brackets: line breaks mean nothing inside */
};

/* Starts at the first token. */
void q_lex_init(struct q_lex *l, struct q *q, const char *s, size_t len);
void q_lex_release(struct q_lex *l);
/* Go on to the next token. */
void q_lex_next(struct q_lex *l);
/* Hand over the value of the current Q_CONST. */
struct kq_obj *q_lex_take(struct q_lex *l);

#endif

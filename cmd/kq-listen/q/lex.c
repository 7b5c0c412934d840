/*
 * lex.c - one token at a time, on demand.
 */
#include "q/lex.h"

#include "base/buf.h"
#include "base/digits.h"
#include "text/lit.h"

/* In the order of their codes, from 1 on: see obj/prim.def. */
static const char glyphs[] = "+-*%&|^=<>$,#_~!?@.";

static char at(const struct q_lex *l, size_t i)
{
    return i < l->len ? l->s[i] : 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* ---- white space and comments ------------------------------------------------- */

static size_t line_end(const struct q_lex *l, size_t i)
{
    while (i < l->len && l->s[i] != '\n')
        i++;
    return i;
}

static bool at_line_start(const struct q_lex *l, size_t i)
{
    return i == 0 || l->s[i - 1] == '\n';
}

/* Is the line at `i` nothing but `c`? */
static bool lone(const struct q_lex *l, size_t i, char c)
{
    if (!at_line_start(l, i) || at(l, i) != c)
        return false;
    for (i++; is_blank(at(l, i)); i++)
        ;
    return i >= l->len || l->s[i] == '\n';
}

/* From a lone slash to behind the lone backslash that ends the comment. */
static size_t block_end(const struct q_lex *l, size_t i)
{
    while (i < l->len && !lone(l, i, '\\'))
        i = line_end(l, i) + 1;
    return i < l->len ? line_end(l, i) : l->len;
}

/* Does a statement go on in the line at `i`?  A lone } closes one. */
static bool continues(const struct q_lex *l, size_t i)
{
    return is_blank(at(l, i)) || (at(l, i) == '}' && l->nesting);
}

/* Skip blanks, comments and continued lines; stops at a line break that ends a
 * statement. */
static size_t skip(struct q_lex *l, size_t i)
{
    for (;;) {
        char c = at(l, i);
        if (i >= l->len)
            return i;
        if (is_blank(c)) {
            i++;
        } else if (lone(l, i, '/')) {
            i = block_end(l, i);
        } else if (c == '/' && (i == 0 || is_blank(l->s[i - 1]) || l->s[i - 1] == '\n')) {
            i = line_end(l, i);
        } else if (c == '\n' && (l->nesting || continues(l, i + 1))) {
            i++;
        } else {
            return i;
        }
    }
}

/* ---- tokens --------------------------------------------------------------------- */

static bool ends_noun(enum q_token t)
{
    return t == Q_CONST || t == Q_NAME || t == Q_RPAREN || t == Q_RBRACKET || t == Q_RBRACE;
}

static void bad(struct q_lex *l, const char *error)
{
    q_fail(l->q, error);
    l->token = Q_BAD;
}

/* A literal that q would refuse is an error by its own text. */
static void lex_const(struct q_lex *l, struct kq_obj *v, size_t used)
{
    l->pos = l->start + used;
    l->value = v;
    l->token = Q_CONST;
    if (v)
        return;
    size_t end = l->pos;
    while (end < l->len && !strchr(" \t\n;)]}", l->s[end]))
        end++;
    q_failf(l->q, "%.*s", (int)(end - l->pos < 64 ? end - l->pos : 64), l->s + l->pos);
    l->token = Q_BAD;
}

/* Is the minus at the start of this token the sign of a number? */
static bool is_sign(const struct q_lex *l)
{
    return !l->noun_before || l->blank;
}

static bool starts_number(const struct q_lex *l)
{
    const char *s = l->s + l->start;
    if (*s == '-' && !is_sign(l))
        return false;
    return kq_lit_is_number(s, l->len - l->start);
}

/* A letter that is a suffix, a point, ... */
static bool goes_on_in_number(char c)
{
    return kq_is_digit(c) || c == '.' || c == ':' || c == '_' ||
           ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* Digits and nothing that could make them anything but one long. */
static bool lex_small_number(struct q_lex *l)
{
    int64_t v = 0;
    size_t i = l->start;
    for (; kq_is_digit(at(l, i)) && i - l->start < 18; i++)
        v = v * 10 + (l->s[i] - '0');
    size_t end = i;
    if (i == l->start || goes_on_in_number(at(l, i)))
        return false;
    for (; is_blank(at(l, i)); i++)
        ;
    if (at(l, i) == '\n' || (i > end && kq_lit_is_number(l->s + i, l->len - i))) /* a run */
        return false;
    lex_const(l, kq_long(v), end - l->start);
    return true;
}

/*
 * A run of numbers may go on in continued lines; then all its pieces are put on
 * one line and read again, because a suffix at the end holds for all.  `end` is
 * behind the first piece; false: there is no other.
 */
static bool lex_long_run(struct q_lex *l, size_t end)
{
    struct kq_buf line;
    size_t used = 0, pieces = 0;
    kq_buf_init(&line, l->len * 2);
    kq_buf_append(&line, l->s + l->start, end - l->start);
    for (;; pieces++) {
        size_t from = skip(l, end);
        if (!memchr(l->s + end, '\n', from - end) || !kq_lit_is_number(l->s + from, l->len - from))
            break;
        kq_unref(kq_lit_number(l->s + from, l->len - from, &used, NULL));
        kq_buf_byte(&line, ' ');
        kq_buf_append(&line, l->s + from, used);
        end = from + used;
        if (!used)
            break;
    }
    if (pieces) {
        const char *text = (const char *)line.data;
        lex_const(l, kq_lit_number(text, line.len, &used, NULL), end - l->start);
    }
    kq_buf_release(&line);
    return pieces;
}

static bool lex_number(struct q_lex *l)
{
    size_t used = 0;
    if (lex_small_number(l))
        return true;
    if (!starts_number(l))
        return false;
    struct kq_obj *v = kq_lit_number(l->s + l->start, l->len - l->start, &used, NULL);
    if (v && lex_long_run(l, l->start + used))
        kq_unref(v);
    else
        lex_const(l, v, used);
    return true;
}

static bool lex_quoted(struct q_lex *l)
{
    const char *s = l->s + l->start;
    size_t used = 0;
    if (*s != '"' && *s != '`')
        return false;
    struct kq_obj *v = *s == '"' ? kq_lit_string(s, l->len - l->start, &used, NULL)
                                 : kq_lit_symbol(s, l->len - l->start, &used, NULL);
    lex_const(l, v, used);
    return true;
}

static bool lex_name(struct q_lex *l)
{
    size_t n = kq_lit_name_len(l->s + l->start, l->len - l->start);
    if (!n)
        return false;
    l->text = kq_str(l->s + l->start, n);
    l->pos = l->start + n;
    l->token = Q_NAME;
    return true;
}

static bool lex_bracket(struct q_lex *l)
{
    static const char chars[] = "()[]{};";
    static const enum q_token tokens[] = {Q_LPAREN, Q_RPAREN, Q_LBRACKET, Q_RBRACKET,
                                          Q_LBRACE, Q_RBRACE, Q_SEMI};
    const char *p = strchr(chars, l->s[l->start]);
    if (!p)
        return false;
    l->token = tokens[p - chars];
    l->nesting += *p == '(' || *p == '[' || *p == '{';
    l->nesting -= (*p == ')' || *p == ']' || *p == '}') && l->nesting > 0;
    l->pos = l->start + 1;
    return true;
}

/* ' / \ ': /: \: */
static bool lex_iterator(struct q_lex *l)
{
    static const char chars[] = "'/\\";
    const char *p = strchr(chars, l->s[l->start]);
    if (!p)
        return false;
    bool colon = at(l, l->start + 1) == ':';
    l->code = (int)(p - chars) + 3 * colon;
    l->pos = l->start + 1 + colon;
    l->token = Q_ITERATOR;
    return true;
}

/* 0: 1: 2: */
static bool lex_file_op(struct q_lex *l)
{
    char c = l->s[l->start];
    if (c < '0' || c > '2' || at(l, l->start + 1) != ':')
        return false;
    bool unary = at(l, l->start + 2) == ':';
    l->code = 20 + (c - '0');
    l->pos = l->start + 2 + unary;
    l->token = unary ? Q_UNARY_OP : Q_OP;
    return true;
}

static void lex_operator(struct q_lex *l)
{
    char c = l->s[l->start];
    l->pos = l->start + 1;
    if (c == ':') {
        bool twice = at(l, l->pos) == ':';
        l->pos += twice;
        l->token = twice ? Q_DCOLON : Q_COLON;
        return;
    }
    const char *glyph = strchr(glyphs, c);
    if (!glyph) {
        char text[2] = {c, 0};
        bad(l, text);
        return;
    }
    char next = at(l, l->pos);
    size_t n = (c == '<' && (next == '>' || next == '=')) || (c == '>' && next == '=') ? 2 : 1;
    l->text = kq_str(l->s + l->start, n);
    l->pos = l->start + n;
    bool colon = n == 1 && at(l, l->pos) == ':';
    l->token = colon ? Q_UNARY_OP : Q_OP;
    l->pos += colon;
    /* -1: a keyword spelt in glyphs, l->text says which. */
    l->code = n == 1 ? (int)(glyph - glyphs) + 1 : -1;
}

void q_lex_next(struct q_lex *l)
{
    kq_unref(l->value);
    l->value = NULL;
    if (l->token == Q_BAD)
        return;
    l->noun_before = ends_noun(l->token);
    l->end = l->pos;
    l->start = skip(l, l->pos);
    l->blank = l->start > l->pos || l->start == 0;
    if (l->start >= l->len) {
        l->pos = l->start;
        l->token = Q_END;
        return;
    }
    char c = l->s[l->start];
    if (c == '\n') {
        l->pos = l->start + 1;
        l->token = Q_NEWLINE;
    } else if (c == '\\' && at_line_start(l, l->start) && !l->nesting) {
        l->pos = line_end(l, l->start);
        l->text = kq_str(l->s + l->start + 1, l->pos - l->start - 1);
        l->token = Q_COMMAND;
    } else if (!c) {
        bad(l, "char");
    } else if (!lex_number(l) && !lex_quoted(l) && !lex_file_op(l) && !lex_name(l) &&
               !lex_bracket(l) && !lex_iterator(l)) {
        lex_operator(l);
    }
}

void q_lex_init(struct q_lex *l, struct q *q, const char *s, size_t len)
{
    *l = (struct q_lex){.q = q, .s = s, .len = len, .token = Q_NEWLINE};
    q_lex_next(l);
}

void q_lex_release(struct q_lex *l)
{
    kq_unref(l->value);
    l->value = NULL;
}

struct kq_obj *q_lex_take(struct q_lex *l)
{
    struct kq_obj *v = l->value;
    l->value = NULL;
    return v;
}

/*
 * entry.c - one scanner that yields pieces of text and keeps the open brackets;
 * the questions are loops over it.
 */
#include "entry.h"

#include <string.h>

/* Deeper nesting is not looked into; no server would take it either. */
enum { DEPTH = 256 };

enum piece {
    END,
    BLANK,
    COMMENT,
    CODE, /* one character outside of strings and comments */
    STRING,
    UNCLOSED, /* a string or block comment that the end of the text cuts off */
};

struct scan {
    struct kq_str text;
    size_t at;
    int depth;        /* brackets open */
    char open[DEPTH]; /* their closing partners */
    bool wrong;       /* one was closed that was not open, or there were too many */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The rest of the line at `at`, without the newline. */
static struct kq_str rest_of_line(const struct scan *s)
{
    struct kq_str line, rest;
    kq_str_cut(kq_str(s->text.s + s->at, s->text.len - s->at), '\n', &line, &rest);
    return line;
}

/* Step over the line at `at` with its newline; false at the end of the text. */
static bool skip_line(struct scan *s)
{
    s->at += rest_of_line(s).len;
    if (s->at >= s->text.len)
        return false;
    s->at++;
    return true;
}

static bool at_line_start(const struct scan *s)
{
    return s->at == 0 || s->text.s[s->at - 1] == '\n';
}

static enum piece comment(struct scan *s)
{
    if (!at_line_start(s) || kq_str_trim(rest_of_line(s)).len > 1) {
        s->at += rest_of_line(s).len;
        return COMMENT;
    }
    while (skip_line(s)) {
        struct kq_str line = rest_of_line(s);
        if (line.len && line.s[0] == '\\' && kq_str_trim(line).len == 1) {
            s->at += line.len;
            return COMMENT;
        }
    }
    return UNCLOSED;
}

static enum piece string(struct scan *s)
{
    while (++s->at < s->text.len) {
        char c = s->text.s[s->at];
        if (c == '\\')
            s->at++;
        if (c == '"') {
            s->at++;
            return STRING;
        }
    }
    s->at = s->text.len;
    return UNCLOSED;
}

static void bracket(struct scan *s, char c)
{
    static const char pairs[] = "()[]{}";
    const char *p = strchr(pairs, c);
    if (!p || !c)
        return;
    if ((p - pairs) % 2 == 0) {
        if (s->depth == DEPTH)
            s->wrong = true;
        else
            s->open[s->depth++] = p[1];
    } else if (s->depth && s->open[s->depth - 1] == c) {
        s->depth--;
    } else {
        s->wrong = true;
    }
}

static enum piece next(struct scan *s)
{
    if (s->at >= s->text.len)
        return END;
    char c = s->text.s[s->at];
    if (c == '"')
        return string(s);
    if (c == '/' && (at_line_start(s) || is_blank(s->text.s[s->at - 1])))
        return comment(s);
    s->at++;
    if (is_blank(c))
        return BLANK;
    bracket(s, c);
    return CODE;
}

/* A scan of `text` behind its language prefix, the "k)" of k)x. */
static struct scan start(struct kq_str text)
{
    struct scan s = {.text = text};
    if (text.len > 1 && text.s[0] >= 'a' && text.s[0] <= 'z' && text.s[1] == ')')
        s.at = 2;
    return s;
}

enum send_entry send_entry_state(struct kq_str text)
{
    struct scan s = start(text);
    bool some = s.at > 0;
    if (text.len && text.s[0] == '\\')
        return SEND_ENTRY_WHOLE;
    for (;;) {
        enum piece p = next(&s);
        if (p == UNCLOSED)
            return SEND_ENTRY_OPEN_TEXT;
        if (s.wrong)
            return SEND_ENTRY_WHOLE;
        if (p == END)
            break;
        some |= p == CODE || p == STRING;
    }
    if (s.depth)
        return SEND_ENTRY_OPEN;
    return some ? SEND_ENTRY_WHOLE : SEND_ENTRY_EMPTY;
}

/* ---- what is shown --------------------------------------------------------- */

static struct kq_str drop(struct kq_str s, size_t n)
{
    return kq_str_trim(kq_str(s.s + n, s.len - n));
}

static bool is_name_char(char c, bool first)
{
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.';
    return letter || (!first && ((c >= '0' && c <= '9') || c == '_'));
}

/* Length of the bracketed group at the start of `text`. */
static size_t group_len(struct kq_str text)
{
    struct scan s = {.text = text};
    do {
        if (next(&s) == END)
            break;
    } while (s.depth);
    return s.at;
}

/* name[index]verb: in front of anything. */
static bool assigns(struct kq_str s)
{
    size_t n = 0;
    while (n < s.len && is_name_char(s.s[n], n == 0))
        n++;
    if (!n)
        return false;
    s = drop(s, n);
    while (s.len && s.s[0] == '[')
        s = drop(s, group_len(s));
    if (s.len && strchr("+-*%&|^=<>$?@.#_~!,", s.s[0]))
        s = drop(s, 1);
    return s.len && s.s[0] == ':';
}

bool send_entry_is_silent(struct kq_str text)
{
    struct scan s = start(text);
    size_t last = 0; /* start of the last statement */
    bool empty = true;
    if (text.len && text.s[0] == '\\')
        return false;
    for (;;) {
        size_t at = s.at;
        enum piece p = next(&s);
        if (p == END || p == UNCLOSED)
            break;
        if (p != CODE && p != STRING)
            continue;
        if (p == CODE && text.s[at] == ';' && !s.depth) {
            empty = true;
        } else if (empty) {
            last = at;
            empty = false;
        }
    }
    return empty || assigns(drop(text, last));
}

/*
 * normq.c - a scanner that knows just enough of q to find where literals end.
 */
#include "normq.h"

#include <ctype.h>
#include <string.h>

/* A position in the text; at(s, 1) is the next byte, 0 behind the end. */
struct scan {
    const char *p, *end;
};

static int at(const struct scan *s, size_t i)
{
    return (size_t)(s->end - s->p) > i ? (unsigned char)s->p[i] : 0;
}

static bool is_name(int c)
{
    return isalnum(c) || c == '.' || c == '_' || c >= 0x80;
}

static void skip_string(struct scan *s)
{
    for (s->p++; s->p < s->end && *s->p != '"'; s->p++)
        s->p += *s->p == '\\' && s->p + 1 < s->end;
    s->p += s->p < s->end;
}

/* 42 -1.5e-3 0x2a 2024.01.02D03:04:05.678 0Wj 3h */
static void skip_number(struct scan *s)
{
    s->p += at(s, 0) == '-';
    while (isalnum(at(s, 0)) || at(s, 0) == '.' || at(s, 0) == ':') {
        bool exponent = at(s, 0) == 'e' && (at(s, 1) == '-' || at(s, 1) == '+');
        s->p += exponent ? 2 : 1;
    }
}

/* `a`b.c`:host:5010 */
static void skip_symbols(struct scan *s)
{
    while (at(s, 0) == '`') {
        s->p++;
        while (is_name(at(s, 0)) || at(s, 0) == ':' || at(s, 0) == '/')
            s->p++;
    }
}

/* Does a number begin here, given the last byte written that is no blank? */
static bool is_number(const struct scan *s, int before)
{
    if (isdigit(at(s, 0)) || (at(s, 0) == '.' && isdigit(at(s, 1))))
        return true;
    bool operand = is_name(before) || before == ')' || before == ']' || before == '?';
    return at(s, 0) == '-' && isdigit(at(s, 1)) && !operand;
}

static void put_literal(struct kq_buf *out)
{
    /* 1 2 3 is one vector. */
    size_t n = out->len;
    if (n > 1 && out->data[n - 1] == ' ' && out->data[n - 2] == '?')
        out->len--;
    else if (!n || out->data[n - 1] != '?')
        kq_buf_byte(out, '?');
}

static void put_blank(struct kq_buf *out)
{
    if (out->len && out->data[out->len - 1] != ' ')
        kq_buf_byte(out, ' ');
}

static int last_byte(const struct kq_buf *out)
{
    size_t n = out->len;
    while (n && out->data[n - 1] == ' ')
        n--;
    return n ? out->data[n - 1] : 0;
}

void dump_normq(struct kq_buf *out, struct kq_str text)
{
    struct scan s = {text.s, text.s + text.len};
    while (s.p < s.end) {
        const char *start = s.p;
        if (isspace(at(&s, 0))) {
            s.p++;
            put_blank(out);
        } else if (at(&s, 0) == '"') {
            skip_string(&s);
            put_literal(out);
        } else if (at(&s, 0) == '`') {
            skip_symbols(&s);
            put_literal(out);
        } else if (is_number(&s, last_byte(out))) {
            skip_number(&s);
            put_literal(out);
        } else {
            do
                s.p++;
            while (is_name((unsigned char)s.p[-1]) && is_name(at(&s, 0)));
            kq_buf_append(out, start, (size_t)(s.p - start));
        }
    }
    while (out->len && out->data[out->len - 1] == ' ')
        out->len--;
}

struct kq_str dump_normq_table(struct kq_str text)
{
    struct scan s = {text.s, text.s + text.len};
    while (s.p < s.end) {
        const char *start = s.p;
        if (at(&s, 0) == '"') {
            skip_string(&s);
            continue;
        }
        while (is_name(at(&s, 0)))
            s.p++;
        if (s.p - start == 4 && memcmp(start, "from", 4) == 0) {
            while (isspace(at(&s, 0)))
                s.p++;
            start = s.p;
            while (is_name(at(&s, 0)))
                s.p++;
            return s.p > start ? kq_str(start, (size_t)(s.p - start)) : kq_str(NULL, 0);
        }
        s.p += s.p == start;
    }
    return kq_str(NULL, 0);
}

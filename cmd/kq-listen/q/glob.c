/*
 * glob.c - a pattern is a row of elements, each of which matches one character;
 * stars cut it into at most three such rows, so matching never backtracks.
 */
#include "q/glob.h"

/* The bytes of the element that starts at p[i]: 1, or a whole [set].  A bracket
 * that is never closed is an ordinary character. */
static size_t element(struct kq_str p, size_t i)
{
    if (p.s[i] != '[')
        return 1;
    size_t j = i + 1 + (i + 1 < p.len && p.s[i + 1] == '^') + 1; /* ] can be the first member */
    while (j < p.len && p.s[j] != ']')
        j++;
    return j < p.len ? j + 1 - i : 1;
}

/* The elements of a pattern, one after the other. */
struct elements {
    struct kq_str p;
    size_t at, len;
    bool open; /* a bracket is not closed, so none behind it is */
};

static bool next(struct elements *e)
{
    e->at += e->len;
    if (e->at >= e->p.len)
        return false;
    e->len = e->open ? 1 : element(e->p, e->at);
    e->open = e->open || (e->len == 1 && e->p.s[e->at] == '[');
    return true;
}

static bool in_set(const unsigned char *s, size_t len, unsigned char c)
{
    bool negate = len && *s == '^';
    for (size_t i = negate; i < len; i++) {
        bool range = i + 2 < len && s[i + 1] == '-';
        if (range ? c >= s[i] && c <= s[i + 2] : c == s[i])
            return !negate;
        i += range ? 2 : 0;
    }
    return negate;
}

static bool matches(struct kq_str p, size_t i, size_t len, char c)
{
    if (len > 1)
        return in_set((const unsigned char *)p.s + i + 1, len - 2, (unsigned char)c);
    return p.s[i] == '?' || p.s[i] == c;
}

static size_t width(struct kq_str p)
{
    struct elements e = {.p = p};
    size_t n = 0;
    while (next(&e))
        n++;
    return n;
}

/* Does p match the first characters of `s`, of which there are enough? */
static bool matches_here(struct kq_str p, const char *s)
{
    struct elements e = {.p = p};
    while (next(&e)) {
        if (!matches(p, e.at, e.len, *s++))
            return false;
    }
    return true;
}

static bool is_plain(struct kq_str p)
{
    return p.len && !memchr(p.s, '?', p.len) && !memchr(p.s, '[', p.len);
}

static int64_t find(struct q *q, struct kq_str p, size_t n, struct kq_str text, size_t from)
{
    if (from > text.len || n > text.len - from)
        return -1;
    if (is_plain(p)) {
        const char *c = memmem(text.s + from, text.len - from, p.s, p.len);
        return c ? c - text.s : -1;
    }
    for (size_t at = from; at <= text.len - n && q_work(q, (int64_t)n); at++) {
        if (matches_here(p, text.s + at))
            return (int64_t)at;
    }
    return -1;
}

/* The offset of the first star outside a set, or the length. */
static size_t star(struct kq_str p, size_t from)
{
    struct elements e = {.p = p, .at = from};
    while (next(&e) && p.s[e.at] != '*')
        ;
    return e.at < p.len ? e.at : p.len;
}

bool q_glob_init(struct q_glob *g, struct kq_str pattern)
{
    size_t first = star(pattern, 0), last = first;
    *g = (struct q_glob){.head = kq_str(pattern.s, first)};
    g->head_width = width(g->head);
    if (first == pattern.len)
        return true;
    g->stars = 1;
    size_t second = star(pattern, first + 1);
    if (second < pattern.len) {
        g->stars = 2;
        g->middle = kq_str(pattern.s + first + 1, second - first - 1);
        last = second;
    }
    g->tail = kq_str(pattern.s + last + 1, pattern.len - last - 1);
    g->middle_width = width(g->middle);
    g->tail_width = width(g->tail);
    return star(g->tail, 0) == g->tail.len && (!g->tail.len || !g->middle.len);
}

bool q_glob_match(struct q *q, const struct q_glob *g, struct kq_str text)
{
    size_t least = g->head_width + g->middle_width + g->tail_width;
    if (g->stars ? text.len < least : text.len != least)
        return false;
    if (!matches_here(g->head, text.s))
        return false;
    if (g->middle.len)
        return find(q, g->middle, g->middle_width, text, g->head_width) >= 0;
    return matches_here(g->tail, text.s + text.len - g->tail_width);
}

int64_t q_glob_width(struct kq_str pattern)
{
    return star(pattern, 0) < pattern.len ? -1 : (int64_t)width(pattern);
}

int64_t q_glob_find(struct q *q, struct kq_str pattern, int64_t n, struct kq_str text, int64_t from)
{
    return find(q, pattern, (size_t)n, text, (size_t)from);
}

/*
 * str.c - cutting, trimming and comparing slices.
 */
#include "base/str.h"

bool kq_str_starts(struct kq_str a, const char *prefix)
{
    size_t n = strlen(prefix);
    return a.len >= n && memcmp(a.s, prefix, n) == 0;
}

bool kq_str_ends(struct kq_str a, const char *suffix)
{
    size_t n = strlen(suffix);
    return a.len >= n && memcmp(a.s + a.len - n, suffix, n) == 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct kq_str kq_str_trim(struct kq_str a)
{
    while (a.len && is_blank(a.s[0])) {
        a.s++;
        a.len--;
    }
    while (a.len && is_blank(a.s[a.len - 1]))
        a.len--;
    return a;
}

bool kq_str_cut(struct kq_str a, char sep, struct kq_str *head, struct kq_str *rest)
{
    const char *p = a.len ? memchr(a.s, sep, a.len) : NULL;
    if (!p) {
        *head = a;
        *rest = a.len ? kq_str(a.s + a.len, 0) : a;
        return false;
    }
    size_t n = (size_t)(p - a.s);
    *head = kq_str(a.s, n);
    *rest = kq_str(p + 1, a.len - n - 1);
    return true;
}

/* Levenshtein over two rows; names longer than a row's room count as far away. */
size_t kq_str_distance(struct kq_str a, struct kq_str b)
{
    enum { ROOM = 64 };
    if (a.len >= ROOM || b.len >= ROOM)
        return ROOM;
    size_t prev[ROOM], cur[ROOM];
    for (size_t j = 0; j <= b.len; j++)
        prev[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        cur[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t swap = prev[j - 1] + (a.s[i - 1] != b.s[j - 1]);
            size_t del = prev[j] + 1, ins = cur[j - 1] + 1;
            size_t best = swap < del ? swap : del;
            cur[j] = best < ins ? best : ins;
        }
        memcpy(prev, cur, sizeof prev);
    }
    return prev[b.len];
}

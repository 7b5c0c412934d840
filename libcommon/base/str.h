/*
 * str.h - a slice of bytes that somebody else owns.
 *
 * Parsers pass slices instead of copies.  A slice is not NUL-terminated and
 * may contain any byte.
 */
#ifndef KQ_BASE_STR_H
#define KQ_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct kq_str {
    const char *s;
    size_t len;
};

/* For printf's "%.*s". */
#define KQ_STR_FMT(x) (int)(x).len, (x).s

static inline struct kq_str kq_str(const char *s, size_t len)
{
    return (struct kq_str){s, len};
}
static inline struct kq_str kq_strz(const char *s)
{
    return (struct kq_str){s, strlen(s)};
}
static inline bool kq_str_eq(struct kq_str a, struct kq_str b)
{
    return a.len == b.len && (!a.len || memcmp(a.s, b.s, a.len) == 0);
}
static inline bool kq_str_is(struct kq_str a, const char *z)
{
    return kq_str_eq(a, kq_strz(z));
}

bool kq_str_starts(struct kq_str a, const char *prefix);
bool kq_str_ends(struct kq_str a, const char *suffix);

/* Without blanks (space, tab, CR, LF) at both ends. */
struct kq_str kq_str_trim(struct kq_str a);

/*
 * Cut at the first `sep`: *head is what stands before it, *rest what follows;
 * false (head = all, rest empty) when there is none.
 */
bool kq_str_cut(struct kq_str a, char sep, struct kq_str *head, struct kq_str *rest);

/* Shell-like "did you mean" distance, for hints on unknown names. */
size_t kq_str_distance(struct kq_str a, struct kq_str b);

#endif

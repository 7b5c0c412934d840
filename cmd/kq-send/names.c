/*
 * names.c - a sorted array of slices; the names with a common beginning stand
 * together in it.
 */
#include "names.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* Each part is asked by itself, so that one that fails costs only its own names. */
const char send_names_query[] =
    "distinct raze @[value;;()]each("
    "\"system\\\"v\\\"\";\"system\\\"f\\\"\";\"key`.q\";\".Q.res\";\"raze cols each tables[]\";"
    "\"raze{` sv'x,'1_key x}each`$\\\".\\\",'string key`\")";

/* Callbacks and values of .z, which no server lists. */
static const char dot_z[] =
    ".z.a .z.ac .z.b .z.bm .z.c .z.D .z.d .z.e .z.ex .z.exit .z.ey .z.f .z.H .z.h .z.i .z.K .z.k "
    ".z.l .z.N .z.n .z.o .z.P .z.p .z.pc .z.pd .z.pg .z.ph .z.pi .z.pm .z.po .z.pp .z.pq .z.ps "
    ".z.pw .z.q .z.r .z.s .z.T .z.t .z.ts .z.u .z.vs .z.W .z.w .z.wc .z.wo .z.ws .z.X .z.x .z.Z "
    ".z.z .z.zd";

enum { NAME_MAX_LEN = 255 };

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_';
}

static bool is_name(struct kq_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!is_name_char(s.s[i]))
            return false;
    }
    return s.len && s.len <= NAME_MAX_LEN;
}

/* ---- the list -------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    const struct kq_str *x = a, *y = b;
    size_t n = x->len < y->len ? x->len : y->len;
    int order = memcmp(x->s, y->s, n);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* Drop neighbours that are the same. */
static size_t unique(struct kq_str *at, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (!kept || !kq_str_eq(at[kept - 1], at[i]))
            at[kept++] = at[i];
    }
    return kept;
}

/* The names of the answer one behind the other in *store, blanks in between. */
static size_t gather(const struct kq_obj *answer, char *store)
{
    struct kq_symiter it = kq_symiter(answer);
    size_t used = sizeof dot_z - 1;
    memcpy(store, dot_z, used);
    for (int64_t i = 0; i < answer->n; i++) {
        size_t len;
        const char *s = kq_symiter_next(&it, &len);
        if (!is_name(kq_str(s, len)))
            continue;
        store[used++] = ' ';
        memcpy(store + used, s, len);
        used += len;
    }
    return used;
}

static size_t room_for(const struct kq_obj *answer)
{
    struct kq_symiter it = kq_symiter(answer);
    size_t room = sizeof dot_z;
    for (int64_t i = 0; i < answer->n; i++) {
        size_t len;
        kq_symiter_next(&it, &len);
        room += len + 1;
    }
    return room;
}

void send_names_set(struct send_names *names, const struct kq_obj *answer)
{
    send_names_release(names);
    if (answer->type != KQ_SYMBOL)
        return;
    names->store = kq_malloc(room_for(answer));
    struct kq_str word, rest = kq_str(names->store, gather(answer, names->store));
    size_t count = 1;
    for (size_t i = 0; i < rest.len; i++)
        count += rest.s[i] == ' ';
    names->at = kq_malloc(count * sizeof *names->at);
    while (rest.len) {
        kq_str_cut(rest, ' ', &word, &rest);
        names->at[names->n++] = word;
    }
    qsort(names->at, names->n, sizeof *names->at, compare);
    names->n = unique(names->at, names->n);
}

void send_names_release(struct send_names *names)
{
    free(names->at);
    free(names->store);
    *names = (struct send_names){0};
}

/* ---- completion ------------------------------------------------------------- */

struct kq_str send_names_word(struct kq_str text)
{
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        if (quoted && text.s[i] == '\\')
            i++;
        else if (text.s[i] == '"')
            quoted = !quoted;
    }
    size_t at = text.len;
    while (!quoted && at && is_name_char(text.s[at - 1]))
        at--;
    return kq_str(text.s + at, text.len - at);
}

static bool starts(struct kq_str s, struct kq_str with)
{
    return s.len >= with.len && memcmp(s.s, with.s, with.len) == 0;
}

/* The first name not before `word`. */
static size_t lower_bound(const struct send_names *names, struct kq_str word)
{
    size_t lo = 0, hi = names->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (compare(&names->at[mid], &word) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* `name` as far as the first dot behind its first `from` characters, with it. */
static struct kq_str to_dot(struct kq_str name, size_t from)
{
    /* The dot in front of a namespace is no end. */
    from += from == 0;
    const char *dot = name.len > from ? memchr(name.s + from, '.', name.len - from) : NULL;
    return dot ? kq_str(name.s, (size_t)(dot + 1 - name.s)) : name;
}

static size_t common_length(struct kq_str a, struct kq_str b)
{
    size_t n = 0;
    while (n < a.len && n < b.len && a.s[n] == b.s[n])
        n++;
    return n;
}

struct send_matches send_names_match(const struct send_names *names, struct kq_str word)
{
    size_t first = lower_bound(names, word), end = first;
    while (end < names->n && starts(names->at[end], word))
        end++;
    struct send_matches m = {.at = kq_malloc((end - first) * sizeof *m.at), .common = word.len};
    for (size_t i = first; i < end; i++)
        m.at[m.n++] = to_dot(names->at[i], word.len);
    m.n = unique(m.at, m.n);
    /* Sorted: what the first and the last have in common, all have. */
    if (m.n)
        m.common = common_length(m.at[0], m.at[m.n - 1]);
    return m;
}

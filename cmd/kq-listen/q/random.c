/*
 * random.c - xorshift128+, seeded from \S; numbers below a bound by
 * multiplication, permutations by swapping.
 */
#include "q/random.h"

#include "q/convert.h"
#include "q/core.h"

#include "obj/null.h"

static uint64_t splitmix(uint64_t *s)
{
    uint64_t z = *s += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* The next 64 random bits of \S. */
static uint64_t random_bits(struct q *q)
{
    uint64_t *s = q->random;
    if (!s[0] && !s[1]) {
        uint64_t seed = (uint64_t)q->seed;
        s[0] = splitmix(&seed);
        s[1] = splitmix(&seed);
    }
    uint64_t a = s[0], b = s[1];
    s[0] = b;
    a ^= a << 23;
    s[1] = a ^ b ^ (a >> 17) ^ (b >> 26);
    return s[1] + b;
}

/* Uniform in 0..bound-1. */
static int64_t below(struct q *q, int64_t bound)
{
    return (int64_t)(((unsigned __int128)random_bits(q) * (uint64_t)bound) >> 64);
}

static double unit(struct q *q)
{
    return (double)(random_bits(q) >> 11) * 0x1p-53;
}

static struct kq_obj *roll_ints(struct q *q, int64_t n, int type, int64_t bound)
{
    if (bound <= 0 && bound != 0)
        return q_fail(q, "domain");
    struct kq_obj *r = q_vec(q, KQ_LONG, n);
    for (int64_t i = 0; r && i < n; i++)
        kq_longs(r)[i] = bound ? below(q, bound) : (int64_t)random_bits(q);
    return r && type != KQ_LONG ? q_drop(r, q_convert(q, r, type)) : r;
}

static struct kq_obj *roll_floats(struct q *q, int64_t n, int type, double bound)
{
    struct kq_obj *r = q_vec(q, KQ_FLOAT, n);
    for (int64_t i = 0; r && i < n; i++)
        kq_floats(r)[i] = unit(q) * bound;
    return r && type != KQ_FLOAT ? q_drop(r, q_convert(q, r, type)) : r;
}

/* n?`3: symbols of that many letters a..p. */
static struct kq_obj *roll_symbols(struct q *q, int64_t n, const char *digits)
{
    char name[16];
    int len = *digits >= '1' && *digits <= '8' && !digits[1] ? *digits - '0' : 0;
    if (!len)
        return q_fail(q, "length");
    struct kq_obj *r = q_vec(q, KQ_SYMBOL, n);
    for (int64_t i = 0; r && i < n; i++) {
        for (int k = 0; k < len; k++)
            name[k] = (char)('a' + below(q, 16));
        const char *sym = kq_sym(name, (size_t)len);
        if (!sym)
            q_fail(q, "wsfull");
        if (!sym || !q_tick(q))
            return q_drop(r, NULL);
        kq_syms(r)[i] = sym;
    }
    return r;
}

static struct kq_obj *roll_guids(struct q *q, int64_t n)
{
    struct kq_obj *r = q_vec(q, KQ_GUID, n);
    for (int64_t i = 0; r && i < n; i++) {
        uint64_t half[2] = {random_bits(q), random_bits(q)};
        memcpy(r->u.v.data + i * 16, half, sizeof half);
        r->u.v.data[i * 16 + 6] = (uint8_t)(0x40 | (r->u.v.data[i * 16 + 6] & 15));
        r->u.v.data[i * 16 + 8] = (uint8_t)(0x80 | (r->u.v.data[i * 16 + 8] & 63));
    }
    return r;
}

static struct kq_obj *roll_atom(struct q *q, int64_t n, struct kq_obj *x)
{
    int type = -x->type;
    switch (kq_typeinfo(type)->class) {
    case KQ_CLASS_FLOAT: return roll_floats(q, n, type, x->u.f);
    case KQ_CLASS_SYM: return roll_symbols(q, n, kq_sym_text(x));
    case KQ_CLASS_GUID: return roll_guids(q, n);
    case KQ_CLASS_BYTE:
        return roll_ints(q, n, type, type == KQ_BOOLEAN ? 2 : x->u.j ? x->u.j : 256);
    default: return roll_ints(q, n, type, x->u.j);
    }
}

/* `n` different positions out of `of`, in random order. */
static struct kq_obj *deal(struct q *q, int64_t n, int64_t of)
{
    if (n > of)
        return q_fail(q, "length");
    struct kq_obj *r = q_vec(q, KQ_LONG, of);
    if (!r)
        return NULL;
    for (int64_t i = 0; i < of; i++)
        kq_longs(r)[i] = i;
    for (int64_t i = 0; i < n; i++) {
        int64_t k = i + below(q, of - i), t = kq_longs(r)[i];
        kq_longs(r)[i] = kq_longs(r)[k];
        kq_longs(r)[k] = t;
    }
    r->n = n;
    return r;
}

struct kq_obj *q_roll(struct q *q, struct kq_obj *count, struct kq_obj *x)
{
    int64_t n, bound;
    bool list = kq_type_is_list(x->type) || x->type == KQ_TABLE;
    if (!q_integer(count, &n) || (!list && x->type >= 0))
        return q_fail(q, "type");
    bool all = n == INT64_MIN;
    bound = list ? kq_count(x) : 0;
    if (!list && (n < 0 || all) && x->type != -KQ_GUID && !q_integer(x, &bound))
        return q_fail(q, "type");
    if (x->type == -KQ_GUID)
        return all ? q_fail(q, "domain") : roll_guids(q, n < 0 ? -n : n);
    if (n < 0) {
        struct kq_obj *at = bound < 0 ? q_fail(q, "domain") : deal(q, all ? bound : -n, bound);
        if (!at || !list)
            return at;
        return q_drop(at, q_gather(q, x, kq_longs(at), at->n));
    }
    if (!list)
        return roll_atom(q, n, x);
    if (!bound && n)
        return q_fail(q, "length");
    struct kq_obj *at = roll_ints(q, n, KQ_LONG, bound ? bound : 1);
    return at ? q_drop(at, q_gather(q, x, kq_longs(at), n)) : NULL;
}

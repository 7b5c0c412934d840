/*
 * cmp.c - element comparison by storage class, then lists item by item.
 *
 * The evaluator can nest lists as deep as memory allows, and share them so that
 * a few objects look like billions.  So a walk is bounded in depth and in the
 * lists it visits; beyond, only the same object is equal.
 */
#include "obj/cmp.h"

#include "base/str.h"

#include <math.h>

/* What one walk may do. */
struct walk {
    int depth;
    int64_t visits; /* lists looked into */
};

enum { MAX_DEPTH = 4000, MAX_VISITS = 1 << 20 };

/* No value that does not share its parts has more of them than fit the memory in use. */
static bool may_visit(int64_t visits)
{
    return visits <= MAX_VISITS || (size_t)visits <= kq_obj_bytes() / sizeof(struct kq_obj *);
}

static bool enter(struct walk *w)
{
    return ++w->depth <= MAX_DEPTH && may_visit(++w->visits);
}

static int compare(const struct kq_obj *a, const struct kq_obj *b, struct walk *w);

bool kq_float_eq(double a, double b)
{
    if (a == b)
        return true;
    if (isnan(a) || isnan(b))
        return isnan(a) && isnan(b);
    if (isinf(a) || isinf(b) || a == 0 || b == 0)
        return false;
    double big = fabs(a) > fabs(b) ? fabs(a) : fabs(b); /* fmax() would need libm.so */
    return fabs(a - b) <= big * 0x1p-43;
}

static int cmp_float(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(b) - isnan(a);
    return (a > b) - (a < b);
}

static int cmp_text(const char *a, size_t alen, const char *b, size_t blen)
{
    size_t n = alen < blen ? alen : blen;
    int c = n ? memcmp(a, b, n) : 0;
    return c ? c : (alen > blen) - (alen < blen);
}

static struct kq_str sym_at(const struct kq_obj *o, int64_t i)
{
    if (o->type < 0)
        return kq_str(kq_sym_text(o), kq_sym_textlen(o));
    if (!(o->flags & KQ_OBJ_VIEW))
        return kq_str(kq_syms(o)[i], kq_sym_len(kq_syms(o)[i]));
    struct kq_symiter it = kq_symiter(o);
    struct kq_str r = {"", 0};
    for (int64_t k = 0; k <= i; k++)
        r.s = kq_symiter_next(&it, &r.len);
    return r;
}

int kq_compare_at(const struct kq_obj *a, int64_t i, const struct kq_obj *b, int64_t j)
{
    switch (kq_typeinfo(a->type)->class) {
    case KQ_CLASS_BYTE:
    case KQ_CLASS_INT: {
        int64_t x = kq_int_at(a, i), y = kq_int_at(b, j);
        return (x > y) - (x < y);
    }
    case KQ_CLASS_FLOAT: return cmp_float(kq_float_at(a, i), kq_float_at(b, j));
    case KQ_CLASS_GUID: return memcmp(kq_guid_at(a, i), kq_guid_at(b, j), 16);
    case KQ_CLASS_SYM: {
        struct kq_str x = sym_at(a, i), y = sym_at(b, j);
        return cmp_text(x.s, x.len, y.s, y.len);
    }
    case KQ_CLASS_LIST: return kq_compare(kq_child(a, i), kq_child(b, j));
    default: return kq_compare(a, b);
    }
}

/* Is the payload children, compared one by one? */
static bool is_container(const struct kq_obj *o)
{
    int t = o->type < 0 ? -o->type : o->type;
    return t == KQ_LIST ||
           (t > KQ_TYPE_MAX && o->type != KQ_ERROR && !(t >= KQ_UNARY && t <= KQ_ITERATOR));
}

static int cmp_children(const struct kq_obj *a, const struct kq_obj *b, struct walk *w)
{
    int c = 0;
    if (!enter(w))
        c = a < b ? -1 : 1;
    for (int64_t i = 0; !c && i < a->n && i < b->n; i++) {
        /* A lambda's compiled form is no part of its value. */
        if (a->type != KQ_LAMBDA || i != 2)
            c = compare(kq_child(a, i), kq_child(b, i), w);
    }
    w->depth--;
    return c ? c : (a->n > b->n) - (a->n < b->n);
}

static int cmp_symbols(const struct kq_obj *a, const struct kq_obj *b)
{
    struct kq_symiter x = kq_symiter(a), y = kq_symiter(b);
    for (int64_t i = 0; i < a->n && i < b->n; i++) {
        size_t n, m;
        const char *s = kq_symiter_next(&x, &n), *t = kq_symiter_next(&y, &m);
        int c = s == t ? 0 : cmp_text(s, n, t, m);
        if (c)
            return c;
    }
    return (a->n > b->n) - (a->n < b->n);
}

static int compare(const struct kq_obj *a, const struct kq_obj *b, struct walk *w)
{
    if (a == b)
        return 0;
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    if (is_container(a))
        return cmp_children(a, b, w);
    if (a->type >= KQ_UNARY && a->type <= KQ_ITERATOR)
        return (int)a->code - (int)b->code;
    if (a->type == KQ_ERROR)
        return strcmp(kq_sym_text(a), kq_sym_text(b));
    if (a->type == KQ_SYMBOL)
        return cmp_symbols(a, b);
    for (int64_t i = 0; i < a->n && i < b->n; i++) {
        int c = kq_compare_at(a, i, b, i);
        if (c)
            return c;
    }
    return (a->n > b->n) - (a->n < b->n);
}

int kq_compare(const struct kq_obj *a, const struct kq_obj *b)
{
    struct walk w = {0, 0};
    return compare(a, b, &w);
}

bool kq_identical(const struct kq_obj *a, const struct kq_obj *b)
{
    return kq_compare(a, b) == 0;
}

static bool match_floats(const struct kq_obj *a, const struct kq_obj *b)
{
    for (int64_t i = 0; i < a->n; i++) {
        if (!kq_float_eq(kq_float_at(a, i), kq_float_at(b, i)))
            return false;
    }
    return true;
}

static bool match(const struct kq_obj *a, const struct kq_obj *b, struct walk *w);

static bool match_children(const struct kq_obj *a, const struct kq_obj *b, struct walk *w)
{
    int64_t n = a->type == KQ_LAMBDA ? 2 : a->n;
    bool same = enter(w);
    for (int64_t i = 0; same && i < n; i++)
        same = match(kq_child(a, i), kq_child(b, i), w);
    w->depth--;
    return same;
}

static bool match(const struct kq_obj *a, const struct kq_obj *b, struct walk *w)
{
    if (a == b)
        return true;
    if (a->type != b->type || a->n != b->n)
        return false;
    if (is_container(a))
        return match_children(a, b, w);
    if (kq_typeinfo(a->type)->class == KQ_CLASS_FLOAT)
        return match_floats(a, b);
    return kq_compare(a, b) == 0;
}

bool kq_match(const struct kq_obj *a, const struct kq_obj *b)
{
    struct walk w = {0, 0};
    return match(a, b, &w);
}

/* ---- hash --------------------------------------------------------------------- */

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9e3779b97f4a7c15u;
    return h ^ (h >> 29);
}

static uint64_t mix_bytes(uint64_t h, const void *p, size_t n)
{
    const uint8_t *b = p;
    for (; n >= 8; n -= 8, b += 8) {
        uint64_t w;
        memcpy(&w, b, 8);
        h = mix(h, w);
    }
    uint64_t tail = 0;
    if (n)
        memcpy(&tail, b, n);
    return mix(h, tail ^ ((uint64_t)n << 56));
}

static uint64_t hash_elements(uint64_t h, const struct kq_obj *o)
{
    enum kq_class class = kq_typeinfo(o->type)->class;
    struct kq_symiter it = kq_symiter(o);
    for (int64_t i = 0; i < o->n; i++) {
        if (class == KQ_CLASS_FLOAT) {
            h = mix(h, kq_float_key(kq_float_at(o, i)));
        } else if (class == KQ_CLASS_GUID) {
            h = mix_bytes(h, kq_guid_at(o, i), 16);
        } else if (class == KQ_CLASS_SYM) {
            size_t len;
            const char *s = kq_symiter_next(&it, &len);
            h = mix_bytes(h, s, len);
        } else {
            h = mix(h, (uint64_t)kq_int_at(o, i));
        }
    }
    return h;
}

static uint64_t hash(const struct kq_obj *o, struct walk *w)
{
    uint64_t h = mix(0x243f6a8885a308d3u, (uint64_t)(int64_t)o->type);
    if (is_container(o)) {
        int64_t n = o->type == KQ_LAMBDA ? 2 : o->n;
        bool more = enter(w);
        for (int64_t i = 0; more && i < n; i++)
            h = mix(h, hash(kq_child(o, i), w));
        w->depth--;
        return mix(h, (uint64_t)n);
    }
    if (o->type >= KQ_UNARY && o->type <= KQ_ITERATOR)
        return mix(h, o->code);
    if (o->type == KQ_ERROR)
        return mix_bytes(h, kq_sym_text(o), strlen(kq_sym_text(o)));
    return hash_elements(h, o);
}

uint64_t kq_hash(const struct kq_obj *o)
{
    struct walk w = {0, 0};
    return hash(o, &w);
}

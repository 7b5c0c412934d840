/*
 * v_list.c - counting, taking, dropping and reordering items.
 */
#include "q/collect.h"
#include "q/core.h"
#include "q/enum.h"
#include "q/hash.h"
#include "q/sort.h"
#include "q/table.h"
#include "q/verb.h"

#include "obj/cmp.h"
#include "obj/null.h"

static bool is_collection(const struct kq_obj *x)
{
    return kq_type_is_list(x->type) || x->type == KQ_TABLE || kq_is_dict(x);
}

static bool is_list(const struct kq_obj *x)
{
    return kq_type_is_list(x->type) || x->type == KQ_TABLE;
}

/* ---- til, count, ends -------------------------------------------------------------------- */

static struct kq_obj *til(struct q *q, int64_t n)
{
    if (n < 0)
        return q_fail(q, "domain");
    struct kq_obj *r = q_vec(q, KQ_LONG, n);
    for (int64_t i = 0; r && i < n; i++)
        kq_longs(r)[i] = i;
    return r;
}

/* key of a name: the value's own name, () when it is undefined; for a namespace
 * or dictionary its keys; for the null symbol the namespaces. */
static struct kq_obj *key_of_name(struct q *q, struct kq_obj *name)
{
    const char *s = kq_sym_text(name);
    if (*s == ':')
        return q_fail(q, "access");
    if (!*s)
        return q_env_namespaces(q);
    struct kq_obj *v = q_env_get(q, s);
    if (!v)
        return kq_vec_new(KQ_LIST, 0);
    if (kq_is_dict(v) && !kq_is_keyed(v)) {
        struct kq_obj *k = kq_ref(kq_keys(v));
        return q_drop(v, k);
    }
    return q_drop(v, kq_ref(name));
}

/* !:x is til of a count and key of everything else. */
static struct kq_obj *v_key(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *x = a[0];
    int64_t count;
    if (kq_is_dict(x))
        return kq_ref(kq_keys(x));
    if (x->type == -KQ_SYMBOL)
        return key_of_name(q, x);
    if (q_is_enum(x))
        return kq_ref(kq_child(x, 0));
    if (q_integer(x, &count))
        return til(q, count);
    if (x->type > 0 && x->type <= KQ_TYPE_MAX)
        return kq_atom_symz(kq_typeinfo(x->type)->name);
    return q_fail(q, "type");
}

static struct kq_obj *v_count(struct q *q, struct kq_obj **a, int n)
{
    (void)q;
    (void)n;
    return kq_long(kq_count(a[0]));
}

static struct kq_obj *v_first(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return is_collection(a[0]) ? q_item(q, a[0], 0) : kq_ref(a[0]);
}

static struct kq_obj *v_last(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return is_collection(a[0]) ? q_item(q, a[0], kq_count(a[0]) - 1) : kq_ref(a[0]);
}

/* Items from..from+n of a list, table or dictionary. */
static struct kq_obj *slice(struct q *q, struct kq_obj *x, int64_t from, int64_t n)
{
    struct kq_obj *r;
    if (kq_is_dict(x)) {
        struct kq_obj *k = slice(q, kq_keys(x), from, n),
                      *v = k ? slice(q, kq_values(x), from, n) : NULL;
        struct kq_obj *d = v ? kq_dict(k, v) : NULL;
        kq_unref(k);
        return q_drop(v, d);
    }
    if (q_is_enum(x)) {
        r = kq_slice(kq_child(x, 1), from, n);
        return r ? q_enum_wrap(x, r) : q_fail(q, "wsfull");
    }
    r = kq_slice(x, from, n);
    return r ? kq_collapse_take(r) : q_fail(q, "wsfull");
}

/* ---- take ------------------------------------------------------------------------------------ */

/* Every element the same: the first is set, what is set is copied behind it. */
static void fill(struct kq_obj *r, const struct kq_obj *x)
{
    size_t w = kq_elem_size(r->type), all = (size_t)r->n * w, done = w;
    if (!r->n)
        return;
    kq_set_at(r, 0, x);
    for (; done < all; done *= 2)
        memcpy(r->u.v.data + done, r->u.v.data, done < all - done ? done : all - done);
}

static struct kq_obj *repeat_atom(struct q *q, struct kq_obj *x, int64_t n)
{
    int t = -x->type;
    bool simple = t > 0 && t <= KQ_TYPE_MAX;
    if (q_is_enum(x)) {
        struct kq_obj *r = repeat_atom(q, kq_child(x, 1), n);
        return r ? q_enum_wrap(x, r) : NULL;
    }
    struct kq_obj *r = q_vec(q, simple ? t : KQ_LIST, n);
    if (r && simple)
        fill(r, x);
    for (int64_t i = 0; r && !simple && i < n; i++)
        kq_items(r)[i] = kq_ref(x);
    return r;
}

/* n items from the front, or -n from the back, going round when there are fewer. */
static struct kq_obj *take(struct q *q, int64_t n, struct kq_obj *x)
{
    int64_t want = n < 0 ? (int64_t)(0 - (uint64_t)n) : n, have = kq_count(x);
    if (want < 0)
        return q_fail(q, "domain");
    if (!is_collection(x))
        return repeat_atom(q, x, want);
    if (want <= have)
        return slice(q, x, n < 0 ? have - want : 0, want);
    struct kq_obj *at = q_vec(q, KQ_LONG, want);
    if (!at)
        return NULL;
    int64_t start = n < 0 && have ? (have - want % have) % have : 0;
    for (int64_t i = 0; i < want; i++) {
        kq_longs(at)[i] = have ? start : -1;
        start = start + 1 < have ? start + 1 : 0;
    }
    return q_drop(at, q_gather(q, x, kq_longs(at), want));
}

/* A block of x beginning at *at, of the shape's dimensions from `d` on. */
static struct kq_obj *block(struct q *q, const struct kq_obj *shape, int64_t d, struct kq_obj *x,
                            int64_t *at)
{
    int64_t n = kq_int_at(shape, d), have = is_collection(x) ? kq_count(x) : 0;
    if (n < 0)
        return q_fail(q, "domain");
    if (d + 1 == shape->n) {
        struct kq_obj *index = q_vec(q, KQ_LONG, n);
        for (int64_t i = 0; index && i < n; i++, ++*at)
            kq_longs(index)[i] = have ? *at % have : -1;
        if (!index)
            return NULL;
        return q_drop(index,
                      is_collection(x) ? q_gather(q, x, kq_longs(index), n) : repeat_atom(q, x, n));
    }
    struct q_collect c;
    q_collect_init(&c, q, n);
    for (int64_t i = 0; i < n && !q_collect_failed(&c); i++)
        q_collect_add_take(&c, block(q, shape, d + 1, x, at));
    return q_collect_done(&c);
}

/* 0N 3#x and 3 0N#x: one dimension as long as it takes. */
static struct kq_obj *block_free(struct q *q, const struct kq_obj *shape, struct kq_obj *x)
{
    int64_t rows = kq_int_at(shape, 0), cols = kq_int_at(shape, 1), have = kq_count(x);
    bool free_rows = kq_is_null_at(shape, 0);
    if ((free_rows ? cols : rows) <= 0)
        return q_fail(q, "length");
    int64_t n = free_rows ? (have + cols - 1) / cols : rows;
    struct q_collect c;
    q_collect_init(&c, q, n);
    for (int64_t i = 0; i < n && !q_collect_failed(&c); i++) {
        int64_t from = free_rows ? i * cols : i * have / n;
        int64_t to = free_rows ? from + cols : (i + 1) * have / n;
        q_collect_add_take(&c, slice(q, x, from, (to < have ? to : have) - from));
    }
    return q_collect_done(&c);
}

static struct kq_obj *reshape(struct q *q, struct kq_obj *shape, struct kq_obj *x)
{
    int64_t at = 0;
    if (shape->n == 1)
        return take(q, kq_int_at(shape, 0), x);
    if (!shape->n || shape->n > 100)
        return q_fail(q, "length");
    if (shape->n == 2 && (kq_is_null_at(shape, 0) || kq_is_null_at(shape, 1)))
        return block_free(q, shape, x);
    return block(q, shape, 0, x, &at);
}

/* Keys or columns: `a`b#x. */
static struct kq_obj *take_keys(struct q *q, struct kq_obj *keys, struct kq_obj *x)
{
    struct kq_obj *v;
    if (x->type == KQ_TABLE) {
        if (keys->type != KQ_SYMBOL)
            return q_fail(q, "type");
        v = q_index(q, x, keys);
        if (v && v->type != KQ_LIST)
            v = q_drop(v, kq_explode(v));
        return v ? q_drop(v, kq_table(keys, v)) : NULL;
    }
    if (kq_is_keyed(x) && keys->type == KQ_SYMBOL) {
        struct kq_obj *t = take_keys(q, keys, kq_values(x));
        return q_under_take(q, kq_keys(x), t);
    }
    v = q_index(q, x, keys);
    return q_under_take(q, keys, v);
}

static bool is_whole(int type)
{
    int t = type < 0 ? -type : type;
    return t == KQ_LONG || t == KQ_INT || t == KQ_SHORT || t == KQ_BOOLEAN || t == KQ_BYTE;
}

static struct kq_obj *set_attribute(struct q *q, const char *name, struct kq_obj *x);

static struct kq_obj *v_take(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *x = a[0], *y = a[1];
    int64_t count;
    if (x->type == -KQ_SYMBOL)
        return set_attribute(q, kq_sym_text(x), y);
    if ((kq_is_dict(y) || y->type == KQ_TABLE) && kq_type_is_list(x->type) &&
        (!is_whole(x->type) || kq_is_dict(y)))
        return take_keys(q, x, y);
    if (x->type == KQ_TABLE && kq_is_dict(y))
        return take_keys(q, x, y);
    if (q_integer(x, &count))
        return take(q, count, y);
    if (x->type >= 0 && is_whole(x->type))
        return reshape(q, x, y);
    return q_fail(q, "type");
}

/* ---- attributes ---------------------------------------------------------------------------------- */

static bool is_sorted(const struct kq_obj *x)
{
    for (int64_t i = 1; i < x->n; i++) {
        if (kq_compare_at(x, i - 1, x, i) > 0)
            return false;
    }
    return true;
}

/* Are equal items next to each other; for `u, are there none? */
static bool is_grouped(struct q *q, struct kq_obj *x, bool unique)
{
    struct q_hash h;
    bool ok = q_hash_init(q, &h, x, x->n);
    for (int64_t i = 0; ok && i < x->n; i++) {
        int64_t first = q_hash_add(&h, i);
        ok = first == i || (!unique && kq_compare_at(x, i - 1, x, i) == 0);
    }
    q_hash_release(&h);
    return ok;
}

static struct kq_obj *with_attribute(struct q *q, int attr, struct kq_obj *x)
{
    if (x->attr == attr)
        return kq_ref(x);
    struct kq_obj *r = kq_unshare_take(kq_ref(x));
    if (!r)
        return q_fail(q, "wsfull");
    r->attr = (uint8_t)attr;
    return r;
}

/* The attribute when the items (of an enumeration its symbols) are like that;
 * 's-fail, 'u-fail. */
static struct kq_obj *checked_attribute(struct q *q, int attr, struct kq_obj *x)
{
    struct kq_obj *items = q_unenum(q, x);
    if (!items)
        return NULL;
    bool sorted = attr == KQ_ATTR_SORTED;
    bool ok = sorted ? is_sorted(items) : is_grouped(q, items, attr == KQ_ATTR_UNIQUE);
    kq_unref(items);
    return ok ? with_attribute(q, attr, x) : q_fail(q, sorted ? "s-fail" : "u-fail");
}

/* Do the rows of a table ascend? */
static bool rows_ascend(struct q *q, struct kq_obj *t)
{
    struct kq_obj *at = q_grade(q, t, false);
    bool ok = at;
    for (int64_t i = 0; ok && i < at->n; i++)
        ok = kq_longs(at)[i] == i;
    bool failed = !at;
    kq_unref(at);
    return ok || (!failed && q_fail(q, "s-fail"));
}

/* `s# makes a dictionary a step function; a table of keys is only marked. */
static struct kq_obj *sorted_dict(struct q *q, struct kq_obj *x)
{
    struct kq_obj *keys;
    if (kq_keys(x)->type == KQ_TABLE)
        keys = rows_ascend(q, kq_keys(x)) ? with_attribute(q, KQ_ATTR_SORTED, kq_keys(x)) : NULL;
    else
        keys = set_attribute(q, "s", kq_keys(x));
    struct kq_obj *d = keys ? kq_dict(keys, kq_values(x)) : NULL;
    if (d)
        d->type = KQ_SORTEDDICT;
    return q_drop(keys, d);
}

/* `s# on a table marks it, and its first column: sorted when it is the only
 * one, else parted. */
static struct kq_obj *sorted_table(struct q *q, struct kq_obj *x)
{
    struct kq_obj *sorted = set_attribute(q, "s", kq_child(kq_columns(x), 0));
    struct kq_obj *first =
        sorted && kq_names(x)->n > 1 ? with_attribute(q, KQ_ATTR_PARTED, sorted) : NULL;
    if (!sorted)
        return NULL;
    struct kq_obj *cols = kq_unshare_take(kq_ref(kq_columns(x)));
    kq_unref(kq_child(cols, 0));
    kq_items(cols)[0] = kq_ref(first ? first : sorted);
    kq_unref(first);
    kq_unref(sorted);
    struct kq_obj *t = kq_table(kq_names(x), cols);
    t->attr = KQ_ATTR_SORTED;
    return q_drop(cols, t);
}

static struct kq_obj *set_attribute(struct q *q, const char *name, struct kq_obj *x)
{
    if (kq_is_dict(x) || x->type == KQ_TABLE) {
        if (*name == 's')
            return kq_is_dict(x) ? sorted_dict(q, x) : sorted_table(q, x);
        if (*name)
            return q_fail(q, "type");
        if (x->type == KQ_SORTEDDICT)
            return kq_dict(kq_keys(x), kq_values(x));
    }
    if (!kq_type_is_list(x->type))
        return q_fail(q, "type");
    switch (*name) {
    case 0: return with_attribute(q, KQ_ATTR_NONE, x);
    case 's': return checked_attribute(q, KQ_ATTR_SORTED, x);
    case 'u': return checked_attribute(q, KQ_ATTR_UNIQUE, x);
    case 'p': return checked_attribute(q, KQ_ATTR_PARTED, x);
    case 'g': return with_attribute(q, KQ_ATTR_GROUPED, x);
    default: return q_fail(q, "type");
    }
}

static struct kq_obj *v_attr(struct q *q, struct kq_obj **a, int n)
{
    static const char *const names[] = {"", "s", "u", "p", "g"};
    (void)q;
    (void)n;
    return kq_atom_symz(names[a[0]->attr % 5]);
}

/* ---- drop and cut ------------------------------------------------------------------------------------ */

static struct kq_obj *drop(struct q *q, int64_t n, struct kq_obj *x)
{
    int64_t have = kq_count(x), gone = n < 0 ? (int64_t)(0 - (uint64_t)n) : n;
    if (gone < 0 || gone > have)
        gone = have;
    return slice(q, x, n < 0 ? 0 : gone, have - gone);
}

static struct kq_obj *cut_at(struct q *q, struct kq_obj *at, struct kq_obj *x)
{
    int64_t have = kq_count(x);
    struct q_collect c;
    q_collect_init(&c, q, at->n);
    for (int64_t i = 0; i < at->n && !q_collect_failed(&c); i++) {
        int64_t from = kq_int_at(at, i), to = i + 1 < at->n ? kq_int_at(at, i + 1) : have;
        if (from < 0 || to > have || from > to)
            return q_collect_add_take(&c, NULL), q_collect_done(&c),
                   q_fail(q, from < 0 || from > have ? "domain" : "length");
        q_collect_add_take(&c, slice(q, x, from, to - from));
    }
    return q_collect_done(&c);
}

/* All positions but those where `gone` says so. */
static struct kq_obj *without(struct q *q, struct kq_obj *x, struct kq_obj *gone)
{
    int64_t n = kq_count(x), m = 0;
    struct kq_obj *at = q_vec(q, KQ_LONG, n);
    if (!at)
        return NULL;
    for (int64_t i = 0; i < n; i++) {
        if (!kq_data(gone)[i])
            kq_longs(at)[m++] = i;
    }
    return q_drop(at, q_gather(q, x, kq_longs(at), m));
}

/* Marks of the positions in `at` that exist. */
static struct kq_obj *marks(struct q *q, int64_t n, const struct kq_obj *at)
{
    struct kq_obj *m = q_vec(q, KQ_BOOLEAN, n);
    if (!m)
        return NULL;
    memset(m->u.v.data, 0, (size_t)n);
    for (int64_t i = 0; i < at->n; i++) {
        int64_t k = kq_int_at(at, i);
        if (k >= 0 && k < n)
            m->u.v.data[k] = 1;
    }
    return m;
}

static struct kq_obj *drop_at(struct q *q, struct kq_obj *x, struct kq_obj *at)
{
    struct kq_obj *m = marks(q, kq_count(x), at);
    return m ? q_drop(m, without(q, x, m)) : NULL;
}

static struct kq_obj *drop_keys(struct q *q, struct kq_obj *keys, struct kq_obj *d)
{
    struct kq_obj *at = q_find_key(q, kq_keys(d), keys);
    if (!at)
        return NULL;
    if (at->type == KQ_LIST)
        return q_drop(at, q_fail(q, "type"));
    struct kq_obj *r = drop_at(q, d, at);
    return q_drop(at, r);
}

static struct kq_obj *drop_columns(struct q *q, struct kq_obj *names, struct kq_obj *t)
{
    struct kq_obj *at = q_find(q, kq_names(t), names),
                  *m = at ? marks(q, kq_names(t)->n, at) : NULL;
    struct kq_obj *left = m ? without(q, kq_names(t), m) : NULL;
    kq_unref(at);
    kq_unref(m);
    return left ? q_drop(left, take_keys(q, left, t)) : NULL;
}

static struct kq_obj *v_drop(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *x = a[0], *y = a[1];
    int64_t count;
    if (kq_is_dict(y) && !kq_is_keyed(y) && kq_type_is_list(x->type))
        return drop_keys(q, x, y);
    if (y->type == KQ_TABLE && (x->type == KQ_SYMBOL || x->type == -KQ_SYMBOL))
        return x->type < 0 ? q_fail(q, "type") : drop_columns(q, x, y);
    if (kq_is_keyed(y) && x->type == KQ_TABLE)
        return drop_keys(q, x, y);
    if (kq_is_dict(x) && !kq_is_dict(y) && y->type < 0)
        return drop_keys(q, y, x);
    if (kq_is_dict(y) && x->type == -KQ_SYMBOL)
        return drop_keys(q, x, y);
    if (q_integer(x, &count) && is_collection(y))
        return drop(q, count, y);
    if (x->type >= 0 && is_whole(x->type) && is_list(y))
        return cut_at(q, x, y);
    if (is_list(x) && q_integer(y, &count) && y->type != -KQ_BOOLEAN)
        return drop_at(q, x, y);
    return q_fail(q, "type");
}

/* n cut x: pieces of n; indices cut x: at the indices. */
static struct kq_obj *v_cut(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    int64_t size, have = kq_count(a[1]);
    if (!is_collection(a[1]))
        return q_fail(q, "type");
    if (!q_integer(a[0], &size))
        return v_drop(q, a, 2);
    if (size <= 0)
        return q_fail(q, "length");
    struct q_collect c;
    q_collect_init(&c, q, have / size + 1);
    for (int64_t i = 0; i < have && !q_collect_failed(&c); i += size)
        q_collect_add_take(&c, slice(q, a[1], i, size < have - i ? size : have - i));
    return q_collect_done(&c);
}

/* n sublist x: at most n items; i n sublist x: n items from i. */
static struct kq_obj *v_sublist(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    int64_t size, have = kq_count(a[1]);
    if (!is_collection(a[1]))
        return q_fail(q, "type");
    if (q_integer(a[0], &size)) {
        int64_t m = size < -have || size > have ? have : size < 0 ? -size : size;
        return slice(q, a[1], size < 0 ? have - m : 0, m);
    }
    if (a[0]->type < 0 || !is_whole(a[0]->type) || a[0]->n != 2)
        return q_fail(q, "type");
    int64_t from = kq_int_at(a[0], 0), m = kq_int_at(a[0], 1);
    from = from < 0 ? 0 : from > have ? have : from;
    m = m < 0 ? 0 : m > have - from ? have - from : m;
    return slice(q, a[1], from, m);
}

/* ---- order ------------------------------------------------------------------------------------------- */

static struct kq_obj *gather_by(struct q *q, struct kq_obj *x,
                                int64_t (*at)(int64_t i, int64_t n, int64_t k), int64_t k)
{
    int64_t n = kq_count(x);
    struct kq_obj *index = q_vec(q, KQ_LONG, n);
    for (int64_t i = 0; index && i < n; i++)
        kq_longs(index)[i] = at(i, n, k);
    return index ? q_drop(index, q_gather(q, x, kq_longs(index), n)) : NULL;
}

static int64_t reversed(int64_t i, int64_t n, int64_t k)
{
    (void)k;
    return n - 1 - i;
}

static int64_t rotated(int64_t i, int64_t n, int64_t k)
{
    return i + k < n ? i + k : i + k - n;
}

static int64_t shifted(int64_t i, int64_t n, int64_t k)
{
    int64_t from;
    return __builtin_sub_overflow(i, k, &from) || from >= n ? -1 : from;
}

static struct kq_obj *reverse_words(struct q *q, const struct kq_obj *x)
{
    struct kq_obj *r = q_vec(q, x->type, x->n);
    for (int64_t i = 0; r && i < x->n; i++)
        kq_longs(r)[i] = kq_longs(x)[x->n - 1 - i];
    return r;
}

static struct kq_obj *v_reverse(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    if (a[0]->type > 0 && a[0]->type <= KQ_TYPE_MAX && kq_elem_size(a[0]->type) == 8)
        return reverse_words(q, a[0]);
    return is_collection(a[0]) ? gather_by(q, a[0], reversed, 0) : kq_ref(a[0]);
}

static struct kq_obj *v_rotate(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    int64_t k, have = kq_count(a[1]);
    if (!q_integer(a[0], &k) || !is_collection(a[1]))
        return q_fail(q, "type");
    if (!have)
        return kq_ref(a[1]);
    k %= have;
    return gather_by(q, a[1], rotated, k < 0 ? k + have : k);
}

/* k nulls in front, or -k behind, the rest moved as a block. */
static struct kq_obj *shift_vector(struct q *q, struct kq_obj *x, int64_t k)
{
    int64_t n = x->n, gap = k > n || k < -n ? n : k < 0 ? -k : k;
    struct kq_obj *null = kq_null_atom(x->type), *nulls = repeat_atom(q, null, gap);
    struct kq_obj *rest = nulls ? kq_slice(x, k < 0 ? gap : 0, n - gap) : NULL;
    struct kq_obj *r = !rest ? NULL : k < 0 ? q_join(q, rest, nulls) : q_join(q, nulls, rest);
    kq_unref(null);
    kq_unref(nulls);
    return q_drop(rest, r);
}

static struct kq_obj *shift(struct q *q, struct kq_obj *x, int64_t k)
{
    if (kq_is_dict(x)) {
        struct kq_obj *v = shift(q, kq_values(x), k);
        return q_under_take(q, kq_keys(x), v);
    }
    if (x->type > 0 && x->type <= KQ_TYPE_MAX)
        return shift_vector(q, x, k);
    return is_collection(x) ? gather_by(q, x, shifted, k) : q_fail(q, "type");
}

static struct kq_obj *v_prev(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return shift(q, a[0], 1);
}

static struct kq_obj *v_next(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return shift(q, a[0], -1);
}

static struct kq_obj *v_xprev(struct q *q, struct kq_obj **a, int n)
{
    int64_t k;
    (void)n;
    return q_integer(a[0], &k) ? shift(q, a[1], k) : q_fail(q, "type");
}

static struct kq_obj *v_raze(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return q_raze(q, kq_is_dict(a[0]) ? kq_values(a[0]) : a[0]);
}

/* ---- flip -------------------------------------------------------------------------------- */

/* The common length of the rows of a list, atoms aside; -1: there is no list,
 * -2: they differ. */
static int64_t row_length(const struct kq_obj *x)
{
    int64_t n = -1;
    for (int64_t i = 0; i < x->n; i++) {
        const struct kq_obj *row = kq_child(x, i);
        if (!is_collection(row))
            continue;
        if (n >= 0 && kq_count(row) != n)
            return -2;
        n = kq_count(row);
    }
    return n;
}

static struct kq_obj *flip_column(struct q *q, struct kq_obj *x, int64_t at)
{
    struct q_collect c;
    q_collect_init(&c, q, x->n);
    for (int64_t i = 0; i < x->n && !q_collect_failed(&c); i++) {
        struct kq_obj *row = kq_child(x, i);
        q_collect_add_take(&c, is_collection(row) ? q_item(q, row, at) : kq_ref(row));
    }
    return q_collect_done(&c);
}

static struct kq_obj *flip_list(struct q *q, struct kq_obj *x)
{
    int64_t n = row_length(x);
    if (n < 0)
        return q_fail(q, n == -2 ? "length" : "rank");
    struct q_collect c;
    q_collect_init(&c, q, n);
    for (int64_t i = 0; i < n && !q_collect_failed(&c); i++)
        q_collect_add_take(&c, flip_column(q, x, i));
    return q_collect_done(&c);
}

static struct kq_obj *v_flip(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    if (a[0]->type == KQ_TABLE)
        return kq_dict(kq_names(a[0]), kq_columns(a[0]));
    if (kq_is_dict(a[0]))
        return q_flip_dict(q, a[0]);
    return a[0]->type == KQ_LIST ? flip_list(q, a[0]) : q_fail(q, "rank");
}

const struct q_verb q_verbs_list[] = {
    {"+:", 1, 1, v_flip},    {"!:", 1, 1, v_key},        {"#:", 1, 1, v_count},
    {"*:", 1, 1, v_first},   {"last", 1, 1, v_last},     {"#", 2, 2, v_take},
    {"_", 2, 2, v_drop},     {"cut", 2, 2, v_cut},       {"sublist", 2, 2, v_sublist},
    {"|:", 1, 1, v_reverse}, {"rotate", 2, 2, v_rotate}, {"prev", 1, 1, v_prev},
    {"next", 1, 1, v_next},  {"xprev", 2, 2, v_xprev},   {"raze", 1, 1, v_raze},
    {"attr", 1, 1, v_attr},  {NULL, 0, 0, NULL},
};

/*
 * dict.c - two children and the rules about them.
 */
#include "obj/dict.h"

static struct kq_obj *pair(int type, struct kq_obj *a, struct kq_obj *b)
{
    struct kq_obj *o = kq_container_new(type, 2);
    kq_items(o)[0] = kq_ref(a);
    kq_items(o)[1] = kq_ref(b);
    return o;
}

struct kq_obj *kq_dict(struct kq_obj *keys, struct kq_obj *values)
{
    return pair(KQ_DICT, keys, values);
}

struct kq_obj *kq_table(struct kq_obj *names, struct kq_obj *columns)
{
    return pair(KQ_TABLE, names, columns);
}

int64_t kq_column_find(const struct kq_obj *table, const char *name, size_t len)
{
    struct kq_symiter it = kq_symiter(kq_names(table));
    int64_t n = kq_names(table)->n;
    for (int64_t i = 0; i < n; i++) {
        size_t l;
        const char *s = kq_symiter_next(&it, &l);
        if (l == len && memcmp(s, name, len) == 0)
            return i;
    }
    return -1;
}

static bool refuse(const char **why, const char *text)
{
    if (why)
        *why = text;
    return false;
}

/* Something with rows: a list, or a table or dictionary as a nested column. */
static bool is_column(const struct kq_obj *o)
{
    return kq_type_is_list(o->type) || o->type == KQ_TABLE || kq_is_dict(o);
}

bool kq_table_shape(const struct kq_obj *names, const struct kq_obj *columns, const char **why)
{
    if (names->type != KQ_SYMBOL)
        return refuse(why, "column names are not symbols");
    if (columns->type != KQ_LIST)
        return refuse(why, "columns are not a list");
    if (names->n != columns->n)
        return refuse(why, "different numbers of names and columns");
    if (!names->n)
        return refuse(why, "no columns");
    for (int64_t i = 0; i < columns->n; i++) {
        const struct kq_obj *c = kq_child(columns, i);
        if (!is_column(c))
            return refuse(why, "a column is an atom");
        if (kq_count(c) != kq_count(kq_child(columns, 0)))
            return refuse(why, "columns of different length");
    }
    return true;
}

static struct kq_obj *join_syms(const struct kq_obj *a, const struct kq_obj *b)
{
    struct kq_obj *r = kq_vec_new(KQ_SYMBOL, a->n + b->n);
    const struct kq_obj *parts[] = {a, b};
    int64_t at = 0;
    for (int p = 0; p < 2; p++) {
        struct kq_symiter it = kq_symiter(parts[p]);
        for (int64_t i = 0; i < parts[p]->n; i++) {
            size_t len;
            const char *s = kq_symiter_next(&it, &len);
            const char *sym = kq_sym(s, len);
            kq_syms(r)[at++] = sym ? sym : kq_sym_null;
        }
    }
    return r;
}

static struct kq_obj *join_lists(const struct kq_obj *a, const struct kq_obj *b)
{
    struct kq_obj *r = kq_vec_new(KQ_LIST, a->n + b->n);
    for (int64_t i = 0; i < a->n + b->n; i++)
        kq_items(r)[i] = kq_ref(i < a->n ? kq_child(a, i) : kq_child(b, i - a->n));
    return r;
}

struct kq_obj *kq_unkey(struct kq_obj *o)
{
    if (o->type == KQ_TABLE)
        return kq_ref(o);
    if (!kq_is_keyed(o) || kq_is_splayed(kq_keys(o)) || kq_is_splayed(kq_values(o)))
        return NULL;
    struct kq_obj *names = join_syms(kq_names(kq_keys(o)), kq_names(kq_values(o)));
    struct kq_obj *cols = join_lists(kq_columns(kq_keys(o)), kq_columns(kq_values(o)));
    struct kq_obj *t = kq_table(names, cols);
    kq_unref(names);
    kq_unref(cols);
    return t;
}

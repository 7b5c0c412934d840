/*
 * rows.c - one or two sides, each a table or a single list, put in one array.
 */
#include "text/rows.h"

#include "base/mem.h"
#include "obj/dict.h"

#include <stdlib.h>

static bool is_table(const struct kq_obj *x)
{
    return x->type == KQ_TABLE && !kq_is_splayed(x) &&
           kq_table_shape(kq_names(x), kq_columns(x), NULL);
}

static int64_t columns_of(const struct kq_obj *side)
{
    return side->type == KQ_TABLE ? kq_columns(side)->n : 1;
}

static void add_table(struct kq_rows *r, const struct kq_obj *x)
{
    struct kq_symiter it = kq_symiter(kq_names(x));
    for (int64_t i = 0; i < kq_columns(x)->n; i++) {
        size_t len;
        const char *s = kq_symiter_next(&it, &len);
        r->names[r->ncols] = kq_str(s, len);
        r->cols[r->ncols++] = kq_child(kq_columns(x), i);
    }
}

static void add_side(struct kq_rows *r, const struct kq_obj *x, const char *name)
{
    if (x->type == KQ_TABLE) {
        add_table(r, x);
    } else {
        r->names[r->ncols] = kq_strz(name);
        r->cols[r->ncols++] = x;
    }
}

static void rows_alloc(struct kq_rows *r, int64_t n, int64_t ncols)
{
    *r = (struct kq_rows){.n = n};
    r->cols = kq_calloc((size_t)ncols, sizeof *r->cols);
    r->names = kq_calloc((size_t)ncols, sizeof *r->names);
}

static bool is_side(const struct kq_obj *x)
{
    return is_table(x) || kq_type_is_list(x->type);
}

bool kq_rows_init_dict(struct kq_rows *r, const struct kq_obj *x)
{
    if (!kq_is_dict(x) || !is_side(kq_keys(x)) || !is_side(kq_values(x)))
        return false;
    int64_t n = kq_count(kq_keys(x));
    if (n != kq_count(kq_values(x)))
        return false;
    rows_alloc(r, n, columns_of(kq_keys(x)) + columns_of(kq_values(x)));
    add_side(r, kq_keys(x), "key");
    add_side(r, kq_values(x), "value");
    return true;
}

bool kq_rows_init(struct kq_rows *r, const struct kq_obj *x)
{
    if (kq_is_dict(x))
        return kq_is_keyed(x) && kq_rows_init_dict(r, x);
    if (!is_table(x))
        return false;
    rows_alloc(r, kq_count(x), columns_of(x));
    add_table(r, x);
    return true;
}

void kq_rows_release(struct kq_rows *r)
{
    free(r->cols);
    free(r->names);
}

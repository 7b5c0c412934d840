/*
 * bare.c - looks one level deep; repr does the rest.
 */
#include "text/bare.h"

#include "text/repr.h"

static void put_vector(struct kq_out *o, const struct kq_obj *x, enum kq_form form,
                       const struct kq_style *style)
{
    struct kq_elems e;
    bool glued = x->type == KQ_BYTE;
    kq_elems_init(&e, x, form, style);
    for (int64_t i = 0; i < kq_count(x); i++) {
        if (i && !glued)
            kq_out_char(o, ' ');
        kq_elems_put(&e, o, i);
    }
}

static bool all_atoms(const struct kq_obj *x)
{
    for (int64_t i = 0; i < x->n; i++) {
        if (!kq_type_is_atom(kq_child(x, i)->type))
            return false;
    }
    return true;
}

void kq_bare_put(struct kq_out *o, const struct kq_obj *x, enum kq_form form,
                 const struct kq_style *style)
{
    if (kq_is_generic_null(x))
        return;
    if (x->type == KQ_CHAR) {
        kq_out_write(o, kq_data(x), (size_t)x->n);
    } else if (kq_type_is_atom(x->type)) {
        kq_elem_put(o, x, 0, form, style);
    } else if (kq_type_is_list(x->type) && x->type != KQ_LIST) {
        put_vector(o, x, form, style);
    } else if (x->type == KQ_LIST && all_atoms(x)) {
        for (int64_t i = 0; i < x->n; i++) {
            if (i)
                kq_out_char(o, ' ');
            kq_elem_put(o, kq_child(x, i), 0, form, style);
        }
    } else {
        kq_repr(o, x, style);
    }
}

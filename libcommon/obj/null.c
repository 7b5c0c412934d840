/*
 * null.c - one switch on the storage class, widths from the type table.
 */
#include "obj/null.h"

#include <math.h>

int64_t kq_int_null(int type)
{
    switch (kq_typeinfo(type)->bytes) {
    case 2: return INT16_MIN;
    case 4: return INT32_MIN;
    default: return INT64_MIN;
    }
}

int64_t kq_int_inf(int type)
{
    switch (kq_typeinfo(type)->bytes) {
    case 2: return INT16_MAX;
    case 4: return INT32_MAX;
    default: return INT64_MAX;
    }
}

static bool is_zero_guid(const uint8_t *g)
{
    static const uint8_t zero[16];
    return memcmp(g, zero, 16) == 0;
}

static bool sym_is_null(const struct kq_obj *o, int64_t i)
{
    if (o->type < 0)
        return !*kq_sym_text(o);
    if (!(o->flags & KQ_OBJ_VIEW))
        return kq_syms(o)[i] == kq_sym_null;
    struct kq_symiter it = kq_symiter(o);
    size_t len = 0;
    for (int64_t k = 0; k <= i; k++)
        kq_symiter_next(&it, &len);
    return len == 0;
}

bool kq_is_null_at(const struct kq_obj *o, int64_t i)
{
    int t = o->type < 0 ? -o->type : o->type;
    switch (kq_typeinfo(t)->class) {
    case KQ_CLASS_INT: return kq_int_at(o, i) == kq_int_null(t);
    case KQ_CLASS_FLOAT: return isnan(kq_float_at(o, i));
    case KQ_CLASS_GUID: return is_zero_guid(kq_guid_at(o, i));
    case KQ_CLASS_SYM: return sym_is_null(o, i);
    case KQ_CLASS_BYTE: return t == KQ_CHAR && kq_int_at(o, i) == ' ';
    case KQ_CLASS_LIST: return kq_is_generic_null(kq_child(o, i));
    default: return kq_is_generic_null(o);
    }
}

struct kq_obj *kq_null_atom(int type)
{
    static const uint8_t zero[16];
    int t = type < 0 ? -type : type;
    switch (kq_typeinfo(t)->class) {
    case KQ_CLASS_INT: return kq_atom_int(t, kq_int_null(t));
    case KQ_CLASS_FLOAT: return kq_atom_float(t, NAN);
    case KQ_CLASS_GUID: return kq_atom_guid(zero);
    case KQ_CLASS_SYM: return kq_atom_sym(kq_sym_null);
    case KQ_CLASS_BYTE: return kq_atom_int(t, t == KQ_CHAR ? ' ' : 0);
    case KQ_CLASS_LIST: return kq_vec_new(KQ_LIST, 0);
    default: return kq_generic_null();
    }
}

/*
 * list.c - element access by storage class; growth by doubling.
 */
#include "obj/list.h"

#include "base/mem.h"
#include "obj/dict.h"

#include <stdarg.h>
#include <stdlib.h>

static struct kq_obj *sym_at(const struct kq_obj *o, int64_t i)
{
    if (!(o->flags & KQ_OBJ_VIEW))
        return kq_atom_sym(kq_syms(o)[i]);
    const char *s = (const char *)o->u.v.data;
    while (i-- > 0)
        s += strlen(s) + 1;
    return kq_atom_sym_view(-KQ_SYMBOL, s, o->u.v.owner);
}

static struct kq_obj *row_at(const struct kq_obj *t, int64_t i)
{
    const struct kq_obj *cols = kq_child(t, 1);
    struct kq_obj *values = kq_vec_new(KQ_LIST, cols->n);
    for (int64_t c = 0; c < cols->n; c++)
        kq_items(values)[c] = kq_at(kq_child(cols, c), i);
    values = kq_collapse_take(values);
    struct kq_obj *row = kq_dict(kq_child(t, 0), values);
    kq_unref(values);
    return row;
}

static bool is_enum_type(int type)
{
    return type >= KQ_ENUM && type <= KQ_ENUM_LAST;
}

/* Other positions (consumed) in the domain of the enumeration e. */
static struct kq_obj *enum_take(const struct kq_obj *e, struct kq_obj *positions)
{
    int type = e->type < 0 ? -e->type : e->type;
    struct kq_obj *r = positions ? kq_container_new(positions->type < 0 ? -type : type, 2) : NULL;
    if (r) {
        kq_items(r)[0] = kq_ref(kq_child(e, 0));
        kq_items(r)[1] = positions;
    }
    return r;
}

static struct kq_obj *container_at(const struct kq_obj *o, int64_t i)
{
    if (o->type == KQ_TABLE)
        return row_at(o, i);
    if (is_enum_type(o->type))
        return enum_take(o, kq_at(kq_child(o, 1), i));
    if (o->type == KQ_DICT || o->type == KQ_SORTEDDICT)
        return kq_at(kq_child(o, 1), i);
    return kq_slice(o, 0, 1);
}

struct kq_obj *kq_at(const struct kq_obj *o, int64_t i)
{
    if (o->type < 0 || o->type > KQ_TYPE_MAX)
        return container_at(o, i);
    switch (kq_typeinfo(o->type)->class) {
    case KQ_CLASS_LIST: return kq_ref(kq_child(o, i));
    case KQ_CLASS_BYTE:
    case KQ_CLASS_INT: return kq_atom_int(o->type, kq_int_at(o, i));
    case KQ_CLASS_FLOAT: return kq_atom_float(o->type, kq_float_at(o, i));
    case KQ_CLASS_GUID: return kq_atom_guid(kq_guid_at(o, i));
    default: return sym_at(o, i);
    }
}

/* ---- slices ------------------------------------------------------------- */

static struct kq_obj *slice_symview(const struct kq_obj *o, int64_t from, int64_t n)
{
    const char *s = (const char *)o->u.v.data;
    for (int64_t i = 0; i < from; i++)
        s += strlen(s) + 1;
    return kq_vec_view(KQ_SYMBOL, n, (const uint8_t *)s, o->u.v.owner);
}

static struct kq_obj *slice_vector(const struct kq_obj *o, int64_t from, int64_t n)
{
    size_t w = kq_elem_size(o->type);
    if (o->flags & KQ_OBJ_VIEW)
        return o->type == KQ_SYMBOL
                   ? slice_symview(o, from, n)
                   : kq_vec_view(o->type, n, o->u.v.data + (size_t)from * w, o->u.v.owner);
    struct kq_obj *r = kq_vec_new(o->type, n);
    if (!r)
        return NULL;
    if (n)
        memcpy(r->u.v.data, o->u.v.data + (size_t)from * w, (size_t)n * w);
    for (int64_t i = 0; o->type == KQ_LIST && i < n; i++)
        kq_ref(kq_child(r, i));
    return r;
}

static struct kq_obj *slice_table(const struct kq_obj *t, int64_t from, int64_t n)
{
    const struct kq_obj *cols = kq_child(t, 1);
    struct kq_obj *parts = kq_vec_new(KQ_LIST, cols->n);
    for (int64_t c = 0; c < cols->n; c++) {
        kq_items(parts)[c] = kq_slice(kq_child(cols, c), from, n);
        if (!kq_child(parts, c)) {
            kq_unref(parts);
            return NULL;
        }
    }
    struct kq_obj *r = kq_table(kq_child(t, 0), parts);
    kq_unref(parts);
    return r;
}

struct kq_obj *kq_slice(const struct kq_obj *o, int64_t from, int64_t n)
{
    if (o->type == KQ_TABLE)
        return slice_table(o, from, n);
    if (is_enum_type(o->type))
        return enum_take(o, kq_slice(kq_child(o, 1), from, n));
    if (o->type >= 0 && o->type <= KQ_TYPE_MAX)
        return slice_vector(o, from, n);
    /* An atom, dictionary or function has no parts: it is its own slice. */
    union {
        const struct kq_obj *c;
        struct kq_obj *o;
    } self = {o};
    return kq_ref(self.o);
}

/* ---- building ------------------------------------------------------------- */

struct kq_obj *kq_list_take(int64_t n, struct kq_obj **items)
{
    struct kq_obj *o = kq_vec_new(KQ_LIST, n);
    for (int64_t i = 0; i < n; i++) {
        if (o)
            kq_items(o)[i] = items[i];
        else
            kq_unref(items[i]);
    }
    return o;
}

struct kq_obj *kq_list_of(int n, ...)
{
    struct kq_obj *o = kq_vec_new(KQ_LIST, n);
    va_list ap;
    va_start(ap, n);
    for (int i = 0; i < n; i++)
        kq_items(o)[i] = va_arg(ap, struct kq_obj *);
    va_end(ap);
    return o;
}

struct kq_obj *kq_enlist(struct kq_obj *o)
{
    struct kq_obj *item = kq_ref(o);
    return kq_collapse_take(kq_list_take(1, &item));
}

void kq_set_at(struct kq_obj *vec, int64_t i, const struct kq_obj *a)
{
    size_t w = kq_typeinfo(vec->type)->bytes;
    uint8_t *p = vec->u.v.data + (size_t)i * w;
    switch (kq_typeinfo(vec->type)->class) {
    case KQ_CLASS_GUID: memcpy(p, a->u.g, 16); break;
    case KQ_CLASS_SYM: kq_syms(vec)[i] = kq_sym_interned(a); break;
    case KQ_CLASS_FLOAT:
        if (w == 4)
            kq_reals(vec)[i] = (float)a->u.f;
        else
            kq_floats(vec)[i] = a->u.f;
        break;
    case KQ_CLASS_LIST: break;
    default: memcpy(p, &a->u.j, w); break; /* little-endian: low bytes first */
    }
}

/* The simple type that all items share as atoms, or -1. */
static int common_atom_type(const struct kq_obj *o)
{
    if (!o->n)
        return -1;
    int t = kq_child(o, 0)->type;
    if (t >= 0 || t < -KQ_TYPE_MAX)
        return -1;
    for (int64_t i = 1; i < o->n; i++) {
        if (kq_child(o, i)->type != t)
            return -1;
    }
    return -t;
}

/* Are the items atoms of enumerations over one domain? */
static bool all_in_one_domain(const struct kq_obj *o)
{
    if (o->type != KQ_LIST || !o->n || !is_enum_type(-kq_child(o, 0)->type))
        return false;
    const char *domain = kq_sym_interned(kq_child(kq_child(o, 0), 0));
    for (int64_t i = 1; i < o->n; i++) {
        const struct kq_obj *e = kq_child(o, i);
        if (e->type != kq_child(o, 0)->type || kq_sym_interned(kq_child(e, 0)) != domain)
            return false;
    }
    return true;
}

static struct kq_obj *collapse_enums_take(struct kq_obj *o)
{
    struct kq_obj *at = kq_vec_new(KQ_LIST, o->n);
    for (int64_t i = 0; at && i < o->n; i++)
        kq_items(at)[i] = kq_ref(kq_child(kq_child(o, i), 1));
    struct kq_obj *e = at ? enum_take(kq_child(o, 0), kq_collapse_take(at)) : NULL;
    if (!e)
        return o;
    kq_unref(o);
    return e;
}

struct kq_obj *kq_collapse_take(struct kq_obj *o)
{
    if (o && all_in_one_domain(o))
        return collapse_enums_take(o);
    int t = o && o->type == KQ_LIST ? common_atom_type(o) : -1;
    struct kq_obj *v = t < 0 ? NULL : kq_vec_new(t, o->n);
    if (!v)
        return o;
    for (int64_t i = 0; i < o->n; i++)
        kq_set_at(v, i, kq_child(o, i));
    kq_unref(o);
    return v;
}

/* ---- growing ----------------------------------------------------------------- */

/* Move the payload that follows its object to the heap, with new room. */
static bool move_to_heap(struct kq_obj *o, int64_t cap, size_t w)
{
    uint8_t *p = kq_try_malloc((size_t)cap * w);
    if (!p)
        return false;
    if (o->n)
        memcpy(p, o->u.v.data, (size_t)o->n * w);
    o->u.v.data = p;
    o->flags |= KQ_OBJ_HEAP;
    return true;
}

static bool resize(struct kq_obj *o, int64_t cap, size_t w)
{
    if (!(o->flags & KQ_OBJ_HEAP))
        return move_to_heap(o, cap, w);
    uint8_t *p = kq_try_realloc(o->u.v.data, (size_t)cap * w);
    if (p)
        o->u.v.data = p;
    return p;
}

bool kq_grow(struct kq_obj **op, int64_t extra)
{
    struct kq_obj *o = *op;
    int64_t need, cap;
    size_t bytes, w = kq_elem_size(o->type);
    if (__builtin_add_overflow(o->n, extra, &need))
        return false;
    if (need <= o->u.v.cap)
        return true;
    cap = need < 8 ? 8 : need + need / 2;
    if (!kq_mul_size((size_t)cap, w, &bytes))
        return false;
    size_t more = bytes - (size_t)o->u.v.cap * w;
    if (!kq_obj_charge(more))
        return false;
    if (!resize(o, cap, w)) {
        kq_obj_discharge(more);
        return false;
    }
    o->u.v.cap = cap;
    return true;
}

bool kq_push(struct kq_obj **o, struct kq_obj *item)
{
    if ((*o)->type != KQ_LIST && item->type != -(*o)->type)
        return false;
    if (!kq_grow(o, 1))
        return false;
    if ((*o)->type == KQ_LIST)
        kq_items(*o)[(*o)->n++] = kq_ref(item);
    else
        kq_set_at(*o, (*o)->n++, item);
    return true;
}

struct kq_obj *kq_explode(struct kq_obj *o)
{
    if (o->type == KQ_LIST)
        return kq_ref(o);
    int64_t n = kq_count(o);
    /* The atoms count too: ask for their room before making them. */
    size_t atoms = (size_t)n * sizeof(struct kq_obj);
    if (!kq_obj_charge(atoms))
        return NULL;
    kq_obj_discharge(atoms);
    struct kq_obj *r = kq_vec_new(KQ_LIST, n);
    for (int64_t i = 0; r && i < n; i++)
        kq_items(r)[i] = kq_at(o, i);
    return r;
}

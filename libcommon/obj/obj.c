/*
 * obj.c - life and death of objects, and access to elements.
 *
 * Payload of a new vector follows its object in one allocation; when it grows
 * (list.c) it moves to a malloc of its own, marked KQ_OBJ_HEAP.  Freeing uses
 * the dying containers themselves as the list of work to do, so depth costs
 * neither stack nor memory.
 */
#include "obj/obj.h"

#include "base/mem.h"
#include "obj/prim.h"

#include <stdlib.h>

/* Payloads up to this size are granted even above the limit, so that the small
 * lists that hold a program together cannot fail. */
enum { SMALL = 512 };

static int64_t live;
static size_t payload; /* bytes of owned payloads */
static size_t limit = SIZE_MAX;

int64_t kq_obj_live(void)
{
    return live;
}

size_t kq_obj_bytes(void)
{
    return payload + (size_t)live * sizeof(struct kq_obj);
}

void kq_obj_limit(size_t bytes)
{
    limit = bytes ? bytes : SIZE_MAX;
}

bool kq_obj_charge(size_t bytes)
{
    size_t used = kq_obj_bytes();
    if (bytes > SMALL && (used > limit || bytes > limit - used))
        return false;
    payload += bytes;
    return true;
}

void kq_obj_discharge(size_t bytes)
{
    payload -= bytes;
}

/* Does `o` have a payload in u.v at all? */
static bool has_payload(const struct kq_obj *o)
{
    if (o->type < 0)
        return o->type <= -KQ_ENUM && o->type >= -KQ_ENUM_LAST;
    return o->type < KQ_UNARY || o->type > KQ_ITERATOR;
}

static void discharge(const struct kq_obj *o)
{
    if (has_payload(o) && !(o->flags & KQ_OBJ_VIEW))
        payload -= (size_t)o->u.v.cap * kq_elem_size(o->type);
}

static struct kq_obj *obj_alloc(int type, size_t extra)
{
    size_t size;
    struct kq_obj *o = NULL;
    if (kq_add_size(sizeof *o, extra, &size))
        o = kq_try_malloc(size);
    if (!o)
        return NULL;
    memset(o, 0, sizeof *o);
    o->refs = 1;
    o->type = (int8_t)type;
    o->n = 1;
    live++;
    return o;
}

static struct kq_obj *obj_new(int type)
{
    struct kq_obj *o = kq_malloc(sizeof *o);
    *o = (struct kq_obj){.refs = 1, .type = (int8_t)type, .n = 1};
    live++;
    return o;
}

/* ---- destruction -------------------------------------------------------- */

static bool has_children(int type)
{
    return type == KQ_LIST || type == KQ_TABLE || type == KQ_DICT || type == KQ_SORTEDDICT ||
           type == KQ_LAMBDA || (type >= KQ_PROJECTION && type <= KQ_FOREIGN) ||
           (type >= KQ_ENUM && type <= KQ_ENUM_LAST) || (type <= -KQ_ENUM && type >= -KQ_ENUM_LAST);
}

static void free_payload(struct kq_obj *o)
{
    if (o->flags & KQ_OBJ_VIEW) {
        bool text = o->type == -KQ_SYMBOL || o->type == KQ_ERROR;
        kq_rcbuf_unref(text ? o->u.s.owner : o->u.v.owner);
    } else if (o->flags & KQ_OBJ_HEAP) {
        free(o->u.v.data);
    }
    free(o);
    live--;
}

static void free_leaf(struct kq_obj *o)
{
    discharge(o);
    free_payload(o);
}

/* The link of the work list lives in u.v.cap's place: a dying object needs it no more. */
static struct kq_obj *push(struct kq_obj *o, struct kq_obj *list)
{
    discharge(o);
    memcpy(&o->u.v.cap, &list, sizeof list);
    return o;
}

static struct kq_obj *pop(struct kq_obj **list)
{
    struct kq_obj *o = *list;
    memcpy(list, &o->u.v.cap, sizeof *list);
    return o;
}

void kq_obj_destroy(struct kq_obj *o)
{
    if (o->flags & KQ_OBJ_FIXED) {
        o->refs = 1;
        return;
    }
    if (!has_children(o->type)) {
        free_leaf(o);
        return;
    }
    struct kq_obj *list = push(o, NULL);
    while (list) {
        struct kq_obj *dying = pop(&list);
        for (int64_t i = 0; i < dying->n; i++) {
            struct kq_obj *c = kq_child(dying, i);
            if (!c || --c->refs > 0)
                continue;
            if (c->flags & KQ_OBJ_FIXED)
                c->refs = 1;
            else if (has_children(c->type))
                list = push(c, list);
            else
                free_leaf(c);
        }
        free_payload(dying);
    }
}

/* ---- atoms and functions -------------------------------------------------- */

struct kq_obj *kq_atom_int(int type, int64_t v)
{
    struct kq_obj *o = obj_new(-type);
    o->u.j = v;
    return o;
}

struct kq_obj *kq_atom_float(int type, double v)
{
    struct kq_obj *o = obj_new(-type);
    o->u.f = v;
    return o;
}

struct kq_obj *kq_atom_guid(const uint8_t g[16])
{
    struct kq_obj *o = obj_new(-KQ_GUID);
    memcpy(o->u.g, g, 16);
    return o;
}

struct kq_obj *kq_atom_sym(const char *interned)
{
    struct kq_obj *o = obj_new(-KQ_SYMBOL);
    o->u.s.s = interned;
    return o;
}

struct kq_obj *kq_atom_symz(const char *text)
{
    return kq_atom_sym(kq_symz(text));
}

struct kq_obj *kq_atom_sym_view(int type, const char *text, struct kq_rcbuf *owner)
{
    struct kq_obj *o = obj_new(type);
    o->flags = KQ_OBJ_VIEW;
    o->u.s.s = text;
    o->u.s.owner = kq_rcbuf_ref(owner);
    return o;
}

const char *kq_sym_interned(const struct kq_obj *o)
{
    return (o->flags & KQ_OBJ_VIEW) ? kq_sym(o->u.s.s, strlen(o->u.s.s)) : o->u.s.s;
}

/* There are few primitives and they are everywhere in parse trees: each exists once. */
struct kq_obj *kq_prim(int type, int code)
{
    static struct kq_obj prims[KQ_ITERATOR - KQ_UNARY + 1][256];
    struct kq_obj *o = &prims[type - KQ_UNARY][code & 255];
    if (!o->refs)
        *o = (struct kq_obj){
            .refs = 1, .type = (int8_t)type, .flags = KQ_OBJ_FIXED, .code = (uint8_t)code, .n = 1};
    return kq_ref(o);
}

struct kq_obj *kq_generic_null(void)
{
    return kq_prim(KQ_UNARY, KQ_CODE_NULL);
}

struct kq_obj *kq_elided(void)
{
    return kq_prim(KQ_UNARY, KQ_CODE_ELIDED);
}

struct kq_obj *kq_error(const char *text, size_t len)
{
    const char *sym = kq_sym(text, strnlen(text, len));
    struct kq_obj *o = obj_new(KQ_ERROR);
    o->u.s.s = sym ? sym : kq_symz("wsfull");
    return o;
}

struct kq_obj *kq_lambda(struct kq_obj *context, struct kq_obj *source)
{
    struct kq_obj *o = kq_container_new(KQ_LAMBDA, 3);
    kq_items(o)[0] = kq_ref(context);
    kq_items(o)[1] = kq_ref(source);
    return o;
}

struct kq_obj *kq_derived(int type, struct kq_obj *f)
{
    struct kq_obj *o = kq_container_new(type, 1);
    kq_items(o)[0] = kq_ref(f);
    return o;
}

/* ---- vectors ---------------------------------------------------------------- */

size_t kq_elem_size(int type)
{
    const struct kq_typeinfo *t = kq_typeinfo(type);
    return t->bytes ? t->bytes : sizeof(void *);
}

struct kq_obj *kq_vec_new(int type, int64_t n)
{
    size_t bytes;
    if (n < 0 || !kq_mul_size((size_t)n, kq_elem_size(type), &bytes))
        return NULL;
    if (!kq_obj_charge(bytes))
        return NULL;
    struct kq_obj *o = obj_alloc(type, bytes);
    if (!o) {
        kq_obj_discharge(bytes);
        return NULL;
    }
    o->n = n;
    o->u.v.cap = n;
    o->u.v.data = (uint8_t *)(o + 1);
    if (type == KQ_LIST) {
        memset(o->u.v.data, 0, bytes);
    } else if (type == KQ_SYMBOL) {
        for (int64_t i = 0; i < n; i++)
            kq_syms(o)[i] = kq_sym_null;
    }
    return o;
}

struct kq_obj *kq_container_new(int type, int64_t n)
{
    struct kq_obj *o = kq_vec_new(KQ_LIST, n);
    if (o)
        o->type = (int8_t)type;
    return o;
}

struct kq_obj *kq_vec_view(int type, int64_t n, const uint8_t *data, struct kq_rcbuf *owner)
{
    struct kq_obj *o = obj_new(type);
    o->flags = KQ_OBJ_VIEW;
    o->n = n;
    o->u.v.data = owner->data + (data - owner->data);
    o->u.v.owner = kq_rcbuf_ref(owner);
    return o;
}

struct kq_obj *kq_string(const char *s, size_t len)
{
    struct kq_obj *o = kq_vec_new(KQ_CHAR, (int64_t)len);
    if (o && len)
        memcpy(o->u.v.data, s, len);
    return o;
}

struct kq_obj *kq_stringz(const char *s)
{
    return kq_string(s, strlen(s));
}

int64_t kq_int_at(const struct kq_obj *o, int64_t i)
{
    if (o->type < 0)
        return o->u.j;
    const uint8_t *p = o->u.v.data;
    switch (kq_typeinfo(o->type)->bytes) {
    case 1: return p[i];
    case 2: {
        int16_t v;
        memcpy(&v, p + i * 2, sizeof v);
        return v;
    }
    case 4: {
        int32_t v;
        memcpy(&v, p + i * 4, sizeof v);
        return v;
    }
    default: {
        int64_t v;
        memcpy(&v, p + i * 8, sizeof v);
        return v;
    }
    }
}

double kq_float_at(const struct kq_obj *o, int64_t i)
{
    if (o->type < 0)
        return o->u.f;
    if (o->type == KQ_REAL) {
        float v;
        memcpy(&v, o->u.v.data + i * 4, sizeof v);
        return v;
    }
    double v;
    memcpy(&v, o->u.v.data + i * 8, sizeof v);
    return v;
}

const uint8_t *kq_guid_at(const struct kq_obj *o, int64_t i)
{
    return o->type < 0 ? o->u.g : o->u.v.data + i * 16;
}

const char *kq_symiter_next(struct kq_symiter *it, size_t *len)
{
    const char *s;
    if (it->next) {
        s = it->next;
        *len = strlen(s);
        it->next = s + *len + 1;
    } else if (it->o->type < 0) {
        s = kq_sym_text(it->o);
        *len = kq_sym_textlen(it->o);
    } else {
        s = kq_syms(it->o)[it->i];
        *len = kq_sym_len(s);
    }
    it->i++;
    return s;
}

/* ---- copies -------------------------------------------------------------------- */

static struct kq_obj *own_symbols(const struct kq_obj *o)
{
    struct kq_obj *r = kq_vec_new(KQ_SYMBOL, o->n);
    if (!r)
        return NULL;
    struct kq_symiter it = kq_symiter(o);
    for (int64_t i = 0; i < o->n; i++) {
        size_t len;
        const char *s = kq_symiter_next(&it, &len);
        const char *sym = kq_sym(s, len);
        if (!sym) {
            kq_unref(r);
            return NULL;
        }
        kq_syms(r)[i] = sym;
    }
    return r;
}

static struct kq_obj *own_text(const struct kq_obj *o)
{
    const char *sym = kq_sym_interned(o);
    if (!sym)
        return NULL;
    struct kq_obj *r = kq_atom_sym(sym);
    r->type = o->type;
    return r;
}

/* The payload of a vector that is a view, copied and symbols interned. */
static struct kq_obj *own_view(const struct kq_obj *o)
{
    if (o->type < 0)
        return own_text(o);
    struct kq_obj *r;
    if (o->type == KQ_SYMBOL) {
        r = own_symbols(o);
    } else {
        r = kq_vec_new(o->type, o->n);
        if (r && o->n)
            memcpy(r->u.v.data, o->u.v.data, (size_t)o->n * kq_elem_size(o->type));
    }
    if (r)
        r->attr = o->attr;
    return r;
}

static struct kq_obj *copy_container(const struct kq_obj *o)
{
    struct kq_obj *r = kq_container_new(o->type, o->n);
    if (!r)
        return NULL;
    r->attr = o->attr;
    for (int64_t i = 0; i < o->n; i++) {
        if (kq_child(o, i))
            kq_items(r)[i] = kq_ref(kq_child(o, i));
    }
    return r;
}

/*
 * `o` with every child owned: `o` itself when all were, else a copy of the
 * container.  Recursion depth is what the decoder allowed.
 */
static struct kq_obj *own_children(struct kq_obj *o)
{
    struct kq_obj *r = kq_ref(o);
    for (int64_t i = 0; r && i < o->n; i++) {
        struct kq_obj *c = kq_child(o, i);
        struct kq_obj *owned = c ? kq_own(c) : NULL;
        if (owned == c) {
            kq_unref(owned);
            continue;
        }
        if (owned && r == o) {
            kq_unref(r);
            r = copy_container(o);
        }
        if (!owned || !r) {
            kq_unref(owned);
            kq_unref(r);
            return NULL;
        }
        kq_unref(kq_items(r)[i]);
        kq_items(r)[i] = owned;
    }
    return r;
}

struct kq_obj *kq_own(struct kq_obj *o)
{
    if (o->flags & KQ_OBJ_VIEW)
        return own_view(o);
    return has_children(o->type) ? own_children(o) : kq_ref(o);
}

struct kq_obj *kq_unshare_take(struct kq_obj *o)
{
    if (o->refs == 1 && !(o->flags & (KQ_OBJ_VIEW | KQ_OBJ_FIXED)))
        return o;
    struct kq_obj *r;
    if (o->flags & KQ_OBJ_VIEW) {
        r = own_view(o);
    } else if (has_children(o->type)) {
        r = copy_container(o);
    } else if (o->type >= 0 && o->type <= KQ_TYPE_MAX) {
        r = kq_vec_new(o->type, o->n);
        if (r) {
            r->attr = o->attr;
            memcpy(r->u.v.data, o->u.v.data, (size_t)o->n * kq_elem_size(o->type));
        }
    } else {
        r = obj_new(o->type);
        *r = *o;
        r->refs = 1;
        r->flags = 0;
    }
    kq_unref(o);
    return r;
}

int64_t kq_count(const struct kq_obj *o)
{
    if (o->type >= 0 && o->type <= KQ_TYPE_MAX)
        return o->n;
    if (o->type == KQ_DICT || o->type == KQ_SORTEDDICT)
        return kq_count(kq_child(o, 0));
    if (o->type == KQ_TABLE) {
        const struct kq_obj *cols = kq_child(o, 1);
        return cols->type == KQ_LIST && cols->n ? kq_count(kq_child(cols, 0)) : 0;
    }
    if (o->type >= KQ_ENUM && o->type <= KQ_ENUM_LAST)
        return kq_count(kq_child(o, 1));
    return 1;
}

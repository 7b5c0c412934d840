/*
 * obj.h - the value model: one reference-counted object, two storage classes.
 *
 * A vector OWNS its payload (8-byte aligned, ours to write when nobody shares
 * it) or is a VIEW of bytes in a struct kq_rcbuf, usually a received message.
 * Wire payloads are never aligned, so element access goes through the
 * accessors here, which load with memcpy.  A symbol vector as a view is its
 * NUL-terminated texts one after the other.
 *
 * Ownership in one sentence: a function borrows its arguments and the caller
 * owns what it returns; functions with _take in their name consume the marked
 * argument, even on failure.
 */
#ifndef KQ_OBJ_OBJ_H
#define KQ_OBJ_OBJ_H

#include "base/rcbuf.h"
#include "base/sym.h"
#include "obj/types.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    KQ_OBJ_VIEW = 1,  /* the payload belongs to u.v.owner */
    KQ_OBJ_HEAP = 2,  /* the payload is a malloc of its own (it was grown) */
    KQ_OBJ_FIXED = 4, /* a shared constant: never freed, never written */
};

struct kq_obj {
    int32_t refs;
    int8_t type;   /* signed, as on the wire */
    uint8_t attr;  /* enum kq_attr of a list, vector or table */
    uint8_t flags; /* KQ_OBJ_... */
    uint8_t code;  /* of a primitive, 101..103 */
    int64_t n;     /* elements of a list or vector, children of a container; atoms 1 */
    union {
        int64_t j;     /* atoms of class INT (sign-extended) and BYTE */
        double f;      /* atoms of class FLOAT, reals widened */
        uint8_t g[16]; /* guid */
        struct {
            const char *s;          /* symbol atom or error text, NUL-terminated */
            struct kq_rcbuf *owner; /* view: what keeps s alive; else s is interned */
        } s;
        struct {
            uint8_t *data; /* payload; struct kq_obj *[] for lists and containers */
            union {
                struct kq_rcbuf *owner; /* view */
                int64_t cap;            /* owned: elements there is room for */
            };
        } v;
    } u;
};

/* ---- references ------------------------------------------------------- */

static inline struct kq_obj *kq_ref(struct kq_obj *o)
{
    o->refs++;
    return o;
}
/* Out-of-line part of kq_unref: free `o` and, without recursion, its children. */
void kq_obj_destroy(struct kq_obj *o);
/* Drop a reference; NULL is allowed. */
static inline void kq_unref(struct kq_obj *o)
{
    if (o && --o->refs <= 0)
        kq_obj_destroy(o);
}
/* Live objects, for the leak checks of the tests. */
int64_t kq_obj_live(void);

/*
 * Memory of all live objects.  Above the limit (0: none) kq_vec_new and kq_grow
 * return failure for anything but small payloads, so one number bounds what a
 * server's clients can make it hold.
 */
size_t kq_obj_bytes(void);
void kq_obj_limit(size_t bytes);
/* For whoever manages a payload himself: account for `bytes`; false: limit. */
bool kq_obj_charge(size_t bytes);
void kq_obj_discharge(size_t bytes);

/* ---- atoms ------------------------------------------------------------ */

/* `type` is the positive code (KQ_LONG); the object gets its negative. */
struct kq_obj *kq_atom_int(int type, int64_t v);  /* class INT or BYTE */
struct kq_obj *kq_atom_float(int type, double v); /* class FLOAT */
struct kq_obj *kq_atom_guid(const uint8_t g[16]);
struct kq_obj *kq_atom_sym(const char *interned);
struct kq_obj *kq_atom_symz(const char *text); /* interns our own words */
static inline struct kq_obj *kq_long(int64_t v)
{
    return kq_atom_int(KQ_LONG, v);
}
static inline struct kq_obj *kq_bool(bool v)
{
    return kq_atom_int(KQ_BOOLEAN, v);
}
static inline struct kq_obj *kq_float(double v)
{
    return kq_atom_float(KQ_FLOAT, v);
}
/* A symbol atom (type -11) or error (type -128) whose NUL-terminated text lies
 * in `owner`. */
struct kq_obj *kq_atom_sym_view(int type, const char *text, struct kq_rcbuf *owner);

/* Text of a symbol atom or an error: NUL-terminated. */
static inline const char *kq_sym_text(const struct kq_obj *o)
{
    return o->u.s.s;
}
static inline size_t kq_sym_textlen(const struct kq_obj *o)
{
    return (o->flags & KQ_OBJ_VIEW) ? strlen(o->u.s.s) : kq_sym_len(o->u.s.s);
}
/* The interned symbol of an atom, interning a view's text; NULL: table full. */
const char *kq_sym_interned(const struct kq_obj *o);

/* ---- functions and specials ------------------------------------------- */

struct kq_obj *kq_prim(int type, int code); /* 101, 102 or 103 */
struct kq_obj *kq_generic_null(void);       /* (::) */
struct kq_obj *kq_elided(void);             /* the gap in f[;2] */
struct kq_obj *kq_error(const char *text, size_t len);
/* (context without the dot, source); both borrowed. */
struct kq_obj *kq_lambda(struct kq_obj *context, struct kq_obj *source);
/* A derived function 106..111 of `f`. */
struct kq_obj *kq_derived(int type, struct kq_obj *f);
static inline bool kq_is_generic_null(const struct kq_obj *o)
{
    return o->type == KQ_UNARY && o->code == KQ_CODE_NULL;
}
static inline bool kq_is_elided(const struct kq_obj *o)
{
    return o->type == KQ_UNARY && o->code == KQ_CODE_ELIDED;
}

/* ---- vectors and lists ------------------------------------------------- */

/*
 * A new owned vector or general list of type 0..19 with `n` elements: fixed
 * width payload uninitialised, list children NULL, symbols null.  NULL only
 * when memory is short (n is usually a peer's or an expression's choice).
 */
struct kq_obj *kq_vec_new(int type, int64_t n);
/* A container (98..111, 127, 0) with `n` children, all NULL. */
struct kq_obj *kq_container_new(int type, int64_t n);
/* A view of `n` elements of fixed width, or of symbol texts (then `bytes` is
 * the whole length of the texts), at `data` inside `owner`. */
struct kq_obj *kq_vec_view(int type, int64_t n, const uint8_t *data, struct kq_rcbuf *owner);
struct kq_obj *kq_string(const char *s, size_t len); /* char vector, copied */
struct kq_obj *kq_stringz(const char *s);

/* Payload of a fixed-width vector (unaligned when a view). */
static inline const uint8_t *kq_data(const struct kq_obj *o)
{
    return o->u.v.data;
}
/* Typed pointers into OWNED vectors only (aligned). */
static inline int64_t *kq_longs(const struct kq_obj *o)
{
    return (int64_t *)(void *)o->u.v.data;
}
static inline int32_t *kq_ints(const struct kq_obj *o)
{
    return (int32_t *)(void *)o->u.v.data;
}
static inline int16_t *kq_shorts(const struct kq_obj *o)
{
    return (int16_t *)(void *)o->u.v.data;
}
static inline double *kq_floats(const struct kq_obj *o)
{
    return (double *)(void *)o->u.v.data;
}
static inline float *kq_reals(const struct kq_obj *o)
{
    return (float *)(void *)o->u.v.data;
}
static inline const char **kq_syms(const struct kq_obj *o)
{
    return (const char **)(void *)o->u.v.data;
}
/* Children of a general list or container. */
static inline struct kq_obj **kq_items(const struct kq_obj *o)
{
    return (struct kq_obj **)(void *)o->u.v.data;
}
static inline struct kq_obj *kq_child(const struct kq_obj *o, int64_t i)
{
    return kq_items(o)[i];
}

/* Bytes of one element in memory: the type's width, a pointer for lists and
 * owned symbol vectors. */
size_t kq_elem_size(int type);

/* Element i of a vector, or the value of an atom (any i): sign- or zero-extended;
 * short and int nulls and infinities stay what they are in their own width. */
int64_t kq_int_at(const struct kq_obj *o, int64_t i);
/* Class FLOAT; reals widened. */
double kq_float_at(const struct kq_obj *o, int64_t i);
const uint8_t *kq_guid_at(const struct kq_obj *o, int64_t i);

/*
 * Walks the texts of a symbol vector (owned or view) or symbol atom in order;
 * the only way into a view that needs no memory.
 */
struct kq_symiter {
    const struct kq_obj *o;
    const char *next; /* view: next text */
    int64_t i;
};
static inline struct kq_symiter kq_symiter(const struct kq_obj *o)
{
    return (struct kq_symiter){
        o, o->type == KQ_SYMBOL && (o->flags & KQ_OBJ_VIEW) ? (const char *)o->u.v.data : NULL, 0};
}
/* The next text and its length.  Call at most n times. */
const char *kq_symiter_next(struct kq_symiter *it, size_t *len);

/* A copy that owns every payload (also of children) and interns every symbol;
 * `o` itself, referenced again, when nothing in it is a view.  NULL: memory or
 * symbol table full. */
struct kq_obj *kq_own(struct kq_obj *o);

/*
 * `o` when the caller holds its only reference and it is owned; else an owned
 * shallow copy (children shared), `o` being consumed either way.  The result
 * may be written to.  NULL: memory short.
 */
struct kq_obj *kq_unshare_take(struct kq_obj *o);

/* Elements (rows for a table, 1 for an atom or function). */
int64_t kq_count(const struct kq_obj *o);

#endif

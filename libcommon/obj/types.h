/*
 * types.h - type codes, storage classes and the descriptor of each type.
 *
 * An object's type is signed as on the wire: negative for atoms, 0..19 for
 * lists and vectors, 98/99/127 for containers, 100..111 for functions, -128
 * for an error.  20..76 (enumerations) exist only inside the evaluator; they
 * travel as symbols.
 */
#ifndef KQ_OBJ_TYPES_H
#define KQ_OBJ_TYPES_H

#include <stdbool.h>
#include <stdint.h>

/* How elements are stored.  Codec and formatters switch on these, not on types. */
enum kq_class {
    KQ_CLASS_LIST,  /* pointers to objects: general list and every container */
    KQ_CLASS_BYTE,  /* 1 unsigned byte: boolean, byte, char */
    KQ_CLASS_INT,   /* signed two's complement, 2, 4 or 8 bytes; null = minimum */
    KQ_CLASS_FLOAT, /* IEEE, 4 or 8 bytes; null = NaN */
    KQ_CLASS_GUID,  /* 16 raw bytes in printed order; null = zeros */
    KQ_CLASS_SYM,   /* interned text (owned) or NUL-terminated bytes (view) */
    KQ_CLASS_NONE,  /* no such type */
};

enum kq_type {
#define KQ_TYPE(tag, code, name, ch, bytes, class, suffix) KQ_##tag = code,
#include "obj/type.def"
#undef KQ_TYPE
    KQ_ENUM = 20, /* first enumeration type: evaluator only */
    KQ_ENUM_LAST = 76,
    KQ_TABLE = 98,   /* children: names (symbol vector), columns (list; or a
                           symbol atom: reference to a splayed table) */
    KQ_DICT = 99,    /* children: keys, values */
    KQ_LAMBDA = 100, /* children: context (symbol atom), source (char vector),
                           and in the evaluator its compiled form or NULL */
    KQ_UNARY = 101,  /* a code of prim.def, in .code */
    KQ_BINARY = 102,
    KQ_ITERATOR = 103,
    KQ_PROJECTION = 104,  /* children: function, arguments (elided: 101 code 255) */
    KQ_COMPOSITION = 105, /* children: the functions, as on the wire */
    KQ_EACH = 106,        /* 106..111: one child, the function f of f' f/ f\ f': f/: f\: */
    KQ_OVER = 107,
    KQ_SCAN = 108,
    KQ_EACHPRIOR = 109,
    KQ_EACHRIGHT = 110,
    KQ_EACHLEFT = 111,
    KQ_FOREIGN = 112,    /* evaluator only, never on the wire */
    KQ_SORTEDDICT = 127, /* as KQ_DICT: a step dictionary */
    KQ_ERROR = -128,     /* text as a symbol payload; top level of a response only */
};

enum { KQ_TYPE_MAX = 19 }; /* last simple vector type */

/* Codes of KQ_UNARY with a meaning of their own. */
enum { KQ_CODE_NULL = 0, KQ_CODE_ELIDED = 255 };

enum kq_attr {
    KQ_ATTR_NONE = 0,
    KQ_ATTR_SORTED = 1,
    KQ_ATTR_UNIQUE = 2,
    KQ_ATTR_PARTED = 3,
    KQ_ATTR_GROUPED = 4,
};

struct kq_typeinfo {
    const char *name; /* "long"; NULL: no such type */
    char ch;          /* 'j' */
    char suffix;      /* last letter of a literal, or 0 */
    uint8_t bytes;    /* of one element; 0: not fixed */
    enum kq_class class;
};

/* One for each type code, and one of class NONE for all that are none. */
extern const struct kq_typeinfo kq_typeinfos[KQ_TYPE_MAX + 2];

/* Descriptor of |type| for -19..19; class NONE and name NULL for anything else. */
static inline const struct kq_typeinfo *kq_typeinfo(int type)
{
    int t = type < 0 ? -type : type;
    return &kq_typeinfos[t <= KQ_TYPE_MAX ? t : KQ_TYPE_MAX + 1];
}

/* The positive type code of a letter ('j' -> 7, ' ' -> 0), or -1. */
int kq_type_of_char(char c);
/* The positive type code of a name ("long" -> 7), or -1. */
int kq_type_of_name(const char *name, unsigned long len);

static inline bool kq_type_is_atom(int type)
{
    return type < 0 && type >= -KQ_ENUM_LAST;
}
/* Simple vector, general list or enumeration vector. */
static inline bool kq_type_is_list(int type)
{
    return type >= 0 && type <= 97;
}
static inline bool kq_type_is_func(int type)
{
    return type >= KQ_LAMBDA && type <= KQ_FOREIGN;
}
/* Integer types that count time: p m d n u v t. */
static inline bool kq_type_is_temporal(int type)
{
    int t = type < 0 ? -type : type;
    return t >= KQ_TIMESTAMP && t <= KQ_TIME;
}

#endif

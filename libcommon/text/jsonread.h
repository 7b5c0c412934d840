/*
 * jsonread.h - JSON text to kdb+ objects.
 *
 * The other way of jsonval.h, for answers of commands, rules and records, and
 * q's .j.k.  The text is RFC 8259; nesting is bounded.
 */
#ifndef KQ_TEXT_JSONREAD_H
#define KQ_TEXT_JSONREAD_H

#include "base/err.h"
#include "obj/obj.h"

#include <stddef.h>

enum kq_json_read {
    KQ_JSON_READ_Q,     /* as .j.k: every number is a float */
    KQ_JSON_READ_EXACT, /* numbers without point and exponent are longs when they fit */
    KQ_JSON_READ_TYPED, /* what KQ_JSON_TYPED wrote: every {"t":..} is that object */
};

/* Nesting beyond this is refused. */
#define KQ_JSON_READ_DEPTH 500

/*
 * The value of the whole text.  Strings are char vectors, objects dictionaries
 * with symbol keys, arrays lists: vectors when all items are of one type,
 * tables when they are objects with the same names; null is 0n (alone (::) in
 * EXACT, and the null of its vector).  NULL with KQ_EUSAGE and "byte N: reason".
 */
struct kq_obj *kq_json_parse(const char *s, size_t len, enum kq_json_read how, struct kq_err *err);

#endif

/*
 * jsonobj.h - JSON text to kdb+ objects: the way back from jsonval.h.
 *
 * What the typed mapping wrote is read without loss.  Other JSON becomes what
 * a person would expect: integers longs, other numbers floats, strings char
 * vectors, objects dictionaries with symbol keys, arrays of one kind vectors,
 * arrays of objects with the same names tables, null (::), or the null of its
 * vector between numbers.
 */
#ifndef KQ_TEXT_JSONOBJ_H
#define KQ_TEXT_JSONOBJ_H

#include "base/err.h"
#include "obj/obj.h"

#include <stddef.h>

/*
 * The value of one JSON document.  NULL with KQ_EUSAGE, naming line and column,
 * when the text is no JSON; or what is wrong with a typed value.
 */
struct kq_obj *kq_json_parse(const char *s, size_t len, struct kq_err *err);

#endif

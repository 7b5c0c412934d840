/*
 * jsonval.h - kdb+ objects as JSON (schema version 1).
 *
 * Three mappings: rows for jq and people, columns for data frames, typed for
 * programs that must get every type back.
 */
#ifndef KQ_TEXT_JSONVAL_H
#define KQ_TEXT_JSONVAL_H

#include "obj/obj.h"
#include "text/json.h"
#include "text/style.h"

enum kq_json_mode {
    KQ_JSON_ROWS,    /* a table is an array of row objects */
    KQ_JSON_COLUMNS, /* a table is an object of arrays */
    KQ_JSON_TYPED,   /* lossless {"t":-7,"v":42}; see below */
};

/*
 * A kdb+ object as the next value.
 *
 * rows and columns: booleans true/false; bytes "0x2a", byte vectors "0x0102";
 * numbers exact (style->int64_string: longs as strings), floats and reals
 * shortest, infinite ones "0w" "-0w"; times and guids as ISO-like text,
 * infinite times "0W" "-0W"; null numbers, times and guids null, while null
 * symbols and chars are the strings "" and " " that they are; char vectors are
 * strings; a dictionary with symbol keys is an object, any other is
 * {"k":[..],"v":[..]}; keyed tables are unkeyed; (::) is null; functions and
 * references to splayed tables are their q text; an error is "'text".
 *
 * typed: {"t":T,"v":V} with T the kdb+ type and V the elements, times as raw
 * integers with their texts beside them in "s"; "a" is an attribute's letter;
 * "enc":"latin1" says that bytes above 0x7f are all written as \u0080..\u00ff.
 * Lists have typed items in v, tables {"t":98,"k":[names],"v":[columns]},
 * dictionaries typed "k" and "v"; functions and errors their text in v, (::)
 * no v.
 */
void kq_json_value(struct kq_json *j, const struct kq_obj *x, enum kq_json_mode mode,
                   const struct kq_style *style);

/*
 * A whole document followed by a newline: one line, but rows of a top-level
 * table one to a line, between [ and ]; jsonl: one object a line, without
 * brackets (modes rows; other objects and modes give one line).
 */
void kq_json_document(struct kq_out *o, const struct kq_obj *x, enum kq_json_mode mode, bool jsonl,
                      const struct kq_style *style);

#endif

/*
 * prim.h - spellings of the primitives (types 101..103) and of derived functions.
 */
#ifndef KQ_OBJ_PRIM_H
#define KQ_OBJ_PRIM_H

#include <stddef.h>

/* What q prints for a primitive: "+", "avg", "/:"; "" for the elided argument
 * (101, 255); NULL when there is no such code. */
const char *kq_prim_text(int type, int code);

/* Highest code of a primitive type that the wire allows besides 255. */
int kq_prim_last(int type);

/*
 * The primitive that `s` spells, as glyph ("+", "+:", "like") or as keyword
 * ("neg" for "-:").  Returns its type (101..103) with *code set, or 0.
 * "::" is 101/0.
 */
int kq_prim_find(const char *s, size_t len, int *code);

/* What an iterator type 106..111 appends to its function: "'", "/", ... */
const char *kq_iterator_text(int derived_type);

#endif

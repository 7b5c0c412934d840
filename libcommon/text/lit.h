/*
 * lit.h - one q literal from text to object.
 *
 * The lexer of the evaluator and the reader of data-only q text share these
 * functions, so a date typed at a prompt, in a rules file and on a command
 * line is the same date.  Each takes text that starts with a literal, reads as
 * much as belongs to it and says in *used how much that was.  On failure the
 * result is NULL and *used is the offset of the guilty token; the message
 * names the token.
 */
#ifndef KQ_TEXT_LIT_H
#define KQ_TEXT_LIT_H

#include "base/err.h"
#include "obj/obj.h"

#include <stdbool.h>
#include <stddef.h>

/* Blank inside a line: what separates the numbers of a run. */
static inline bool kq_lit_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/*
 * Does a numeric or temporal literal start here?  A digit, or a minus or point
 * right before a digit; but not the file primitives 0: 1: 2:.  Whether a minus
 * is a sign or a subtraction is the caller's question when a noun stands glued
 * to its left.
 */
bool kq_lit_is_number(const char *s, size_t len);

/*
 * A run of numeric or temporal literals with blanks between them: an atom for
 * one, a vector for several (1 0N 3i, 2000.01.01 0Nd).  A suffix at the end
 * holds for the whole run; without one, numbers widen to float and 12:00
 * 12:00:01 to the finer type.  Booleans (0101b) and bytes (0x0102) make a
 * literal of their own.  A number that its type cannot hold is an error.
 */
struct kq_obj *kq_lit_number(const char *s, size_t len, size_t *used, struct kq_err *err);

/* Does a guid as q prints it start here (8-4-4-4-12 hex digits)?  q itself has
 * no such literal, so only readers of data ask. */
bool kq_lit_is_guid(const char *s, size_t len);
/* A run of guids, blanks between them; also 0Ng inside the run. */
struct kq_obj *kq_lit_guid(const char *s, size_t len, size_t *used, struct kq_err *err);

/*
 * A string that starts with its quote: a char atom for one character, else a
 * char vector.  Escapes: \" \\ \n \r \t and three octal digits.
 */
struct kq_obj *kq_lit_string(const char *s, size_t len, size_t *used, struct kq_err *err);

/*
 * `a, `a`b`c (no blanks between), ` and `:path/file: an atom for one, else a
 * symbol vector.  Letters, digits, dot, underscore and bytes from 0x80 belong
 * to a symbol; a colon too, and after a colon what file names and handles need.
 */
struct kq_obj *kq_lit_symbol(const char *s, size_t len, size_t *used, struct kq_err *err);

/* Bytes of the name (variable or keyword: abc, a.b, .z.p) that starts here, or 0. */
size_t kq_lit_name_len(const char *s, size_t len);

#endif

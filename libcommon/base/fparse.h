/*
 * fparse.h - text to doubles and reals, correctly rounded.
 *
 * The counterpart of fnum.h.  A price costs a few instructions, a number with
 * 300 digits is still right, and the locale does not matter.
 */
#ifndef KQ_BASE_FPARSE_H
#define KQ_BASE_FPARSE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The whole slice as a number, correctly rounded: [+-]digits[.digits][e[+-]dd],
 * where one side of the point may be missing.  Too large gives infinity and
 * too small zero, as strtod does; words, hex and blanks are refused.
 * On false *v is untouched.
 */
bool kq_parse_f64(const char *s, size_t len, double *v);
bool kq_parse_f32(const char *s, size_t len, float *v);

#endif

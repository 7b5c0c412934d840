/*
 * fnum.h - doubles and reals to text, exactly.
 *
 * Two notations exist: q's, which is printf's %g with \P digits, and the
 * shortest text that reads back as the same number, for JSON and lossless
 * output.  Results are always correctly rounded, as good libraries do it, but
 * without their cost: the usual case is a multiplication by a power of ten and
 * a check that the rounding is beyond doubt; only the rest goes to libc.
 * Nothing here looks at the locale.
 */
#ifndef KQ_BASE_FNUM_H
#define KQ_BASE_FNUM_H

#include <stddef.h>

/*
 * Room that any kq_fmt_* of fnum and num needs at `dst`.  They return the
 * bytes of text, write no NUL, and may scribble on the rest of this room.
 */
#define KQ_NUM_MAX 48

/*
 * Exactly what printf("%.*g", prec, v) gives in the C locale, for every
 * double: 1.234568e+08 0.1428571 1e+07 5 -0.5 -0 inf -nan.  `prec` is q's \P:
 * 1..17 significant digits, 0 means 17.  For a real, \P digits of its value.
 */
size_t kq_fmt_f64(char *dst, double v, int prec);
size_t kq_fmt_f32(char *dst, float v, int prec);

/*
 * The shortest text that reads back as `v`; of several the one closest to it.
 * Laid out as ECMAScript does, so it is valid JSON: 5 0.1 -0 1e+22 1.5e-7,
 * without exponent from 1e-6 up to below 1e21.  inf, -inf and nan for what
 * JSON cannot say.
 */
size_t kq_fmt_f64_short(char *dst, double v);
size_t kq_fmt_f32_short(char *dst, float v);

#endif

/*
 * raw.h - values without any q clothing, for shell scripts.
 *
 * What `x=$(kq-send -F raw ...)` wants: strings and symbols as they are,
 * numbers and times bare, one item a line.
 */
#ifndef KQ_TEXT_RAW_H
#define KQ_TEXT_RAW_H

#include "base/out.h"
#include "obj/obj.h"
#include "text/style.h"

/*
 * Atoms and char vectors are one record; other vectors and lists one record an
 * item (nested vectors joined by blanks); tables one a row, dictionaries one a
 * key, with tabs between the cells; functions their text; a byte vector its
 * bytes as they are, and nothing else; (::) nothing.  Records end in `end`:
 * '\n', or 0 for --null-data.
 */
void kq_raw_put(struct kq_out *o, const struct kq_obj *x, char end, const struct kq_style *style);

#endif

/*
 * console.h - objects as the q console shows them (show, .Q.s).
 *
 * Atoms and simple vectors are their one-line form; lists, dictionaries and
 * tables get one line for each item or row, in aligned columns.  With
 * style->rows and columns set to q's \c the result is clipped as q clips it;
 * without, everything is printed, as fast as it can be formatted.
 *
 * Cells are aligned by bytes, as q does it.
 */
#ifndef KQ_TEXT_CONSOLE_H
#define KQ_TEXT_CONSOLE_H

#include "base/out.h"
#include "obj/obj.h"
#include "text/style.h"

#include <stddef.h>

/*
 * .Q.s of `x`: every line ends in a newline; nothing at all for (::).  An
 * error shows as 'text.  What has no console form of its own (a dictionary
 * whose sides do not fit) comes as one line of q text.
 */
void kq_console(struct kq_out *o, const struct kq_obj *x, const struct kq_style *style);

/*
 * Replace control bytes in the text of one line (C0, DEL and C1 as UTF-8) by
 * dots: what a stranger sent may then be shown on a terminal.
 */
void kq_console_tame(char *s, size_t len);

#endif

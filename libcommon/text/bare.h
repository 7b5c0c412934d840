/*
 * bare.h - any object as the text of one cell.
 */
#ifndef KQ_TEXT_BARE_H
#define KQ_TEXT_BARE_H

#include "base/out.h"
#include "obj/obj.h"
#include "text/elem.h"

/*
 * Atoms and strings bare, a byte vector as its hex digits, other vectors and
 * lists of atoms with blanks between the items, anything deeper as one-line q
 * text; (::) is empty.  `form` is KQ_FORM_BARE or KQ_FORM_CSV.
 */
void kq_bare_put(struct kq_out *o, const struct kq_obj *x, enum kq_form form,
                 const struct kq_style *style);

#endif

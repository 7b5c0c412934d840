/*
 * jsontyped.h - {"t":..,"v":..} to the object that it stands for.
 */
#ifndef KQ_TEXT_JSONTYPED_H
#define KQ_TEXT_JSONTYPED_H

#include "base/err.h"
#include "obj/obj.h"

/*
 * The object that a dictionary read from KQ_JSON_TYPED describes; what is
 * nested in it has been converted already.  A dictionary without "t" is
 * returned as it is.  NULL with KQ_EUSAGE.
 */
struct kq_obj *kq_json_typed(struct kq_obj *dict, struct kq_err *err);

#endif

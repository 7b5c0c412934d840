/*
 * data.h - q text that is nothing but data, from text to object.
 *
 * Command-line arguments, rules files and test vectors write values as q does,
 * but nothing in them may run: names and applications are refused with a
 * message that shows them.  What kq_repr writes is read back.
 *
 *   literals       everything of lit.h; guids as printed; ::
 *   lists          (1;`a;"x")  ()  ,1  enlist 1  enlist[1;2]
 *   dictionaries   `a`b!1 2  (`a`b;1 2)!...  ([a:1;b:2])
 *   tables         ([]a:1 2;b:`x`y)  ([k:1 2]v:3 4)  +`a`b!(1 2;3 4)  flip ...
 *   typed          `long$()  `int$1 2  `$"with blanks"  "D"$"2024-01-02"
 *   attributes     `s#1 2 3
 *   functions      {x+y}  k){x}  +  -:  insert  neg  +[2]  {x+y}[;3]  +/  {x}'
 *   errors         'type, as the whole text
 */
#ifndef KQ_TEXT_DATA_H
#define KQ_TEXT_DATA_H

#include "base/err.h"
#include "obj/obj.h"

#include <stddef.h>

/* Nesting beyond this is refused. */
#define KQ_DATA_DEPTH 1000

/*
 * The value of the whole text.  NULL with `err` (KQ_EUSAGE) when it is not
 * data; the message starts with "column N:" ("line L, column N:" after a
 * newline), counted in bytes from 1.
 */
struct kq_obj *kq_data_parse(const char *s, size_t len, struct kq_err *err);

#endif

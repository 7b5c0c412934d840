/*
 * page.h - the pieces of HTML that the parts of the report share.
 */
#ifndef KQ_DUMP_PAGE_H
#define KQ_DUMP_PAGE_H

#include "base/out.h"

#include <stddef.h>
#include <stdint.h>

/* Everything up to the body: head with title and style. */
void dump_page_begin(struct kq_out *o, const char *title);
void dump_page_end(struct kq_out *o);

/* Text that may be anything, as text. */
void dump_page_text(struct kq_out *o, const char *s, size_t n);

/* "830 µs", "1.2 ms", "2m05s"; "-" when negative. */
void dump_page_span(struct kq_out *o, int64_t ns);

/* "1,234,567" */
void dump_page_count(struct kq_out *o, uint64_t v);

/* "0.8 %"; nothing for a whole of 0. */
void dump_page_percent(struct kq_out *o, double part, double whole);

#endif

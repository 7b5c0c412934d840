/*
 * normq.h - q text with its literals replaced by ?, so that queries that
 * differ only in dates, symbols and numbers count as one.
 */
#ifndef KQ_DUMP_NORMQ_H
#define KQ_DUMP_NORMQ_H

#include "base/buf.h"
#include "base/str.h"

/*
 * Append the normal form of `text`: numbers, times, strings, symbols and
 * vectors of them become ?, runs of blanks one blank.  Nothing else changes.
 */
void dump_normq(struct kq_buf *out, struct kq_str text);

/* The table that a query reads: the name behind its first "from"; .s NULL: none. */
struct kq_str dump_normq_table(struct kq_str text);

#endif

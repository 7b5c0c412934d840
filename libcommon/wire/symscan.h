/*
 * symscan.h - finding the end of many NUL-terminated texts.
 *
 * The items of a symbol vector stand one after the other without lengths, so
 * its end is found only by counting NULs.  That is all the checking a symbol
 * vector needs, and most of the work of receiving a table without looking at
 * every symbol.
 */
#ifndef KQ_WIRE_SYMSCAN_H
#define KQ_WIRE_SYMSCAN_H

#include <stddef.h>
#include <stdint.h>

/*
 * The place after the n-th NUL in [p, end), or NULL when there are fewer.
 * Reads only inside; uses AVX2 where the processor has it.
 */
const uint8_t *kq_skip_texts(const uint8_t *p, const uint8_t *end, uint64_t n);

/* The portable version, for tests and comparison. */
const uint8_t *kq_skip_texts_portable(const uint8_t *p, const uint8_t *end, uint64_t n);

#endif

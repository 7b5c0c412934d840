/*
 * hex.h - bytes for the eye: hexdumps and plain hex.
 */
#ifndef KQ_TEXT_HEX_H
#define KQ_TEXT_HEX_H

#include "base/out.h"

#include <stddef.h>
#include <stdint.h>

/*
 * A hexdump as xxd prints it, which can also read it back: one line for each
 * 16 bytes with offset, hex and ASCII,
 *
 *     00000010: 6162 6300 0102                           abc...
 *
 * `prefix` (may be "") stands in front of every line, `base` is added to the
 * offsets.
 */
void kq_hex_dump(struct kq_out *o, const uint8_t *p, size_t n, uint64_t base, const char *prefix);

/* The bytes as lower-case hex digits, no newline. */
void kq_hex_plain(struct kq_out *o, const uint8_t *p, size_t n);

#endif

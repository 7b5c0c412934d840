/*
 * hexin.h - hex digits, as people and tools write them, to bytes.
 *
 * Understood are plain digits, with or without 0x, blanks, colons, commas,
 * \x, a decimal or hex offset in front and the text column of hexdumps behind:
 * what q prints, xxd, hexdump -C, od -tx1, a C array, Wireshark's "copy bytes"
 * and tshark -T fields -e tcp.payload.  Lines that begin with # are skipped.
 * An engine without I/O: feed text in any pieces, take bytes line by line.
 */
#ifndef KQ_DUMP_HEXIN_H
#define KQ_DUMP_HEXIN_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dump_hexin {
    struct kq_buf line;  /* text of the line in progress */
    struct kq_buf bytes; /* what it said */
    uint64_t lineno;     /* of that line, from 1 */
    bool dump;           /* the line had an offset: it continues the one before */
    bool middle;         /* `line` is a later part of a very long line */
    bool broken;
};

void dump_hexin_init(struct dump_hexin *h);
void dump_hexin_release(struct dump_hexin *h);

/*
 * Take text from *p, of which *n bytes are left, up to the end of a line (or
 * 64 KiB): 1 with h->bytes filled, until the next call; 0 when all text was
 * taken; -1 with `err` (KQ_EPROTO) for what is not hex.  h->dump tells whether
 * the bytes belong to a hexdump of several lines.
 */
int dump_hexin_next(struct dump_hexin *h, const char **p, size_t *n, struct kq_err *err);

/* The last line, when it has no newline: 1, 0 (there is none) or -1. */
int dump_hexin_end(struct dump_hexin *h, struct kq_err *err);

/* Does a file that begins so consist of hex digits? */
bool dump_hexin_detect(const uint8_t *p, size_t n);

#endif

/*
 * header.h - the 8 bytes in front of every kdb+ IPC message.
 *
 *      0  byte order of all that follows: 1 little-endian, 0 big-endian
 *      1  0 async, 1 sync, 2 response
 *      2  0 plain, 1 or 2 compressed (4- or 8-byte original length), 3 in-process
 *      3  bits 32..39 of the total length
 *      4  low 32 bits of the total length, unsigned; it counts these 8 bytes
 */
#ifndef KQ_WIRE_HEADER_H
#define KQ_WIRE_HEADER_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KQ_HEADER_LEN 8

/* The largest total length the header can express: 2^40 - 1 (kdb+ says 1 TB). */
#define KQ_TOTAL_MAX ((UINT64_C(1) << 40) - 1)

enum kq_kind { KQ_ASYNC, KQ_SYNC, KQ_RESPONSE };

struct kq_header {
    bool big; /* big-endian message */
    enum kq_kind kind;
    uint8_t compressed; /* 0 plain; 1 or 2: how the original length is written */
    uint64_t total;     /* bytes of the whole message, header included */
};

/* "async", "sync", "response". */
const char *kq_kind_name(enum kq_kind kind);

/* Least possible total of a message with compression flag 0, 1 or 2. */
uint64_t kq_header_min(uint8_t compressed);

/*
 * Read and check a header; false with KQ_EPROTO when it cannot begin a
 * message: unknown byte order, kind or compression flag, or a total too
 * small for any object (the shortest object is 2 bytes, so 10 when plain).
 */
bool kq_header_parse(const uint8_t h[KQ_HEADER_LEN], struct kq_header *head, struct kq_err *err);

/* Write the 8 bytes of `head`; total must not exceed KQ_TOTAL_MAX. */
void kq_header_put(uint8_t h[KQ_HEADER_LEN], const struct kq_header *head);

/*
 * Could a message begin at `p`, of which `n` bytes are at hand?  For getting
 * back in step after a hole in a stream, so it is stricter than parsing: the
 * first byte of the object, or the shape of the compressed payload, must make
 * sense too as far as it is there.  False when fewer than 8 bytes are there.
 */
bool kq_header_plausible(const uint8_t *p, size_t n);

#endif

/*
 * tplog.h - what a q file on disk begins with.
 *
 * A tickerplant log is 8 bytes, ff 01 and an empty general list, followed by
 * objects one after the other without message headers, little-endian, to the
 * end of the file.  Other q files share the first bytes and are told apart
 * here, so that kq-dump reads them or refuses them by name.
 */
#ifndef KQ_WIRE_TPLOG_H
#define KQ_WIRE_TPLOG_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kq_qfile {
    KQ_QFILE_NONE,   /* none of these */
    KQ_QFILE_LOG,    /* tickerplant log: objects follow the 8 bytes */
    KQ_QFILE_OBJECT, /* ff 01: one serialised object follows */
    KQ_QFILE_VECTOR, /* fe 20: a simple vector, raw items after 16 bytes */
    KQ_QFILE_PAGED,  /* fd 20: enumerated or nested column; not readable here */
    KQ_QFILE_ZIPPED, /* kxzipped: compressed file; not readable here */
};

#define KQ_TPLOG_HEADER_LEN 8

/* Tell by the first bytes; 16 are enough. */
enum kq_qfile kq_qfile_detect(const uint8_t *p, size_t n);

/* Where the first object begins: 8 in a log, 2 before a single object. */
size_t kq_qfile_start(enum kq_qfile kind);

/* Append the 8 bytes that begin a log. */
void kq_tplog_put_header(struct kq_buf *out);

/* The 16 bytes in front of a simple vector. */
#define KQ_QVECTOR_HEADER_LEN 16
struct kq_qvector {
    uint8_t type; /* as in objects, 1..19 */
    uint8_t attr; /* 0..4 */
    uint64_t count;
};

/* False with KQ_EPROTO when it is not such a header of at least 16 bytes. */
bool kq_qvector_parse(const uint8_t *p, size_t n, struct kq_qvector *v, struct kq_err *err);

#endif

/*
 * wirefile.h - the record of wire bytes that -w writes and kq-dump reads.
 *
 * The format is ours.  All numbers are little-endian.  A file begins with the
 * 8 bytes "KQWIRE1\n"; records follow to the end of the file:
 *
 *      offset bytes
 *        0     8    time, nanoseconds since 1970-01-01 UTC
 *        8     4    connection, numbered from 1 within the file
 *       12     1    event: 'o' opened, '>' client to server, '<' server to
 *                   client, 'c' closed
 *       13     3    zero
 *       16     4    length of the data, at most 2^20
 *       20     -    data
 *
 * The data of 'o' are "client server" as text, addresses as the tools print
 * them; those of 'c' are empty or a reason as text; those of '>' and '<' are
 * the bytes of the stream in order, inside TLS, handshake included, cut at
 * any place.  Passwords are not recorded: see kq_hello_redact.  A file that
 * ends inside a record was cut off; what precedes is good.
 */
#ifndef KQ_WIRE_WIREFILE_H
#define KQ_WIRE_WIREFILE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/out.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define KQ_WIREFILE_MAGIC      "KQWIRE1\n"
#define KQ_WIREFILE_MAGIC_LEN  8
#define KQ_WIREFILE_RECORD_LEN 20
#define KQ_WIREFILE_DATA_MAX   (1 << 20)

enum kq_wire_event {
    KQ_WIRE_OPEN = 'o',
    KQ_WIRE_TO_SERVER = '>',
    KQ_WIRE_TO_CLIENT = '<',
    KQ_WIRE_CLOSE = 'c',
};

struct kq_wirerec {
    uint64_t when_ns; /* since 1970 */
    uint32_t conn;
    enum kq_wire_event event;
    const uint8_t *data;
    size_t len;
};

/* ---- writing; errors stick in `out` ---- */

void kq_wirefile_begin(struct kq_out *out);
/* Data of any length: more than KQ_WIREFILE_DATA_MAX become several records. */
void kq_wirefile_put(struct kq_out *out, const struct kq_wirerec *rec);

/* ---- reading ---- */

/*
 * The record at `p`: its length with `rec` filled (data point into `p`), 0 when
 * it is not all there, -1 (KQ_EPROTO, without the place) when there is none.
 */
ssize_t kq_wirerec_parse(const uint8_t *p, size_t n, struct kq_wirerec *rec, struct kq_err *err);

/* A reader without I/O; embed it. */
struct kq_wirefile {
    struct kq_buf buf;
    size_t used;  /* bytes of buf already handed out */
    uint64_t off; /* file offset of buf.data[0] */
    bool seen_magic;
    struct kq_err broken; /* code != 0: refuse everything */
};

void kq_wirefile_init(struct kq_wirefile *f);
void kq_wirefile_release(struct kq_wirefile *f);

/* Does a file that begins with these bytes claim to be one? */
bool kq_wirefile_detect(const uint8_t *p, size_t n);

/* Feed pieces of any size; take the records before feeding more. */
void kq_wirefile_feed(struct kq_wirefile *f, const void *data, size_t n);

/*
 * The next record: 1 with `rec` filled (data valid until the next feed), 0
 * when more bytes are needed, -1 with `err` filled for a file that is damaged.
 */
int kq_wirefile_next(struct kq_wirefile *f, struct kq_wirerec *rec, struct kq_err *err);

/* At the end of the file: false (KQ_EPROTO) when it ends inside a record. */
bool kq_wirefile_end(const struct kq_wirefile *f, struct kq_err *err);

#endif

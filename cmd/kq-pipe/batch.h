/*
 * batch.h - rows gathered in columns, and the message made of them.
 *
 * The builder knows when a batch is full, in rows and in bytes of input, and
 * where in the input its rows come from.  Cutting it gives a batch: frames
 * ready for the wire in one reference-counted buffer, which all servers and
 * the spool share.
 */
#ifndef KQ_PIPE_BATCH_H
#define KQ_PIPE_BATCH_H

#include "base/buf.h"
#include "base/rcbuf.h"
#include "opts.h"
#include "schema.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where rows come from, for messages. */
struct pipe_origin {
    const char *file;     /* lives as long as the program */
    uint64_t first, last; /* lines; 0: unknown */
};

struct pipe_batch {
    struct kq_rcbuf *frames; /* one or more whole messages; one reference */
    int64_t rows;
    int64_t text_bytes; /* of input */
    uint32_t msgs;      /* messages in `frames` */
    uint32_t answers;   /* of them, how many will be answered (sync) */
    struct pipe_origin from;
};

static inline void pipe_batch_release(struct pipe_batch *b)
{
    kq_rcbuf_unref(b->frames);
    b->frames = NULL;
}

struct pipe_builder {
    struct pipe_schema *schema; /* typed rows */
    const struct pipe_opts *o;
    struct kq_buf head;    /* how every message body begins: list, function, table */
    struct kq_buf text;    /* PIPE_BYTES: the bytes; PIPE_IPC and others: the messages */
    struct kq_buf scratch; /* cutting; kept for its memory */
    size_t max_rows, max_bytes;
    size_t room; /* rows that columns of fixed width have memory for */

    size_t rows, bytes;
    bool complete; /* the next record belongs to another message */
    uint32_t answers;
    struct pipe_origin from;

    struct pipe_column *part; /* --shard-by: the columns of one server; owned */
    size_t n_parts;
};

/* For rows of `schema` (lines and bytes too: lines are one column of strings). */
bool pipe_builder_init(struct pipe_builder *b, const struct pipe_opts *o,
                       struct pipe_schema *schema, struct kq_err *err);
void pipe_builder_release(struct pipe_builder *b);

/* Make room for a batch; also once columns are known. */
void pipe_builder_begin(struct pipe_builder *b);

static inline bool pipe_builder_full(const struct pipe_builder *b)
{
    return b->complete || b->rows >= b->max_rows || b->bytes >= b->max_bytes;
}

/* Count rows that have been added to the columns, `line`..`last` of the file. */
static inline void pipe_builder_count(struct pipe_builder *b, size_t rows, size_t bytes,
                                      uint64_t line, uint64_t last)
{
    if (!b->from.first)
        b->from.first = line;
    b->from.last = last;
    b->rows += rows;
    b->bytes += bytes;
}

/*
 * Make messages of what there is (at least one row) and begin the next batch:
 * one batch for each of `n` servers, out[0..n), to which the column of
 * --shard-by sends the rows; a server without a row gets none (frames NULL).
 * Without --shard-by `n` is 1.  False with KQ_EIO when memory is short.
 */
bool pipe_builder_cut(struct pipe_builder *b, struct pipe_batch *out, size_t n, struct kq_err *err);

#endif

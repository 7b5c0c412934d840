/*
 * column.h - one column of a batch, built in place as the bytes of its vector.
 *
 * Fields become wire payload at once: numbers in their final width, symbols
 * as NUL-terminated texts, strings as char vectors of a general list.  A batch
 * is then a few copies, with no object and no allocation on the way.
 */
#ifndef KQ_PIPE_COLUMN_H
#define KQ_PIPE_COLUMN_H

#include "base/err.h"
#include "base/str.h"
#include "zone.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a column does with its fields, beside a kdb+ type code. */
enum {
    PIPE_STRINGS = 0, /* * : a general list of strings */
    PIPE_SKIP = -1,   /* blank: not sent */
};

/* Bytes that may be read past the end of a field, and written past the end of
 * a column: kernels work on whole words. */
#define PIPE_SLACK 64

struct pipe_column {
    char *name; /* NULL: unknown; owned */
    int type;   /* positive kdb+ code, or one of the above */
    size_t width;

    bool filled;            /* by --add, not from the input */
    int64_t epoch_ns;       /* unit of unix times in this column, 0: text */
    struct pipe_zone *zone; /* of times without one of their own; NULL: UTC */
    const char *na;         /* this field is null too; NULL: only the empty one */
    uint8_t *data;          /* payload; owned */
    uint8_t *end;           /* behind the last item */
    uint8_t *limit;         /* of the memory, less PIPE_SLACK */
    uint8_t *last;          /* the last item, where the width is 0 */
};

/* The letters of q's 0: and of --types: "BGXHIJEFCSPMDZNUVT*" and blank. */
bool pipe_column_init(struct pipe_column *c, char letter, struct kq_err *err);
void pipe_column_release(struct pipe_column *c);

/* The type letter ('S', '*', ' '). */
char pipe_column_letter(const struct pipe_column *c);

/* Empty it for a batch of up to `rows` items, keeping the memory. */
void pipe_column_clear(struct pipe_column *c, size_t rows);

static inline size_t pipe_column_len(const struct pipe_column *c)
{
    return (size_t)(c->end - c->data);
}

/*
 * Append one field.  What cannot be read becomes the null of the type, and the
 * result is false.  Symbols and strings take the text as it is (symbols
 * without blanks around); a NUL in a symbol cannot be sent.
 */
bool pipe_column_add(struct pipe_column *c, struct kq_str field);

/* Append whole numbers without text in between: --add, JSON. */
void pipe_column_add_raw(struct pipe_column *c, const void *item, size_t len);

/* Take the last item away again. */
static inline void pipe_column_undo(struct pipe_column *c)
{
    if (c->type != PIPE_SKIP)
        c->end = c->width ? c->end - c->width : c->last;
}

/* Out-of-line part of pipe_column_room. */
uint8_t *pipe_column_grow(struct pipe_column *c, size_t n);

/* Where the next item of at most `n` bytes goes; PIPE_SLACK more may be scribbled on. */
static inline uint8_t *pipe_column_room(struct pipe_column *c, size_t n)
{
    uint8_t *p = (size_t)(c->limit - c->end) >= n ? c->end : pipe_column_grow(c, n);
    c->last = p;
    return p;
}

#endif

/*
 * item.h - reading one object of a message body, without its children.
 *
 * This is the grammar of serialised objects, in one place: decode.h builds
 * objects from items, walk.h only visits them.  Everything that can be checked
 * without looking at children is checked here: types, attributes, codes,
 * booleans, terminated texts, counts against the bytes that are there.
 */
#ifndef KQ_WIRE_ITEM_H
#define KQ_WIRE_ITEM_H

#include "wire/cursor.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kq_item {
    size_t at;        /* offset of the type byte */
    int8_t type;      /* signed, as on the wire */
    uint8_t attr;     /* 0..4, vectors, lists and tables */
    uint8_t code;     /* of a primitive, 101..103 */
    bool long_count;  /* the count was written in 8 bytes */
    int64_t n;        /* elements of a vector or list; 1 for all others */
    int64_t children; /* objects that follow and belong to this one */
    size_t data;      /* offset of the value, elements or text */
    size_t len;       /* their bytes; a text without its NUL; 0 with children,
                         but for the context of a lambda */
};

/*
 * Read type, attribute, code and count at the cursor, leaving it at `data`.
 * Checks all but what the data themselves must fulfil, so it also works on
 * the beginning of a body that is cut off.
 */
bool kq_item_head(struct kq_cursor *c, struct kq_item *it);

/*
 * Check the data of `it`, set its len and leave the cursor behind them: at the
 * first child, or at the next object.  For a general list, checks that as many
 * items can fit.
 */
bool kq_item_data(struct kq_cursor *c, struct kq_item *it);

/* Both. */
static inline bool kq_item_read(struct kq_cursor *c, struct kq_item *it)
{
    return kq_item_head(c, it) && kq_item_data(c, it);
}

/* Is it an object with a text: symbol atom or error? */
static inline bool kq_item_is_text(const struct kq_item *it)
{
    return it->type == -11 || it->type == -128;
}

#endif

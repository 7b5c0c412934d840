/*
 * reader.c - a shared block for small messages, a private one for large.
 *
 * Bytes land in `block`.  A message that is complete there is handed out as a
 * slice that holds a reference.  When the rest of the block gets too short,
 * the incomplete tail moves to its front if nobody holds a slice, else to a
 * new block.  Blocks start small (most connections carry little) and grow
 * when a read fills one.  A message that does not fit a block moves to
 * `body`, its own buffer, which doubles as bytes arrive.
 */
#include "wire/reader.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_MIN = 4096, BLOCK_MAX = 65536, BODY_STEP = 1 << 20 };

struct kq_reader {
    uint64_t max_size;
    uint64_t stream_off; /* of the byte at `start` */
    struct kq_rcbuf *block;
    size_t start, end; /* unread bytes of block */
    size_t block_size; /* for the next new block */
    struct kq_rcbuf *body;
    size_t have;    /* bytes in body */
    bool have_head; /* `head` belongs to the message in progress */
    struct kq_header head;
    struct kq_err broken; /* code != 0: refuse everything */
};

void kq_msg_release(struct kq_msg *msg)
{
    kq_rcbuf_unref(msg->frame);
    msg->frame = NULL;
}

struct kq_reader *kq_reader_new(uint64_t max_size)
{
    struct kq_reader *r = kq_calloc(1, sizeof *r);
    r->max_size = max_size;
    r->block_size = BLOCK_MIN;
    return r;
}

void kq_reader_free(struct kq_reader *r)
{
    if (!r)
        return;
    kq_rcbuf_unref(r->block);
    kq_rcbuf_unref(r->body);
    free(r);
}

void kq_reader_reset(struct kq_reader *r, uint64_t stream_off)
{
    kq_rcbuf_unref(r->body);
    r->body = NULL;
    r->start = r->end = 0;
    if (r->block && r->block->refs > 1) {
        kq_rcbuf_unref(r->block);
        r->block = NULL;
    }
    r->have_head = false;
    r->broken.code = 0;
    r->stream_off = stream_off;
}

size_t kq_reader_pending(const struct kq_reader *r, uint64_t *total)
{
    if (total)
        *total = r->have_head ? r->head.total : 0;
    return r->body ? r->have : r->end - r->start;
}

struct kq_str kq_reader_unread(const struct kq_reader *r)
{
    if (r->body)
        return kq_str((const char *)r->body->data, r->have);
    if (!r->block)
        return kq_str(NULL, 0);
    return kq_str((const char *)r->block->data + r->start, r->end - r->start);
}

static bool no_memory(struct kq_reader *r, uint64_t size)
{
    return kq_fail(&r->broken, KQ_EPROTO, "no memory for a message of %llu bytes",
                   (unsigned long long)size);
}

/* At least `room` free bytes behind the unread ones. */
static bool make_room(struct kq_reader *r, size_t room)
{
    size_t tail = r->end - r->start;
    bool mine = r->block && r->block->refs == 1;
    if (mine && !tail)
        r->start = r->end = 0;
    if (r->block && r->block->len - r->end >= room)
        return true;
    size_t size = r->block_size;
    if (size < tail + room)
        size = tail ? 2 * (tail + room) : room;
    if (mine && r->block->len >= size) {
        memmove(r->block->data, r->block->data + r->start, tail);
    } else {
        struct kq_rcbuf *next = kq_rcbuf_new(size);
        if (!next)
            return no_memory(r, size);
        if (tail)
            memcpy(next->data, r->block->data + r->start, tail);
        kq_rcbuf_unref(r->block);
        r->block = next;
    }
    r->start = 0;
    r->end = tail;
    return true;
}

/* Room in `body` for bytes that are still to come. */
static bool grow_body(struct kq_reader *r)
{
    size_t size = r->body->len;
    if (r->have < size)
        return true;
    size = r->head.total - size < size ? (size_t)r->head.total : size * 2;
    uint8_t *data = kq_try_realloc(r->body->data, size);
    if (!data)
        return no_memory(r, r->head.total);
    r->body->data = data;
    r->body->len = size;
    return true;
}

/* Move the message in progress out of the block. */
static bool start_body(struct kq_reader *r)
{
    size_t have = r->end - r->start;
    size_t size = r->head.total < BODY_STEP ? (size_t)r->head.total : BODY_STEP;
    if (size < have)
        size = have;
    r->body = kq_rcbuf_new(size);
    if (!r->body)
        return no_memory(r, r->head.total);
    memcpy(r->body->data, r->block->data + r->start, have);
    r->have = have;
    r->start = r->end;
    return true;
}

/* Do the next bytes belong to `body`?  What follows it goes to the block. */
static bool filling_body(const struct kq_reader *r)
{
    return r->body && r->have < r->head.total;
}

static uint8_t *want_body(struct kq_reader *r, size_t *n)
{
    if (!grow_body(r))
        return NULL;
    *n = r->body->len - r->have;
    return r->body->data + r->have;
}

uint8_t *kq_reader_want(struct kq_reader *r, size_t *n)
{
    *n = 0;
    if (r->broken.code)
        return NULL;
    if (filling_body(r))
        return want_body(r, n);
    /* What the message in progress lacks, but never a sliver. */
    size_t room = BLOCK_MIN / 4;
    size_t tail = r->end - r->start;
    if (!r->body && r->have_head && r->head.total > tail + room)
        room = (size_t)r->head.total - tail;
    if (!make_room(r, room))
        return NULL;
    *n = r->block->len - r->end;
    return r->block->data + r->end;
}

void kq_reader_got(struct kq_reader *r, size_t n)
{
    if (filling_body(r)) {
        r->have += n;
        return;
    }
    r->end += n;
    if (r->end == r->block->len && r->block_size < BLOCK_MAX)
        r->block_size *= 4;
}

void kq_reader_feed(struct kq_reader *r, const void *data, size_t n)
{
    const uint8_t *p = data;
    while (n) {
        size_t room;
        uint8_t *to = kq_reader_want(r, &room);
        if (!to)
            break;
        if (room > n)
            room = n;
        memcpy(to, p, room);
        kq_reader_got(r, room);
        p += room;
        n -= room;
    }
}

/* Parse the header of the message that begins at `start`. */
static bool begin_message(struct kq_reader *r)
{
    if (!kq_header_parse(r->block->data + r->start, &r->head, &r->broken))
        return false;
    if (r->head.total > r->max_size)
        return kq_fail(&r->broken, KQ_EPROTO,
                       "message of %llu bytes is over the limit of %llu (--max-size)",
                       (unsigned long long)r->head.total, (unsigned long long)r->max_size);
    r->have_head = true;
    return true;
}

static int hand_out(struct kq_reader *r, struct kq_msg *msg, struct kq_rcbuf *frame, size_t off)
{
    *msg = (struct kq_msg){.head = r->head,
                           .frame = frame,
                           .off = off,
                           .len = (size_t)r->head.total,
                           .stream_off = r->stream_off};
    r->stream_off += r->head.total;
    r->have_head = false;
    return 1;
}

static int broken(struct kq_reader *r, struct kq_err *err)
{
    if (err)
        *err = r->broken;
    return -1;
}

static int next_in_block(struct kq_reader *r, struct kq_msg *msg, struct kq_err *err)
{
    size_t tail = r->end - r->start;
    if (!r->have_head && (tail < KQ_HEADER_LEN || !begin_message(r)))
        return r->broken.code ? broken(r, err) : 0;
    if (tail >= r->head.total) {
        size_t off = r->start;
        r->start += (size_t)r->head.total;
        return hand_out(r, msg, kq_rcbuf_ref(r->block), off);
    }
    if (r->head.total > BLOCK_MAX && !start_body(r))
        return broken(r, err);
    return 0;
}

int kq_reader_next(struct kq_reader *r, struct kq_msg *msg, struct kq_err *err)
{
    if (r->broken.code)
        return broken(r, err);
    if (!r->body)
        return next_in_block(r, msg, err);
    if (filling_body(r))
        return 0;
    struct kq_rcbuf *frame = r->body;
    r->body = NULL;
    return hand_out(r, msg, frame, 0);
}

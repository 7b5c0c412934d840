/*
 * sendq.c - a list of chunks; a chunk either refers to an rcbuf or owns the
 * bytes behind it, with room for more while it is the last.  The last small
 * chunk stays when the queue drains: servers answer again soon.
 */
#include "net/sendq.h"

#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_MIN = 448 };

struct kq_sendq_chunk {
    struct kq_sendq_chunk *next;
    struct kq_rcbuf *rc; /* NULL: the bytes are in own[] */
    uint8_t *data;       /* waiting bytes */
    size_t len;
    size_t room; /* free bytes behind them */
    uint8_t own[];
};

static struct kq_sendq_chunk *append(struct kq_sendq *q, size_t room)
{
    struct kq_sendq_chunk *c = kq_malloc(sizeof *c + room);
    *c = (struct kq_sendq_chunk){.data = c->own, .room = room};
    if (q->last)
        q->last->next = c;
    else
        q->first = c;
    q->last = c;
    return c;
}

static void free_first(struct kq_sendq *q)
{
    struct kq_sendq_chunk *c = q->first;
    q->first = c->next;
    if (!q->first)
        q->last = NULL;
    kq_rcbuf_unref(c->rc);
    free(c);
}

/* The first chunk is used up. */
static void drop_first(struct kq_sendq *q)
{
    struct kq_sendq_chunk *c = q->first;
    bool small = !c->rc && c->data + c->len + c->room == c->own + CHUNK_MIN;
    if (c->next || !small) {
        free_first(q);
        return;
    }
    c->data = c->own;
    c->len = 0;
    c->room = CHUNK_MIN;
}

void kq_sendq_release(struct kq_sendq *q)
{
    while (q->first)
        free_first(q);
    q->len = 0;
}

uint8_t *kq_sendq_extend(struct kq_sendq *q, size_t n)
{
    struct kq_sendq_chunk *c = q->last;
    if (!c || c->room < n)
        c = append(q, n < CHUNK_MIN ? CHUNK_MIN : n);
    uint8_t *to = c->data + c->len;
    c->len += n;
    c->room -= n;
    q->len += n;
    return to;
}

void kq_sendq_add(struct kq_sendq *q, const void *data, size_t n)
{
    if (n)
        memcpy(kq_sendq_extend(q, n), data, n);
}

void kq_sendq_add_rc(struct kq_sendq *q, struct kq_rcbuf *buf, size_t off, size_t len)
{
    if (!len)
        return;
    struct kq_sendq_chunk *c = append(q, 0);
    c->rc = kq_rcbuf_ref(buf);
    c->data = buf->data + off;
    c->len = len;
    q->len += len;
}

int kq_sendq_peek(const struct kq_sendq *q, struct iovec *pieces, int max)
{
    int n = 0;
    for (struct kq_sendq_chunk *c = q->first; c && n < max; c = c->next) {
        if (c->len)
            pieces[n++] = (struct iovec){.iov_base = c->data, .iov_len = c->len};
    }
    return n;
}

void kq_sendq_drop(struct kq_sendq *q, size_t n)
{
    q->len -= n;
    while (n && n >= q->first->len) {
        n -= q->first->len;
        drop_first(q);
    }
    if (n) {
        q->first->data += n;
        q->first->len -= n;
    }
}

/*
 * rcbuf.c - the counter and the three ways such a buffer comes to be.
 */
#include "base/rcbuf.h"

#include "base/mem.h"

#include <stdlib.h>

static void release_nothing(void *data, size_t len, void *arg)
{
    (void)data;
    (void)len;
    (void)arg;
}

struct kq_rcbuf *kq_rcbuf_adopt(uint8_t *data, size_t len)
{
    struct kq_rcbuf *b = kq_malloc(sizeof *b);
    *b = (struct kq_rcbuf){.data = data, .len = len, .refs = 1};
    return b;
}

struct kq_rcbuf *kq_rcbuf_new(size_t len)
{
    uint8_t *data = kq_try_malloc(len);
    return data ? kq_rcbuf_adopt(data, len) : NULL;
}

struct kq_rcbuf *kq_rcbuf_wrap(uint8_t *data, size_t len,
                               void (*release)(void *data, size_t len, void *arg), void *arg)
{
    struct kq_rcbuf *b = kq_rcbuf_adopt(data, len);
    b->release = release ? release : release_nothing;
    b->arg = arg;
    return b;
}

void kq_rcbuf_unref(struct kq_rcbuf *b)
{
    if (!b || --b->refs > 0)
        return;
    if (b->release)
        b->release(b->data, b->len, b->arg);
    else
        free(b->data);
    free(b);
}

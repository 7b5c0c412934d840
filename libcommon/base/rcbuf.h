/*
 * rcbuf.h - reference-counted bytes: what views keep alive.
 *
 * A received message lives in one rcbuf; every vector decoded as a view holds
 * a reference, so printing a gigabyte copies nothing and the memory goes when
 * the last view does.  Not thread safe: a program has one event loop.
 */
#ifndef KQ_BASE_RCBUF_H
#define KQ_BASE_RCBUF_H

#include <stddef.h>
#include <stdint.h>

struct kq_rcbuf {
    uint8_t *data;
    size_t len;
    int refs;
    void (*release)(void *data, size_t len, void *arg); /* NULL: free(data) */
    void *arg;
};

/* A new buffer of `len` uninitialised bytes with one reference; NULL when
 * memory is short (the size usually comes from a peer). */
struct kq_rcbuf *kq_rcbuf_new(size_t len);

/* Take over malloced memory (free() at the end); one reference. */
struct kq_rcbuf *kq_rcbuf_adopt(uint8_t *data, size_t len);

/* Bytes that belong to somebody else, for example a mapped file: `release`
 * (which may be NULL: nothing to do) runs when the last reference goes. */
struct kq_rcbuf *kq_rcbuf_wrap(uint8_t *data, size_t len,
                               void (*release)(void *data, size_t len, void *arg), void *arg);

static inline struct kq_rcbuf *kq_rcbuf_ref(struct kq_rcbuf *b)
{
    b->refs++;
    return b;
}

/* Drop a reference; NULL is allowed. */
void kq_rcbuf_unref(struct kq_rcbuf *b);

#endif

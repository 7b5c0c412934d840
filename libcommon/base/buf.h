/*
 * buf.h - a growable byte buffer with a mandatory maximum.
 *
 * Whoever creates a buffer says how large it may become, so no peer can make
 * us grow without end.  Writing is sticky: once a write does not fit (or
 * memory is short) `failed` is set and later writes do nothing; check it once
 * at the end.
 */
#ifndef KQ_BASE_BUF_H
#define KQ_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct kq_buf {
    uint8_t *data; /* NULL while empty; owned */
    size_t len;    /* bytes in use */
    size_t cap;    /* bytes allocated */
    size_t max;    /* bytes allowed */
    bool failed;   /* a write was refused */
};

#define KQ_BUF_NOMAX SIZE_MAX

void kq_buf_init(struct kq_buf *b, size_t max);
void kq_buf_release(struct kq_buf *b);

/* Empty it for reuse; keeps the memory, clears `failed`. */
void kq_buf_clear(struct kq_buf *b);

/* Remove the first `n` bytes (n <= len). */
void kq_buf_consume(struct kq_buf *b, size_t n);

/* Out-of-line part of kq_buf_reserve. */
uint8_t *kq_buf_grow(struct kq_buf *b, size_t n);

/*
 * Make room for `n` more bytes and return where to write them, or NULL (and
 * `failed`).  Nothing is added until kq_buf_advance.
 */
static inline uint8_t *kq_buf_reserve(struct kq_buf *b, size_t n)
{
    if (!b->failed && b->cap - b->len >= n && b->data)
        return b->data + b->len;
    return kq_buf_grow(b, n);
}
static inline void kq_buf_advance(struct kq_buf *b, size_t n)
{
    b->len += n;
}

static inline void kq_buf_append(struct kq_buf *b, const void *p, size_t n)
{
    uint8_t *d = kq_buf_reserve(b, n);
    if (d && n) {
        memcpy(d, p, n);
        b->len += n;
    }
}
static inline void kq_buf_byte(struct kq_buf *b, uint8_t c)
{
    uint8_t *d = kq_buf_reserve(b, 1);
    if (d) {
        *d = c;
        b->len++;
    }
}
void kq_buf_puts(struct kq_buf *b, const char *s);
void kq_buf_printf(struct kq_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Hand the memory to the caller (free()); the buffer is empty afterwards. */
uint8_t *kq_buf_take(struct kq_buf *b, size_t *len);

#endif

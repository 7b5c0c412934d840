/*
 * buf.c - doubling growth up to the maximum that the owner chose.
 */
#include "base/buf.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void kq_buf_init(struct kq_buf *b, size_t max)
{
    *b = (struct kq_buf){.max = max};
}

void kq_buf_release(struct kq_buf *b)
{
    free(b->data);
    *b = (struct kq_buf){.max = b->max};
}

void kq_buf_clear(struct kq_buf *b)
{
    b->len = 0;
    b->failed = false;
}

void kq_buf_consume(struct kq_buf *b, size_t n)
{
    if (!n)
        return;
    b->len -= n;
    memmove(b->data, b->data + n, b->len);
}

uint8_t *kq_buf_grow(struct kq_buf *b, size_t n)
{
    if (b->failed)
        return NULL;
    size_t need;
    if (!kq_add_size(b->len, n, &need) || need > b->max) {
        b->failed = true;
        return NULL;
    }
    size_t cap = b->cap < 64 ? 64 : b->cap;
    while (cap < need && cap <= SIZE_MAX / 2)
        cap *= 2;
    if (cap > b->max)
        cap = b->max;
    if (cap < need)
        cap = need;
    if (cap > b->cap || !b->data) {
        uint8_t *p = kq_try_realloc(b->data, cap);
        if (!p) {
            b->failed = true;
            return NULL;
        }
        b->data = p;
        b->cap = cap;
    }
    return b->data + b->len;
}

void kq_buf_puts(struct kq_buf *b, const char *s)
{
    kq_buf_append(b, s, strlen(s));
}

void kq_buf_printf(struct kq_buf *b, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    uint8_t *d = n < 0 ? NULL : kq_buf_reserve(b, (size_t)n + 1);
    if (d) {
        vsnprintf((char *)d, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

uint8_t *kq_buf_take(struct kq_buf *b, size_t *len)
{
    uint8_t *p = b->data;
    *len = b->len;
    *b = (struct kq_buf){.max = b->max};
    return p;
}

/*
 * mem.c - thin checked wrappers around the C allocator.
 */
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void die(size_t size)
{
    fprintf(stderr, "kq: out of memory (%zu bytes)\n", size);
    abort();
}

void *kq_malloc(size_t size)
{
    void *p = malloc(size ? size : 1);
    if (!p)
        die(size);
    return p;
}

void *kq_calloc(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);
    if (!p)
        die(size);
    return p;
}

void *kq_realloc(void *p, size_t size)
{
    void *q;
    if (!p) /* one function less to be bound in a short-lived program */
        return kq_malloc(size);
    q = realloc(p, size ? size : 1);
    if (!q)
        die(size);
    return q;
}

char *kq_memdup0(const void *s, size_t len)
{
    char *p = kq_malloc(len + 1);
    if (len)
        memcpy(p, s, len);
    p[len] = 0;
    return p;
}

char *kq_strdup(const char *s)
{
    return kq_memdup0(s, strlen(s));
}

void *kq_try_malloc(size_t size)
{
    return malloc(size ? size : 1);
}

void *kq_try_realloc(void *p, size_t size)
{
    return p ? realloc(p, size ? size : 1) : malloc(size ? size : 1);
}

void kq_wipe(void *p, size_t size)
{
    volatile unsigned char *at = p;
    while (size--)
        *at++ = 0;
}

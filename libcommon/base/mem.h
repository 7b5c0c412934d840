/*
 * mem.h - memory: allocate or die, and sizes that are checked first.
 *
 * Small allocations whose size we choose abort on failure: no caller could do
 * better.  Sizes chosen by a peer, a file or an expression go through
 * kq_try_malloc after being checked against a limit, and fail as errors.
 */
#ifndef KQ_BASE_MEM_H
#define KQ_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

/* As malloc and friends, but never NULL (a size of 0 is treated as 1). */
void *kq_malloc(size_t size) __attribute__((malloc, returns_nonnull));
void *kq_calloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
void *kq_realloc(void *p, size_t size) __attribute__((returns_nonnull));
char *kq_strdup(const char *s) __attribute__((malloc, returns_nonnull));
/* A NUL-terminated copy of exactly `len` bytes (which may contain NULs). */
char *kq_memdup0(const void *s, size_t len) __attribute__((malloc, returns_nonnull));

/* NULL when memory is short; for sizes that somebody else chose. */
void *kq_try_malloc(size_t size) __attribute__((malloc));
void *kq_try_realloc(void *p, size_t size);

/* a * b or a + b in *out; false when it does not fit a size_t. */
static inline bool kq_mul_size(size_t a, size_t b, size_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}
static inline bool kq_add_size(size_t a, size_t b, size_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

/* Overwrite secrets so that the compiler cannot drop the store. */
void kq_wipe(void *p, size_t size);

#endif

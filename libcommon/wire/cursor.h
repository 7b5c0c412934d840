/*
 * cursor.h - bounded reads over bytes somebody else owns, with a sticky error.
 *
 * A parser reads straight through and checks once at the end: the first read
 * that does not fit, or the first kq_cur_fail, is remembered with its offset;
 * from then on every read yields zero and nothing moves.  The cursor never
 * reads outside [base, base + len), at any alignment, in either byte order.
 */
#ifndef KQ_WIRE_CURSOR_H
#define KQ_WIRE_CURSOR_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct kq_cursor {
    const uint8_t *base;
    size_t off;            /* of the next byte; off <= len */
    size_t len;            /* bytes at base */
    bool big;              /* numbers are big-endian */
    bool failed;           /* see fail_off and fail_what */
    bool starved;          /* it failed only because the bytes ended */
    size_t fail_off;       /* where the item that failed begins */
    const char *fail_what; /* a lower-case fragment, static text */
};

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "vectors are viewed as they arrive");

/* Unaligned loads and stores in the byte order that `big` names. */
static inline uint16_t kq_load_u16(const void *p, bool big)
{
    uint16_t v;
    memcpy(&v, p, sizeof v);
    return big ? __builtin_bswap16(v) : v;
}
static inline uint32_t kq_load_u32(const void *p, bool big)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return big ? __builtin_bswap32(v) : v;
}
static inline uint64_t kq_load_u64(const void *p, bool big)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return big ? __builtin_bswap64(v) : v;
}
static inline void kq_store_u32(void *p, uint32_t v, bool big)
{
    v = big ? __builtin_bswap32(v) : v;
    memcpy(p, &v, sizeof v);
}
static inline void kq_store_u64(void *p, uint64_t v, bool big)
{
    v = big ? __builtin_bswap64(v) : v;
    memcpy(p, &v, sizeof v);
}

static inline struct kq_cursor kq_cur(const void *base, size_t len, bool big)
{
    return (struct kq_cursor){.base = base, .len = len, .big = big};
}

/* Record a failure at offset `at`; only the first one counts. */
static inline void kq_cur_fail_at(struct kq_cursor *c, size_t at, const char *what)
{
    if (c->failed)
        return;
    c->failed = true;
    c->fail_off = at;
    c->fail_what = what;
}
static inline void kq_cur_fail(struct kq_cursor *c, const char *what)
{
    kq_cur_fail_at(c, c->off, what);
}

/* The bytes end before what starts here does. */
static inline void kq_cur_starve(struct kq_cursor *c)
{
    if (!c->failed)
        c->starved = true;
    kq_cur_fail(c, "data ends too early");
}

/* Bytes left to read; 0 after a failure. */
static inline size_t kq_cur_left(const struct kq_cursor *c)
{
    return c->failed ? 0 : c->len - c->off;
}

/* The next `n` bytes, or NULL (and a failure) when fewer are left. */
static inline const uint8_t *kq_cur_bytes(struct kq_cursor *c, size_t n)
{
    if (c->failed || c->len - c->off < n) {
        kq_cur_starve(c);
        return NULL;
    }
    const uint8_t *p = c->base + c->off;
    c->off += n;
    return p;
}

static inline uint8_t kq_cur_u8(struct kq_cursor *c)
{
    const uint8_t *p = kq_cur_bytes(c, 1);
    return p ? *p : 0;
}
static inline int8_t kq_cur_i8(struct kq_cursor *c)
{
    return (int8_t)kq_cur_u8(c);
}
static inline uint16_t kq_cur_u16(struct kq_cursor *c)
{
    const uint8_t *p = kq_cur_bytes(c, 2);
    return p ? kq_load_u16(p, c->big) : 0;
}
static inline int16_t kq_cur_i16(struct kq_cursor *c)
{
    return (int16_t)kq_cur_u16(c);
}
static inline uint32_t kq_cur_u32(struct kq_cursor *c)
{
    const uint8_t *p = kq_cur_bytes(c, 4);
    return p ? kq_load_u32(p, c->big) : 0;
}
static inline int32_t kq_cur_i32(struct kq_cursor *c)
{
    return (int32_t)kq_cur_u32(c);
}
static inline uint64_t kq_cur_u64(struct kq_cursor *c)
{
    const uint8_t *p = kq_cur_bytes(c, 8);
    return p ? kq_load_u64(p, c->big) : 0;
}
static inline int64_t kq_cur_i64(struct kq_cursor *c)
{
    return (int64_t)kq_cur_u64(c);
}
static inline float kq_cur_f32(struct kq_cursor *c)
{
    uint32_t u = kq_cur_u32(c);
    float v;
    memcpy(&v, &u, sizeof v);
    return v;
}
static inline double kq_cur_f64(struct kq_cursor *c)
{
    uint64_t u = kq_cur_u64(c);
    double v;
    memcpy(&v, &u, sizeof v);
    return v;
}

/*
 * The next NUL-terminated text and, in *len, its length without the NUL;
 * NULL (and a failure, *len = 0) when no NUL follows.
 */
static inline const char *kq_cur_cstr(struct kq_cursor *c, size_t *len)
{
    *len = 0;
    size_t left = kq_cur_left(c);
    const uint8_t *p = c->base + c->off;
    const uint8_t *nul = left ? memchr(p, 0, left) : NULL;
    if (!nul) {
        c->starved |= !c->failed;
        kq_cur_fail(c, "text without a terminating NUL");
        return NULL;
    }
    *len = (size_t)(nul - p);
    c->off += *len + 1;
    return (const char *)p;
}

/*
 * True while nothing failed; otherwise `err` (KQ_EPROTO) says
 * "at byte N: what", N counted from `origin` bytes before base.
 */
bool kq_cur_ok(const struct kq_cursor *c, uint64_t origin, struct kq_err *err);

#endif

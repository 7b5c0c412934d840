/*
 * compress.c - the LZ variant of kdb+ IPC, tuned.
 *
 * Both sides keep a table: for each hash a ^ b of two neighbouring bytes, the
 * last position where such a pair was entered.  Pairs inside a match are not
 * entered, and the pair that begins at a literal is entered one token late;
 * both are visible in the format.  Table slot UNUSED takes the entries that
 * need not be made, which is cheaper than a branch that cannot be predicted.
 *
 * Decoding runs whole groups of eight tokens without bound checks: while 17
 * input bytes are left a group cannot overrun the input, and the output has
 * SLOP spare bytes, more than a group can write.  A careful loop does the
 * rest, and finds what the fast one ran over.
 */
#include "wire/compress.h"

#include "base/mem.h"
#include "wire/cursor.h"
#include "wire/header.h"

#include <stdlib.h>
#include <string.h>

enum {
    GROUP_IN = 17,         /* a flag byte and eight two-byte tokens */
    GROUP_OUT = 8 * 257,   /* eight longest matches */
    SLOP = GROUP_OUT + 16, /* room for a group and a copy that is rounded up */
    UNUSED = 256,
    SAMPLE = 65536,
};

/* ---- decompression ---- */

/* The decoder between two tokens. */
struct lz {
    const uint8_t *in, *end;
    uint8_t *out;
    size_t s;       /* bytes of out done */
    size_t literal; /* 1 after a literal: the pair that begins there is not entered */
    bool bad;       /* a match referred to an empty slot */
};

/* What a compressed frame says about itself. */
struct claim {
    struct kq_header head;
    size_t payload; /* offset of the first flag byte */
    uint64_t total; /* length of the plain frame */
};

static inline uint64_t load64(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void copy8(uint8_t *to, const uint8_t *from)
{
    memcpy(to, from, 8);
}

/* Long or narrowly overlapping matches; may write up to 7 bytes too many. */
static void copy_match(uint8_t *to, const uint8_t *from, size_t n)
{
    if (to - from >= 8) {
        for (size_t i = 0; i < n; i += 8)
            copy8(to + i, from + i);
        return;
    }
    for (size_t i = 0; i < n; i++)
        to[i] = from[i];
}

static inline void enter_last(struct lz *z, size_t *table, uint8_t byte)
{
    size_t slot = z->literal ? (size_t)(z->out[z->s - 1] ^ byte) : UNUSED;
    table[slot] = z->s - 1;
}

static inline void put_literal(struct lz *z, size_t *table)
{
    uint8_t byte = *z->in++;
    enter_last(z, table, byte);
    z->out[z->s++] = byte;
    z->literal = 1;
}

static inline void put_match(struct lz *z, size_t *table)
{
    uint8_t hash = *z->in++;
    size_t n = *z->in++ + 2u;
    size_t from = table[hash];
    const uint8_t *src = z->out + from;
    uint8_t *to = z->out + z->s;
    size_t distance = z->s - from;
    z->bad |= from == 0;
    enter_last(z, table, *src);
    table[hash] = z->s;
    copy8(to, src);
    copy8(to + 8, src + 8);
    if (__builtin_expect((n > 16) | ((distance < 8) & (n > distance)), 0))
        copy_match(to, src, n);
    z->s += n;
    z->literal = 0;
}

/* Whole groups, until `stop` or so or the input runs short. */
static void expand_groups(struct lz *state, size_t *table, size_t stop)
{
    struct lz z = *state;
    while (z.s < stop && z.end - z.in >= GROUP_IN && !z.bad) {
        /* A ninth bit marks the end of the group. */
        for (unsigned flags = *z.in++ | 0x100u; flags != 1; flags >>= 1) {
            if (flags & 1)
                put_match(&z, table);
            else
                put_literal(&z, table);
        }
    }
    *state = z;
}

/* One token at a time up to `stop`, checking everything. */
static const char *expand_rest(struct lz *z, size_t *table, size_t stop, uint64_t total)
{
    unsigned flags = 1;
    while (z->s < stop && !z->bad) {
        if (flags == 1) {
            if (z->in == z->end)
                return "compressed data end too early";
            flags = *z->in++ | 0x100u;
        }
        bool match = flags & 1;
        flags >>= 1;
        if (z->end - z->in < 1 + match)
            return "compressed data end too early";
        if (match && total - z->s < z->in[1] + 2u)
            return "compressed data run past the announced length";
        if (match)
            put_match(z, table);
        else
            put_literal(z, table);
    }
    if (z->bad)
        return "compressed data refer to bytes that were never sent";
    return z->s > total ? "compressed data run past the announced length" : NULL;
}

/* Fill out[8 .. stop) or a little more; NULL when well. */
static const char *expand(struct lz *z, size_t stop, uint64_t total)
{
    size_t table[UNUSED + 1] = {0};
    expand_groups(z, table, stop);
    return expand_rest(z, table, stop, total);
}

/* Most bytes that `n` bytes of payload can stand for. */
static uint64_t most_from(uint64_t n)
{
    return n / GROUP_IN * GROUP_OUT + (n % GROUP_IN + 1) / 2 * 257;
}

/* Of a frame of which perhaps not all is there. */
static bool read_claim_cut(const uint8_t *frame, size_t len, struct claim *c, struct kq_err *err)
{
    if (len < KQ_HEADER_LEN)
        return kq_fail(err, KQ_EPROTO, "compressed message of %zu bytes", len);
    if (!kq_header_parse(frame, &c->head, err))
        return false;
    if (!c->head.compressed)
        return kq_fail(err, KQ_EPROTO, "message is not compressed");
    bool wide = c->head.compressed == 2;
    const uint8_t *p = frame + KQ_HEADER_LEN;
    c->payload = wide ? 16 : 12;
    if (len < c->payload)
        return kq_fail(err, KQ_EPROTO, "compressed message of %zu bytes", len);
    c->total = wide ? kq_load_u64(p, c->head.big) : kq_load_u32(p, c->head.big);
    uint64_t most = KQ_HEADER_LEN + most_from(c->head.total - c->payload);
    if (c->total < kq_header_min(0) || c->total > most || c->total > KQ_TOTAL_MAX)
        return kq_fail(err, KQ_EPROTO,
                       "compressed message of %llu bytes cannot hold the %llu it announces",
                       (unsigned long long)c->head.total, (unsigned long long)c->total);
    return true;
}

static bool read_claim(const uint8_t *frame, size_t len, struct claim *c, struct kq_err *err)
{
    if (len >= KQ_HEADER_LEN && kq_header_parse(frame, &c->head, NULL) && c->head.compressed &&
        c->head.total != len)
        return kq_fail(err, KQ_EPROTO, "message of %zu bytes announces %llu", len,
                       (unsigned long long)c->head.total);
    return read_claim_cut(frame, len, c, err);
}

static struct lz start(const uint8_t *frame, size_t len, const struct claim *c, uint8_t *out)
{
    struct kq_header plain = c->head;
    plain.compressed = 0;
    plain.total = c->total;
    kq_header_put(out, &plain);
    return (
        struct lz){.in = frame + c->payload, .end = frame + len, .out = out, .s = KQ_HEADER_LEN};
}

/* Room for the plain frame and for what the fast loop may write behind it. */
static struct kq_rcbuf *room_for(uint64_t total, size_t max, struct kq_err *err)
{
    if (total > max) {
        kq_err_set(err, KQ_EPROTO,
                   "compressed message holds %llu bytes, over the limit of %zu (--max-size)",
                   (unsigned long long)total, max);
        return NULL;
    }
    struct kq_rcbuf *plain = kq_rcbuf_new((size_t)total + SLOP);
    if (plain)
        plain->len = (size_t)total;
    else
        kq_err_set(err, KQ_EPROTO, "no memory for a message of %llu bytes",
                   (unsigned long long)total);
    return plain;
}

struct kq_rcbuf *kq_decompress(const uint8_t *frame, size_t len, size_t max, struct kq_err *err)
{
    struct claim c;
    if (!read_claim(frame, len, &c, err))
        return NULL;
    struct kq_rcbuf *plain = room_for(c.total, max, err);
    if (!plain)
        return NULL;
    struct lz z = start(frame, len, &c, plain->data);
    const char *why = expand(&z, plain->len, c.total);
    if (!why && z.in != z.end)
        why = "compressed data go on after the announced length";
    if (!why)
        return plain;
    kq_rcbuf_unref(plain);
    kq_err_set(err, KQ_EPROTO, "at byte %zu: %s", (size_t)(z.in - frame), why);
    return NULL;
}

size_t kq_decompress_prefix(const uint8_t *frame, size_t len, uint8_t *dst, size_t n)
{
    struct claim c;
    if (n < KQ_HEADER_LEN || !read_claim_cut(frame, len, &c, NULL) || len > c.head.total)
        return 0;
    if (n > c.total)
        n = (size_t)c.total;
    uint8_t *out = kq_malloc(n + SLOP);
    struct lz z = start(frame, len, &c, out);
    const char *why = expand(&z, n, c.total);
    if (why && !z.bad && z.s < n && len < c.head.total) {
        n = z.s;
        why = NULL;
    }
    if (!why)
        memcpy(dst, out, n);
    free(out);
    return why ? 0 : n;
}

/* ---- compression ---- */

/* The encoder between two tokens; its table holds pointers into the message. */
struct enc {
    const uint8_t *p, *end; /* what is left to encode */
    uint8_t *out;
    const uint8_t **late; /* slot for the pair that begins at p - 1, or UNUSED */
};

/* Where empty slots point: a pair of bytes that has not the slot's hash. */
static const uint8_t nowhere[8] = {0, 0}, nowhere_for_0[8] = {0, 1};

/* Equal leading bytes of a and b, at most `max`; may read 7 bytes more. */
static size_t same_bytes(const uint8_t *a, const uint8_t *b, size_t max)
{
    for (size_t n = 0; n < max; n += 8) {
        uint64_t diff = load64(a + n) ^ load64(b + n);
        if (!diff)
            continue;
        n += (size_t)__builtin_ctzll(diff) >> 3;
        return n < max ? n : max;
    }
    return max;
}

/*
 * p + n.  A plain addition would make the next token wait for all the loads
 * that led to n; a branch for each usual length lets the processor guess it
 * and go ahead, which is half as fast again.  The empty asm, unlike in each
 * case, keeps compilers from turning the branches into an addition.
 */
static inline const uint8_t *advance(const uint8_t *p, size_t n)
{
#define STEP(len)                       \
    case len:                           \
        p += len;                       \
        __asm__("# " #len : "+r"(p) :); \
        return p;
    switch (n) {
        STEP(2)
        STEP(3)
        STEP(4)
        STEP(5)
        STEP(6)
        STEP(7)
        STEP(8)
    default: return p + n;
    }
#undef STEP
}

/* One token well before the end; true when it is a match. */
static inline bool encode_token(struct enc *e, const uint8_t **table)
{
    const uint8_t *p = e->p;
    uint64_t word = load64(p);
    const uint8_t **slot = &table[(word ^ word >> 8) & 0xff];
    const uint8_t *from = *slot;
    uint64_t diff = word ^ load64(from);
    *e->late = p - 1;
    if (diff & 0xffff) {
        e->late = slot;
        e->p++;
        *e->out++ = (uint8_t)word;
        return false;
    }
    e->late = &table[UNUSED];
    *slot = p;
    size_t n = diff ? (size_t)__builtin_ctzll(diff) >> 3 : 8 + same_bytes(p + 8, from + 8, 249);
    e->out[0] = (uint8_t)(slot - table);
    e->out[1] = (uint8_t)(n - 2);
    e->out += 2;
    e->p = advance(p, n);
    return true;
}

/* The same near the end, where a match must not pass it. */
static bool encode_last(struct enc *e, const uint8_t **table)
{
    const uint8_t *p = e->p;
    size_t left = (size_t)(e->end - p);
    /* The format enters no pair that begins at the last two bytes. */
    const uint8_t **slot = &table[left > 2 ? p[0] ^ p[1] : UNUSED];
    const uint8_t *from = *slot;
    *e->late = p - 1;
    if (left <= 2 || from[0] != p[0] || from[1] != p[1]) {
        e->late = slot;
        *e->out++ = *e->p++;
        return false;
    }
    e->late = &table[UNUSED];
    *slot = p;
    size_t n = 2;
    while (n < left && n < 257 && p[n] == from[n])
        n++;
    *e->out++ = (uint8_t)(slot - table);
    *e->out++ = (uint8_t)(n - 2);
    e->p += n;
    return true;
}

static void encode_last_group(struct enc *e, const uint8_t **table)
{
    unsigned flags = 0;
    uint8_t *at = e->out++;
    for (unsigned bit = 0; bit < 8 && e->p < e->end; bit++)
        flags |= (unsigned)encode_last(e, table) << bit;
    *at = (uint8_t)flags;
}

/* Groups that cannot reach the end; false to give up. */
static bool encode_groups(struct enc *state, const uint8_t **table, const uint8_t *most)
{
    struct enc e = *state;
    const uint8_t *y = e.p, *out = e.out, *check = y + SAMPLE;
    while (e.end - e.p >= GROUP_OUT + 16) {
        if (e.out > most)
            return false;
        uint8_t *at = e.out++;
        unsigned flags = 0;
        /* Unrolled, each token has branches of its own to be guessed. */
#pragma GCC unroll 8
        for (unsigned bit = 0; bit < 8; bit++)
            flags |= (unsigned)encode_token(&e, table) << bit;
        *at = (uint8_t)flags;
        if (e.p < check)
            continue;
        ptrdiff_t sent = e.out - out;
        if (sent - sent / 32 > e.p - y)
            return false;
        check += SAMPLE;
    }
    *state = e;
    return true;
}

/* `most` is the last place where a group may begin. */
static bool encode_all(struct enc *e, const uint8_t *most)
{
    const uint8_t *table[UNUSED + 1];
    for (int i = 0; i <= UNUSED; i++)
        table[i] = i ? nowhere : nowhere_for_0;
    e->late = &table[UNUSED];
    if (!encode_groups(e, table, most))
        return false;
    while (e->p < e->end) {
        if (e->out > most)
            return false;
        encode_last_group(e, table);
    }
    return true;
}

size_t kq_compress(const uint8_t *frame, size_t len, uint8_t *dst)
{
    struct kq_header head;
    if (len < 64 || !kq_header_parse(frame, &head, NULL) || head.compressed)
        return 0;
    bool wide = len > UINT32_MAX;
    struct enc e = {.p = frame + KQ_HEADER_LEN, .end = frame + len, .out = dst + (wide ? 16 : 12)};
    if (!encode_all(&e, dst + len / 2 - GROUP_IN))
        return 0;
    head.compressed = wide ? 2 : 1;
    head.total = (uint64_t)(e.out - dst);
    kq_header_put(dst, &head);
    if (wide)
        kq_store_u64(dst + 8, len, head.big);
    else
        kq_store_u32(dst + 8, (uint32_t)len, head.big);
    return (size_t)head.total;
}

bool kq_compress_tail(struct kq_buf *b, size_t at)
{
    size_t len = b->len - at;
    uint8_t *small = len > KQ_COMPRESS_ABOVE ? kq_try_malloc(len / 2) : NULL;
    size_t got = small ? kq_compress(b->data + at, len, small) : 0;
    if (got) {
        memcpy(b->data + at, small, got);
        b->len = at + got;
    }
    free(small);
    return got > 0;
}

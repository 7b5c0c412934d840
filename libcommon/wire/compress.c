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

static bool read_claim(const uint8_t *frame, size_t len, struct claim *c, struct kq_err *err)
{
    if (len < KQ_HEADER_LEN)
        return kq_fail(err, KQ_EPROTO, "compressed message of %zu bytes", len);
    if (!kq_header_parse(frame, &c->head, err))
        return false;
    if (!c->head.compressed)
        return kq_fail(err, KQ_EPROTO, "message is not compressed");
    if (c->head.total != len)
        return kq_fail(err, KQ_EPROTO, "message of %zu bytes announces %llu", len,
                       (unsigned long long)c->head.total);
    bool wide = c->head.compressed == 2;
    const uint8_t *p = frame + KQ_HEADER_LEN;
    c->payload = wide ? 16 : 12;
    c->total = wide ? kq_load_u64(p, c->head.big) : kq_load_u32(p, c->head.big);
    uint64_t most = KQ_HEADER_LEN + most_from(len - c->payload);
    if (c->total < kq_header_min(0) || c->total > most || c->total > KQ_TOTAL_MAX)
        return kq_fail(err, KQ_EPROTO,
                       "compressed message of %zu bytes cannot hold the %llu it announces", len,
                       (unsigned long long)c->total);
    return true;
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
    if (n < KQ_HEADER_LEN || !read_claim(frame, len, &c, NULL))
        return 0;
    if (n > c.total)
        n = (size_t)c.total;
    uint8_t *out = kq_malloc(n + SLOP);
    struct lz z = start(frame, len, &c, out);
    const char *why = expand(&z, n, c.total);
    if (!why)
        memcpy(dst, out, n);
    free(out);
    return why ? 0 : n;
}

/* ---- compression ---- */

/* The encoder between two tokens.  `late` is the pair that waits. */
struct enc {
    const uint8_t *y;
    size_t t; /* length of y */
    size_t s; /* bytes of y done */
    uint8_t *out;
    size_t d; /* bytes of out written */
    size_t late_slot, late_pos;
};

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

/* One token well before the end; 1 when it is a match. */
static inline unsigned encode_token(struct enc *e, size_t *table)
{
    const uint8_t *p = e->y + e->s;
    size_t hash = p[0] ^ p[1];
    size_t from = table[hash];
    table[e->late_slot] = e->late_pos;
    if ((p[0] != e->y[from]) | (from == 0)) {
        e->late_slot = hash;
        e->late_pos = e->s++;
        e->out[e->d++] = p[0];
        return 0;
    }
    e->late_slot = UNUSED;
    table[hash] = e->s;
    const uint8_t *q = e->y + from;
    uint64_t diff = load64(p + 2) ^ load64(q + 2);
    size_t n = diff ? (size_t)__builtin_ctzll(diff) >> 3 : 8 + same_bytes(p + 10, q + 10, 247);
    e->out[e->d] = (uint8_t)hash;
    e->out[e->d + 1] = (uint8_t)n;
    e->d += 2;
    e->s += 2 + n;
    return 1;
}

/* The same near the end, where a match must not pass it. */
static unsigned encode_last(struct enc *e, size_t *table)
{
    const uint8_t *y = e->y;
    bool pair = e->s + 3 <= e->t;
    size_t hash = pair ? y[e->s] ^ y[e->s + 1] : 0;
    size_t from = pair ? table[hash] : 0;
    table[e->late_slot] = e->late_pos;
    e->late_slot = UNUSED;
    if (!from || y[e->s] != y[from]) {
        e->late_slot = pair ? hash : UNUSED;
        e->late_pos = e->s;
        e->out[e->d++] = y[e->s++];
        return 0;
    }
    table[hash] = e->s;
    e->s += 2;
    from += 2;
    size_t n = 0;
    while (n < 255 && e->s < e->t && y[e->s] == y[from + n]) {
        n++;
        e->s++;
    }
    e->out[e->d++] = (uint8_t)hash;
    e->out[e->d++] = (uint8_t)n;
    return 1;
}

static void encode_group(struct enc *e, size_t *table)
{
    unsigned flags = 0;
    size_t at = e->d++;
    for (unsigned bit = 0; bit < 8; bit++)
        flags |= encode_token(e, table) << bit;
    e->out[at] = (uint8_t)flags;
}

static void encode_last_group(struct enc *e, size_t *table)
{
    unsigned flags = 0;
    size_t at = e->d++;
    for (unsigned bit = 0; bit < 8 && e->s < e->t; bit++)
        flags |= encode_last(e, table) << bit;
    e->out[at] = (uint8_t)flags;
}

/* Groups that cannot reach the end; false to give up. */
static bool encode_groups(struct enc *state, size_t *table)
{
    struct enc e = *state;
    size_t most = e.t / 2 - GROUP_IN, check = SAMPLE;
    while (e.s + GROUP_OUT + 16 <= e.t && e.d <= most) {
        encode_group(&e, table);
        if (e.s < check)
            continue;
        if (e.d - e.d / 32 > e.s)
            return false;
        check += SAMPLE;
    }
    *state = e;
    return e.d <= most;
}

static bool encode_all(struct enc *e, size_t *table)
{
    if (!encode_groups(e, table))
        return false;
    while (e->s < e->t) {
        if (e->d > e->t / 2 - GROUP_IN)
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
    size_t table[UNUSED + 1] = {0};
    struct enc e = {.y = frame,
                    .t = len,
                    .s = KQ_HEADER_LEN,
                    .out = dst,
                    .d = wide ? 16 : 12,
                    .late_slot = UNUSED};
    if (!encode_all(&e, table))
        return 0;
    head.compressed = wide ? 2 : 1;
    head.total = e.d;
    kq_header_put(dst, &head);
    if (wide)
        kq_store_u64(dst + 8, len, head.big);
    else
        kq_store_u32(dst + 8, (uint32_t)len, head.big);
    return e.d;
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

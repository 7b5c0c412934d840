/*
 * reasm.c - sequence numbers become 64-bit offsets around `next`, and early
 * segments a sorted list without overlaps.
 */
#include "reasm.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
    GRACE = 32,          /* packets of the connection, once or twice, before an acknowledged hole is
                        given up: a capture may have the acknowledgement first */
    PATIENCE = 4096,     /* the same for one that nobody acknowledged */
    START_AFTER = 8,     /* packets before a direction without SYN begins */
    GRACE_MAX = 4 << 20, /* bytes that wait for these */
    HELD_MAX = 16 << 20,
};
#define GRACE_NS    INT64_C(1000000000)
#define PATIENCE_NS INT64_C(30000000000)
#define ORIGIN      (UINT64_C(1) << 32)

struct dump_early {
    struct dump_early *next;
    uint64_t off;
    size_t len; /* bytes it stands for */
    bool lost;  /* they were not captured */
    int64_t when_ns;
    uint8_t data[];
};

void dump_reasm_init(struct dump_reasm *r, struct dump_memory *memory)
{
    *r = (struct dump_reasm){.memory = memory, .fin = UINT64_MAX};
}

static size_t cost(const struct dump_early *e)
{
    return sizeof *e + (e->lost ? 0 : e->len);
}

static struct dump_early *pop(struct dump_reasm *r)
{
    struct dump_early *e = r->first;
    r->first = e->next;
    r->held -= cost(e);
    r->memory->used -= cost(e);
    return e;
}

void dump_reasm_release(struct dump_reasm *r)
{
    while (r->first)
        free(pop(r));
}

/* The offset of a sequence number, the one nearest to where we are. */
static uint64_t offset_of(struct dump_reasm *r, uint32_t seq)
{
    if (!r->seen) {
        r->seen = true;
        r->base = seq;
        return ORIGIN;
    }
    uint64_t near = r->started ? r->next : ORIGIN;
    uint32_t seq_near = r->base + (uint32_t)(near - ORIGIN);
    return near + (uint64_t)(int64_t)(int32_t)(seq - seq_near);
}

void dump_reasm_start(struct dump_reasm *r, uint32_t seq)
{
    if (r->started)
        return;
    r->next = offset_of(r, seq);
    r->started = true;
}

bool dump_reasm_near(const struct dump_reasm *r, uint32_t seq)
{
    enum { NEAR = 64 << 20 };
    if (!r->seen)
        return true;
    uint64_t near = r->started ? r->next : ORIGIN;
    int32_t d = (int32_t)(seq - (r->base + (uint32_t)(near - ORIGIN)));
    return d < NEAR && d > -NEAR;
}

void dump_reasm_fin(struct dump_reasm *r, uint32_t seq)
{
    if (r->fin == UINT64_MAX)
        r->fin = offset_of(r, seq);
}

bool dump_reasm_finished(const struct dump_reasm *r)
{
    return r->started && r->next >= r->fin;
}

void dump_reasm_ack(struct dump_reasm *r, uint32_t ack)
{
    if (!r->started)
        return;
    uint64_t off = offset_of(r, ack);
    if (off > r->acked && off - r->next < ORIGIN / 2)
        r->acked = off;
}

/* ---- early segments ---- */

/* Keep the bytes [off, off + len) before *at. */
static void insert(struct dump_reasm *r, struct dump_early **at, uint64_t off, const uint8_t *p,
                   size_t len, int64_t when_ns)
{
    struct dump_early *e = kq_malloc(sizeof *e + (p ? len : 0));
    *e = (struct dump_early){.next = *at, .off = off, .len = len, .lost = !p, .when_ns = when_ns};
    if (p)
        memcpy(e->data, p, len);
    *at = e;
    r->held += cost(e);
    r->memory->used += cost(e);
}

/* Keep what is new of a segment; `p` NULL: it was not captured. */
static void keep(struct dump_reasm *r, uint64_t off, const uint8_t *p, size_t len, int64_t when_ns)
{
    struct dump_early **at = &r->first;
    if (!r->first) {
        r->waited = 0;
        r->hole_ns = when_ns;
    }
    while (len) {
        while (*at && (*at)->off + (*at)->len <= off)
            at = &(*at)->next;
        size_t n = len;
        if (*at && (*at)->off <= off) {
            /* Under what is there already. */
            uint64_t end = (*at)->off + (*at)->len;
            n = end - off < len ? (size_t)(end - off) : len;
        } else {
            if (*at && (*at)->off - off < n)
                n = (size_t)((*at)->off - off);
            insert(r, at, off, p, n, when_ns);
        }
        off += n;
        p = p ? p + n : NULL;
        len -= n;
    }
}

bool dump_reasm_due(const struct dump_reasm *r, int64_t *when_ns)
{
    if (!r->started || !r->first || r->first->off > r->next)
        return false;
    *when_ns = r->first->when_ns;
    return true;
}

bool dump_reasm_one(struct dump_reasm *r, const struct dump_reasm_out *out)
{
    struct dump_early *e = pop(r);
    uint64_t old = r->next - e->off;
    bool go = true;
    if (old < e->len) {
        size_t n = e->len - (size_t)old;
        r->next += n;
        go = e->lost ? out->gap(out->user, n, e->when_ns)
                     : out->data(out->user, e->data + old, n, e->when_ns);
    }
    free(e);
    r->waited = 0;
    return go;
}

/* Hand on what has become due; false: stop. */
static bool drain(struct dump_reasm *r, const struct dump_reasm_out *out)
{
    int64_t when;
    bool go = true;
    while (go && dump_reasm_due(r, &when))
        go = dump_reasm_one(r, out);
    return go;
}

bool dump_reasm_is_ripe(const struct dump_reasm *r)
{
    return !r->started && r->first && r->waited >= START_AFTER;
}

void dump_reasm_begin(struct dump_reasm *r)
{
    if (r->started || !r->first)
        return;
    r->next = r->first->off;
    r->started = true;
}

/* ---- from outside ---- */

bool dump_reasm_segment(struct dump_reasm *r, uint32_t seq, const uint8_t *p, size_t n,
                        size_t missing, int64_t when_ns, const struct dump_reasm_out *out)
{
    uint64_t off = offset_of(r, seq);
    if (r->started && !r->first && off == r->next && !missing) {
        r->next += n;
        return out->data(out->user, p, n, when_ns);
    }
    if (r->started && off + n + missing <= r->next)
        return true;
    if (r->started && off < r->next) {
        size_t old = (size_t)(r->next - off);
        off = r->next;
        p += old < n ? old : n;
        missing -= old > n ? old - n : 0;
        n -= old < n ? old : n;
    }
    keep(r, off, p, n, when_ns);
    keep(r, off + n, NULL, missing, when_ns);
    return !r->started || drain(r, out);
}

/* Acknowledgements become certain with time. */
static void settle(struct dump_reasm *r, int64_t when_ns)
{
    if (++r->ticks < GRACE && when_ns - r->turn_ns < GRACE_NS)
        return;
    r->settled = r->acked_once;
    r->acked_once = r->acked;
    r->ticks = 0;
    r->turn_ns = when_ns;
}

/* Is it certain that the hole at `next` will not be filled? */
static bool hopeless(const struct dump_reasm *r, int64_t when_ns)
{
    int64_t age = when_ns - r->hole_ns;
    if (r->settled >= r->first->off)
        return true;
    if (r->acked >= r->first->off)
        return r->held > GRACE_MAX;
    return r->waited > PATIENCE || age > PATIENCE_NS || r->held > HELD_MAX;
}

static bool skip_hole(struct dump_reasm *r, int64_t when_ns, const struct dump_reasm_out *out)
{
    uint64_t n = r->first->off - r->next;
    r->next = r->first->off;
    r->hole_ns = when_ns;
    return out->gap(out->user, n, r->first->when_ns) && drain(r, out);
}

bool dump_reasm_tick(struct dump_reasm *r, int64_t when_ns, const struct dump_reasm_out *out)
{
    if (!r->first)
        return true;
    r->waited++;
    settle(r, when_ns);
    bool go = true;
    while (go && r->started && r->first && hopeless(r, when_ns))
        go = skip_hole(r, when_ns, out);
    return go;
}

bool dump_reasm_flush(struct dump_reasm *r, int64_t when_ns, const struct dump_reasm_out *out)
{
    bool go = drain(r, out);
    while (go && r->started && r->first)
        go = skip_hole(r, when_ns, out);
    return go;
}

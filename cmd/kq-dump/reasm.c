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

/* Bytes of a segment. */
struct extent {
    uint64_t off;
    size_t len;
    int64_t when_ns;
    uint64_t needs; /* offset of the other direction that its sender had come to */
};

struct dump_early {
    struct dump_early *next;
    struct extent at;
    bool lost; /* they were not captured, and `data` is empty */
    uint8_t data[];
};

static uint64_t end_of(const struct extent *x)
{
    return x->off + x->len;
}

void dump_reasm_init(struct dump_reasm *r, const struct dump_reasm *peer,
                     struct dump_memory *memory)
{
    *r = (struct dump_reasm){.memory = memory, .peer = peer, .fin = UINT64_MAX};
}

static size_t cost(const struct dump_early *e)
{
    return sizeof *e + (e->lost ? 0 : e->at.len);
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
static uint64_t nearest(const struct dump_reasm *r, uint32_t seq)
{
    uint64_t near = r->started ? r->next : ORIGIN;
    uint32_t seq_near = r->base + (uint32_t)(near - ORIGIN);
    return near + (uint64_t)(int64_t)(int32_t)(seq - seq_near);
}

static uint64_t offset_of(struct dump_reasm *r, uint32_t seq)
{
    if (r->seen)
        return nearest(r, seq);
    r->seen = true;
    r->base = seq;
    return ORIGIN;
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

bool dump_reasm_complete(const struct dump_reasm *r)
{
    bool ended = r->fin == UINT64_MAX || r->next >= r->fin;
    return !r->first && ended && r->next + 1 >= r->acked;
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

/* Keep a part of a segment before *at. */
static void insert(struct dump_reasm *r, struct dump_early **at, const struct extent *part,
                   const uint8_t *p)
{
    struct dump_early *e = kq_malloc(sizeof *e + (p ? part->len : 0));
    *e = (struct dump_early){.next = *at, .at = *part, .lost = !p};
    if (p)
        memcpy(e->data, p, part->len);
    *at = e;
    r->held += cost(e);
    r->memory->used += cost(e);
}

/* Keep what is new of a segment; `p` NULL: it was not captured. */
static void keep(struct dump_reasm *r, struct extent all, const uint8_t *p)
{
    struct dump_early **at = &r->first;
    if (!r->first) {
        r->waited = 0;
        r->hole_ns = all.when_ns;
    }
    while (all.len) {
        struct extent part = all;
        while (*at && end_of(&(*at)->at) <= all.off)
            at = &(*at)->next;
        if (*at && (*at)->at.off <= all.off) {
            /* Under what is there already. */
            uint64_t end = end_of(&(*at)->at);
            part.len = end - all.off < all.len ? (size_t)(end - all.off) : all.len;
        } else {
            if (*at && (*at)->at.off - all.off < all.len)
                part.len = (size_t)((*at)->at.off - all.off);
            insert(r, at, &part, p);
        }
        all.off += part.len;
        all.len -= part.len;
        p = p ? p + part.len : NULL;
    }
}

/* ---- handing on ---- */

/* Is the other direction not yet where the sender of this had it, and still may come there?
 * One byte may be its FIN. */
static bool is_ahead(const struct dump_reasm *r, uint64_t needs)
{
    const struct dump_reasm *peer = r->peer;
    return peer && peer->started && needs > peer->next + 1 && needs > peer->settled;
}

/* Bytes that were given up are reported when others follow. */
static bool report_lost(struct dump_reasm *r, int64_t when_ns, const struct dump_reasm_out *out)
{
    uint64_t n = r->lost;
    r->lost = 0;
    return !n || out->gap(out->user, n, when_ns);
}

bool dump_reasm_due(const struct dump_reasm *r, int64_t *when_ns)
{
    if (!r->started || !r->first || r->first->at.off > r->next || is_ahead(r, r->first->at.needs))
        return false;
    *when_ns = r->first->at.when_ns;
    return true;
}

bool dump_reasm_one(struct dump_reasm *r, const struct dump_reasm_out *out)
{
    struct dump_early *e = pop(r);
    uint64_t old = r->next - e->at.off;
    bool go = true;
    if (old < e->at.len) {
        size_t n = e->at.len - (size_t)old;
        r->next += n;
        if (e->lost)
            r->lost += n;
        go = report_lost(r, e->at.when_ns, out) &&
             (e->lost || out->data(out->user, e->data + old, n, e->at.when_ns));
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
    r->next = r->first->at.off;
    r->started = true;
}

/* ---- from outside ---- */

/* What was given up comes after all, before anything behind it was handed on. */
static void take_back(struct dump_reasm *r, uint64_t off)
{
    uint64_t n = r->next > off ? r->next - off : 0;
    if (n > r->lost)
        n = r->lost;
    r->next -= n;
    r->lost -= n;
}

/* How far the sender of this had the other direction. */
static uint64_t needs_of(const struct dump_reasm *r, const struct dump_piece *s)
{
    const struct dump_reasm *peer = r->peer;
    if (!s->has_ack || !peer || !peer->started || !dump_reasm_near(peer, s->ack))
        return 0;
    uint64_t off = nearest(peer, s->ack);
    return off < peer->fin ? off : peer->fin;
}

bool dump_reasm_segment(struct dump_reasm *r, const struct dump_piece *s,
                        const struct dump_reasm_out *out)
{
    struct extent x = {
        .off = offset_of(r, s->seq), .len = s->n, .when_ns = s->when_ns, .needs = needs_of(r, s)};
    const uint8_t *p = s->p;
    size_t missing = s->missing;
    r->any = true;
    if (r->lost)
        take_back(r, x.off);
    if (r->started && !r->first && x.off == r->next && !missing && !is_ahead(r, x.needs)) {
        r->next += x.len;
        return report_lost(r, s->when_ns, out) && out->data(out->user, p, x.len, s->when_ns);
    }
    if (r->started && end_of(&x) + missing <= r->next)
        return true;
    if (r->started && x.off < r->next) {
        size_t old = (size_t)(r->next - x.off), n = old < x.len ? old : x.len;
        missing -= old - n;
        p += n;
        x.len -= n;
        x.off = r->next;
    }
    keep(r, x, p);
    x.off += x.len;
    x.len = missing;
    keep(r, x, NULL);
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

/* Is it certain that the hole at `next`, before `first`, will not be filled? */
static bool is_hopeless(const struct dump_reasm *r, int64_t when_ns)
{
    int64_t age = when_ns - r->hole_ns;
    if (r->settled >= r->first->at.off)
        return true;
    if (r->acked >= r->first->at.off)
        return r->held > GRACE_MAX;
    return r->waited > PATIENCE || age > PATIENCE_NS || r->held > HELD_MAX;
}

/* Nothing came for what has been acknowledged up to `acked`; a FIN counts one there. */
static void give_up_end(struct dump_reasm *r, uint64_t acked)
{
    uint64_t end = acked < r->fin ? acked : r->fin;
    if (end <= r->next + 1)
        return;
    r->lost += end - r->next;
    r->next = end;
}

static void give_up_hole(struct dump_reasm *r, int64_t when_ns)
{
    r->lost += r->first->at.off - r->next;
    r->next = r->first->at.off;
    r->hole_ns = when_ns;
}

bool dump_reasm_tick(struct dump_reasm *r, int64_t when_ns, const struct dump_reasm_out *out)
{
    settle(r, when_ns);
    if (r->first)
        r->waited++;
    if (!r->started)
        return true;
    if (!r->first)
        give_up_end(r, r->settled);
    bool go = true;
    while (go && r->first && r->first->at.off > r->next && is_hopeless(r, when_ns)) {
        give_up_hole(r, when_ns);
        go = drain(r, out);
    }
    return go;
}

bool dump_reasm_flush(struct dump_reasm *r, int64_t when_ns, const struct dump_reasm_out *out)
{
    const struct dump_reasm *peer = r->peer;
    r->peer = NULL;
    bool go = drain(r, out);
    while (go && r->started && r->first) {
        give_up_hole(r, when_ns);
        go = drain(r, out);
    }
    /* A direction without any bytes was not captured on purpose. */
    if (go && r->started && r->any) {
        give_up_end(r, r->acked);
        go = report_lost(r, when_ns, out);
    }
    r->peer = peer;
    return go;
}

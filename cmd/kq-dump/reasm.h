/*
 * reasm.h - the segments of one direction of a TCP connection, in order.
 *
 * Segments in order pass through without a copy.  Those that come early are
 * kept until the hole before them is filled, or until it is certain that it
 * will not be: the receiver has acknowledged what the capture has not.  Early
 * is also what acknowledges bytes of the other direction that are still to
 * come, so that a response never precedes its request.  Bytes that come twice
 * count once, and the first ones win.  Sequence numbers wrap.
 */
#ifndef KQ_DUMP_REASM_H
#define KQ_DUMP_REASM_H

#include "frames.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dump_reasm_out {
    /* The next bytes.  False: stop. */
    bool (*data)(void *user, const uint8_t *p, size_t n, int64_t when_ns);
    /* `n` bytes are not there and will not come.  False: stop. */
    bool (*gap)(void *user, uint64_t n, int64_t when_ns);
    void *user;
};

struct dump_early; /* a segment that is kept */

struct dump_reasm {
    struct dump_memory *memory;
    const struct dump_reasm *peer; /* the other direction, or NULL */
    bool started;                  /* `next` is known */
    bool seen;                     /* `base` is set */
    bool any;                      /* bytes have come, or were cut off */
    uint32_t base;                 /* sequence number that stands for offset 2^32 */
    uint64_t next;                 /* offset of the next byte to hand on */
    uint64_t lost;                 /* bytes before `next` that did not come, not reported yet */
    uint64_t fin;                  /* offset where the sender ended, UINT64_MAX: not yet */
    uint64_t acked;                /* the receiver has everything before */
    uint64_t acked_once;           /* the same some packets ago */
    uint64_t settled;         /* the same so long ago that what is missing before will not come */
    uint32_t ticks;           /* packets since these two were set */
    int64_t turn_ns;          /* when that was */
    struct dump_early *first; /* in order of their offsets, owned */
    size_t held;              /* bytes they take */
    uint32_t waited;          /* packets of the connection since the hole was seen */
    int64_t hole_ns;          /* when that was */
};

void dump_reasm_init(struct dump_reasm *r, const struct dump_reasm *peer,
                     struct dump_memory *memory);
void dump_reasm_release(struct dump_reasm *r);

/* The first byte has this sequence number (of SYN + 1). */
void dump_reasm_start(struct dump_reasm *r, uint32_t seq);

/* Is `seq` where this direction began, or close enough to what it sends? */
bool dump_reasm_near(const struct dump_reasm *r, uint32_t seq);

/* A segment as it was captured. */
struct dump_piece {
    const uint8_t *p;
    size_t n;
    size_t missing; /* bytes more that the capture cut off */
    uint32_t seq;
    bool has_ack;
    uint32_t ack; /* its sender had everything of the other direction before */
    int64_t when_ns;
};

/* Take a segment.  False when the next stage stopped. */
bool dump_reasm_segment(struct dump_reasm *r, const struct dump_piece *piece,
                        const struct dump_reasm_out *out);

/* The sender has ended before `seq`. */
void dump_reasm_fin(struct dump_reasm *r, uint32_t seq);
bool dump_reasm_finished(const struct dump_reasm *r);

/* Does nothing wait, and is nothing missing that the receiver has acknowledged? */
bool dump_reasm_complete(const struct dump_reasm *r);

/* The receiver has everything before `ack`. */
void dump_reasm_ack(struct dump_reasm *r, uint32_t ack);

/* A packet of the connection has passed: give up a hole that is certain. */
bool dump_reasm_tick(struct dump_reasm *r, int64_t when_ns, const struct dump_reasm_out *out);

/* Without SYN segments wait until it is unlikely that an earlier one comes: is it time to begin
 * with the lowest, and do so. */
bool dump_reasm_is_ripe(const struct dump_reasm *r);
void dump_reasm_begin(struct dump_reasm *r);

/* The time of the first segment that is kept, if it is due; and hand it on.  So that two
 * directions can be drained in the order of time.  What is due changes with the other one. */
bool dump_reasm_due(const struct dump_reasm *r, int64_t *when_ns);
bool dump_reasm_one(struct dump_reasm *r, const struct dump_reasm_out *out);

/* Hand on everything that is kept, holes as gaps.  Begin first. */
bool dump_reasm_flush(struct dump_reasm *r, int64_t when_ns, const struct dump_reasm_out *out);

#endif

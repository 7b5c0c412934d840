/*
 * pair.h - which request does a response answer, and how long did it take.
 *
 * kdb+ answers the sync requests of one direction in their order, whatever
 * async messages pass between.  Each connection has a queue for either
 * direction; both sides may ask.
 */
#ifndef KQ_DUMP_PAIR_H
#define KQ_DUMP_PAIR_H

#include "frames.h"
#include "msg.h"

/* The oldest requests that nobody answered are given up beyond so many bytes. */
enum { DUMP_PAIR_MAX = 4 << 20 };

struct dump_waiting; /* a request that waits for its answer */

struct dump_pair {
    struct dump_memory *memory; /* where the bytes are counted, or NULL */
    struct {
        struct dump_waiting *first, *last;
        size_t bytes;
        uint64_t dropped;          /* requests in front of these that were given up */
    } queue[2];                    /* asked by the client, by the server */
    struct dump_waiting *answered; /* what the latest response refers to */
};

/*
 * Look at a message in passing: remembers a request, and gives a response its
 * request and latency, which stay valid until the next call.
 */
void dump_pair_see(struct dump_pair *p, struct dump_msg *m);

/* Give the memory back: what waits now will be answered, but not known. */
void dump_pair_drop(struct dump_pair *p);

/* Bytes of one direction were lost: who answers whom is not known any more. */
void dump_pair_forget(struct dump_pair *p);

/* The next request without an answer, false when there is none left.  *m
 * becomes a note about it, valid until the next call. */
bool dump_pair_unanswered(struct dump_pair *p, struct dump_msg *m);

void dump_pair_release(struct dump_pair *p);

#endif

/*
 * stats.h - what --stats counts about all messages, in constant memory.
 */
#ifndef KQ_DUMP_STATS_H
#define KQ_DUMP_STATS_H

#include "base/out.h"
#include "msg.h"
#include "opts.h"
#include "tally.h"

/* One of the slowest requests. */
struct dump_slow {
    int64_t latency_ns;
    int64_t when_ns; /* of the request's last byte */
    uint64_t n;      /* of the request */
    uint32_t conn;
    char client[64];
    char what[160]; /* the query, or function and table */
};

enum { DUMP_SLOWEST = 10 };

struct dump_stats {
    enum dump_by by;
    struct dump_tallies *groups; /* owned */
    struct kq_buf key;           /* of the message in progress */
    uint64_t kinds[DUMP_NOTE + 1];
    uint64_t errors, compressed, unanswered;
    uint64_t bytes, wire;
    int64_t first_ns, last_ns;   /* DUMP_NO_TIME: no times */
    struct dump_latency latency; /* of all */
    struct dump_slow slow[DUMP_SLOWEST];
    unsigned n_slow; /* sorted, slowest first */
};

void dump_stats_init(struct dump_stats *s, enum dump_by by);
void dump_stats_release(struct dump_stats *s);

void dump_stats_add(struct dump_stats *s, struct dump_msg *m);

/* A table for people, on a terminal of so many columns (0: none), or one JSON object. */
void dump_stats_text(const struct dump_stats *s, struct kq_out *o, int columns);
void dump_stats_json(const struct dump_stats *s, struct kq_out *o);

/* "fn" */
const char *dump_by_name(enum dump_by by);

/* "1.2 MB", for tables. */
void dump_put_bytes(struct kq_out *o, double bytes);

/* A query, or a call by its function and table, cut to `size` bytes with its NUL. */
void dump_describe(char *text, size_t size, struct kq_str query, struct kq_str fn,
                   struct kq_str table);

#endif

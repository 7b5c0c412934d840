/*
 * deliver.h - one server: its connection and what it has not confirmed yet.
 *
 * Batches queue here until the server is known to have processed them: a sync
 * message is confirmed by its answer, async ones by the answer to a chaser, an
 * empty query sent after them.  After a lost connection whatever was not
 * confirmed is sent again in order (at least once), unless --once-only.
 */
#ifndef KQ_PIPE_DELIVER_H
#define KQ_PIPE_DELIVER_H

#include "base/err.h"
#include "base/stats.h"
#include "batch.h"
#include "net/addr.h"
#include "net/conn.h"
#include "net/loop.h"
#include "net/record.h"
#include "opts.h"
#include "spool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pipe_target;

/* All called from the loop. */
struct pipe_target_ops {
    /* Connected and logged in, for the first time or again. */
    void (*on_ready)(void *arg, struct pipe_target *t);
    /* Something was confirmed: there may be room, or nothing left. */
    void (*on_confirmed)(void *arg, struct pipe_target *t);
    /* The server answered `b` with an error. */
    void (*on_qerror)(void *arg, struct pipe_target *t, const struct pipe_batch *b,
                      struct kq_str text);
    /* The connection is gone and will be tried again in delay_ms. */
    void (*on_retry)(void *arg, struct pipe_target *t, const struct kq_err *err, int64_t delay_ms);
    /* The end: nothing more will be delivered. */
    void (*on_dead)(void *arg, struct pipe_target *t, const struct kq_err *err);
    /* The answer to the request of pipe_target_ask. */
    void (*on_answer)(void *arg, struct pipe_target *t, const struct kq_msg *msg);
};

struct pipe_queued {
    struct pipe_batch batch;
    int64_t since_ns; /* when it was queued; only with `latency` */
    uint64_t spooled; /* offset in the spool behind it */
};

/* One answer that is to come. */
struct pipe_expected {
    uint64_t seq;     /* confirms every batch up to this number */
    int64_t since_ns; /* when it was asked for */
    uint32_t answers; /* still to come */
    bool chaser;
    bool asked; /* pipe_target_ask */
};

struct pipe_target {
    struct kq_loop *loop;
    struct kq_addr addr;
    char name[KQ_ADDR_TEXT_MAX];
    struct kq_conn_opts conn_opts; /* user and password live elsewhere */
    const struct pipe_opts *o;
    const struct pipe_target_ops *ops;
    void *arg;
    struct kq_recorded recorded; /* -w */
    struct kq_record *record;
    struct pipe_spool *spool; /* NULL: none; owned */
    struct pipe_batch held;   /* did not fit on the disk, behind what is there */
    bool disk_full;           /* and the user knows */

    struct kq_conn *conn; /* NULL while there is none */
    bool ready, was_ready, finishing, dead;
    bool local; /* on this machine */
    bool told;  /* the user knows that the connection is gone */
    struct kq_timer retry, chase;
    struct kq_timer alive; /* --ack-timeout: look whether answers come */
    int64_t heard_ns;      /* the latest answer */
    int64_t delay_ms;      /* of the next try */
    int64_t tries_left;    /* of this outage */
    int64_t give_up_ns;    /* --wait: monotonic time; 0: none */
    uint64_t random;

    struct pipe_queued *queue; /* ring */
    size_t head, count, cap;
    size_t sent;                    /* of the queue, from the front */
    uint64_t first;                 /* number of the first batch in the queue */
    uint64_t chased;                /* batches up to this number have an answer coming */
    struct pipe_expected *expected; /* ring */
    size_t e_head, e_count, e_cap;

    size_t bytes;              /* in the queue */
    uint64_t rows, rows_acked; /* pushed, confirmed */
    uint64_t rows_resent, rows_dropped, rows_refused;
    uint64_t batches_acked, connects;
    struct kq_stats *latency; /* from queue to confirmation; NULL: not wanted; owned */
};

/* `addr` is taken over, also the callbacks' pointer.  Does not connect yet. */
void pipe_target_init(struct pipe_target *t, struct kq_loop *loop, const struct kq_addr *addr,
                      const struct kq_conn_opts *conn_opts, const struct pipe_opts *o,
                      const struct pipe_target_ops *ops, void *arg);
void pipe_target_release(struct pipe_target *t);

/* Begin to connect. */
void pipe_target_connect(struct pipe_target *t);

/* Send a sync request of its own (a whole frame) now that it is ready. */
bool pipe_target_ask(struct pipe_target *t, const void *frame, size_t len, struct kq_err *err);

/*
 * Take a batch: a reference to its frames.  With --on-full=drop-* something
 * may be dropped instead.  False with KQ_ELOST for --on-full=exit.
 */
bool pipe_target_push(struct pipe_target *t, const struct pipe_batch *b, struct kq_err *err);

/*
 * May more be pushed without going over --buffer, when `pending` bytes are on
 * the way here?  Always, unless it blocks.  Or could it be taken `at_all`?
 */
bool pipe_target_has_room(const struct pipe_target *t, size_t pending, bool at_all);

/* No more batches: get what there is confirmed. */
void pipe_target_finish(struct pipe_target *t);
/* Nothing is waiting for confirmation. */
bool pipe_target_is_empty(const struct pipe_target *t);

/* Rows not confirmed. */
struct pipe_unconfirmed {
    uint64_t on_disk;        /* they are in the spool, */
    bool more_on_disk;       /* with others that have not been looked at */
    uint64_t in_memory;      /* they end with us */
    struct pipe_origin from; /* of those in memory; file NULL: none */
};
struct pipe_unconfirmed pipe_target_unconfirmed(const struct pipe_target *t);

#endif

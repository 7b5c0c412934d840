/*
 * frames.h - one direction of a connection to messages, with holes.
 *
 * Where wire/reader serves live connections, this serves captures: a message
 * that lies whole in the bytes fed is handed out in place, without a copy; an
 * idle direction holds no memory; bytes that the capture lost are counted
 * through, so that the next message is found by the length of the one that was
 * hit; and when that is not possible, the next place where a message begins is
 * searched for.  When nobody needs the values, all but the beginning of a
 * message is dropped as it arrives.
 */
#ifndef KQ_DUMP_FRAMES_H
#define KQ_DUMP_FRAMES_H

#include "base/buf.h"
#include "base/err.h"
#include "wire/header.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Memory that all directions share. */
struct dump_memory {
    size_t used;
    size_t max; /* 0: no limit */
};

struct dump_limits {
    uint64_t max_size; /* of a message */
    size_t keep;       /* bytes of a message that are needed, SIZE_MAX: all */
    struct dump_memory *memory;
};

/* A message as it was sent. */
struct dump_frame {
    struct kq_header head;
    const uint8_t *p; /* valid until the callback returns */
    size_t have;      /* bytes at p, fewer than the total if not all were kept */
    uint64_t missing; /* bytes of it that the capture lost */
    uint64_t off;     /* of its first byte in the stream */
    int64_t first_ns, last_ns;
};

struct dump_frames_out {
    /* A message.  False: stop. */
    bool (*got)(void *user, const struct dump_frame *f);
    /* From stream offset `off` on there are no messages, for the reason in `err`;
     * the search for the next one begins.  False: stop. */
    bool (*lost)(void *user, uint64_t off, const struct kq_err *err);
    void *user;
};

enum dump_frames_state {
    DUMP_FRAMES_SYNC, /* a message begins or is in progress */
    DUMP_FRAMES_LOST, /* searching */
    DUMP_FRAMES_DONE, /* stopped */
};

/* Where in the window a piece begins, and when it was seen. */
struct dump_edge {
    size_t at;
    int64_t when_ns;
    bool cut; /* its beginning is no longer there */
};

/* A place in the window, and how much of it must be there to decide. */
struct dump_candidate {
    size_t at, need;
};

struct dump_frames {
    const struct dump_limits *limits;
    struct dump_frames_out out;
    enum dump_frames_state state;
    uint64_t off;       /* in the stream, of the next byte to be fed */
    struct kq_buf part; /* SYNC: beginning of a message; LOST: bytes to search */
    struct kq_header head;
    bool have_head;            /* SYNC: `head` is that of the message in progress */
    uint64_t passed;           /* bytes of the message in progress so far, also lost ones */
    uint64_t missing;          /* those that were lost */
    int64_t first_ns, last_ns; /* earliest and latest piece of it */

    /* LOST: */
    uint64_t searched, effort; /* bytes fed, and looked at */
    size_t scanned;            /* of `part`: no new candidates before this place */
    struct dump_edge *edges;   /* the pieces that `part` is made of, owned */
    unsigned n_edges, cap_edges;
    struct dump_candidate waiting[16]; /* places where a message may begin, in order */
    unsigned n_waiting;
    unsigned run;     /* messages since the search ended */
    bool order_known; /* `big` is the sender's byte order */
    bool big;
};

/* `lost`: begin by searching, as in a capture that starts in the middle. */
void dump_frames_init(struct dump_frames *f, const struct dump_limits *limits,
                      const struct dump_frames_out *out, bool lost);
/* A struct of zeros is fine. */
void dump_frames_release(struct dump_frames *f);

/* The next bytes, seen at `when_ns`.  False once stopped. */
bool dump_frames_feed(struct dump_frames *f, const uint8_t *p, size_t n, int64_t when_ns);

/*
 * `n` bytes were lost here.  True when they are part of the message in
 * progress, so that its end is still known; else the search begins.
 */
bool dump_frames_gap(struct dump_frames *f, uint64_t n);

/*
 * No more bytes will come, or none without a hole before them: a search decides
 * with what it has.  False once stopped.
 */
bool dump_frames_end(struct dump_frames *f);

/* Give back the memory: the message in progress cannot be decoded any more. */
void dump_frames_forget(struct dump_frames *f);

/* Bytes of the message in progress, 0 for none; *total its length when known, else 0. */
uint64_t dump_frames_pending(const struct dump_frames *f, uint64_t *total);

/* Is the body of the message at `p`, of `len` bytes, exactly one object? */
bool dump_frame_sure(const uint8_t *p, size_t len, size_t max_size);

#endif

/*
 * stream.h - the two byte streams of one connection to messages.
 *
 * A stream recognises what is spoken (kdb+ login, the console client's text
 * protocol, HTTP, WebSocket, TLS), takes the messages apart in both
 * directions, pairs responses with requests and hands everything to the next
 * stage.  It serves reassembled captures, recordings and pasted hex alike and
 * does no I/O.
 */
#ifndef KQ_DUMP_STREAM_H
#define KQ_DUMP_STREAM_H

#include "frames.h"
#include "msg.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What all streams of a run share. */
struct dump_streams {
    struct dump_limits limits;
    struct dump_memory memory;
    struct dump_next *next;
    uint64_t next_n;    /* number of the next message */
    bool pair;          /* find the request of each response */
    bool one_way;       /* but in one direction alone there is none */
    bool trust;         /* all streams are kdb+: by --port, or a recording */
    bool stop_at_gap;   /* --gap=stop: the rest of the connection is left out */
    bool stop_at_fault; /* where no message begins; else search for the next */
    uint64_t gaps;      /* holes in streams that are kdb+ */
    uint64_t encrypted; /* streams not decoded because they are TLS */
    uint64_t http;      /* not shown because nothing but HTTP says that they are kdb+ */
    uint64_t other;     /* or something else */
    int64_t now_ns;     /* time of the last input */
};

struct dump_stream;

/* How a stream begins. */
enum dump_start {
    DUMP_START_LOGIN,  /* its beginning is known: a login, TLS or HTTP */
    DUMP_START_MIDDLE, /* it was under way already */
    DUMP_START_FRAMES, /* messages, one direction, perhaps a login first */
};

/* `client` and `server` are addresses as text; NULL: there are none. */
struct dump_stream *dump_stream_new(struct dump_streams *all, uint32_t id, const char *client,
                                    const char *server, enum dump_start start);
void dump_stream_free(struct dump_stream *s);

/* The next bytes of a direction, seen at `when_ns`.  False: the next stage wants no more. */
bool dump_stream_feed(struct dump_stream *s, bool to_client, const uint8_t *p, size_t n,
                      int64_t when_ns);

/* `n` bytes of a direction were lost here. */
bool dump_stream_gap(struct dump_stream *s, bool to_client, uint64_t n, int64_t when_ns);

/* The connection ended, or the input did: what is left over is reported. */
bool dump_stream_end(struct dump_stream *s, int64_t when_ns);

/* Give back the memory of unfinished messages. */
bool dump_stream_forget(struct dump_stream *s, int64_t when_ns);

/* It is no kdb+ connection, or encrypted: feeding it is no use. */
bool dump_stream_ignored(const struct dump_stream *s);

/* Bytes of the message in progress of a direction; see dump_frames_pending. */
uint64_t dump_stream_pending(const struct dump_stream *s, bool to_client, uint64_t *total);

#endif

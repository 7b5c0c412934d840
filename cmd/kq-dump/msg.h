/*
 * msg.h - one decoded message, the currency of kq-dump.
 *
 * Sources and streams produce messages, filters and sinks consume them, all
 * through struct dump_next.  What costs something (decompressing, looking for
 * the function name, building the value) is done when it is first asked for,
 * so a filter on the kind of message decodes nothing.  Text, JSON and
 * statistics all read the same struct and cannot disagree.
 */
#ifndef KQ_DUMP_MSG_H
#define KQ_DUMP_MSG_H

#include "base/rcbuf.h"
#include "obj/obj.h"
#include "wire/header.h"
#include "wire/walk.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum dump_kind {
    DUMP_ASYNC, /* the first three as enum kq_kind */
    DUMP_SYNC,
    DUMP_RESPONSE,
    DUMP_HANDSHAKE, /* credentials, capability and NUL of a client */
    DUMP_ACCEPT,    /* the one byte that answers them */
    DUMP_TEXT,      /* qcon or WebSocket text */
    DUMP_OBJECT,    /* an object without a header: record of a log, payload */
    DUMP_NOTE,      /* no message: something to know about the connection */
};

/* "async", "handshake". */
const char *dump_kind_name(enum dump_kind kind);

/* No time is known. */
#define DUMP_NO_TIME INT64_MIN

/* Who talks with whom; lives as long as the connection is open. */
struct dump_conn {
    uint32_t id;  /* from 1 in the order of first packets */
    char *client; /* "127.0.0.1:40112", owned */
    char *server; /* owned */
    char *user;   /* from the login, owned; NULL: none was seen */
    size_t user_len;
};

/* The request that a response answers. */
struct dump_ask {
    uint64_t n;
    int64_t last_ns;
    struct kq_str fn, table, query; /* .s NULL: none */
};

struct dump_msg {
    uint64_t n; /* from 0 in the order of completion */
    enum dump_kind kind;
    const struct dump_conn *conn; /* NULL: none */
    bool to_client;
    int64_t first_ns, last_ns; /* of its first and last byte, since 1970 */
    uint64_t off;              /* of its first byte in the file or stream */

    /* Bytes as they were sent, of which the first `have` are at hand. */
    const uint8_t *p;
    size_t have;
    uint64_t len;
    uint64_t missing; /* bytes that the capture lost; then nothing can be decoded */
    size_t head_len;  /* 8 for messages, 0 for objects */
    bool big;
    uint8_t compressed;
    size_t max_size;    /* of a decompressed message, 0: no limit */
    struct kq_str text; /* of a note or TEXT message; user name of a login */
    struct kq_str password;
    bool has_password;
    int capability; /* of HANDSHAKE and ACCEPT; -1: none */

    const struct dump_ask *ask; /* RESPONSE: its request, when known */
    int64_t latency_ns;         /* last byte of the request to last of this; -1 unknown */
    int64_t wait_ns;            /* the same to the first byte of this */

    /* Worked out on demand; see the functions below. */
    struct kq_rcbuf buf;    /* p[0..have) for views of the value */
    struct kq_rcbuf *plain; /* decompressed, owned */
    struct kq_obj *value;   /* owned */
    struct kq_call call;
    bool peeked, tried;
    uint8_t *start; /* beginning of a compressed message, owned */
    size_t start_len;
    struct kq_err fault; /* code != 0: why there is no value */
};

/* An empty message of that kind, everything else unknown. */
void dump_msg_init(struct dump_msg *m, enum dump_kind kind);
/* Drop what was worked out.  The bytes belong to whoever made the message. */
void dump_msg_release(struct dump_msg *m);

/* Is it a message or object, so that it can have a value? */
static inline bool dump_msg_has_body(const struct dump_msg *m)
{
    return m->kind <= DUMP_RESPONSE || m->kind == DUMP_OBJECT;
}

/* The whole plain body, decompressed if need be; NULL with m->fault when it is
 * damaged or not all there. */
const uint8_t *dump_msg_body(struct dump_msg *m, size_t *len);

/* The value, borrowed; NULL with m->fault when it cannot be decoded. */
struct kq_obj *dump_msg_value(struct dump_msg *m);

/* What it calls, from its first bytes. */
const struct kq_call *dump_msg_call(struct dump_msg *m);

/* Rows of the table or columns that it passes, -1 when it is not known. */
int64_t dump_msg_rows(struct dump_msg *m);

/* Function, table and query text: its own or, for a response, those of its
 * request.  .s is NULL where there is none. */
struct kq_str dump_msg_fn(struct dump_msg *m);
struct kq_str dump_msg_table(struct dump_msg *m);
struct kq_str dump_msg_query(struct dump_msg *m);

/* The text of a q error, .s NULL for anything else; from the first bytes. */
struct kq_str dump_msg_error(struct dump_msg *m);

/* Bytes of the message without compression, and as sent. */
uint64_t dump_msg_size(const struct dump_msg *m);

/* Sender and receiver as text; "" without a connection. */
static inline const char *dump_msg_src(const struct dump_msg *m)
{
    return !m->conn ? "" : m->to_client ? m->conn->server : m->conn->client;
}
static inline const char *dump_msg_dst(const struct dump_msg *m)
{
    return !m->conn ? "" : m->to_client ? m->conn->client : m->conn->server;
}

/* ---- what takes messages ---- */

struct dump_next {
    /* Take a message, which stays the caller's.  False: stop, want no more. */
    bool (*put)(struct dump_next *self, struct dump_msg *m);
};

static inline bool dump_put(struct dump_next *next, struct dump_msg *m)
{
    return next->put(next, m);
}

#endif

/*
 * sessions.h - the open connections, found by their handle, and what they are
 * waiting for.
 *
 * A handle is the descriptor, as in kdb+: .z.w is one, neg[.z.w] sends on it.
 * Handles are small numbers, so the table is an array.  What arrives is kept
 * in the session and worked off by a deferred call, outside the callbacks of
 * the loop: only there may q code wait for another process.  A session stays
 * in memory while somebody has pinned it, whatever happens to its connection.
 */
#ifndef KQ_LISTEN_SESSIONS_H
#define KQ_LISTEN_SESSIONS_H

#include "base/str.h"
#include "net/conn.h"
#include "net/record.h"
#include "obj/obj.h"
#include "wire/reader.h"

#include <stdbool.h>
#include <stdint.h>

struct lst_context;
struct lst_exchange;
struct lst_session;
struct lst_sessions;
struct lst_stream_faults;

enum lst_session_type {
    LST_CLIENT,    /* logged in here with IPC or the console's text */
    LST_OUTGOING,  /* we logged in there (hopen) */
    LST_WEB,       /* HTTP: the handle is only a name */
    LST_WEBSOCKET, /* an HTTP connection that was upgraded */
};

/* Why reading from a session is paused. */
enum lst_hold {
    LST_HOLD_ANSWER = 1,   /* the answer to a request takes time; keeps the order */
    LST_HOLD_QUEUE = 2,    /* the peer does not read what we send */
    LST_HOLD_UPSTREAM = 4, /* nor does the server that we pass its messages to */
};

/* What a session's deferred call has to do, in this order. */
enum lst_due {
    LST_DUE_LOGIN = 1,
    LST_DUE_OPEN = 2,
    LST_DUE_TEXT = 4,
    LST_DUE_ANSWER = 8, /* to the request that is held */
    LST_DUE_MESSAGES = 16,
    LST_DUE_CLOSE = 32,
};

/* Whole messages that wait to be handled: a queue in an array. */
struct lst_inbox {
    struct kq_msg *msg;
    uint32_t first, n, room;
};

/* What a login brought, while it is being decided about. */
struct lst_credentials {
    char *password; /* wiped in the end */
    size_t password_len;
    char *text; /* the line of a console client, or NULL */
    size_t text_len;
    int capability;       /* that the client offers, -1: none */
    struct kq_timer late; /* a fault: the answer comes late */
};

/* How a session is to end. */
enum lst_ending {
    LST_END_ORDERLY, /* send what is queued, then say goodbye */
    LST_END_NOW,     /* what is queued is lost */
    LST_END_RESET,   /* with a RST */
    LST_END_HALF,    /* only our side, and only what follows */
    LST_END_NOT,     /* stay */
};

/* What differs between kinds of sessions. */
struct lst_session_ops {
    /* Do the work that was posted: bits of enum lst_due. */
    void (*run)(struct lst_session *s, unsigned due);
    /* End the connection; lst_session_end follows, now or later. */
    void (*close)(struct lst_session *s, enum lst_ending how);
    /* Stop or go on reading. */
    void (*pause)(struct lst_session *s, bool paused);
    /* Bytes that wait to be sent. */
    size_t (*pending)(const struct lst_session *s);
    /* What it runs over; NULL after the end. */
    struct kq_stream *(*stream)(const struct lst_session *s);
    /* Send a value of ours, when not by an IPC connection; else NULL. */
    bool (*send)(struct lst_session *s, const struct kq_obj *value, struct kq_err *err);
};

struct lst_session {
    struct lst_context *context; /* the server it belongs to */
    struct lst_sessions *table;
    enum lst_session_type type;
    int handle;
    int64_t number;       /* connections are numbered from 1, for log and faults */
    struct kq_conn *conn; /* NULL for the web, and after the end */
    void *web;            /* HTTP and WebSocket: its own part, owned by web.c */
    void *upstream;       /* --proxy: its own part, owned by proxy.c */
    struct kq_recorded recorded;
    char *user;          /* owned, as the client gave it */
    uint32_t addr;       /* IPv4 as .z.a shows it; 0 for Unix sockets and IPv6 */
    char *peer;          /* "127.0.0.1:41234" or "unix", owned: for log and recording; NULL while
                      we connect */
    bool is_near;        /* on this machine */
    char *local;         /* our side, likewise; NULL when nobody wants it */
    char *why;           /* how it ended, NULL: orderly; owned */
    int code;            /* and the enum kq_code of that */
    int64_t received[3]; /* messages of each kind, by enum kq_kind */
    int64_t ready_ns;    /* kq_mono_ns when it was */
    int64_t pushed;      /* messages of ours that were no answers */
    struct kq_buf rest;  /* bytes that nobody can read, which ended it */
    bool listed;         /* in the table */
    bool ready;          /* logged in */
    bool announced;      /* .z.po has run, so .z.pc must */
    bool hung;           /* a fault: listens but never says anything again */
    bool eof;            /* the client will say nothing more */
    bool closing;        /* by us */
    bool closed;         /* its connection has ended */

    const struct lst_session_ops *ops;
    struct kq_defer later;
    unsigned due;
    int pins;
    unsigned holds; /* enum lst_hold */
    struct lst_inbox inbox;
    struct lst_credentials login;
    struct lst_exchange *held; /* the request of LST_HOLD_ANSWER; owned by exchange.c */
    int deferred;              /* requests that -30! will answer */

    /* A request of ours that waits for its answer, in a nested turn of the loop. */
    int waiting;           /* how many do */
    bool takes_any;        /* h[]: the next message of any kind is the answer */
    struct kq_obj *answer; /* came and was not taken yet; owned */

    /* Faults. */
    uint64_t faults;                  /* those of the connection: bits of lst_faults */
    struct lst_stream_faults *stream; /* when they slow down or cut its bytes; owned */
};

/* Zero it, set `loop`, and `wants_local` when it should be so. */
struct lst_sessions {
    struct kq_loop *loop;
    bool wants_local;               /* somebody logs our own addresses */
    struct lst_session **by_handle; /* NULL where there is none */
    int n;                          /* length of the array */
    int count;                      /* sessions in it */
    int64_t opened;                 /* ever */
};

/* A new session on a connected descriptor, still without its connection; in the
 * table until lst_session_end.  With -1 it is not there before lst_session_attach. */
struct lst_session *lst_session_new(struct lst_sessions *t, int fd, enum lst_session_type type,
                                    const struct lst_session_ops *ops);
/* It has a descriptor now. */
void lst_session_attach(struct lst_session *s, int fd);
/* NULL when there is none. */
struct lst_session *lst_sessions_get(const struct lst_sessions *t, int64_t handle);
/* End all sessions now; they are gone when the deferred calls have run. */
void lst_sessions_close(struct lst_sessions *t);
void lst_sessions_release(struct lst_sessions *t);

void lst_session_set_user(struct lst_session *s, struct kq_str user);

/* Have `run` called with these bits of enum lst_due when the callbacks of this turn are done. */
void lst_session_post(struct lst_session *s, unsigned due);
/* The connection has ended: the handle is free for another one.  Posts LST_DUE_CLOSE, whose
 * handler must unpin for the connection. */
void lst_session_end(struct lst_session *s);
/* Keep it in memory, and no longer. */
void lst_session_pin(struct lst_session *s);
void lst_session_unpin(struct lst_session *s);

/* Close it; nothing happens to one that has ended. */
void lst_session_close(struct lst_session *s, enum lst_ending how);
/* Stop reading for a reason, and go on when it was the last. */
void lst_session_pause(struct lst_session *s, enum lst_hold why);
void lst_session_resume(struct lst_session *s, enum lst_hold why);
/* Bytes that wait to be sent. */
size_t lst_session_pending(const struct lst_session *s);

/* A message for later; the reference of `msg` is taken over. */
void lst_inbox_put(struct lst_inbox *b, const struct kq_msg *msg);
/* The oldest, to be released by the caller; false when there is none. */
bool lst_inbox_take(struct lst_inbox *b, struct kq_msg *msg);

/* Are there requests of it that are still to be answered? */
bool lst_session_is_working(const struct lst_session *s);

/* Can messages be sent to it? */
static inline bool lst_session_is_open(const struct lst_session *s)
{
    return s->ready && !s->closing && !s->closed && s->type != LST_WEB;
}

#endif

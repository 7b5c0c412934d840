/*
 * sessions.h - the open connections, found by their handle.
 *
 * A handle is the descriptor, as in kdb+: .z.w is one, neg[.z.w] sends on it.
 * Handles are small numbers, so the table is an array.
 */
#ifndef KQ_LISTEN_SESSIONS_H
#define KQ_LISTEN_SESSIONS_H

#include "base/str.h"
#include "net/conn.h"
#include "net/record.h"
#include "obj/obj.h"

#include <stdbool.h>
#include <stdint.h>

struct lst_context;

struct lst_session {
    struct lst_context *context; /* the server it belongs to */
    int handle;
    struct kq_conn *conn;
    struct kq_recorded recorded; /* -w */
    char *user;                  /* owned, as the client gave it */
    uint32_t addr;               /* IPv4 as .z.a shows it; 0 for Unix sockets and IPv6 */
    char *peer;                  /* "127.0.0.1:41234" or "unix", owned: for log and recording */
    char *local;                 /* our side, likewise */
    bool outgoing;               /* we connected (hopen), they did not log in here */
    bool ready;                  /* logged in */
    bool announced;              /* .z.po has run, so .z.pc must */

    /* A request of ours that waits for its answer, in a nested turn of the loop. */
    int waiting;           /* how many do */
    struct kq_obj *answer; /* came and was not taken yet; owned */
    bool closed;           /* detached; freed by whoever waited last */
};

struct lst_sessions {
    struct lst_session **by_handle; /* NULL where there is none */
    int n;                          /* length of the array */
    int count;                      /* sessions in it */
};

/* A new session on a connected descriptor, still without its connection; owned
 * by the table. */
struct lst_session *lst_sessions_add(struct lst_sessions *t, int fd);
/* NULL when there is none. */
struct lst_session *lst_sessions_get(const struct lst_sessions *t, int64_t handle);
/* Its connection has ended: forget the handle and mark it closed. */
void lst_sessions_detach(struct lst_sessions *t, struct lst_session *s);
/* Free one that is detached. */
void lst_session_free(struct lst_session *s);
/* Frees all sessions and their connections. */
void lst_sessions_release(struct lst_sessions *t);

void lst_session_set_user(struct lst_session *s, struct kq_str user);

#endif

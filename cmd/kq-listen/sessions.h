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

#include <stdbool.h>
#include <stdint.h>

struct lst_session {
    int handle;
    struct kq_conn *conn;
    char *user;     /* owned, as the client gave it */
    uint32_t addr;  /* IPv4 as .z.a shows it; 0 for Unix sockets and IPv6 */
    char *peer;     /* "127.0.0.1:41234" or "unix", owned: for the log */
    bool outgoing;  /* we connected (hopen), they did not log in here */
    bool announced; /* .z.po has run, so .z.pc must */
};

struct lst_sessions {
    struct lst_session **by_handle; /* NULL where there is none */
    int n;                          /* length of the array */
    int count;                      /* sessions in it */
};

/* A new session for a connected connection; owned by the table. */
struct lst_session *lst_sessions_add(struct lst_sessions *t, struct kq_conn *conn);
/* NULL when there is none. */
struct lst_session *lst_sessions_get(const struct lst_sessions *t, int64_t handle);
/* Forget it and free its memory; the connection is the caller's business. */
void lst_sessions_remove(struct lst_sessions *t, struct lst_session *s);
/* Frees all sessions and their connections. */
void lst_sessions_release(struct lst_sessions *t);

void lst_session_set_user(struct lst_session *s, struct kq_str user);

#endif

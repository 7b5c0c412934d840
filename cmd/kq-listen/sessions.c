/*
 * sessions.c - an array by descriptor, and who is at the other end.
 */
#include "sessions.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static void reserve(struct lst_sessions *t, int handle)
{
    if (handle < t->n)
        return;
    int n = t->n ? t->n : 64;
    while (n <= handle)
        n *= 2;
    t->by_handle = kq_realloc(t->by_handle, (size_t)n * sizeof *t->by_handle);
    memset(t->by_handle + t->n, 0, (size_t)(n - t->n) * sizeof *t->by_handle);
    t->n = n;
}

/* "127.0.0.1:5001", "[::1]:5001" or "unix", malloced. */
static char *name_of(const struct sockaddr_storage *ss)
{
    char text[INET6_ADDRSTRLEN], name[INET6_ADDRSTRLEN + 16];
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    if (ss->ss_family == AF_INET) {
        memcpy(&in, ss, sizeof in);
        inet_ntop(AF_INET, &in.sin_addr, text, sizeof text);
        snprintf(name, sizeof name, "%s:%u", text, ntohs(in.sin_port));
    } else if (ss->ss_family == AF_INET6) {
        memcpy(&in6, ss, sizeof in6);
        inet_ntop(AF_INET6, &in6.sin6_addr, text, sizeof text);
        snprintf(name, sizeof name, "[%s]:%u", text, ntohs(in6.sin6_port));
    } else {
        return kq_strdup("unix");
    }
    return kq_strdup(name);
}

static void name_sides(struct lst_session *s)
{
    struct sockaddr_storage peer = {0}, local = {0};
    socklen_t len = sizeof peer;
    if (getpeername(s->handle, (struct sockaddr *)&peer, &len) == 0 && peer.ss_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, &peer, sizeof in);
        s->addr = ntohl(in.sin_addr.s_addr);
    }
    len = sizeof local;
    getsockname(s->handle, (struct sockaddr *)&local, &len);
    s->peer = name_of(&peer);
    s->local = name_of(&local);
}

struct lst_session *lst_sessions_add(struct lst_sessions *t, int fd)
{
    struct lst_session *s = kq_calloc(1, sizeof *s);
    s->handle = fd;
    s->user = kq_strdup("");
    name_sides(s);
    reserve(t, s->handle);
    t->by_handle[s->handle] = s;
    t->count++;
    return s;
}

struct lst_session *lst_sessions_get(const struct lst_sessions *t, int64_t handle)
{
    return handle >= 0 && handle < t->n ? t->by_handle[handle] : NULL;
}

void lst_sessions_detach(struct lst_sessions *t, struct lst_session *s)
{
    t->by_handle[s->handle] = NULL;
    t->count--;
    s->closed = true;
}

void lst_session_free(struct lst_session *s)
{
    kq_unref(s->answer);
    free(s->user);
    free(s->peer);
    free(s->local);
    free(s);
}

void lst_sessions_release(struct lst_sessions *t)
{
    for (int i = 0; i < t->n; i++) {
        struct lst_session *s = t->by_handle[i];
        if (!s)
            continue;
        kq_conn_free(s->conn);
        lst_sessions_detach(t, s);
        lst_session_free(s);
    }
    free(t->by_handle);
    *t = (struct lst_sessions){0};
}

void lst_session_set_user(struct lst_session *s, struct kq_str user)
{
    free(s->user);
    s->user = kq_memdup0(user.s, user.len);
}

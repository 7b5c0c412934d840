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

static void name_inet(struct lst_session *s, int family, const void *addr, unsigned port)
{
    char text[INET6_ADDRSTRLEN], name[INET6_ADDRSTRLEN + 16];
    inet_ntop(family, addr, text, sizeof text);
    snprintf(name, sizeof name, family == AF_INET6 ? "[%s]:%u" : "%s:%u", text, port);
    s->peer = kq_strdup(name);
}

static void name_peer(struct lst_session *s)
{
    struct sockaddr_storage ss = {0};
    socklen_t len = sizeof ss;
    if (getpeername(s->handle, (struct sockaddr *)&ss, &len) == 0 && ss.ss_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, &ss, sizeof in);
        s->addr = ntohl(in.sin_addr.s_addr);
        name_inet(s, AF_INET, &in.sin_addr, ntohs(in.sin_port));
    } else if (ss.ss_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, &ss, sizeof in6);
        name_inet(s, AF_INET6, &in6.sin6_addr, ntohs(in6.sin6_port));
    } else {
        s->peer = kq_strdup("unix");
    }
}

struct lst_session *lst_sessions_add(struct lst_sessions *t, struct kq_conn *conn)
{
    struct lst_session *s = kq_calloc(1, sizeof *s);
    s->handle = kq_conn_fd(conn);
    s->conn = conn;
    s->user = kq_strdup("");
    name_peer(s);
    reserve(t, s->handle);
    t->by_handle[s->handle] = s;
    t->count++;
    return s;
}

struct lst_session *lst_sessions_get(const struct lst_sessions *t, int64_t handle)
{
    return handle >= 0 && handle < t->n ? t->by_handle[handle] : NULL;
}

void lst_sessions_remove(struct lst_sessions *t, struct lst_session *s)
{
    if (t->by_handle[s->handle] == s)
        t->by_handle[s->handle] = NULL;
    t->count--;
    free(s->user);
    free(s->peer);
    free(s);
}

void lst_sessions_release(struct lst_sessions *t)
{
    for (int i = 0; i < t->n; i++) {
        struct lst_session *s = t->by_handle[i];
        if (!s)
            continue;
        kq_conn_free(s->conn);
        lst_sessions_remove(t, s);
    }
    free(t->by_handle);
    *t = (struct lst_sessions){0};
}

void lst_session_set_user(struct lst_session *s, struct kq_str user)
{
    free(s->user);
    s->user = kq_memdup0(user.s, user.len);
}

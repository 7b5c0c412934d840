/*
 * floor.h - IPC with nothing but system calls, on the client's and on the
 * server's side: what a tool is compared with.
 *
 * The server does what any server must: it accepts, answers the login, reads
 * the bytes that there are, finds the messages in them by their headers, looks
 * up the query, and answers with a ready frame; async messages go to all who
 * have subscribed.  It waits with epoll and writes once for all that one read
 * brought.  What it does not do is evaluate: a callback may do that instead,
 * to see what the evaluator costs without the rest of a server.
 */
#ifndef KQ_BENCH_FLOOR_H
#define KQ_BENCH_FLOOR_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FLOOR_HEADER = 8, FLOOR_ROOM = 65536, FLOOR_PEERS = 2048, FLOOR_EVENTS = 64 };
enum { FLOOR_ASYNC, FLOOR_SYNC, FLOOR_RESPONSE };

static inline _Noreturn void floor_die(const char *what)
{
    perror(what);
    exit(1);
}

static inline void floor_write(int fd, const void *data, size_t n)
{
    for (const char *p = data; n;) {
        ssize_t w = send(fd, p, n, MSG_NOSIGNAL);
        if (w < 0)
            floor_die("send");
        p += w;
        n -= (size_t)w;
    }
}

static inline size_t floor_frame_len(const uint8_t *head)
{
    uint32_t n;
    memcpy(&n, head + 4, sizeof n);
    return n;
}

/* A sync query with this text; its length. */
static inline size_t floor_query(uint8_t *out, const char *text)
{
    uint32_t len = (uint32_t)strlen(text), total = FLOOR_HEADER + 6 + len;
    memcpy(out, (const uint8_t[]){1, FLOOR_SYNC, 0, 0}, 4);
    memcpy(out + 4, &total, 4);
    memcpy(out + 8, "\x0a", 2);
    memcpy(out + 10, &len, 4);
    memcpy(out + 14, text, len);
    return total;
}

/* ---- the client ------------------------------------------------------------ */

/* Connect to a port of this machine and log in; it blocks. */
static inline int floor_dial(int port)
{
    static const uint8_t login[] = {'b', 'e', 'n', 'c', 'h', 6, 0};
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a))
        floor_die("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    uint8_t capability;
    floor_write(fd, login, sizeof login);
    if (recv(fd, &capability, 1, 0) != 1)
        floor_die("handshake");
    return fd;
}

/* Wait for `n` bytes. */
static inline void floor_read(int fd, void *data, size_t n)
{
    for (uint8_t *p = data; n;) {
        ssize_t got = recv(fd, p, n, 0);
        if (got <= 0)
            floor_die("recv");
        p += got;
        n -= (size_t)got;
    }
}

/* Ask, and wait for the answer, a frame of the returned length (at most FLOOR_ROOM). */
static inline size_t floor_ask(int fd, const char *text, uint8_t *answer)
{
    uint8_t query[1024];
    floor_write(fd, query, floor_query(query, text));
    floor_read(fd, answer, FLOOR_HEADER);
    size_t len = floor_frame_len(answer);
    floor_read(fd, answer + FLOOR_HEADER, len - FLOOR_HEADER);
    return len;
}

/* ---- the server -------------------------------------------------------------- */

struct floor_peer {
    int fd;
    bool logged_in;
    size_t have, due;        /* bytes in `in` and `out` */
    uint8_t in[FLOOR_ROOM];  /* from the first message that is not complete on */
    uint8_t out[FLOOR_ROOM]; /* answers and what it has subscribed to */
};

struct floor_server {
    int epoll, listener;
    struct floor_peer *peers[FLOOR_PEERS]; /* by descriptor */
    struct floor_peer *spare;              /* of a connection that has ended */
    /* Deal with a whole message. */
    void (*take)(struct floor_server *s, struct floor_peer *p, const uint8_t *frame, size_t len);
    void *arg;
    int dirty[FLOOR_PEERS], n_dirty; /* who has something in `out` */
    int subscribers[FLOOR_PEERS], n_subscribers;
};

static inline void floor_put(struct floor_server *s, struct floor_peer *p, const void *data,
                             size_t n)
{
    if (n > sizeof p->out - p->due) {
        floor_write(p->fd, p->out, p->due);
        p->due = 0;
    }
    if (!p->due)
        s->dirty[s->n_dirty++] = p->fd;
    memcpy(p->out + p->due, data, n);
    p->due += n;
}

static inline void floor_flush(struct floor_server *s)
{
    for (int i = 0; i < s->n_dirty; i++) {
        struct floor_peer *p = s->peers[s->dirty[i]];
        if (p && p->due) {
            floor_write(p->fd, p->out, p->due);
            p->due = 0;
        }
    }
    s->n_dirty = 0;
}

static inline void floor_end(struct floor_server *s, struct floor_peer *p)
{
    s->peers[p->fd] = NULL;
    for (int i = 0; i < s->n_subscribers; i++) {
        if (s->subscribers[i] == p->fd)
            s->subscribers[i] = s->subscribers[--s->n_subscribers];
    }
    close(p->fd);
    free(s->spare);
    s->spare = p;
}

static inline void floor_serve_peer(struct floor_server *s, struct floor_peer *p)
{
    ssize_t n = recv(p->fd, p->in + p->have, sizeof p->in - p->have, 0);
    if (n <= 0) {
        floor_end(s, p);
        return;
    }
    if (!p->logged_in) {
        p->logged_in = true;
        floor_put(s, p, p->in + n - 2, 1);
        floor_flush(s);
        return;
    }
    p->have += (size_t)n;
    size_t at = 0, len;
    while (p->have - at >= FLOOR_HEADER) {
        const uint8_t *frame = p->in + at;
        len = floor_frame_len(frame);
        if (frame[0] != 1 || frame[1] > FLOOR_RESPONSE || len > sizeof p->in) {
            floor_end(s, p);
            return;
        }
        if (p->have - at < len)
            break;
        s->take(s, p, frame, len);
        at += len;
    }
    p->have -= at;
    if (p->have)
        memmove(p->in, p->in + at, p->have);
    floor_flush(s);
}

static inline void floor_accept(struct floor_server *s)
{
    int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
    struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
    if (fd < 0 || fd >= FLOOR_PEERS)
        floor_die("accept");
    struct floor_peer *p = s->spare ? s->spare : malloc(sizeof *p);
    s->spare = NULL;
    p->fd = fd;
    p->logged_in = false;
    p->have = p->due = 0;
    s->peers[fd] = p;
    if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e))
        floor_die("epoll_ctl");
}

/* Listen on a free port of this machine, which is returned. */
static inline int floor_listen(struct floor_server *s)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t len = sizeof a;
    int one = 1;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(s->listener, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* inherited */
    if (bind(s->listener, (struct sockaddr *)&a, len) || listen(s->listener, 1024) ||
        getsockname(s->listener, (struct sockaddr *)&a, &len))
        floor_die("listen");
    return ntohs(a.sin_port);
}

static inline _Noreturn void floor_serve(struct floor_server *s)
{
    struct epoll_event e[FLOOR_EVENTS] = {{.events = EPOLLIN, .data.fd = s->listener}};
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->listener, e))
        floor_die("epoll_ctl");
    for (;;) {
        int n = epoll_wait(s->epoll, e, FLOOR_EVENTS, -1);
        if (n < 0 && errno != EINTR)
            floor_die("epoll_wait");
        for (int i = 0; i < n; i++) {
            if (e[i].data.fd == s->listener)
                floor_accept(s);
            else if (s->peers[e[i].data.fd])
                floor_serve_peer(s, s->peers[e[i].data.fd]);
        }
    }
}

/* ---- ready answers --------------------------------------------------------------- */

/* What the bare server knows: queries and their answers, whole frames. */
struct floor_known {
    struct {
        uint8_t query[256], answer[4096];
        size_t query_len, answer_len;
    } at[8];
    int n;
};

/* Answers a query that is known; any other one subscribes.  What is async goes to all
 * subscribers. */
static inline void floor_take(struct floor_server *s, struct floor_peer *p, const uint8_t *frame,
                              size_t len)
{
    static const uint8_t done[] = {1, FLOOR_RESPONSE, 0, 0, 10, 0, 0, 0, 101, 0};
    const struct floor_known *k = s->arg;
    if (frame[1] == FLOOR_ASYNC) {
        for (int i = 0; i < s->n_subscribers; i++)
            floor_put(s, s->peers[s->subscribers[i]], frame, len);
        return;
    }
    for (int i = 0; i < k->n; i++) {
        if (k->at[i].query_len == len && memcmp(k->at[i].query, frame, len) == 0) {
            floor_put(s, p, k->at[i].answer, k->at[i].answer_len);
            return;
        }
    }
    s->subscribers[s->n_subscribers++] = p->fd;
    floor_put(s, p, done, sizeof done);
}

#endif

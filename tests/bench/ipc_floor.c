/*
 * ipc_floor.c - the least that an IPC exchange can cost on this machine.
 *
 * A client and a server with nothing but system calls, to compare the tools
 * with: one-shot query, ping-pong, pipelined queries, and a publisher of ready
 * frames.  Every number that `make bench` prints for kq-send or kq-listen
 * stands beside one of these.
 *
 *      ipc_floor serve FILE            answer 4 to every sync message; port to FILE
 *      ipc_floor oneshot PORT          connect, log in, ask 2+2, print 4
 *      ipc_floor queries PORT N DEPTH  N sync queries, DEPTH in flight
 *      ipc_floor connects PORT N       connect, handshake, close, N times
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static const uint8_t login[] = {'b', 'e', 'n', 'c', 'h', 6, 0};
static const uint8_t query[] = {1, 1, 0, 0, 17, 0, 0, 0, 10, 0, 3, 0, 0, 0, '2', '+', '2'};
static const uint8_t answer[] = {1, 2, 0, 0, 17, 0, 0, 0, 0xf9, 4, 0, 0, 0, 0, 0, 0, 0};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void write_all(int fd, const uint8_t *p, size_t n)
{
    while (n) {
        ssize_t w = send(fd, p, n, MSG_NOSIGNAL);
        if (w < 0)
            die("send");
        p += w;
        n -= (size_t)w;
    }
}

static int dial(const char *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a))
        die("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    uint8_t cap;
    write_all(fd, login, sizeof login);
    if (recv(fd, &cap, 1, 0) != 1)
        die("handshake");
    return fd;
}

static int oneshot(const char *port)
{
    uint8_t reply[sizeof answer];
    int fd = dial(port);
    write_all(fd, query, sizeof query);
    for (size_t got = 0; got < sizeof reply;) {
        ssize_t n = recv(fd, reply + got, sizeof reply - got, 0);
        if (n <= 0)
            die("recv");
        got += (size_t)n;
    }
    char line[] = {(char)('0' + reply[9]), '\n'};
    return write(1, line, 2) == 2 ? 0 : 1;
}

static int queries(const char *port, long n, long depth)
{
    int fd = dial(port);
    uint8_t *batch = malloc((size_t)depth * sizeof query);
    for (long i = 0; i < depth; i++)
        memcpy(batch + (size_t)i * sizeof query, query, sizeof query);
    static uint8_t in[1 << 16];
    size_t received = 0;
    for (long sent = 0, done = 0; done < n;) {
        long want = depth - (sent - done) < n - sent ? depth - (sent - done) : n - sent;
        write_all(fd, batch, (size_t)want * sizeof query);
        sent += want;
        ssize_t got = recv(fd, in, sizeof in, 0);
        if (got <= 0)
            die("recv");
        received += (size_t)got;
        done = (long)(received / sizeof answer);
    }
    free(batch);
    return 0;
}

static int connects(const char *port, long n)
{
    while (n-- > 0)
        close(dial(port));
    return 0;
}

/* ---- the stub server ------------------------------------------------------ */

struct peer {
    int fd;
    int logged_in;
    size_t have; /* bytes of a message that is not complete */
};

static void serve_peer(int ep, struct peer *p)
{
    static uint8_t in[1 << 16], out[1 << 16];
    ssize_t n = recv(p->fd, in, sizeof in, 0);
    if (n <= 0) {
        epoll_ctl(ep, EPOLL_CTL_DEL, p->fd, NULL);
        close(p->fd);
        free(p);
        return;
    }
    if (!p->logged_in) {
        p->logged_in = 1;
        write_all(p->fd, in + n - 2, 1);
        return;
    }
    p->have += (size_t)n;
    size_t replies = p->have / sizeof query;
    p->have %= sizeof query;
    for (size_t i = 0; i < replies; i++)
        memcpy(out + i * sizeof answer, answer, sizeof answer);
    write_all(p->fd, out, replies * sizeof answer);
}

static void add(int ep, int fd, struct peer *p)
{
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = p};
    if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e))
        die("epoll_ctl");
}

static void accept_peer(int ep, int listener)
{
    int one = 1, fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct peer *p = calloc(1, sizeof *p);
    p->fd = fd;
    add(ep, fd, p);
}

static _Noreturn void serve(const char *file)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t len = sizeof a;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&a, len) || listen(fd, 1024) ||
        getsockname(fd, (struct sockaddr *)&a, &len))
        die("listen");
    FILE *f = fopen(file, "w");
    if (!f || fprintf(f, "%d\n", ntohs(a.sin_port)) < 0 || fclose(f))
        die(file);
    int ep = epoll_create1(EPOLL_CLOEXEC);
    add(ep, fd, NULL);
    for (;;) {
        struct epoll_event ev[64];
        int n = epoll_wait(ep, ev, 64, -1);
        for (int i = 0; i < n; i++) {
            if (ev[i].data.ptr)
                serve_peer(ep, ev[i].data.ptr);
            else
                accept_peer(ep, fd);
        }
        if (n < 0 && errno != EINTR)
            die("epoll_wait");
    }
}

int main(int argc, char **argv)
{
    if (argc == 3 && !strcmp(argv[1], "serve"))
        serve(argv[2]);
    if (argc == 3 && !strcmp(argv[1], "oneshot"))
        return oneshot(argv[2]);
    if (argc == 5 && !strcmp(argv[1], "queries"))
        return queries(argv[2], atol(argv[3]), atol(argv[4]));
    if (argc == 4 && !strcmp(argv[1], "connects"))
        return connects(argv[2], atol(argv[3]));
    fprintf(stderr, "usage: ipc_floor serve FILE | oneshot PORT | queries PORT N DEPTH | "
                    "connects PORT N\n");
    return 2;
}

/*
 * crowd.c - very many connections to a kdb+ server, from one small program.
 *
 *      crowd PORT idle N       N that log in and then stay silent
 *      crowd PORT mute N       N that connect and never say anything
 *      crowd PORT deaf N       N that log in, ask for 40 MB and never read them
 *      crowd PORT claim N      N that log in and announce a message of almost 2 GB
 *      crowd PORT slow N       N that log in and ask byte by byte, all at the same time
 *      crowd PORT churn N      N one after the other: log in, ask 2+2, read 4, close
 *      crowd PORT drop N       N one after the other, each left in another state
 *
 * The first four print "ready" when all have been let in, and stay until
 * their standard input ends.  The exit status is 1 when anything else happens
 * than what a client may expect.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* Each source address of the loopback has its own range of ports. */
enum { PORTS_EACH = 20000 };

static const uint8_t login[] = "crowd:pw\3";
/* "2+2" as a sync request, and its answer 4 */
static const uint8_t ask[] = {1, 1, 0, 0, 17, 0, 0, 0, 10, 0, 3, 0, 0, 0, '2', '+', '2'};
static const uint8_t four[] = {1, 2, 0, 0, 17, 0, 0, 0, 0xf9, 4, 0, 0, 0, 0, 0, 0, 0};
/* "5000000#0" as a sync request: 40 MB */
static const uint8_t much[] = {1, 1, 0,   0,   23,  0,   0,   0,   10,  0,   9,  0,
                               0, 0, '5', '0', '0', '0', '0', '0', '0', '#', '0'};
/* A header that promises 2 GB, and some of them */
static const uint8_t claim[64] = {1, 1, 0, 0, 0xf0, 0xff, 0xff, 0x7f, 10};

static void die(const char *what, long i)
{
    fprintf(stderr, "crowd: connection %ld: ", i);
    perror(what);
    exit(1);
}

static int connect_to(int port, long i)
{
    struct sockaddr_in from = {.sin_family = AF_INET}, to = from;
    int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(i / PORTS_EACH % 200));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons((uint16_t)port);
    if (fd < 0)
        die("socket", i);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&from, sizeof from) ||
        connect(fd, (struct sockaddr *)&to, sizeof to))
        die("connect", i);
    return fd;
}

static void say(int fd, const uint8_t *p, size_t n, long i)
{
    if (send(fd, p, n, MSG_NOSIGNAL) != (ssize_t)n)
        die("send", i);
}

static void hear(int fd, const uint8_t *want, size_t n, long i)
{
    uint8_t got[64];
    ssize_t r = recv(fd, got, n, MSG_WAITALL);
    if (r < 0)
        die("recv", i);
    if (r != (ssize_t)n || memcmp(got, want, n) != 0) {
        fprintf(stderr, "crowd: connection %ld: %zd bytes of %zu, or others than expected\n", i, r,
                n);
        exit(1);
    }
}

static void log_in(int fd, long i)
{
    say(fd, login, sizeof login, i);
    hear(fd, (const uint8_t *)"\3", 1, i);
}

/* A reset instead of an orderly end leaves no port waiting. */
static void hang_up(int fd)
{
    static const struct linger at_once = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(fd);
}

static void churn(int port, long n)
{
    for (long i = 0; i < n; i++) {
        int fd = connect_to(port, i);
        log_in(fd, i);
        say(fd, ask, sizeof ask, i);
        hear(fd, four, sizeof four, i);
        hang_up(fd);
    }
}

/* Silent, in the middle of the login, of a header, of a message, or with an answer unread. */
static void drop(int port, long n)
{
    for (long i = 0; i < n; i++) {
        int fd = connect_to(port, i);
        if (i % 6 == 1)
            say(fd, login, 4, i);
        if (i % 6 > 1)
            log_in(fd, i);
        if (i % 6 > 2)
            say(fd, ask, i % 6 == 3 ? 5 : i % 6 == 4 ? 12 : sizeof ask, i);
        hang_up(fd);
    }
}

/* `n` connections at the same time that say this after the login, until standard input ends. */
static void gather(int port, long n, const uint8_t *words, size_t len)
{
    char c;
    for (long i = 0; i < n; i++) {
        int fd = connect_to(port, i);
        if (words)
            log_in(fd, i);
        if (len)
            say(fd, words, len, i);
    }
    puts("ready");
    fflush(stdout);
    while (read(0, &c, 1) > 0)
        ;
}

static void idle(int port, long n)
{
    gather(port, n, login, 0);
}

static void mute(int port, long n)
{
    gather(port, n, NULL, 0);
}

static void deaf(int port, long n)
{
    gather(port, n, much, sizeof much);
}

static void claims(int port, long n)
{
    gather(port, n, claim, sizeof claim);
}

static void slow(int port, long n)
{
    int *fds = calloc((size_t)n, sizeof *fds);
    if (!fds)
        die("calloc", n);
    for (long i = 0; i < n; i++)
        fds[i] = connect_to(port, i);
    for (size_t at = 0; at < sizeof login; at++) {
        for (long i = 0; i < n; i++)
            say(fds[i], login + at, 1, i);
    }
    for (long i = 0; i < n; i++)
        hear(fds[i], (const uint8_t *)"\3", 1, i);
    for (size_t at = 0; at < sizeof ask; at++) {
        for (long i = 0; i < n; i++)
            say(fds[i], ask + at, 1, i);
    }
    for (long i = 0; i < n; i++)
        hear(fds[i], four, sizeof four, i);
    free(fds);
}

static const struct {
    const char *name;
    void (*run)(int port, long n);
} ways[] = {{"idle", idle}, {"mute", mute},   {"deaf", deaf}, {"claim", claims},
            {"slow", slow}, {"churn", churn}, {"drop", drop}};

int main(int argc, char **argv)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    for (size_t i = 0; argc == 4 && i < sizeof ways / sizeof *ways; i++) {
        if (strcmp(argv[2], ways[i].name) == 0) {
            ways[i].run(atoi(argv[1]), atol(argv[3]));
            return 0;
        }
    }
    fprintf(stderr, "usage: crowd PORT idle|mute|deaf|claim|slow|churn|drop N\n");
    return 2;
}

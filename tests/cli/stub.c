/*
 * stub.c - a kdb+ server that does exactly what a test tells it to.
 *
 *      stub FD STEP...
 *
 * Listens on a free port of 127.0.0.1, writes "PORT\n" to descriptor FD and
 * closes it, accepts a connection and goes through the steps.  What it reads is
 * printed as hex, one line for each login or message, so that a test can look
 * at every byte that a client sent.
 *
 *      login[=N]   read a login, answer capability N (6)
 *      refuse      read a login and close without an answer
 *      read        read one message
 *      send=HEX    send these bytes in one segment
 *      split=HEX   send them in segments of one byte
 *      fill=N      send N zero bytes
 *      text        read until the peer shuts down its side, print that
 *      stall       wait until the peer goes away
 *      close       close in an orderly way and accept the next connection
 *      reset       close with a RST and accept the next connection
 *
 * After the last step it closes and ends with 0; 1 when the peer closed where
 * a step expected bytes.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int listen_somewhere(int ready_fd)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) || listen(fd, 8) ||
        getsockname(fd, (struct sockaddr *)&a, &len))
        die("listen");
    dprintf(ready_fd, "%d\n", ntohs(a.sin_port));
    close(ready_fd);
    return fd;
}

static int next_connection(int listener)
{
    int one = 1, fd = accept(listener, NULL, NULL);
    if (fd < 0)
        die("accept");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static void send_all(int fd, const uint8_t *p, size_t n)
{
    while (n) {
        ssize_t w = send(fd, p, n, MSG_NOSIGNAL);
        if (w <= 0)
            return; /* the client has gone, which the test will see by itself */
        p += w;
        n -= (size_t)w;
    }
}

static void print_hex(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        printf("%02x", p[i]);
    printf("\n");
    fflush(stdout);
}

static void read_exactly(int fd, uint8_t *p, size_t n)
{
    while (n) {
        ssize_t r = recv(fd, p, n, 0);
        if (r <= 0) {
            fprintf(stderr, "stub: the client closed, %zu bytes missing\n", n);
            exit(1);
        }
        p += r;
        n -= (size_t)r;
    }
}

static void read_login(int fd)
{
    uint8_t login[4096];
    size_t n = 0;
    do
        read_exactly(fd, login + n, 1);
    while (login[n++] && n < sizeof login);
    print_hex(login, n);
}

static void read_message(int fd)
{
    uint8_t head[8];
    read_exactly(fd, head, sizeof head);
    uint32_t total = (uint32_t)head[4] | (uint32_t)head[5] << 8 | (uint32_t)head[6] << 16 |
                     (uint32_t)head[7] << 24;
    if (!head[0]) /* big-endian */
        total = __builtin_bswap32(total);
    uint8_t *msg = malloc(total);
    if (!msg)
        die("malloc");
    memcpy(msg, head, sizeof head);
    read_exactly(fd, msg + sizeof head, total - sizeof head);
    print_hex(msg, total);
    free(msg);
}

static void read_to_end(int fd, bool print)
{
    static uint8_t all[1 << 16];
    size_t n = 0;
    for (ssize_t r; (r = recv(fd, all + n, sizeof all - n, 0)) > 0;)
        n = print ? n + (size_t)r : 0;
    if (print)
        print_hex(all, n);
}

static void send_hex(int fd, const char *hex, bool split)
{
    size_t n = strlen(hex) / 2;
    uint8_t *bytes = malloc(n + 1);
    if (!bytes)
        die("malloc");
    for (size_t i = 0; i < n; i++) {
        unsigned b;
        if (sscanf(hex + 2 * i, "%2x", &b) != 1)
            die("bad hex");
        bytes[i] = (uint8_t)b;
        if (split)
            send_all(fd, bytes + i, 1);
    }
    if (!split)
        send_all(fd, bytes, n);
    free(bytes);
}

static void fill(int fd, long n)
{
    static const uint8_t zeros[4096];
    for (; n > 0; n -= (long)sizeof zeros)
        send_all(fd, zeros, n < (long)sizeof zeros ? (size_t)n : sizeof zeros);
}

/* The value behind "name=", NULL when `step` is another one. */
static const char *value(const char *step, const char *name)
{
    size_t n = strlen(name);
    return strncmp(step, name, n) == 0 && step[n] == '=' ? step + n + 1 : NULL;
}

/* One step; false when the connection is over. */
static bool act(int fd, const char *step)
{
    static const struct linger at_once = {1, 0};
    const char *v;
    uint8_t capability = 6;
    if (strcmp(step, "login") == 0 || (v = value(step, "login"))) {
        if (strcmp(step, "login") != 0)
            capability = (uint8_t)atoi(v);
        read_login(fd);
        send_all(fd, &capability, 1);
    } else if (strcmp(step, "refuse") == 0) {
        read_login(fd);
        return false;
    } else if (strcmp(step, "read") == 0) {
        read_message(fd);
    } else if ((v = value(step, "send"))) {
        send_hex(fd, v, false);
    } else if ((v = value(step, "split"))) {
        send_hex(fd, v, true);
    } else if ((v = value(step, "fill"))) {
        fill(fd, atol(v));
    } else if (strcmp(step, "text") == 0) {
        read_to_end(fd, true);
    } else if (strcmp(step, "stall") == 0) {
        read_to_end(fd, false);
    } else if (strcmp(step, "reset") == 0) {
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        return false;
    } else if (strcmp(step, "close") == 0) {
        return false;
    } else {
        fprintf(stderr, "stub: unknown step %s\n", step);
        exit(2);
    }
    return true;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: stub FD STEP...\n");
        return 2;
    }
    int listener = listen_somewhere(atoi(argv[1])), fd = -1;
    for (int i = 2; i < argc; i++) {
        if (fd < 0)
            fd = next_connection(listener);
        if (!act(fd, argv[i])) {
            close(fd);
            fd = -1;
        }
    }
    if (fd >= 0)
        close(fd);
    return 0;
}

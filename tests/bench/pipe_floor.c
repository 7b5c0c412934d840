/*
 * pipe_floor.c - the least that it costs to get trade lines into a server.
 *
 * A reader with nothing but read, a parser written for exactly these lines
 * (2024.01.02D09:30:00.004508516,MSFT,131.26,3200) and send, to compare
 * kq-pipe with; and the server for both, which only counts bytes.
 *
 *      pipe_floor make N        N trade lines to standard output
 *      pipe_floor drain FILE    take everything, answer sync messages; port to FILE
 *      pipe_floor feed PORT     lines of standard input to the server, confirmed
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

enum { ROWS = 2800, CHUNK = 1 << 17 };

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void write_all(int fd, const void *data, size_t n)
{
    const char *p = data;
    while (n) {
        ssize_t w = send(fd, p, n, MSG_NOSIGNAL);
        if (w < 0)
            die("send");
        p += w;
        n -= (size_t)w;
    }
}

/* ---- lines ------------------------------------------------------------------------------ */

static int make(long n)
{
    static const char *const syms[] = {"AAPL",  "MSFT", "GOOG", "IBM",
                                       "VOD.L", "BP",   "ORCL", "TSLA"};
    static char buffer[1 << 16];
    uint64_t t = UINT64_C(34200000000000), seed = 1;
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    for (long i = 0; i < n; i++) {
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        t += seed >> 45;
        unsigned s = (unsigned)(t / 1000000000 % 86400);
        printf("2024.01.02D%02u:%02u:%02u.%09u,%s,%u.%02u,%u\n", s / 3600, s / 60 % 60, s % 60,
               (unsigned)(t % 1000000000), syms[seed >> 33 & 7], 5 + (unsigned)(seed >> 36 & 511),
               (unsigned)(seed >> 50) % 100, 100 * (1 + (unsigned)(seed >> 59)));
    }
    return fflush(stdout) != 0;
}

/* ---- server -------------------------------------------------------------------------------- */

/* Walk the headers of what arrived; *skip is what is missing of the message begun. */
static void take(int fd, const uint8_t *p, size_t n, size_t *skip, uint8_t *head, size_t *have)
{
    static const uint8_t null[] = {1, 2, 0, 0, 10, 0, 0, 0, 101, 0};
    while (n) {
        if (*skip) {
            size_t step = *skip < n ? *skip : n;
            p += step;
            n -= step;
            *skip -= step;
            if (!*skip && head[1] == 1)
                write_all(fd, null, sizeof null);
            continue;
        }
        head[(*have)++] = *p++;
        n--;
        if (*have == 8) {
            uint32_t total;
            memcpy(&total, head + 4, 4);
            *skip = total - 8;
            *have = 0;
        }
    }
}

static void drain_one(int fd)
{
    static uint8_t buf[1 << 18];
    uint8_t head[8];
    size_t skip = 0, have = 0;
    ssize_t n;
    char c = 1;
    while (c && recv(fd, &c, 1, 0) == 1) {
    }
    c = 6;
    write_all(fd, &c, 1);
    while ((n = recv(fd, buf, sizeof buf, 0)) > 0)
        take(fd, buf, (size_t)n, &skip, head, &have);
    close(fd);
}

static __attribute__((noreturn)) void drain(const char *port_file)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t len = sizeof a;
    int s = socket(AF_INET, SOCK_STREAM, 0);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s, (struct sockaddr *)&a, sizeof a) || listen(s, 8) ||
        getsockname(s, (struct sockaddr *)&a, &len))
        die("listen");
    FILE *f = fopen(port_file, "w");
    if (!f)
        die(port_file);
    fprintf(f, "%d\n", ntohs(a.sin_port));
    fclose(f);
    for (;;) {
        int fd = accept(s, NULL, NULL);
        if (fd < 0)
            die("accept");
        drain_one(fd);
    }
}

/* ---- feeder ----------------------------------------------------------------------------------- */

static int64_t times[ROWS], sizes[ROWS];
static double prices[ROWS];
static char syms[ROWS * 16];
static size_t rows, syms_len;
static uint8_t frame[8 + 64 + ROWS * 40];

static uint8_t *put(uint8_t *p, const void *data, size_t n)
{
    memcpy(p, data, n);
    return p + n;
}

static uint8_t *put_list(uint8_t *p, uint8_t type, uint32_t n)
{
    *p++ = type;
    *p++ = 0;
    return put(p, &n, 4);
}

static void flush(int fd)
{
    uint8_t *p = put_list(frame + 8, 0, 3);
    p = put_list(p, 10, 6);
    p = put(p, "insert", 6);
    p = put(p, "\365trade", 7);
    p = put_list(p, 0, 4);
    p = put(put_list(p, 12, (uint32_t)rows), times, rows * 8);
    p = put(put_list(p, 11, (uint32_t)rows), syms, syms_len);
    p = put(put_list(p, 9, (uint32_t)rows), prices, rows * 8);
    p = put(put_list(p, 7, (uint32_t)rows), sizes, rows * 8);
    uint32_t total = (uint32_t)(p - frame);
    memcpy(frame, (const uint8_t[]){1, 0, 0, 0}, 4);
    memcpy(frame + 4, &total, 4);
    write_all(fd, frame, total);
    rows = syms_len = 0;
}

static int64_t number(const char **p)
{
    int64_t v = 0;
    while (**p >= '0' && **p <= '9')
        v = v * 10 + (*(*p)++ - '0');
    return v;
}

static int two(const char *p)
{
    return (p[0] - '0') * 10 + (p[1] - '0');
}

/* The line at `p`, which is all there. */
static const char *line(const char *p)
{
    static const double scale[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    int64_t day = 8767; /* all lines are of one day */
    int64_t clock = two(p + 11) * 3600 + two(p + 14) * 60 + two(p + 17);
    p += 20;
    times[rows] = (day * 86400 + clock) * 1000000000 + number(&p);
    const char *end = memchr(++p, ',', 64);
    memcpy(syms + syms_len, p, (size_t)(end - p));
    syms_len += (size_t)(end - p);
    syms[syms_len++] = '\0';
    p = end + 1;
    int64_t v = number(&p);
    const char *dot = ++p;
    while (*p >= '0' && *p <= '9')
        v = v * 10 + (*p++ - '0');
    prices[rows] = (double)v / scale[p - dot];
    p++;
    sizes[rows] = number(&p);
    return p + 1;
}

static int dial(const char *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a))
        die("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    write_all(fd, "bench\006", 7);
    char cap;
    if (recv(fd, &cap, 1, 0) != 1)
        die("handshake");
    return fd;
}

static int feed(const char *port)
{
    static const uint8_t chaser[] = {1, 1, 0, 0, 14, 0, 0, 0, 10, 0, 0, 0, 0, 0};
    static char buf[2 * CHUNK];
    uint8_t answer[10];
    int fd = dial(port);
    size_t have = 0;
    ssize_t n;
    while ((n = read(STDIN_FILENO, buf + have, CHUNK)) > 0) {
        const char *p = buf, *stop = buf + have + (size_t)n;
        while (stop > p && stop[-1] != '\n')
            stop--;
        while (p < stop) {
            p = line(p);
            if (++rows == ROWS)
                flush(fd);
        }
        have = (size_t)(buf + have + (size_t)n - stop);
        memmove(buf, stop, have);
    }
    if (rows)
        flush(fd);
    write_all(fd, chaser, sizeof chaser);
    return recv(fd, answer, sizeof answer, MSG_WAITALL) != sizeof answer;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "make") == 0)
        return make(atol(argv[2]));
    if (argc == 3 && strcmp(argv[1], "drain") == 0)
        drain(argv[2]);
    if (argc == 3 && strcmp(argv[1], "feed") == 0)
        return feed(argv[2]);
    fprintf(stderr, "usage: pipe_floor make N | drain FILE | feed PORT\n");
    return 2;
}

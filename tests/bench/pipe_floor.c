/*
 * pipe_floor.c - the least that it costs to get trade lines into a server.
 *
 * A reader with nothing but read, a parser written for exactly these lines
 * (2024.01.02D09:30:00.004508516,MSFT,131.26,3200) and send, to compare
 * kq-pipe with; and the server for both, which only counts bytes.
 *
 *      pipe_floor make N        N trade lines to standard output
 *      pipe_floor drain FILE    take everything, answer sync messages; port to FILE,
 *                               which with .sock is a Unix socket for the same
 *      pipe_floor feed PORT     lines of standard input to the server, confirmed;
 *                               PORT may be the path of a socket
 *      pipe_floor count         lines of standard input, with getline
 *      pipe_floor pace N RATE   N lines that begin with the time now, RATE a second
 *      pipe_floor late FILE     take one connection of such lines, print how late, in ms,
 *                               the first row of 99 % of the messages was
 *      pipe_floor size COMMAND  run it and print the most memory it had, in MB
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
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

static void login(int fd)
{
    char c = 1;
    while (c && recv(fd, &c, 1, 0) == 1) {
    }
    c = 6;
    write_all(fd, &c, 1);
}

static void drain_one(int fd)
{
    static uint8_t buf[1 << 18];
    uint8_t head[8];
    size_t skip = 0, have = 0;
    ssize_t n;
    login(fd);
    while ((n = recv(fd, buf, sizeof buf, 0)) > 0)
        take(fd, buf, (size_t)n, &skip, head, &have);
    close(fd);
}

static int listen_tcp(const char *port_file)
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
    return s;
}

static struct sockaddr_un unix_address(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    return a;
}

static int listen_unix(const char *port_file)
{
    char path[100];
    snprintf(path, sizeof path, "%.90s.sock", port_file);
    struct sockaddr_un a = unix_address(path);
    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    if (bind(s, (struct sockaddr *)&a, sizeof a) || listen(s, 8))
        die(path);
    return s;
}

static __attribute__((noreturn)) void drain(const char *port_file)
{
    struct pollfd p[2] = {{.fd = listen_unix(port_file), .events = POLLIN}, {.events = POLLIN}};
    p[1].fd = listen_tcp(port_file);
    for (;;) {
        if (poll(p, 2, -1) < 0)
            die("poll");
        int fd = accept(p[0].revents ? p[0].fd : p[1].fd, NULL, NULL);
        if (fd < 0)
            die("accept");
        drain_one(fd);
    }
}

/* ---- lateness ------------------------------------------------------------------------------- */

/* Nanoseconds since 2000. */
static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (t.tv_sec - 946684800) * INT64_C(1000000000) + t.tv_nsec;
}

static int pace(long n, long rate)
{
    static char buffer[1 << 12];
    int64_t start = now_ns();
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    for (long i = 0; i < n; i++) {
        int64_t due = start + i * INT64_C(1000000000) / rate, now = now_ns();
        if (due > now + 100000) {
            struct timespec nap = {0, due - now};
            fflush(stdout);
            nanosleep(&nap, NULL);
            now = now_ns();
        }
        struct tm t;
        time_t s = now / 1000000000 + 946684800;
        gmtime_r(&s, &t);
        printf("%04d.%02d.%02dD%02d:%02d:%02d.%09d,MSFT,1.25,100\n", t.tm_year + 1900, t.tm_mon + 1,
               t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, (int)(now % 1000000000));
    }
    return fflush(stdout) != 0;
}

static int by_value(const void *a, const void *b)
{
    int64_t x, y;
    memcpy(&x, a, 8);
    memcpy(&y, b, 8);
    return (x > y) - (x < y);
}

/* Where the times begin in a message that carries trades: behind ("insert";`trade;(. */
enum { TIMES_AT = 8 + 6 + 12 + 7 + 6 + 6, LATE_MAX = 1 << 20 };

static int late(const char *port_file)
{
    static const uint8_t null[] = {1, 2, 0, 0, 10, 0, 0, 0, 101, 0};
    static uint8_t msg[1 << 24];
    static int64_t delay[LATE_MAX];
    size_t n = 0;
    int fd = accept(listen_tcp(port_file), NULL, NULL);
    login(fd);
    while (recv(fd, msg, 8, MSG_WAITALL) == 8) {
        uint32_t total;
        int64_t first;
        memcpy(&total, msg + 4, 4);
        if (total > sizeof msg || recv(fd, msg + 8, total - 8, MSG_WAITALL) != total - 8)
            die("message");
        if (msg[1] == 1)
            write_all(fd, null, sizeof null);
        else if (n < LATE_MAX && memcpy(&first, msg + TIMES_AT, 8))
            delay[n++] = now_ns() - first;
    }
    qsort(delay, n, sizeof *delay, by_value);
    printf("%.3f\n", n ? (double)delay[n * 99 / 100] / 1e6 : 0);
    return n == 0;
}

/* ---- other commands ------------------------------------------------------------------------------- */

static int count(void)
{
    char *text = NULL;
    size_t size = 0;
    long n = 0;
    while (getline(&text, &size, stdin) > 0)
        n++;
    free(text);
    return n == 0;
}

static int size_of(char **command)
{
    struct rusage used;
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        execvp(command[0], command);
        _exit(127);
    }
    if (wait4(pid, &status, 0, &used) != pid)
        die("wait");
    printf("%.1f\n", (double)used.ru_maxrss / 1024);
    return status != 0;
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

static int dial_unix(const char *path)
{
    struct sockaddr_un a = unix_address(path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a))
        die(path);
    return fd;
}

static int dial_tcp(const char *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a))
        die("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static int dial(const char *where)
{
    int fd = strchr(where, '/') ? dial_unix(where) : dial_tcp(where);
    char cap;
    write_all(fd, "bench\006", 7);
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
    if (argc == 2 && strcmp(argv[1], "count") == 0)
        return count();
    if (argc == 4 && strcmp(argv[1], "pace") == 0)
        return pace(atol(argv[2]), atol(argv[3]));
    if (argc == 3 && strcmp(argv[1], "late") == 0)
        return late(argv[2]);
    if (argc > 2 && strcmp(argv[1], "size") == 0)
        return size_of(argv + 2);
    fprintf(stderr, "usage: see the top of pipe_floor.c\n");
    return 2;
}

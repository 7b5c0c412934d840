/*
 * stub.c - one connection at a time, blocking reads: whatever it has read is
 * in the file before it reads on.
 */
#include "stub.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static bool read_all(int fd, void *p, size_t n)
{
    for (size_t got = 0; got < n;) {
        ssize_t r = read(fd, (char *)p + got, n - got);
        if (r <= 0)
            return false;
        got += (size_t)r;
    }
    return true;
}

static void answer(int fd, const struct stub_plan *plan, int count)
{
    static const uint8_t null[] = {1, 2, 0, 0, 10, 0, 0, 0, 101, 0};
    static const uint8_t oops[] = {1, 2, 0, 0, 14, 0, 0, 0, 128, 'o', 'o', 'p', 's', 0};
    uint8_t meta[4096] = {1, 2};
    if (plan->meta && count == 1) {
        int f = open(plan->meta, O_RDONLY);
        ssize_t n = read(f, meta + 8, sizeof meta - 8);
        uint32_t total = (uint32_t)n + 8;
        memcpy(meta + 4, &total, 4);
        send(fd, meta, total, MSG_NOSIGNAL);
        close(f);
    } else if (plan->error_at == count) {
        send(fd, oops, sizeof oops, MSG_NOSIGNAL);
    } else {
        send(fd, null, sizeof null, MSG_NOSIGNAL);
    }
}

/* Messages until the peer leaves or the plan ends; true when the plan closed it. */
static bool talk(int fd, const struct stub_plan *plan, bool closing, FILE *out, int *count)
{
    uint8_t head[8];
    for (int here = 1; read_all(fd, head, 8); here++) {
        uint32_t total;
        memcpy(&total, head + 4, 4);
        uint8_t *body = malloc(total);
        if (!read_all(fd, body, total - 8)) {
            free(body);
            return false;
        }
        fwrite(head, 1, 8, out);
        fwrite(body, 1, total - 8, out);
        fflush(out);
        free(body);
        ++*count;
        if (closing && here == plan->close_after)
            return true;
        if (head[1] == 1 && !plan->silent)
            answer(fd, plan, *count);
    }
    return false;
}

static void login(int fd, const struct stub_plan *plan)
{
    char c = 1;
    while (c && read_all(fd, &c, 1)) {
    }
    c = 6;
    if (!plan->refuse)
        send(fd, &c, 1, MSG_NOSIGNAL);
}

static void serve(int listener, const struct stub_plan *plan, FILE *out)
{
    int count = 0;
    for (int conn = 0;; conn++) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            _exit(1);
        login(fd, plan);
        bool closed = !plan->refuse &&
                      talk(fd, plan, plan->close_after && conn < plan->close_times, out, &count);
        struct linger now = {1, 0};
        if (closed && plan->reset)
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close(fd);
    }
}

void stub_start(struct stub *s, const struct stub_plan *plan)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t len = sizeof a;
    int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    a.sin_port = htons((uint16_t)plan->port);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&a, sizeof a) != 0 || listen(listener, 8) != 0 ||
        getsockname(listener, (struct sockaddr *)&a, &len) != 0)
        abort();
    s->port = ntohs(a.sin_port);
    strcpy(s->path, "/tmp/kq-stub-XXXXXX");
    int file = mkstemp(s->path);
    fflush(NULL);
    s->pid = fork();
    if (s->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(listener, plan, fdopen(file, "w"));
    }
    close(file);
    close(listener);
}

void stub_stop(struct stub *s, uint8_t **data, size_t *len)
{
    struct stat st;
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
    int fd = open(s->path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) != 0)
        abort();
    *len = (size_t)st.st_size;
    *data = malloc(*len + 1);
    if (!read_all(fd, *data, *len))
        abort();
    close(fd);
    unlink(s->path);
}

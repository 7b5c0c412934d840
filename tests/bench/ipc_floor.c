/*
 * ipc_floor.c - the least that a client program can cost: nothing but libc.
 *
 * It is linked as any C program and started as kq-send is, so that both pay for
 * their start.
 *
 *      ipc_floor oneshot PORT             connect, log in, ask 2+2, print 4
 *      ipc_floor queries PORT N DEPTH Q   N sync queries Q, DEPTH in flight
 */
#include "floor.h"

static int oneshot(int port)
{
    uint8_t answer[64];
    floor_ask(floor_dial(port), "2+2", answer);
    char line[] = {(char)('0' + answer[9]), '\n'};
    return write(1, line, 2) == 2 ? 0 : 1;
}

static int queries(int port, long n, long depth, const char *text)
{
    static uint8_t in[FLOOR_ROOM], query[1024];
    size_t query_len = floor_query(query, text), received = 0;
    int fd = floor_dial(port);
    size_t answer_len = floor_ask(fd, text, in);
    uint8_t *batch = malloc((size_t)depth * query_len);
    for (long i = 0; i < depth; i++)
        memcpy(batch + (size_t)i * query_len, query, query_len);
    for (long sent = 0, done = 0; done < n;) {
        long want = depth - (sent - done) < n - sent ? depth - (sent - done) : n - sent;
        floor_write(fd, batch, (size_t)want * query_len);
        sent += want;
        ssize_t got = recv(fd, in, sizeof in, 0);
        if (got <= 0)
            floor_die("recv");
        received += (size_t)got;
        done = (long)(received / answer_len);
    }
    free(batch);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && !strcmp(argv[1], "oneshot"))
        return oneshot(atoi(argv[2]));
    if (argc == 6 && !strcmp(argv[1], "queries"))
        return queries(atoi(argv[2]), atol(argv[3]), atol(argv[4]), argv[5]);
    fprintf(stderr, "usage: ipc_floor oneshot PORT | queries PORT N DEPTH Q\n");
    return 2;
}

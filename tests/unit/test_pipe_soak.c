/*
 * Kill kq-pipe and its server at random moments: every row that --tee has
 * shown is with the server in the end.  KQ_SOAK is the number of rounds.
 */
#include "run.h"

#include "stub.h"
#include "wire/decode.h"
#include "wire/header.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROWS_A_ROUND = 3000, ROUNDS_MAX = 10000 };

struct soak {
    char dir[40], in[60], tee[60], spool[60];
    int rounds;
    unsigned seed;
    uint8_t *seen; /* rows the servers have got */
    int port;
    struct stub server;
};

static unsigned dice(struct soak *k, unsigned sides)
{
    k->seed = k->seed * 1664525 + 1013904223;
    return (k->seed >> 8) % sides;
}

/* Note the rows of what a server got; its last message may be cut off. */
static void collect(struct soak *k)
{
    uint8_t *data;
    size_t len, at = 0;
    struct kq_header h;
    stub_stop(&k->server, &data, &len);
    for (; at + 8 <= len && kq_header_parse(data + at, &h, NULL); at += (size_t)h.total) {
        if (h.total > len - at)
            break;
        struct kq_obj *x = kq_decode_bytes(data + at + 8, (size_t)h.total - 8, false, NULL, NULL);
        const struct kq_obj *rows =
            x && x->type == KQ_LIST && x->n == 3 ? kq_child(kq_child(x, 2), 0) : NULL;
        for (int64_t i = 0; rows && i < rows->n; i++)
            k->seen[kq_int_at(rows, i)] = 1;
        kq_unref(x);
    }
    free(data);
}

static void start_server(struct soak *k)
{
    stub_start(&k->server, &(struct stub_plan){.port = k->port});
    k->port = k->server.port;
}

/* kq-pipe in a process of its own. */
static pid_t start_pipe(struct soak *k)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid)
        return pid;
    static const struct kq_prog prog = {.name = "test"};
    struct pipe_address a = {0};
    struct pipe_opts o;
    struct kq_err err;
    struct kq_out out;
    char text[20], *file = k->in;
    pipe_opts_init(&o);
    o.in.types = "J";
    o.out.table = "t";
    o.out.batch = 40;
    o.in.tee = true;
    o.common.quiet = true;
    o.conn.retry_delay_ns = 1000000;
    o.flow.reconnect = INT64_MAX;
    o.flow.spool = k->spool;
    o.flow.buffer = 4000; /* most batches must come back from the disk */
    snprintf(text, sizeof text, "localhost:%d", k->port);
    kq_addr_parse(kq_strz(text), &a.addr, &err);
    kq_conn_opts_init(&a.conn);
    kq_out_init_fd(&out, open(k->tee, O_WRONLY | O_CREAT | O_APPEND, 0600));
    int status = pipe_run(&prog, &o, &a, 1, &file, 1, &out);
    kq_out_flush(&out);
    _exit(status);
}

static void make_input(const struct soak *k, int from, int n)
{
    FILE *f = fopen(k->in, "w");
    for (int i = 0; i < n; i++)
        fprintf(f, "%d\n", from + i);
    fclose(f);
}

/* One round: something dies, perhaps, while rows are on their way. */
static void round_of(struct soak *k, int n)
{
    int status;
    make_input(k, n * ROWS_A_ROUND, ROWS_A_ROUND);
    pid_t pipe = start_pipe(k);
    for (unsigned deaths = dice(k, 4); deaths; deaths--) {
        usleep(dice(k, 20000)); /* the moment is the point of the test */
        if (dice(k, 3) == 0) {
            kill(pipe, SIGKILL);
            break;
        }
        collect(k);
        start_server(k);
    }
    waitpid(pipe, &status, 0);
    /* A server that dies during the first login looks like one that refuses it. */
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != KQ_EAUTH)
        fail_msg("round %d: exit status %d", n, WEXITSTATUS(status));
}

static void test_nothing_is_lost(void **state)
{
    (void)state;
    static struct soak k = {.dir = "/tmp/kq-soak-XXXXXX", .seed = 1};
    const char *rounds = getenv("KQ_SOAK");
    int shown, missing = 0, status;
    long lines = 0;
    k.rounds = rounds ? atoi(rounds) : 8;
    k.rounds = k.rounds > ROUNDS_MAX ? ROUNDS_MAX : k.rounds;
    k.seen = calloc(ROWS_A_ROUND, (size_t)k.rounds);
    assert_non_null(mkdtemp(k.dir));
    snprintf(k.in, sizeof k.in, "%s/in", k.dir);
    snprintf(k.tee, sizeof k.tee, "%s/tee", k.dir);
    snprintf(k.spool, sizeof k.spool, "%s/spool", k.dir);
    start_server(&k);
    for (int n = 0; n < k.rounds; n++)
        round_of(&k, n);
    make_input(&k, 0, 0);
    waitpid(start_pipe(&k), &status, 0);
    assert_int_equal(status, 0);
    collect(&k);
    FILE *f = fopen(k.tee, "r");
    while (fscanf(f, "%d\n", &shown) == 1) {
        lines++;
        missing += !k.seen[shown];
    }
    fclose(f);
    assert_true(lines > 0);
    if (missing)
        fail_msg("%d of %ld rows are missing", missing, lines);
    free(k.seen);
    char pos[70];
    snprintf(pos, sizeof pos, "%s.pos", k.spool);
    unlink(pos);
    unlink(k.in);
    unlink(k.tee);
    unlink(k.spool);
    assert_int_equal(rmdir(k.dir), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_nothing_is_lost)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

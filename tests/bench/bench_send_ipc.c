/*
 * bench_send_ipc.c - kq-send beside a client of nothing but system calls.
 *
 * Both are programs that are started, ask the same bare server (floor.h) over
 * the same kind of connection, and end; they take turns.  The floor reads
 * whole answers and forgets them; kq-send also checks, decodes and prints
 * them.  Its lines of input come from a file, its output goes to /dev/null.
 */
#include "base/mem.h"
#include "floor.h"
#include "lib.h"
#include "text/data.h"
#include "wire/encode.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { FLOOR, TOOL, RUNNERS };
enum { SPAWNS = 40, QUERIES = 10000, PIPELINED = 200000 };

static const struct {
    const char *query, *value;
} known_answers[] = {
    {"2+2", "4"},
    {"1+1", "2"},
    {"til 10", "0 1 2 3 4 5 6 7 8 9"},
    {"select from quotes",
     "([]sym:`a`bb`ccc`dddd`a`bb`ccc`dddd`a`bb`ccc`dddd`a`bb`ccc`dddd`a`bb`ccc`dddd;"
     "bid:100 100.25 100.5 100.75 101 101.25 101.5 101.75 102 102.25 102.5 102.75 103 103.25 "
     "103.5 103.75 104 104.25 104.5 104.75;"
     "ask:101 101.25 101.5 101.75 102 102.25 102.5 102.75 103 103.25 103.5 103.75 104 104.25 "
     "104.5 104.75 105 105.25 105.5 105.75;n:0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19)"},
};

enum { KNOWN = sizeof known_answers / sizeof *known_answers };

/* ---- the server -------------------------------------------------------------------- */

static void learn(struct floor_known *k)
{
    struct kq_err err;
    struct kq_buf frame;
    kq_buf_init(&frame, KQ_BUF_NOMAX);
    for (; k->n < KNOWN; k->n++) {
        const char *text = known_answers[k->n].value;
        struct kq_obj *value = kq_data_parse(text, strlen(text), &err);
        kq_buf_clear(&frame);
        if (!value || !kq_encode_msg(&frame, KQ_RESPONSE, value, NULL, &err)) {
            fprintf(stderr, "bench_send_ipc: %s\n", err.msg);
            exit(1);
        }
        kq_unref(value);
        k->at[k->n].query_len = floor_query(k->at[k->n].query, known_answers[k->n].query);
        k->at[k->n].answer_len = frame.len;
        memcpy(k->at[k->n].answer, frame.data, frame.len);
    }
    kq_buf_release(&frame);
}

/* Returns its process; the port in `*port`. */
static pid_t start_server(int *port)
{
    static struct floor_server s = {.take = floor_take};
    static struct floor_known known;
    *port = floor_listen(&s);
    pid_t pid = fork();
    if (pid)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    learn(&known);
    s.arg = &known;
    floor_serve(&s);
}

/* ---- the clients --------------------------------------------------------------------- */

struct contest {
    const char *input; /* file */
    int runs;          /* of the programs in one turn */
    char *argv[RUNNERS][8];
};

static void set_command(char **argv, const char *const *words)
{
    for (; *words; words++)
        *argv++ = kq_strdup(*words);
}

static void release(struct contest *c)
{
    for (int i = 0; i < RUNNERS; i++) {
        for (char **word = c->argv[i]; *word; word++)
            free(*word);
    }
}

static void run_once(char **argv, const char *input)
{
    posix_spawn_file_actions_t files;
    pid_t pid;
    int status;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, input, O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    errno = posix_spawn(&pid, argv[0], &files, NULL, argv, environ);
    if (errno)
        floor_die(argv[0]);
    if (waitpid(pid, &status, 0) < 0 || status) {
        fprintf(stderr, "bench_send_ipc: %s: wait status %d\n", argv[0], status);
        exit(1);
    }
    posix_spawn_file_actions_destroy(&files);
}

static double run(void *arg, int runner)
{
    struct contest *c = arg;
    int64_t start = bench_now_ns();
    for (int i = 0; i < c->runs; i++)
        run_once(c->argv[runner], c->input);
    return (double)(bench_now_ns() - start) / 1e9;
}

/* Both programs and the server's address as they are written for each. */
static char programs[RUNNERS][4096], port_text[16], target[32];

static void bench_oneshot(void)
{
    struct contest c = {.input = "/dev/null", .runs = SPAWNS};
    set_command(c.argv[FLOOR], (const char *[]){programs[FLOOR], "oneshot", port_text, NULL});
    set_command(c.argv[TOOL], (const char *[]){programs[TOOL], target, "2+2", NULL});
    struct bench_race r = bench_race(RUNNERS, run, &c);
    bench_goal_row("one-shot query: floor", r.seconds[FLOOR] / SPAWNS * 1e6, "us", 1, 0, "");
    /* A time: less is better. */
    bench_goal_row("one-shot query: kq-send", r.seconds[TOOL] / SPAWNS * 1e6, "us",
                   1 / r.speed[TOOL], 1.05, "");
    release(&c);
}

/* A file of `n` lines. */
static void write_lines(char *path, const char *line, long n)
{
    int fd = mkstemp(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    for (long i = 0; f && i < n; i++)
        fprintf(f, "%s\n", line);
    if (!f || fclose(f))
        floor_die(path);
}

static void bench_queries(const char *text, int depth, double goal)
{
    char path[] = "/tmp/bench_send_ipc.XXXXXX", n_text[16], depth_text[16], name[64];
    long n = depth > 1 ? PIPELINED : QUERIES;
    snprintf(n_text, sizeof n_text, "%ld", n);
    snprintf(depth_text, sizeof depth_text, "%d", depth);
    write_lines(path, text, n);
    struct contest c = {.input = path, .runs = 1};
    set_command(c.argv[FLOOR], (const char *[]){programs[FLOOR], "queries", port_text, n_text,
                                                depth_text, text, NULL});
    set_command(c.argv[TOOL],
                (const char *[]){programs[TOOL], "-l", "-P", depth_text, target, NULL});
    struct bench_race r = bench_race(RUNNERS, run, &c);
    double k = (double)n / 1000;
    snprintf(name, sizeof name, "-l -P %d, %s: floor", depth, text);
    bench_goal_row(name, k / r.seconds[FLOOR], "k/s", 1, 0, "");
    snprintf(name, sizeof name, "-l -P %d, %s: kq-send", depth, text);
    bench_goal_row(name, k / r.seconds[TOOL], "k/s", r.speed[TOOL], goal, "");
    release(&c);
    unlink(path);
}

int main(void)
{
    const char *build = getenv("KQ_BUILD");
    int port;
    pid_t server = start_server(&port);
    snprintf(programs[FLOOR], sizeof programs[FLOOR], "%s/bench/ipc_floor",
             build ? build : "build");
    snprintf(programs[TOOL], sizeof programs[TOOL], "%s/kq-send", build ? build : "build");
    snprintf(port_text, sizeof port_text, "%d", port);
    snprintf(target, sizeof target, "127.0.0.1:%d", port);
    bench_oneshot();
    bench_queries("2+2", 1, 0.97);
    bench_queries("1+1", 1, 0.97);
    bench_queries("til 10", 1, 0.97);
    bench_queries("select from quotes", 1, 0.97);
    bench_queries("2+2", 32, 0.5);
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    return 0;
}

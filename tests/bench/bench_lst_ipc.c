/*
 * bench_lst_ipc.c - kq-listen beside a bare epoll server (floor.h).
 *
 * The same client asks both in turns, and a third server: the bare one with
 * the evaluator in it, which decodes, evaluates and encodes, but has no rules,
 * faults, log, sessions or queues.  So a row says how far kq-listen is from
 * the least a server can cost, and the row before it how much of that is q.
 *
 * Behind each row stands what the server's process used of a processor for one
 * job: where client and server share busy cores, rates wander and this does not.
 *
 * Every connection asks again as soon as it is answered.  In a fan-out the
 * publisher sends BURST single-row tables and waits until all subscribers have
 * them; the q side is the usual .u.pub, with a list of handles and symbols for
 * each table.
 */
#include "base/buf.h"
#include "floor.h"
#include "lib.h"
#include "obj/list.h"
#include "q/q.h"
#include "wire/decode.h"
#include "wire/encode.h"

#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { BARE, EVALUATING, LISTEN, SERVERS, CONNS_MAX = 256, BURST = 10 };

static const char script[] =
    "trade:([]time:0#0Np;sym:0#`;price:0#0f;size:0#0j)\n"
    "quotes:([]sym:20#`a`bb`ccc`dddd;bid:100+0.25*til 20;ask:101+0.25*til 20;n:til 20)\n"
    ".u.w:(enlist`trade)!enlist()\n"
    ".u.sub:{[t;s].u.w[t],:enlist(.z.w;s);t}\n"
    ".u.sel:{$[`~y;x;select from x where sym in y]}\n"
    ".u.pub:{[t;x]{[t;x;w]if[count x:.u.sel[x]w 1;(neg first w)(`upd;t;x)]}[t;x]each .u.w t;}\n"
    "upd:.u.pub\n"
    ".z.pc:{.u.w:{x where not y=first each x}[;x]each .u.w}\n";

static const char *const queries[] = {"2+2", "til 10", "select from quotes"};
static const char *const subscribe = ".u.sub[`trade;`]";
enum { QUERIES = 3 };

static int ports[SERVERS];
static pid_t pids[SERVERS];

/* ---- servers ---------------------------------------------------------------------- */

static void encode(struct kq_buf *frame, enum kq_kind kind, const struct kq_obj *value)
{
    struct kq_err err;
    kq_buf_clear(frame);
    if (!kq_encode_msg(frame, kind, value, NULL, &err)) {
        fprintf(stderr, "bench_lst_ipc: %s\n", err.msg);
        exit(1);
    }
}

struct evaluating {
    struct q *q;
    struct floor_server *server;
    struct kq_buf frame;
};

static struct kq_obj *evaluating_send(void *arg, struct q *q, int64_t handle, struct kq_obj *msg)
{
    struct evaluating *e = arg;
    (void)q;
    encode(&e->frame, KQ_ASYNC, msg);
    floor_put(e->server, e->server->peers[-handle], e->frame.data, e->frame.len);
    return kq_generic_null();
}

static void evaluating_take(struct floor_server *s, struct floor_peer *p, const uint8_t *bytes,
                            size_t len)
{
    struct evaluating *e = s->arg;
    struct kq_rcbuf *frame = kq_rcbuf_new(len);
    struct kq_err err;
    memcpy(frame->data, bytes, len);
    struct kq_msg msg = {.frame = frame, .len = len};
    if (!kq_header_parse(frame->data, &msg.head, &err))
        exit(1);
    struct kq_obj *request = kq_decode_msg(&msg, NULL, &err);
    q_set_peer(e->q, &(struct q_peer){.handle = p->fd, .user = kq_sym_null});
    struct kq_obj *value = q_request(e->q, request, msg.head.kind == KQ_SYNC);
    if (!value) {
        fprintf(stderr, "bench_lst_ipc: '%s\n", q_error(e->q));
        exit(1);
    }
    if (msg.head.kind == KQ_SYNC) {
        encode(&e->frame, KQ_RESPONSE, value);
        floor_put(s, p, e->frame.data, e->frame.len);
    }
    kq_unref(value);
    kq_unref(request);
    kq_rcbuf_unref(frame);
}

static struct q *new_evaluator(struct evaluating *e)
{
    struct q_host host = {.arg = e, .send = evaluating_send};
    struct q *q = q_new(&host, NULL);
    kq_unref(q_eval_text(q, script, sizeof script - 1));
    return q;
}

/* The bare server's answers are what the evaluator says, encoded once. */
static void learn(struct floor_known *k)
{
    struct evaluating none = {0};
    struct q *q = new_evaluator(&none);
    struct kq_buf frame;
    kq_buf_init(&frame, KQ_BUF_NOMAX);
    for (; k->n < QUERIES; k->n++) {
        struct kq_obj *value = q_eval_text(q, queries[k->n], strlen(queries[k->n]));
        encode(&frame, KQ_RESPONSE, value);
        kq_unref(value);
        k->at[k->n].query_len = floor_query(k->at[k->n].query, queries[k->n]);
        k->at[k->n].answer_len = frame.len;
        memcpy(k->at[k->n].answer, frame.data, frame.len);
    }
    kq_buf_release(&frame);
    q_free(q);
}

static void start_bare(void)
{
    static struct floor_server s = {.take = floor_take};
    static struct floor_known known;
    ports[BARE] = floor_listen(&s);
    pids[BARE] = fork();
    if (pids[BARE])
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    learn(&known);
    s.arg = &known;
    floor_serve(&s);
}

static void start_evaluating(void)
{
    static struct floor_server s = {.take = evaluating_take};
    static struct evaluating e = {.server = &s};
    ports[EVALUATING] = floor_listen(&s);
    pids[EVALUATING] = fork();
    if (pids[EVALUATING])
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    kq_buf_init(&e.frame, KQ_BUF_NOMAX);
    e.q = new_evaluator(&e);
    s.arg = &e;
    floor_serve(&s);
}

/* kq-listen tells its port through a pipe. */
static void start_listen(void)
{
    char path[] = "/tmp/bench_lst_ipc.XXXXXX.q", port[16] = "", fd[16], program[4096];
    const char *build = getenv("KQ_BUILD");
    int ready[2], file = mkstemps(path, 2);
    if (file < 0 || write(file, script, sizeof script - 1) < 0 || pipe(ready))
        floor_die(path);
    close(file);
    snprintf(fd, sizeof fd, "%d", ready[1]);
    snprintf(program, sizeof program, "%s/kq-listen", build ? build : "build");
    pids[LISTEN] = fork();
    if (!pids[LISTEN]) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execl(program, program, "--log", "none", "--ready-fd", fd, path, (char *)NULL);
        floor_die(program);
    }
    close(ready[1]);
    if (read(ready[0], port, sizeof port - 1) <= 0)
        floor_die("kq-listen");
    close(ready[0]);
    unlink(path);
    ports[LISTEN] = atoi(port);
}

/* ---- load ---------------------------------------------------------------------------- */

/* Connections to each server, all of the same purpose. */
struct load {
    int n;     /* connections that ask or have subscribed */
    long jobs; /* of one turn */
    int fd[SERVERS][CONNS_MAX];
    int epoll[SERVERS];
    int publisher[SERVERS];
    uint8_t query[1024];
    size_t query_len, answer_len;
};

static void open_load(struct load *l, int conns)
{
    l->n = conns;
    for (int s = 0; s < SERVERS; s++) {
        l->epoll[s] = epoll_create1(EPOLL_CLOEXEC);
        for (int i = 0; i < conns; i++) {
            int fd = l->fd[s][i] = floor_dial(ports[s]);
            struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
            epoll_ctl(l->epoll[s], EPOLL_CTL_ADD, fd, &e);
        }
    }
}

static void close_load(struct load *l)
{
    for (int s = 0; s < SERVERS; s++) {
        for (int i = 0; i < l->n; i++)
            close(l->fd[s][i]);
        close(l->epoll[s]);
    }
}

static void ask_in_turn(struct load *l, int fd)
{
    uint8_t answer[4096];
    for (long i = 0; i < l->jobs; i++) {
        floor_write(fd, l->query, l->query_len);
        floor_read(fd, answer, l->answer_len);
    }
}

/* All connections at once.  An answer is small enough to come in one piece. */
static void ask_together(struct load *l, int server)
{
    uint8_t answer[4096];
    struct epoll_event e[FLOOR_EVENTS];
    long asked = l->n;
    for (int i = 0; i < l->n; i++)
        floor_write(l->fd[server][i], l->query, l->query_len);
    for (long answered = 0; answered < l->jobs;) {
        int n = epoll_wait(l->epoll[server], e, FLOOR_EVENTS, -1);
        for (int i = 0; i < n; i++, answered++) {
            floor_read(e[i].data.fd, answer, l->answer_len);
            if (asked++ < l->jobs)
                floor_write(e[i].data.fd, l->query, l->query_len);
        }
    }
}

static double run_queries(void *arg, int server)
{
    struct load *l = arg;
    int64_t start = bench_now_ns();
    if (l->n == 1)
        ask_in_turn(l, l->fd[server][0]);
    else
        ask_together(l, server);
    return (double)(bench_now_ns() - start) / 1e9;
}

static double run_connects(void *arg, int server)
{
    struct load *l = arg;
    int64_t start = bench_now_ns();
    for (long i = 0; i < l->jobs; i++)
        close(floor_dial(ports[server]));
    return (double)(bench_now_ns() - start) / 1e9;
}

static double run_fanout(void *arg, int server)
{
    struct load *l = arg;
    static uint8_t got[FLOOR_ROOM];
    int64_t start = bench_now_ns();
    for (long sent = 0; sent < l->jobs; sent += BURST) {
        for (int i = 0; i < BURST; i++)
            floor_write(l->publisher[server], l->query, l->query_len);
        for (int i = 0; i < l->n; i++)
            floor_read(l->fd[server][i], got, BURST * l->answer_len);
    }
    return (double)(bench_now_ns() - start) / 1e9;
}

/* ---- rows ------------------------------------------------------------------------------ */

/* Nanoseconds that a server has computed so far. */
static double used_ns(int server)
{
    clockid_t clock;
    struct timespec ts;
    if (clock_getcpuclockid(pids[server], &clock) || clock_gettime(clock, &ts))
        return 0;
    return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

/* Race for the rate of `jobs` jobs a turn. */
static void race(const char *what, double (*run)(void *arg, int server), struct load *l, long jobs,
                 double goal)
{
    static const char *const names[] = {"bare epoll", "bare epoll and q", "kq-listen"};
    char name[64], note[64];
    double before[SERVERS];
    for (int s = 0; s < SERVERS; s++)
        before[s] = used_ns(s);
    struct bench_race r = bench_race(SERVERS, run, l);
    for (int s = 0; s < SERVERS; s++) {
        double us = (used_ns(s) - before[s]) / 1000 / ((double)jobs * (BENCH_ROUNDS + 1));
        snprintf(name, sizeof name, "%s: %s", what, names[s]);
        snprintf(note, sizeof note, "  %.2f us of CPU", us);
        bench_goal_row(name, (double)jobs / 1000 / r.seconds[s], "k/s", r.speed[s],
                       s == LISTEN ? goal : 0, note);
    }
}

static void bench_queries(int conns, const char *text, double goal)
{
    static struct load l;
    static uint8_t answer[FLOOR_ROOM];
    char what[64];
    l.query_len = floor_query(l.query, text);
    l.jobs = conns == 1 ? 2000 : 5120;
    open_load(&l, conns);
    for (int s = 0; s < SERVERS; s++)
        l.answer_len = floor_ask(l.fd[s][0], text, answer);
    snprintf(what, sizeof what, "%s, %d conn", text, conns);
    race(what, run_queries, &l, l.jobs, goal);
    close_load(&l);
}

static void bench_connects(void)
{
    static struct load l = {.jobs = 400};
    race("connect, log in, close", run_connects, &l, l.jobs, 0.95);
}

static void bench_fanout(int subscribers)
{
    static struct load l;
    static uint8_t answer[FLOOR_ROOM];
    static const char row[] = "(`upd;`trade;([]time:1#.z.p;sym:1#`abc;price:1#1.5;size:1#100))";
    struct evaluating none = {0};
    struct q *q = new_evaluator(&none);
    struct kq_buf frame;
    char what[64];
    kq_buf_init(&frame, KQ_BUF_NOMAX);
    struct kq_obj *message = q_eval_text(q, row, sizeof row - 1);
    encode(&frame, KQ_ASYNC, message);
    kq_unref(message);
    q_free(q);
    memcpy(l.query, frame.data, frame.len);
    l.query_len = l.answer_len = frame.len;
    kq_buf_release(&frame);
    l.jobs = subscribers == 1 ? 1000 : 100;
    open_load(&l, subscribers);
    for (int s = 0; s < SERVERS; s++) {
        for (int i = 0; i < subscribers; i++)
            floor_ask(l.fd[s][i], subscribe, answer);
        l.publisher[s] = floor_dial(ports[s]);
    }
    snprintf(what, sizeof what, "fan-out to %d", subscribers);
    race(what, run_fanout, &l, l.jobs * subscribers, 0);
    for (int s = 0; s < SERVERS; s++)
        close(l.publisher[s]);
    close_load(&l);
}

int main(void)
{
    start_bare();
    start_evaluating();
    start_listen();
    bench_queries(1, queries[0], 0.97);
    bench_queries(16, queries[0], 0.97);
    bench_queries(256, queries[0], 0.95);
    bench_queries(1, queries[1], 0);
    bench_queries(1, queries[2], 0);
    bench_connects();
    bench_fanout(1);
    bench_fanout(100);
    for (int s = 0; s < SERVERS; s++) {
        kill(pids[s], SIGKILL);
        waitpid(pids[s], NULL, 0);
    }
    return 0;
}

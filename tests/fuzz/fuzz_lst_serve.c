/*
 * fuzz_lst_serve.c - what one client says to a whole server, from its first
 * byte on: the kind of protocol, the login, messages, HTTP.
 *
 * The client is the other end of a socket pair.  The first byte of the input
 * chooses the size of the pieces, the second what the server does with a
 * request and which fault strikes.  Nothing waits: q code gets no way to.
 */
#include "base/mem.h"
#include "host.h"
#include "ipc.h"
#include "sniff.h"
#include "web.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const faults[] = {
    NULL,
    "truncate=9",
    "dup",
    "async-first",
    "swap",
    "corrupt=9",
    "length=+3",
    "compress=huge",
    "limit=20",
    "chunk=2",
    "close",
    "rst",
    "half-close",
    "hang",
    "type=0x55",
    "endian=big",
    "cap=0",
    "refuse-auth",
    "wrong-kind",
    "reserved=7",
    "cap=255",
    "length=max",
    "compress=always",
    "compress=bad",
};

static const char handlers[] =
    ".z.ws:{neg[.z.w]x}\n.z.pw:{[u;p]not p~\"no\"}\n.z.pc:{pc::x}\n.z.bm:{bm::x}\n"
    ".z.po:{po::x}\n.z.ac:{(1;\"ann\")}";

static void nothing(struct lst_context *c)
{
    (void)c;
}

/* Only what need not wait for an answer or for a peer that reads. */
static struct kq_obj *tell(void *arg, struct q *q, int64_t handle, struct kq_obj *msg)
{
    struct q_host host = lst_host(arg);
    if (handle > 0 || kq_is_generic_null(msg))
        return q_fail(q, "nyi");
    return host.send(arg, q, handle, msg);
}

static struct q *new_evaluator(struct lst_context *c)
{
    struct q_host host = {.arg = c, .send = tell};
    struct q_limits limits = {.steps = 20000, .ms = 500, .bytes = 64 << 20};
    host.handles = lst_host(c).handles;
    host.close = lst_host(c).close;
    struct q *q = q_new(&host, &limits);
    kq_unref(q_eval_text(q, handlers, sizeof handlers - 1));
    return q;
}

static void on_known(void *arg, struct kq_stream *stream, enum lst_protocol protocol)
{
    if (protocol == LST_IPC)
        lst_ipc_serve_take(arg, stream);
    else
        lst_web_serve_take(arg, stream);
}

static void on_failed(void *arg, bool spoke, const struct kq_err *err)
{
    (void)arg;
    if (spoke && !err->code)
        abort();
}

/* A few turns of the loop, with the client reading what came. */
static void turn(struct lst_context *c, int client)
{
    char waste[4096];
    for (int i = 0; i < 4; i++) {
        kq_loop_poll(c->loop);
        while (recv(client, waste, sizeof waste, MSG_DONTWAIT) > 0)
            ;
    }
}

static void talk(struct lst_context *c, int client, const uint8_t *p, size_t n, size_t piece)
{
    while (n) {
        ssize_t sent = send(client, p, piece < n ? piece : n, MSG_DONTWAIT | MSG_NOSIGNAL);
        turn(c, client);
        if (sent < 0 && errno != EAGAIN)
            return;
        if (sent > 0) {
            p += sent;
            n -= (size_t)sent;
        }
    }
    shutdown(client, SHUT_WR);
    turn(c, client);
}

/* The parts of a server that a connection meets, new but for the evaluator, which takes long. */
static void start(struct lst_context *c, const struct lst_opts *opts, struct kq_out *out,
                  const char *fault)
{
    static const struct kq_prog prog = {.name = "fuzz"};
    struct q *q = c->q;
    *c = (struct lst_context){.opts = opts,
                              .prog = &prog,
                              .out = out,
                              .tplog = {.fd = -1},
                              .home_fd = -1,
                              .journal = {.out = out, .form = LST_JOURNAL_JSON},
                              .on_settled = nothing};
    kq_buf_init(&c->frame, KQ_BUF_NOMAX);
    c->loop = c->sessions.loop = kq_loop_new(NULL);
    c->q = q ? q : new_evaluator(c);
    lst_faults_seed(&c->faults, 1);
    if (fault && lst_faults_add(&c->faults, kq_strz(fault), NULL) < 0)
        abort();
}

static void stop(struct lst_context *c)
{
    c->stopping = true;
    lst_sessions_close(&c->sessions);
    kq_loop_free(c->loop);
    if (c->sessions.count)
        abort();
    lst_sessions_release(&c->sessions);
    kq_buf_release(&c->frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lst_context c;
    static const enum lst_action actions[] = {LST_EVAL, LST_ECHO, LST_LITERAL, LST_CLOSE};
    struct lst_opts opts;
    struct kq_out out;
    int pair[2];
    if (size < 2 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair))
        return 0;
    lst_opts_init(&opts);
    opts.common.max_size = 1 << 20;
    opts.server.max_queue = 1 << 20;
    kq_out_init_mem(&out);
    start(&c, &opts, &out, faults[(data[1] >> 2) % (sizeof faults / sizeof *faults)]);
    c.otherwise.action = actions[data[1] & 3];
    struct lst_sniffer sniffer = {
        .loop = c.loop, .on_known = on_known, .on_failed = on_failed, .arg = &c};
    lst_sniffer_take(&sniffer, pair[0]);
    talk(&c, pair[1], data + 2, size - 2, data[0] + 1u);
    close(pair[1]);
    kq_loop_poll(c.loop);
    lst_sniffer_close(&sniffer);
    stop(&c);
    kq_out_release(&out);
    lst_opts_release(&opts);
    return 0;
}

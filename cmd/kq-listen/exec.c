/*
 * exec.c - a child is a process, two pipes and a descriptor that tells its end.
 *
 * What the child printed is taken when it ends, not when its output is closed:
 * something it left running in the background may hold that open for long.
 */
#include "exec.h"

#include "base/buf.h"
#include "base/mem.h"
#include "cli/opt_format.h"
#include "context.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of one answer, and of one read, so that a talkative child does not keep the loop busy. */
enum { OUTPUT_MAX = 256 << 20, PIECE = 65536 };

struct lst_child {
    struct lst_exchange *x;
    struct lst_exec *owner;
    struct lst_child *next; /* that waits to be started */
    bool waiting;
    bool timed_out;
    pid_t pid; /* 0: not running */
    int pidfd, in, out;
    struct kq_watch ended, writable, readable;
    struct kq_timer timer;
    struct kq_buf input;
    size_t written;
    struct kq_buf output;
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void close_input(struct lst_child *c)
{
    if (c->in >= 0)
        kq_watch_set(&c->writable, false, false);
    close_fd(&c->in);
}

static void close_output(struct lst_child *c)
{
    if (c->out >= 0)
        kq_watch_set(&c->readable, false, false);
    close_fd(&c->out);
}

/* ---- waiting in line ---------------------------------------------------------------- */

static void start(struct lst_child *c);

static void enqueue(struct lst_child *c)
{
    struct lst_exec *e = c->owner;
    if (!e->first)
        e->last = &e->first;
    *e->last = c;
    e->last = &c->next;
    c->waiting = true;
}

static void dequeue(struct lst_child *c)
{
    struct lst_exec *e = c->owner;
    struct lst_child **p = &e->first;
    while (*p != c)
        p = &(*p)->next;
    *p = c->next;
    if (e->last == &c->next)
        e->last = p;
    c->waiting = false;
}

static void start_next(struct lst_exec *e)
{
    struct lst_child *c = e->first;
    if (!c || e->running >= e->limit)
        return;
    dequeue(c);
    start(c);
}

/* ---- the end ---------------------------------------------------------------------------- */

static void release(struct lst_child *c)
{
    kq_timer_stop(&c->timer);
    close_input(c);
    close_output(c);
    if (c->pidfd >= 0)
        kq_watch_set(&c->ended, false, false);
    close_fd(&c->pidfd);
    kq_buf_release(&c->input);
    kq_buf_release(&c->output);
    free(c);
}

/* Nobody wants the answer any more. */
static void cancel(struct lst_exchange *x)
{
    struct lst_child *c = x->helper;
    struct lst_exec *e = c->owner;
    if (c->waiting)
        dequeue(c);
    if (c->pid) {
        kill(-c->pid, SIGKILL);
        waitpid(c->pid, NULL, 0);
        e->running--;
    }
    release(c);
    start_next(e);
}

static void finish(struct lst_child *c, const struct kq_obj *value, const char *error)
{
    struct lst_exchange *x = c->x;
    lst_answer(x, value, error);
    lst_exchange_done(x);
}

/* The value that the child printed, or NULL with `err`. */
static struct kq_obj *result_of(struct lst_child *c, int status, struct kq_err *err)
{
    if (c->timed_out)
        kq_err_set(err, KQ_EQ, "stop");
    else if (c->output.failed)
        kq_err_set(err, KQ_EQ, "exec: more than %d MB of output", OUTPUT_MAX >> 20);
    else if (WIFSIGNALED(status))
        kq_err_set(err, KQ_EQ, "exec: signal %d", WTERMSIG(status));
    else if (WEXITSTATUS(status))
        kq_err_set(err, KQ_EQ, "exec: exit status %d", WEXITSTATUS(status));
    else
        return lst_shape_read(c->owner->format, c->output.data, c->output.len, err);
    return NULL;
}

static void answer_with(struct lst_child *c, int status)
{
    struct kq_err err;
    struct kq_obj *value = result_of(c, status, &err);
    if (!value)
        finish(c, NULL, err.msg);
    else if (value->type == KQ_ERROR)
        finish(c, NULL, kq_sym_text(value));
    else
        finish(c, value, NULL);
    kq_unref(value);
}

/* Read a piece; true when there may be another one now.  A child that prints too much ends. */
static bool read_piece(struct lst_child *c)
{
    uint8_t *room = kq_buf_reserve(&c->output, PIECE);
    ssize_t n = room ? read(c->out, room, PIECE) : -1;
    if (n > 0)
        kq_buf_advance(&c->output, (size_t)n);
    if (!room && c->pid)
        kill(-c->pid, SIGKILL);
    if (n == 0 || !room || (n < 0 && errno != EAGAIN && errno != EINTR))
        kq_watch_set(&c->readable, false, false);
    return n > 0 || (room && n < 0 && errno == EINTR);
}

static void on_output(void *arg, bool readable, bool writable)
{
    (void)readable;
    (void)writable;
    read_piece(arg);
}

static void on_end(void *arg, bool readable, bool writable)
{
    struct lst_child *c = arg;
    int status = 0;
    (void)readable;
    (void)writable;
    while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
        ;
    c->pid = 0;
    c->owner->running--;
    while (read_piece(c))
        ;
    answer_with(c, status);
}

static void on_timeout(void *arg)
{
    struct lst_child *c = arg;
    c->timed_out = true;
    kill(-c->pid, SIGKILL);
}

/* ---- the beginning -------------------------------------------------------------------------- */

static void on_input(void *arg, bool readable, bool writable)
{
    struct lst_child *c = arg;
    (void)readable;
    (void)writable;
    ssize_t n = write(c->in, c->input.data + c->written, c->input.len - c->written);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n > 0)
        c->written += (size_t)n;
    if (n <= 0 || c->written == c->input.len) /* a child need not read it */
        close_input(c);
}

static char *variable(const char *name, const char *value)
{
    char *text = kq_malloc(strlen(name) + strlen(value) + 2);
    sprintf(text, "%s=%s", name, value);
    return text;
}

/* Ours, without the password, and what the child is told; the last `*ours` are malloced. */
static char **environment(const struct lst_exchange *x, size_t *first)
{
    static const char *const names[] = {"KQ_PEER", "KQ_USER", "KQ_KIND", "KQ_HANDLE"};
    const struct lst_session *s = x->session;
    char handle[16];
    size_t n = 0, room = 8;
    for (char **e = environ; *e; e++)
        room++;
    char **env = kq_malloc(room * sizeof *env);
    for (char **e = environ; *e; e++) {
        if (strncmp(*e, "KQ_PASSWORD", 11) != 0)
            env[n++] = *e;
    }
    *first = n;
    snprintf(handle, sizeof handle, "%d", s->handle);
    const char *values[] = {s->peer, s->user, kq_kind_name(x->kind), handle};
    for (size_t i = 0; i < 4; i++)
        env[n++] = variable(names[i], values[i]);
    env[n] = NULL;
    return env;
}

static void free_environment(char **env, size_t first)
{
    for (; env[first]; first++)
        free(env[first]);
    free(env);
}

static bool spawn(struct lst_child *c, int in, int out)
{
    char *argv[] = {kq_strdup("sh"), kq_strdup("-c"), kq_strdup(c->owner->command), NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t defaults, none;
    size_t ours;
    char **env = environment(c->x, &ours);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in, 0);
    posix_spawn_file_actions_adddup2(&files, out, 1);
    posix_spawnattr_init(&attr);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&attr, &defaults);
    sigemptyset(&none); /* we keep signals blocked, see signals.h */
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setpgroup(&attr, 0);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
                                        POSIX_SPAWN_SETSIGMASK);
    errno = posix_spawn(&c->pid, "/bin/sh", &files, &attr, argv, env);
    bool ok = errno == 0;
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    free_environment(env, ours);
    for (int i = 0; i < 3; i++)
        free(argv[i]);
    if (!ok)
        c->pid = 0;
    return ok;
}

static bool open_pipes(struct lst_child *c, int *in, int *out)
{
    int to[2], from[2];
    if (pipe2(to, O_CLOEXEC))
        return false;
    if (pipe2(from, O_CLOEXEC)) {
        close(to[0]);
        close(to[1]);
        return false;
    }
    *in = to[0];
    *out = from[1];
    c->in = to[1];
    c->out = from[0];
    fcntl(c->in, F_SETFL, O_NONBLOCK);
    fcntl(c->out, F_SETFL, O_NONBLOCK);
    return true;
}

static bool launch(struct lst_child *c)
{
    int in = -1, out = -1;
    bool ok = open_pipes(c, &in, &out) && spawn(c, in, out);
    int saved = errno;
    close_fd(&in);
    close_fd(&out);
    if (ok) {
        c->pidfd = pidfd_open(c->pid, 0);
        saved = errno;
        ok = c->pidfd >= 0;
    }
    errno = saved;
    return ok;
}

static void start(struct lst_child *c)
{
    struct kq_loop *loop = c->x->session->context->loop;
    if (!launch(c)) {
        char text[128];
        snprintf(text, sizeof text, "exec: %s", strerror(errno));
        finish(c, NULL, text);
        return;
    }
    c->owner->running++;
    kq_watch_init(&c->ended, loop, c->pidfd, on_end, c);
    kq_watch_set(&c->ended, true, false);
    kq_watch_init(&c->readable, loop, c->out, on_output, c);
    kq_watch_set(&c->readable, true, false);
    kq_watch_init(&c->writable, loop, c->in, on_input, c);
    kq_watch_set(&c->writable, false, true);
    if (c->owner->timeout_ms)
        kq_timer_start(&c->timer, c->owner->timeout_ms);
}

void lst_exec_run(struct lst_exchange *x)
{
    struct lst_context *ctx = x->session->context;
    struct lst_child *c = kq_calloc(1, sizeof *c);
    if (x->session->held != x)
        x = lst_exchange_hold(x);
    c->owner = ctx->exec;
    c->x = x;
    c->pidfd = c->in = c->out = -1;
    kq_timer_init(&c->timer, ctx->loop, on_timeout, c);
    kq_buf_init(&c->input, KQ_BUF_NOMAX);
    kq_buf_init(&c->output, OUTPUT_MAX);
    lst_shape_write(&c->input, x->request, x->kind, &ctx->opts->format);
    x->helper = c;
    x->cancel = cancel;
    if (c->owner->running < c->owner->limit)
        start(c);
    else
        enqueue(c);
}

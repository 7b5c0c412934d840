/*
 * run.c - the life of an interpreter: limits, errors, and the ways in.
 *
 * An outermost entry (q_eval_text, q_value, q_apply, q_handler while nothing
 * runs) opens a budget of steps and time; entries from inside share it.
 */
#include "q/core.h"
#include "q/dotz.h"
#include "q/parse.h"
#include "q/verb.h"
#include "q/view.h"

#include "base/mem.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>

enum {
    MARGIN = 512 * 1024,          /* of C stack, for what does not recurse */
    STACK_MAX = 64 * 1024 * 1024, /* of C stack, even when there is more */
};

/* ---- life ------------------------------------------------------------------- */

static size_t safe_stack(size_t wanted)
{
    struct rlimit rl;
    size_t have = (size_t)8 << 20;
    if (getrlimit(RLIMIT_STACK, &rl) == 0 && rl.rlim_cur != RLIM_INFINITY)
        have = rl.rlim_cur;
    if (have > STACK_MAX)
        have = STACK_MAX;
    have = have > 2 * (size_t)MARGIN ? have - MARGIN : have / 2;
    return wanted && wanted < have ? wanted : have;
}

/*
 * Results of millions of items come and go; asking the kernel for fresh pages
 * each time costs more than computing them.  So freed memory is kept.
 */
static void keep_memory(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 29);
#endif
}

static uint64_t unguessable(void)
{
    uint64_t v = 0x9e3779b97f4a7c15u; /* a fair choice where the system has none to offer */
    ssize_t n = getrandom(&v, sizeof v, GRND_NONBLOCK);
    (void)n;
    return v;
}

struct q *q_new(const struct q_host *host, const struct q_limits *limits)
{
    struct q *q = kq_calloc(1, sizeof *q);
    if (host)
        q->host = *host;
    if (limits)
        q->limits = *limits;
    keep_memory();
    kq_obj_limit(q->limits.bytes);
    if (q->limits.symbols)
        kq_sym_limit(q->limits.symbols);
    q->stack_room = safe_stack(q->limits.stack);
    q->stack = kq_calloc(Q_STACK_SLOTS, sizeof *q->stack);
    q->precision = 7;
    q->console[0] = 25;
    q->console[1] = 80;
    q->web[0] = 36;
    q->web[1] = 2000;
    q->week_offset = 2;
    q->seed = -314159;
    q->hash_factor = unguessable() | 1;
    q->peer.user = "";
    q_env_init(q);
    q->on_sync = q_env_cell(q, kq_symz(".z.pg"));
    q->on_async = q_env_cell(q, kq_symz(".z.ps"));
    if (!q_verb_init(q)) {
        fprintf(stderr, "q: the prelude is broken: %s\n", q->err);
        abort();
    }
    return q;
}

void q_free(struct q *q)
{
    if (!q)
        return;
    q_env_release(q);
    kq_unref(q->ret);
    free(q->stack);
    free(q);
}

/* Open the budget of a request; true when this is the outermost entry, or the
 * outermost since the host began to wait. */
static bool enter(struct q *q)
{
    if (q->running == q->waits + 1)
        return false;
    q->running = q->waits + 1;
    if (!q->stack_base)
        q->stack_base = (uintptr_t)__builtin_frame_address(0);
    q->fuel = Q_FUEL;
    q->interrupted = 0;
    q->steps_left = q->limits.steps;
    q->deadline_ns = q->limits.ms ? q_monotonic_ns() + q->limits.ms * 1000000 : 0;
    return true;
}

/* A result that is not an error but an early return at top level is that value. */
static struct kq_obj *leave(struct q *q, bool outermost, struct kq_obj *r)
{
    if (outermost)
        q->running = q->waits;
    if (outermost && !q->waits)
        q->stack_base = 0;
    if (!r && q->ret) {
        r = q->ret;
        q->ret = NULL;
    }
    return r;
}

struct q_wait q_wait_begin(struct q *q)
{
    struct q_wait w = {
        .fuel = q->fuel,
        .steps_left = q->steps_left,
        .deadline_ns = q->deadline_ns,
        .frame = q->frame,
        .scope = q->scope,
        .peer = q->peer,
        .level = q->waits,
        .frozen = q->frozen,
        .telling = q->telling,
    };
    q->waits = q->running;
    q->frame = NULL;
    q->scope = NULL;
    q->frozen = q->telling = false;
    return w;
}

void q_wait_end(struct q *q, const struct q_wait *w)
{
    q->running = q->waits;
    q->waits = w->level;
    q->fuel = w->fuel;
    q->steps_left = w->steps_left;
    q->deadline_ns = w->deadline_ns;
    q->frame = w->frame;
    q->scope = w->scope;
    q->peer = w->peer;
    q->frozen = w->frozen;
    q->telling = w->telling;
}

/* ---- ways in ------------------------------------------------------------------ */

struct kq_obj *q_eval_text(struct q *q, const char *text, size_t len)
{
    bool outermost = enter(q);
    struct kq_obj *r = kq_generic_null();
    struct q_parser p;
    q_parser_init(&p, q, text, len);
    while (r && q_parser_more(&p)) {
        kq_unref(r);
        struct kq_obj *tree = q_parse_statement(&p);
        tree = tree ? q_view_whole_take(tree) : NULL;
        q->statement = p.source;
        r = tree ? q_eval(q, tree) : NULL;
        if (r && !q_tree_shows(tree))
            r = q_drop(r, kq_generic_null());
        kq_unref(tree);
    }
    q_parser_release(&p);
    return leave(q, outermost, r);
}

struct kq_obj *q_value(struct q *q, struct kq_obj *request)
{
    bool outermost = enter(q);
    return leave(q, outermost, q_execute(q, request));
}

struct kq_obj *q_apply(struct q *q, struct kq_obj *f, int n, struct kq_obj **args)
{
    bool outermost = enter(q);
    struct kq_obj **a = q_too_deep(q) ? NULL : q_push(q, (size_t)n);
    struct kq_obj *r = NULL;
    if (a) {
        for (int i = 0; i < n; i++)
            a[i] = kq_ref(args[i]);
        r = q_apply_args(q, f, a, n);
        q_pop(q, (size_t)n);
    }
    return leave(q, outermost, r);
}

/* Call what `c` holds; false when it holds nothing. */
static bool call_handler(struct q *q, const struct q_cell *c, int n, struct kq_obj **args,
                         struct kq_obj **result)
{
    if (!c || !c->value)
        return false;
    struct kq_obj *f = kq_ref(c->value); /* it may replace itself */
    *result = q_apply(q, f, n, args);
    kq_unref(f);
    return true;
}

static struct q_cell *find_cell(const struct q *q, const char *name)
{
    void **v = q_map_find(&q->env.cells, kq_symz(name));
    return v ? *v : NULL;
}

bool q_handler(struct q *q, const char *name, int n, struct kq_obj **args, struct kq_obj **result)
{
    char full[16] = ".z.";
    stpncpy(full + 3, name, sizeof full - 4);
    return call_handler(q, find_cell(q, full), n, args, result);
}

struct kq_obj *q_request(struct q *q, struct kq_obj *msg, bool sync)
{
    struct kq_obj *r;
    if (!call_handler(q, sync ? q->on_sync : q->on_async, 1, &msg, &r))
        r = q_value(q, msg);
    return r ? q_drop(r, q_sendable(q, r)) : NULL;
}

/* ---- what the server reads and sets --------------------------------------------- */

void q_set_peer(struct q *q, const struct q_peer *peer)
{
    q->peer = peer ? *peer : (struct q_peer){.user = ""};
}

const struct q_peer *q_peer(const struct q *q)
{
    return &q->peer;
}

struct kq_obj *q_global(struct q *q, const char *name)
{
    const struct q_cell *c = find_cell(q, name);
    return c && c->value ? kq_ref(c->value) : NULL;
}

struct kq_obj *q_call(struct q *q, const char *name, int n, ...)
{
    struct kq_obj *args[8], *f = q_verb_object(q, name, strlen(name));
    va_list ap;
    va_start(ap, n);
    for (int i = 0; i < n; i++)
        args[i] = va_arg(ap, struct kq_obj *);
    va_end(ap);
    return f ? q_apply(q, f, n, args) : q_fail(q, name);
}

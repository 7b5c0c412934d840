/*
 * q.c - the life of an interpreter: limits, errors, and the ways in.
 *
 * An outermost entry (q_eval_text, q_value, q_apply, q_handler while nothing
 * runs) opens a budget of steps and time; entries from inside share it.
 */
#include "q/q.h"

#include "q/apply.h"
#include "q/dotz.h"
#include "q/eval.h"
#include "q/interp.h"
#include "q/parse.h"
#include "q/verb.h"

#include "base/cal.h"

#include "base/mem.h"
#include "obj/null.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum {
    FUEL = 1000,                  /* steps between two looks at the clock */
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

struct q *q_new(const struct q_host *host, const struct q_limits *limits)
{
    struct q *q = kq_calloc(1, sizeof *q);
    if (host)
        q->host = *host;
    if (limits)
        q->limits = *limits;
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
    q->peer.user = kq_sym_null;
    q_env_init(q);
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

/* ---- errors ----------------------------------------------------------------- */

const char *q_error(const struct q *q)
{
    return q->err;
}

struct kq_obj *q_fail(struct q *q, const char *text)
{
    snprintf(q->err, sizeof q->err, "%s", text);
    return NULL;
}

struct kq_obj *q_failf(struct q *q, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(q->err, sizeof q->err, fmt, ap);
    va_end(ap);
    return NULL;
}

/* ---- limits ------------------------------------------------------------------- */

static int64_t monotonic_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * KQ_NS_PER_SEC + t.tv_nsec;
}

bool q_refuel(struct q *q)
{
    q->fuel = 0;
    if (q->interrupted)
        return q_fail(q, "stop");
    if (q->limits.bytes && kq_obj_bytes() > q->limits.bytes)
        return q_fail(q, "wsfull");
    if (q->limits.steps && (q->steps_left -= FUEL) <= 0)
        return q_fail(q, "stop");
    if (q->deadline_ns && monotonic_ns() >= q->deadline_ns)
        return q_fail(q, "stop");
    q->fuel = FUEL;
    return true;
}

void q_interrupt(struct q *q)
{
    q->interrupted = 1;
}

static uintptr_t here(void)
{
    return (uintptr_t)__builtin_frame_address(0);
}

bool q_too_deep(struct q *q)
{
    uintptr_t at = here();
    if (q->stack_base - at < q->stack_room || q->stack_base < at)
        return false;
    q_fail(q, "stack");
    return true;
}

struct kq_obj **q_push(struct q *q, size_t n)
{
    if (n > Q_STACK_SLOTS - q->sp) {
        q_fail(q, "stack");
        return NULL;
    }
    struct kq_obj **at = q->stack + q->sp;
    memset(at, 0, n * sizeof(struct kq_obj *));
    q->sp += n;
    return at;
}

void q_pop(struct q *q, size_t n)
{
    while (n-- > 0)
        kq_unref(q->stack[--q->sp]);
}

struct kq_obj *q_vec(struct q *q, int type, int64_t n)
{
    struct kq_obj *o = kq_vec_new(type, n);
    return o ? o : q_fail(q, "wsfull");
}

/* Open the budget of a request; true when this is the outermost entry. */
static bool enter(struct q *q)
{
    if (q->stack_base)
        return false;
    q->stack_base = here();
    q->fuel = FUEL;
    q->interrupted = 0;
    q->steps_left = q->limits.steps;
    q->deadline_ns = q->limits.ms ? monotonic_ns() + q->limits.ms * 1000000 : 0;
    return true;
}

/* A result that is not an error but an early return at top level is that value. */
static struct kq_obj *leave(struct q *q, bool outermost, struct kq_obj *r)
{
    if (outermost)
        q->stack_base = 0;
    if (!r && q->ret) {
        r = q->ret;
        q->ret = NULL;
    }
    return r;
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
    struct kq_obj **a = q_push(q, (size_t)n);
    struct kq_obj *r = NULL;
    if (a) {
        for (int i = 0; i < n; i++)
            a[i] = kq_ref(args[i]);
        r = q_apply_args(q, f, a, n);
        q_pop(q, (size_t)n);
    }
    return leave(q, outermost, r);
}

bool q_handler(struct q *q, const char *name, int n, struct kq_obj **args, struct kq_obj **result)
{
    char full[32];
    snprintf(full, sizeof full, ".z.%s", name);
    struct kq_obj *f = q_global(q, full);
    if (!f)
        return false;
    *result = q_apply(q, f, n, args);
    kq_unref(f);
    return true;
}

struct kq_obj *q_request(struct q *q, struct kq_obj *msg, bool sync)
{
    struct kq_obj *r;
    if (!q_handler(q, sync ? "pg" : "ps", 1, &msg, &r))
        r = q_value(q, msg);
    return r ? q_drop(r, q_sendable(q, r)) : NULL;
}

/* ---- what the server reads and sets --------------------------------------------- */

void q_set_peer(struct q *q, const struct q_peer *peer)
{
    q->peer = peer ? *peer : (struct q_peer){.user = kq_sym_null};
}

const struct q_peer *q_peer(const struct q *q)
{
    return &q->peer;
}

struct kq_obj *q_global(struct q *q, const char *name)
{
    void **v = q_map_find(&q->env.cells, kq_symz(name));
    struct q_cell *c = v ? *v : NULL;
    return c && c->value ? kq_ref(c->value) : NULL;
}

bool q_set_global(struct q *q, const char *name, struct kq_obj *value)
{
    return q_env_store(q, q_env_cell(q, kq_symz(name)), value);
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

bool q_text(const struct kq_obj *o, struct kq_str *text)
{
    if (o->type == KQ_CHAR)
        *text = kq_str((const char *)kq_data(o), (size_t)o->n);
    else if (o->type == -KQ_CHAR)
        *text = kq_str((const char *)&o->u.j, 1);
    else
        return false;
    return true;
}

bool q_integer(const struct kq_obj *o, int64_t *v)
{
    if (o->type != -KQ_LONG && o->type != -KQ_INT && o->type != -KQ_SHORT &&
        o->type != -KQ_BOOLEAN && o->type != -KQ_BYTE)
        return false;
    *v = kq_is_null_at(o, 0) ? INT64_MIN : o->u.j;
    return true;
}

/*
 * apply.c - one case for each kind of value that can stand in front of
 * arguments.
 */
#include "q/core.h"
#include "q/enum.h"
#include "q/verb.h"

enum { MAX_NESTING = 1000 };

/* Bytes of a value that is sent or printed, when no other limit is set. */
#define MAX_SENT (UINT64_C(4) << 30)

/* ---- projections and compositions ---------------------------------------------- */

/* f with some arguments fixed; elided ones are open. */
static struct kq_obj *project(struct q *q, struct kq_obj *f, struct kq_obj *const *a, int n)
{
    struct kq_obj *p = kq_container_new(KQ_PROJECTION, n + 1);
    if (!p)
        return q_fail(q, "wsfull");
    kq_items(p)[0] = kq_ref(f);
    for (int i = 0; i < n; i++)
        kq_items(p)[i + 1] = kq_ref(a[i]);
    return p;
}

static bool any_elided(struct kq_obj *const *a, int n)
{
    for (int i = 0; i < n; i++) {
        if (kq_is_elided(a[i]))
            return true;
    }
    return false;
}

/* Open places are filled from the left, the rest is appended. */
static struct kq_obj *apply_projection(struct q *q, struct kq_obj *p, struct kq_obj **a, int n)
{
    int fixed = (int)p->n - 1, open = 0;
    for (int i = 0; i < fixed; i++)
        open += kq_is_elided(kq_child(p, i + 1));
    int total = fixed + (n > open ? n - open : 0), used = 0;
    struct kq_obj **all = q_too_deep(q) ? NULL : q_push(q, (size_t)total);
    if (!all)
        return NULL;
    for (int i = 0; i < total; i++) {
        struct kq_obj *v = i < fixed ? kq_child(p, i + 1) : NULL;
        all[i] = kq_ref(v && (!kq_is_elided(v) || used == n) ? v : a[used++]);
    }
    struct kq_obj *r = q_apply_args(q, kq_child(p, 0), all, total);
    q_pop(q, (size_t)total);
    return r;
}

static struct kq_obj *apply_composition(struct q *q, struct kq_obj *f, struct kq_obj **a, int n)
{
    struct kq_obj *r = q_too_deep(q) ? NULL : q_apply_args(q, kq_child(f, f->n - 1), a, n);
    for (int64_t i = f->n - 1; r && i-- > 0;)
        r = q_drop(r, q_apply1(q, kq_child(f, i), r));
    return r;
}

/* An iterator as a function: (')f derives, '[f;g] composes. */
static struct kq_obj *apply_iterator(struct q *q, struct kq_obj *it, struct kq_obj **a, int n)
{
    if (n == 1 && !kq_is_elided(a[0]))
        return kq_derived(KQ_EACH + it->code, a[0]);
    if (it->code != 0 || n > 2)
        return q_fail(q, "rank");
    if (any_elided(a, n))
        return project(q, it, a, n);
    struct kq_obj *c = kq_container_new(KQ_COMPOSITION, 2);
    kq_items(c)[0] = kq_ref(a[0]);
    kq_items(c)[1] = kq_ref(a[1]);
    return c;
}

/* ---- lambdas and verbs -------------------------------------------------------------- */

static struct kq_obj *run_lambda(struct q *q, struct kq_obj *f, const struct kq_obj *code,
                                 struct kq_obj **slots)
{
    struct q_frame frame = {.slots = slots, .lambda = f, .up = q->frame};
    struct q_scope *scope = q->scope;
    q->frame = &frame;
    q->scope = NULL;
    struct kq_obj *r = q_eval(q, q_code_body(code));
    q->frame = frame.up;
    q->scope = scope;
    if (!r && q->ret) {
        r = q->ret;
        q->ret = NULL;
    }
    return r;
}

/* Arguments move into the frame, so that a value that nobody else holds can be
 * changed in place there. */
static struct kq_obj *call_lambda(struct q *q, struct kq_obj *f, struct kq_obj **a, int n)
{
    struct kq_obj *code = q_lambda_code(q, f);
    if (!code)
        return NULL;
    int rank = q_code_rank(code);
    if (n > rank && (rank || n > 1))
        return q_fail(q, "rank");
    if (n < rank || any_elided(a, n))
        return project(q, f, a, n);
    size_t locals = (size_t)q_code_names(code)->n;
    if (q_too_deep(q))
        return NULL;
    struct kq_obj **slots = q_push(q, locals);
    if (!slots)
        return NULL;
    for (int i = 0; i < rank; i++) {
        slots[i] = a[i];
        a[i] = NULL;
    }
    kq_ref(f);
    kq_ref(code);
    struct kq_obj *r = run_lambda(q, f, code, slots);
    q_pop(q, locals);
    kq_unref(code);
    return q_drop(f, r);
}

static struct kq_obj *call_verb(struct q *q, struct kq_obj *f, const struct q_verb *v,
                                struct kq_obj **a, int n)
{
    if (!v)
        return q_fail(q, "nyi");
    if (n > v->max)
        return q_fail(q, "rank");
    if (n < v->min || any_elided(a, n))
        return project(q, f, a, n);
    q->fuel -= (a[0]->n + a[n - 1]->n) >> Q_ITEMS_PER_STEP; /* long lists are many steps */
    return v->fn(q, a, n);
}

/* ---- names and handles ------------------------------------------------------------------ */

/* `:host:port "query": open, ask, close. */
static struct kq_obj *one_shot(struct q *q, struct kq_obj *address, struct kq_obj *request)
{
    const struct q_host *h = &q->host;
    int64_t handle = 0;
    if (!h->open || !h->send || !h->close || q->peer.restricted)
        return q_fail(q, "access");
    struct kq_obj *opened = h->open(h->arg, q, address), *r = NULL;
    struct kq_obj *msg = opened && q_integer(opened, &handle) ? q_sendable(q, request) : NULL;
    if (msg)
        r = h->send(h->arg, q, handle, msg);
    kq_unref(msg);
    if (opened && !h->close(h->arg, q, handle))
        r = q_drop(r, NULL);
    return q_drop(opened, r);
}

static struct kq_obj *apply_name(struct q *q, struct kq_obj *name, struct kq_obj **a, int n)
{
    if (kq_sym_text(name)[0] == ':')
        return n == 1 ? one_shot(q, name, a[0]) : q_fail(q, "rank");
    struct kq_obj *f = q_env_get(q, kq_sym_text(name));
    return f ? q_drop(f, q_apply_args(q, f, a, n)) : NULL;
}

static struct kq_obj *apply_handle(struct q *q, struct kq_obj *h, struct kq_obj **a, int n)
{
    int64_t handle;
    if (n != 1)
        return q_fail(q, "rank");
    if (!q_integer(h, &handle) || h->type == -KQ_BOOLEAN || h->type == -KQ_BYTE)
        return q_fail(q, "type");
    if (a[0]->type == -KQ_GUID || (kq_type_is_func(a[0]->type) && !kq_is_generic_null(a[0])))
        return q_fail(q, "type");
    if (handle == 0)
        return q_execute(q, a[0]);
    struct kq_str text;
    if (handle < -2 || handle > 2) {
        if (!q->host.send) /* -u 1 leaves clients the handles that are open */
            return q_fail(q, "domain");
        struct kq_obj *msg = q_sendable(q, a[0]);
        return msg ? q_drop(msg, q->host.send(q->host.arg, q, handle, msg)) : NULL;
    }
    if (a[0]->type == KQ_LIST && handle < 0) { /* a list of lines */
        for (int64_t i = 0; i < a[0]->n; i++) {
            struct kq_obj *line = kq_child(a[0], i), *r = apply_handle(q, h, &line, 1);
            if (!r)
                return NULL;
            kq_unref(r);
        }
        return kq_ref(h);
    }
    if (!q_text(a[0], &text))
        return q_fail(q, "type");
    int fd = (int)(handle < 0 ? -handle : handle);
    if (q->host.print) {
        q->host.print(q->host.arg, fd, text.s, text.len);
        if (handle < 0)
            q->host.print(q->host.arg, fd, "\n", 1);
    }
    return kq_ref(h);
}

static struct kq_obj *apply_atom(struct q *q, struct kq_obj *f, struct kq_obj **a, int n)
{
    if (f->type == -KQ_SYMBOL)
        return apply_name(q, f, a, n);
    if (f->type <= -KQ_ENUM)
        return q_fail(q, "type");
    return apply_handle(q, f, a, n);
}

/* ---- all of them -------------------------------------------------------------------------- */

struct kq_obj *q_apply_args(struct q *q, struct kq_obj *f, struct kq_obj **a, int n)
{
    switch (f->type) {
    case KQ_LAMBDA: {
        const struct q_verb *v = q_verb_native(f);
        return v ? call_verb(q, f, v, a, n) : call_lambda(q, f, a, n);
    }
    case KQ_UNARY:
        if (f->code == KQ_CODE_NULL && n == 1)
            return kq_ref(a[0]);
        return call_verb(q, f, q_verb_unary(f->code), a, n);
    case KQ_BINARY: return call_verb(q, f, q_verb_binary(f->code), a, n);
    case KQ_ITERATOR: return apply_iterator(q, f, a, n);
    case KQ_PROJECTION: return apply_projection(q, f, a, n);
    case KQ_COMPOSITION:
        return any_elided(a, n) ? project(q, f, a, n) : apply_composition(q, f, a, n);
    case KQ_EACH:
    case KQ_OVER:
    case KQ_SCAN:
    case KQ_EACHPRIOR:
    case KQ_EACHRIGHT:
    case KQ_EACHLEFT: return any_elided(a, n) ? project(q, f, a, n) : q_apply_derived(q, f, a, n);
    default: break;
    }
    return f->type < 0 ? apply_atom(q, f, a, n) : q_index_deep(q, f, n, a);
}

struct kq_obj *q_apply1(struct q *q, struct kq_obj *f, struct kq_obj *x)
{
    struct kq_obj **a = q_push(q, 1);
    if (!a)
        return NULL;
    a[0] = kq_ref(x);
    struct kq_obj *r = q_apply_args(q, f, a, 1);
    q_pop(q, 1);
    return r;
}

struct kq_obj *q_apply2(struct q *q, struct kq_obj *f, struct kq_obj *x, struct kq_obj *y)
{
    struct kq_obj **a = q_push(q, 2);
    if (!a)
        return NULL;
    a[0] = kq_ref(x);
    a[1] = kq_ref(y);
    struct kq_obj *r = q_apply_args(q, f, a, 2);
    q_pop(q, 2);
    return r;
}

/* Open places, and arguments that are missing at the end. */
static int projection_rank(struct q *q, struct kq_obj *p)
{
    int missing = q_rank(q, kq_child(p, 0)) - (int)(p->n - 1), open = missing > 0 ? missing : 0;
    for (int64_t i = 1; i < p->n; i++)
        open += kq_is_elided(kq_child(p, i));
    return open ? open : 1;
}

int q_rank(struct q *q, struct kq_obj *f)
{
    const struct q_verb *v;
    if (q_too_deep(q))
        return 1; /* applying it will tell */
    switch (f->type) {
    case KQ_LAMBDA:
        if ((v = q_verb_native(f)) != NULL)
            return v->min;
        return q_lambda_code(q, f) ? q_code_rank(kq_child(f, 2)) : 1;
    case KQ_UNARY: return 1;
    case KQ_BINARY:
    case KQ_ITERATOR: return 2;
    case KQ_PROJECTION: return projection_rank(q, f);
    case KQ_COMPOSITION: return q_rank(q, kq_child(f, f->n - 1));
    case KQ_EACH: return q_rank(q, kq_child(f, 0));
    case KQ_EACHRIGHT:
    case KQ_EACHLEFT: return 2;
    default: return 1;
    }
}

/* ---- requests ------------------------------------------------------------------------------ */

/* The function that heads a request: itself, or a name or text for it. */
static struct kq_obj *request_head(struct q *q, struct kq_obj *head)
{
    struct kq_str text;
    if (head->type == -KQ_SYMBOL)
        return q_env_get(q, kq_sym_text(head));
    if (q_text(head, &text))
        return q_run_text(q, text.s, text.len);
    return kq_ref(head);
}

static struct kq_obj *execute_list(struct q *q, struct kq_obj *list)
{
    if (!list->n)
        return kq_ref(list);
    struct kq_obj *first = kq_at(list, 0), *f = request_head(q, first), *r = NULL;
    kq_unref(first);
    if (!f || list->n == 1)
        return f;
    int n = (int)(list->n < 256 ? list->n - 1 : 256);
    struct kq_obj **a = q_push(q, (size_t)n);
    for (int i = 0; a && i < n; i++)
        a[i] = kq_at(list, i + 1);
    if (a) {
        r = q_apply_args(q, f, a, n);
        q_pop(q, (size_t)n);
    }
    return q_drop(f, r);
}

struct kq_obj *q_execute(struct q *q, struct kq_obj *request)
{
    struct kq_str text;
    if (q_too_deep(q))
        return NULL;
    if (q_text(request, &text))
        return q_run_text(q, text.s, text.len);
    if (request->type == -KQ_SYMBOL)
        return q_env_get(q, kq_sym_text(request));
    if (request->type == KQ_LIST || request->type == KQ_SYMBOL)
        return execute_list(q, request);
    return kq_ref(request);
}

/* ---- results that travel --------------------------------------------------------------------- */

static bool has_children(const struct kq_obj *x)
{
    int t = x->type;
    return t == KQ_LIST || t == KQ_TABLE || kq_is_dict(x) || t == KQ_LAMBDA ||
           (t >= KQ_PROJECTION && t <= KQ_FOREIGN);
}

/* What is found out about a value before it is walked for good. */
struct survey {
    struct q *q;
    int depth;
    size_t bytes; /* when written out, shared parts as often as they occur */
    size_t limit;
    bool enums; /* there are enumerations in it */
};

/* Payload of something without children; a rough figure does. */
static size_t weight(const struct kq_obj *x)
{
    return x->type >= 0 && x->type <= KQ_TYPE_MAX ? 16 + (size_t)x->n * kq_elem_size(x->type) : 16;
}

/* Can it be walked by recursion, in reasonable time and space? */
static bool survey(struct survey *s, const struct kq_obj *x)
{
    int t = x->type < 0 ? -x->type : x->type;
    s->bytes += weight(x);
    if (t >= KQ_ENUM && t <= KQ_ENUM_LAST)
        s->enums = true;
    if (s->depth > MAX_NESTING || s->bytes > s->limit)
        return q_fail(s->q, "limit");
    if (!has_children(x))
        return true;
    int64_t n = x->type == KQ_LAMBDA ? 0 : x->n;
    bool ok = q_tick(s->q);
    s->depth++;
    for (int64_t i = 0; ok && i < n; i++)
        ok = survey(s, kq_child(x, i));
    s->depth--;
    return ok;
}

struct kq_obj *q_sendable(struct q *q, struct kq_obj *x)
{
    struct survey s = {.q = q, .limit = q->limits.bytes ? q->limits.bytes : (size_t)MAX_SENT};
    if (!survey(&s, x))
        return NULL;
    return s.enums ? q_unenum_deep(q, x) : kq_ref(x);
}

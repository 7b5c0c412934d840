/*
 * limits.c - errors, limits and the value stack.
 *
 * Every loop that a q expression controls counts its steps; each thousand of
 * them the clock, the memory in use and interrupts are looked at.
 */
#include "q/interp.h"

#include "base/cal.h"
#include "obj/null.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

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

int64_t q_monotonic_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * KQ_NS_PER_SEC + t.tv_nsec;
}

bool q_refuel(struct q *q)
{
    int64_t spent = Q_FUEL - q->fuel;
    q->fuel = 0;
    if (q->interrupted || (q->host.interrupted && q->host.interrupted(q->host.arg)))
        return q_fail(q, "stop");
    if (q->limits.bytes && kq_obj_bytes() > q->limits.bytes)
        return q_fail(q, "wsfull");
    if (q->limits.steps && (q->steps_left -= spent) <= 0)
        return q_fail(q, "stop");
    if (q->deadline_ns && q_monotonic_ns() >= q->deadline_ns)
        return q_fail(q, "stop");
    q->fuel = Q_FUEL;
    return true;
}

bool q_too_deep(struct q *q)
{
    uintptr_t at = (uintptr_t)__builtin_frame_address(0);
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

/* ---- small helpers ------------------------------------------------------- */

struct kq_obj *q_under_take(struct q *q, struct kq_obj *keys, struct kq_obj *r)
{
    if (!r)
        return NULL;
    bool list = kq_type_is_list(r->type) || r->type == KQ_TABLE;
    bool fits = list && kq_count(r) == kq_count(keys);
    return q_drop(r, fits ? kq_dict(keys, r) : q_fail(q, "length"));
}

bool q_own(struct q *q, struct kq_obj **place)
{
    if (q_reusable(*place))
        return true;
    struct kq_obj *copy = kq_unshare_take(kq_ref(*place));
    if (!copy)
        return q_fail(q, "wsfull");
    kq_unref(*place);
    *place = copy;
    return true;
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

/*
 * pace.c - times of every type become ns; the first one is the start of the
 * clock, and a row is due when (its time - the first) / factor has passed.
 */
#include "pace.h"

#include "base/cal.h"
#include "obj/null.h"
#include "obj/types.h"
#include "wire/walk.h"

#include <math.h>

/* Objects of a message to look at before giving up. */
enum { STEPS_MAX = 200 };

static int64_t unit_of(int type)
{
    switch (type) {
    case KQ_DATE: return KQ_NS_PER_DAY;
    case KQ_MINUTE: return 60 * KQ_NS_PER_SEC;
    case KQ_SECOND: return KQ_NS_PER_SEC;
    case KQ_TIME: return 1000000;
    default: return 1;
    }
}

/* The element at `p` of a time type; false for nulls, infinities and months. */
static bool time_at(int type, const uint8_t *p, int64_t *ns)
{
    int64_t v = 0;
    int32_t v4;
    double days;
    if (type == KQ_MONTH || !kq_type_is_temporal(type))
        return false;
    if (type == KQ_DATETIME) {
        memcpy(&days, p, 8);
        *ns = isfinite(days) && fabs(days) < 100000 ? (int64_t)(days * (double)KQ_NS_PER_DAY) : 0;
        return isfinite(days);
    }
    if (kq_typeinfo(type)->bytes == 4) {
        memcpy(&v4, p, 4);
        v = v4;
    } else {
        memcpy(&v, p, 8);
    }
    if (v == kq_int_null(type) || v == kq_int_inf(type) || v == -kq_int_inf(type))
        return false;
    return !__builtin_mul_overflow(v, unit_of(type), ns);
}

bool pipe_pace_of_row(const struct pipe_schema *s, int64_t *ns)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct pipe_column *c = &s->column[i];
        if (!c->filled && kq_type_is_temporal(c->type) && c->type != KQ_MONTH)
            return time_at(c->type, c->end - c->width, ns);
    }
    return false;
}

bool pipe_pace_of_message(struct kq_str body, int64_t *ns)
{
    struct kq_walk w;
    struct kq_step step;
    bool found = false;
    kq_walk_init(&w, (const uint8_t *)body.s, body.len, false, 0, 0);
    for (int i = 0; !found && i < STEPS_MAX && kq_walk_next(&w, &step, NULL) > 0; i++) {
        int type = step.item.type < 0 ? -step.item.type : step.item.type;
        found = step.kind == KQ_STEP_LEAF && type <= KQ_TYPE_MAX && step.item.len > 0 &&
                time_at(type, (const uint8_t *)body.s + step.item.data, ns);
    }
    kq_walk_release(&w);
    return found;
}

int64_t pipe_pace_wait(struct pipe_pace *p, int64_t data_ns, int64_t now_ns)
{
    int64_t since;
    if (!p->begun) {
        p->begun = true;
        p->first_ns = data_ns;
        p->start_ns = now_ns;
    }
    if (__builtin_sub_overflow(data_ns, p->first_ns, &since) || since <= 0)
        return 0;
    double due = (double)p->start_ns + (double)since / p->factor;
    return due > (double)now_ns ? (int64_t)(due - (double)now_ns) : 0;
}

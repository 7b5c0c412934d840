/*
 * fsql.c - queries on tables.
 */
#include "q/fsql.h"

struct kq_obj *q_scope_get(struct q *q, const char *sym)
{
    (void)q;
    (void)sym;
    return NULL;
}

struct kq_obj *q_fsql_select(struct q *q, struct kq_obj **a, int n)
{
    (void)a;
    (void)n;
    return q_fail(q, "nyi");
}

struct kq_obj *q_fsql_update(struct q *q, struct kq_obj **a, int n)
{
    (void)a;
    (void)n;
    return q_fail(q, "nyi");
}

/*
 * collect.h - gathers the results of a loop into a list.
 *
 * While all results are atoms of one type they go straight into a vector; the
 * first one that differs turns it into a general list.  Conforming
 * dictionaries become a table, as q makes of any list of them.
 */
#ifndef KQ_Q_COLLECT_H
#define KQ_Q_COLLECT_H

#include "q/interp.h"

struct q_collect {
    struct q *q;
    struct kq_obj *list; /* NULL: nothing yet, or failed */
    int64_t expect;      /* how many results there will be */
    bool failed;
};

void q_collect_init(struct q_collect *c, struct q *q, int64_t expect);
/* Add a result; NULL (an error) is sticky.  Also counts a step. */
void q_collect_add_take(struct q_collect *c, struct kq_obj *item);
static inline bool q_collect_failed(const struct q_collect *c)
{
    return c->failed;
}
/* The list, or NULL when anything failed. */
struct kq_obj *q_collect_done(struct q_collect *c);

/* x with each child replaced by what `fn` makes of it, and x itself where that is always the child;
 * NULL when fn fails. */
struct kq_obj *q_map_children(struct q *q, struct kq_obj *x,
                              struct kq_obj *(*fn)(struct q *q, struct kq_obj *child));

/* A finished general list: a vector when uniform, a table when its items are
 * dictionaries with the same symbol keys, else itself. */
struct kq_obj *q_collapse_take(struct kq_obj *list);

#endif

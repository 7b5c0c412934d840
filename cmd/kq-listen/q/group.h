/*
 * group.h - which rows belong together: select .. by, fby, xgroup.
 *
 * Every row gets the number of its group; aggregates that need only one pass
 * over a column fold it by those numbers, without ever gathering a group.
 */
#ifndef KQ_Q_GROUP_H
#define KQ_Q_GROUP_H

#include "q/interp.h"

struct q_groups {
    int64_t n;            /* groups */
    int64_t rows;         /* rows */
    struct kq_obj *id;    /* int vector: the group of each row */
    struct kq_obj *first; /* long vector: the first row of each group */
};

/*
 * Number the rows of `cols`, a general list of lists of `rows` items each, by
 * their values: in ascending order, or (not sorted) as they first appear.
 * False after q_fail; else release it.
 */
bool q_groups_init(struct q *q, struct q_groups *g, const struct kq_obj *cols, int64_t rows,
                   bool sorted);
void q_groups_release(struct q_groups *g);

/* All rows, group after group, as a long vector; *starts is a long vector of
 * g->n + 1 offsets in it.  Both the caller's; NULL after q_fail. */
struct kq_obj *q_groups_order(struct q *q, const struct q_groups *g, struct kq_obj **starts);

enum q_agg {
    Q_AGG_NONE,
    Q_AGG_COUNT,
    Q_AGG_FIRST,
    Q_AGG_LAST,
    Q_AGG_SUM,
    Q_AGG_PRD,
    Q_AGG_MIN,
    Q_AGG_MAX,
    Q_AGG_AVG
};

/* The aggregate that a function is. */
enum q_agg q_agg_of(const struct kq_obj *f);

/* The aggregate of each group of `x`, a list with an item for each row.  NULL
 * without an error when there is no fast way for its type. */
struct kq_obj *q_groups_fold(struct q *q, const struct q_groups *g, enum q_agg how,
                             struct kq_obj *x);

/* A value for each group, or a list with a value for each of its rows, as a list
 * with a value for each row.  'length when a list does not fit its group. */
struct kq_obj *q_groups_spread(struct q *q, const struct q_groups *g, struct kq_obj *values);

#endif

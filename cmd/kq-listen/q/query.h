/*
 * query.h - a query at work: the rows that its constraints leave, the groups
 * they fall into, and expressions over either.
 */
#ifndef KQ_Q_QUERY_H
#define KQ_Q_QUERY_H

#include "q/group.h"
#include "q/scope.h"

struct q_query {
    struct q *q;
    struct kq_obj *table; /* the table, without its key; owned */
    int64_t nkeys;        /* key columns it had */
    struct q_scope scope;
    struct kq_obj *rows; /* that the constraints left: long vector; NULL: all */
    bool grouped;
    struct q_groups groups;
    struct kq_obj *order, *starts; /* rows by group, once somebody needs them */
};

/* Begin a query on a table, a keyed table or the name of one; false: 'type or
 * the name is undefined.  Release it in any case. */
bool q_query_init(struct q *q, struct q_query *s, struct kq_obj *table);
void q_query_release(struct q_query *s);

/* Keep only the rows for which all constraints hold; one after the other, each
 * seeing only what the ones before it left. */
bool q_query_where(struct q_query *s, struct kq_obj *constraints);

/* Go on with these rows (consumed). */
void q_query_rows_take(struct q_query *s, struct kq_obj *rows);

/* Rows left. */
int64_t q_query_count(const struct q_query *s);

/* Divide the rows by the values of these trees, a general list or symbol
 * vector; the groups' key columns as a general list, NULL: q error. */
struct kq_obj *q_query_group(struct q_query *s, struct kq_obj *trees, bool sorted);

/* The value of a tree over all rows left. */
struct kq_obj *q_query_eval(struct q_query *s, struct kq_obj *tree);

/* Its value for each group: a vector of atoms, or a list. */
struct kq_obj *q_query_by_group(struct q_query *s, struct kq_obj *tree);

/* Its value for each group, spread over the rows left. */
struct kq_obj *q_query_spread(struct q_query *s, struct kq_obj *tree);

#endif

/*
 * eval.h - walks parse trees.
 *
 * The tree is a q value (see parse.h) or the compiled body of a lambda, which
 * differs only in that names have become nodes (see lambda.h).
 */
#ifndef Q_EVAL_H
#define Q_EVAL_H

#include "q/interp.h"

/* The value of a tree. */
struct kq_obj *q_eval(struct q *q, struct kq_obj *tree);

/* The value of a name where it stands: column of a query, then global. */
struct kq_obj *q_name(struct q *q, const char *sym);

/* Run text from inside the evaluator, apart from the caller's scope. */
struct kq_obj *q_run_text(struct q *q, const char *text, size_t len);

/* Is v, a condition, true?  False with 'type when it is not an atom that can
 * be one. */
bool q_truth(struct q *q, const struct kq_obj *v, bool *truth);

#endif

/*
 * view.h - variables that are recomputed when what they depend on changes.
 *
 * `a::expr` at top level defines a view.  Assigning any global makes every view
 * stale; a stale view is evaluated when it is next read.
 */
#ifndef KQ_Q_VIEW_H
#define KQ_Q_VIEW_H

#include "q/interp.h"

/* Make the cell a view of a parse tree; its text is that of the statement. */
void q_view_define(struct q *q, struct q_cell *cell, struct kq_obj *tree);
/* A view takes the rest of its line: (";";(::;`v;x);y) as (::;`v;(";";x;y)); any
 * other tree as it is. */
struct kq_obj *q_view_whole_take(struct kq_obj *statement);

/* The view itself as a value, as in `.`v: it shows its text. */
struct kq_obj *q_view_object(struct q_cell *cell);
/* The cell of such a value, NULL for anything else. */
struct q_cell *q_view_of(const struct kq_obj *o);
/* (last value or ::;tree;names it depends on;text) */
struct kq_obj *q_view_parts(struct q *q, const struct q_cell *cell);
/* The value of a view cell, evaluated when stale; 'loop when it needs itself. */
struct kq_obj *q_view_value(struct q *q, struct q_cell *cell);
/* A global has changed. */
void q_view_touch(struct q *q, const struct q_cell *changed);
/* Names of the views, sorted: fresh ones and stale ones (\b) or stale only (\B). */
struct kq_obj *q_view_names(struct q *q, bool stale_only);

/* .z.b: the names that views depend on, and for each the views that do. */
struct kq_obj *q_view_dependents(struct q *q);

#endif

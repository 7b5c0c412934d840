/*
 * lambda.h - functions written in q, and their compiled form.
 *
 * A lambda keeps its text (that is what it prints and what travels) and, as a
 * cache, its code: the parse tree in which names have become slots of the frame
 * and cells of the global table.  A lambda that came over the wire is compiled
 * when it is first called.
 */
#ifndef Q_LAMBDA_H
#define Q_LAMBDA_H

#include "q/env.h"
#include "q/q.h"

enum { Q_MAX_PARAMS = 8, Q_MAX_LOCALS = 240 };

/* A variable in compiled code: an object of type KQ_FOREIGN. */
enum q_node { Q_NODE_CODE, Q_NODE_LOCAL, Q_NODE_GLOBAL, Q_NODE_NATIVE };

static inline bool q_is_node(const struct kq_obj *o, enum q_node kind)
{
    return o->type == KQ_FOREIGN && o->attr == kind;
}
static inline int q_node_slot(const struct kq_obj *local)
{
    return local->code;
}
static inline struct q_cell *q_node_cell(const struct kq_obj *global)
{
    return (struct q_cell *)(void *)global->u.v.data;
}

/* A node that carries a pointer. */
struct kq_obj *q_node_new(enum q_node kind, int slot, void *pointer);

/* The code of a lambda: children body, names (parameters first), globals. */
static inline struct kq_obj *q_code_body(const struct kq_obj *code)
{
    return kq_child(code, 0);
}
static inline struct kq_obj *q_code_names(const struct kq_obj *code)
{
    return kq_child(code, 1);
}
static inline int q_code_rank(const struct kq_obj *code)
{
    return code->code;
}

/*
 * A lambda of the current context from its text, its parameters (NULL: those of
 * x y z that occur) and its statements (";";...); all borrowed, `body` is
 * compiled in place.
 */
struct kq_obj *q_lambda_new(struct q *q, struct kq_obj *source, struct kq_obj *params,
                            struct kq_obj *body);

/* The code of a lambda (borrowed), compiled now when it is not yet.  NULL: its
 * text is no lambda. */
struct kq_obj *q_lambda_code(struct q *q, struct kq_obj *lambda);

/* The slot of a name among parameters and locals, -1 when it is global. */
int q_code_slot(const struct kq_obj *code, const char *sym);

/* The parameters as a symbol vector (value f). */
struct kq_obj *q_code_params(const struct kq_obj *code);

#endif

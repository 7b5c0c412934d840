/*
 * core.h - the heart of the evaluator: functions that need each other.
 *
 * Evaluating applies, applying indexes, indexing finds, finding applies again;
 * so these files cannot be layered and share this header, one section for each.
 */
#ifndef KQ_Q_CORE_H
#define KQ_Q_CORE_H

#include "q/interp.h"

/* ---- env.c: globals ------------------------------------------------------------ */

void q_env_init(struct q *q);
void q_env_release(struct q *q);

/* The absolute name of `sym` as seen from `context`: names that start with a
 * point are absolute already. */
const char *q_env_absolute(const char *context, const char *sym);
/* The cell of an absolute name, made when it is missing. */
struct q_cell *q_env_cell(struct q *q, const char *absolute);

/* The value of a global as seen from the current context; fails with its name. */
struct kq_obj *q_env_get(struct q *q, const char *sym);
/* The same for a cell that is already known. */
struct kq_obj *q_env_load(struct q *q, struct q_cell *cell);
/* Assign; false after q_fail ('assign for a keyword). */
bool q_env_set(struct q *q, const char *sym, struct kq_obj *value);
bool q_env_store(struct q *q, struct q_cell *cell, struct kq_obj *value);
/* May this request change globals?  False after 'noupdate: of clients under -b, and of reval. */
bool q_may_update(struct q *q);
/* A global has changed, as a whole or at `n` indices: views of it are stale, and .z.vs hears of
 * it, whose error is ours. */
bool q_env_changed(struct q *q, struct q_cell *cell, int n, struct kq_obj *const *index);
/* Undefine a global; false when there was none. */
bool q_env_delete(struct q *q, const char *sym);

/* The value of a keyword (borrowed), NULL when `sym` is none. */
struct kq_obj *q_env_word(const struct q *q, const char *sym);

/* A namespace as a dictionary (null key first), "." being the root without it;
 * NULL without an error when nothing is in it. */
struct kq_obj *q_env_namespace(struct q *q, const char *absolute);
/* The names of all namespaces, without points: those of kdb+ first. */
struct kq_obj *q_env_namespaces(struct q *q);

/* ---- lambda.c: functions written in q ------------------------------------------ */

enum { Q_MAX_PARAMS = 8, Q_MAX_LOCALS = 240 };

/* A variable in compiled code: an object of type KQ_FOREIGN. */
enum q_node { Q_NODE_CODE, Q_NODE_LOCAL, Q_NODE_GLOBAL, Q_NODE_NATIVE, Q_NODE_VIEW };

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

/* ---- eval.c: trees ------------------------------------------------------------- */

/* The value of a tree. */
struct kq_obj *q_eval(struct q *q, struct kq_obj *tree);

/* Run text from inside the evaluator, apart from the caller's scope. */
struct kq_obj *q_run_text(struct q *q, const char *text, size_t len);

/* Is v, a condition, true?  False with 'type when it is not an atom that can
 * be one. */
bool q_truth(struct q *q, const struct kq_obj *v, bool *truth);

/* Assign to a name as it stands in a tree (symbol or node); false: q error. */
bool q_store(struct q *q, const struct kq_obj *name, struct kq_obj *v);

/* ---- pattern.c: (a;b):x --------------------------------------------------------- */

/* Can this tree stand on the left of an assignment, to take a value apart? */
bool q_is_pattern(const struct kq_obj *tree);
/* Assign the names in a pattern; 'match, 'length or 'type when v does not fit,
 * and then nothing is assigned. */
bool q_assign_pattern(struct q *q, struct kq_obj *pattern, struct kq_obj *v);
/* :[v;pattern;result;...;else]: the result of the first pattern that matches. */
struct kq_obj *q_eval_case(struct q *q, const struct kq_obj *tree);

/* ---- apply.c: values in front of arguments ------------------------------------- */

/*
 * Apply f to the n >= 1 arguments in a[0..n), which lie on the value stack and
 * stay the caller's to pop; they may be changed or taken (set to NULL).
 */
struct kq_obj *q_apply_args(struct q *q, struct kq_obj *f, struct kq_obj **a, int n);

/* Shorthands that borrow their arguments. */
struct kq_obj *q_apply1(struct q *q, struct kq_obj *f, struct kq_obj *x);
struct kq_obj *q_apply2(struct q *q, struct kq_obj *f, struct kq_obj *x, struct kq_obj *y);

/* Execute a request: see q_value. */
struct kq_obj *q_execute(struct q *q, struct kq_obj *request);

/* The rank of a function: 1 for data, 0 for functions of any number. */
int q_rank(struct q *q, struct kq_obj *f);

/* A copy that can be sent: see q_request. */
struct kq_obj *q_sendable(struct q *q, struct kq_obj *x);

/* ---- adverb.c: derived functions ----------------------------------------------- */

/* Apply derived function d (type 106..111) to its arguments. */
struct kq_obj *q_apply_derived(struct q *q, struct kq_obj *d, struct kq_obj **a, int n);

/* ---- index.c, amend.c: parts of values ----------------------------------------- */

/* Item i of a list, vector, enumeration, table or dictionary (by position);
 * null outside; an atom gives itself. */
struct kq_obj *q_item(struct q *q, struct kq_obj *x, int64_t i);

/* x[i]: i may be an atom, a list of any depth, a dictionary, or (::) for all. */
struct kq_obj *q_index(struct q *q, struct kq_obj *x, struct kq_obj *i);

/* x[i;j;...]; elided indices take all. */
struct kq_obj *q_index_deep(struct q *q, struct kq_obj *x, int n, struct kq_obj *const *index);

/* Items of a list at n positions; nulls where they are out of range. */
struct kq_obj *q_gather(struct q *q, struct kq_obj *x, const int64_t *at, int64_t n);

/* What stands in for a missing item: null of the item type, 0#first item... */
struct kq_obj *q_missing(struct q *q, struct kq_obj *x);

/*
 * Change part of the value at *place in place (it is copied first when somebody
 * shares it).  f NULL assigns v; v NULL applies unary f; else f[item;v].  False
 * after q_fail; *place is then a valid value still.
 */
bool q_amend(struct q *q, struct kq_obj **place, int n, struct kq_obj *const *index,
             struct kq_obj *f, struct kq_obj *v);

/* *place,:v - in place, amortised; 'type when a vector would change its type. */
bool q_append(struct q *q, struct kq_obj **place, struct kq_obj *v);

/* ---- join.c: x,y --------------------------------------------------------------- */

/* x,y for any two values. */
struct kq_obj *q_join(struct q *q, struct kq_obj *x, struct kq_obj *y);

/* Add one item to the end of a list that is a part of something: dictionary
 * keys, a column.  An empty general list takes the item's type; a vector of
 * another type is 'type. */
bool q_append_item(struct q *q, struct kq_obj **place, struct kq_obj *item);

/* All items of all items: ,/x in one pass. */
struct kq_obj *q_raze(struct q *q, struct kq_obj *x);

/* Dictionary join: the pairs of y replace and extend those of x. */
struct kq_obj *q_join_dicts(struct q *q, struct kq_obj *x, struct kq_obj *y);

/* Rows of y after the rows of x; 'mismatch when the columns differ. */
struct kq_obj *q_join_tables(struct q *q, struct kq_obj *x, struct kq_obj *y);

/* ---- search.c: x?y ------------------------------------------------------------- */

/*
 * x?y for a list x: the first position of y (an atom for one item, a long
 * vector for a list of them, nested as y is); the count of x when missing.
 */
struct kq_obj *q_find(struct q *q, struct kq_obj *x, struct kq_obj *y);

/* The same for dictionary keys, also a table of keys: y is one key or several. */
struct kq_obj *q_find_key(struct q *q, struct kq_obj *keys, struct kq_obj *y);

/* Positions of keys in dictionary d, or of the last keys before them in a step
 * dictionary (-1: there is none). */
struct kq_obj *q_find_in_dict(struct q *q, struct kq_obj *d, struct kq_obj *y);

#endif

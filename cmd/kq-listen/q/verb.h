/*
 * verb.h - the registry of built-in functions.
 *
 * A family of verbs is one file v_<family>.c that ends with its table; verb.c
 * lists the families.  To add a verb: write the function, add a row.  To add a
 * family: write the file, add its table to the list in verb.c.
 *
 * The name decides what a row means.  The glyph or keyword of a primitive (see
 * obj/prim.def: "+", "-:", "in", "avg") gives the function of that code; any
 * other name becomes a keyword of .q.  Keywords of rank exactly 2 can be used
 * infix.
 */
#ifndef KQ_Q_VERB_H
#define KQ_Q_VERB_H

#include "obj/obj.h"

struct q;

/*
 * n arguments in a[0..n), each borrowed; returns a new reference, or NULL after
 * q_fail.  An argument with a[i]->refs == 1 is nobody else's: a verb may change
 * it in place and return kq_ref of it.  So C code that calls a verb function
 * with a value it still needs must hold a second reference; q_apply and q_call
 * do that.
 */
typedef struct kq_obj *q_fn(struct q *q, struct kq_obj **a, int n);

struct q_verb {
    const char *name;
    uint8_t min, max; /* ranks; fewer arguments than min make a projection */
    q_fn *fn;
};

/* The tables, each ended by a row without a name. */
extern const struct q_verb q_verbs_core[];
extern const struct q_verb q_verbs_arith[];
extern const struct q_verb q_verbs_list[];
extern const struct q_verb q_verbs_compare[];
extern const struct q_verb q_verbs_math[];
extern const struct q_verb q_verbs_search[];
extern const struct q_verb q_verbs_cast[];
extern const struct q_verb q_verbs_agg[];
extern const struct q_verb q_verbs_sort[];
extern const struct q_verb q_verbs_number[];
extern const struct q_verb q_verbs_stat[];
extern const struct q_verb q_verbs_str[];
extern const struct q_verb q_verbs_split[];
extern const struct q_verb q_verbs_table[];
extern const struct q_verb q_verbs_join[];
extern const struct q_verb q_verbs_io[];
extern const struct q_verb q_verbs_group[];
extern const struct q_verb q_verbs_text[];
extern const struct q_verb q_verbs_json[];

/* The function of a primitive, NULL when there is none. */
const struct q_verb *q_verb_unary(int code);
const struct q_verb *q_verb_binary(int code);
/* The verb behind a keyword's function object (type 100 with a native body), or NULL. */
const struct q_verb *q_verb_native(const struct kq_obj *f);

/* Make all keywords and run the prelude; called once by q_new. */
bool q_verb_init(struct q *q);

/* Keyword or primitive by name, as a function object (borrowed); NULL: unknown. */
struct kq_obj *q_verb_object(struct q *q, const char *name, size_t len);
/* Can `f`, the value of a keyword, stand between its arguments? */
bool q_verb_infix(const struct kq_obj *f);

#endif

/*
 * env.h - global variables and namespaces.
 *
 * Every global is a cell in one table under its absolute name: `a`, `.ns.a`.
 * A cell is never freed or moved while the interpreter lives (deleting a
 * variable empties it), so compiled lambdas point at cells.  A namespace is the
 * dictionary made on demand of the cells below it.
 */
#ifndef Q_ENV_H
#define Q_ENV_H

#include "obj/obj.h"

struct q;

struct q_cell {
    const char *name;     /* absolute, interned */
    struct kq_obj *value; /* NULL: undefined */
    struct kq_obj *view;  /* parse tree of a view, or NULL */
    bool stale;           /* the view must be computed again */
};

/* A table from interned symbols to pointers that remembers insertion order. */
struct q_map {
    const char **keys;
    void **values;
    size_t n, cap;
    uint32_t *slots; /* index + 1 into keys; a power of two of them */
    size_t n_slots;
};

void **q_map_find(const struct q_map *m, const char *sym); /* NULL: not there */
void **q_map_add(struct q_map *m, const char *sym);        /* finds or adds (NULL value) */
void q_map_release(struct q_map *m);

struct q_env {
    struct q_map cells;  /* struct q_cell */
    struct q_map words;  /* keywords: struct kq_obj, the contents of .q */
    const char *context; /* of \d: "" or ".ns", interned */
};

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
/* Undefine a global; false when there was none. */
bool q_env_delete(struct q *q, const char *sym);

/* The value of a keyword (borrowed), NULL when `sym` is none. */
struct kq_obj *q_env_word(const struct q *q, const char *sym);

/* A namespace as a dictionary (null key first), "." being the root without it;
 * NULL without an error when nothing is in it. */
struct kq_obj *q_env_namespace(struct q *q, const char *absolute);

#endif

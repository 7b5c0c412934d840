/*
 * interp.h - what the files of the evaluator share: the interpreter itself,
 * errors, limits, and the value stack.
 *
 * Every function that returns an object returns NULL for a q error (text in
 * q->err) or, inside lambdas only, for an early return (value in q->ret).
 */
#ifndef KQ_Q_INTERP_H
#define KQ_Q_INTERP_H

#include "q/map.h"
#include "q/q.h"

#include "obj/dict.h"
#include "obj/list.h"
#include "obj/null.h"

/*
 * Every global is a cell in one table under its absolute name: `a`, `.ns.a`.
 * A cell is never freed or moved while the interpreter lives (deleting a
 * variable empties it), so compiled lambdas point at cells.
 */
struct q_cell {
    const char *name;     /* absolute, interned */
    struct kq_obj *value; /* NULL: undefined */
    struct kq_obj *view;  /* (parse tree;text) of a view, or NULL */
    bool stale;           /* the view must be computed again */
};

struct q_env {
    struct q_map cells;    /* struct q_cell */
    struct q_map words;    /* keywords: struct kq_obj, the contents of .q */
    const char *context;   /* of \d: "" or ".ns", interned */
    struct q_cell *on_set; /* .z.vs, looked at on every change */
};

/* The call of a lambda: its arguments and locals live on the value stack. */
struct q_frame {
    struct kq_obj **slots; /* parameters first, then locals; NULL: not yet set */
    struct kq_obj *lambda; /* .z.s, borrowed */
    struct q_frame *up;
};

/* Columns as variables, while a phrase of a query is evaluated (scope.h). */
struct q_scope {
    struct kq_obj *table;  /* borrowed */
    struct kq_obj *rows;   /* the rows in question (long vector), NULL: all */
    struct kq_obj **cache; /* columns of these rows, as far as they were needed */
    struct q_frame *frame; /* whose locals come after the columns, or NULL */
    struct q_scope *up;    /* of the query around */
};

struct q {
    struct q_host host;
    struct q_limits limits;
    struct q_peer peer;
    struct q_env env;
    struct q_cell *on_sync, *on_async; /* .z.pg and .z.ps */

    char err[256];
    struct kq_obj *ret; /* value of `:x` on its way to its lambda */

    struct kq_obj **stack; /* value stack: arguments, frames */
    size_t sp;
    struct q_frame *frame;
    struct q_scope *scope;

    uintptr_t stack_base; /* C stack at the outermost entry, 0: not running */
    size_t stack_room;
    int waits;    /* callbacks of the host that wait, each inside the one before */
    int running;  /* waits when the outermost entry was made, and 1; 0: not running */
    int64_t fuel; /* steps until the next look at clock and interrupt */
    int64_t steps_left;
    int64_t deadline_ns; /* CLOCK_MONOTONIC, 0: none */
    bool interrupted;    /* exit ends what runs */
    bool frozen;         /* reval: nothing may be changed */
    bool telling;        /* .z.vs is running */

    uint64_t hash_factor; /* odd, and different in every process: see hash.c */
    uint64_t random[2];
    int64_t seed;            /* \S */
    int precision;           /* \P */
    int console[2];          /* \c rows, columns */
    int web[2];              /* \C */
    int z_date;              /* \z: 0 mm/dd, 1 dd/mm */
    int64_t timer_ms;        /* \t */
    int week_offset;         /* \W */
    int error_trap;          /* \e */
    int collect_mode;        /* \g */
    int views;               /* how many views there are */
    struct kq_str statement; /* what is being evaluated, for the text of a view */
};

enum { Q_STACK_SLOTS = 1 << 17 };

/* ---- limits ------------------------------------------------------------------ */

enum {
    Q_FUEL = 1000,        /* steps between two looks at the clock */
    Q_ITEMS_PER_STEP = 6, /* as a power of two */
    Q_BLOCK = 4096        /* items that a primitive deals with between two looks at the fuel */
};

int64_t q_monotonic_ns(void);
/* Out-of-line part of q_tick. */
bool q_refuel(struct q *q);
/* Count a step of any loop that a q expression controls; false: 'stop. */
static inline bool q_tick(struct q *q)
{
    return --q->fuel > 0 || q_refuel(q);
}

/* The same for `n` items of a list, which are many steps when they are many. */
static inline bool q_work(struct q *q, int64_t n)
{
    q->fuel -= n >> Q_ITEMS_PER_STEP;
    return q_tick(q);
}

/* Is the C stack nearly used up?  Then fails with 'stack; ask at every recursion
 * whose depth q code controls. */
bool q_too_deep(struct q *q);

/* `n` slots (set to NULL) on the value stack, or NULL with 'stack. */
struct kq_obj **q_push(struct q *q, size_t n);
/* Drop them again, releasing what they hold. */
void q_pop(struct q *q, size_t n);

/* kq_vec_new that reports 'wsfull. */
struct kq_obj *q_vec(struct q *q, int type, int64_t n);

/* ---- small helpers ------------------------------------------------------------- */

/* `o` consumed, x returned: for "drop this, then return that". */
static inline struct kq_obj *q_drop(struct kq_obj *o, struct kq_obj *x)
{
    kq_unref(o);
    return x;
}

/* Owned by the caller alone and writable in place? */
static inline bool q_reusable(const struct kq_obj *o)
{
    return o->refs == 1 && !(o->flags & (KQ_OBJ_VIEW | KQ_OBJ_FIXED));
}

/* Make the value at *place one that can be changed there, by copying it when others hold it too;
 * false: 'wsfull. */
bool q_own(struct q *q, struct kq_obj **place);

/* keys!r (r is consumed), for a result r that should have an item for each of the keys: 'length when
 * it has not.  NULL is passed on. */
struct kq_obj *q_under_take(struct q *q, struct kq_obj *keys, struct kq_obj *r);

/* Call a function of the registry or prelude by its q name with borrowed
 * arguments: q_call(q, "distinct", 1, x). */
struct kq_obj *q_call(struct q *q, const char *name, int n, ...);

/* Text of a char atom or char vector; false (no error set) for anything else. */
bool q_text(const struct kq_obj *o, struct kq_str *text);

/* The value of an integer atom of any integer type (boolean to long, null as
 * 0N); false for anything else. */
bool q_integer(const struct kq_obj *o, int64_t *v);

#endif

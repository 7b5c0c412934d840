/*
 * pervade.h - how atomic functions reach the atoms.
 *
 * An atomic function is written for vectors: its leaf gets two atoms or simple
 * vectors of conforming lengths (equal, or one of them an atom) and runs one
 * typed loop.  Everything above - general lists, dictionaries (union of keys,
 * a side that is missing passes through), tables, keyed tables, enumerations
 * (seen as symbols), length checks - is done here once.
 */
#ifndef KQ_Q_PERVADE_H
#define KQ_Q_PERVADE_H

#include "q/interp.h"

/* The leaf: a and b are atoms or vectors of types 1..19 (or their negatives),
 * of which at least ... both conform.  `op` is passed through. */
typedef struct kq_obj *q_leaf2(struct q *q, struct kq_obj *a, struct kq_obj *b, const void *op);
typedef struct kq_obj *q_leaf1(struct q *q, struct kq_obj *a, const void *op);

struct kq_obj *q_pervade2(struct q *q, struct kq_obj *a, struct kq_obj *b, q_leaf2 *leaf,
                          const void *op);
/* The same for a function that is not commutative: `absent` is its left side
 * where only the right dictionary has a key (0 for minus). */
struct kq_obj *q_pervade2_absent(struct q *q, struct kq_obj *a, struct kq_obj *b, q_leaf2 *leaf,
                                 const void *op, struct kq_obj *absent);
struct kq_obj *q_pervade1(struct q *q, struct kq_obj *a, q_leaf1 *leaf, const void *op);

/*
 * The loop of a leaf: r[i] = expr, in which x and y are a[i] and b[i].  A side that is no vector
 * (sa or sb is false) has one item.
 */
#define Q_ZIP(expr)                           \
    do {                                      \
        if (sa && sb)                         \
            for (int64_t i = 0; i < n; i++) { \
                x = a[i], y = b[i];           \
                r[i] = (expr);                \
            }                                 \
        else if (sa)                          \
            for (int64_t i = 0; i < n; i++) { \
                x = a[i], y = *b;             \
                r[i] = (expr);                \
            }                                 \
        else                                  \
            for (int64_t i = 0; i < n; i++) { \
                x = *a, y = b[i];             \
                r[i] = (expr);                \
            }                                 \
    } while (0)

/* Elements of the result of a leaf, and whether it is an atom. */
static inline bool q_both_atoms(const struct kq_obj *a, const struct kq_obj *b)
{
    return a->type < 0 && b->type < 0;
}
static inline int64_t q_common_n(const struct kq_obj *a, const struct kq_obj *b)
{
    return a->type < 0 ? b->n : a->n;
}

#endif

/*
 * walk.h - visiting a message body without building anything.
 *
 * A walk yields every object with its byte range and its place in the whole,
 * parents before their children: what --tree shows, what filters and
 * statistics look at, and how the records of a tickerplant log are told
 * apart.  It checks what item.h checks, not the shape of tables.
 */
#ifndef KQ_WIRE_WALK_H
#define KQ_WIRE_WALK_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "wire/item.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kq_step_kind {
    KQ_STEP_LEAF,  /* an object without children */
    KQ_STEP_ENTER, /* a container; its children follow */
    KQ_STEP_LEAVE, /* the same container again: now its end is known */
};

struct kq_step {
    enum kq_step_kind kind;
    struct kq_item item;
    size_t end;        /* offset after it; 0 on KQ_STEP_ENTER */
    int depth;         /* 0 for the whole object */
    int8_t parent;     /* type of the parent, when depth > 0 */
    int64_t index;     /* which child of its parent */
    struct kq_str key; /* the name it has as a value in a dictionary or table
                          with symbol keys; .s is NULL when there is none */
};

/* Where a walk is; opaque but embedded. */
struct kq_walk {
    struct kq_cursor cur;
    struct kq_walk_level *levels; /* open containers, owned */
    int depth, cap, max_depth;
    uint64_t origin;
    bool done;
};

/*
 * Walk the object at `p`, of `len` bytes at most.  `max_depth` 0 is 1000.
 * `origin` is added to offsets in errors only.
 */
void kq_walk_init(struct kq_walk *w, const uint8_t *p, size_t len, bool big, int max_depth,
                  uint64_t origin);
void kq_walk_release(struct kq_walk *w);

/*
 * 1 with the next step; 0 after the last; -1 with `err` (KQ_EPROTO) on a
 * fault, for good.  w->cur.starved tells that more bytes could have helped.
 */
int kq_walk_next(struct kq_walk *w, struct kq_step *step, struct kq_err *err);

/*
 * Append where the last step is: "" for the whole, "[2].price[0]" below.  Keys
 * of a dictionary are "(key)", its values "(value)" or, as the items of a list
 * under symbol keys, the name; the source of a lambda is "(source)".
 */
void kq_walk_path(const struct kq_walk *w, const struct kq_step *step, struct kq_buf *out);

/*
 * The length of the one object at `p`: 1 with *len set; 0 when its end is
 * beyond the `n` bytes there are; -1 with `err` when it is not an object.
 * Nesting is not limited: this costs no memory.
 */
int kq_measure(const uint8_t *p, size_t n, bool big, size_t *len, struct kq_err *err);

/* The same, with `origin` added to offsets in errors. */
int kq_measure_at(const uint8_t *p, size_t n, bool big, uint64_t origin, size_t *len,
                  struct kq_err *err);

/*
 * Can the `n` bytes at `p` be the beginning of one object of exactly `total`
 * bytes?  For telling a message from something that only looks like one before
 * all of it is there.
 */
bool kq_may_begin(const uint8_t *p, size_t n, uint64_t total, bool big);

/* What a message asks for, as far as its first bytes tell. */
struct kq_call {
    struct kq_str text;  /* the query, when the body is a string; else empty */
    struct kq_str fn;    /* function: first item of a list (symbol, string, or
                            the source of a lambda), or the name that a query
                            begins with, when it is applied there and is not
                            select, exec, update or delete */
    struct kq_str table; /* second item, when it is a symbol or string that is a
                            name */
    int64_t args;        /* items after the function, -1 when not a list */
    size_t third;        /* offset of the third item, 0 when it is not there */
};

/*
 * Look at a body, or only its beginning: never fails, and never looks further
 * than the second item.  Slices point into `p`.
 */
struct kq_call kq_peek_call(const uint8_t *p, size_t len, bool big);

/*
 * Rows that the third item of the same body holds, from the head of its first
 * column; -1 when it is not known.
 */
int64_t kq_peek_rows(const uint8_t *p, size_t len, bool big, const struct kq_call *call);

#endif

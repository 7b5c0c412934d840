/*
 * objects.h - objects one after the other, without headers: the records of a
 * tickerplant log, or payloads.
 *
 * An engine without I/O.  An object that lies whole in the bytes fed is handed
 * out in place; only the cut one at the end is kept.  After damage it can look
 * for the next record of a log: a list that begins with a function name.
 */
#ifndef KQ_DUMP_OBJECTS_H
#define KQ_DUMP_OBJECTS_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dump_objects_out {
    /* The object p[0..len), `off` bytes into the file.  False: stop. */
    bool (*got)(void *user, const uint8_t *p, size_t len, uint64_t off);
    /* No object begins at `off`, which `err` names too.  With `repair` the search goes on until `found`
     * (`n` bytes were left out); else this is the end.  May be NULL. */
    void (*damage)(void *user, uint64_t off, const struct kq_err *err);
    void (*found)(void *user, uint64_t off, uint64_t n);
    void *user;
};

struct dump_objects {
    struct dump_objects_out out;
    uint64_t max_size; /* of an object, 0: no limit */
    bool repair;
    uint64_t off;       /* in the file, of the first byte that is not done with */
    struct kq_buf part; /* bytes from there on */
    size_t need;        /* bytes before it is worth trying again */
    bool searching;
    uint64_t bad_off;          /* where the search began */
    uint64_t searched, effort; /* bytes passed and looked at */
    bool stopped;
    struct kq_err err; /* code != 0: damaged, and no repair */
};

/* `off`: of the first object in the file, for messages. */
void dump_objects_init(struct dump_objects *s, const struct dump_objects_out *out,
                       uint64_t max_size, uint64_t off, bool repair);
void dump_objects_release(struct dump_objects *s);

/* More bytes.  False when stopped, or damaged (s->err). */
bool dump_objects_feed(struct dump_objects *s, const uint8_t *p, size_t n);

/* No more bytes for now: try what is there even if it seemed too short. */
bool dump_objects_idle(struct dump_objects *s);

/* The end of the file: false, with s->err, when an object is cut off. */
bool dump_objects_end(struct dump_objects *s);

#endif

/*
 * q.h - the q evaluator as the server sees it.
 *
 * A struct q is one interpreter: globals, namespaces, limits and the error
 * being reported.  It does no I/O of its own; what q code prints, sends or
 * opens goes through a struct kq_host of callbacks, so the same evaluator runs
 * in the server, in the unit tests and in a fuzzer.  README.md in this folder
 * tells how a line of q becomes a reply.
 *
 * Ownership: arguments are borrowed, results belong to the caller.  A function
 * that returns an object returns NULL on a q error, whose text is q_error(q).
 */
#ifndef KQ_Q_Q_H
#define KQ_Q_Q_H

#include "base/str.h"
#include "obj/obj.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct q;

/* What q code may ask of the world.  Any member may be NULL: the q word then
 * fails with 'access (or does nothing, where that is said). */
struct q_host {
    void *arg; /* first argument of every callback */

    /* Text for stdout (fd 1) or stderr (fd 2), as it is; NULL drops it. */
    void (*print)(void *arg, int fd, const char *text, size_t len);
    /* Send `msg` on a handle: > 0 waits for the answer and returns it, < 0 is
     * asynchronous and returns (::).  NULL after q_fail. */
    struct kq_obj *(*send)(void *arg, struct q *q, int64_t handle, struct kq_obj *msg);
    /* hopen: a handle as an int atom; NULL after q_fail. */
    struct kq_obj *(*open)(void *arg, struct q *q, struct kq_obj *target);
    /* hclose; false after q_fail. */
    bool (*close)(void *arg, struct q *q, int64_t handle);
    /* .z.W: int handles ! bytes that wait to be sent. */
    struct kq_obj *(*handles)(void *arg, struct q *q);
    /* What only a server knows: -25!x (one message to several handles), -30!x (an answer
     * later), -38!x (about handles); `n` is the positive number.  NULL after q_fail;
     * without the callback 'nyi. */
    struct kq_obj *(*internal)(void *arg, struct q *q, int n, struct kq_obj *x);
    /* .z.e: a dictionary about the current handle's TLS, empty without. */
    struct kq_obj *(*tls)(void *arg, struct q *q);
    /* A system command without its backslash ("p", "5001").  False when the
     * host leaves it to the evaluator; otherwise *result is its value, or NULL
     * after q_fail. */
    bool (*system)(void *arg, struct q *q, const char *cmd, struct kq_str args,
                   struct kq_obj **result);
    /* Files: `verb` is what asks for it ("read0", "read1", "0:", "1:", "hdel",
     * "key", "hcount"); `path` has no leading colon, `value` is what to write
     * (or NULL), `args` further arguments (or NULL).  NULL after q_fail. */
    struct kq_obj *(*file)(void *arg, struct q *q, const char *verb, struct kq_str path,
                           struct kq_obj *value, struct kq_obj *args);
    /* Environment variable, NULL when unset; without the callback all are. */
    const char *(*getenv)(void *arg, const char *name);
    /* A digest ("md5", "sha1") of `len` bytes: its bytes in `out`, their number
     * returned; 0: there is no such digest. */
    size_t (*digest)(void *arg, const char *name, const void *data, size_t len, uint8_t out[20]);
    /* exit: ends the program soon; evaluation stops. */
    void (*exit)(void *arg, int status);
    /* Is the running request to end with 'stop?  Asked every thousand steps. */
    bool (*interrupted)(void *arg);
    /* UTC in ns since 2000.01.01; NULL: the system clock. */
    int64_t (*now)(void *arg);
};

/* Bounds on one request, and on the memory of the whole process. */
struct q_limits {
    int64_t steps;  /* evaluation steps of a request, 0: any number */
    int64_t ms;     /* wall time of a request, 0: any */
    size_t bytes;   /* of all live objects, 0: any */
    size_t stack;   /* bytes of C stack, 0: a safe part of the process's own */
    size_t symbols; /* bytes of the symbol table, 0: the default of base/sym.h */
};

/* Who is asking: .z.w .z.u .z.a while a request runs. */
struct q_peer {
    int32_t handle;   /* 0: nobody, the console */
    uint32_t address; /* IPv4, 127.0.0.1 = 0x7f000001 */
    const char *user; /* borrowed while the peer is set */
    bool restricted;  /* no system commands, no files, no exit ('access) */
    bool read_only;   /* no changes of globals ('noupdate) */
};

/* `host` is copied; NULL: an interpreter without a world. */
struct q *q_new(const struct q_host *host, const struct q_limits *limits);
void q_free(struct q *q);

/*
 * Evaluate text: one or more lines, as a script or a string request.  The value
 * of the last expression; (::) when it ended with a semicolon, was an
 * assignment, or there was none.  NULL: q error.
 */
struct kq_obj *q_eval_text(struct q *q, const char *text, size_t len);

/*
 * Execute a request as q's `value` does: a string is evaluated, a list is its
 * first item (function, or name as string or symbol) applied to the rest, a
 * symbol is the value of that global.
 */
struct kq_obj *q_value(struct q *q, struct kq_obj *request);

/*
 * What the server calls for a message: .z.pg (sync) or .z.ps (async) when
 * somebody has set it, else q_value.  The result is something that can be sent:
 * owned payloads, enumerations as symbols, nesting bounded.
 */
struct kq_obj *q_request(struct q *q, struct kq_obj *msg, bool sync);

/*
 * Call the handler .z.`name` ("po", "pc", "pw", "ts", "ph" ...) with `n`
 * arguments.  False when it is not set; else *result is its value or NULL (q
 * error).
 */
bool q_handler(struct q *q, const char *name, int n, struct kq_obj **args, struct kq_obj **result);

/* Apply any value to n >= 1 arguments. */
struct kq_obj *q_apply(struct q *q, struct kq_obj *f, int n, struct kq_obj **args);

/* The text of the last error: "type", "length", an undefined name... */
const char *q_error(const struct q *q);
/* Report an error; returns NULL so that callers can `return q_fail(q, "type")`. */
struct kq_obj *q_fail(struct q *q, const char *text);
struct kq_obj *q_failf(struct q *q, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void q_set_peer(struct q *q, const struct q_peer *peer);
const struct q_peer *q_peer(const struct q *q);

/*
 * A callback of the host waits and serves others meanwhile: they get budgets of
 * their own and see nothing of what is going on.  Hand the state back when the
 * wait is over; waits nest like calls.
 */
struct q_wait {
    int64_t fuel, steps_left, deadline_ns;
    void *frame, *scope;
    struct q_peer peer;
    int level;
    bool frozen, telling;
};
struct q_wait q_wait_begin(struct q *q);
void q_wait_end(struct q *q, const struct q_wait *w);

/* A global by its absolute name ("a", ".z.pg"): a new reference or NULL. */
struct kq_obj *q_global(struct q *q, const char *name);

/* The console form of `x` under \c and \P, as a string object with newlines. */
struct kq_obj *q_console(struct q *q, struct kq_obj *x);

#endif

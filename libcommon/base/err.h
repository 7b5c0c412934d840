/*
 * err.h - how a function says what went wrong.
 *
 * A struct kq_err lives on the caller's stack: there is nothing to free and it
 * cannot itself fail.  Its code is the exit status of the tool, so the place
 * that detects a problem decides once what a shell script will see.  Only
 * cli/prog.c prints errors; library code never prints and never exits.
 */
#ifndef KQ_BASE_ERR_H
#define KQ_BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses of all tools; kq(7) documents them. */
enum kq_code {
    KQ_OK = 0,
    KQ_ENO = 1,      /* a negative answer: --exit-status, --expect, no match */
    KQ_EUSAGE = 2,   /* bad option, operand, profile or literal argument */
    KQ_ECONNECT = 3, /* resolve, refused, unreachable, TLS, bind or listen */
    KQ_EQ = 4,       /* the server answered with a q error */
    KQ_ETIMEOUT = 5, /* the message says which time ran out */
    KQ_EAUTH = 6,    /* closed during the handshake, or client certificate refused */
    KQ_EPROTO = 7,   /* malformed or oversized message, damaged log */
    KQ_ELOST = 8,    /* connection broke after a request was sent */
    KQ_EIO = 9,      /* local file or stdout */
    KQ_EDATA = 10,   /* rows rejected */
};

/* Room for one line; longer messages are cut and end in "...". */
#define KQ_ERR_MAX 240

struct kq_err {
    int code; /* enum kq_code; 0 while nothing has failed */
    char msg[KQ_ERR_MAX];
};

/*
 * Fill `err` (which may be NULL) with a lower-case fragment that names the
 * value and the place.  Use it as `return kq_fail(err, KQ_EPROTO, "...");` in
 * functions that return bool, kq_fail_ptr in those that return a pointer: the
 * value is constant, so the compiler sees the failure path.
 */
#define kq_fail(err, code, ...)     (kq_err_set((err), (code), __VA_ARGS__), 0)
#define kq_fail_ptr(err, code, ...) (kq_err_set((err), (code), __VA_ARGS__), (void *)0)

void kq_err_set(struct kq_err *err, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Put "context: " in front of the message.  Callers do this once. */
void kq_err_context(struct kq_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Fill `err` with "what: text of errnum" ("cannot open x: Permission denied"). */
void kq_err_errno(struct kq_err *err, int code, int errnum, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif

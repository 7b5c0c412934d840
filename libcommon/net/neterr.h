/*
 * neterr.h - the wording of connection errors, and their exit codes.
 *
 * The event-driven and the blocking client fail in the same ways and must say
 * it in the same words, so both take them from here.  Messages do not name
 * the target; the caller puts it in front once.
 */
#ifndef KQ_NET_NETERR_H
#define KQ_NET_NETERR_H

#include "base/err.h"
#include "net/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How far a connection got. */
enum kq_stage {
    KQ_STAGE_RESOLVE,
    KQ_STAGE_CONNECT,
    KQ_STAGE_TLS,
    KQ_STAGE_HELLO, /* login sent or awaited */
    KQ_STAGE_READY, /* messages may flow */
};

/* connect() failed with `errnum`: "connection refused" (KQ_ECONNECT);
 * ETIMEDOUT, the kernel's own, is KQ_ETIMEOUT. */
void kq_neterr_connect(struct kq_err *err, const struct kq_addr *a, int errnum);

/* Of two errno values from trying the addresses of one target, the one to report. */
int kq_neterr_worse(int a, int b);

/*
 * `timeout_ms` ran out in `stage` (KQ_ETIMEOUT): "connect timed out after 5s",
 * "handshake timed out after 5s (server accepted TCP but did not answer; it
 * may be busy)".
 */
void kq_neterr_timeout(struct kq_err *err, enum kq_stage stage, int64_t timeout_ms);

/* The answer did not come (KQ_ETIMEOUT): "no answer within 2s", or without the
 * time when `timeout_ms` is 0. */
void kq_neterr_no_answer(struct kq_err *err, int64_t timeout_ms);

/*
 * The peer closed in `stage` in an orderly way.  Before the capability byte
 * that is how servers refuse a login (KQ_EAUTH), afterwards the connection is
 * lost (KQ_ELOST).  `partial` > 0 are the bytes of a message cut short, out of
 * `total` (0 = unknown).
 */
void kq_neterr_eof(struct kq_err *err, enum kq_stage stage, size_t partial, uint64_t total);

/* Reading or writing failed with `errnum` in `stage`: KQ_ECONNECT before
 * READY, KQ_ELOST afterwards. */
void kq_neterr_io(struct kq_err *err, enum kq_stage stage, bool writing, int errnum);

/* Interrupted by a signal: code 128 + signo. */
void kq_neterr_signal(struct kq_err *err, int signo);

/* "250ms", "5s", "2m": how messages write a duration.  Returns `out` (32 bytes are enough). */
const char *kq_duration_text(int64_t ms, char *out, size_t size);

#endif

/*
 * timing.h - the clock of the network code: deadlines, and what took how long.
 *
 * Everything is measured on the monotonic clock, so that setting the time of
 * day neither fires nor delays a timeout.
 */
#ifndef KQ_NET_TIMING_H
#define KQ_NET_TIMING_H

#include <stdint.h>

/* No deadline. */
#define KQ_NEVER INT64_MAX

/* Nanoseconds of the monotonic clock. */
int64_t kq_mono_ns(void);

/* The moment `timeout_ms` from now; 0 or less is KQ_NEVER, as on the command line. */
int64_t kq_deadline_ms(int64_t timeout_ms);

/* Milliseconds left until `deadline`, rounded up and at least 0, as poll()
 * wants them: -1 for KQ_NEVER. */
int kq_left_ms(int64_t deadline);

/* The stages of a connection (kq-send --time); 0 = not reached or not needed. */
struct kq_timing {
    int64_t start_ns;
    int64_t resolved_ns;
    int64_t connected_ns;
    int64_t secured_ns; /* TLS handshake done */
    int64_t ready_ns;   /* capability byte received */
};

#endif

/*
 * loop.h - the event loop of a program, and what waits on it: timers, signals,
 * descriptors, and calls put off to the next turn.
 *
 * A thin layer over libevent: one event base, configured for one thread, and
 * watchers that live inside their owner's struct, so that waiting allocates
 * nothing.  All callbacks run from kq_loop_run; a callback may stop or release
 * any watcher, its own included.
 */
#ifndef KQ_NET_LOOP_H
#define KQ_NET_LOOP_H

#include "base/err.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdbool.h>
#include <stdint.h>

struct kq_loop;

/* NULL with KQ_EIO when the system gives no descriptor for it. */
struct kq_loop *kq_loop_new(struct kq_err *err);
/* Everything that waits on the loop must have been released; deferred calls
 * still queued are run first. NULL is allowed. */
void kq_loop_free(struct kq_loop *loop);

/* The version of libevent in use: "2.1.12-stable". */
const char *kq_loop_library(void);

/* For libevent facilities that have no wrapper here. */
struct event_base *kq_loop_base(struct kq_loop *loop);

/* Dispatch until kq_loop_stop, or until nothing is left to wait for. */
void kq_loop_run(struct kq_loop *loop);
/* Make kq_loop_run return after the callbacks that are due now. */
void kq_loop_stop(struct kq_loop *loop);
/*
 * Wait for at least one event, dispatch what is due, and run the deferred
 * calls.  A deferred call may do this to wait for something in its own midst;
 * others get their turn meanwhile, so look at everything afresh afterwards.
 * False when nothing is left to wait for, and at once in a callback of the
 * loop itself (a timer, watch or signal), which cannot wait.
 */
bool kq_loop_turn(struct kq_loop *loop);
/* The same without waiting: what is due now. */
bool kq_loop_poll(struct kq_loop *loop);

/*
 * A call put off until the callbacks of this turn are done, so that an object
 * is not freed under the feet of the function that is working on it.  `d`
 * lives in that object; posting it twice is one call, and it may be freed by
 * its own call.  What it posts itself runs soon too, but a chain of such
 * calls lets the descriptors have their turn.
 */
struct kq_defer {
    void (*fn)(void *arg);
    void *arg;
    struct kq_defer *next; /* private */
    unsigned turn;         /* private */
    bool queued;           /* private */
};
void kq_defer_init(struct kq_defer *d, void (*fn)(void *arg), void *arg);
void kq_defer_post(struct kq_loop *loop, struct kq_defer *d);
/* Forget a posted call. */
void kq_defer_cancel(struct kq_loop *loop, struct kq_defer *d);

/* A one-shot timer; start it again from its callback to repeat. */
struct kq_timer {
    void (*fn)(void *arg);
    void *arg;
    struct event ev; /* private */
};
void kq_timer_init(struct kq_timer *t, struct kq_loop *loop, void (*fn)(void *arg), void *arg);
/* (Re)start: fires once, `ms` milliseconds from now (0: next turn). */
void kq_timer_start(struct kq_timer *t, int64_t ms);
/* As kq_timer_start in nanoseconds, for pacing; the kernel's wait is in milliseconds. */
void kq_timer_start_ns(struct kq_timer *t, int64_t ns);
/* Stop; harmless when it is not running. A timer must be stopped before its memory goes. */
void kq_timer_stop(struct kq_timer *t);
bool kq_timer_running(const struct kq_timer *t);

/* Readiness of a descriptor that stays the caller's. Level-triggered and
 * persistent. Regular files cannot be watched; see fifo.h. */
struct kq_watch {
    void (*fn)(void *arg, bool readable, bool writable);
    void *arg;
    struct event ev; /* private */
};
void kq_watch_init(struct kq_watch *w, struct kq_loop *loop, int fd,
                   void (*fn)(void *arg, bool readable, bool writable), void *arg);
/* Choose what to wait for; both false stops it. Call with both false before the
 * descriptor is closed or the memory goes. */
void kq_watch_set(struct kq_watch *w, bool readable, bool writable);

/* Run `fn` from the loop when `signo` arrives. */
struct kq_signal {
    void (*fn)(void *arg, int signo);
    void *arg;
    struct event ev; /* private */
};
bool kq_signal_init(struct kq_signal *s, struct kq_loop *loop, int signo,
                    void (*fn)(void *arg, int signo), void *arg, struct kq_err *err);
/* Back to the disposition from before kq_signal_init. */
void kq_signal_stop(struct kq_signal *s);

#endif

/*
 * progress.h - one status line on a terminal, rewritten in place.
 *
 * Shown when work lasts longer than two seconds and stderr is a terminal
 * (auto), or always, then as lines of their own when it is none.
 */
#ifndef KQ_CLI_PROGRESS_H
#define KQ_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct kq_progress {
    int when;        /* enum kq_when */
    bool tty;        /* stderr is a terminal */
    bool shown;      /* a line is on the screen */
    int64_t next_ns; /* monotonic time of the next update */
};

/* `when` is enum kq_when, `now_ns` the monotonic time. */
void kq_progress_init(struct kq_progress *p, int when, int64_t now_ns);

/* Is it time to show something?  Cheap; call it as often as you like. */
bool kq_progress_due(struct kq_progress *p, int64_t now_ns);

/* Show the line (cut to the terminal's width), on a terminal over the last one. */
void kq_progress_show(struct kq_progress *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Print a line regardless of `when`, for SIGUSR1. */
void kq_progress_line(struct kq_progress *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Clear the line before other output, and at the end. */
void kq_progress_clear(struct kq_progress *p);

#endif

/*
 * pace.h - --pace: rows as far apart in time as their data say.
 *
 * The clock of the data is the first column of times, or the first value of a
 * time type in a forwarded message.  Rows without one, and rows that go back
 * in time, do not wait.
 */
#ifndef KQ_PIPE_PACE_H
#define KQ_PIPE_PACE_H

#include "base/str.h"
#include "schema.h"

#include <stdbool.h>
#include <stdint.h>

struct pipe_pace {
    double factor;    /* 0: no pacing */
    bool begun;       /* a time has been seen: */
    int64_t first_ns; /* in the data, */
    int64_t start_ns; /* and on the monotonic clock */
};

/* The time of the last row of the columns, or in the body of a message, in ns; false: none. */
bool pipe_pace_of_row(const struct pipe_schema *s, int64_t *ns);
bool pipe_pace_of_message(struct kq_str body, int64_t *ns);

/* How long from `now_ns` on something of the time `data_ns` must wait, in ns; 0: not at all. */
int64_t pipe_pace_wait(struct pipe_pace *p, int64_t data_ns, int64_t now_ns);

#endif

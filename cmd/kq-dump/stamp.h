/*
 * stamp.h - times of messages as --time-format wants them.
 */
#ifndef KQ_DUMP_STAMP_H
#define KQ_DUMP_STAMP_H

#include "base/cal.h"
#include "base/out.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Remembers the first and the latest time; one for each output. */
struct dump_stamp {
    int format; /* enum kq_time_format */
    struct kq_day_text day;
    bool started;
    int64_t first_ns, last_ns;
};

void dump_stamp_init(struct dump_stamp *s, int format);

/* Write a time (ns since 1970); nothing for DUMP_NO_TIME.  Returns the bytes. */
size_t dump_stamp_put(struct dump_stamp *s, struct kq_out *o, int64_t when_ns);

/*
 * The time that a file claims, in ns since 1970, kept between 1834 and 2106: damage or malice can
 * claim anything, and the difference of any two times must be a number.
 */
int64_t dump_stamp_claimed(int64_t seconds, int64_t ns);

/* A span of ns as people read it: "834us", "12.3ms", "1.20s", "2m05s", "3d04h";
 * "-" when negative. */
void dump_span_put(struct kq_out *o, int64_t ns);

#endif

/*
 * lane.h - the fast lane: ordinary delimited records straight into columns.
 *
 * Most records of a feed have no quotes, escapes or oddities.  The lane reads
 * such a record in one pass, each column finding the end of its own field
 * eight or sixteen bytes at a time, and gives up on anything else: then
 * csvin and pipe_column_add do it, with the same result.  Only the speed
 * differs, and a test compares the two.
 */
#ifndef KQ_PIPE_LANE_H
#define KQ_PIPE_LANE_H

#include "column.h"

#include <stdbool.h>
#include <stddef.h>

struct pipe_lane_field; /* how one column is read, and where its items go */

struct pipe_lane;
typedef const char *pipe_lane_fn(struct pipe_lane *l, const char *p, const char *enough,
                                 const char *stop, size_t max_rows, size_t *rows);

struct pipe_lane {
    pipe_lane_fn *run;
    struct pipe_lane_field *field; /* one per column; owned */
    size_t n;
    char delimiter;
    char quote; /* the delimiter again when quotes mean nothing */
};

/* False when the dialect has what the lane cannot do; then do not use it. */
bool pipe_lane_init(struct pipe_lane *l, struct pipe_column *const *columns, size_t n,
                    int delimiter, int quote, int escape, int end);
void pipe_lane_release(struct pipe_lane *l);

/*
 * Append records from `p` on to the columns, for which pipe_column_clear has
 * made room, until max_rows are added, a record begins at or after `enough`,
 * or one is not ordinary or not all there before `stop`.  Returns the start of
 * the first record not taken and adds to *rows.  *stop is a newline, and
 * PIPE_SLACK bytes from there on may be read.
 */
const char *pipe_lane_run(struct pipe_lane *l, const char *p, const char *enough, const char *stop,
                          size_t max_rows, size_t *rows);

#endif

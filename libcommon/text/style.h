/*
 * style.h - how values are to look: what the formatters take from the options.
 *
 * One struct serves all text formats; each takes the fields it knows.  Start
 * from kq_style_default and change what the user asked for.
 */
#ifndef KQ_TEXT_STYLE_H
#define KQ_TEXT_STYLE_H

#include <stdbool.h>
#include <stdint.h>

/* How dates and timestamps look in csv (the console and q text are always q's,
 * JSON is always ISO). */
enum kq_times {
    KQ_TIMES_ISO,   /* 2024-01-02, 2024-01-02T03:04:05.123456789 */
    KQ_TIMES_COMMA, /* as q's 0: writes them: 2024-01-02D03:04:05.123456789 */
    KQ_TIMES_Q,     /* 2024.01.02, 2024.01.02D03:04:05.123456789 */
};

/* A precision: as many digits as read back as the same number, and no more. */
#define KQ_SHORTEST (-1)

struct kq_style {
    int rows;              /* console: \c, lines and characters of the screen; */
    int columns;           /* 0 or less: no limit (not a terminal) */
    bool terminal;         /* console: control bytes, which could steer it, as dots */
    int precision;         /* \P: 1..17 digits of floats, 0 = 17, or KQ_SHORTEST; JSON is that */
    const char *null_text; /* bare nulls in console, csv and raw; NULL: empty */
    bool int64_string;     /* JSON: 64-bit integers as strings */
    enum kq_times times;   /* csv */
    int64_t max_items;     /* one-line q text: items of a list before "..", 0 = all */
    int depth;             /* one-line q text: nested levels before "..", 0 = all */
    bool share;            /* the beginning of it: a table's columns get an equal part each */
};

/* No limits, \P 7, empty nulls, ISO times. */
extern const struct kq_style kq_style_default;

#endif

/*
 * glob.h - the patterns of like, ss and ssr.
 *
 * ? is any character, [abc] [a-z] [^0-9] one of a set; * (like only) is any
 * text.  As in q at most one * may have fixed text on both of its sides before
 * the last one: a*b, *a* and a*b* are fine, *a*b is 'nyi.
 */
#ifndef KQ_Q_GLOB_H
#define KQ_Q_GLOB_H

#include "q/interp.h"

/* A pattern taken apart at its stars, all of it slices of the pattern's text. */
struct q_glob {
    struct kq_str head;                          /* before the first star */
    struct kq_str middle;                        /* between two stars */
    struct kq_str tail;                          /* after the last star */
    size_t head_width, middle_width, tail_width; /* characters they match */
    int stars;
};

/* False: there are more stars than can be matched. */
bool q_glob_init(struct q_glob *g, struct kq_str pattern);
/* Does the whole text match?  Looking for it ends early when the time is up, which the caller's
 * next q_tick tells. */
bool q_glob_match(struct q *q, const struct q_glob *g, struct kq_str text);

/* Characters that a pattern without stars matches; -1 when it has stars. */
int64_t q_glob_width(struct kq_str pattern);
/* The first offset >= from at which such a pattern of that width matches, or -1, also when the
 * time is up. */
int64_t q_glob_find(struct q *q, struct kq_str pattern, int64_t width, struct kq_str text,
                    int64_t from);

#endif

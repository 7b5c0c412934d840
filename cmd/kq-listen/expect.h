/*
 * expect.h - --expect: messages that must come before the server ends.
 *
 * An expectation is a regular expression over the text of a message, with
 * " xN" at its end when it must come exactly N times ("upd.*trade x3");
 * otherwise it must come at least once.  In order means: a message can meet
 * only the first expectation that is not met yet.
 */
#ifndef KQ_LISTEN_EXPECT_H
#define KQ_LISTEN_EXPECT_H

#include "base/err.h"
#include "base/out.h"
#include "base/str.h"

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>

struct lst_expected {
    regex_t re;
    char *text;
    int64_t times; /* exactly so many; 0: at least one */
    int64_t seen;
};

/* Zero it, then add. */
struct lst_expect {
    struct lst_expected *item;
    size_t n;
    bool in_order;
    int64_t unexpected; /* messages that met no expectation */
    char **samples;     /* the first few of them */
    size_t n_samples;
};

/* One more; KQ_EUSAGE for a bad expression. */
bool lst_expect_add(struct lst_expect *e, struct kq_str text, struct kq_err *err);
void lst_expect_release(struct lst_expect *e);

/* A message with this text came. */
void lst_expect_see(struct lst_expect *e, const char *text);

/* At the end: true when all are met.  Otherwise says on `out` which are not, and what
 * came instead. */
bool lst_expect_met(const struct lst_expect *e, struct kq_out *out);

#endif

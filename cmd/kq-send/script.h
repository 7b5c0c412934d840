/*
 * script.h - a q script cut into the statements that \l would run.
 *
 * A line that starts with a blank continues the statement before it.  Lines
 * that start with '/' are comments; a line that is only '/' starts a comment
 * that a line with only '\' ends; a line with only '\' outside of one ends the
 * script.  Blank lines do not count.
 */
#ifndef KQ_SEND_SCRIPT_H
#define KQ_SEND_SCRIPT_H

#include "base/str.h"

#include <stdbool.h>

struct send_script {
    struct kq_str rest; /* what has not been read yet */
};

/* The next statement, its lines as they stand in the text and no newline at
 * the end; false when there is none. */
bool send_script_next(struct send_script *s, struct kq_str *statement);

#endif

/*
 * entry.h - what the prompt must know about a piece of q text before and after
 * it is sent: whether it is finished, and whether its result is shown.
 *
 * This looks at strings, comments and brackets only; whether the text means
 * anything is for the server to say.
 */
#ifndef KQ_SEND_ENTRY_H
#define KQ_SEND_ENTRY_H

#include "base/str.h"

#include <stdbool.h>

enum send_entry {
    SEND_ENTRY_EMPTY,     /* blanks and comments: nothing to send */
    SEND_ENTRY_OPEN,      /* a bracket is open: another line belongs to it */
    SEND_ENTRY_OPEN_TEXT, /* a string or a block comment is: the next line goes on with it as it is */
    SEND_ENTRY_WHOLE,
};

/*
 * The state of the lines typed so far.  As in a script, '/' at the start of a
 * line or after a blank begins a comment, and a line that is only '/' a comment
 * that a line with only '\' ends.  A closing bracket that fits none makes the
 * entry whole, so that the server can complain; so does '\' at the start.
 */
enum send_entry send_entry_state(struct kq_str text);

/* Does the console show nothing for it?  Its last statement is empty ("f x;")
 * or assigns: a:1, a[i]+:1, a::b. */
bool send_entry_is_silent(struct kq_str text);

#endif

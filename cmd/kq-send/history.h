/*
 * history.h - the file that remembers what was typed at the prompt.
 *
 * $XDG_STATE_HOME/kq/history (~/.local/state/kq/history), readable by its owner
 * alone.  An entry is a line; a newline inside an entry is the byte 1, as psql
 * writes it.  Each entry is appended at once, so several sessions can share the
 * file and a crash loses nothing.  Trouble with the file is no error: there is
 * no history then.
 */
#ifndef KQ_SEND_HISTORY_H
#define KQ_SEND_HISTORY_H

#include "base/str.h"

#include <limits.h>
#include <stdbool.h>

/* Entries kept; the file is cut to so many when it has grown to twice that. */
enum { SEND_HISTORY_KEPT = 1000 };

struct send_history {
    char path[PATH_MAX]; /* "": none */
};

/* Find the file. */
void send_history_init(struct send_history *h);

/* Call `each` with the entries, oldest first and NUL-terminated. */
void send_history_load(const struct send_history *h, void (*each)(void *arg, const char *entry),
                       void *arg);

/* Append an entry, creating the file and its folders; not when it looks like a
 * secret or starts with a blank. */
void send_history_add(const struct send_history *h, struct kq_str entry);

/* Does `entry` hold a password, as far as one can see: a word like passwd, or a
 * handle with one (`:host:port:user:password)? */
bool send_history_is_secret(struct kq_str entry);

#endif

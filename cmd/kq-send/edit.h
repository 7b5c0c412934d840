/*
 * edit.h - lines from whoever types them: a terminal or a pipe.
 *
 * At a terminal libedit edits, completes and recalls, if it is installed: it
 * is loaded when the first prompt is due, so that nobody else pays for it.
 * Without it, with TERM=dumb, or when asked to be plain (for rlwrap), lines
 * are read as the terminal gives them.  From anything else than a terminal
 * they are read without a prompt.
 */
#ifndef KQ_SEND_EDIT_H
#define KQ_SEND_EDIT_H

#include "base/buf.h"
#include "names.h"

#include <stdbool.h>

struct send_edit;

/* What the editor asks its owner for. */
struct send_edit_ops {
    /* Return true when standard input can be read; false gives the line up. */
    bool (*wait)(void *arg);
    /* What `word` can become (names.h). */
    struct send_matches (*complete)(void *arg, struct kq_str word);
};

enum send_edit_got {
    SEND_EDIT_LINE,
    SEND_EDIT_END,    /* end of input */
    SEND_EDIT_CANCEL, /* ops->wait gave up */
};

struct send_edit *send_edit_new(const struct send_edit_ops *ops, void *arg, bool plain);
void send_edit_free(struct send_edit *e);

/* Does somebody type, rather than a pipe? */
bool send_edit_is_terminal(const struct send_edit *e);

/* Append the next line, without its newline, to `line`; a recalled entry may
 * be several lines. */
enum send_edit_got send_edit_line(struct send_edit *e, const char *prompt, struct kq_buf *line);

/* Make an entry that was typed, or was loaded from the history, one to recall. */
void send_edit_remember(struct send_edit *e, const char *entry);

/* While ops->wait runs: take prompt and line off the screen to print something
 * else, and put them back. */
void send_edit_hide(struct send_edit *e);
void send_edit_show(struct send_edit *e);

/* The terminal has another size now. */
void send_edit_resize(struct send_edit *e);
/* Before the process stops: leave the terminal as it was; and go on after it. */
void send_edit_suspend(struct send_edit *e);
void send_edit_resume(struct send_edit *e);

#endif

/*
 * help.h - what a tool says about itself: --help, --version, --debug-config.
 *
 * All of it is made from the tool's struct kq_tool, so four tools speak alike.
 */
#ifndef KQ_CLI_HELP_H
#define KQ_CLI_HELP_H

#include "base/out.h"
#include "cli/opt.h"

/*
 * The whole help in at most 80 columns: usage, purpose, examples, options by
 * group, exit codes, environment.  `bold` marks the headings for a terminal.
 */
void kq_help(const struct kq_tool *t, struct kq_out *o, bool bold);

/* Usage and two examples, for a call without arguments. */
void kq_help_brief(const struct kq_tool *t, struct kq_out *o);

/* "kq-send (kq) 1.2.3" with the libraries in use, or the number alone. */
void kq_help_version(const struct kq_tool *t, struct kq_out *o, bool brief);

/*
 * Every option of the tool with its value and where that came from, one a
 * line: "timeout = 5s  (profile)".  Passwords are no option values; the
 * caller adds where the password came from.
 */
void kq_help_settings(const struct kq_opts *p, struct kq_out *o);

#endif

/*
 * complete.h - completion scripts for bash, zsh and fish from the option
 * tables: all options, the words of choices, files, and for targets the
 * profile names of the configuration file.
 */
#ifndef KQ_CLI_COMPLETE_H
#define KQ_CLI_COMPLETE_H

#include "base/out.h"
#include "cli/opt.h"

enum kq_shell { KQ_SHELL_BASH, KQ_SHELL_ZSH, KQ_SHELL_FISH };

void kq_complete(const struct kq_tool *t, enum kq_shell shell, struct kq_out *o);

#endif

/*
 * config.h - profiles: [NAME] sections of the user's kq/config.
 *
 *      # comment
 *      [prod]
 *      target = tcps://db.example.com:5010
 *      user = reader
 *      cacert = ~/ca.pem
 *
 * A key is the long name of an option that may be set from a profile, or
 * target, or password.  Nothing is read from the current directory: a
 * checked-out repository must not redirect queries.
 */
#ifndef KQ_CLI_CONFIG_H
#define KQ_CLI_CONFIG_H

#include "cli/opt.h"

/* A value that had to be put together; private. */
struct kq_profile_path {
    struct kq_profile_path *next;
    char text[];
};

struct kq_profile {
    char *target;   /* NULL: the section has none */
    char *password; /* NULL: the section has none */
    char *store;    /* the file's text, into which these and option values point */
    size_t store_len;
    struct kq_profile_path *paths; /* private */
};

void kq_profile_release(struct kq_profile *prof);

/*
 * The target to use for operand `word` (NULL: none): as it is, or for @NAME
 * that of the profile, whose options are applied; "@" alone is [default], or
 * $KQ_TARGET when that names no target.  Applies the KQ_ variables last.  The
 * text lives in argv, the profile or the environment: keep *prof as long as the
 * options, and release it after.
 *
 * The file is KQ_CONFIG, or kq/config below XDG_CONFIG_HOME or ~/.config.  NULL
 * with KQ_EUSAGE, naming file and line, when the file or the section does not
 * exist or a line is wrong; a file that holds a password must be readable by its
 * owner alone.
 */
char *kq_config_target(struct kq_opts *p, char *word, struct kq_profile *prof, struct kq_err *err);

#endif

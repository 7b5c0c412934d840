/*
 * cred.h - who we say we are, and where the password comes from.
 *
 * Order: --password-fd, --password-file, -W, the target, the profile, the
 * credentials file, $CREDENTIALS_DIRECTORY/kq, ~/.netrc, KQ_PASSWORD, empty.
 * kq-credentials(5) describes the files.  Passwords are wiped after use and
 * never printed; `-v` shows only where one came from.
 */
#ifndef KQ_CLI_CRED_H
#define KQ_CLI_CRED_H

#include "base/err.h"
#include "cli/opt_conn.h"
#include "net/addr.h"

struct kq_cred {
    char *user;     /* never NULL once found, may be empty */
    char *password; /* never NULL once found, may be empty */
    char from[80];  /* "credentials file /home/u/.config/kq/credentials line 3" */
};

/*
 * Find user and password for `addr`.  `profile_password` may be NULL;
 * `p` tells whether the user was named on the command line, which outranks the target.
 * KQ_EUSAGE or KQ_EIO when a source was named but cannot be used, and for a
 * credentials file that others may read or that is not ours.
 */
bool kq_cred_find(const struct kq_opts *p, const struct kq_opt_conn *o, const struct kq_addr *addr,
                  const char *profile_password, struct kq_cred *c, struct kq_err *err);

/* Overwrite and free. */
void kq_cred_release(struct kq_cred *c);

/*
 * Look for the host and port of `addr` in the text of a credentials file
 * (host:port:user:password lines).  `user` restricts the match unless NULL.
 * True when a line matches, with *c allocated and *line its number.
 */
bool kq_cred_match(struct kq_str text, const struct kq_addr *addr, const char *user,
                   struct kq_cred *c, int *line);
/* The same for ~/.netrc. */
bool kq_cred_netrc(struct kq_str text, const struct kq_addr *addr, const char *user,
                   struct kq_cred *c);

/*
 * Overwrite the password inside a target in argv, which other users can see
 * in the process list.  True when there was one (warn then, once).
 */
bool kq_cred_hide(char *target, const struct kq_addr *addr);

#endif

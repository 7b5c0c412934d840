/*
 * auth.h - q's password file: who may log in.
 *
 * One `user:password` a line; the password is plain text or the MD5 or SHA-1
 * digest of it in hexadecimal (kdb+ command line -u and -U).  Clients always
 * send the plain password.
 */
#ifndef KQ_LISTEN_AUTH_H
#define KQ_LISTEN_AUTH_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct lst_users;

/*
 * Digests are computed by whoever has a cryptographic library loaded: write
 * the lower-case hex of the MD5 (`sha1` false) or SHA-1 of `text` to `hex`
 * (room for 41 bytes); false when that is not possible.
 */
typedef bool (*lst_digest_fn)(bool sha1, struct kq_str text, char *hex);

/*
 * Read a password file; NULL with `err` when it cannot be read (KQ_EIO) or a
 * line is not `user:password` (KQ_EUSAGE, with its number).  Empty lines are
 * passed over.
 */
struct lst_users *lst_users_load(const char *path, lst_digest_fn digest, struct kq_err *err);
/* The same from text in memory. */
struct lst_users *lst_users_parse(struct kq_str text, const char *name, lst_digest_fn digest,
                                  struct kq_err *err);
void lst_users_free(struct lst_users *u);

/*
 * May this user with this plain password log in?  The time taken does not
 * depend on how much of a password was right.
 */
bool lst_users_check(const struct lst_users *u, struct kq_str user, struct kq_str password);

#endif

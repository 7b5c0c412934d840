/*
 * connect.h - from the word TARGET to an open link.
 */
#ifndef KQ_SEND_CONNECT_H
#define KQ_SEND_CONNECT_H

#include "cli/config.h"
#include "cli/cred.h"
#include "cli/prog.h"
#include "link.h"
#include "net/addr.h"
#include "opts.h"

#include <signal.h>

/* Whom to talk to. */
struct send_target {
    struct kq_addr addr;
    struct kq_profile profile;
    struct kq_cred cred;
};

/*
 * Work out what `word` (an operand, or NULL) means, apply profile and
 * environment to the options, and find the credentials.  A password in the
 * word is overwritten there.  KQ_EUSAGE or KQ_EIO.  Release it in any case.
 */
bool send_target_init(struct send_target *t, struct kq_opts *p, struct send_opts *o, char *word,
                      struct kq_err *err);
void send_target_release(struct send_target *t);

/* Wipe the passwords: the login is done. */
void send_target_forget(struct send_target *t);

/* --debug-config: print all settings; returns the exit status. */
int send_target_show(const struct send_target *t, const struct kq_prog *prog,
                     const struct kq_opts *p);

/*
 * Connect and log in, again as often as --retry and --wait say.  Only what
 * failed before a request was sent is ever repeated.  `tap` hears the bytes.
 */
bool send_connect(struct send_link *l, const struct send_target *t, const struct send_opts *o,
                  const struct kq_tap *tap, int64_t deadline, volatile sig_atomic_t *stop,
                  struct kq_err *err);

/* The connection options that follow from target and options. */
void send_conn_opts(struct kq_conn_opts *c, const struct send_target *t, const struct send_opts *o,
                    const struct kq_tap *tap);

#endif

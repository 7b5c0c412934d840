/*
 * connect.h - from the words for servers to addresses, credentials and
 * connection options.
 */
#ifndef KQ_PIPE_CONNECT_H
#define KQ_PIPE_CONNECT_H

#include "cli/config.h"
#include "cli/cred.h"
#include "cli/prog.h"
#include "net/addr.h"
#include "net/conn_opts.h"
#include "net/tls.h"
#include "opts.h"

/*
 * Is the operand `word`, which is not the first, a further server?  What looks
 * like a handle is: :HOST:PORT, tcps://HOST:PORT, @NAME.  Anything else is a
 * file, HOST:PORT too, as is :DIR/FILE in q.
 */
bool pipe_is_target(const char *word);

/* One server. */
struct pipe_address {
    struct kq_addr addr;
    struct kq_profile profile;
    struct kq_cred cred;
    struct kq_conn_opts conn;
    char name[KQ_ADDR_TEXT_MAX]; /* for messages: without user and password */
};

/*
 * Work out what `word` means, apply profile and environment to the options
 * (of the first target only), find the credentials and load TLS if it is
 * needed.  A password in the word is overwritten there.  KQ_EUSAGE, KQ_EIO or
 * KQ_ECONNECT.  Release it in any case.
 */
bool pipe_address_init(struct pipe_address *a, struct kq_opts *p, struct pipe_opts *o, char *word,
                       struct kq_err *err);
void pipe_address_release(struct pipe_address *a);

/* --debug-config: print all settings; returns the exit status. */
int pipe_address_show(const struct pipe_address *a, const struct kq_prog *prog,
                      const struct kq_opts *p);

#endif

/*
 * link.h - the connection as run sees it: send, receive, end.
 *
 * Plain connections take net/direct, which has no event loop and starts in
 * no time; TLS needs net/conn, which evlink makes look the same.  One of the two stands behind a link, and only this module knows which.
 */
#ifndef KQ_SEND_LINK_H
#define KQ_SEND_LINK_H

#include "base/err.h"
#include "evlink.h"
#include "net/addr.h"
#include "net/conn.h"
#include "net/direct.h"

#include <signal.h>

struct send_link {
    struct kq_direct *direct;   /* one of these */
    struct send_evlink *evlink; /* two is not NULL */
    struct kq_loop *loop;       /* set before opening: an evlink on this loop */
};

/*
 * Connect and log in.  `stop` is set by a signal handler to the signal's
 * number and ends every wait with code 128 + number.  False with `err` as
 * neterr.h words it.
 */
bool send_link_open(struct send_link *l, const struct kq_addr *a, const struct kq_conn_opts *o,
                    volatile sig_atomic_t *stop, struct kq_err *err);
void send_link_close(struct send_link *l);

/* As kq_direct_send, kq_direct_recv and so on. */
bool send_link_send(struct send_link *l, const void *frames, size_t n, int64_t deadline,
                    struct kq_err *err);
int send_link_recv(struct send_link *l, struct kq_msg *msg, int64_t deadline, struct kq_err *err);
bool send_link_ready(struct send_link *l);
bool send_link_amid(struct send_link *l); /* evlink only */
bool send_link_finish(struct send_link *l, int64_t deadline, struct kq_err *err);

int send_link_fd(struct send_link *l);
int send_link_capability(struct send_link *l);
bool send_link_is_local(struct send_link *l);
const struct kq_timing *send_link_timing(struct send_link *l);
uint64_t send_link_bytes_in(struct send_link *l);
uint64_t send_link_bytes_out(struct send_link *l);

#endif

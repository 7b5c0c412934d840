/*
 * evlink.h - net/conn with the blocking interface of net/direct.
 *
 * A command-line client waits for one thing at a time, so its program flow is
 * straight; this turns the event loop only as long as something is awaited.
 */
#ifndef KQ_SEND_EVLINK_H
#define KQ_SEND_EVLINK_H

#include "base/err.h"
#include "net/addr.h"
#include "net/conn.h"

#include <signal.h>

struct send_evlink;

/*
 * As kq_direct_open; also for TLS, with o->tls set.  With a `loop` the connection
 * lives on that one, which stays the caller's and may be turned by him too; he
 * sees to *stop then.  NULL: a loop of its own, which catches SIGINT.
 */
struct send_evlink *send_evlink_open(const struct kq_addr *a, const struct kq_conn_opts *o,
                                     struct kq_loop *loop, volatile sig_atomic_t *stop,
                                     struct kq_err *err);
void send_evlink_free(struct send_evlink *l);

bool send_evlink_send(struct send_evlink *l, const void *frames, size_t n, int64_t deadline,
                      struct kq_err *err);
int send_evlink_recv(struct send_evlink *l, struct kq_msg *msg, int64_t deadline,
                     struct kq_err *err);
bool send_evlink_ready(struct send_evlink *l);
/* Has the beginning of a message arrived, but not its end? */
bool send_evlink_amid(struct send_evlink *l);
bool send_evlink_finish(struct send_evlink *l, int64_t deadline, struct kq_err *err);

/* What the connection can tell of itself; also after its end. */
struct send_figures {
    int fd; /* -1 after the end */
    int capability;
    bool is_local;
    struct kq_timing timing;
    uint64_t bytes_in, bytes_out;
};
const struct send_figures *send_evlink_figures(struct send_evlink *l);

#endif

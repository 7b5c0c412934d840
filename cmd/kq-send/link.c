/*
 * link.c - forwards each call to whichever of the two is there, and shows what
 * passes (trace).
 */
#include "link.h"

#include "trace.h"

bool send_link_open(struct send_link *l, const struct kq_addr *a, const struct kq_conn_opts *o,
                    volatile sig_atomic_t *stop, struct kq_err *err)
{
    *l = (struct send_link){.loop = l->loop};
    if (a->tls || l->loop)
        l->evlink = send_evlink_open(a, o, l->loop, stop, err);
    else
        l->direct = kq_direct_open(a, o, stop, err);
    return l->evlink || l->direct;
}

void send_link_close(struct send_link *l)
{
    kq_direct_free(l->direct);
    send_evlink_free(l->evlink);
    *l = (struct send_link){.loop = l->loop};
}

bool send_link_send(struct send_link *l, const void *frames, size_t n, int64_t deadline,
                    struct kq_err *err)
{
    send_trace('>', frames, n);
    return l->direct ? kq_direct_send(l->direct, frames, n, deadline, err)
                     : send_evlink_send(l->evlink, frames, n, deadline, err);
}

int send_link_recv(struct send_link *l, struct kq_msg *msg, int64_t deadline, struct kq_err *err)
{
    int got = l->direct ? kq_direct_recv(l->direct, msg, deadline, err)
                        : send_evlink_recv(l->evlink, msg, deadline, err);
    if (got > 0)
        send_trace('<', kq_msg_bytes(msg), msg->len);
    return got;
}

bool send_link_ready(struct send_link *l)
{
    return l->direct ? kq_direct_ready(l->direct) : send_evlink_ready(l->evlink);
}

bool send_link_amid(struct send_link *l)
{
    return l->evlink && send_evlink_amid(l->evlink);
}

bool send_link_finish(struct send_link *l, int64_t deadline, struct kq_err *err)
{
    return l->direct ? kq_direct_finish(l->direct, deadline, err)
                     : send_evlink_finish(l->evlink, deadline, err);
}

int send_link_fd(struct send_link *l)
{
    return l->direct ? kq_direct_fd(l->direct) : send_evlink_figures(l->evlink)->fd;
}

int send_link_capability(struct send_link *l)
{
    return l->direct ? kq_direct_capability(l->direct) : send_evlink_figures(l->evlink)->capability;
}

bool send_link_is_local(struct send_link *l)
{
    return l->direct ? kq_direct_is_local(l->direct) : send_evlink_figures(l->evlink)->is_local;
}

const struct kq_timing *send_link_timing(struct send_link *l)
{
    return l->direct ? kq_direct_timing(l->direct) : &send_evlink_figures(l->evlink)->timing;
}

uint64_t send_link_bytes_in(struct send_link *l)
{
    return l->direct ? kq_direct_bytes_in(l->direct) : send_evlink_figures(l->evlink)->bytes_in;
}

uint64_t send_link_bytes_out(struct send_link *l)
{
    return l->direct ? kq_direct_bytes_out(l->direct) : send_evlink_figures(l->evlink)->bytes_out;
}

/*
 * resolve.h - an address to the endpoints worth trying, in order.
 *
 * What can be known without asking is answered at once: localhost, literals
 * and Unix sockets with a numeric port never touch the resolver, which costs
 * more than a whole query.  Everything else runs getaddrinfo in a thread of
 * its own, because it knows no timeout and both clients have one.
 */
#ifndef KQ_NET_RESOLVE_H
#define KQ_NET_RESOLVE_H

#include "base/err.h"
#include "net/addr.h"
#include "net/sock.h"

/* 1 with `out` filled; 0 when the resolver must be asked; -1 with `err`
 * (KQ_ECONNECT). `family` is AF_UNSPEC, AF_INET or AF_INET6. */
int kq_resolve_known(const struct kq_addr *a, int family, struct kq_endpoints *out,
                     struct kq_err *err);

struct kq_resolve;

/* Ask the resolver; NULL with `err` when no thread can be had. */
struct kq_resolve *kq_resolve_start(const struct kq_addr *a, int family, struct kq_err *err);
/* Becomes readable when the answer is there. */
int kq_resolve_fd(const struct kq_resolve *r);
/* Fetch the answer (after the descriptor became readable) and free `r`; false
 * with KQ_ECONNECT, "cannot resolve host 'x': ...". */
bool kq_resolve_finish(struct kq_resolve *r, struct kq_endpoints *out, struct kq_err *err);
/* Lose interest and free `r`; the thread ends by itself later. */
void kq_resolve_cancel(struct kq_resolve *r);

#endif

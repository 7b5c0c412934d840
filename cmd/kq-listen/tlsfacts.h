/*
 * tlsfacts.h - .z.e: what is known about the TLS of the current connection.
 */
#ifndef KQ_LISTEN_TLSFACTS_H
#define KQ_LISTEN_TLSFACTS_H

#include "q/q.h"

/* For q_host.tls; `arg` is the struct lst_context.  An empty dictionary for a plain connection. */
struct kq_obj *lst_tls_facts(void *arg, struct q *q);

#endif

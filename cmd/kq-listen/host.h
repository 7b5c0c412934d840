/*
 * host.h - the world as q code sees it: handles, the console, \p.
 *
 * The evaluator calls these through struct q_host and knows nothing of sockets.
 */
#ifndef KQ_LISTEN_HOST_H
#define KQ_LISTEN_HOST_H

#include "context.h"

/* The callbacks for q_new; `c` must outlive the interpreter. */
struct q_host lst_host(struct lst_context *c);

#endif

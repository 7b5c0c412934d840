/*
 * proxy.h - --proxy: another server answers, and everything is logged both ways.
 *
 * Each client gets a connection of its own there, made with the client's user
 * and password unless the target names some.  Messages pass as they are, byte
 * for byte.  An answer from a rule waits for the answers to what was forwarded
 * before it.
 */
#ifndef KQ_LISTEN_PROXY_H
#define KQ_LISTEN_PROXY_H

#include "context.h"
#include "exchange.h"
#include "net/addr.h"

struct lst_proxy {
    struct kq_addr target;
};

/*
 * Log in there for a client.  Later `accept` is called with the capability
 * that the server granted, or `refuse` with the reason.
 */
void lst_proxy_connect(struct lst_session *s, void (*accept)(struct lst_session *s, int capability),
                       void (*refuse)(struct lst_session *s, const char *why));

/* The client has gone; harmless when there is no connection for it. */
void lst_proxy_disconnect(struct lst_session *s);

/* Pass a message on; the answer to a sync one comes back by itself. */
void lst_proxy_forward(struct lst_exchange *x);

/* The client reads again. */
void lst_proxy_go_on(struct lst_session *s);

/* Is the other server still to answer what this client asked? */
bool lst_proxy_is_waiting(const struct lst_session *s);

#endif

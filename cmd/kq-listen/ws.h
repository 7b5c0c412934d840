/*
 * ws.h - WebSocket messages over an HTTP connection that was upgraded.
 *
 * libwslay does the framing.  The engine is fed bytes and keeps whole messages
 * until they are taken, and hands bytes to be sent to a function; it does no
 * I/O and calls no q code.
 */
#ifndef KQ_LISTEN_WS_H
#define KQ_LISTEN_WS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lst_ws;

struct lst_ws_opts {
    bool deflate; /* permessage-deflate was agreed on */
    uint64_t max; /* bytes of a message, before and after unpacking */
    /* Bytes for the peer. */
    void (*write)(void *arg, const void *data, size_t n);
    void *arg;
};

struct lst_ws *lst_ws_new(const struct lst_ws_opts *opts);
void lst_ws_free(struct lst_ws *w);

/* Bytes that arrived.  Pings, closing and offences are answered at once. */
void lst_ws_feed(struct lst_ws *w, const void *data, size_t n);

/* The oldest message, appended to `out`; false when there is none. */
bool lst_ws_take(struct lst_ws *w, struct kq_buf *out, bool *text);

/* Send a message.  KQ_EPROTO with "utf8" for a text that is none, KQ_ELOST after the end. */
bool lst_ws_send(struct lst_ws *w, bool text, const void *data, size_t n, struct kq_err *err);

/* Say goodbye with a status code (1000 normal, 1001 going away). */
void lst_ws_close(struct lst_ws *w, uint16_t code);

/* Both sides have said goodbye, or the peer broke the rules: close the connection. */
bool lst_ws_is_over(const struct lst_ws *w);

/*
 * The response headers that accept an upgrade, each ending in CRLF: for the
 * client's key, its offered extensions and subprotocols (empty: none).  *deflate
 * says whether permessage-deflate is agreed on.  False when there is no SHA-1.
 */
bool lst_ws_accept(struct kq_buf *out, struct kq_str key, struct kq_str extensions,
                   struct kq_str protocols, bool *deflate);

#endif

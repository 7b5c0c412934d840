/*
 * web.h - HTTP and WebSocket sessions on the port of IPC, as kdb+ serves them.
 */
#ifndef KQ_LISTEN_WEB_H
#define KQ_LISTEN_WEB_H

#include "context.h"
#include "net/stream.h"

/* Serve an accepted stream whose first bytes are an HTTP request; the stream is consumed. */
void lst_web_serve_take(struct lst_context *c, struct kq_stream *stream);

#endif

/*
 * site.h - what an HTTP request gets: .z handlers, the page, results in a
 * format, files.
 */
#ifndef KQ_LISTEN_SITE_H
#define KQ_LISTEN_SITE_H

#include "base/buf.h"
#include "http.h"
#include "sessions.h"

#include <stdbool.h>

/* An upgrade to a WebSocket, accepted in the reply. */
struct site_upgrade {
    bool wanted;
    bool deflate;
};

struct site_reply {
    struct kq_buf out; /* the whole response */
    bool keep_alive;   /* in: the client wants to; out: so do we */
    struct site_upgrade upgrade;
};

/*
 * Answer a request, as kdb+ does: .z.ac or password, then an upgrade, .z.ph,
 * .z.pp or .z.pm, and without .z.ph what this server has itself.
 */
void site_answer(struct lst_session *s, const struct http_request *req, struct site_reply *reply);

#endif

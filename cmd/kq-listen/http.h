/*
 * http.h - an HTTP/1.1 request parser and response builder without I/O.
 *
 * kdb+ serves HTTP on the same port as IPC, so a connection is already open
 * and partly read when we learn that it speaks HTTP; no library takes over
 * such a connection.  The parser is fed bytes in pieces of any size and gives
 * whole requests; sizes are limited and every limit has its status code.
 */
#ifndef KQ_LISTEN_HTTP_H
#define KQ_LISTEN_HTTP_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_header {
    struct kq_str name; /* as sent; compare without case */
    struct kq_str value;
};

/* A request; its slices are valid until the next call on the parser. */
struct http_request {
    struct kq_str method;
    struct kq_str target; /* as sent: path and query, percent-encoded */
    int minor;            /* HTTP/1.x */
    const struct http_header *headers;
    size_t n_headers;
    struct kq_str body; /* chunks joined */
    bool keep_alive;    /* the client will send more requests */
};

struct http_limits {
    size_t head; /* bytes of request line and headers */
    size_t body; /* bytes of a body */
};

struct http_parser;

struct http_parser *http_parser_new(const struct http_limits *limits);
void http_parser_free(struct http_parser *p);

/* Give the parser bytes. After an error it takes no more. */
void http_parser_feed(struct http_parser *p, const void *data, size_t len);

/*
 * The next whole request: 1 with `req` filled; 0 when more bytes are needed;
 * -1 when the input is broken, with *status set to the answer it deserves
 * (400, 411, 413, 431, 501 or 505), after which the connection must be closed.
 */
int http_parser_next(struct http_parser *p, struct http_request *req, int *status);

/* The client waits for "100 Continue" before it sends its body: true once. */
bool http_parser_wants_continue(struct http_parser *p);

/* Bytes after the last request: what a protocol upgrade continues with. */
struct kq_str http_parser_rest(const struct http_parser *p);

/* The value of a header (name in any case), or an empty slice with s NULL. */
struct kq_str http_header(const struct http_request *req, const char *name);

/* Does a comma-separated header list `token` (any case, weight above 0)? */
bool http_header_lists(const struct http_request *req, const char *name, const char *token);

/* Room that http_basic_auth may need. */
#define HTTP_AUTH_MAX 65536

/*
 * User and password of "Authorization: Basic ...", split at the first colon;
 * they point into `store`.  False when there is none or it is not valid.
 */
bool http_basic_auth(const struct http_request *req, struct kq_buf *store, struct kq_str *user,
                     struct kq_str *password);

/* Append `n` bytes as base64. */
void http_base64(struct kq_buf *out, const uint8_t *p, size_t n);

/* "OK" for 200. */
const char *http_reason(int status);

/*
 * Append a whole response.  `type` may be NULL (no Content-Type), `extra` is
 * ready header lines ending in CRLF, or "".  For HEAD the body is left out but
 * its length is told.
 */
void http_respond(struct kq_buf *out, int status, const char *type, const char *extra,
                  struct kq_str body, bool keep_alive, bool head);

/* Append `s` percent-decoded; '+' becomes a space when `form` is set.  Broken
 * escapes stay as they are. */
void http_unescape(struct kq_buf *out, struct kq_str s, bool form);

/* Append `s` percent-encoded, so that it can stand in a query. */
void http_escape_url(struct kq_buf *out, struct kq_str s);

/* Append `s` with & < > " ' escaped for HTML. */
void http_escape_html(struct kq_buf *out, struct kq_str s);

#endif

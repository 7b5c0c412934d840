/*
 * fuzz_lst_http.c - an HTTP connection in pieces, compared with the same in one
 * piece.  The first byte sets their size.
 */
#include "http.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct http_limits limits = {.head = 2048, .body = 4096};

/* What all requests of a connection have in them, and how it ended. */
struct trace {
    uint64_t hash;
    int requests, status;
};

static void mix(struct trace *t, struct kq_str s)
{
    for (size_t i = 0; i < s.len; i++)
        t->hash = (t->hash ^ (uint8_t)s.s[i]) * 1099511628211u;
    t->hash = (t->hash ^ s.len) * 1099511628211u;
}

static void look(struct trace *t, const struct http_request *req)
{
    struct kq_buf store;
    struct kq_str user, password;
    kq_buf_init(&store, HTTP_AUTH_MAX);
    if (http_basic_auth(req, &store, &user, &password) && user.len + password.len + 1 != store.len)
        abort();
    kq_buf_clear(&store);
    http_unescape(&store, req->target, true);
    if (store.len > req->target.len || req->body.len > limits.body)
        abort();
    kq_buf_release(&store);
    mix(t, req->method);
    mix(t, req->target);
    mix(t, req->body);
    for (size_t i = 0; i < req->n_headers; i++) {
        mix(t, req->headers[i].name);
        mix(t, req->headers[i].value);
    }
    t->requests++;
}

static struct trace read_all(const uint8_t *data, size_t size, size_t piece)
{
    struct trace t = {.hash = 14695981039346656037u};
    struct http_parser *p = http_parser_new(&limits);
    struct http_request req;
    int got = 0;
    for (size_t at = 0; at < size && got >= 0; at += piece) {
        http_parser_feed(p, data + at, piece < size - at ? piece : size - at);
        while ((got = http_parser_next(p, &req, &t.status)) > 0)
            look(&t, &req);
        http_parser_wants_continue(p);
    }
    if (got < 0 && (t.status < 400 || strcmp(http_reason(t.status), "Unknown") == 0))
        abort();
    http_parser_free(p);
    return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    struct trace whole = read_all(data + 1, size - 1, size);
    struct trace parts = read_all(data + 1, size - 1, data[0] + 1u);
    /* Which limit is met first may depend on the pieces; what was accepted may not. */
    if (whole.requests > parts.requests ||
        (whole.requests == parts.requests && whole.hash != parts.hash))
        abort();
    return 0;
}

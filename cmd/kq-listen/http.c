/*
 * http.c - finds the end of the head, cuts it into lines, then takes the body.
 *
 * The parser keeps one buffer with everything not yet consumed.  A request is
 * parsed only when its head is complete, so slices can point into the buffer;
 * chunked bodies are joined into a second buffer.  Ambiguities that let two
 * readers disagree about where a request ends (both length and chunked, two
 * lengths, bare CR, white space before a colon) are refused.
 */
#include "http.h"

#include "base/mem.h"
#include "base/num.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_HEADERS = 100 };

enum body_kind { BODY_NONE, BODY_LENGTH, BODY_CHUNKED };

struct http_parser {
    struct http_limits limits;
    struct kq_buf in;
    struct kq_buf chunks;
    size_t used;     /* bytes of `in` that the request handed out last occupies */
    size_t need;     /* no use to look before `in` holds so many bytes */
    size_t chunk_at; /* where the next chunk starts, 0 outside chunked bodies */
    struct http_header headers[MAX_HEADERS];
    int failed;          /* status of the error, 0 while all is well */
    bool asked_continue; /* already reported by wants_continue */
    bool wants_continue;
};

struct http_parser *http_parser_new(const struct http_limits *limits)
{
    struct http_parser *p = kq_calloc(1, sizeof *p);
    p->limits = *limits;
    /* Chunk framing may triple a body of one-byte chunks; the decoder checks the sum. */
    kq_buf_init(&p->in, limits->head + limits->body * 8);
    kq_buf_init(&p->chunks, limits->body);
    return p;
}

void http_parser_free(struct http_parser *p)
{
    if (!p)
        return;
    kq_buf_release(&p->in);
    kq_buf_release(&p->chunks);
    free(p);
}

void http_parser_feed(struct http_parser *p, const void *data, size_t len)
{
    if (!p->failed)
        kq_buf_append(&p->in, data, len);
}

static int refuse(struct http_parser *p, int status, int *out)
{
    p->failed = status;
    *out = status;
    return -1;
}

static struct kq_str pending(const struct http_parser *p)
{
    return kq_str((const char *)p->in.data + p->used, p->in.len - p->used);
}

struct kq_str http_parser_rest(const struct http_parser *p)
{
    return pending(p);
}

/* ---- head ------------------------------------------------------------------ */

static bool is_token_char(unsigned char c)
{
    return c > 0x20 && c < 0x7f && !strchr("()<>@,;:\\\"/[]?={}", c);
}

static bool is_token(struct kq_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!is_token_char((unsigned char)s.s[i]))
            return false;
    }
    return s.len > 0;
}

static bool has_control(struct kq_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.s[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return true;
    }
    return false;
}

/* One line without its CRLF (a bare LF is taken too), moving *at behind it. */
static struct kq_str take_line(struct kq_str head, size_t *at)
{
    const char *start = head.s + *at;
    const char *nl = memchr(start, '\n', head.len - *at);
    size_t len = nl ? (size_t)(nl - start) : head.len - *at;
    *at += len + (nl ? 1 : 0);
    if (len && start[len - 1] == '\r')
        len--;
    return kq_str(start, len);
}

static int parse_request_line(struct kq_str line, struct http_request *req)
{
    struct kq_str rest, version;
    if (!kq_str_cut(line, ' ', &req->method, &rest) || !is_token(req->method))
        return 400;
    if (!kq_str_cut(rest, ' ', &req->target, &version) || !req->target.len || has_control(line))
        return 400;
    if (!kq_str_starts(version, "HTTP/") || version.len != 8)
        return 400;
    if (version.s[5] != '1' || version.s[6] != '.' || (version.s[7] != '0' && version.s[7] != '1'))
        return 505;
    req->minor = version.s[7] - '0';
    return 0;
}

static int parse_header(struct kq_str line, struct http_header *h)
{
    if (!kq_str_cut(line, ':', &h->name, &h->value) || !is_token(h->name) || has_control(line))
        return 400;
    h->value = kq_str_trim(h->value);
    return 0;
}

static int parse_head(struct http_parser *p, struct kq_str head, struct http_request *req)
{
    size_t at = 0;
    *req = (struct http_request){.headers = p->headers};
    int status = parse_request_line(take_line(head, &at), req);
    while (!status && at < head.len) {
        struct kq_str line = take_line(head, &at);
        if (!line.len)
            break;
        if (req->n_headers == MAX_HEADERS)
            return 431;
        status = parse_header(line, &p->headers[req->n_headers++]);
    }
    return status;
}

/* Length of the head including its empty line, 0 while it is incomplete. */
static size_t head_length(struct kq_str in)
{
    for (size_t i = 0; i + 1 < in.len; i++) {
        if (in.s[i] != '\n')
            continue;
        if (in.s[i + 1] == '\n')
            return i + 2;
        if (in.s[i + 1] == '\r' && i + 2 < in.len && in.s[i + 2] == '\n')
            return i + 3;
    }
    return 0;
}

/* ---- body ------------------------------------------------------------------- */

static size_t count_headers(const struct http_request *req, const char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < req->n_headers; i++) {
        struct kq_str h = req->headers[i].name;
        n += h.len == strlen(name) && strncasecmp(h.s, name, h.len) == 0;
    }
    return n;
}

/* How the body is framed; a status above 0 when it is not acceptable. */
static int body_framing(const struct http_request *req, enum body_kind *kind, uint64_t *length)
{
    size_t lengths = count_headers(req, "content-length");
    size_t codings = count_headers(req, "transfer-encoding");
    *kind = BODY_NONE;
    *length = 0;
    if (codings) {
        struct kq_str coding = http_header(req, "transfer-encoding");
        if (lengths || codings > 1)
            return 400;
        if (coding.len != 7 || strncasecmp(coding.s, "chunked", 7) != 0)
            return 501;
        *kind = BODY_CHUNKED;
        return 0;
    }
    if (lengths > 1)
        return 400;
    if (lengths) {
        struct kq_str text = http_header(req, "content-length");
        if (!text.len || text.s[0] == '+' || !kq_parse_u64(text.s, text.len, length))
            return 400;
        *kind = BODY_LENGTH;
        return 0;
    }
    return kq_str_is(req->method, "POST") || kq_str_is(req->method, "PUT") ? 411 : 0;
}

static bool parse_chunk_size(struct kq_str line, uint64_t *size)
{
    struct kq_str digits, extension;
    kq_str_cut(line, ';', &digits, &extension);
    digits = kq_str_trim(digits);
    if (!digits.len || digits.len > 15)
        return false;
    *size = 0;
    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.s[i] | 0x20;
        bool digit = digits.s[i] >= '0' && digits.s[i] <= '9';
        if (!digit && (c < 'a' || c > 'f'))
            return false;
        *size = *size * 16 + (uint64_t)(digit ? c - '0' : c - 'a' + 10);
    }
    return true;
}

/* One chunk at in[*at]: 1 taken, 2 it was the last, 0 incomplete, <0 minus a status. */
static int take_chunk(struct http_parser *p, struct kq_str in, size_t *at)
{
    size_t next = *at;
    if (!memchr(in.s + next, '\n', in.len - next))
        return in.len - next > 1024 ? -400 : 0;
    uint64_t size;
    if (!parse_chunk_size(take_line(in, &next), &size))
        return -400;
    if (size > p->limits.body - p->chunks.len)
        return -413;
    if (in.len - next < size + 2)
        return 0;
    if (size)
        kq_buf_append(&p->chunks, in.s + next, (size_t)size);
    next += (size_t)size;
    struct kq_str end = take_line(in, &next);
    if (end.len)
        return -400;
    *at = next;
    return size ? 1 : 2;
}

/* Chunks from chunk_at on: 1 all there, 0 incomplete, <0 minus a status.  Progress
 * is kept, so a body in many small pieces is looked at once. */
static int take_chunks(struct http_parser *p, struct kq_str in)
{
    int got;
    do {
        got = take_chunk(p, in, &p->chunk_at);
    } while (got == 1);
    return got == 2 ? 1 : got;
}

static bool is_keep_alive(const struct http_request *req)
{
    if (http_header_lists(req, "connection", "close"))
        return false;
    return req->minor > 0 || http_header_lists(req, "connection", "keep-alive");
}

/* Head and framing are known: is the body there?  As http_parser_next. */
static int take_body(struct http_parser *p, struct kq_str in, size_t head, struct http_request *req,
                     int *status)
{
    enum body_kind kind;
    uint64_t length;
    int bad = body_framing(req, &kind, &length);
    if (bad)
        return refuse(p, bad, status);
    if (length > p->limits.body)
        return refuse(p, 413, status);
    if (!p->asked_continue && kind != BODY_NONE)
        p->wants_continue = http_header_lists(req, "expect", "100-continue");
    size_t end = head + (size_t)length;
    if (kind == BODY_CHUNKED) {
        if (!p->chunk_at) {
            kq_buf_clear(&p->chunks);
            p->chunk_at = head;
        }
        int got = take_chunks(p, in);
        if (got <= 0)
            return got ? refuse(p, -got, status) : 0;
        req->body = kq_str((const char *)p->chunks.data, p->chunks.len);
        end = p->chunk_at;
        p->chunk_at = 0;
    } else if (in.len < end) {
        p->need = end;
        return 0;
    } else {
        req->body = kq_str(in.s + head, (size_t)length);
    }
    p->used = end;
    p->need = 0;
    p->asked_continue = p->wants_continue = false;
    req->keep_alive = is_keep_alive(req);
    return 1;
}

int http_parser_next(struct http_parser *p, struct http_request *req, int *status)
{
    if (p->failed)
        return refuse(p, p->failed, status);
    kq_buf_consume(&p->in, p->used);
    p->used = 0;
    /* RFC 9112 2.2: empty lines before a request are to be ignored. */
    while (p->in.len && (p->in.data[0] == '\r' || p->in.data[0] == '\n'))
        kq_buf_consume(&p->in, 1);
    struct kq_str in = pending(p);
    if (in.len < p->need && !p->in.failed)
        return 0;
    size_t head = in.len ? head_length(in) : 0;
    if (head > p->limits.head || (!head && (in.len > p->limits.head || p->in.failed)))
        return refuse(p, 431, status);
    if (p->in.failed)
        return refuse(p, 413, status);
    if (!head)
        return 0;
    int bad = parse_head(p, kq_str(in.s, head), req);
    if (bad)
        return refuse(p, bad, status);
    return take_body(p, in, head, req, status);
}

bool http_parser_wants_continue(struct http_parser *p)
{
    if (!p->wants_continue || p->asked_continue)
        return false;
    p->asked_continue = true;
    p->wants_continue = false;
    return true;
}

/* ---- headers ------------------------------------------------------------------ */

struct kq_str http_header(const struct http_request *req, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < req->n_headers; i++) {
        struct kq_str h = req->headers[i].name;
        if (h.len == len && strncasecmp(h.s, name, len) == 0)
            return req->headers[i].value;
    }
    return kq_str(NULL, 0);
}

/* "gzip;q=0" says no. */
static bool item_is(struct kq_str item, const char *token)
{
    struct kq_str word, params;
    kq_str_cut(item, ';', &word, &params);
    word = kq_str_trim(word);
    if (word.len != strlen(token) || strncasecmp(word.s, token, word.len) != 0)
        return false;
    params = kq_str_trim(params);
    return !kq_str_is(params, "q=0") && !kq_str_is(params, "q=0.0");
}

bool http_header_lists(const struct http_request *req, const char *name, const char *token)
{
    struct kq_str rest = http_header(req, name);
    while (rest.len) {
        struct kq_str item;
        kq_str_cut(rest, ',', &item, &rest);
        if (item_is(item, token))
            return true;
    }
    return false;
}

/* ---- base64 ---------------------------------------------------------------------- */

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void http_base64(struct kq_buf *out, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i += 3) {
        size_t left = n - i;
        uint32_t v = (uint32_t)p[i] << 16;
        v |= left > 1 ? (uint32_t)p[i + 1] << 8 : 0;
        v |= left > 2 ? p[i + 2] : 0;
        for (size_t k = 0; k < 4; k++)
            kq_buf_byte(out, k > left ? '=' : (uint8_t)base64_digits[v >> (18 - 6 * k) & 63]);
    }
}

static bool read_base64(struct kq_buf *out, struct kq_str s)
{
    uint32_t v = 0;
    int bits = 0;
    while (s.len && s.s[s.len - 1] == '=')
        s.len--;
    for (size_t i = 0; i < s.len; i++) {
        const char *at = s.s[i] ? strchr(base64_digits, s.s[i]) : NULL;
        if (!at)
            return false;
        v = v << 6 | (uint32_t)(at - base64_digits);
        bits += 6;
        if (bits >= 8)
            kq_buf_byte(out, (uint8_t)(v >> (bits -= 8)));
    }
    return bits < 6;
}

bool http_basic_auth(const struct http_request *req, struct kq_buf *store, struct kq_str *user,
                     struct kq_str *password)
{
    struct kq_str scheme, coded;
    kq_str_cut(http_header(req, "authorization"), ' ', &scheme, &coded);
    if (scheme.len != 5 || strncasecmp(scheme.s, "basic", 5) != 0 ||
        !read_base64(store, kq_str_trim(coded)))
        return false;
    return kq_str_cut(kq_str((const char *)store->data, store->len), ':', user, password);
}

/* ---- responses ------------------------------------------------------------------ */

const char *http_reason(int status)
{
    switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 426: return "Upgrade Required";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "Unknown";
    }
}

void http_respond(struct kq_buf *out, int status, const char *type, const char *extra,
                  struct kq_str body, bool keep_alive, bool head)
{
    kq_buf_printf(out, "HTTP/1.1 %d %s\r\n", status, http_reason(status));
    if (type)
        kq_buf_printf(out, "Content-Type: %s\r\n", type);
    kq_buf_printf(out, "Connection: %s\r\nContent-Length: %zu\r\n%s\r\n",
                  keep_alive ? "keep-alive" : "close", body.len, extra);
    if (!head && body.len)
        kq_buf_append(out, body.s, body.len);
}

void http_unescape(struct kq_buf *out, struct kq_str s, bool form)
{
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = (uint8_t)s.s[i], decoded;
        if (c == '%' && s.len - i > 2 && kq_parse_hex(s.s + i + 1, 2, &decoded)) {
            c = decoded;
            i += 2;
        } else if (c == '+' && form) {
            c = ' ';
        }
        kq_buf_byte(out, c);
    }
}

void http_escape_url(struct kq_buf *out, struct kq_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.s[i];
        bool plain = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
                     (c && strchr("-._~", c));
        if (plain)
            kq_buf_byte(out, c);
        else
            kq_buf_printf(out, "%%%02X", c);
    }
}

void http_escape_html(struct kq_buf *out, struct kq_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        switch (s.s[i]) {
        case '&': kq_buf_puts(out, "&amp;"); break;
        case '<': kq_buf_puts(out, "&lt;"); break;
        case '>': kq_buf_puts(out, "&gt;"); break;
        case '"': kq_buf_puts(out, "&quot;"); break;
        case '\'': kq_buf_puts(out, "&#39;"); break;
        default: kq_buf_byte(out, (uint8_t)s.s[i]);
        }
    }
}

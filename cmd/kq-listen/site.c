/*
 * site.c - one function for each way a request can go.
 *
 * An expression comes as ?EXPR, or as ?_=EXPR from the page's form.  Requests
 * that a browser makes on behalf of a page of some other site are refused: a
 * link must not be able to evaluate q.
 */
#include "site.h"

#include "base/gz.h"
#include "base/mem.h"
#include "call.h"
#include "files.h"
#include "gate.h"
#include "obj/dict.h"
#include "obj/list.h"
#include "page.h"
#include "ws.h"

#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    GZIP_ABOVE = 2000,    /* kdb+ compresses larger bodies */
    FILE_MAX = 256 << 20, /* of .h.HOME */
};

/* What belongs to one request. */
struct visit {
    struct lst_session *s;
    const struct http_request *req;
    struct site_reply *reply;
    bool head; /* HEAD: no body */
};

/* ---- responses ---------------------------------------------------------------------- */

static void respond(struct visit *v, int status, const char *type, const char *extra,
                    struct kq_str body)
{
    struct kq_buf packed, headers;
    kq_buf_init(&packed, KQ_BUF_NOMAX);
    kq_buf_init(&headers, KQ_BUF_NOMAX);
    kq_buf_puts(&headers, extra);
    if (body.len > GZIP_ABOVE && http_header_lists(v->req, "accept-encoding", "gzip") &&
        kq_gz_deflate(KQ_GZ_GZIP, body.s, body.len, &packed, NULL)) {
        body = kq_str((const char *)packed.data, packed.len);
        kq_buf_puts(&headers, "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n");
    }
    kq_buf_byte(&headers, 0);
    http_respond(&v->reply->out, status, type, (const char *)headers.data, body,
                 v->reply->keep_alive, v->head);
    kq_buf_release(&headers);
    kq_buf_release(&packed);
}

static void respond_text(struct visit *v, int status, const char *text)
{
    respond(v, status, "text/plain; charset=utf-8", "", kq_strz(text));
}

/* 400 and 'text, as kdb+ answers q errors. */
static void respond_error(struct visit *v, const char *error)
{
    struct kq_buf text;
    kq_buf_init(&text, KQ_BUF_NOMAX);
    kq_buf_printf(&text, "'%s", error);
    respond(v, 400, "text/plain; charset=utf-8", "", kq_str((const char *)text.data, text.len));
    kq_buf_release(&text);
}

static void ask_password(struct visit *v)
{
    respond(v, 401, "text/plain", "WWW-Authenticate: Basic realm=\"kq-listen\"\r\n",
            kq_strz("Unauthorized"));
}

/* A response that q code made, sent as it is; it says whether the connection stays. */
static void respond_raw(struct visit *v, const struct kq_obj *text)
{
    struct kq_str all = kq_str((const char *)kq_data(text), (size_t)text->n), head = all;
    for (size_t i = 0; i + 4 <= all.len; i++) {
        if (memcmp(all.s + i, "\r\n\r\n", 4) != 0)
            continue;
        head.len = i + 4;
        break;
    }
    kq_buf_append(&v->reply->out, all.s, v->head ? head.len : all.len);
    char *words = kq_memdup0(head.s, head.len);
    if (!strcasestr(words, "\r\nConnection: keep-alive\r\n"))
        v->reply->keep_alive = false;
    free(words);
}

/* ---- what handlers are given ------------------------------------------------------------ */

static struct kq_obj *string_of(struct kq_str s)
{
    struct kq_obj *x = kq_string(s.s, s.len);
    return x ? x : kq_string("", 0);
}

/* Names to values. */
static struct kq_obj *header_dict(const struct http_request *req)
{
    struct kq_obj *names = kq_vec_new(KQ_SYMBOL, 0), *values = kq_vec_new(KQ_LIST, 0);
    for (size_t i = 0; i < req->n_headers; i++) {
        struct kq_str name = req->headers[i].name;
        const char *symbol = kq_sym(name.s, name.len);
        struct kq_obj *key = kq_atom_sym(symbol ? symbol : kq_sym_null);
        struct kq_obj *value = string_of(req->headers[i].value);
        if (symbol && kq_push(&names, key))
            kq_push(&values, value);
        kq_unref(key);
        kq_unref(value);
    }
    struct kq_obj *dict = kq_dict(names, values);
    kq_unref(names);
    kq_unref(values);
    return dict;
}

/* The target without its slash; a POST has its body behind a blank. */
static struct kq_obj *request_text(const struct http_request *req)
{
    struct kq_buf text;
    struct kq_str target = req->target;
    if (kq_str_starts(target, "/"))
        target = kq_str(target.s + 1, target.len - 1);
    kq_buf_init(&text, KQ_BUF_NOMAX);
    kq_buf_append(&text, target.s, target.len);
    if (req->body.len) {
        if (target.len)
            kq_buf_byte(&text, ' ');
        kq_buf_append(&text, req->body.s, req->body.len);
    }
    struct kq_obj *x = string_of(kq_str((const char *)text.data, text.len));
    kq_buf_release(&text);
    return x;
}

/* Call .z.NAME with (text; headers), or (`METHOD; text; headers). False: not set. */
static bool call_handler(struct visit *v, const char *name, bool with_method)
{
    struct kq_obj *text = request_text(v->req), *headers = header_dict(v->req), *result;
    const char *method = kq_sym(v->req->method.s, v->req->method.len);
    struct kq_obj *arg =
        with_method ? kq_list_of(3, kq_atom_sym(method ? method : kq_sym_null), text, headers)
                    : kq_list_of(2, text, headers);
    bool set = lst_call(v->s, name, 1, &arg, &result);
    if (set && !result)
        respond_error(v, q_error(v->s->context->q));
    else if (set && result->type == KQ_CHAR)
        respond_raw(v, result);
    else if (set)
        respond_error(v, "type");
    kq_unref(result);
    kq_unref(arg);
    return set;
}

/* ---- who is it -------------------------------------------------------------------------- */

static bool check_password(struct visit *v)
{
    struct kq_buf store;
    struct kq_str user = kq_str("", 0), password = kq_str("", 0);
    kq_buf_init(&store, HTTP_AUTH_MAX);
    bool given = http_basic_auth(v->req, &store, &user, &password);
    if (given)
        lst_session_set_user(v->s, user);
    bool ok = !lst_gate_is_guarded(v->s->context) || (given && lst_gate_admits(v->s, password));
    if (store.data)
        kq_wipe(store.data, store.len);
    kq_buf_release(&store);
    if (!ok)
        ask_password(v);
    return ok;
}

/* .z.ac's verdict: (0;"") no, (1;"user") yes, (2;response) that, (4;"") the password decides. */
static bool obey(struct visit *v, const struct kq_obj *verdict)
{
    const struct kq_obj *what = NULL, *text = NULL;
    if (verdict && verdict->type == KQ_LIST && verdict->n == 2) {
        what = kq_child(verdict, 0);
        text = kq_child(verdict, 1);
    }
    int64_t code = what && what->type < 0 ? kq_int_at(what, 0) : 0;
    bool has_text = text && text->type == KQ_CHAR;
    if (code == 4)
        return check_password(v);
    if (code == 1) {
        if (has_text)
            lst_session_set_user(v->s, kq_str((const char *)kq_data(text), (size_t)text->n));
        return true;
    }
    if (code == 2 && has_text)
        respond_raw(v, text);
    else
        ask_password(v);
    return false;
}

static bool is_admitted(struct visit *v)
{
    struct kq_obj *handler = q_global(v->s->context->q, ".z.ac"), *verdict = NULL;
    kq_unref(handler);
    if (!handler)
        return check_password(v);
    struct kq_obj *arg = kq_list_of(2, request_text(v->req), header_dict(v->req));
    lst_call(v->s, "ac", 1, &arg, &verdict);
    bool ok = obey(v, verdict);
    kq_unref(verdict);
    kq_unref(arg);
    return ok;
}

/* ---- expressions --------------------------------------------------------------------------- */

static struct kq_obj *evaluate(struct visit *v, struct kq_str expression)
{
    struct q *q = v->s->context->q;
    struct kq_obj *text = string_of(expression);
    struct q_peer before = lst_set_peer(v->s);
    struct kq_obj *f = q_global(q, ".h.val");
    struct kq_obj *result = f ? q_apply(q, f, 1, &text) : q_value(q, text);
    q_set_peer(q, &before);
    kq_out_flush(v->s->context->out);
    kq_unref(f);
    kq_unref(text);
    return result;
}

static void show_page(struct visit *v, struct kq_str expression)
{
    static const char safety[] =
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
        "Content-Security-Policy: default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        "script-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'\r\n";
    struct lst_context *c = v->s->context;
    struct lst_page page = {.expression = expression};
    struct kq_buf out;
    int64_t began_ns = kq_mono_ns();
    struct kq_obj *result = expression.len ? evaluate(v, expression) : NULL;
    char *error = expression.len && !result ? kq_strdup(q_error(c->q)) : NULL;
    if (error && !http_header_lists(v->req, "accept", "text/html")) {
        respond_error(v, error); /* no browser: as kdb+ says it */
        free(error);
        return;
    }
    page.result = result;
    page.error = error;
    page.elapsed_ns = kq_mono_ns() - began_ns;
    kq_buf_init(&out, KQ_BUF_NOMAX);
    lst_page_put(c, &out, &page);
    respond(v, error ? 400 : 200, "text/html; charset=utf-8", safety,
            kq_str((const char *)out.data, out.len));
    kq_buf_release(&out);
    kq_unref(result);
    free(error);
}

/* .h.tx makes the lines of a format; .h.ty says what type it is. */
static struct kq_obj *in_format(struct visit *v, const char *format, struct kq_obj *value)
{
    static const char source[] = "{[f;x]$[10h=type r:.h.tx[f]x;r;\"\\n\"sv r,enlist\"\"]}";
    struct q *q = v->s->context->q;
    struct q_peer before = lst_set_peer(v->s); /* .h.tx may be the client's */
    struct kq_obj *f = q_eval_text(q, source, sizeof source - 1);
    struct kq_obj *args[] = {kq_atom_symz(format), value};
    struct kq_obj *text = f ? q_apply(q, f, 2, args) : NULL;
    q_set_peer(q, &before);
    kq_unref(f);
    kq_unref(args[0]);
    return text;
}

static void show_format(struct visit *v, const char *format, const char *type,
                        struct kq_str expression)
{
    struct lst_context *c = v->s->context;
    struct kq_obj *value = evaluate(v, expression);
    struct kq_obj *text = value ? in_format(v, format, value) : NULL;
    if (text && text->type == KQ_CHAR)
        respond(v, 200, type, "", kq_str((const char *)kq_data(text), (size_t)text->n));
    else
        respond_error(v, text ? "type" : q_error(c->q));
    kq_unref(text);
    kq_unref(value);
}

/* ---- files ------------------------------------------------------------------------------------ */

static const char *type_of(struct kq_str path)
{
    static const struct {
        const char *end, *type;
    } types[] = {
        {".html", "text/html"},     {".htm", "text/html"},         {".css", "text/css"},
        {".js", "text/javascript"}, {".json", "application/json"}, {".txt", "text/plain"},
        {".csv", "text/csv"},       {".xml", "text/xml"},          {".svg", "image/svg+xml"},
        {".png", "image/png"},      {".jpg", "image/jpeg"},        {".gif", "image/gif"},
        {".ico", "image/x-icon"},   {".pdf", "application/pdf"},   {".wasm", "application/wasm"}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (kq_str_ends(path, types[i].end))
            return types[i].type;
    }
    return "application/octet-stream";
}

/* Below the folder that .h.HOME named when the server started. */
static int open_file(const struct lst_context *c, const char *path)
{
    return c->home_fd < 0 ? -1 : lst_files_at(c->home_fd, path, O_RDONLY);
}

static bool read_file(int fd, struct kq_buf *out)
{
    struct stat st;
    if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX)
        return false;
    uint8_t *room = kq_buf_reserve(out, (size_t)st.st_size + 1);
    ssize_t n;
    while (room && out->len < (size_t)st.st_size &&
           (n = read(fd, out->data + out->len, (size_t)st.st_size - out->len)) > 0)
        kq_buf_advance(out, (size_t)n);
    return room != NULL;
}

static void show_file(struct visit *v, struct kq_str path)
{
    struct kq_buf name, content;
    kq_buf_init(&name, 4096);
    kq_buf_init(&content, FILE_MAX + 4096);
    http_unescape(&name, path, false);
    kq_buf_byte(&name, 0);
    const char *text = name.failed ? "" : (const char *)name.data;
    bool whole = strlen(text) + 1 == name.len; /* no NUL inside */
    int fd = whole ? open_file(v->s->context, text) : -1;
    if (fd >= 0 && read_file(fd, &content))
        respond(v, 200, type_of(kq_strz(text)), "",
                kq_str((const char *)content.data, content.len));
    else
        respond_text(v, 404, "not found\n");
    if (fd >= 0)
        close(fd);
    kq_buf_release(&name);
    kq_buf_release(&content);
}

/* ---- routes ------------------------------------------------------------------------------------- */

static bool is_foreign(const struct http_request *req)
{
    return kq_str_is(http_header(req, "sec-fetch-site"), "cross-site");
}

/* What stands behind the question mark, decoded. */
static void read_query(struct kq_str query, struct kq_buf *out)
{
    bool form = kq_str_starts(query, "_=");
    http_unescape(out, form ? kq_str(query.s + 2, query.len - 2) : query, form);
}

static void route(struct visit *v, struct kq_str path, struct kq_str query)
{
    static const struct {
        const char *name, *type;
    } formats[] = {{"json", "application/json"},   {"csv", "text/comma-separated-values"},
                   {"txt", "text/plain"},          {"xml", "text/plain"},
                   {"xls", "application/msexcel"}, {"raw", "application/octet-stream"}};
    struct kq_str name = kq_str_starts(path, ".") ? kq_str(path.s + 1, path.len - 1) : path;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (query.len && kq_str_is(name, formats[i].name)) {
            show_format(v, formats[i].name, formats[i].type, query);
            return;
        }
    }
    if (!path.len)
        show_page(v, query);
    else
        show_file(v, path);
}

static void serve(struct visit *v)
{
    struct kq_str path, query, target = v->req->target;
    struct kq_buf expression;
    kq_str_cut(target, '?', &path, &query);
    if (kq_str_starts(path, "/"))
        path = kq_str(path.s + 1, path.len - 1);
    if (query.len && is_foreign(v->req)) {
        respond_text(v, 403, "another site asked for this\n");
        return;
    }
    kq_buf_init(&expression, KQ_BUF_NOMAX);
    read_query(query, &expression);
    route(v, path, kq_str_trim(kq_str((const char *)expression.data, expression.len)));
    kq_buf_release(&expression);
}

/* ---- WebSocket ---------------------------------------------------------------------------------- */

static bool wants_websocket(const struct http_request *req)
{
    return http_header_lists(req, "upgrade", "websocket") &&
           http_header_lists(req, "connection", "upgrade");
}

static void upgrade(struct visit *v)
{
    const struct http_request *req = v->req;
    struct kq_obj *handler = q_global(v->s->context->q, ".z.ws");
    struct kq_str key = http_header(req, "sec-websocket-key");
    struct kq_buf headers;
    kq_unref(handler);
    kq_buf_init(&headers, KQ_BUF_NOMAX);
    v->reply->keep_alive = false;
    if (!handler)
        respond_text(v, 501, "no .z.ws\n");
    else if (!kq_str_is(http_header(req, "sec-websocket-version"), "13"))
        respond(v, 426, "text/plain", "Sec-WebSocket-Version: 13\r\n", kq_strz("version 13\n"));
    else if (!key.len || !kq_str_is(req->method, "GET"))
        respond_text(v, 400, "bad upgrade\n");
    else if (!lst_ws_accept(&headers, key, http_header(req, "sec-websocket-extensions"),
                            http_header(req, "sec-websocket-protocol"), &v->reply->upgrade.deflate))
        respond_text(v, 500, "no SHA-1\n");
    else
        v->reply->upgrade.wanted = true;
    if (v->reply->upgrade.wanted) {
        kq_buf_puts(&v->reply->out, "HTTP/1.1 101 Switching Protocols\r\n");
        kq_buf_append(&v->reply->out, headers.data, headers.len);
        kq_buf_puts(&v->reply->out, "\r\n");
    }
    kq_buf_release(&headers);
}

/* ---- everything ------------------------------------------------------------------------------------ */

void site_answer(struct lst_session *s, const struct http_request *req, struct site_reply *reply)
{
    struct visit v = {.s = s, .req = req, .reply = reply};
    struct kq_str method = req->method;
    v.head = kq_str_is(method, "HEAD");
    bool get = v.head || kq_str_is(method, "GET");
    bool post = kq_str_is(method, "POST");
    if (!is_admitted(&v))
        return;
    if (wants_websocket(req)) {
        upgrade(&v);
    } else if (get) {
        if (!call_handler(&v, "ph", false))
            serve(&v);
    } else if (!call_handler(&v, post ? "pp" : "pm", !post)) {
        respond(&v, post ? 501 : 405, "text/plain", post ? "" : "Allow: GET, HEAD\r\n",
                kq_strz(post ? "no .z.pp\n" : "no .z.pm\n"));
    }
}

/*
 * ws.c - libwslay's event interface over buffers, and permessage-deflate.
 *
 * Every message is compressed by itself: a dictionary for each connection would
 * cost 300 kB, and both sides may decline it (RFC 7692, 7.1.1).
 */
#include "ws.h"

#include "base/gz.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "http.h"
#include "net/tls.h"

#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

/* Shorter messages are not worth compressing. */
enum { DEFLATE_ABOVE = 128 };

struct message {
    struct message *next;
    bool text;
    struct kq_buf bytes;
};

struct lst_ws {
    struct lst_ws_opts opts;
    wslay_event_context_ptr context;
    struct kq_str in; /* what recv_callback may take */
    struct message *first, **last;
    bool failed;
};

static ssize_t on_recv(wslay_event_context_ptr context, uint8_t *buf, size_t len, int flags,
                       void *arg)
{
    struct lst_ws *w = arg;
    (void)flags;
    if (!w->in.len) {
        wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    size_t n = len < w->in.len ? len : w->in.len;
    memcpy(buf, w->in.s, n);
    w->in.s += n;
    w->in.len -= n;
    return (ssize_t)n;
}

static ssize_t on_send(wslay_event_context_ptr context, const uint8_t *data, size_t len, int flags,
                       void *arg)
{
    struct lst_ws *w = arg;
    (void)context;
    (void)flags;
    w->opts.write(w->opts.arg, data, len);
    return (ssize_t)len;
}

/* End with a status code; what the peer says from now on does not matter. */
static void offend(struct lst_ws *w, uint16_t code)
{
    wslay_event_queue_close(w->context, code, NULL, 0);
    wslay_event_shutdown_read(w->context);
}

static void on_message(wslay_event_context_ptr context, const struct wslay_event_on_msg_recv_arg *m,
                       void *arg)
{
    struct lst_ws *w = arg;
    struct kq_err err;
    (void)context;
    if (m->opcode != WSLAY_TEXT_FRAME && m->opcode != WSLAY_BINARY_FRAME)
        return;
    struct message *one = kq_calloc(1, sizeof *one);
    bool ok = true;
    one->text = m->opcode == WSLAY_TEXT_FRAME;
    kq_buf_init(&one->bytes, KQ_BUF_NOMAX);
    if (wslay_get_rsv1(m->rsv))
        ok = kq_gz_unpack_message(m->msg, m->msg_length, w->opts.max, &one->bytes, &err);
    else
        kq_buf_append(&one->bytes, m->msg, m->msg_length);
    bool utf8 = !one->text || kq_utf8_valid((const char *)one->bytes.data, one->bytes.len);
    if (ok && utf8) {
        *w->last = one;
        w->last = &one->next;
        return;
    }
    bool large = one->bytes.len > w->opts.max;
    kq_buf_release(&one->bytes);
    free(one);
    offend(w, large ? WSLAY_CODE_MESSAGE_TOO_BIG : WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA);
}

struct lst_ws *lst_ws_new(const struct lst_ws_opts *opts)
{
    static const struct wslay_event_callbacks callbacks = {
        .recv_callback = on_recv,
        .send_callback = on_send,
        .on_msg_recv_callback = on_message,
    };
    struct lst_ws *w = kq_calloc(1, sizeof *w);
    w->opts = *opts;
    w->last = &w->first;
    if (wslay_event_context_server_init(&w->context, &callbacks, w) != 0)
        abort();
    wslay_event_config_set_max_recv_msg_length(w->context, opts->max);
    if (opts->deflate)
        wslay_event_config_set_allowed_rsv_bits(w->context, WSLAY_RSV1_BIT);
    return w;
}

void lst_ws_free(struct lst_ws *w)
{
    if (!w)
        return;
    while (w->first) {
        struct message *one = w->first;
        w->first = one->next;
        kq_buf_release(&one->bytes);
        free(one);
    }
    wslay_event_context_free(w->context);
    free(w);
}

static void flush(struct lst_ws *w)
{
    if (wslay_event_want_write(w->context) && wslay_event_send(w->context) != 0)
        w->failed = true;
}

void lst_ws_feed(struct lst_ws *w, const void *data, size_t n)
{
    w->in = kq_str(data, n);
    if (wslay_event_want_read(w->context) && wslay_event_recv(w->context) != 0)
        w->failed = true;
    w->in = kq_str(NULL, 0);
    flush(w);
}

bool lst_ws_take(struct lst_ws *w, struct kq_buf *out, bool *text)
{
    struct message *one = w->first;
    if (!one)
        return false;
    w->first = one->next;
    if (!w->first)
        w->last = &w->first;
    kq_buf_append(out, one->bytes.data, one->bytes.len);
    *text = one->text;
    kq_buf_release(&one->bytes);
    free(one);
    return true;
}

bool lst_ws_send(struct lst_ws *w, bool text, const void *data, size_t n, struct kq_err *err)
{
    struct kq_buf packed;
    struct wslay_event_msg msg = {.opcode = text ? WSLAY_TEXT_FRAME : WSLAY_BINARY_FRAME,
                                  .msg = data,
                                  .msg_length = n};
    uint8_t rsv = WSLAY_RSV_NONE;
    if (text && !kq_utf8_valid(data, n))
        return kq_fail(err, KQ_EPROTO, "utf8");
    kq_buf_init(&packed, KQ_BUF_NOMAX);
    if (w->opts.deflate && n > DEFLATE_ABOVE) {
        kq_gz_pack_message(data, n, &packed);
        msg.msg = packed.data;
        msg.msg_length = packed.len;
        rsv = WSLAY_RSV1_BIT;
    }
    bool ok = wslay_event_queue_msg_ex(w->context, &msg, rsv) == 0;
    kq_buf_release(&packed);
    flush(w);
    return (ok && !w->failed) || kq_fail(err, KQ_ELOST, "the connection is not open");
}

void lst_ws_close(struct lst_ws *w, uint16_t code)
{
    wslay_event_queue_close(w->context, code, NULL, 0);
    flush(w);
}

bool lst_ws_is_over(const struct lst_ws *w)
{
    return w->failed || (!wslay_event_want_read(w->context) && !wslay_event_want_write(w->context));
}

/* ---- the upgrade ----------------------------------------------------------------- */

/* Is there an offer of permessage-deflate that asks for nothing of us but what we do? */
static bool can_deflate(struct kq_str extensions)
{
    while (extensions.len) {
        struct kq_str offer, name, params;
        kq_str_cut(extensions, ',', &offer, &extensions);
        kq_str_cut(offer, ';', &name, &params);
        if (!kq_str_is(kq_str_trim(name), "permessage-deflate"))
            continue;
        char *text = kq_memdup0(params.s, params.len);
        bool narrow = strstr(text, "server_max_window_bits") != NULL;
        free(text);
        if (!narrow)
            return true;
    }
    return false;
}

static bool put_accept(struct kq_buf *out, struct kq_str key)
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    struct kq_buf text;
    char hex[KQ_SHA1_HEX];
    uint8_t digest[20];
    kq_buf_init(&text, KQ_BUF_NOMAX);
    kq_buf_append(&text, key.s, key.len);
    kq_buf_puts(&text, guid);
    bool ok = kq_tls_sha1_hex(text.data, text.len, hex, NULL) && kq_parse_hex(hex, 40, digest);
    kq_buf_release(&text);
    if (ok) {
        kq_buf_puts(out, "Sec-WebSocket-Accept: ");
        http_base64(out, digest, sizeof digest);
        kq_buf_puts(out, "\r\n");
    }
    return ok;
}

bool lst_ws_accept(struct kq_buf *out, struct kq_str key, struct kq_str extensions,
                   struct kq_str protocols, bool *deflate)
{
    struct kq_str protocol, rest;
    kq_str_cut(protocols, ',', &protocol, &rest);
    protocol = kq_str_trim(protocol);
    kq_buf_puts(out, "Upgrade: websocket\r\nConnection: Upgrade\r\n");
    if (!put_accept(out, key))
        return false;
    if (protocol.len)
        kq_buf_printf(out, "Sec-WebSocket-Protocol: %.*s\r\n", KQ_STR_FMT(protocol));
    /* This subprotocol is kdb+'s way to ask for no compression. */
    *deflate = can_deflate(extensions) && !kq_str_is(protocol, "kxnodeflate");
    if (*deflate)
        kq_buf_puts(out, "Sec-WebSocket-Extensions: permessage-deflate; "
                         "server_no_context_takeover; client_no_context_takeover\r\n");
    return true;
}

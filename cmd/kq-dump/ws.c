/*
 * ws.c - RFC 6455 section 5.2, reading only.
 */
#include "ws.h"

#include <string.h>

enum { CONTINUATION = 0, TEXT = 1, BINARY = 2, CONTROL = 8 };

static int opcode(const struct dump_ws *w)
{
    return w->head[0] & 0x0f;
}

/* Bytes of the header that begins so; 2 until it is known. */
static size_t head_len(const struct dump_ws *w)
{
    if (w->have < 2)
        return 2;
    size_t size = w->head[1] & 0x7f;
    return 2 + (size == 126 ? 2 : size == 127 ? 8 : 0) + (w->head[1] & 0x80 ? 4 : 0);
}

static uint64_t payload_len(const struct dump_ws *w)
{
    uint64_t size = w->head[1] & 0x7f;
    size_t wide = size == 126 ? 2 : size == 127 ? 8 : 0;
    for (size_t i = 0; i < wide; i++)
        size = (i ? size << 8 : 0) | w->head[2 + i];
    return size;
}

static bool begin_payload(struct dump_ws *w, struct kq_err *err)
{
    int op = opcode(w);
    if ((op > BINARY && op < CONTROL) || op > 10 || (w->head[0] & 0x30))
        return kq_fail(err, KQ_EPROTO, "not a WebSocket frame: it begins with 0x%02x", w->head[0]);
    w->left = payload_len(w);
    w->at = 0;
    w->in_payload = true;
    if (op == TEXT || op == BINARY) {
        w->text = op == TEXT;
        w->deflated = w->head[0] & 0x40;
    }
    return true;
}

/* More of the header; true when it is complete. */
static bool take_head(struct dump_ws *w, const uint8_t **p, size_t *n)
{
    while (*n && w->have < head_len(w)) {
        w->head[w->have++] = *(*p)++;
        (*n)--;
    }
    return w->have >= 2 && w->have == head_len(w);
}

static void take_payload(struct dump_ws *w, const uint8_t **p, size_t *n,
                         struct dump_ws_piece *piece)
{
    bool masked = w->head[1] & 0x80;
    size_t len = *n < w->left ? *n : (size_t)w->left;
    if (masked && len > sizeof w->out)
        len = sizeof w->out;
    const uint8_t *mask = w->head + w->have - 4;
    for (size_t i = 0; masked && i < len; i++)
        w->out[i] = (*p)[i] ^ mask[(w->at + i) % 4];
    *piece = (struct dump_ws_piece){.p = masked ? w->out : *p,
                                    .n = len,
                                    .text = w->text,
                                    .deflated = w->deflated,
                                    .first = !w->at && opcode(w) != CONTINUATION,
                                    .last = len == w->left && (w->head[0] & 0x80)};
    *p += len;
    *n -= len;
    w->at += len;
    w->left -= len;
    if (!w->left) {
        w->in_payload = false;
        w->have = 0;
    }
}

int dump_ws_next(struct dump_ws *w, const uint8_t **p, size_t *n, struct dump_ws_piece *piece,
                 struct kq_err *err)
{
    for (;;) {
        if (!w->in_payload) {
            if (!take_head(w, p, n))
                return 0;
            if (!begin_payload(w, err))
                return -1;
        }
        if (!*n && w->left)
            return 0;
        bool control = opcode(w) >= CONTROL;
        take_payload(w, p, n, piece);
        if (!control)
            return 1;
    }
}

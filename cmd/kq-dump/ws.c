/*
 * ws.c - RFC 6455 section 5.2, reading only; packed messages as in RFC 7692:
 * one stream for all messages, so that one may refer to those before.  A sender
 * that does not do so needs nothing else.
 */
#include "ws.h"

#include "base/gz.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { CONTINUATION = 0, TEXT = 1, BINARY = 2, CONTROL = 8 };

struct dump_ws {
    uint8_t head[14]; /* of the frame in progress */
    size_t have;      /* bytes of it so far */
    bool in_payload;
    uint64_t left; /* bytes of payload to come */
    uint64_t at;   /* bytes of payload so far, for the mask */
    bool text;     /* the message in progress is text */
    bool deflated; /* and packed */
    uint8_t out[4096];

    struct kq_gz *unpack;            /* owned; NULL until the first packed message */
    enum { IDLE, BYTES, END } stage; /* unpacking a piece, or what ends each message */
    struct kq_str packed;            /* what is left of that */
    bool fresh, ends;                /* nothing of the message has come out; the piece ends it */
    uint8_t plain[16384];
};

struct dump_ws *dump_ws_new(void)
{
    return kq_calloc(1, sizeof(struct dump_ws));
}

void dump_ws_free(struct dump_ws *w)
{
    if (w)
        kq_gz_free(w->unpack);
    free(w);
}

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

static void begin_packed(struct dump_ws *w, const struct dump_ws_piece *piece)
{
    if (!w->unpack)
        w->unpack = kq_gz_inflate_raw_new(UINT64_MAX);
    w->stage = BYTES;
    w->packed = kq_str((const char *)piece->p, piece->n);
    w->fresh |= piece->first;
    w->ends = piece->last;
}

/* What comes out next of the packed piece: 1, 0 when it is done, -1. */
static int next_packed(struct dump_ws *w, struct dump_ws_piece *piece, struct kq_err *err)
{
    while (w->stage != IDLE) {
        size_t made;
        if (!kq_gz_step(w->unpack, &w->packed, w->plain, sizeof w->plain, &made, err))
            return -1;
        bool more = w->packed.len || made == sizeof w->plain;
        /* Senders leave out an empty block at the end of each message. */
        if (!more && w->stage == BYTES && w->ends) {
            w->stage = END;
            w->packed = kq_str("\0\0\xff\xff", 4);
        } else if (!more) {
            w->stage = IDLE;
        }
        bool last = w->stage == IDLE && w->ends;
        if (!made && !last)
            continue;
        *piece = (struct dump_ws_piece){
            .p = w->plain, .n = made, .text = w->text, .first = w->fresh, .last = last};
        w->fresh = false;
        return 1;
    }
    return 0;
}

int dump_ws_next(struct dump_ws *w, const uint8_t **p, size_t *n, struct dump_ws_piece *piece,
                 struct kq_err *err)
{
    for (;;) {
        int got = next_packed(w, piece, err);
        if (got)
            return got;
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
        if (!control && !w->deflated)
            return 1;
        if (!control)
            begin_packed(w, piece);
    }
}

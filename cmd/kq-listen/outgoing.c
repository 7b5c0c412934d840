/*
 * outgoing.c - encode, compress, damage, queue; and notice who does not read.
 */
#include "outgoing.h"

#include "base/mem.h"
#include "cli/opt_conn.h"
#include "context.h"
#include "inject.h"
#include "obj/obj.h"
#include "wire/compress.h"
#include "wire/decode.h"
#include "wire/encode.h"

#include <stdlib.h>

enum {
    QUEUE_HIGH = 1 << 20, /* with more waiting bytes no more requests are read from the peer */
    SMALL = 16384,        /* copied to the queue, so that the buffer can be used again */
};

static bool may_compress(const struct lst_context *c, const struct lst_session *s, size_t len)
{
    if (c->opts->server.compress == KQ_COMPRESS_NEVER || kq_conn_capability(s->conn) < 1)
        return false;
    if (c->opts->server.compress == KQ_COMPRESS_ALWAYS)
        return true;
    return len > KQ_COMPRESS_ABOVE && !s->is_near;
}

static void compress(struct kq_buf *frame)
{
    uint8_t *room = kq_try_malloc(frame->len / 2);
    size_t n = room ? kq_compress(frame->data, frame->len, room) : 0;
    if (n) {
        memcpy(frame->data, room, n);
        frame->len = n;
    }
    free(room);
}

static bool encode(struct lst_session *s, struct kq_buf *frame, enum kq_kind kind,
                   const struct kq_obj *value, const char *error, uint64_t faults,
                   struct kq_err *err)
{
    const struct lst_context *c = s->context;
    struct kq_encode_opts opts = {
        .big = c->opts->server.endian == KQ_ENDIAN_BIG ||
               lst_faults_get(&c->faults, faults, LST_FAULT_ENDIAN),
        .capability = kq_conn_capability(s->conn),
    };
    struct kq_obj *failure = value ? NULL : kq_error(error, strlen(error));
    bool ok = kq_encode_msg(frame, kind, value ? value : failure, &opts, err);
    kq_unref(failure);
    return ok;
}

/* Slowed connections have a queue of their own, which nothing else bounds. */
static bool is_within_bounds(struct lst_session *s, struct kq_err *err)
{
    uint64_t max = s->context->opts->server.max_queue;
    bool ours = s->stream || s->ops->send; /* else kq_conn counts */
    size_t pending = ours && max ? lst_session_pending(s) : 0;
    return pending <= max ||
           kq_fail(err, KQ_ELOST, "the peer does not read: %zu bytes wait already", pending);
}

/* A peer that does not read: first its requests wait, then it is cut off. */
static bool after_queueing(struct lst_session *s, bool queued, struct kq_err *err)
{
    if (queued && is_within_bounds(s, err)) {
        if (!s->stream && lst_session_pending(s) > QUEUE_HIGH)
            lst_session_pause(s, LST_HOLD_QUEUE);
        return true;
    }
    if (lst_session_is_open(s) && err->code == KQ_ELOST) {
        lst_journal_event(&s->context->journal, "slow", s, err->msg);
        lst_session_close(s, LST_END_RESET);
    }
    return false;
}

/* Queue a frame whose bytes are ours; it is left empty. */
static bool queue_take(struct lst_session *s, struct kq_buf *frame, uint64_t faults,
                       struct kq_err *err)
{
    bool plain = !faults && !s->stream;
    bool ok = true;
    if (!plain)
        lst_inject_frame_take(s, frame, faults);
    else if (frame->len <= SMALL)
        ok = kq_conn_send(s->conn, frame->data, frame->len, err);
    else
        ok = kq_conn_send_buf_take(s->conn, frame, err);
    return after_queueing(s, ok, err);
}

bool lst_send(struct lst_session *s, enum kq_kind kind, const struct kq_obj *value,
              const char *error, uint64_t faults, size_t *size, struct kq_err *err)
{
    if (!lst_session_is_open(s))
        return kq_fail(err, KQ_ELOST, "the connection is not open");
    if (s->ops->send)
        return after_queueing(s, s->ops->send(s, value, err), err);
    struct kq_buf *frame = &s->context->frame;
    kq_buf_clear(frame);
    bool ok = encode(s, frame, kind, value, error, faults, err);
    if (ok && may_compress(s->context, s, frame->len))
        compress(frame);
    if (size)
        *size = frame->len;
    return ok && queue_take(s, frame, faults, err);
}

uint64_t lst_push_faults(struct lst_session *s)
{
    struct lst_context *c = s->context;
    if (!c->faults.n)
        return 0;
    s->pushed++;
    return lst_faults_of_msg(&c->faults, s->number, LST_FAULT_PUSH, s->pushed, s->pushed);
}

bool lst_push(struct lst_session *s, enum kq_kind kind, const struct kq_obj *value,
              struct kq_err *err)
{
    return lst_send(s, kind, value, NULL, lst_push_faults(s), NULL, err);
}

/* Not as it is: in the other byte order, or not as IPC at all. */
static bool send_decoded(struct lst_session *s, struct kq_rcbuf *buf, size_t off, size_t len,
                         uint64_t faults, struct kq_err *err)
{
    struct kq_header head;
    if (!kq_header_parse(buf->data + off, &head, err))
        return false;
    struct kq_msg msg = {.head = head, .frame = buf, .off = off, .len = len};
    struct kq_obj *value = kq_decode_msg(&msg, NULL, err);
    bool ok = value && lst_send(s, head.kind, value, NULL, faults, NULL, err);
    kq_unref(value);
    return ok;
}

bool lst_send_frame(struct lst_session *s, struct kq_rcbuf *buf, size_t off, size_t len,
                    uint64_t faults, struct kq_err *err)
{
    if (!lst_session_is_open(s))
        return kq_fail(err, KQ_ELOST, "the connection is not open");
    if (s->ops->send || lst_faults_get(&s->context->faults, faults, LST_FAULT_ENDIAN))
        return send_decoded(s, buf, off, len, faults, err);
    if (!faults && !s->stream)
        return after_queueing(s, kq_conn_send_rc(s->conn, buf, off, len, err), err);
    struct kq_buf frame;
    kq_buf_init(&frame, KQ_BUF_NOMAX);
    kq_buf_append(&frame, buf->data + off, len);
    bool ok = queue_take(s, &frame, faults, err);
    kq_buf_release(&frame);
    return ok;
}

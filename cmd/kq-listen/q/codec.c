/*
 * codec.c - the wire codec behind the internal functions.
 */
#include "q/codec.h"

#include "q/core.h"

#include "wire/compress.h"
#include "wire/decode.h"
#include "wire/encode.h"

/* The codec's message begins with q's word for the error. */
static struct kq_obj *wire_error(struct q *q, const struct kq_err *err)
{
    return q_failf(q, "%.*s", (int)strcspn(err->msg, ":"), err->msg);
}

struct kq_obj *q_serialize(struct q *q, struct kq_obj *x, bool compress)
{
    struct kq_err err;
    struct kq_buf b;
    struct kq_obj *plain = q_sendable(q, x), *r = NULL;
    if (!plain)
        return NULL;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    if (!kq_encode_msg(&b, KQ_ASYNC, plain, NULL, &err)) {
        wire_error(q, &err);
    } else {
        if (compress)
            kq_compress_tail(&b, 0);
        r = q_vec(q, KQ_BYTE, (int64_t)b.len);
    }
    if (r)
        memcpy(r->u.v.data, b.data, b.len);
    kq_buf_release(&b);
    return q_drop(plain, r);
}

struct kq_obj *q_deserialize(struct q *q, struct kq_obj *bytes)
{
    struct kq_err err;
    struct kq_msg msg = {.len = (size_t)bytes->n};
    struct kq_decode_opts opts = {.max_size = q->limits.bytes};
    if (bytes->type != KQ_BYTE)
        return q_fail(q, "type");
    if (bytes->n < KQ_HEADER_LEN || !kq_header_parse(kq_data(bytes), &msg.head, &err) ||
        msg.head.total != msg.len)
        return q_fail(q, "badmsg");
    msg.frame = kq_rcbuf_new(msg.len);
    if (!msg.frame)
        return q_fail(q, "wsfull");
    memcpy(msg.frame->data, kq_data(bytes), msg.len);
    struct kq_obj *r = kq_decode_msg(&msg, &opts, &err);
    kq_rcbuf_unref(msg.frame);
    if (!r)
        return q_fail(q, "badmsg");
    return r->type == KQ_ERROR ? q_drop(r, q_failf(q, "%s", kq_sym_text(r))) : r;
}

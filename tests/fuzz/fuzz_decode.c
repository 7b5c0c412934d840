/*
 * fuzz_decode.c - a body as views, owned and back.  In the first byte, bit 0
 * is the byte order.  What decodes must measure to its length, be the same
 * both ways, and come back from its own encoding.
 */
#include "obj/cmp.h"
#include "wire/decode.h"
#include "wire/encode.h"
#include "wire/walk.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void check(struct kq_rcbuf *frame, bool big)
{
    struct kq_decode_opts views = {.views = true};
    struct kq_err err;
    size_t len;
    struct kq_obj *v = kq_decode(frame, 1, frame->len - 1, big, &views, &err);
    struct kq_obj *o = kq_decode(frame, 1, frame->len - 1, big, NULL, &err);
    must(!v == !o);
    if (!o)
        return;
    must(kq_identical(v, o));
    must(kq_measure(frame->data + 1, frame->len - 1, big, &len, &err) == 1);
    must(len == frame->len - 1);
    struct kq_buf b;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    struct kq_encode_opts opts = {.big = big, .capability = 6};
    must(kq_encode(&b, v, &opts, &err));
    struct kq_obj *again = kq_decode_bytes(b.data, b.len, big, NULL, &err);
    must(again && kq_identical(again, o));
    kq_buf_release(&b);
    kq_unref(again);
    kq_unref(v);
    kq_unref(o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    struct kq_rcbuf *frame = kq_rcbuf_new(size);
    memcpy(frame->data, data, size);
    check(frame, data[0] & 1);
    kq_rcbuf_unref(frame);
    must(kq_obj_live() == 0);
    return 0;
}

/*
 * frame.c - query text goes out as it is, without building an object for it.
 */
#include "frame.h"

#include "wire/compress.h"
#include "wire/hello.h"

#include <string.h>

/* Shorter texts than this need no thought about long counts. */
#define PLAIN_MAX ((size_t)1 << 30)

static void put_count(struct kq_buf *out, uint32_t n, bool big)
{
    uint8_t b[4];
    for (int i = 0; i < 4; i++)
        b[big ? 3 - i : i] = (uint8_t)(n >> (8 * i));
    kq_buf_append(out, b, 4);
}

/* A char vector. */
static bool put_text(const struct send_framer *f, struct kq_str s, struct kq_buf *out,
                     struct kq_err *err)
{
    if (s.len > PLAIN_MAX) {
        struct kq_obj *o = kq_string(s.s, s.len);
        bool ok = o && kq_encode(out, o, &f->enc, err);
        kq_unref(o);
        return ok;
    }
    kq_buf_append(out, "\x0a", 2);
    put_count(out, (uint32_t)s.len, f->enc.big);
    kq_buf_append(out, s.s, s.len);
    return true;
}

static bool put_body(const struct send_framer *f, const struct send_msg *m, struct kq_buf *out,
                     struct kq_err *err)
{
    if (f->console) {
        /* The two-item list ("{.Q.s value x}"; request). */
        static const char render[] = "{.Q.s value x}";
        kq_buf_append(out, "\0", 2);
        put_count(out, 2, f->enc.big);
        put_text(f, kq_str(render, sizeof render - 1), out, err);
    }
    if (m->form == SEND_MSG_TEXT)
        return put_text(f, m->bytes, out, err);
    if (m->form == SEND_MSG_OBJ)
        return kq_encode(out, m->obj, &f->enc, err);
    kq_buf_append(out, m->bytes.s, m->bytes.len);
    return true;
}

/* Below kdb+'s own limit, for --compress=always. */
static void compress_small(struct kq_buf *out, size_t at)
{
    uint8_t packed[KQ_COMPRESS_ABOVE / 2];
    size_t n = kq_compress(out->data + at, out->len - at, packed);
    if (n) {
        memcpy(out->data + at, packed, n);
        out->len = at + n;
    }
}

static void compress(const struct send_framer *f, struct kq_buf *out, size_t at)
{
    bool always = f->compress == KQ_COMPRESS_ALWAYS, large = out->len - at > KQ_COMPRESS_ABOVE;
    if (f->compress == KQ_COMPRESS_NEVER || f->enc.capability < 1)
        return;
    if (large && (always || !send_link_is_local(f->link)))
        kq_compress_tail(out, at);
    else if (always)
        compress_small(out, at);
}

bool send_frame(const struct send_framer *f, const struct send_msg *m, struct kq_buf *out,
                struct kq_err *err)
{
    size_t at = out->len;
    enum kq_kind kind = f->async ? KQ_ASYNC : KQ_SYNC;
    if (m->form == SEND_MSG_FRAME) {
        kq_buf_append(out, m->bytes.s, m->bytes.len);
        if (!out->failed)
            out->data[at + 1] = (uint8_t)kind;
        return !out->failed || kq_fail(err, KQ_EIO, "out of memory");
    }
    kq_buf_append(out, "\0\0\0\0\0\0\0", KQ_HEADER_LEN);
    if (!put_body(f, m, out, err)) {
        out->len = at;
        err->code = KQ_EUSAGE;
        return false;
    }
    if (out->failed)
        return kq_fail(err, KQ_EIO, "out of memory");
    struct kq_header h = {.big = f->enc.big, .kind = kind, .total = out->len - at};
    kq_header_put(out->data + at, &h);
    compress(f, out, at);
    return true;
}

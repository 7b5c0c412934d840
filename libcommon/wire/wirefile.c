/*
 * wirefile.c - bytes to records; what was handed out is dropped at the next
 * feed, so data of a record need no copy.
 */
#include "wire/wirefile.h"

#include "wire/cursor.h"

#include <string.h>

void kq_wirefile_begin(struct kq_out *out)
{
    kq_out_write(out, KQ_WIREFILE_MAGIC, KQ_WIREFILE_MAGIC_LEN);
}

static void put_record(struct kq_out *out, const struct kq_wirerec *rec, size_t off, size_t len)
{
    uint8_t head[KQ_WIREFILE_RECORD_LEN] = {0};
    kq_store_u64(head, rec->when_ns, false);
    kq_store_u32(head + 8, rec->conn, false);
    head[12] = (uint8_t)rec->event;
    kq_store_u32(head + 16, (uint32_t)len, false);
    kq_out_write(out, head, sizeof head);
    if (len)
        kq_out_write(out, rec->data + off, len);
}

void kq_wirefile_put(struct kq_out *out, const struct kq_wirerec *rec)
{
    size_t off = 0;
    do {
        size_t len = rec->len - off;
        if (len > KQ_WIREFILE_DATA_MAX)
            len = KQ_WIREFILE_DATA_MAX;
        put_record(out, rec, off, len);
        off += len;
    } while (off < rec->len);
}

void kq_wirefile_init(struct kq_wirefile *f)
{
    *f = (struct kq_wirefile){0};
    kq_buf_init(&f->buf, KQ_BUF_NOMAX);
}

void kq_wirefile_release(struct kq_wirefile *f)
{
    kq_buf_release(&f->buf);
}

bool kq_wirefile_detect(const uint8_t *p, size_t n)
{
    return n >= KQ_WIREFILE_MAGIC_LEN && memcmp(p, KQ_WIREFILE_MAGIC, KQ_WIREFILE_MAGIC_LEN) == 0;
}

void kq_wirefile_feed(struct kq_wirefile *f, const void *data, size_t n)
{
    if (f->broken.code)
        return;
    kq_buf_consume(&f->buf, f->used);
    f->off += f->used;
    f->used = 0;
    kq_buf_append(&f->buf, data, n);
    if (f->buf.failed)
        kq_err_set(&f->broken, KQ_EIO, "no memory for %zu bytes of a wire file", n);
}

static bool known_event(uint8_t event)
{
    return event && strchr("o><c", event);
}

ssize_t kq_wirerec_parse(const uint8_t *p, size_t n, struct kq_wirerec *rec, struct kq_err *err)
{
    if (n < KQ_WIREFILE_RECORD_LEN)
        return 0;
    *rec = (struct kq_wirerec){.when_ns = kq_load_u64(p, false),
                               .conn = kq_load_u32(p + 8, false),
                               .event = (enum kq_wire_event)p[12],
                               .data = p + KQ_WIREFILE_RECORD_LEN,
                               .len = kq_load_u32(p + 16, false)};
    if (!known_event(p[12]) || p[13] || p[14] || p[15])
        return kq_fail(err, KQ_EPROTO, "no record") ? 0 : -1;
    if (rec->len > KQ_WIREFILE_DATA_MAX)
        return kq_fail(err, KQ_EPROTO, "record of %zu bytes", rec->len) ? 0 : -1;
    return n - KQ_WIREFILE_RECORD_LEN < rec->len ? 0 : (ssize_t)(KQ_WIREFILE_RECORD_LEN + rec->len);
}

/* 1 past the magic, 0 when it is incomplete, -1 when it is another file. */
static int skip_magic(struct kq_wirefile *f)
{
    if (f->seen_magic)
        return 1;
    if (f->buf.len < KQ_WIREFILE_MAGIC_LEN)
        return 0;
    if (!kq_wirefile_detect(f->buf.data, f->buf.len)) {
        kq_err_set(&f->broken, KQ_EPROTO, "not a wire file (written by -w)");
        return -1;
    }
    f->used = KQ_WIREFILE_MAGIC_LEN;
    f->seen_magic = true;
    return 1;
}

static int next_record(struct kq_wirefile *f, struct kq_wirerec *rec)
{
    int magic = f->broken.code ? -1 : skip_magic(f);
    if (magic <= 0)
        return magic;
    struct kq_err why;
    ssize_t len = kq_wirerec_parse(f->buf.data + f->used, f->buf.len - f->used, rec, &why);
    if (len < 0)
        kq_err_set(&f->broken, KQ_EPROTO, "wire file: %s at byte %llu", why.msg,
                   (unsigned long long)(f->off + f->used));
    if (len <= 0)
        return (int)len;
    f->used += (size_t)len;
    return 1;
}

int kq_wirefile_next(struct kq_wirefile *f, struct kq_wirerec *rec, struct kq_err *err)
{
    int got = next_record(f, rec);
    if (got < 0 && err)
        *err = f->broken;
    return got;
}

bool kq_wirefile_end(const struct kq_wirefile *f, struct kq_err *err)
{
    if (f->seen_magic && f->used == f->buf.len)
        return true;
    return kq_fail(err, KQ_EPROTO, "wire file ends inside a record, at byte %llu",
                   (unsigned long long)(f->off + f->buf.len));
}

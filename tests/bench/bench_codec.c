/*
 * bench_codec.c - a table of a million trades, to bytes and back; finding the
 * end of its symbols.
 */
#include "lib.h"
#include "trades.h"
#include "wire/decode.h"
#include "wire/encode.h"
#include "wire/reader.h"
#include "wire/symscan.h"
#include "wire/walk.h"

#include <string.h>

enum { ROWS = 1000000, RUNS = 15 };

struct job {
    struct kq_obj *table, *syms;
    struct kq_buf out, symbytes;
    struct kq_rcbuf *frame;
    uint8_t *copy;
};

static void copy(void *arg)
{
    struct job *j = arg;
    memcpy(j->copy, j->frame->data, j->frame->len);
    bench_keep(j->copy);
}

static void encode(void *arg)
{
    struct job *j = arg;
    kq_buf_clear(&j->out);
    kq_encode_msg(&j->out, KQ_ASYNC, j->table, NULL, NULL);
    bench_keep(j->out.data);
}

static void encode_symbols(void *arg)
{
    struct job *j = arg;
    kq_buf_clear(&j->symbytes);
    kq_encode(&j->symbytes, j->syms, NULL, NULL);
    bench_keep(j->symbytes.data);
}

static void decode_as(struct job *j, bool views, bool big)
{
    struct kq_decode_opts opts = {.views = views};
    struct kq_obj *o = kq_decode(j->frame, 8, j->frame->len - 8, big, &opts, NULL);
    bench_keep(o);
    kq_unref(o);
}

static void decode_views(void *arg)
{
    decode_as(arg, true, false);
}

static void decode_owned(void *arg)
{
    decode_as(arg, false, false);
}

static void measure(void *arg)
{
    struct job *j = arg;
    size_t len;
    kq_measure(j->frame->data + 8, j->frame->len - 8, false, &len, NULL);
    bench_keep(&len);
}

static void walk_memchr(void *arg)
{
    struct job *j = arg;
    const uint8_t *p = j->symbytes.data + 6, *end = j->symbytes.data + j->symbytes.len;
    for (int64_t n = ROWS; n > 0; n--)
        p = (const uint8_t *)memchr(p, 0, (size_t)(end - p)) + 1;
    bench_keep(p);
}

static void skip(void *arg)
{
    struct job *j = arg;
    bench_keep(kq_skip_texts(j->symbytes.data + 6, j->symbytes.data + j->symbytes.len, ROWS));
}

static void skip_portable(void *arg)
{
    struct job *j = arg;
    const uint8_t *end = j->symbytes.data + j->symbytes.len;
    bench_keep(kq_skip_texts_portable(j->symbytes.data + 6, end, ROWS));
}

/* Through the reader, read as a socket would be: 64 KiB at a time. */
static void read_message(void *arg)
{
    struct job *j = arg;
    struct kq_reader *r = kq_reader_new(UINT64_MAX);
    struct kq_msg msg = {.len = 0};
    for (size_t at = 0, n; at < j->frame->len; at += n) {
        uint8_t *to = kq_reader_want(r, &n);
        size_t left = j->frame->len - at;
        n = n > 65536 ? 65536 : n;
        n = n > left ? left : n;
        memcpy(to, j->frame->data + at, n);
        kq_reader_got(r, n);
        kq_reader_next(r, &msg, NULL);
    }
    kq_msg_release(&msg);
    kq_reader_free(r);
}

int main(void)
{
    struct job j = {.table = trades(ROWS)};
    j.syms = kq_child(kq_columns(j.table), 1);
    kq_buf_init(&j.out, KQ_BUF_NOMAX);
    kq_buf_init(&j.symbytes, KQ_BUF_NOMAX);
    encode(&j);
    j.frame = kq_rcbuf_new(j.out.len);
    memcpy(j.frame->data, j.out.data, j.out.len);
    j.copy = malloc(j.frame->len);
    double floor = bench("codec: memcpy of the message", RUNS, copy, &j, 1e6, "ms", 0);
    bench("codec: encode 1M trades", RUNS, encode, &j, 1e6, "ms", floor);
    bench("codec: decode 1M trades, views", RUNS, decode_views, &j, 1e6, "ms", floor);
    bench("codec: decode 1M trades, owned", RUNS, decode_owned, &j, 1e6, "ms", floor);
    bench("codec: measure 1M trades", RUNS, measure, &j, 1e6, "ms", floor);
    bench("codec: reader, 64 KiB pieces", RUNS, read_message, &j, 1e6, "ms", floor);
    bench("codec: encode a symbol", RUNS, encode_symbols, &j, ROWS, "ns", 0);
    double chars = bench("codec: pass symbols with memchr", RUNS, walk_memchr, &j, 1e6, "ms", 0);
    bench("codec: pass symbols", RUNS, skip, &j, 1e6, "ms", chars);
    bench("codec: pass symbols, portable", RUNS, skip_portable, &j, 1e6, "ms", chars);
    kq_unref(j.table);
    kq_rcbuf_unref(j.frame);
    kq_buf_release(&j.out);
    kq_buf_release(&j.symbytes);
    free(j.copy);
    return 0;
}

/*
 * inject.c - changes frames, and slices the output of slow connections.
 *
 * A slowed connection has a queue in front of its own.  A timer moves slices
 * of it: CHUNK bytes (or what a tick of the rate allows), each in a turn of
 * the loop of its own, so that it leaves as a segment of its own.
 */
#include "inject.h"

#include "base/log.h"
#include "base/mem.h"
#include "context.h"
#include "fault.h"
#include "wire/compress.h"

#include <stdlib.h>

enum {
    TICK_NS = 10 * 1000 * 1000,  /* of a rate without chunks */
    SWAP_NS = 500 * 1000 * 1000, /* a swapped answer waits this long for another to go first */
};

/* ---- slices ------------------------------------------------------------------- */

struct lst_stream_faults {
    struct kq_buf queue;
    size_t used;   /* bytes of `queue` that are gone */
    int64_t rate;  /* bytes a second, 0: any */
    int64_t chunk; /* bytes, 0: any */
    int64_t left;  /* of limit=, -1: no limit */
    bool closing;  /* when the queue is empty */
    struct kq_timer timer;
    struct kq_timer swap_timer;
    struct kq_buf swapped; /* an answer that lets the next one go first */
};

static size_t queued(const struct lst_stream_faults *f)
{
    return f->queue.len - f->used;
}

static size_t slice_size(const struct lst_stream_faults *f)
{
    int64_t n = f->chunk ? f->chunk : INT64_MAX;
    if (f->rate && !f->chunk) {
        n = f->rate / (1000000000 / TICK_NS);
        n = n ? n : 1;
    }
    return (uint64_t)n < queued(f) ? (size_t)n : queued(f);
}

static void cut_to_limit(struct lst_session *s, size_t *n)
{
    struct lst_stream_faults *f = s->stream;
    if (f->left < 0)
        return;
    if ((uint64_t)f->left < *n)
        *n = (size_t)f->left;
    f->left -= (int64_t)*n;
}

static void wait_for_next(struct lst_stream_faults *f, size_t sent)
{
    int64_t ns = f->rate ? (int64_t)((double)sent * 1e9 / (double)f->rate) : 0;
    kq_timer_start_ns(&f->timer, ns);
}

static void send_slice(void *arg)
{
    struct lst_session *s = arg;
    struct lst_stream_faults *f = s->stream;
    struct kq_err err;
    size_t n = slice_size(f);
    cut_to_limit(s, &n);
    if (s->closed || !kq_conn_send_text(s->conn, f->queue.data + f->used, n, &err))
        return;
    kq_conn_flush(s->conn);
    f->used += n;
    if (f->left == 0) {
        lst_journal_event(&s->context->journal, "fault", s, "limit");
        f->left = -1;
        f->used = f->queue.len;
        f->closing = true;
    }
    if (queued(f)) {
        wait_for_next(f, n);
        return;
    }
    f->used = 0;
    kq_buf_clear(&f->queue);
    if (f->closing)
        kq_conn_close(s->conn);
}

static void send_bytes(struct lst_session *s, const void *data, size_t n)
{
    struct lst_stream_faults *f = s->stream;
    struct kq_err err;
    if (!f || (!f->rate && !f->chunk && f->left < 0)) {
        if (!kq_conn_send(s->conn, data, n, &err))
            lst_session_close(s, LST_END_RESET);
        return;
    }
    kq_buf_append(&f->queue, data, n);
    if (!kq_timer_running(&f->timer))
        kq_timer_start(&f->timer, 0);
}

static void on_swap_over(void *arg)
{
    struct lst_session *s = arg;
    struct lst_stream_faults *f = s->stream;
    if (!s->closed && f->swapped.len)
        send_bytes(s, f->swapped.data, f->swapped.len);
    kq_buf_clear(&f->swapped);
}

static int64_t value_of(struct lst_session *s, enum lst_fault_what what, int64_t otherwise)
{
    const struct lst_fault *one = lst_faults_get(&s->context->faults, s->faults, what);
    return one ? one->value : otherwise;
}

static struct lst_stream_faults *stream_faults(struct lst_session *s)
{
    if (s->stream)
        return s->stream;
    struct lst_stream_faults *f = s->stream = kq_calloc(1, sizeof *f);
    kq_buf_init(&f->queue, KQ_BUF_NOMAX);
    kq_buf_init(&f->swapped, KQ_BUF_NOMAX);
    f->left = -1;
    kq_timer_init(&f->timer, s->context->loop, send_slice, s);
    kq_timer_init(&f->swap_timer, s->context->loop, on_swap_over, s);
    return f;
}

void lst_inject_begin(struct lst_session *s)
{
    int64_t rate = value_of(s, LST_FAULT_RATE, 0), chunk = value_of(s, LST_FAULT_CHUNK, 0);
    int64_t limit = value_of(s, LST_FAULT_LIMIT, -1);
    if (!rate && !chunk && limit < 0)
        return;
    struct lst_stream_faults *f = stream_faults(s);
    f->rate = rate;
    f->chunk = chunk;
    f->left = limit;
}

void lst_inject_end(struct lst_session *s)
{
    struct lst_stream_faults *f = s->stream;
    if (!f)
        return;
    kq_timer_stop(&f->timer);
    kq_timer_stop(&f->swap_timer);
    kq_buf_release(&f->queue);
    kq_buf_release(&f->swapped);
    free(f);
    s->stream = NULL;
}

size_t lst_inject_pending(const struct lst_session *s)
{
    return s->stream ? queued(s->stream) + s->stream->swapped.len : 0;
}

bool lst_inject_close(struct lst_session *s)
{
    if (!s->stream)
        return false;
    if (s->stream->swapped.len)
        on_swap_over(s);
    s->stream->closing = queued(s->stream);
    return s->stream->closing;
}

/* ---- frames ------------------------------------------------------------------------ */

static void put_total(uint8_t *frame, uint64_t total)
{
    struct kq_header head;
    uint8_t flag = frame[2];
    if (!kq_header_parse(frame, &head, NULL))
        return;
    head.total = total > KQ_TOTAL_MAX ? KQ_TOTAL_MAX : total;
    kq_header_put(frame, &head);
    frame[2] = flag;
}

static void add_to_length(struct kq_buf *frame, int64_t add)
{
    struct kq_header head;
    if (!kq_header_parse(frame->data, &head, NULL))
        return;
    int64_t total = (int64_t)head.total;
    if (add == LST_LENGTH_MAX)
        put_total(frame->data, KQ_TOTAL_MAX);
    else
        put_total(frame->data, total + add > 0 ? (uint64_t)(total + add) : 0);
}

/* A compressed frame of its own making: `size` claimed, and tokens that refer to nothing. */
static void craft_compressed(struct kq_buf *frame, uint32_t size)
{
    static const uint8_t tokens[] = {0xff, 0x55, 0xff, 0xaa, 0xff, 0x00, 0xff};
    uint8_t made[KQ_HEADER_LEN + 4 + sizeof tokens];
    bool big = frame->data[0] == 0;
    memcpy(made, frame->data, KQ_HEADER_LEN);
    made[2] = 1;
    for (int i = 0; i < 4; i++)
        made[KQ_HEADER_LEN + i] = (uint8_t)(size >> (big ? 24 - 8 * i : 8 * i));
    memcpy(made + KQ_HEADER_LEN + 4, tokens, sizeof tokens);
    kq_buf_clear(frame);
    kq_buf_append(frame, made, sizeof made);
    put_total(frame->data, sizeof made);
}

static void compress(struct kq_buf *frame, enum lst_bad_compress how)
{
    if (how == LST_COMPRESS_HUGE) {
        craft_compressed(frame, INT32_MAX);
    } else if (how == LST_COMPRESS_BAD) {
        craft_compressed(frame, (uint32_t)frame->len);
    } else if (!frame->data[2]) {
        uint8_t *room = kq_try_malloc(frame->len / 2 + 1);
        size_t n = room ? kq_compress(frame->data, frame->len, room) : 0;
        if (n) {
            kq_buf_clear(frame);
            kq_buf_append(frame, room, n);
        }
        free(room);
    }
}

/* The faults that only change bytes, in the order in which a frame is made. */
static void change(struct lst_session *s, struct kq_buf *frame, const struct lst_fault *one)
{
    (void)s;
    int64_t v = one->value;
    switch (one->what) {
    case LST_FAULT_COMPRESS: compress(frame, (enum lst_bad_compress)v); break;
    case LST_FAULT_TYPE:
        if (frame->len > KQ_HEADER_LEN)
            frame->data[KQ_HEADER_LEN] = (uint8_t)v;
        break;
    case LST_FAULT_CORRUPT:
        if ((uint64_t)v < frame->len)
            frame->data[v] ^= 0xff;
        break;
    case LST_FAULT_LENGTH: add_to_length(frame, v); break;
    case LST_FAULT_RESERVED: frame->data[3] = (uint8_t)v; break;
    case LST_FAULT_WRONG_KIND: frame->data[1] = KQ_SYNC; break;
    default: break;
    }
}

static void send_async_first(struct lst_session *s)
{
    /* (`upd;`fault;()) */
    static const char frame[] = "\x01\x00\x00\x00\x20\x00\x00\x00\x00\x00\x03\x00\x00\x00"
                                "\xf5upd\x00\xf5"
                                "fault\x00\x00\x00\x00\x00\x00\x00";
    send_bytes(s, frame, sizeof frame - 1);
}

/* Send it, then what was waiting for it. */
static void send_in_turn(struct lst_session *s, const struct kq_buf *frame)
{
    send_bytes(s, frame->data, frame->len);
    if (s->stream && s->stream->swapped.len) {
        kq_timer_stop(&s->stream->swap_timer);
        on_swap_over(s);
    }
}

static void keep_for_later(struct lst_session *s, const struct kq_buf *frame)
{
    struct lst_stream_faults *f = stream_faults(s);
    kq_buf_append(&f->swapped, frame->data, frame->len);
    kq_timer_start_ns(&f->swap_timer, SWAP_NS);
}

static void note(struct lst_session *s, uint64_t set)
{
    for (; set; set &= set - 1) {
        const struct lst_fault *one = &s->context->faults.fault[__builtin_ctzll(set)];
        if (one->what >= LST_FAULT_LENGTH)
            lst_journal_event(&s->context->journal, "fault", s, lst_fault_name(one->what));
    }
}

static bool has(struct lst_session *s, uint64_t set, enum lst_fault_what what)
{
    return lst_faults_get(&s->context->faults, set, what) != NULL;
}

static void send_changed(struct lst_session *s, struct kq_buf *frame, uint64_t set)
{
    const struct lst_fault *cut = lst_faults_get(&s->context->faults, set, LST_FAULT_TRUNCATE);
    if (has(s, set, LST_FAULT_ASYNC_FIRST))
        send_async_first(s);
    if (cut && (uint64_t)cut->value < frame->len) {
        send_bytes(s, frame->data, (size_t)cut->value);
        lst_session_close(s, LST_END_ORDERLY);
        return;
    }
    bool swaps = has(s, set, LST_FAULT_SWAP) && !(s->stream && s->stream->swapped.len);
    for (int i = has(s, set, LST_FAULT_DUP) ? 2 : 1; i > 0; i--) {
        if (swaps)
            keep_for_later(s, frame);
        else
            send_in_turn(s, frame);
    }
}

void lst_inject_frame_take(struct lst_session *s, struct kq_buf *frame, uint64_t set)
{
    static const enum lst_fault_what order[] = {LST_FAULT_COMPRESS, LST_FAULT_TYPE,
                                                LST_FAULT_CORRUPT,  LST_FAULT_LENGTH,
                                                LST_FAULT_RESERVED, LST_FAULT_WRONG_KIND};
    for (size_t i = 0; i < sizeof order / sizeof *order && set; i++) {
        const struct lst_fault *one = lst_faults_get(&s->context->faults, set, order[i]);
        if (one)
            change(s, frame, one);
    }
    note(s, set);
    send_changed(s, frame, set);
    kq_buf_release(frame);
}

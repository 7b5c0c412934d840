/*
 * outbox.c - the list of message ends has a head that only moves forward; it
 * is emptied whenever the queue is, which is nearly always.
 */
#include "net/outbox.h"

#include <string.h>

enum { HOLD_MS = 10 };

static void on_hold_over(void *arg)
{
    kq_outbox_heard(arg);
}

void kq_outbox_init(struct kq_outbox *o, struct kq_loop *loop, const struct kq_tap *tap,
                    size_t max_queue)
{
    *o = (struct kq_outbox){.tap = *tap, .max_queue = max_queue};
    kq_buf_init(&o->ends, KQ_BUF_NOMAX);
    kq_timer_init(&o->hold, loop, on_hold_over, o);
}

void kq_outbox_release(struct kq_outbox *o)
{
    kq_timer_stop(&o->hold);
    kq_buf_release(&o->ends);
}

void kq_outbox_be_careful(struct kq_outbox *o)
{
    o->careful = true;
}

void kq_outbox_heard(struct kq_outbox *o)
{
    o->careful = false;
    kq_timer_stop(&o->hold);
    kq_stream_hold(o->stream, false);
}

bool kq_outbox_drained(struct kq_outbox *o)
{
    bool had = o->ends.len;
    kq_buf_clear(&o->ends);
    o->head = 0;
    return had;
}

static bool has_room(const struct kq_outbox *o, size_t len, struct kq_err *err)
{
    size_t pending = kq_stream_pending(o->stream);
    if (o->max_queue && pending && (len > o->max_queue || pending > o->max_queue - len))
        return kq_fail(err, KQ_ELOST, "the peer does not read: %zu bytes wait already", pending);
    return true;
}

/* Note a message that is about to be queued. */
static void note(struct kq_outbox *o, const void *frame, size_t len)
{
    uint64_t end = kq_stream_queued(o->stream) + len;
    if (!kq_stream_pending(o->stream))
        kq_outbox_drained(o);
    kq_buf_append(&o->ends, &end, sizeof end);
    o->bytes += len;
    kq_tap(&o->tap, KQ_TAP_OUT, frame, len);
    if (o->careful && !kq_timer_running(&o->hold)) {
        kq_stream_hold(o->stream, true);
        kq_timer_start(&o->hold, HOLD_MS);
    }
}

bool kq_outbox_send(struct kq_outbox *o, const void *frame, size_t len, struct kq_err *err)
{
    if (!has_room(o, len, err))
        return false;
    note(o, frame, len);
    kq_stream_write(o->stream, frame, len);
    return true;
}

bool kq_outbox_send_rc(struct kq_outbox *o, struct kq_rcbuf *buf, size_t off, size_t len,
                       struct kq_err *err)
{
    if (!has_room(o, len, err))
        return false;
    note(o, buf->data + off, len);
    kq_stream_write_rc(o->stream, buf, off, len);
    return true;
}

void kq_outbox_raw(struct kq_outbox *o, const void *data, size_t n)
{
    o->bytes += n;
    kq_tap(&o->tap, KQ_TAP_OUT, data, n);
    kq_stream_write(o->stream, data, n);
}

size_t kq_outbox_msgs(struct kq_outbox *o)
{
    size_t n = o->ends.len / sizeof(uint64_t);
    if (!o->stream || !kq_stream_pending(o->stream))
        return 0;
    for (; o->head < n; o->head++) {
        uint64_t end;
        memcpy(&end, o->ends.data + o->head * sizeof end, sizeof end);
        if (end > kq_stream_sent(o->stream))
            break;
    }
    return n - o->head;
}

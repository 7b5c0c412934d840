/*
 * deliver.c - a ring of batches, of which the first `sent` are on their way,
 * and a ring of answers that are to come.  Each answer confirms all batches up
 * to a number, so async and sync messages, chasers and questions of our own
 * go through the same few lines.
 */
#include "deliver.h"

#include "base/log.h"
#include "base/mem.h"
#include "net/timing.h"
#include "wire/compress.h"
#include "wire/decode.h"
#include "wire/walk.h"

#include <stdlib.h>
#include <string.h>

enum {
    MS = 1000000, /* ns */
    CHASE_MAX_MS = 100,
    DELAY_MAX_MS = 30000, /* between tries */
    SPOOL_SHARE = 4,      /* of --buffer a quarter is enough when the rest is on disk */
    WAIT_MS = 50,         /* --wait: the first time, */
    WAIT_MAX_MS = 1000,   /* and at most */
};

/* A sync request with an empty string: its answer proves that all before it was processed. */
static const uint8_t chaser[] = {1, 1, 0, 0, 14, 0, 0, 0, 10, 0, 0, 0, 0, 0};

static void connect_now(void *arg);
static void chase_now(void *arg);
static void look(void *arg);
static void pump(struct pipe_target *t);
static void push_held(struct pipe_target *t);

void pipe_target_init(struct pipe_target *t, struct kq_loop *loop, const struct kq_addr *addr,
                      const struct kq_conn_opts *conn_opts, const struct pipe_opts *o,
                      const struct pipe_target_ops *ops, void *arg)
{
    memset(t, 0, sizeof *t);
    t->loop = loop;
    t->addr = *addr;
    t->conn_opts = *conn_opts;
    t->o = o;
    t->ops = ops;
    t->arg = arg;
    t->first = 1;
    t->random = (uint64_t)kq_mono_ns() | 1;
    t->tries_left = o->conn.retry;
    t->delay_ms = o->conn.retry_delay_ns / MS;
    if (o->conn.wait_ns >= 0) {
        t->give_up_ns = o->conn.wait_ns ? kq_mono_ns() + o->conn.wait_ns : KQ_NEVER;
        t->delay_ms = t->delay_ms < WAIT_MS ? t->delay_ms : WAIT_MS;
    }
    if (o->common.stats != KQ_STATS_NONE) {
        t->latency = kq_malloc(sizeof *t->latency);
        kq_stats_init(t->latency);
    }
    kq_addr_text(addr, t->name, sizeof t->name);
    kq_timer_init(&t->retry, loop, connect_now, t);
    kq_timer_init(&t->chase, loop, chase_now, t);
    kq_timer_init(&t->alive, loop, look, t);
}

void pipe_target_release(struct pipe_target *t)
{
    if (!t->loop)
        return;
    kq_timer_stop(&t->retry);
    kq_timer_stop(&t->chase);
    kq_timer_stop(&t->alive);
    kq_conn_free(t->conn);
    for (size_t i = 0; i < t->count; i++)
        pipe_batch_release(&t->queue[(t->head + i) % t->cap].batch);
    pipe_batch_release(&t->held);
    free(t->queue);
    free(t->expected);
    free(t->latency);
    pipe_spool_close(t->spool);
    kq_addr_release(&t->addr);
    memset(t, 0, sizeof *t);
}

/* ---- rings -------------------------------------------------------------------------------- */

static struct pipe_queued *queued(const struct pipe_target *t, size_t i)
{
    return &t->queue[(t->head + i) % t->cap];
}

/* A ring's memory with twice the room, the items from its start on. */
static void *grow_ring(void *ring, size_t head, size_t count, size_t *cap, size_t width)
{
    size_t more = *cap ? *cap * 2 : 16, front = *cap - head < count ? *cap - head : count;
    char *to = kq_malloc(more * width), *from = ring;
    if (count) {
        memcpy(to, from + head * width, front * width);
        memcpy(to + front * width, from, (count - front) * width);
    }
    free(ring);
    *cap = more;
    return to;
}

static void enqueue(struct pipe_target *t, const struct pipe_batch *b, uint64_t spooled)
{
    if (t->count == t->cap) {
        t->queue = grow_ring(t->queue, t->head, t->count, &t->cap, sizeof *t->queue);
        t->head = 0;
    }
    struct pipe_queued *q = queued(t, t->count++);
    *q = (struct pipe_queued){*b, t->latency ? kq_mono_ns() : 0, spooled};
    kq_rcbuf_ref(b->frames);
    t->bytes += b->frames->len;
}

static void dequeue(struct pipe_target *t)
{
    struct pipe_queued *q = queued(t, 0);
    t->bytes -= q->batch.frames->len;
    pipe_batch_release(&q->batch);
    t->head = (t->head + 1) % t->cap;
    t->count--;
    t->first++;
    if (t->sent)
        t->sent--;
}

static void expect(struct pipe_target *t, struct pipe_expected e)
{
    e.since_ns = t->o->flow.ack_timeout_ns ? kq_mono_ns() : 0;
    if (t->e_count == t->e_cap) {
        t->expected = grow_ring(t->expected, t->e_head, t->e_count, &t->e_cap, sizeof *t->expected);
        t->e_head = 0;
    }
    t->expected[(t->e_head + t->e_count++) % t->e_cap] = e;
    if (e.seq > t->chased)
        t->chased = e.seq;
}

static uint64_t last_sent(const struct pipe_target *t)
{
    return t->first + t->sent - 1;
}

/* ---- the disk behind the queue -------------------------------------------------------------- */

/* Offset of the first record on disk that is not in the queue. */
static uint64_t loaded(const struct pipe_target *t)
{
    return t->count ? queued(t, t->count - 1)->spooled : pipe_spool_confirmed(t->spool);
}

/* Rows of a message that came from disk. */
static int64_t rows_of(const struct kq_rcbuf *frame)
{
    const uint8_t *body = frame->data + KQ_HEADER_LEN;
    size_t len = frame->len - KQ_HEADER_LEN;
    struct kq_call call = kq_peek_call(body, len, false);
    int64_t rows = kq_peek_rows(body, len, false, &call);
    return rows > 0 ? rows : 1;
}

/* Bring records from disk into the queue while there is room. */
static void load(struct pipe_target *t)
{
    struct kq_err err = {0};
    while (t->spool && !t->dead && loaded(t) < pipe_spool_end(t->spool) &&
           t->bytes < t->o->flow.buffer / SPOOL_SHARE) {
        uint64_t next;
        struct kq_rcbuf *f = pipe_spool_read(t->spool, loaded(t), t->o->flow.sync, &next, &err);
        if (!f) {
            t->dead = true;
            t->ops->on_dead(t->arg, t, &err);
            return;
        }
        struct pipe_batch b = {.frames = f,
                               .rows = rows_of(f),
                               .msgs = 1,
                               .answers = t->o->flow.sync,
                               .from.file = "the spool"};
        enqueue(t, &b, next);
        kq_rcbuf_unref(f);
    }
}

/* Tell the spool that everything before the queue is confirmed. */
static void confirm_on_disk(struct pipe_target *t, uint64_t at)
{
    struct kq_err err = {0};
    uint64_t moved = 0;
    if (!t->spool)
        return;
    if (!pipe_spool_confirm(t->spool, at, &moved, &err)) {
        t->dead = true;
        t->ops->on_dead(t->arg, t, &err);
        return;
    }
    for (size_t i = 0; moved && i < t->count; i++)
        queued(t, i)->spooled -= moved;
}

/* ---- sending ----------------------------------------------------------------------------------- */

/* Compressed, as kdb+ would: to other machines only, when it pays. */
static struct kq_rcbuf *compressed(struct pipe_target *t, const struct pipe_batch *b)
{
    int when = t->o->conn.compress;
    bool wanted = when == KQ_COMPRESS_ALWAYS || (when == KQ_COMPRESS_AUTO && !t->local);
    if (!wanted || b->msgs != 1 || b->frames->len <= KQ_COMPRESS_ABOVE ||
        kq_conn_capability(t->conn) < 1)
        return NULL;
    struct kq_rcbuf *z = kq_rcbuf_new(b->frames->len / 2);
    size_t n = z ? kq_compress(b->frames->data, b->frames->len, z->data) : 0;
    if (n) {
        z->len = n;
        return z;
    }
    kq_rcbuf_unref(z);
    return NULL;
}

static bool send_batch(struct pipe_target *t, const struct pipe_batch *b)
{
    struct kq_rcbuf *z = compressed(t, b), *f = z ? z : b->frames;
    bool ok = kq_conn_send_rc(t->conn, f, 0, f->len, NULL);
    kq_rcbuf_unref(z);
    return ok;
}

static void send_chaser(struct pipe_target *t)
{
    if (kq_conn_send(t->conn, chaser, sizeof chaser, NULL))
        expect(t, (struct pipe_expected){.seq = last_sent(t), .answers = 1, .chaser = true});
}

static void chase_now(void *arg)
{
    struct pipe_target *t = arg;
    if (t->ready && t->sent && t->chased < last_sent(t))
        send_chaser(t);
}

/* Batches that may be on their way: a lost connection repeats no more than these. */
static size_t window(const struct pipe_target *t)
{
    return 2 * (size_t)t->o->flow.ack_every;
}

/* Whoever wants rows to leave soon wants to know soon that they arrived. */
static int64_t chase_ms(const struct pipe_target *t)
{
    int64_t ms = (t->o->out.linger_ns / 4 + MS - 1) / MS;
    return ms < CHASE_MAX_MS ? ms : CHASE_MAX_MS;
}

/* Send what has not been sent, with a chaser now and then. */
static void pump(struct pipe_target *t)
{
    load(t);
    push_held(t);
    while (t->ready && t->sent < t->count && t->sent < window(t)) {
        const struct pipe_batch *b = &queued(t, t->sent)->batch;
        if (!send_batch(t, b))
            return; /* on_close follows */
        t->sent++;
        if (b->answers)
            expect(t, (struct pipe_expected){.seq = last_sent(t), .answers = b->answers});
        else if (last_sent(t) - t->chased >= (uint64_t)t->o->flow.ack_every)
            send_chaser(t);
    }
    if (!t->ready || !t->sent || t->chased >= last_sent(t))
        return;
    if (t->finishing)
        send_chaser(t);
    else if (!kq_timer_running(&t->chase))
        kq_timer_start(&t->chase, chase_ms(t));
}

/* ---- answers ------------------------------------------------------------------------------------- */

static void confirm(struct pipe_target *t, uint64_t seq)
{
    uint64_t spooled = 0;
    while (t->count && t->first <= seq) {
        struct pipe_queued *q = queued(t, 0);
        t->rows_acked += (uint64_t)q->batch.rows;
        t->batches_acked++;
        if (t->latency)
            kq_stats_add(t->latency, kq_mono_ns() - q->since_ns);
        spooled = q->spooled;
        dequeue(t);
    }
    if (spooled)
        confirm_on_disk(t, spooled);
}

/* The text of an error, NULL for any other answer. */
static struct kq_obj *error_of(const struct kq_msg *msg)
{
    if (!msg->head.compressed && kq_msg_bytes(msg)[KQ_HEADER_LEN] != (uint8_t)KQ_ERROR)
        return NULL;
    static const struct kq_decode_opts views = {.views = true};
    struct kq_obj *o = kq_decode_msg(msg, &views, NULL);
    if (o && o->type == KQ_ERROR)
        return o;
    kq_unref(o);
    return NULL;
}

static void take_answer(struct pipe_target *t, struct pipe_expected *e, const struct kq_msg *msg)
{
    struct kq_obj *error = error_of(msg);
    if (error && e->seq >= t->first && t->count) {
        size_t at = (size_t)(e->seq - t->first);
        const struct pipe_batch *b = &queued(t, at < t->count ? at : 0)->batch;
        if (!e->chaser)
            t->rows_refused += (uint64_t)(b->rows / (b->msgs ? b->msgs : 1));
        t->ops->on_qerror(t->arg, t, b, kq_str(kq_sym_text(error), kq_sym_textlen(error)));
    }
    kq_unref(error);
    if (--e->answers)
        return;
    uint64_t seq = e->seq;
    t->e_head = (t->e_head + 1) % t->e_cap;
    t->e_count--;
    confirm(t, seq);
}

static void on_msg(void *arg, struct kq_conn *c, const struct kq_msg *msg)
{
    (void)c;
    struct pipe_target *t = arg;
    if (msg->head.kind != KQ_RESPONSE || !t->e_count)
        return; /* what a server pushes is not for us */
    struct pipe_expected *e = &t->expected[t->e_head];
    t->heard_ns = t->o->flow.ack_timeout_ns ? kq_mono_ns() : 0;
    if (e->asked) {
        t->e_head = (t->e_head + 1) % t->e_cap;
        t->e_count--;
        t->ops->on_answer(t->arg, t, msg);
        return;
    }
    take_answer(t, e, msg);
    if (t->dead)
        return;
    pump(t);
    t->ops->on_confirmed(t->arg, t);
}

/* ---- silence ---------------------------------------------------------------------------------------- */

static void look_later(struct pipe_target *t)
{
    int64_t half = t->o->flow.ack_timeout_ns / 2;
    if (half)
        kq_timer_start(&t->alive, (half + MS - 1) / MS);
}

/* An answer is overdue when it was asked for and nothing was heard for the whole time. */
static bool is_overdue(const struct pipe_target *t)
{
    int64_t since = t->e_count ? t->expected[t->e_head].since_ns : INT64_MAX;
    since = since > t->heard_ns ? since : t->heard_ns;
    return t->e_count && kq_mono_ns() - since >= t->o->flow.ack_timeout_ns;
}

static void on_close(void *arg, struct kq_conn *c, const struct kq_err *err);

/* A connection that is silent may be half open: ask, and give it up when no answer comes. */
static void look(void *arg)
{
    struct pipe_target *t = arg;
    struct kq_err err;
    if (!t->ready)
        return;
    if (!is_overdue(t)) {
        if (!t->e_count)
            send_chaser(t);
        look_later(t);
        return;
    }
    kq_err_set(&err, KQ_ETIMEOUT, "no answer for %.3gs", (double)t->o->flow.ack_timeout_ns / 1e9);
    kq_conn_free(t->conn);
    on_close(t, NULL, &err);
}

/* ---- connecting ------------------------------------------------------------------------------------ */

static void on_ready(void *arg, struct kq_conn *c)
{
    struct pipe_target *t = arg;
    t->ready = t->was_ready = true;
    t->local = kq_conn_is_local(c);
    t->connects++;
    t->give_up_ns = 0;
    t->tries_left = t->o->flow.reconnect;
    t->delay_ms = t->o->conn.retry_delay_ns / MS;
    look_later(t);
    t->ops->on_ready(t->arg, t);
    pump(t);
}

/* Plus or minus a fifth. */
static int64_t jitter(struct pipe_target *t, int64_t ms)
{
    t->random ^= t->random << 13;
    t->random ^= t->random >> 7;
    t->random ^= t->random << 17;
    return ms - ms / 5 + (int64_t)(t->random % (uint64_t)(2 * ms / 5 + 1));
}

/* Whether to try again after `err`, and when. */
static bool may_retry(struct pipe_target *t, const struct kq_err *err)
{
    /* A server that dies during a login looks like one that refuses it, but once it did not. */
    bool refused = err->code == KQ_EAUTH && !t->was_ready;
    if (t->dead || refused || err->code == KQ_EUSAGE)
        return false;
    if (t->give_up_ns)
        return kq_mono_ns() < t->give_up_ns;
    if (!t->was_ready && !t->tries_left && t->spool)
        t->tries_left = t->o->flow.reconnect; /* the spool takes the rows meanwhile */
    if (t->tries_left == INT64_MAX)
        return true;
    return t->tries_left-- > 0;
}

/* What was on its way is so no longer. */
static void forget_sent(struct pipe_target *t)
{
    for (size_t i = 0; i < t->sent; i++)
        t->rows_resent += (uint64_t)queued(t, i)->batch.rows;
    t->sent = 0;
    t->chased = t->first - 1;
    t->e_head = t->e_count = 0;
    kq_timer_stop(&t->chase);
    kq_timer_stop(&t->alive);
}

static void on_close(void *arg, struct kq_conn *c, const struct kq_err *err)
{
    (void)c;
    struct pipe_target *t = arg;
    struct kq_err why = *err;
    bool lost = t->ready;
    kq_record_end(&t->recorded, why.code ? why.msg : "");
    t->conn = NULL;
    t->ready = false;
    if (!why.code)
        kq_err_set(&why, KQ_ELOST, "the server closed the connection");
    bool never_again = t->o->flow.once_only && lost && t->sent;
    if (never_again || !may_retry(t, &why)) {
        t->dead = true;
        t->ops->on_dead(t->arg, t, &why);
        return;
    }
    forget_sent(t);
    int64_t delay = lost ? jitter(t, 50) : jitter(t, t->delay_ms);
    int64_t most = t->give_up_ns ? WAIT_MAX_MS : DELAY_MAX_MS;
    if (!lost)
        t->delay_ms = t->delay_ms * 2 < most ? t->delay_ms * 2 : most;
    t->ops->on_retry(t->arg, t, &why, delay);
    kq_timer_start(&t->retry, delay);
}

static void connect_now(void *arg)
{
    static const struct kq_conn_ops ops = {.on_ready = on_ready,
                                           .on_msg = on_msg,
                                           .on_close = on_close};
    struct pipe_target *t = arg;
    kq_record_begin(&t->recorded, t->record, "kq-pipe", t->name, true);
    t->conn_opts.tap = kq_record_tap(&t->recorded);
    t->conn = kq_conn_open(t->loop, &t->addr, &t->conn_opts, &ops, t);
}

void pipe_target_connect(struct pipe_target *t)
{
    load(t);
    connect_now(t);
}

bool pipe_target_ask(struct pipe_target *t, const void *frame, size_t len, struct kq_err *err)
{
    if (!kq_conn_send(t->conn, frame, len, err))
        return false;
    expect(t, (struct pipe_expected){.answers = 1, .asked = true});
    return true;
}

/* ---- what the reader of input sees --------------------------------------------------------------------- */

bool pipe_target_has_room(const struct pipe_target *t, size_t pending, bool at_all)
{
    /* An eighth is for what else needs memory. */
    uint64_t limit = t->o->flow.buffer - t->o->flow.buffer / 8;
    if (t->held.frames)
        return false;
    if (at_all || !t->bytes || t->bytes + pending < limit)
        return true;
    return t->spool ? !t->disk_full : t->o->flow.on_full != PIPE_BLOCK;
}

/* Make room by dropping batches that have not been sent; false: drop the new one. */
static bool drop_old(struct pipe_target *t, size_t need)
{
    while (t->bytes + need > t->o->flow.buffer && t->sent < t->count) {
        struct pipe_queued *q = queued(t, t->sent);
        t->rows_dropped += (uint64_t)q->batch.rows;
        t->bytes -= q->batch.frames->len;
        pipe_batch_release(&q->batch);
        for (size_t i = t->sent; i + 1 < t->count; i++)
            *queued(t, i) = *queued(t, i + 1);
        t->count--;
    }
    return t->bytes + need <= t->o->flow.buffer || !t->count;
}

/* May `b` be queued?  Else it is dropped, or `err` says that this is the end. */
static bool admit(struct pipe_target *t, const struct pipe_batch *b, bool *fatal,
                  struct kq_err *err)
{
    bool fits = t->bytes + b->frames->len <= t->o->flow.buffer || !t->count;
    *fatal = false;
    if (fits || t->o->flow.on_full == PIPE_BLOCK)
        return true;
    if (t->o->flow.on_full == PIPE_DROP_OLD && drop_old(t, b->frames->len))
        return true;
    *fatal = t->o->flow.on_full == PIPE_EXIT;
    if (*fatal)
        return kq_fail(err, KQ_ELOST, "--buffer is full");
    t->rows_dropped += (uint64_t)b->rows;
    return false;
}

/* The disk is full, or the like. */
static void warn_disk(struct pipe_target *t, const struct kq_err *err)
{
    if (!t->disk_full)
        kq_warn("%s; rows stay in memory until there is room", err->msg);
    t->disk_full = true;
}

/*
 * With a spool: to disk first, and to the queue when nothing waits on disk.
 * When the disk refuses, memory has to do; but behind rows that are only on
 * disk the batch must wait, and no more is read.
 */
static void push_spooled(struct pipe_target *t, const struct pipe_batch *b)
{
    struct kq_err err = {0};
    bool in_step = loaded(t) == pipe_spool_end(t->spool);
    bool stored = pipe_spool_append(t->spool, b->frames->data, b->frames->len, &err);
    if (!stored)
        warn_disk(t, &err);
    else
        t->disk_full = false;
    bool fits = t->bytes < t->o->flow.buffer / SPOOL_SHARE || !t->count;
    if (in_step && (fits || !stored)) {
        enqueue(t, b, pipe_spool_end(t->spool));
    } else if (!stored) {
        t->held = *b;
        kq_rcbuf_ref(b->frames);
    }
}

/* Try again with the batch that did not fit. */
static void push_held(struct pipe_target *t)
{
    struct pipe_batch b = t->held;
    if (!b.frames)
        return;
    t->held.frames = NULL;
    push_spooled(t, &b);
    pipe_batch_release(&b);
}

bool pipe_target_push(struct pipe_target *t, const struct pipe_batch *b, struct kq_err *err)
{
    bool fatal;
    t->rows += (uint64_t)b->rows;
    if (t->spool) {
        push_spooled(t, b);
    } else if (!admit(t, b, &fatal, err)) {
        return !fatal;
    } else {
        enqueue(t, b, 0);
    }
    pump(t);
    return true;
}

void pipe_target_finish(struct pipe_target *t)
{
    t->finishing = true;
    pump(t);
}

bool pipe_target_is_empty(const struct pipe_target *t)
{
    return !t->count && !t->held.frames &&
           (!t->spool || pipe_spool_confirmed(t->spool) == pipe_spool_end(t->spool));
}

static void count_unconfirmed(struct pipe_unconfirmed *u, const struct pipe_batch *b, bool on_disk)
{
    *(on_disk ? &u->on_disk : &u->in_memory) += (uint64_t)b->rows;
    if (!on_disk && !u->from.file)
        u->from = b->from;
}

struct pipe_unconfirmed pipe_target_unconfirmed(const struct pipe_target *t)
{
    struct pipe_unconfirmed u = {0};
    uint64_t end = t->spool ? pipe_spool_confirmed(t->spool) : 0;
    for (size_t i = 0; i < t->count; i++) {
        /* What the disk refused ends where the one before it ends. */
        count_unconfirmed(&u, &queued(t, i)->batch, queued(t, i)->spooled > end);
        end = queued(t, i)->spooled;
    }
    u.more_on_disk = t->spool && end < pipe_spool_end(t->spool);
    if (t->held.frames)
        count_unconfirmed(&u, &t->held, false);
    return u;
}

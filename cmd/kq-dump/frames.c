/*
 * frames.c - messages in place where possible, else collected in `part`.
 *
 * A search keeps the window from the first place that could be a message.  A
 * place is believed when the body there is exactly one object and the next
 * header is plausible too; without anything behind it, when it begins where a
 * segment began.  Other places wait for their bytes.  A message that is longer
 * than WINDOW is believed when so much of it is good; when the stream ends or
 * has a hole, so is what is good so far and begins with a segment.  Bytes that
 * happen to look like a header are common, so everything that the beginning
 * tells about the length is checked, and once the sender's byte order is known
 * it has no other.
 */
#include "frames.h"

#include "base/mem.h"
#include "wire/compress.h"
#include "wire/walk.h"

#include <stdlib.h>
#include <string.h>

enum {
    WINDOW = 1 << 20, /* bytes that a search keeps */
    RESERVE = 65536,  /* taken at once for a message that claims to be long */
    EFFORT = 16,      /* times that a byte may be looked at in a search */
    MAX_EDGES = 1024,
    MAX_WAITING = 16,
    SMALL = 15,   /* a shorter message is believed only with another behind it */
    START = 4096, /* bytes of a compressed message that are looked at */
    STEADY = 2,   /* messages in a row that show the sender's byte order */
};

void dump_frames_init(struct dump_frames *f, const struct dump_limits *limits,
                      const struct dump_frames_out *out, bool lost)
{
    *f = (struct dump_frames){.limits = limits,
                              .out = *out,
                              .state = lost ? DUMP_FRAMES_LOST : DUMP_FRAMES_SYNC};
    kq_buf_init(&f->part, KQ_BUF_NOMAX);
}

/* Nothing is known about what is in `part`. */
static void forget_window(struct dump_frames *f)
{
    f->limits->memory->used -= f->cap_edges * sizeof *f->edges;
    f->edges = NULL;
    f->n_edges = f->cap_edges = f->n_waiting = 0;
    f->scanned = 0;
}

static void drop_part(struct dump_frames *f)
{
    f->limits->memory->used -= f->part.cap;
    kq_buf_release(&f->part);
    kq_buf_init(&f->part, KQ_BUF_NOMAX);
    free(f->edges);
    forget_window(f);
}

void dump_frames_release(struct dump_frames *f)
{
    if (f->limits)
        drop_part(f);
}

/* Append to `part`, counting its memory. */
static void keep(struct dump_frames *f, const uint8_t *p, size_t n)
{
    size_t before = f->part.cap;
    kq_buf_append(&f->part, p, n);
    f->limits->memory->used += f->part.cap - before;
}

uint64_t dump_frames_pending(const struct dump_frames *f, uint64_t *total)
{
    bool sync = f->state == DUMP_FRAMES_SYNC;
    if (total)
        *total = sync && f->have_head ? f->head.total : 0;
    return sync ? f->passed : 0;
}

static void start_message(struct dump_frames *f)
{
    f->have_head = false;
    f->passed = f->missing = 0;
}

static bool stop(struct dump_frames *f)
{
    f->state = DUMP_FRAMES_DONE;
    drop_part(f);
    return false;
}

static void grow_edges(struct dump_frames *f)
{
    unsigned cap = f->cap_edges ? 2 * f->cap_edges : 16;
    f->edges = kq_realloc(f->edges, cap * sizeof *f->edges);
    f->limits->memory->used += (cap - f->cap_edges) * sizeof *f->edges;
    f->cap_edges = cap;
}

/* The bytes from part.data + at on were seen at `when_ns`. */
static void add_edge(struct dump_frames *f, size_t at, int64_t when_ns)
{
    if (f->n_edges == f->cap_edges && f->cap_edges < MAX_EDGES)
        grow_edges(f);
    if (f->n_edges < MAX_EDGES)
        f->edges[f->n_edges++] = (struct dump_edge){at, when_ns, false};
}

/* No message can begin `back` bytes before the next one. */
static bool lose(struct dump_frames *f, uint64_t back, const struct kq_err *err)
{
    f->state = DUMP_FRAMES_LOST;
    f->run = 0;
    if (f->part.len)
        add_edge(f, 0, f->first_ns);
    start_message(f);
    return f->out.lost(f->out.user, f->off - back, err) || stop(f);
}

/* ---- is it one? ---- */

bool dump_frame_sure(const uint8_t *p, size_t len, size_t max_size)
{
    bool big = p[0] == 0;
    struct kq_rcbuf *plain = NULL;
    if (p[2]) {
        plain = kq_decompress(p, len, max_size ? max_size : SIZE_MAX, NULL);
        if (!plain)
            return false;
        p = plain->data;
        len = plain->len;
    }
    size_t used;
    bool sure = kq_measure(p + KQ_HEADER_LEN, len - KQ_HEADER_LEN, big, &used, NULL) == 1 &&
                used == len - KQ_HEADER_LEN;
    kq_rcbuf_unref(plain);
    return sure;
}

static bool parse_head(const struct dump_frames *f, const uint8_t *p, struct kq_header *head,
                       struct kq_err *err)
{
    if (!kq_header_parse(p, head, err))
        return false;
    uint64_t max = f->limits->max_size;
    if (max && head->total > max)
        return kq_fail(err, KQ_EPROTO,
                       "message of %llu bytes is over the limit of %llu (--max-size)",
                       (unsigned long long)head->total, (unsigned long long)max);
    return true;
}

/* ---- in step ---- */

static bool hand_out(struct dump_frames *f, const uint8_t *p, size_t have, uint64_t off)
{
    struct dump_frame frame = {.head = f->head,
                               .p = p,
                               .have = have,
                               .missing = f->missing,
                               .off = off,
                               .first_ns = f->first_ns,
                               .last_ns = f->last_ns};
    if (!f->order_known && ++f->run >= STEADY) {
        f->order_known = true;
        f->big = f->head.big;
    }
    start_message(f);
    return f->out.got(f->out.user, &frame) || stop(f);
}

/* Messages that lie whole at *p; false when one stopped us or is none. */
static bool take_whole(struct dump_frames *f, const uint8_t **p, size_t *n)
{
    struct kq_err err;
    while (*n >= KQ_HEADER_LEN) {
        if (!parse_head(f, *p, &f->head, &err))
            return lose(f, 0, &err) && false;
        if (*n < f->head.total) {
            f->have_head = true;
            return true;
        }
        const uint8_t *at = *p;
        size_t len = (size_t)f->head.total;
        *p += len;
        *n -= len;
        f->off += len;
        if (!hand_out(f, at, len, f->off - len))
            return false;
    }
    return true;
}

/* Bytes that belong to the message in progress: kept as far as they are needed. */
static void add_part(struct dump_frames *f, const uint8_t *p, size_t n)
{
    size_t want = f->head.compressed || !f->have_head ? SIZE_MAX : f->limits->keep;
    f->passed += n;
    f->off += n;
    if (f->missing || f->part.len >= want)
        return;
    if (want - f->part.len < n)
        n = want - f->part.len;
    if (!f->part.data && f->have_head) {
        uint64_t room = f->head.total < want ? f->head.total : want;
        size_t before = f->part.cap;
        kq_buf_reserve(&f->part, room < RESERVE ? (size_t)room : RESERVE);
        f->limits->memory->used += f->part.cap - before;
    }
    keep(f, p, n);
}

/* Complete the header in `part`; false when it is none. */
static bool finish_head(struct dump_frames *f, const uint8_t **p, size_t *n)
{
    struct kq_err err;
    size_t lack = KQ_HEADER_LEN - f->part.len;
    if (*n < lack)
        lack = *n;
    add_part(f, *p, lack);
    *p += lack;
    *n -= lack;
    if (f->part.len < KQ_HEADER_LEN)
        return true;
    f->have_head = parse_head(f, f->part.data, &f->head, &err);
    return f->have_head || (lose(f, f->part.len, &err) && false);
}

static bool finish_message(struct dump_frames *f, const uint8_t **p, size_t *n)
{
    uint64_t lack = f->head.total - f->passed;
    size_t len = *n < lack ? *n : (size_t)lack;
    add_part(f, *p, len);
    *p += len;
    *n -= len;
    if (f->passed < f->head.total)
        return true;
    bool go = hand_out(f, f->part.data, f->part.len, f->off - f->head.total);
    drop_part(f);
    return go;
}

/* A piece of a message was seen at `when_ns`; pieces may have come in another order. */
static void set_times(struct dump_frames *f, int64_t when_ns)
{
    if (!f->passed || when_ns < f->first_ns)
        f->first_ns = when_ns;
    if (!f->passed || when_ns > f->last_ns)
        f->last_ns = when_ns;
}

/* Feed while in step; what is left over (out of step) stays in *p. */
static bool feed_sync(struct dump_frames *f, const uint8_t **p, size_t *n, int64_t when_ns)
{
    while (*n && f->state == DUMP_FRAMES_SYNC) {
        bool go;
        set_times(f, when_ns);
        if (f->passed && !f->have_head) {
            go = finish_head(f, p, n);
        } else if (f->passed) {
            go = finish_message(f, p, n);
        } else {
            go = take_whole(f, p, n);
            if (go && *n) {
                add_part(f, *p, *n);
                *n = 0;
            }
        }
        if (!go && f->state != DUMP_FRAMES_LOST)
            return false;
    }
    return true;
}

/* ---- searching ---- */

static bool at_edge(const struct dump_frames *f, size_t at)
{
    unsigned lo = 0, hi = f->n_edges;
    while (lo < hi) {
        unsigned mid = (lo + hi) / 2;
        if (f->edges[mid].at < at)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < f->n_edges && f->edges[lo].at == at && !f->edges[lo].cut;
}

enum verdict { NO, WAIT, YES };

/* Can the `n` bytes behind a message, of which there may be few, begin the next one? */
static bool may_follow(const uint8_t *p, size_t n, uint8_t order)
{
    if (n >= KQ_HEADER_LEN && !kq_header_plausible(p, n))
        return false;
    return (n < 1 || p[0] == order) && (n < 2 || p[1] <= KQ_RESPONSE) && (n < 3 || p[2] <= 2);
}

/* A message that is all there.  For WAIT, *need bytes from its start will tell. */
static enum verdict judge_whole(const struct dump_frames *f, size_t at, size_t len, bool at_end,
                                size_t *need)
{
    const uint8_t *p = f->part.data + at;
    size_t more = f->part.len - at - len;
    if (!may_follow(p + len, more, p[0]) || !dump_frame_sure(p, len, f->limits->max_size))
        return NO;
    if (len >= SMALL || more >= KQ_HEADER_LEN || at_edge(f, at))
        return YES;
    *need = len + KQ_HEADER_LEN;
    return at_end ? NO : WAIT;
}

/* Is there nothing against a message of which the first `n` bytes are there? */
static bool may_begin(const uint8_t *p, size_t n, const struct kq_header *head)
{
    uint8_t start[START];
    struct kq_header plain;
    if (!head->compressed)
        return kq_may_begin(p + KQ_HEADER_LEN, n - KQ_HEADER_LEN, head->total - KQ_HEADER_LEN,
                            head->big);
    if (n < kq_header_min(head->compressed))
        return true;
    n = kq_decompress_prefix(p, n, start, sizeof start);
    return n >= KQ_HEADER_LEN && kq_header_parse(start, &plain, NULL) &&
           plain.total > head->total &&
           kq_may_begin(start + KQ_HEADER_LEN, n - KQ_HEADER_LEN, plain.total - KQ_HEADER_LEN,
                        head->big);
}

/* Does a message begin at part.data + at?  For WAIT, *need bytes from there will tell. */
static enum verdict judge(struct dump_frames *f, size_t at, bool at_end, size_t *need)
{
    const uint8_t *p = f->part.data + at;
    size_t n = f->part.len - at;
    struct kq_header head;
    if (!kq_header_plausible(p, n) || !parse_head(f, p, &head, NULL))
        return NO;
    if (f->order_known && head.big != f->big)
        return NO;
    /* Bytes made to mislead must not cost more than they are. */
    if (f->effort > EFFORT * f->searched + WINDOW)
        return NO;
    f->effort += n;
    if (n >= head.total)
        return judge_whole(f, at, (size_t)head.total, at_end, need);
    if (!may_begin(p, n, &head))
        return NO;
    if (at_end || n >= WINDOW)
        return n >= WINDOW || (n > KQ_HEADER_LEN && at_edge(f, at)) ? YES : NO;
    *need = head.total < WINDOW ? (size_t)head.total : WINDOW;
    return WAIT;
}

/* Forget the first `n` bytes of the window. */
static void slide(struct dump_frames *f, size_t n)
{
    unsigned from = 0;
    if (!n)
        return;
    while (from + 1 < f->n_edges && f->edges[from + 1].at <= n)
        from++;
    f->n_edges -= from;
    memmove(f->edges, f->edges + from, f->n_edges * sizeof *f->edges);
    for (unsigned i = 0; i < f->n_edges; i++) {
        f->edges[i].cut |= f->edges[i].at < n;
        f->edges[i].at = f->edges[i].at < n ? 0 : f->edges[i].at - n;
    }
    for (unsigned i = 0; i < f->n_waiting; i++)
        f->waiting[i].at -= n;
    f->scanned -= n;
    kq_buf_consume(&f->part, n);
}

static void add_to_window(struct dump_frames *f, const uint8_t *p, size_t n, int64_t when_ns)
{
    add_edge(f, f->part.len, when_ns);
    keep(f, p, n);
    f->off += n;
    f->searched += n;
}

/* Look again at the places that wait; true with *at when one is believed. */
static bool look_again(struct dump_frames *f, bool at_end, size_t *at)
{
    unsigned kept = 0;
    bool found = false;
    for (unsigned i = 0; i < f->n_waiting && !found; i++) {
        struct dump_candidate c = f->waiting[i];
        enum verdict v = WAIT;
        if (at_end || f->part.len - c.at >= c.need)
            v = judge(f, c.at, at_end, &c.need);
        if (v == WAIT && !at_end)
            f->waiting[kept++] = c;
        *at = c.at;
        found = v == YES;
    }
    f->n_waiting = kept;
    return found;
}

/* Look at new places; true with *at when one is believed. */
static bool look_on(struct dump_frames *f, bool at_end, size_t *at)
{
    size_t need = 0;
    while (f->part.len - f->scanned >= KQ_HEADER_LEN) {
        *at = f->scanned;
        enum verdict v = judge(f, *at, at_end, &need);
        if (v == YES)
            return true;
        if (v == WAIT && !at_end && f->n_waiting < MAX_WAITING)
            f->waiting[f->n_waiting++] = (struct dump_candidate){*at, need};
        f->scanned++;
    }
    return false;
}

/* Look for a message in the window: true when it now begins with one. */
static bool search(struct dump_frames *f, bool at_end)
{
    size_t at = 0;
    bool found = look_again(f, at_end, &at) || look_on(f, at_end, &at);
    if (found) {
        f->n_waiting = 0;
        f->scanned = at;
    }
    slide(f, found ? at : f->n_waiting ? f->waiting[0].at : f->scanned);
    if (!f->part.len)
        drop_part(f);
    return found;
}

/* A window in which a message was found, to be fed. */
struct pieces {
    struct kq_buf window;    /* owned */
    struct dump_edge *edges; /* owned */
    unsigned n;
};

/* The window becomes what is fed next, in step. */
static void take_window(struct dump_frames *f, struct pieces *in)
{
    *in = (struct pieces){.window = f->part, .edges = f->edges, .n = f->n_edges};
    f->limits->memory->used -= f->part.cap;
    kq_buf_init(&f->part, KQ_BUF_NOMAX);
    forget_window(f);
    f->state = DUMP_FRAMES_SYNC;
    f->off -= in->window.len;
    start_message(f);
}

/* Feed all pieces; from where we fell out of step on they join the window. */
static bool feed_pieces(struct dump_frames *f, const struct pieces *in)
{
    for (unsigned i = 0; i < in->n; i++) {
        const uint8_t *p = in->window.data + in->edges[i].at;
        size_t n = (i + 1 < in->n ? in->edges[i + 1].at : in->window.len) - in->edges[i].at;
        if (f->state == DUMP_FRAMES_SYNC && !feed_sync(f, &p, &n, in->edges[i].when_ns))
            return false;
        if (n)
            add_to_window(f, p, n, in->edges[i].when_ns);
    }
    return true;
}

/* Search, and feed what is found, until nothing is. */
static bool search_all(struct dump_frames *f, bool at_end)
{
    bool go = true;
    while (go && f->state == DUMP_FRAMES_LOST && search(f, at_end)) {
        struct pieces in;
        take_window(f, &in);
        go = feed_pieces(f, &in);
        kq_buf_release(&in.window);
        free(in.edges);
    }
    return go;
}

bool dump_frames_feed(struct dump_frames *f, const uint8_t *p, size_t n, int64_t when_ns)
{
    if (f->state == DUMP_FRAMES_DONE)
        return false;
    /* The usual case: no search, nothing to copy. */
    if (f->state == DUMP_FRAMES_SYNC && !feed_sync(f, &p, &n, when_ns))
        return false;
    if (f->state == DUMP_FRAMES_SYNC)
        return true;
    if (n)
        add_to_window(f, p, n, when_ns);
    return search_all(f, false);
}

bool dump_frames_end(struct dump_frames *f)
{
    return search_all(f, true);
}

bool dump_frames_gap(struct dump_frames *f, uint64_t n)
{
    f->off += n;
    if (f->state == DUMP_FRAMES_SYNC && f->have_head && f->head.total - f->passed >= n) {
        f->passed += n;
        f->missing += n;
        if (f->passed == f->head.total) {
            hand_out(f, f->part.data, f->part.len, f->off - f->head.total);
            drop_part(f);
        }
        return true;
    }
    if (f->state != DUMP_FRAMES_DONE)
        f->state = DUMP_FRAMES_LOST;
    f->run = 0;
    drop_part(f);
    start_message(f);
    return false;
}

void dump_frames_forget(struct dump_frames *f)
{
    drop_part(f);
    if (f->state == DUMP_FRAMES_SYNC && f->have_head)
        f->missing = f->passed;
    else if (f->state != DUMP_FRAMES_DONE)
        f->state = DUMP_FRAMES_LOST;
}

/*
 * objects.c - measure, hand out, go on; a cut object is measured again when
 * the bytes at hand have doubled, so that a long one costs no square.
 */
#include "objects.h"

#include "obj/types.h"
#include "wire/cursor.h"
#include "wire/walk.h"

#include <string.h>

enum {
    WINDOW = 16 << 20, /* longest record that a search believes in */
    EFFORT = 16,       /* times that a byte may be looked at in a search */
};

void dump_objects_init(struct dump_objects *s, const struct dump_objects_out *out,
                       uint64_t max_size, uint64_t off, bool repair)
{
    *s = (struct dump_objects){.out = *out, .max_size = max_size, .off = off, .repair = repair};
    kq_buf_init(&s->part, KQ_BUF_NOMAX);
}

void dump_objects_release(struct dump_objects *s)
{
    kq_buf_release(&s->part);
}

/* No object begins at s->off: report it, and search from the next byte if we may. */
static bool damage(struct dump_objects *s, const struct kq_err *err)
{
    if (s->out.damage)
        s->out.damage(s->out.user, s->off, err);
    if (!s->repair) {
        s->err = *err;
        return false;
    }
    s->searching = true;
    s->bad_off = s->off;
    return true;
}

/* Objects at *p while they are whole; *p and *n move past them. */
static bool take_whole(struct dump_objects *s, const uint8_t **p, size_t *n)
{
    struct kq_err err;
    size_t len;
    while (*n) {
        int got = kq_measure_at(*p, *n, false, s->off, &len, &err);
        if (got < 0)
            return damage(s, &err);
        if (!got && s->max_size && *n > s->max_size) {
            kq_err_set(&err, KQ_EPROTO, "at byte %llu: object of more than %llu bytes (--max-size)",
                       (unsigned long long)s->off, (unsigned long long)s->max_size);
            return damage(s, &err);
        }
        if (!got)
            return true;
        if (!s->out.got(s->out.user, *p, len, s->off)) {
            s->stopped = true;
            return false;
        }
        *p += len;
        *n -= len;
        s->off += len;
    }
    return true;
}

/* Does a record of a log seem to begin here?  1, 0 (perhaps, there are too few bytes), -1. */
static int looks_like_record(struct dump_objects *s, const uint8_t *p, size_t n, bool at_end)
{
    size_t len;
    if (n < 8)
        return at_end ? -1 : 0;
    uint32_t count = kq_load_u32(p + 2, false);
    bool name = p[6] == (uint8_t)-KQ_SYMBOL || p[6] == KQ_CHAR;
    if (p[0] != KQ_LIST || p[1] || count < 2 || count > 64 || !name)
        return -1;
    /* Bytes made to mislead must not cost more than they are. */
    if (s->effort > EFFORT * s->searched + WINDOW)
        return -1;
    s->effort += n;
    int got = kq_measure(p, n, false, &len, NULL);
    return got ? got : at_end || n > WINDOW ? -1 : 0;
}

/* Look for the next record in `part`; what was passed is dropped. */
static void search(struct dump_objects *s, bool at_end)
{
    size_t at = s->off == s->bad_off ? 1 : 0;
    int got = -1;
    while (at < s->part.len &&
           (got = looks_like_record(s, s->part.data + at, s->part.len - at, at_end)) < 0)
        at++;
    if (at > s->part.len)
        at = s->part.len;
    s->need = got == 0 ? 2 * (s->part.len - at) : 0;
    kq_buf_consume(&s->part, at);
    s->off += at;
    s->searched += at;
    if (got <= 0)
        return;
    s->searching = false;
    if (s->out.found)
        s->out.found(s->out.user, s->off, s->off - s->bad_off);
}

/* Work on what is in `part`. */
static bool work(struct dump_objects *s, bool at_end)
{
    for (;;) {
        if (s->searching)
            search(s, at_end);
        if (s->searching || !s->part.len)
            return true;
        const uint8_t *p = s->part.data;
        size_t n = s->part.len;
        bool go = take_whole(s, &p, &n);
        kq_buf_consume(&s->part, s->part.len - n);
        s->need = 2 * n;
        if (!go || !s->searching)
            return go;
    }
}

bool dump_objects_feed(struct dump_objects *s, const uint8_t *p, size_t n)
{
    if (s->err.code || s->stopped)
        return false;
    if (!s->part.len && !s->searching && !take_whole(s, &p, &n))
        return false;
    bool was_empty = !s->part.len;
    kq_buf_append(&s->part, p, n);
    if (s->part.failed)
        return kq_fail(&s->err, KQ_EPROTO, "no memory for an object of %zu bytes", s->part.len);
    if (was_empty && !s->searching)
        s->need = 2 * n;
    return s->part.len < s->need || work(s, false);
}

bool dump_objects_idle(struct dump_objects *s)
{
    return !s->err.code && !s->stopped && work(s, false);
}

bool dump_objects_end(struct dump_objects *s)
{
    struct kq_err err;
    if (s->err.code || s->stopped || !work(s, true))
        return false;
    while (s->part.len && !s->searching) {
        kq_err_set(&err, KQ_EPROTO,
                   "at byte %llu: object is cut off: the file ends after %zu bytes of it",
                   (unsigned long long)s->off, s->part.len);
        if (!damage(s, &err) || !work(s, true))
            return false;
    }
    return true;
}

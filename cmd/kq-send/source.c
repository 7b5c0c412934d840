/*
 * source.c - a portion is at most 256 KiB, so that the first answers can be
 * read while the rest is still to be sent.
 */
#include "source.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PORTION = 256 * 1024, READ_SIZE = 64 * 1024 };

static bool encode_set(struct send_source *s, const struct send_request *r, struct kq_err *err)
{
    s->n = r->msgs.n;
    s->ends = kq_malloc(s->n * sizeof *s->ends);
    for (size_t i = 0; i < s->n; i++) {
        if (!send_frame(&s->framer, &r->msgs.at[i], &s->frames, err))
            return false;
        s->ends[i] = s->frames.len;
    }
    return true;
}

bool send_source_init(struct send_source *s, const struct send_opts *o,
                      const struct send_request *r, const struct send_framer *framer,
                      struct kq_err *err)
{
    *s =
        (struct send_source){.o = o, .framer = *framer, .lines = r->lines, .rounds = o->how.repeat};
    kq_buf_init(&s->frames, KQ_BUF_NOMAX);
    kq_buf_init(&s->input, KQ_BUF_NOMAX);
    if (s->lines) {
        s->state = SEND_SOURCE_IDLE;
        return true;
    }
    if (!encode_set(s, r, err))
        return false;
    s->state = s->n ? SEND_SOURCE_MORE : SEND_SOURCE_DONE;
    return true;
}

void send_source_release(struct send_source *s)
{
    kq_buf_release(&s->frames);
    kq_buf_release(&s->input);
    free(s->ends);
}

/* ---- a set of frames -------------------------------------------------------- */

void send_source_again(struct send_source *s)
{
    s->next = 0;
    s->state = SEND_SOURCE_MORE;
}

static void end_of_set(struct send_source *s)
{
    if (s->rounds != INT64_MAX)
        s->rounds--;
    if (s->rounds == 0)
        s->state = SEND_SOURCE_DONE;
    else if (s->o->how.interval_ns)
        s->state = SEND_SOURCE_SET_END;
    else
        s->next = 0;
}

static int64_t take_frames(struct send_source *s, int64_t max, struct kq_buf *out)
{
    int64_t n = 0;
    while (n < max && s->state == SEND_SOURCE_MORE && out->len < PORTION) {
        size_t from = s->next ? s->ends[s->next - 1] : 0, to = s->ends[s->next];
        kq_buf_append(out, s->frames.data + from, to - from);
        n++;
        if (++s->next == s->n)
            end_of_set(s);
    }
    return n;
}

/* ---- lines ------------------------------------------------------------------ */

static bool next_line(struct send_source *s, struct kq_str *line)
{
    const char *start = (const char *)s->input.data + s->used;
    size_t left = s->input.len - s->used;
    char end = s->o->common.null_data ? 0 : '\n';
    const char *at = left ? memchr(start, end, left) : NULL;
    if (!at && (!s->eof || !left))
        return false;
    *line = kq_str(start, at ? (size_t)(at - start) : left);
    s->used += line->len + (at != NULL);
    if (end && line->len && line->s[line->len - 1] == '\r')
        line->len--;
    return true;
}

static bool frame_line(struct send_source *s, struct kq_str line, struct kq_buf *out,
                       struct kq_err *err)
{
    if (s->o->ask.input == SEND_INPUT_TEXT) {
        struct send_msg m = {.form = SEND_MSG_TEXT, .bytes = line};
        return send_frame(&s->framer, &m, out, err);
    }
    struct send_msgs one = {0};
    bool ok = send_input_parse(&one, s->o->ask.input, line, err);
    for (size_t i = 0; ok && i < one.n; i++)
        ok = send_frame(&s->framer, &one.at[i], out, err);
    send_msgs_release(&one);
    return ok;
}

static int64_t take_lines(struct send_source *s, int64_t max, struct kq_buf *out,
                          struct kq_err *err)
{
    int64_t n = 0;
    struct kq_str line;
    while (n < max && out->len < PORTION) {
        if (!next_line(s, &line)) {
            s->state = s->eof ? SEND_SOURCE_DONE : SEND_SOURCE_IDLE;
            return n;
        }
        if (!frame_line(s, line, out, err))
            return -1;
        n++;
    }
    return n;
}

bool send_source_read(struct send_source *s, struct kq_err *err)
{
    kq_buf_consume(&s->input, s->used);
    s->used = 0;
    uint8_t *room = kq_buf_reserve(&s->input, READ_SIZE);
    if (!room)
        return kq_fail(err, KQ_EIO, "an input line does not fit into memory");
    ssize_t n = read(STDIN_FILENO, room, READ_SIZE);
    if (n < 0 && errno != EINTR && errno != EAGAIN) {
        kq_err_errno(err, KQ_EIO, errno, "cannot read standard input");
        return false;
    }
    if (n > 0)
        kq_buf_advance(&s->input, (size_t)n);
    s->eof = n == 0;
    s->state = SEND_SOURCE_MORE;
    return true;
}

int64_t send_source_take(struct send_source *s, int64_t max, struct kq_buf *out, struct kq_err *err)
{
    if (s->state != SEND_SOURCE_MORE)
        return 0;
    return s->lines ? take_lines(s, max, out, err) : take_frames(s, max, out);
}

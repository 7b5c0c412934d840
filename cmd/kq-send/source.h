/*
 * source.h - hands the frames of a run out in portions.
 *
 * A set of messages known beforehand is encoded once, however often it is
 * repeated; lines of standard input are encoded as they come.
 */
#ifndef KQ_SEND_SOURCE_H
#define KQ_SEND_SOURCE_H

#include "frame.h"
#include "opts.h"
#include "request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum send_source_state {
    SEND_SOURCE_MORE,    /* there are frames to take */
    SEND_SOURCE_IDLE,    /* no whole line is at hand: read, then try again */
    SEND_SOURCE_SET_END, /* a repetition ended: pause, then send_source_again */
    SEND_SOURCE_DONE,
};

struct send_source {
    const struct send_opts *o;
    struct send_framer framer;
    enum send_source_state state;
    /* a set of frames */
    struct kq_buf frames;
    size_t *ends; /* offset behind each frame */
    size_t n, next;
    int64_t rounds; /* left, this one included */
    /* lines of stdin */
    bool lines;
    bool eof;
    struct kq_buf input;
    size_t used; /* bytes of input already handed out */
};

/* Encode the messages of `r`, or get ready to read lines.  False with KQ_EUSAGE. */
bool send_source_init(struct send_source *s, const struct send_opts *o,
                      const struct send_request *r, const struct send_framer *framer,
                      struct kq_err *err);
void send_source_release(struct send_source *s);

/*
 * Append up to `max` frames to `out` and return how many; s->state tells what
 * comes next.  -1 with KQ_EUSAGE for a line that is not what --input says.
 */
int64_t send_source_take(struct send_source *s, int64_t max, struct kq_buf *out,
                         struct kq_err *err);

/* Begin the next repetition after SET_END. */
void send_source_again(struct send_source *s);

/* After IDLE: read once from standard input (blocks unless it is readable). KQ_EIO. */
bool send_source_read(struct send_source *s, struct kq_err *err);

#endif

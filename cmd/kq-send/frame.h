/*
 * frame.h - messages to frames as this peer can take them.
 */
#ifndef KQ_SEND_FRAME_H
#define KQ_SEND_FRAME_H

#include "base/buf.h"
#include "base/err.h"
#include "input.h"
#include "link.h"
#include "wire/encode.h"

#include <stdbool.h>

/* What is the same for all messages of a connection. */
struct send_framer {
    struct kq_encode_opts enc;
    bool async;
    bool console;           /* have the server render the result with .Q.s */
    int compress;           /* enum kq_compress_when */
    struct send_link *link; /* asked whether the peer is on this machine, once that matters */
};

/* Append the frame of `m`; KQ_EUSAGE when it cannot be sent to this peer. */
bool send_frame(const struct send_framer *f, const struct send_msg *m, struct kq_buf *out,
                struct kq_err *err);

#endif

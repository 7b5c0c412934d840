/*
 * capture.h - captures of network traffic as a stream of messages.
 *
 * Taking frames out of packets is kq-dump's job (link layers, fragments,
 * reassembly, resynchronising), so kq-dump does it: a child process turns one
 * capture into a recording of what clients sent (wire/wirefile.h), and its
 * times and frames are read from a pipe.
 */
#ifndef KQ_PIPE_CAPTURE_H
#define KQ_PIPE_CAPTURE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A decoder at work; all zero: none. */
struct pipe_capture {
    pid_t pid; /* 0: none */
    int fd;    /* our end of the pipe until it has been opened by its path */
};

/* Enough for the name of a descriptor. */
enum { PIPE_CAPTURE_PATH = 32 };

/*
 * Start to decode the capture at `path` ("-": standard input); what it writes
 * can be opened by the name put into `opens`, after which pipe_capture_opened
 * is called.  KQ_EIO.
 */
bool pipe_capture_start(struct pipe_capture *c, const char *path, char opens[PIPE_CAPTURE_PATH],
                        struct kq_err *err);
void pipe_capture_opened(struct pipe_capture *c);

/* The stream has ended: did the decoder end well?  KQ_EIO, or KQ_EPROTO for a
 * capture that it could not read; it has said why. */
bool pipe_capture_end(struct pipe_capture *c, const char *path, struct kq_err *err);

/* It is not needed any more, wherever it is. */
void pipe_capture_stop(struct pipe_capture *c);

/* What a recording begins with: its length, 0 when not all there, -1. */
ssize_t pipe_capture_start_len(const uint8_t *p, size_t len, struct kq_err *err);

/*
 * The next record: the bytes it takes, 0 when it is not all there, -1 (KQ_EPROTO).
 * `part` is a frame or a part of one with its time, empty for other records.
 */
struct pipe_capture_part {
    const uint8_t *data;
    size_t len;
    int64_t when_ns; /* since 1970 */
};
ssize_t pipe_capture_part(const uint8_t *p, size_t len, struct pipe_capture_part *part,
                          struct kq_err *err);

#endif

/*
 * input.h - one file or standard input as a stream of bytes.
 *
 * gzip is recognised and unpacked, the first bytes can be looked at before the
 * rest is read, and with `follow` the end of a regular file means waiting for
 * it to grow.  Signals arrive through a descriptor, so that no wait outlasts
 * them and no handler is needed.
 */
#ifndef KQ_DUMP_INPUT_H
#define KQ_DUMP_INPUT_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Signals as they are taken note of between two reads. */
struct dump_signals {
    int fd;        /* signalfd, -1: signals are not looked at */
    int stop;      /* SIGINT or SIGTERM has come */
    bool progress; /* SIGUSR1 has come; whoever reports clears it */
};

/* SIGINT, SIGTERM and SIGUSR1 come through *s from now on. */
void dump_signals_init(struct dump_signals *s);
void dump_signals_release(struct dump_signals *s);
/* Take note of what has come; waits for `fd` to be readable, too, unless it is -1. */
void dump_signals_wait(struct dump_signals *s, int fd);
static inline void dump_signals_poll(struct dump_signals *s)
{
    dump_signals_wait(s, -1);
}

struct dump_input;

/* Open a file; NULL or "-" is standard input.  NULL with KQ_EIO. */
struct dump_input *dump_input_open(const char *path, bool follow, struct dump_signals *signals,
                                   struct kq_err *err);
void dump_input_close(struct dump_input *in);

/* At least `n` (at most 4096) of the first bytes, without taking them; fewer only
 * at the end.  False with KQ_EIO or KQ_EPROTO (damaged gzip). */
bool dump_input_peek(struct dump_input *in, size_t n, struct kq_str *bytes, struct kq_err *err);

/*
 * The next bytes, as many as there are, at least one; empty at the end or
 * after a signal.  Valid until the next call.
 */
bool dump_input_next(struct dump_input *in, struct kq_str *bytes, struct kq_err *err);

/* Bytes of the file read so far, and its size or 0 when that is unknown. */
uint64_t dump_input_position(const struct dump_input *in, uint64_t *size);

/* The rest as a stdio stream (for libpcap); fclose does not close the input.  A failure
 * shows in dump_input_error. */
FILE *dump_input_stdio(struct dump_input *in);
const struct kq_err *dump_input_error(const struct dump_input *in);

#endif

/*
 * recording.h - what servers answered once, found by what they were asked.
 *
 * A recording is read into takes: one for each message of a client, with all
 * that the server sent until the client spoke again.  Takes are grouped by
 * what the client said (its value, whatever its byte order or compression);
 * asking a group repeatedly gives its takes in the recorded order, and starts
 * over after the last, so that a recording answers for ever.
 */
#ifndef KQ_LISTEN_RECORDING_H
#define KQ_LISTEN_RECORDING_H

#include "base/err.h"
#include "base/rcbuf.h"
#include "wire/header.h"
#include "wire/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A message of the server. */
struct lst_sent {
    struct kq_rcbuf *frame; /* owned reference */
    size_t off, len;
    enum kq_kind kind;
    int64_t after_ns; /* since the client's message came */
};

/* What followed one message of a client. */
struct lst_take {
    struct lst_sent *sent;
    size_t n;
};

struct lst_recording;

struct lst_recording *lst_recording_new(void);
void lst_recording_free(struct lst_recording *r);

/* The next take of what this message asks, or NULL.  It belongs to the recording. */
const struct lst_take *lst_recording_ask(struct lst_recording *r, const struct kq_msg *msg);
/* What the server sent before the client had said anything; NULL: nothing. */
const struct lst_take *lst_recording_greet(struct lst_recording *r);

/* File a message of recorded connection `conn`; `when_ns` counts from anywhere. */
void lst_recording_client(struct lst_recording *r, uint32_t conn, const struct kq_msg *msg,
                          int64_t when_ns);
void lst_recording_server(struct lst_recording *r, uint32_t conn, const struct kq_msg *msg,
                          int64_t when_ns);

/* Takes in all. */
size_t lst_recording_count(const struct lst_recording *r);

#endif

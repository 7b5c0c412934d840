/*
 * stub.h - a kdb+ server that does what a test wants, in a process of its own.
 *
 * It logs in whoever comes, answers sync messages with (::), and writes every
 * message it gets, header included, to a file.  A plan makes it misbehave.
 */
#ifndef KQ_TEST_STUB_H
#define KQ_TEST_STUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct stub_plan {
    int close_after;  /* messages after which it closes a connection; 0: never */
    int close_times;  /* connections to which that happens */
    bool reset;       /* close with a RST */
    bool refuse;      /* close instead of the capability byte */
    bool silent;      /* do not answer sync messages */
    int error_at;     /* answer this message (from 1) with 'oops */
    int port;         /* to listen on; 0: any */
    const char *meta; /* file with the body of the answer to the first message */
};

struct stub {
    pid_t pid;
    int port;
    char path[64]; /* of the file with the messages */
};

void stub_start(struct stub *s, const struct stub_plan *plan);
/* End it; the messages are in *data (to be freed), *len bytes. */
void stub_stop(struct stub *s, uint8_t **data, size_t *len);

#endif

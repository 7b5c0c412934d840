/*
 * record.h - the -w option: wire bytes of connections to a file.
 *
 * A record belongs to a program, a recorded connection to a kq_conn or
 * kq_direct, whose tap it is.  The format is wire/wirefile.h's; kq-dump reads
 * it and kq-listen replays it.
 */
#ifndef KQ_NET_RECORD_H
#define KQ_NET_RECORD_H

#include "base/err.h"
#include "base/out.h"
#include "net/conn_opts.h"

#include <stdbool.h>
#include <stdint.h>

struct kq_record {
    struct kq_out out;
    int fd;
    uint32_t conns; /* numbered from 1 */
};

/* One connection; embed it where it lives as long as the connection. */
struct kq_recorded {
    struct kq_record *record; /* NULL: nothing is recorded */
    uint32_t conn;
    bool client; /* our side is the client */
};

/* Create or empty the file; KQ_EIO. */
bool kq_record_open(struct kq_record *r, const char *path, struct kq_err *err);

/* Write what is buffered and close; KQ_EIO with `path` when something was lost. */
bool kq_record_close(struct kq_record *r, const char *path, struct kq_err *err);

/*
 * Begin a connection between two addresses as the tools print them; `r` NULL
 * records nothing.
 */
void kq_record_begin(struct kq_recorded *c, struct kq_record *r, const char *client_text,
                     const char *server_text, bool we_are_client);
/* For kq_conn_opts.tap; `c` must live as long as the connection. */
struct kq_tap kq_record_tap(struct kq_recorded *c);

/* The connection ended; `reason` is "" for an orderly end. */
void kq_record_end(struct kq_recorded *c, const char *reason);

#endif

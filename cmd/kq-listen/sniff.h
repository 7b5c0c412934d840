/*
 * sniff.h - a new connection, until it is known what it speaks.
 *
 * IPC, the console client's text, HTTP and (with -E 1) TLS share one port, as
 * in kdb+.  The first bytes decide: they are looked at, put back, and the
 * stream goes to whoever speaks the protocol.
 */
#ifndef KQ_LISTEN_SNIFF_H
#define KQ_LISTEN_SNIFF_H

#include "base/err.h"
#include "net/loop.h"
#include "net/stream.h"
#include "net/tls.h"

#include <stdbool.h>
#include <stdint.h>

enum lst_tls_mode { LST_TLS_OFF, LST_TLS_BOTH, LST_TLS_ONLY };

enum lst_protocol { LST_IPC, LST_HTTP };

struct lst_sniff;

/* One for a server; zero it, fill it, and keep it until lst_sniffer_close. */
struct lst_sniffer {
    struct kq_loop *loop;
    enum lst_tls_mode tls_mode;
    struct kq_tls_ctx *tls; /* needed unless tls_mode is LST_TLS_OFF */
    int64_t timeout_ms;     /* for TLS and the first bytes; 0: none */
    /* It is known; the callee owns the stream, whose first bytes are still to be read. */
    void (*on_known)(void *arg, struct kq_stream *stream, enum lst_protocol protocol);
    /* It went away, or did what the mode does not allow; it is closed.  `spoke`: some
     * bytes had come. */
    void (*on_failed)(void *arg, bool spoke, const struct kq_err *err);
    void *arg;
    int count;             /* connections not decided yet */
    struct lst_sniff *all; /* private: those */
};

/* Start on an accepted descriptor, which is consumed. */
void lst_sniffer_take(struct lst_sniffer *r, int fd);

/* Close the connections that are not decided yet, without a callback. */
void lst_sniffer_close(struct lst_sniffer *r);

#endif

/*
 * listeners.h - what the server listens on: the operands and -p, and \p at run time.
 *
 * The first port is "the" port of the process, as \p shows and changes it; the
 * others stay until the end.
 */
#ifndef KQ_LISTEN_LISTENERS_H
#define KQ_LISTEN_LISTENERS_H

#include "base/err.h"
#include "base/str.h"
#include "net/listen.h"

#include <stdbool.h>
#include <stdint.h>

struct lst_listeners {
    struct kq_loop *loop;
    struct kq_listen_opts opts;
    kq_listen_fn *on_accept;
    void *arg;
    struct kq_listen **open; /* private; [0] may be NULL after \p 0 */
    int n;
    struct kq_laddr first; /* private: where [0] listens, unless it was inherited */
};

/* Listen on one more address in the grammar of `q -p`; "0" is nothing. */
bool lst_listeners_add(struct lst_listeners *l, struct kq_str address, struct kq_err *err);
/* Sockets that systemd passed, if any. */
bool lst_listeners_inherit(struct lst_listeners *l, struct kq_err *err);
/* \p ADDRESS: replace the first listener; "0" closes it.  The new one may want
 * the port of the old.  On failure the old one stays. */
bool lst_listeners_set(struct lst_listeners *l, struct kq_str address, struct kq_err *err);
/* \p: the port of the first listener, 0 when there is none. */
uint16_t lst_listeners_port(const struct lst_listeners *l);
/* Stop accepting and free everything. */
void lst_listeners_release(struct lst_listeners *l);

#endif

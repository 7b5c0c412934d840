/*
 * addr.h - who we talk to: the argument of hopen, and what `q -p` takes.
 *
 * A target is parsed once, without looking anything up, into its parts; dial
 * and direct turn it into a connection, listen turns a listener address into
 * sockets.  The text may carry a password, so no message made here repeats
 * the whole text, and releasing an address wipes it.
 */
#ifndef KQ_NET_ADDR_H
#define KQ_NET_ADDR_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kq_addr_kind {
    KQ_ADDR_TCP,  /* host and port */
    KQ_ADDR_UNIX, /* the Unix socket that belongs to a port, kx.PORT */
    KQ_ADDR_PATH, /* a Unix socket with a path of its own */
    KQ_ADDR_FIFO, /* fifo://PATH: read only, a source and never a server */
    KQ_ADDR_FILE, /* :PATH: bytes are appended to it */
};

/* All strings belong to the address and are NUL-terminated. */
struct kq_addr {
    enum kq_addr_kind kind;
    bool tls;             /* tcps:// or unixs:// */
    uint16_t port;        /* TCP and UNIX: 1..65535, or 0 when `service` is set */
    const char *host;     /* TCP: a name or a literal without brackets, "" = localhost */
    const char *service;  /* TCP and UNIX: port name still to be looked up, else NULL */
    const char *path;     /* PATH, FIFO and FILE; else NULL */
    const char *user;     /* NULL when not given; may be empty */
    const char *password; /* NULL when not given; verbatim, colons included */
    char *store;          /* what the strings point into; private */
    size_t store_len;
};

/*
 * Parse a target:
 *
 *      PORT   :PORT   ::PORT                          localhost
 *      [:]HOST:(PORT|SERVICE)[:USER[:PASSWORD]]       also [v6]:PORT
 *      [:]tcps://[HOST]:(PORT|SERVICE)[:USER[:PASSWORD]]
 *      [:]unix://(PORT|SERVICE|/PATH)[:USER[:PASSWORD]]     unixs:// with TLS
 *      [:]fifo://PATH
 *      :[DIR/]FILE
 *
 * A backtick before the leading colon is ignored.  As in q, a handle whose
 * would-be host or port contains a slash is a file (`:c:/q/test.txt`).
 * Profiles (@NAME) are not known here.  False with KQ_EUSAGE when the text is
 * none of these; nothing is to be released then.
 */
bool kq_addr_parse(struct kq_str text, struct kq_addr *a, struct kq_err *err);

/* Wipe and free; a zeroed address is fine. */
void kq_addr_release(struct kq_addr *a);

/* Enough for any address that is not absurdly long; longer ones are cut. */
#define KQ_ADDR_TEXT_MAX 320

/*
 * How messages name the target: "localhost:5001", "[::1]:5001",
 * "tcps://db:5001", "unix://5010", "unix:///run/q.sock", ":log/today".
 * Neither user nor password appear.  Returns `out`.
 */
const char *kq_addr_text(const struct kq_addr *a, char *out, size_t size);

/* A listener address; the strings belong to it. */
struct kq_laddr {
    enum kq_addr_kind kind; /* TCP, UNIX or PATH */
    bool share;             /* rp, : SO_REUSEPORT, and no Unix socket beside it */
    bool threads;           /* negative port: q would serve it with threads */
    const char *host;       /* TCP: "" = loopback only (q: all interfaces) */
    uint16_t lo, hi;        /* inclusive range, equal for one port; 0 = any free port */
    const char *lo_service; /* names still to be looked up, instead of lo and hi */
    const char *hi_service;
    const char *path; /* PATH */
    char *store;      /* private */
    size_t store_len;
};

/*
 * Parse what `q -p` takes, [rp,][HOST:](PORT|SERVICE|FROM/TO|0W) with an
 * optional minus before the port, and unix://PORT or unix:///PATH.  Port 0 is
 * 0W: the kernel picks one.  False with KQ_EUSAGE.
 */
bool kq_laddr_parse(struct kq_str text, struct kq_laddr *a, struct kq_err *err);
void kq_laddr_release(struct kq_laddr *a);

/* How messages name the listener: "localhost:5000/5010", "unix://5010". Returns `out`. */
const char *kq_laddr_text(const struct kq_laddr *a, char *out, size_t size);

#endif

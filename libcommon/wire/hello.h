/*
 * hello.h - the handshake, both sides, and telling protocols apart.
 *
 * A client sends `user:password`, a capability byte and a NUL; the server
 * answers one byte, the common capability, or closes.  The console client
 * "qcon" instead sends `user:password` NUL `text` NUL on the same port.
 * Nothing here does I/O: bytes go in and out through buffers.
 */
#ifndef KQ_WIRE_HELLO_H
#define KQ_WIRE_HELLO_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Capabilities: what both sides may use.  0 (or no byte at all) kdb+ 2.5: no
 * compression, timestamp, timespan or guid; 1 compression and the time types;
 * 3 guids; 5 messages above 2 GB; 6 vectors above 2*10^9 items.
 */
enum { KQ_CAP_OLD = 0, KQ_CAP_COMPRESS = 1, KQ_CAP_GUID = 3, KQ_CAP_BIG = 5, KQ_CAP_MAX = 6 };

/* ---- client ---- */

/*
 * Append the login: `creds` as they are ("user:password", "user", ""), then
 * the capability byte unless it is 0 (the old form has none), then NUL.
 * False with KQ_EUSAGE when the credentials contain a NUL byte.
 */
bool kq_hello_login(struct kq_buf *out, struct kq_str creds, int capability, struct kq_err *err);

/*
 * The capability to use after the server answered `answer` to a login with
 * `asked`: the smaller one.  Answers above 7 count as 0, as in the official
 * client.
 */
int kq_hello_accepted(uint8_t answer, int asked);

/* ---- server ---- */

/* What the first bytes of a connection announce. */
enum kq_sniff { KQ_SNIFF_MORE, KQ_SNIFF_TLS, KQ_SNIFF_HTTP, KQ_SNIFF_LOGIN };

/*
 * Look at the first `n` bytes of a connection: a TLS ClientHello (16 03), an
 * HTTP method and a space, or else a login.  KQ_SNIFF_MORE while they can
 * still become more than one of these; at most 8 bytes are needed.
 */
enum kq_sniff kq_sniff(const uint8_t *p, size_t n);

/* Credentials longer than this are refused. */
#define KQ_HELLO_MAX 65536

/* Longest text of a qcon line (it reads its answer with one such buffer). */
#define KQ_HELLO_TEXT_MAX (1 << 20)

/* The server's side of one handshake; embed it. */
struct kq_hello {
    struct kq_buf buf; /* login, then the text of a qcon line */
    size_t login_len;  /* bytes of the login without its NUL; valid once seen */
    bool seen_nul;
    bool is_text; /* qcon */
};

enum kq_hello_state {
    KQ_HELLO_BAD = -1, /* too long; `err` is filled */
    KQ_HELLO_MORE,     /* feed more */
    KQ_HELLO_IPC,      /* a login is complete: answer one byte, then messages follow */
    KQ_HELLO_TEXT,     /* a qcon login and its line are complete: answer text and close */
};

/* What the client said; slices live as long as the kq_hello. */
struct kq_login {
    struct kq_str user;     /* up to the first colon */
    struct kq_str password; /* all that follows it */
    bool has_password;      /* a colon was there */
    int capability;         /* -1: none was sent */
    struct kq_str text;     /* KQ_HELLO_TEXT: the line */
};

void kq_hello_init(struct kq_hello *h);
/* Wipes the credentials. */
void kq_hello_release(struct kq_hello *h);

/*
 * Feed what arrived.  *used says how many bytes belong to the handshake; the
 * rest (only ever after KQ_HELLO_IPC) are messages.  A qcon line is recognised
 * when there was no capability byte and bytes that cannot begin a message
 * follow the NUL in the same piece, so feed all that is there.
 */
enum kq_hello_state kq_hello_feed(struct kq_hello *h, const void *data, size_t n, size_t *used,
                                  struct kq_err *err);

/* Take the login apart, after KQ_HELLO_IPC or KQ_HELLO_TEXT. */
void kq_hello_get(const struct kq_hello *h, struct kq_login *login);

/* The capability both sides have: the smaller one, 0 when the client sent none. */
int kq_hello_common(int client, int ours);

/*
 * The byte to answer for a common capability: never 0, because a client in
 * the field takes an answer of 0 for no answer.
 */
uint8_t kq_hello_answer(int common);

/*
 * For records of wire bytes: append the client's handshake `p` with all that
 * stands between the first colon and the capability byte (or NUL, or end)
 * replaced by one '*'.  Bytes after the NUL are kept.
 */
void kq_hello_redact(struct kq_buf *out, const uint8_t *p, size_t n);

#endif

/*
 * sock.h - small socket helpers that dial, listen and direct share.
 *
 * All sockets are close-on-exec.  Nothing is ever written without
 * MSG_NOSIGNAL, so a peer that goes away cannot kill the program and SIGPIPE
 * keeps its meaning for stdout.
 */
#ifndef KQ_NET_SOCK_H
#define KQ_NET_SOCK_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* One place to connect to or to listen on. */
struct kq_endpoint {
    struct sockaddr_storage ss;
    socklen_t len;
};

/* Enough for every A and AAAA record that is worth trying. */
#define KQ_ENDPOINTS_MAX 16

struct kq_endpoints {
    int count;
    struct kq_endpoint at[KQ_ENDPOINTS_MAX];
};

/* Append a copy; silently ignored when full. */
void kq_endpoints_add(struct kq_endpoints *list, const void *sa, socklen_t len);
/* 127.0.0.1 and ::1 with `port`, in that order of family that is asked for:
 * family is AF_UNSPEC (::1 first), AF_INET or AF_INET6. */
void kq_endpoints_add_loopback(struct kq_endpoints *list, int family, uint16_t port);
/* A dotted quad or IPv6 literal; false when `host` is neither. */
bool kq_endpoints_add_literal(struct kq_endpoints *list, const char *host, uint16_t port);
/* The Unix socket `path`, or with `abstract` that abstract name, exact or
 * padded with NULs to the full address (the two are different names; kdb+'s
 * clients try both). False with KQ_EUSAGE when it does not fit. */
enum kq_unix_form { KQ_UNIX_PATH, KQ_UNIX_ABSTRACT, KQ_UNIX_PADDED };
bool kq_endpoints_add_unix(struct kq_endpoints *list, const char *path, enum kq_unix_form form,
                           struct kq_err *err);

/*
 * Name of the Unix socket that belongs to `port`: DIR/kx.PORT, DIR being
 * kdb+'s QUDSPATH taken literally, or /tmp when `dir` is NULL or empty.
 * Returns `out`.
 */
const char *kq_unix_port_path(const char *dir, uint16_t port, char *out, size_t size);

/* TCP_NODELAY and SO_KEEPALIVE on TCP sockets; nothing on others. */
void kq_sock_tune(int fd);

/* Room for "[v6%zone]:port" or "unix:@/path". */
#define KQ_SOCK_TEXT_MAX 128

/* "127.0.0.1:5001", "[::1]:5001", "unix:@/tmp/kx.5001", "unix:/run/q", "unix". Returns `out`. */
const char *kq_endpoint_text(const struct kq_endpoint *ep, char *out, size_t size);
/* The same for the two ends of a connected socket. */
const char *kq_sock_peer_text(int fd, char *out, size_t size);
const char *kq_sock_local_text(int fd, char *out, size_t size);

/* Port of a TCP endpoint, 0 for others. */
uint16_t kq_endpoint_port(const struct kq_endpoint *ep);
/* Port of a TCP socket's own end, 0 otherwise. */
uint16_t kq_sock_port(int fd);
/* The other end of a connected socket; false when it is not connected any more. */
bool kq_sock_peer(int fd, struct kq_endpoint *ep);
/* IPv4 address as .z.a has it (127.0.0.1 = 0x7f000001); 0 for Unix sockets and IPv6. */
uint32_t kq_endpoint_ipv4(const struct kq_endpoint *ep);
/* Is it on this machine (Unix socket, 127.0.0.0/8 or ::1)?  kdb+ does not
 * compress for such peers. */
bool kq_endpoint_is_local(const struct kq_endpoint *ep);
/* The same for the peer of a socket. */
bool kq_sock_is_local(int fd);

#endif

/*
 * sock.c - fills and prints socket addresses.
 *
 * Unix socket lengths matter: an abstract name is all bytes of the address
 * length, so the exact and the padded form are different sockets.
 */
#include "net/sock.h"

#include "base/num.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

void kq_endpoints_add(struct kq_endpoints *list, const void *sa, socklen_t len)
{
    if (list->count == KQ_ENDPOINTS_MAX || len > sizeof(struct sockaddr_storage))
        return;
    struct kq_endpoint *ep = &list->at[list->count++];
    memcpy(&ep->ss, sa, len);
    ep->len = len;
}

static void add_v4(struct kq_endpoints *list, struct in_addr addr, uint16_t port)
{
    struct sockaddr_in sin = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = addr};
    kq_endpoints_add(list, &sin, sizeof sin);
}

static void add_v6(struct kq_endpoints *list, struct in6_addr addr, uint16_t port)
{
    struct sockaddr_in6 sin6 = {.sin6_family = AF_INET6,
                                .sin6_port = htons(port),
                                .sin6_addr = addr};
    kq_endpoints_add(list, &sin6, sizeof sin6);
}

void kq_endpoints_add_loopback(struct kq_endpoints *list, int family, uint16_t port)
{
    static const struct in6_addr loopback = IN6ADDR_LOOPBACK_INIT; /* not libc's: a relocation */
    if (family != AF_INET)
        add_v6(list, loopback, port);
    if (family != AF_INET6)
        add_v4(list, (struct in_addr){htonl(INADDR_LOOPBACK)}, port);
}

bool kq_endpoints_add_literal(struct kq_endpoints *list, const char *host, uint16_t port)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, host, &v4) == 1)
        add_v4(list, v4, port);
    else if (inet_pton(AF_INET6, host, &v6) == 1)
        add_v6(list, v6, port);
    else
        return false;
    return true;
}

bool kq_endpoints_add_unix(struct kq_endpoints *list, const char *path, enum kq_unix_form form,
                           struct kq_err *err)
{
    struct sockaddr_un sun = {.sun_family = AF_UNIX};
    size_t at = form == KQ_UNIX_PATH ? 0 : 1;
    size_t n = strlen(path);
    if (n + 1 > sizeof sun.sun_path)
        return kq_fail(err, KQ_EUSAGE, "Unix socket path of %zu bytes is too long (at most %zu)", n,
                       sizeof sun.sun_path - 1);
    memcpy(sun.sun_path + at, path, n);
    socklen_t exact = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + at + n);
    kq_endpoints_add(list, &sun, form == KQ_UNIX_ABSTRACT ? exact : (socklen_t)sizeof sun);
    return true;
}

const char *kq_unix_port_path(const char *dir, uint16_t port, char *out, size_t size)
{
    snprintf(out, size, "%s/kx.%u", dir && *dir ? dir : "/tmp", port);
    return out;
}

static bool get_name(int fd, bool peer, struct kq_endpoint *ep)
{
    ep->ss = (struct sockaddr_storage){0};
    ep->len = sizeof ep->ss;
    struct sockaddr *sa = (struct sockaddr *)&ep->ss;
    return (peer ? getpeername(fd, sa, &ep->len) : getsockname(fd, sa, &ep->len)) == 0;
}

void kq_sock_tune(int fd)
{
    int on = 1;
    if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0)
        setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

static void unix_text(const struct sockaddr_un *sun, size_t len, char *out, size_t size)
{
    size_t base = offsetof(struct sockaddr_un, sun_path);
    if (len <= base)
        snprintf(out, size, "unix");
    else if (sun->sun_path[0])
        snprintf(out, size, "unix:%.*s", (int)(len - base), sun->sun_path);
    else
        snprintf(out, size, "unix:@%.*s", (int)(len - base - 1), sun->sun_path + 1);
}

/* By hand: a server does this for every connection, and printf takes as long as a system call. */
static void v4_text(const struct sockaddr_in *v4, char *out, size_t size)
{
    char text[sizeof "255.255.255.255:" + KQ_NUM_MAX], *p = text;
    uint32_t addr = ntohl(v4->sin_addr.s_addr);
    for (int shift = 24; shift >= 0; shift -= 8) {
        p += kq_fmt_u64(p, addr >> shift & 255);
        *p++ = shift ? '.' : ':';
    }
    p += kq_fmt_u64(p, ntohs(v4->sin_port));
    size_t n = (size_t)(p - text) < size ? (size_t)(p - text) : size - 1;
    memcpy(out, text, n);
    out[n] = 0;
}

const char *kq_endpoint_text(const struct kq_endpoint *ep, char *out, size_t size)
{
    char host[INET6_ADDRSTRLEN];
    const void *ss = &ep->ss;
    const struct sockaddr_in6 *v6 = ss;
    switch (ep->ss.ss_family) {
    case AF_INET: v4_text(ss, out, size); break;
    case AF_INET6:
        inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host);
        snprintf(out, size, "[%s]:%u", host, ntohs(v6->sin6_port));
        break;
    case AF_UNIX: unix_text(ss, ep->len, out, size); break;
    default: snprintf(out, size, "?"); break;
    }
    return out;
}

bool kq_sock_peer(int fd, struct kq_endpoint *ep)
{
    return get_name(fd, true, ep);
}

const char *kq_sock_peer_text(int fd, char *out, size_t size)
{
    struct kq_endpoint ep;
    get_name(fd, true, &ep);
    return kq_endpoint_text(&ep, out, size);
}

const char *kq_sock_local_text(int fd, char *out, size_t size)
{
    struct kq_endpoint ep;
    get_name(fd, false, &ep);
    return kq_endpoint_text(&ep, out, size);
}

uint16_t kq_endpoint_port(const struct kq_endpoint *ep)
{
    const void *ss = &ep->ss;
    if (ep->ss.ss_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)ss)->sin_port);
    if (ep->ss.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)ss)->sin6_port);
    return 0;
}

uint16_t kq_sock_port(int fd)
{
    struct kq_endpoint ep;
    return get_name(fd, false, &ep) ? kq_endpoint_port(&ep) : 0;
}

/* Also when it came in mapped into IPv6. */
uint32_t kq_endpoint_ipv4(const struct kq_endpoint *ep)
{
    const void *ss = &ep->ss;
    const struct in6_addr *v6 = &((const struct sockaddr_in6 *)ss)->sin6_addr;
    uint32_t addr;
    if (ep->ss.ss_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)ss)->sin_addr.s_addr);
    if (ep->ss.ss_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(v6))
        return 0;
    memcpy(&addr, v6->s6_addr + 12, sizeof addr);
    return ntohl(addr);
}

bool kq_endpoint_is_local(const struct kq_endpoint *ep)
{
    const void *ss = &ep->ss;
    if (ep->ss.ss_family == AF_UNIX || kq_endpoint_ipv4(ep) >> 24 == 127)
        return true;
    return ep->ss.ss_family == AF_INET6 &&
           IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)ss)->sin6_addr);
}

bool kq_sock_is_local(int fd)
{
    struct kq_endpoint ep;
    return kq_sock_peer(fd, &ep) && kq_endpoint_is_local(&ep);
}

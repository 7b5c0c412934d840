/*
 * listen.c - binds the sockets of one listener and accepts on them.
 *
 * A port counts as free only when every loopback address that exists here can
 * be bound to it; with port 0 the first socket chooses and the others follow,
 * starting over when that fails.
 */
#include "net/listen.h"

#include "base/mem.h"
#include "net/resolve.h"
#include "net/sock.h"
#include "net/timing.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024, FREE_PORT_TRIES = 32, RETRY_MS = 100 };

struct door {
    int fd;
    char *file; /* to be removed at the end, or NULL */
    struct kq_listen *owner;
    struct kq_watch watch;
    struct door *next;
};

struct kq_listen {
    struct kq_loop *loop;
    kq_listen_fn *fn;
    void *arg;
    int backlog;
    bool share;
    uint16_t port;
    struct door *doors, **last;
    struct kq_timer retry; /* after running out of descriptors */
};

static void watch_all(struct kq_listen *l, bool on)
{
    for (struct door *d = l->doors; d; d = d->next)
        kq_watch_set(&d->watch, on, false);
}

static void on_retry(void *arg)
{
    struct kq_listen *l = arg;
    watch_all(l, true);
}

/* Out of descriptors or memory: the connection stays in the backlog, so the
 * descriptor stays readable; look again a little later. */
static void back_off(struct kq_listen *l)
{
    watch_all(l, false);
    kq_timer_start(&l->retry, RETRY_MS);
}

static void on_connection(void *arg, bool readable, bool writable)
{
    (void)readable;
    (void)writable;
    struct door *d = arg;
    struct kq_listen *l = d->owner;
    int fd = accept4(d->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0)
        l->fn(l->arg, fd);
    else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
        back_off(l);
}

static void add_door(struct kq_listen *l, int fd, const char *file)
{
    struct door *d = kq_calloc(1, sizeof *d);
    d->fd = fd;
    d->file = file ? kq_strdup(file) : NULL;
    d->owner = l;
    kq_watch_init(&d->watch, l->loop, fd, on_connection, d);
    kq_watch_set(&d->watch, true, false);
    *l->last = d;
    l->last = &d->next;
}

static struct kq_listen *new_listen(struct kq_loop *loop, kq_listen_fn *fn, void *arg)
{
    struct kq_listen *l = kq_calloc(1, sizeof *l);
    l->loop = loop;
    l->fn = fn;
    l->arg = arg;
    l->backlog = BACKLOG;
    l->last = &l->doors;
    kq_timer_init(&l->retry, loop, on_retry, l);
    return l;
}

static void free_doors(struct kq_listen *l)
{
    struct door *next;
    for (struct door *d = l->doors; d; d = next) {
        next = d->next;
        kq_watch_set(&d->watch, false, false);
        close(d->fd);
        if (d->file)
            unlink(d->file);
        free(d->file);
        free(d);
    }
    l->doors = NULL;
    l->last = &l->doors;
}

void kq_listen_free(struct kq_listen *l)
{
    if (!l)
        return;
    free_doors(l);
    kq_timer_stop(&l->retry);
    free(l);
}

static void set_options(const struct kq_listen *l, int fd, int family)
{
    int on = 1;
    if (family == AF_UNIX)
        return;
    kq_sock_tune(fd); /* accepted sockets inherit this */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (l->share)
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
}

/* A listening socket on `ep`, or -1 with errno. */
static int open_socket(const struct kq_listen *l, const struct kq_endpoint *ep)
{
    int fd = socket(ep->ss.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    set_options(l, fd, ep->ss.ss_family);
    if (bind(fd, (const struct sockaddr *)&ep->ss, ep->len) == 0 && listen(fd, l->backlog) == 0)
        return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

/* Is a socket file left over from a server that is gone? */
static bool is_stale(const struct kq_endpoint *ep, const char *path)
{
    struct stat st;
    if (lstat(path, &st) != 0 || !S_ISSOCK(st.st_mode))
        return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool refused = fd >= 0 && connect(fd, (const struct sockaddr *)&ep->ss, ep->len) < 0 &&
                   errno == ECONNREFUSED;
    if (fd >= 0)
        close(fd);
    return refused;
}

static bool listen_path(struct kq_listen *l, const char *path, struct kq_err *err)
{
    struct kq_endpoints list = {0};
    if (!kq_endpoints_add_unix(&list, path, KQ_UNIX_PATH, err))
        return false;
    int fd = open_socket(l, &list.at[0]);
    if (fd < 0 && errno == EADDRINUSE && is_stale(&list.at[0], path)) {
        unlink(path);
        fd = open_socket(l, &list.at[0]);
    }
    if (fd < 0) {
        kq_err_errno(err, KQ_ECONNECT, errno, "cannot listen on unix://%s", path);
        return false;
    }
    add_door(l, fd, path);
    return true;
}

/* The abstract sockets of a port, as kdb+ 3.5 and later have them. */
static bool listen_unix_port(struct kq_listen *l, uint16_t port, struct kq_err *err)
{
    char path[4096];
    const char *dir = getenv("QUDSPATH");
    if (dir && !*dir)
        return kq_fail(err, KQ_ECONNECT, "cannot listen on unix://%u: QUDSPATH is empty", port);
    kq_unix_port_path(dir, port, path, sizeof path);
    struct kq_endpoints list = {0};
    if (!kq_endpoints_add_unix(&list, path, KQ_UNIX_ABSTRACT, err) ||
        !kq_endpoints_add_unix(&list, path, KQ_UNIX_PADDED, err))
        return false;
    int exact = open_socket(l, &list.at[0]);
    if (exact < 0) {
        kq_err_errno(err, KQ_ECONNECT, errno, "cannot listen on uds %s", path);
        return false;
    }
    add_door(l, exact, NULL);
    int padded = open_socket(l, &list.at[1]);
    if (padded >= 0)
        add_door(l, padded, NULL);
    return true;
}

static void set_port(struct kq_endpoint *ep, uint16_t port)
{
    void *ss = &ep->ss;
    if (ep->ss.ss_family == AF_INET)
        ((struct sockaddr_in *)ss)->sin_port = htons(port);
    else
        ((struct sockaddr_in6 *)ss)->sin6_port = htons(port);
}

/* No such address here, for example ::1 on a machine without IPv6. */
static bool is_missing(int errnum)
{
    return errnum == EADDRNOTAVAIL || errnum == EAFNOSUPPORT;
}

/* All endpoints on one port; false with errno, and nothing open. */
static bool open_all(struct kq_listen *l, struct kq_endpoints *list, uint16_t port)
{
    int errnum = EADDRNOTAVAIL;
    for (int i = 0; i < list->count; i++) {
        set_port(&list->at[i], port);
        int fd = open_socket(l, &list->at[i]);
        if (fd >= 0) {
            add_door(l, fd, NULL);
            port = kq_sock_port(fd);
        } else if (!is_missing(errno)) {
            errnum = errno;
            free_doors(l);
            break;
        }
    }
    l->port = port;
    errno = errnum;
    return l->doors;
}

/* A port of lo..hi from a random one on, or with 0 any that suits all endpoints. */
static bool open_range(struct kq_listen *l, struct kq_endpoints *list, uint16_t lo, uint16_t hi)
{
    unsigned n = lo ? hi - lo + 1U : FREE_PORT_TRIES;
    unsigned first = n > 1 ? (unsigned)kq_mono_ns() % n : 0;
    for (unsigned i = 0; i < n; i++) {
        if (open_all(l, list, lo ? (uint16_t)(lo + (first + i) % n) : 0))
            return true;
        if (errno != EADDRINUSE)
            return false;
    }
    return false;
}

/* Ask the resolver, waiting for it: a server starts once. */
static bool resolve(const char *host, const char *service, int family, struct kq_endpoints *list,
                    struct kq_err *err)
{
    struct kq_addr a = {.kind = KQ_ADDR_TCP, .host = host, .service = service};
    int known = kq_resolve_known(&a, family, list, err);
    if (known)
        return known > 0;
    struct kq_resolve *r = kq_resolve_start(&a, family, err);
    if (!r)
        return false;
    struct pollfd p = {.fd = kq_resolve_fd(r), .events = POLLIN};
    while (poll(&p, 1, -1) < 0 && errno == EINTR)
        ;
    return kq_resolve_finish(r, list, err);
}

/* The number of a port that may have been given by name. */
static bool resolve_port(const char *service, uint16_t *port, struct kq_err *err)
{
    struct kq_endpoints list;
    if (!service)
        return true;
    if (!resolve("", service, AF_INET, &list, err))
        return false;
    *port = kq_endpoint_port(&list.at[0]);
    return true;
}

static bool listen_tcp(struct kq_listen *l, const struct kq_laddr *a, uint16_t lo, uint16_t hi,
                       const struct kq_listen_opts *o, struct kq_err *err)
{
    struct kq_endpoints list;
    char text[KQ_ADDR_TEXT_MAX];
    if (!resolve(a->host, NULL, o->family, &list, err))
        return false;
    l->share = a->share;
    if (!open_range(l, &list, lo, hi)) {
        kq_err_errno(err, KQ_ECONNECT, errno, "cannot listen on %s",
                     kq_laddr_text(a, text, sizeof text));
        return false;
    }
    if (!o->no_unix && !a->share)
        listen_unix_port(l, l->port, NULL);
    return true;
}

static bool listen_on(struct kq_listen *l, const struct kq_laddr *a, const struct kq_listen_opts *o,
                      struct kq_err *err)
{
    uint16_t lo = a->lo, hi = a->hi;
    if (a->kind == KQ_ADDR_PATH)
        return listen_path(l, a->path, err);
    if (!resolve_port(a->lo_service, &lo, err) || !resolve_port(a->hi_service, &hi, err))
        return false;
    if (lo > hi)
        return kq_fail(err, KQ_EUSAGE, "port range %u/%u is empty", lo, hi);
    if (a->kind == KQ_ADDR_TCP)
        return listen_tcp(l, a, lo, hi, o, err);
    l->port = lo;
    return listen_unix_port(l, lo, err);
}

struct kq_listen *kq_listen_open(struct kq_loop *loop, const struct kq_laddr *a,
                                 const struct kq_listen_opts *opts, kq_listen_fn *fn, void *arg,
                                 struct kq_err *err)
{
    static const struct kq_listen_opts none = {0};
    struct kq_listen *l = new_listen(loop, fn, arg);
    const struct kq_listen_opts *o = opts ? opts : &none;
    if (o->backlog)
        l->backlog = o->backlog;
    if (listen_on(l, a, o, err))
        return l;
    kq_listen_free(l);
    return NULL;
}

struct kq_listen *kq_listen_adopt(struct kq_loop *loop, int fd, kq_listen_fn *fn, void *arg,
                                  struct kq_err *err)
{
    int listening = 0;
    socklen_t len = sizeof listening;
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) != 0 || !listening) {
        kq_err_set(err, KQ_ECONNECT, "descriptor %d is not a listening socket", fd);
        return NULL;
    }
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    kq_sock_tune(fd);
    struct kq_listen *l = new_listen(loop, fn, arg);
    l->port = kq_sock_port(fd);
    add_door(l, fd, NULL);
    return l;
}

int kq_listen_fds(void)
{
    const char *pid = getenv("LISTEN_PID");
    const char *fds = getenv("LISTEN_FDS");
    if (!pid || !fds || strtol(pid, NULL, 10) != (long)getpid())
        return 0;
    long n = strtol(fds, NULL, 10);
    if (n < 0 || n > 1024)
        return 0;
    for (int fd = 3; fd < 3 + n; fd++)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    return (int)n;
}

uint16_t kq_listen_port(const struct kq_listen *l)
{
    return l->port;
}

int kq_listen_count(const struct kq_listen *l)
{
    int n = 0;
    for (const struct door *d = l->doors; d; d = d->next)
        n++;
    return n;
}

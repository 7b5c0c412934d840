/*
 * resolve.c - the shortcut, and getaddrinfo in a detached thread.
 *
 * The thread and its owner share one job with two references: whoever lets go
 * last frees it, so a caller whose time is up just leaves.  The answer is
 * announced through an eventfd.  The thread blocks all signals; they belong
 * to the main thread.
 */
#include "net/resolve.h"

#include "base/mem.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct kq_resolve {
    atomic_int refs;
    int fd;
    enum kq_addr_kind kind;
    int family;
    char *host;    /* NULL: loopback */
    char *service; /* name, or the port in digits */
    int result;    /* of getaddrinfo */
    int errnum;    /* with EAI_SYSTEM */
    struct addrinfo *list;
};

static bool is_local_name(const char *host)
{
    return !*host || strcmp(host, "localhost") == 0;
}

/* kdb+ puts the port's Unix socket under $QUDSPATH, by default /tmp. */
static bool add_unix_port(struct kq_endpoints *out, uint16_t port, struct kq_err *err)
{
    char path[4096];
    kq_unix_port_path(getenv("QUDSPATH"), port, path, sizeof path);
    return kq_endpoints_add_unix(out, path, KQ_UNIX_ABSTRACT, err) &&
           kq_endpoints_add_unix(out, path, KQ_UNIX_PADDED, err) &&
           kq_endpoints_add_unix(out, path, KQ_UNIX_PATH, err);
}

/* Keep the endpoints of the wanted family. */
static bool filter_family(struct kq_endpoints *list, int family, const char *host,
                          struct kq_err *err)
{
    int kept = 0;
    for (int i = 0; i < list->count; i++) {
        if (family == AF_UNSPEC || list->at[i].ss.ss_family == family)
            list->at[kept++] = list->at[i];
    }
    list->count = kept;
    if (!kept)
        return kq_fail(err, KQ_ECONNECT, "host '%s' has no IPv%d address", host,
                       family == AF_INET ? 4 : 6);
    return true;
}

static int known_tcp(const struct kq_addr *a, int family, struct kq_endpoints *out,
                     struct kq_err *err)
{
    if (is_local_name(a->host)) {
        kq_endpoints_add_loopback(out, family, a->port);
        return 1;
    }
    if (!kq_endpoints_add_literal(out, a->host, a->port))
        return 0;
    return filter_family(out, family, a->host, err) ? 1 : -1;
}

int kq_resolve_known(const struct kq_addr *a, int family, struct kq_endpoints *out,
                     struct kq_err *err)
{
    out->count = 0;
    switch (a->kind) {
    case KQ_ADDR_TCP: return a->service ? 0 : known_tcp(a, family, out, err);
    case KQ_ADDR_UNIX: return a->service ? 0 : add_unix_port(out, a->port, err) ? 1 : -1;
    case KQ_ADDR_PATH: return kq_endpoints_add_unix(out, a->path, KQ_UNIX_PATH, err) ? 1 : -1;
    case KQ_ADDR_FIFO: break;
    case KQ_ADDR_FILE: break;
    }
    kq_err_set(err, KQ_EUSAGE, "a %s is not a server", a->kind == KQ_ADDR_FIFO ? "fifo" : "file");
    return -1;
}

static void unref(struct kq_resolve *r)
{
    if (atomic_fetch_sub(&r->refs, 1) != 1)
        return;
    if (r->list)
        freeaddrinfo(r->list);
    close(r->fd);
    free(r->host);
    free(r->service);
    free(r);
}

static void *lookup(void *arg)
{
    struct kq_resolve *r = arg;
    struct addrinfo hints = {.ai_family = r->family, .ai_socktype = SOCK_STREAM};
    r->result = getaddrinfo(r->host, r->service, &hints, &r->list);
    r->errnum = errno;
    eventfd_write(r->fd, 1);
    unref(r);
    return NULL;
}

static bool start_thread(struct kq_resolve *r)
{
    sigset_t all, old;
    pthread_attr_t attr;
    pthread_t thread;
    sigfillset(&all);
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int failed = pthread_create(&thread, &attr, lookup, r);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attr);
    errno = failed;
    return !failed;
}

struct kq_resolve *kq_resolve_start(const struct kq_addr *a, int family, struct kq_err *err)
{
    struct kq_resolve *r = kq_calloc(1, sizeof *r);
    char port[8];
    snprintf(port, sizeof port, "%u", a->port);
    r->kind = a->kind;
    r->family = a->kind == KQ_ADDR_TCP ? family : AF_UNSPEC;
    r->host = a->host && !is_local_name(a->host) ? kq_strdup(a->host) : NULL;
    r->service = kq_strdup(a->service ? a->service : port);
    atomic_init(&r->refs, 2);
    r->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (r->fd >= 0 && start_thread(r))
        return r;
    kq_err_errno(err, KQ_ECONNECT, errno, "cannot start the resolver");
    atomic_store(&r->refs, 1);
    unref(r);
    return NULL;
}

int kq_resolve_fd(const struct kq_resolve *r)
{
    return r->fd;
}

void kq_resolve_cancel(struct kq_resolve *r)
{
    unref(r);
}

static bool explain(const struct kq_resolve *r, struct kq_err *err)
{
    if (r->result == EAI_SERVICE)
        return kq_fail(err, KQ_ECONNECT, "unknown service '%s'", r->service);
    const char *why = r->result == EAI_SYSTEM ? strerror(r->errnum) : gai_strerror(r->result);
    return kq_fail(err, KQ_ECONNECT, "cannot resolve host '%s': %s",
                   r->host ? r->host : "localhost", why);
}

static void collect(const struct addrinfo *list, struct kq_endpoints *out)
{
    for (; list; list = list->ai_next)
        kq_endpoints_add(out, list->ai_addr, list->ai_addrlen);
}

bool kq_resolve_finish(struct kq_resolve *r, struct kq_endpoints *out, struct kq_err *err)
{
    out->count = 0;
    bool ok = r->result == 0 || explain(r, err);
    if (ok)
        collect(r->list, out);
    if (ok && r->kind == KQ_ADDR_UNIX) {
        uint16_t port = kq_endpoint_port(&out->at[0]);
        out->count = 0;
        ok = add_unix_port(out, port, err);
    }
    unref(r);
    return ok;
}

/*
 * addr.c - copies the text once and cuts the copy in place: separators become
 * NULs and the parts are pointers between them.  A password therefore exists
 * in exactly one place, which kq_addr_release wipes.
 */
#include "net/addr.h"

#include "base/mem.h"
#include "base/num.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS     "0123456789"
#define LOWER      "abcdefghijklmnopqrstuvwxyz"
#define NAME_CHARS DIGITS LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ-._"
#define PORT_MAX   65535
#define HOST_MAX   255

/* The largest part of a bad text that a message repeats. */
#define SHOWN 40

static const struct scheme {
    const char *name;
    enum kq_addr_kind kind;
    bool tls;
} schemes[] = {
    {"tcps", KQ_ADDR_TCP, true},
    {"unix", KQ_ADDR_UNIX, false},
    {"unixs", KQ_ADDR_UNIX, true},
    {"fifo", KQ_ADDR_FIFO, false},
};

static bool all_digits(const char *s)
{
    const char *p = s;
    while (*p >= '0' && *p <= '9')
        p++;
    return p > s && !*p;
}

/* Cut `s` at the first `sep`; what follows it, or NULL when there is none. */
static char *cut(char *s, char sep)
{
    char *p = strchr(s, sep);
    if (p)
        *p++ = '\0';
    return p;
}

/* A port number into *port, or a name worth looking up into *service. */
static bool parse_port(const char *s, bool zero_ok, uint16_t *port, const char **service,
                       struct kq_err *err)
{
    if (!*s)
        return kq_fail(err, KQ_EUSAGE, "no port in the address");
    if (strchr(s, '@'))
        return kq_fail(err, KQ_EUSAGE,
                       "'@' in the port (user and password follow the port: "
                       "HOST:PORT:USER:PASSWORD)");
    if (!all_digits(s)) {
        if (s[strspn(s, NAME_CHARS "+")] || strlen(s) > HOST_MAX || *s == '-')
            return kq_fail(err, KQ_EUSAGE, "'%.*s' is neither a port nor a service name", SHOWN, s);
        *service = s;
        return true;
    }
    uint64_t n;
    if (!kq_parse_u64(s, strlen(s), &n) || n > PORT_MAX || (n == 0 && !zero_ok))
        return kq_fail(err, KQ_EUSAGE, "port '%.*s' is not in 1..%d", SHOWN, s, PORT_MAX);
    *port = (uint16_t)n;
    return true;
}

/* Host names are what resolvers take, including raw UTF-8 for IDN. */
static bool check_name(const char *host, struct kq_err *err)
{
    for (const char *p = host; *p; p++) {
        if ((unsigned char)*p < 0x80 && !strchr(NAME_CHARS, *p))
            return kq_fail(err, KQ_EUSAGE, "bad host name '%.*s'", SHOWN, host);
    }
    if (strlen(host) > HOST_MAX)
        return kq_fail(err, KQ_EUSAGE, "host name of %zu bytes", strlen(host));
    return true;
}

/* Take "[literal]" or "name" off the front; *rest is what follows the colon. */
static bool cut_host(char *s, const char **host, char **rest, struct kq_err *err)
{
    if (*s != '[') {
        *rest = cut(s, ':');
        *host = s;
        return check_name(s, err);
    }
    char *end = strchr(s, ']');
    if (!end || (end[1] && end[1] != ':'))
        return kq_fail(err, KQ_EUSAGE, "'[' without ']:' in '%.*s'", SHOWN, s);
    *rest = end[1] ? end + 2 : NULL;
    *end = '\0';
    *host = s + 1;
    if (!strchr(*host, ':') || (*host)[strspn(*host, NAME_CHARS ":%")])
        return kq_fail(err, KQ_EUSAGE, "'[%.*s]' is not an IPv6 address", SHOWN, *host);
    return true;
}

/* USER[:PASSWORD]: only the first colon counts, passwords may contain more. */
static void take_login(struct kq_addr *a, char *s)
{
    if (!s)
        return;
    a->user = s;
    a->password = cut(s, ':');
}

static bool parse_tcp(struct kq_addr *a, char *s, struct kq_err *err)
{
    char *port;
    a->kind = KQ_ADDR_TCP;
    if (!cut_host(s, &a->host, &port, err))
        return false;
    if (!port)
        return kq_fail(err, KQ_EUSAGE, "no port after host '%.*s'", SHOWN, a->host);
    if (*port == ':' && *a->host)
        return kq_fail(err, KQ_EUSAGE,
                       "no port after host '%.*s' (an IPv6 address is written in brackets, "
                       "[%.*s::...]:PORT)",
                       SHOWN, a->host, SHOWN, a->host);
    take_login(a, cut(port, ':'));
    return parse_port(port, false, &a->port, &a->service, err);
}

static bool parse_unix(struct kq_addr *a, char *s, struct kq_err *err)
{
    take_login(a, cut(s, ':'));
    if (*s != '/')
        return parse_port(s, false, &a->port, &a->service, err);
    a->kind = KQ_ADDR_PATH;
    a->path = s;
    return true;
}

static bool parse_path(struct kq_addr *a, enum kq_addr_kind kind, char *s, struct kq_err *err)
{
    a->kind = kind;
    a->path = s;
    if (!*s)
        return kq_fail(err, KQ_EUSAGE, "no path in the address");
    return true;
}

static bool parse_scheme(struct kq_addr *a, char *s, size_t len, struct kq_err *err)
{
    char *rest = s + len + 3;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (!kq_str_is(kq_str(s, len), schemes[i].name))
            continue;
        a->kind = schemes[i].kind;
        a->tls = schemes[i].tls;
        if (a->kind == KQ_ADDR_FIFO)
            return parse_path(a, a->kind, rest, err);
        return a->kind == KQ_ADDR_TCP ? parse_tcp(a, rest, err) : parse_unix(a, rest, err);
    }
    return kq_fail(err, KQ_EUSAGE,
                   "unknown address type '%.*s://' (known: tcps, unix, unixs, fifo)",
                   (int)(len < SHOWN ? len : SHOWN), s);
}

/* Length of a leading "scheme" that is followed by "://", else 0. */
static size_t scheme_len(const char *s)
{
    size_t len = 0;
    while ((s[len] >= 'a' && s[len] <= 'z') || (s[len] >= '0' && s[len] <= '9'))
        len++;
    return strncmp(s + len, "://", 3) == 0 ? len : 0;
}

/* A handle is a file when a slash stands where host or port should be. */
static bool is_file(const char *s)
{
    const char *second = strchr(s, ':');
    if (second)
        second = strchr(second + 1, ':');
    return memchr(s, '/', second ? (size_t)(second - s) : strlen(s)) != NULL;
}

static bool parse_bare(struct kq_addr *a, char *s, bool handle, struct kq_err *err)
{
    if (all_digits(s)) {
        a->kind = KQ_ADDR_TCP;
        a->host = "";
        return parse_port(s, false, &a->port, &a->service, err);
    }
    if (handle)
        return parse_path(a, KQ_ADDR_FILE, s, err);
    return kq_fail(err, KQ_EUSAGE, "'%.*s' is not an address (expected PORT or HOST:PORT)", SHOWN,
                   s);
}

static bool parse_target(struct kq_addr *a, char *s, struct kq_err *err)
{
    if (s[0] == '`' && s[1] == ':')
        s++;
    bool handle = *s == ':';
    s += handle;
    size_t scheme = scheme_len(s);
    if (scheme)
        return parse_scheme(a, s, scheme, err);
    if (!strchr(s, ':'))
        return parse_bare(a, s, handle, err);
    if (handle && is_file(s))
        return parse_path(a, KQ_ADDR_FILE, s, err);
    return parse_tcp(a, s, err);
}

/* Copy the text for cutting; addresses are C strings for the system. */
static bool store_text(struct kq_str text, char **store, size_t *len, struct kq_err *err)
{
    if (!text.len)
        return kq_fail(err, KQ_EUSAGE, "empty address");
    if (memchr(text.s, '\0', text.len))
        return kq_fail(err, KQ_EUSAGE, "NUL byte in the address");
    *store = kq_memdup0(text.s, text.len);
    *len = text.len;
    return true;
}

bool kq_addr_parse(struct kq_str text, struct kq_addr *a, struct kq_err *err)
{
    *a = (struct kq_addr){0};
    if (store_text(text, &a->store, &a->store_len, err) && parse_target(a, a->store, err))
        return true;
    kq_addr_release(a);
    return false;
}

static void release_store(char *store, size_t len)
{
    if (store)
        kq_wipe(store, len);
    free(store);
}

void kq_addr_release(struct kq_addr *a)
{
    release_store(a->store, a->store_len);
    *a = (struct kq_addr){0};
}

/* The port as text: its name, or its number in `num` (at least 6 bytes). */
static const char *port_text(uint16_t port, const char *service, char *num)
{
    if (service)
        return service;
    snprintf(num, 6, "%u", (unsigned)port);
    return num;
}

static void tcp_text(char *out, size_t size, const char *prefix, const char *host, const char *port)
{
    bool v6 = strchr(host, ':');
    snprintf(out, size, "%s%s%s%s:%s", prefix, v6 ? "[" : "", *host ? host : "localhost",
             v6 ? "]" : "", port);
}

const char *kq_addr_text(const struct kq_addr *a, char *out, size_t size)
{
    char num[6];
    const char *port = port_text(a->port, a->service, num);
    const char *s = a->tls ? "s" : "";
    switch (a->kind) {
    case KQ_ADDR_TCP: tcp_text(out, size, a->tls ? "tcps://" : "", a->host, port); break;
    case KQ_ADDR_UNIX: snprintf(out, size, "unix%s://%s", s, port); break;
    case KQ_ADDR_PATH: snprintf(out, size, "unix%s://%s", s, a->path); break;
    case KQ_ADDR_FIFO: snprintf(out, size, "fifo://%s", a->path); break;
    case KQ_ADDR_FILE: snprintf(out, size, ":%s", a->path); break;
    }
    return out;
}

/* FROM/TO, one port, or 0W. */
static bool parse_range(struct kq_laddr *a, char *s, struct kq_err *err)
{
    if (*s == '-') {
        a->threads = true;
        s++;
    }
    if (strcmp(s, "0W") == 0)
        return true;
    char *to = cut(s, '/');
    if (!parse_port(s, !to, &a->lo, &a->lo_service, err))
        return false;
    a->hi = a->lo;
    a->hi_service = a->lo_service;
    if (!to)
        return true;
    a->hi_service = NULL;
    if (!parse_port(to, false, &a->hi, &a->hi_service, err))
        return false;
    if (!a->lo_service && !a->hi_service && a->lo > a->hi)
        return kq_fail(err, KQ_EUSAGE, "port range %u/%u is empty", a->lo, a->hi);
    return true;
}

static bool parse_listen_unix(struct kq_laddr *a, char *s, struct kq_err *err)
{
    a->kind = *s == '/' ? KQ_ADDR_PATH : KQ_ADDR_UNIX;
    a->path = *s == '/' ? s : NULL;
    if (a->path)
        return true;
    if (!parse_port(s, false, &a->lo, &a->lo_service, err))
        return false;
    a->hi = a->lo;
    a->hi_service = a->lo_service;
    return true;
}

static bool parse_listener(struct kq_laddr *a, char *s, struct kq_err *err)
{
    if (strncmp(s, "unix://", 7) == 0)
        return parse_listen_unix(a, s + 7, err);
    if (scheme_len(s))
        return kq_fail(err, KQ_EUSAGE, "cannot listen on '%.*s'", SHOWN, s);
    a->kind = KQ_ADDR_TCP;
    a->host = "";
    if (strncmp(s, "rp,", 3) == 0) {
        a->share = true;
        s += 3;
    }
    if (!strchr(s, ':'))
        return parse_range(a, s, err);
    char *port;
    if (!cut_host(s, &a->host, &port, err))
        return false;
    if (!port)
        return kq_fail(err, KQ_EUSAGE, "no port after host '%.*s'", SHOWN, a->host);
    return parse_range(a, port, err);
}

bool kq_laddr_parse(struct kq_str text, struct kq_laddr *a, struct kq_err *err)
{
    *a = (struct kq_laddr){0};
    if (store_text(text, &a->store, &a->store_len, err) && parse_listener(a, a->store, err))
        return true;
    kq_laddr_release(a);
    return false;
}

void kq_laddr_release(struct kq_laddr *a)
{
    release_store(a->store, a->store_len);
    *a = (struct kq_laddr){0};
}

const char *kq_laddr_text(const struct kq_laddr *a, char *out, size_t size)
{
    char lo_num[6], hi_num[6], range[2 * HOST_MAX + 2];
    const char *lo = port_text(a->lo, a->lo_service, lo_num);
    const char *hi = port_text(a->hi, a->hi_service, hi_num);
    bool one = a->lo == a->hi && a->lo_service == a->hi_service;
    if (one)
        snprintf(range, sizeof range, "%s", a->lo || a->lo_service ? lo : "0W");
    else
        snprintf(range, sizeof range, "%s/%s", lo, hi);
    if (a->kind == KQ_ADDR_TCP)
        tcp_text(out, size, a->share ? "rp," : "", a->host, range);
    else
        snprintf(out, size, "unix://%s", a->path ? a->path : range);
    return out;
}

/*
 * sniff.c - reads at most eight bytes, puts them back, decides.
 *
 * A TLS ClientHello restarts the sniffing inside the encrypted stream, once.
 */
#include "sniff.h"

#include "base/mem.h"
#include "net/neterr.h"
#include "wire/hello.h"

#include <stdlib.h>

struct lst_sniff {
    struct lst_sniffer *owner;
    struct lst_sniff *prev, *next;
    struct kq_stream *stream;
    struct kq_timer timer;
    uint8_t seen[8];
    size_t n;
    bool secured;
};

/* The stream is somebody else's or gone. */
static void dispose(struct lst_sniff *s)
{
    kq_timer_stop(&s->timer);
    s->owner->count--;
    if (s->next)
        s->next->prev = s->prev;
    if (s->prev)
        s->prev->next = s->next;
    else
        s->owner->all = s->next;
    free(s);
}

static void close_one(struct lst_sniff *s)
{
    kq_stream_free(s->stream);
    dispose(s);
}

static void fail(struct lst_sniff *s, const struct kq_err *err)
{
    struct lst_sniffer *owner = s->owner;
    bool spoke = s->n || s->secured || kq_stream_tls(s->stream);
    struct kq_err copy = *err;
    close_one(s);
    owner->on_failed(owner->arg, spoke, &copy);
}

static void on_timeout(void *arg)
{
    struct lst_sniff *s = arg;
    struct kq_err err;
    bool tls = kq_stream_tls(s->stream) && !s->secured;
    kq_neterr_timeout(&err, tls ? KQ_STAGE_TLS : KQ_STAGE_HELLO, s->owner->timeout_ms);
    fail(s, &err);
}

static void on_broken(void *arg, int errnum, const struct kq_err *err)
{
    (void)errnum;
    fail(arg, err);
}

static void on_secured(void *arg)
{
    struct lst_sniff *s = arg;
    s->secured = true;
    kq_stream_resume(s->stream);
}

static void start_tls(struct lst_sniff *s)
{
    struct kq_err err;
    struct kq_tls *tls = NULL;
    if (s->owner->tls_mode == LST_TLS_OFF || s->secured)
        kq_err_set(&err, KQ_ECONNECT, "TLS not enabled");
    else
        tls = kq_tls_new(s->owner->tls, NULL, &err);
    if (!tls) {
        fail(s, &err);
        return;
    }
    kq_stream_pause(s->stream);
    kq_stream_unread(s->stream, s->seen, s->n);
    s->n = 0;
    kq_stream_start_tls_take(s->stream, tls);
}

static void hand_over(struct lst_sniff *s, enum lst_protocol protocol)
{
    struct lst_sniffer *owner = s->owner;
    struct kq_stream *stream = s->stream;
    if (owner->tls_mode == LST_TLS_ONLY && !s->secured) {
        struct kq_err err;
        kq_err_set(&err, KQ_ECONNECT, "plain connection refused: TLS only");
        fail(s, &err);
        return;
    }
    kq_stream_pause(stream);
    kq_stream_unread(stream, s->seen, s->n);
    dispose(s);
    owner->on_known(owner->arg, stream, protocol);
}

static void on_readable(void *arg)
{
    struct lst_sniff *s = arg;
    struct kq_err err = {0};
    ssize_t got = kq_stream_read(s->stream, s->seen + s->n, sizeof s->seen - s->n, &err);
    if (got == KQ_STREAM_AGAIN)
        return;
    if (got <= 0) {
        if (got == KQ_STREAM_EOF)
            kq_err_set(&err, KQ_ELOST, "closed before it said anything");
        fail(s, &err);
        return;
    }
    s->n += (size_t)got;
    switch (kq_sniff(s->seen, s->n)) {
    case KQ_SNIFF_MORE: break;
    case KQ_SNIFF_TLS: start_tls(s); break;
    case KQ_SNIFF_HTTP: hand_over(s, LST_HTTP); break;
    case KQ_SNIFF_LOGIN: hand_over(s, LST_IPC); break;
    }
}

void lst_sniffer_take(struct lst_sniffer *r, int fd)
{
    static const struct kq_stream_ops ops = {.on_readable = on_readable,
                                             .on_secured = on_secured,
                                             .on_broken = on_broken};
    struct lst_sniff *s = kq_calloc(1, sizeof *s);
    s->owner = r;
    s->next = r->all;
    if (s->next)
        s->next->prev = s;
    r->all = s;
    r->count++;
    s->stream = kq_stream_new(r->loop, fd, &ops, s);
    kq_timer_init(&s->timer, r->loop, on_timeout, s);
    if (r->timeout_ms > 0)
        kq_timer_start(&s->timer, r->timeout_ms);
    kq_stream_resume(s->stream);
}

void lst_sniffer_close(struct lst_sniffer *r)
{
    while (r->all)
        close_one(r->all);
}

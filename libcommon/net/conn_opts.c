/*
 * conn_opts.c - defaults, and the login as bytes and as records show it.
 */
#include "net/conn_opts.h"

#include "base/buf.h"
#include "base/mem.h"
#include "wire/hello.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

void kq_conn_opts_init(struct kq_conn_opts *o)
{
    *o = (struct kq_conn_opts){
        .capability = KQ_CAP_MAX,
        .family = AF_UNSPEC,
        .connect_timeout_ms = 5000,
        .max_message = UINT64_C(1) << 31,
    };
}

static void wipe(void *data, size_t len, void *arg)
{
    (void)arg;
    kq_wipe(data, len);
    free(data);
}

static void release_secret(struct kq_buf *b)
{
    if (b->data)
        kq_wipe(b->data, b->cap);
    kq_buf_release(b);
}

struct kq_rcbuf *kq_conn_login(const struct kq_conn_opts *o, struct kq_err *err)
{
    struct kq_buf creds, login;
    size_t size = (o->user ? strlen(o->user) : 0) + (o->password ? strlen(o->password) : 0) + 4;
    kq_buf_init(&creds, KQ_BUF_NOMAX);
    kq_buf_init(&login, KQ_BUF_NOMAX);
    /* Room for all of it at once: growing would leave copies behind. */
    kq_buf_reserve(&creds, size);
    kq_buf_reserve(&login, size);
    if (o->user)
        kq_buf_puts(&creds, o->user);
    if (o->password) {
        kq_buf_byte(&creds, ':');
        kq_buf_puts(&creds, o->password);
    }
    struct kq_str all = kq_str((const char *)creds.data, creds.len);
    bool ok = kq_hello_login(&login, all, o->capability, err);
    release_secret(&creds);
    if (!ok) {
        release_secret(&login);
        return NULL;
    }
    size_t len;
    uint8_t *data = kq_buf_take(&login, &len);
    return kq_rcbuf_wrap(data, len, wipe, NULL);
}

void kq_tap_login(const struct kq_tap *t, enum kq_tap_dir dir, const void *data, size_t n)
{
    struct kq_buf shown;
    if (!t->fn)
        return;
    kq_buf_init(&shown, KQ_BUF_NOMAX);
    kq_hello_redact(&shown, data, n);
    kq_tap(t, dir, shown.data, shown.len);
    kq_buf_release(&shown);
}

/*
 * conn_opts.c - defaults, and the login as bytes and as records show it.
 */
#include "net/conn_opts.h"

#include "base/mem.h"
#include "wire/hello.h"

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

bool kq_conn_login(const struct kq_conn_opts *o, struct kq_buf *out, struct kq_err *err)
{
    struct kq_buf creds;
    kq_buf_init(&creds, KQ_BUF_NOMAX);
    if (o->user)
        kq_buf_puts(&creds, o->user);
    if (o->password) {
        kq_buf_byte(&creds, ':');
        kq_buf_puts(&creds, o->password);
    }
    struct kq_str all = kq_str((const char *)creds.data, creds.len);
    bool ok = kq_hello_login(out, all, o->capability, err);
    if (creds.data)
        kq_wipe(creds.data, creds.len);
    kq_buf_release(&creds);
    return ok;
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

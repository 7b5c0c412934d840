/*
 * fuzz_hello.c - the first bytes of a connection, in pieces.  The first byte
 * sets their size.
 */
#include "wire/hello.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    size_t piece = data[0] + 1u, used;
    struct kq_hello h;
    struct kq_login login;
    struct kq_err err;
    struct kq_buf hidden;
    enum kq_hello_state state = KQ_HELLO_MORE;
    kq_hello_init(&h);
    for (size_t at = 1; at < size && state == KQ_HELLO_MORE; at += used) {
        state = kq_hello_feed(&h, data + at, piece < size - at ? piece : size - at, &used, &err);
        if (used > size - at)
            abort();
    }
    if (state == KQ_HELLO_IPC || state == KQ_HELLO_TEXT) {
        kq_hello_get(&h, &login);
        if (login.user.len + login.password.len + login.text.len > h.buf.len)
            abort();
    }
    kq_sniff(data, size);
    kq_buf_init(&hidden, KQ_BUF_NOMAX);
    kq_hello_redact(&hidden, data, size);
    kq_buf_release(&hidden);
    kq_hello_release(&h);
    return 0;
}

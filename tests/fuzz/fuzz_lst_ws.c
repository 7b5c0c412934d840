/*
 * fuzz_lst_ws.c - the frames of a WebSocket client.  The first byte says
 * whether compression was agreed on (1) and sets the size of the pieces; every
 * message is sent back.
 */
#include "ws.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MESSAGE_MAX = 65536 };

static void write_nowhere(void *arg, const void *data, size_t n)
{
    size_t *sent = arg;
    (void)data;
    *sent += n;
}

static void echo(struct lst_ws *w)
{
    struct kq_buf message;
    struct kq_err err;
    bool text;
    kq_buf_init(&message, KQ_BUF_NOMAX);
    while (lst_ws_take(w, &message, &text)) {
        if (message.len > MESSAGE_MAX)
            abort();
        lst_ws_send(w, text, message.data, message.len, &err);
        kq_buf_clear(&message);
    }
    kq_buf_release(&message);
}

static void try_upgrade(const uint8_t *data, size_t size)
{
    struct kq_buf headers;
    struct kq_str all = kq_str((const char *)data, size), extensions, protocols;
    bool deflate;
    kq_str_cut(all, '\n', &extensions, &protocols);
    kq_buf_init(&headers, KQ_BUF_NOMAX);
    lst_ws_accept(&headers, kq_str("dGhlIHNhbXBsZSBub25jZQ==", 24), extensions, protocols,
                  &deflate);
    kq_buf_release(&headers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    size_t sent = 0, piece = (data[0] >> 1) + 1u;
    struct lst_ws_opts opts = {
        .deflate = data[0] & 1, .max = MESSAGE_MAX, .write = write_nowhere, .arg = &sent};
    struct lst_ws *w = lst_ws_new(&opts);
    for (size_t at = 1; at < size && !lst_ws_is_over(w); at += piece) {
        lst_ws_feed(w, data + at, piece < size - at ? piece : size - at);
        echo(w);
    }
    lst_ws_close(w, 1001);
    lst_ws_free(w);
    try_upgrade(data + 1, size - 1);
    return 0;
}

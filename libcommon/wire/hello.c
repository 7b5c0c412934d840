/*
 * hello.c - logins are collected up to their NUL, then taken apart.
 *
 * The capability byte is told from the last byte of a password by being a
 * control character: real clients send 1 to 6.
 */
#include "wire/hello.h"

#include "base/mem.h"

#include <string.h>

/* ---- client ---- */

bool kq_hello_login(struct kq_buf *out, struct kq_str creds, int capability, struct kq_err *err)
{
    if (creds.len && memchr(creds.s, 0, creds.len))
        return kq_fail(err, KQ_EUSAGE, "credentials must not contain a NUL byte");
    kq_buf_append(out, creds.s, creds.len);
    if (capability > 0)
        kq_buf_byte(out, (uint8_t)capability);
    kq_buf_byte(out, 0);
    if (out->failed)
        return kq_fail(err, KQ_EUSAGE, "credentials of %zu bytes are too long", creds.len);
    return true;
}

int kq_hello_accepted(uint8_t answer, int asked)
{
    int theirs = answer > 7 ? KQ_CAP_OLD : answer;
    return theirs < asked ? theirs : asked;
}

/* ---- server ---- */

/* Can `p` be the beginning of, or begin with, `word`? */
static bool shares_start(const uint8_t *p, size_t n, const char *word)
{
    size_t len = strlen(word);
    return memcmp(p, word, n < len ? n : len) == 0;
}

static enum kq_sniff sniff_http(const uint8_t *p, size_t n)
{
    static const char *const methods[] = {"GET ",    "HEAD ",  "POST ",   "PUT ",
                                          "DELETE ", "PATCH ", "OPTIONS "};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (shares_start(p, n, methods[i]))
            return n >= strlen(methods[i]) ? KQ_SNIFF_HTTP : KQ_SNIFF_MORE;
    }
    return KQ_SNIFF_LOGIN;
}

enum kq_sniff kq_sniff(const uint8_t *p, size_t n)
{
    if (!n)
        return KQ_SNIFF_MORE;
    if (p[0] != 0x16)
        return sniff_http(p, n);
    if (n < 2)
        return KQ_SNIFF_MORE;
    return p[1] == 0x03 ? KQ_SNIFF_TLS : KQ_SNIFF_LOGIN;
}

void kq_hello_init(struct kq_hello *h)
{
    *h = (struct kq_hello){0};
    kq_buf_init(&h->buf, KQ_HELLO_MAX + KQ_HELLO_TEXT_MAX);
}

void kq_hello_release(struct kq_hello *h)
{
    if (h->buf.data)
        kq_wipe(h->buf.data, h->buf.cap);
    kq_buf_release(&h->buf);
}

/* Does the login end in a capability byte? */
static bool has_capability(const uint8_t *login, size_t len)
{
    return len && login[len - 1] < 0x20;
}

/* Is what follows a login without capability a qcon line, not a message? */
static bool looks_like_text(const uint8_t *p, size_t n)
{
    if (!n)
        return false;
    return p[0] > 1 || (n == 1 && p[0] == 0);
}

/* Take bytes up to and including a NUL; its place in *used. */
static bool take_to_nul(struct kq_hello *h, const uint8_t *p, size_t n, size_t *used)
{
    const uint8_t *nul = n ? memchr(p, 0, n) : NULL;
    *used = nul ? (size_t)(nul - p) + 1 : n;
    kq_buf_append(&h->buf, p, *used);
    return nul != NULL;
}

static enum kq_hello_state feed_text(struct kq_hello *h, const uint8_t *p, size_t n, size_t *used,
                                     struct kq_err *err)
{
    bool done = take_to_nul(h, p, n, used);
    if (h->buf.failed || h->buf.len - h->login_len > KQ_HELLO_TEXT_MAX) {
        kq_err_set(err, KQ_EPROTO, "console line of more than %d bytes", KQ_HELLO_TEXT_MAX);
        return KQ_HELLO_BAD;
    }
    return done ? KQ_HELLO_TEXT : KQ_HELLO_MORE;
}

enum kq_hello_state kq_hello_feed(struct kq_hello *h, const void *data, size_t n, size_t *used,
                                  struct kq_err *err)
{
    const uint8_t *p = data;
    *used = 0;
    if (h->is_text)
        return feed_text(h, p, n, used, err);
    h->seen_nul = take_to_nul(h, p, n, used);
    if (h->buf.failed || h->buf.len > KQ_HELLO_MAX) {
        kq_err_set(err, KQ_EPROTO, "login of more than %d bytes", KQ_HELLO_MAX);
        return KQ_HELLO_BAD;
    }
    if (!h->seen_nul)
        return KQ_HELLO_MORE;
    h->login_len = h->buf.len - 1;
    if (has_capability(h->buf.data, h->login_len) || !looks_like_text(p + *used, n - *used))
        return KQ_HELLO_IPC;
    h->is_text = true;
    size_t more;
    enum kq_hello_state state = feed_text(h, p + *used, n - *used, &more, err);
    *used += more;
    return state;
}

void kq_hello_get(const struct kq_hello *h, struct kq_login *login)
{
    const char *s = (const char *)h->buf.data;
    bool cap = !h->is_text && has_capability(h->buf.data, h->login_len);
    struct kq_str creds = kq_str(s, h->login_len - cap);
    *login = (struct kq_login){.capability = cap ? s[h->login_len - 1] : -1};
    login->has_password = kq_str_cut(creds, ':', &login->user, &login->password);
    if (h->is_text)
        login->text = kq_str(s + h->login_len + 1, h->buf.len - h->login_len - 2);
}

int kq_hello_common(int client, int ours)
{
    int common = client < ours ? client : ours;
    return common < 0 ? KQ_CAP_OLD : common;
}

uint8_t kq_hello_answer(int common)
{
    return common < 1 ? 1 : (uint8_t)common;
}

void kq_hello_redact(struct kq_buf *out, const uint8_t *p, size_t n)
{
    const uint8_t *nul = n ? memchr(p, 0, n) : NULL;
    size_t len = nul ? (size_t)(nul - p) : n;
    const uint8_t *colon = len ? memchr(p, ':', len) : NULL;
    if (!colon) {
        kq_buf_append(out, p, n);
        return;
    }
    kq_buf_append(out, p, (size_t)(colon - p) + 1);
    size_t end = len - (nul && has_capability(p, len));
    kq_buf_byte(out, '*');
    kq_buf_append(out, p + end, n - end);
}

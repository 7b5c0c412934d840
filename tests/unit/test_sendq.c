/*
 * test_sendq.c - order, sharing of chunks, and dropping at any place.
 */
#include "net/sendq.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

/* Everything that waits, as one string. */
static const char *text(const struct kq_sendq *q, char *out)
{
    struct iovec pieces[16];
    int n = kq_sendq_peek(q, pieces, 16);
    char *p = out;
    for (int i = 0; i < n; i++) {
        memcpy(p, pieces[i].iov_base, pieces[i].iov_len);
        p += pieces[i].iov_len;
    }
    *p = '\0';
    assert_int_equal(p - out, q->len);
    return out;
}

static void test_order(void **state)
{
    (void)state;
    struct kq_sendq q = {0};
    char out[64];
    struct kq_rcbuf *rc = kq_rcbuf_adopt((uint8_t *)kq_strdup("[by reference]"), 14);
    kq_sendq_add(&q, "one ", 4);
    kq_sendq_add(&q, "", 0);
    kq_sendq_add(&q, "two ", 4);
    kq_sendq_add_rc(&q, rc, 1, 12);
    kq_sendq_add_rc(&q, rc, 0, 0);
    memcpy(kq_sendq_extend(&q, 3), " ok", 3);
    assert_int_equal(rc->refs, 2);
    assert_string_equal(text(&q, out), "one two by reference ok");
    struct iovec pieces[16];
    assert_int_equal(kq_sendq_peek(&q, pieces, 16), 3);
    assert_int_equal(kq_sendq_peek(&q, pieces, 2), 2);

    kq_sendq_drop(&q, 6);
    assert_string_equal(text(&q, out), "o by reference ok");
    kq_sendq_drop(&q, 2);
    assert_string_equal(text(&q, out), "by reference ok");
    kq_sendq_drop(&q, 13);
    assert_int_equal(rc->refs, 1);
    assert_string_equal(text(&q, out), "ok");
    kq_sendq_add(&q, "!", 1);
    kq_sendq_drop(&q, 3);
    assert_int_equal(q.len, 0);
    kq_sendq_add_rc(&q, rc, 0, 14);
    kq_sendq_release(&q);
    assert_int_equal(rc->refs, 1);
    kq_rcbuf_unref(rc);
}

/* Thousands of short messages become few pieces. */
static void test_short_messages_share(void **state)
{
    (void)state;
    struct kq_sendq q = {0};
    struct iovec pieces[64];
    for (int i = 0; i < 1000; i++)
        kq_sendq_add(&q, "0123456789abc", 13);
    assert_int_equal(q.len, 13000);
    assert_in_range(kq_sendq_peek(&q, pieces, 64), 1, 30);
    for (int i = 0; i < 999; i++)
        kq_sendq_drop(&q, 13);
    assert_int_equal(kq_sendq_peek(&q, pieces, 64), 1);
    assert_memory_equal(pieces[0].iov_base, "0123456789abc", 13);
    kq_sendq_release(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_short_messages_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

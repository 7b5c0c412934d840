/*
 * test_rcbuf.c - counted bytes: they live as long as one reference does, whoever owns them.
 */
#include "base/rcbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct released {
    int times;
    void *data;
    size_t len;
};

static void note_release(void *data, size_t len, void *arg)
{
    struct released *r = arg;
    *r = (struct released){.times = r->times + 1, .data = data, .len = len};
}

static void the_last_reference_releases(void **state)
{
    (void)state;
    uint8_t bytes[] = "mapped";
    struct released r = {0};
    struct kq_rcbuf *b = kq_rcbuf_wrap(bytes, sizeof bytes, note_release, &r);
    assert_ptr_equal(b->data, bytes);
    assert_ptr_equal(kq_rcbuf_ref(b), b);
    kq_rcbuf_unref(b);
    assert_int_equal(r.times, 0);
    kq_rcbuf_unref(b);
    assert_int_equal(r.times, 1);
    assert_ptr_equal(r.data, bytes);
    assert_int_equal(r.len, sizeof bytes);
}

/* Leaks and double frees of these show under the sanitizers. */
static void every_kind_of_memory_can_be_held(void **state)
{
    (void)state;
    static uint8_t constant[] = "constant";
    struct kq_rcbuf *fresh = kq_rcbuf_new(1000);
    struct kq_rcbuf *adopted = kq_rcbuf_adopt(malloc(10), 10);
    struct kq_rcbuf *foreign = kq_rcbuf_wrap(constant, 8, NULL, NULL);
    assert_int_equal(fresh->len, 1000);
    memset(fresh->data, 1, fresh->len);
    assert_int_equal(adopted->len, 10);
    kq_rcbuf_unref(fresh);
    kq_rcbuf_unref(adopted);
    kq_rcbuf_unref(foreign);
    kq_rcbuf_unref(NULL);
    assert_string_equal((char *)constant, "constant");
}

static void an_empty_buffer_is_a_buffer(void **state)
{
    (void)state;
    struct kq_rcbuf *b = kq_rcbuf_new(0);
    assert_non_null(b);
    assert_int_equal(b->len, 0);
    kq_rcbuf_unref(b);
}

static void too_much_is_refused(void **state)
{
    (void)state;
    assert_null(kq_rcbuf_new(SIZE_MAX / 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_reference_releases),
        cmocka_unit_test(every_kind_of_memory_can_be_held),
        cmocka_unit_test(an_empty_buffer_is_a_buffer),
        cmocka_unit_test(too_much_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

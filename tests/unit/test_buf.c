/*
 * test_buf.c - the growable buffer: its maximum, the sticky failure, taking and consuming.
 */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void appends_in_order(void **state)
{
    (void)state;
    struct kq_buf b;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    kq_buf_append(&b, "ab", 2);
    kq_buf_append(&b, NULL, 0);
    kq_buf_byte(&b, 'c');
    kq_buf_puts(&b, "de");
    kq_buf_printf(&b, "-%d-%s", 12, "f");
    assert_false(b.failed);
    assert_int_equal(b.len, 10);
    assert_memory_equal(b.data, "abcde-12-f", 10);
    kq_buf_release(&b);
    assert_null(b.data);
}

static void keeps_everything_while_it_grows(void **state)
{
    (void)state;
    struct kq_buf b;
    kq_buf_init(&b, 1 << 20);
    for (int i = 0; i < 100000; i++)
        kq_buf_byte(&b, (uint8_t)i);
    assert_false(b.failed);
    assert_int_equal(b.len, 100000);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(b.data[i], (uint8_t)i);
    kq_buf_release(&b);
}

static void the_maximum_is_exact_and_failure_sticks(void **state)
{
    (void)state;
    struct kq_buf b;
    kq_buf_init(&b, 5);
    kq_buf_append(&b, "12345", 5);
    assert_false(b.failed);
    kq_buf_byte(&b, '6');
    assert_true(b.failed);
    assert_int_equal(b.len, 5);
    kq_buf_consume(&b, 3);
    kq_buf_byte(&b, '7'); /* would fit, but something was lost before */
    assert_int_equal(b.len, 2);
    assert_memory_equal(b.data, "45", 2);
    assert_null(kq_buf_reserve(&b, 1));

    kq_buf_clear(&b);
    kq_buf_append(&b, "54321", 5);
    assert_false(b.failed);
    assert_memory_equal(b.data, "54321", 5);
    kq_buf_release(&b);
}

static void sizes_that_overflow_are_refused(void **state)
{
    (void)state;
    struct kq_buf b;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    kq_buf_byte(&b, 'x');
    assert_null(kq_buf_reserve(&b, SIZE_MAX));
    assert_true(b.failed);
    kq_buf_release(&b);
}

static void reserve_and_advance(void **state)
{
    (void)state;
    struct kq_buf b;
    kq_buf_init(&b, 100);
    uint8_t *p = kq_buf_reserve(&b, 100);
    assert_non_null(p);
    assert_int_equal(b.len, 0);
    memcpy(p, "hello", 5);
    kq_buf_advance(&b, 5);
    assert_memory_equal(b.data, "hello", 5);
    assert_null(kq_buf_reserve(&b, 96));
    kq_buf_release(&b);
}

static void consume_drops_the_front(void **state)
{
    (void)state;
    struct kq_buf b;
    kq_buf_init(&b, 100);
    kq_buf_consume(&b, 0);
    kq_buf_puts(&b, "abcdef");
    kq_buf_consume(&b, 2);
    assert_memory_equal(b.data, "cdef", 4);
    kq_buf_consume(&b, 4);
    assert_int_equal(b.len, 0);
    kq_buf_release(&b);
}

static void take_hands_the_memory_over(void **state)
{
    (void)state;
    struct kq_buf b;
    size_t len;
    kq_buf_init(&b, 100);
    kq_buf_puts(&b, "mine");
    uint8_t *p = kq_buf_take(&b, &len);
    assert_int_equal(len, 4);
    assert_memory_equal(p, "mine", 4);
    assert_null(b.data);
    assert_int_equal(b.max, 100);
    free(p);
    kq_buf_puts(&b, "usable");
    assert_int_equal(b.len, 6);
    kq_buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_in_order),
        cmocka_unit_test(keeps_everything_while_it_grows),
        cmocka_unit_test(the_maximum_is_exact_and_failure_sticks),
        cmocka_unit_test(sizes_that_overflow_are_refused),
        cmocka_unit_test(reserve_and_advance),
        cmocka_unit_test(consume_drops_the_front),
        cmocka_unit_test(take_hands_the_memory_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

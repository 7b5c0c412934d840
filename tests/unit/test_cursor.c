/*
 * test_cursor.c - bounded reads: byte order, alignment, the sticky failure.
 */
#include "wire/cursor.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void reads_both_byte_orders(void **state)
{
    (void)state;
    static const uint8_t b[] = {9, 1, 2, 0xfe, 0xff, 0xff, 0xff, 1, 0, 0, 0, 0, 0, 0, 0};
    struct kq_cursor c = kq_cur(b, sizeof b, false);
    assert_int_equal(kq_cur_u8(&c), 9);
    assert_int_equal(kq_cur_u16(&c), 0x0201);
    assert_int_equal(kq_cur_i32(&c), -2);
    assert_int_equal(kq_cur_i64(&c), 1);
    assert_int_equal(kq_cur_left(&c), 0);
    assert_false(c.failed);
    c = kq_cur(b, sizeof b, true);
    assert_int_equal(kq_cur_i8(&c), 9);
    assert_int_equal(kq_cur_i16(&c), 0x0102);
    assert_int_equal(kq_cur_u32(&c), 0xfeffffff);
    assert_true(kq_cur_u64(&c) == UINT64_C(1) << 56);
}

static void reads_floats(void **state)
{
    (void)state;
    static const uint8_t le[] = {0, 0, 0xb0, 0x40, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f};
    static const uint8_t be[] = {0x40, 0xb0, 0, 0, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0};
    struct kq_cursor c = kq_cur(le, sizeof le, false);
    assert_true(kq_cur_f32(&c) == 5.5f);
    assert_true(kq_cur_f64(&c) == 1.5);
    c = kq_cur(be, sizeof be, true);
    assert_true(kq_cur_f32(&c) == 5.5f);
    assert_true(kq_cur_f64(&c) == 1.5);
}

static void first_failure_sticks(void **state)
{
    (void)state;
    static const uint8_t b[] = {1, 2, 3};
    struct kq_cursor c = kq_cur(b, sizeof b, false);
    kq_cur_u8(&c);
    assert_int_equal(kq_cur_u32(&c), 0);
    assert_true(c.failed);
    assert_int_equal(c.off, 1);
    assert_int_equal(kq_cur_u8(&c), 0);
    assert_int_equal(c.off, 1);
    assert_int_equal(kq_cur_left(&c), 0);
    kq_cur_fail(&c, "something later");
    struct kq_err err = {0};
    assert_false(kq_cur_ok(&c, 8, &err));
    assert_int_equal(err.code, KQ_EPROTO);
    assert_string_equal(err.msg, "at byte 9: data ends too early");
}

static void text_needs_its_nul(void **state)
{
    (void)state;
    struct kq_cursor c = kq_cur("ab\0\0cd", 6, false);
    size_t len;
    assert_string_equal(kq_cur_cstr(&c, &len), "ab");
    assert_int_equal(len, 2);
    assert_string_equal(kq_cur_cstr(&c, &len), "");
    assert_int_equal(len, 0);
    assert_null(kq_cur_cstr(&c, &len));
    assert_int_equal(c.fail_off, 4);
    assert_null(kq_cur_cstr(&c, &len));
}

static void bytes_of_nothing_are_fine_at_the_end(void **state)
{
    (void)state;
    struct kq_cursor c = kq_cur("a", 1, false);
    kq_cur_u8(&c);
    assert_non_null(kq_cur_bytes(&c, 0));
    assert_null(kq_cur_bytes(&c, SIZE_MAX));
    assert_true(c.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_byte_orders),
        cmocka_unit_test(reads_floats),
        cmocka_unit_test(first_failure_sticks),
        cmocka_unit_test(text_needs_its_nul),
        cmocka_unit_test(bytes_of_nothing_are_fine_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

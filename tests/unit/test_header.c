/*
 * test_header.c - the 8 bytes in front of a message: golden bytes and refusals.
 */
#include "wire/header.h"

#include "hex.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void expect(const char *hex, bool big, enum kq_kind kind, int compressed, uint64_t total)
{
    struct hex h = unhex(hex);
    struct kq_header head;
    struct kq_err err = {0};
    assert_true(kq_header_parse(h.p, &head, &err));
    assert_int_equal(head.big, big);
    assert_int_equal(head.kind, kind);
    assert_int_equal(head.compressed, compressed);
    assert_true(head.total == total);
    uint8_t again[KQ_HEADER_LEN];
    kq_header_put(again, &head);
    assert_memory_equal(again, h.p, sizeof again);
    free(h.p);
}

static void known_headers_both_ways(void **state)
{
    (void)state;
    expect("01 00 0000 0d000000", false, KQ_ASYNC, 0, 13);
    expect("01 01 0000 11000000", false, KQ_SYNC, 0, 17);
    expect("01 02 0000 0a000000", false, KQ_RESPONSE, 0, 10);
    expect("00 00 0000 0000000d", true, KQ_ASYNC, 0, 13);
    expect("01 00 00 00 00 00 00 80", false, KQ_ASYNC, 0, UINT64_C(2147483648));
    expect("01 00 00 01 82 00 00 00", false, KQ_ASYNC, 0, UINT64_C(4294967426));
    expect("01 00 02 00 f9 d5 76 02", false, KQ_ASYNC, 2, 41342457);
    expect("00 02 01 ff ff ff ff ff", true, KQ_RESPONSE, 1, KQ_TOTAL_MAX);
}

static void refuse(const char *hex, const char *message)
{
    struct hex h = unhex(hex);
    struct kq_header head;
    struct kq_err err = {0};
    assert_false(kq_header_parse(h.p, &head, &err));
    assert_int_equal(err.code, KQ_EPROTO);
    assert_string_equal(err.msg, message);
    free(h.p);
}

static void impossible_headers_are_refused(void **state)
{
    (void)state;
    refuse("02 00 00 00 0d000000", "not a kdb+ message: byte order 0x02 is neither 0 nor 1");
    refuse("48 54 54 50 2f 31 2e 31", "not a kdb+ message: byte order 0x48 is neither 0 nor 1");
    refuse("01 03 00 00 0d000000", "unknown message type 3");
    refuse("01 00 03 00 0d000000", "in-process message (flag 3) cannot be decoded");
    refuse("01 00 04 00 0d000000", "unknown compression flag 4");
    refuse("01 00 00 00 00000000", "impossible message length 0");
    refuse("01 00 00 00 09000000", "impossible message length 9");
    refuse("01 00 01 00 0d000000", "impossible message length 13");
    refuse("01 00 02 00 11000000", "impossible message length 17");
}

static bool plausible(const char *hex)
{
    struct hex h = unhex(hex);
    bool yes = kq_header_plausible(h.p, h.n);
    free(h.p);
    return yes;
}

static void plausible_messages_for_getting_in_step(void **state)
{
    (void)state;
    assert_true(plausible("01 00 0000 0d000000"));
    assert_true(plausible("01 00 0000 0d000000 fa"));
    assert_true(plausible("01 01 0000 0e000000 0a 00 00000000"));
    assert_true(plausible("01 02 0000 0e000000 80 74797065 00"));
    assert_true(plausible("00 00 0100 00000026 000007d1 c0 04 00"));
    assert_false(plausible("01 00 0000 0d0000"));
    assert_false(plausible("01 00 0000 0d000000 03"));
    assert_false(plausible("01 00 0000 0d000000 14"));
    assert_false(plausible("01 00 0000 0e000000 0a 05 00000000"));
    assert_false(plausible("01 00 0000 0e000000 80 74797065 00"));
    assert_false(plausible("01 00 0100 26000000 ffffff7f"));
    assert_false(plausible("01 00 0100 26000000 d1070000 01 ff"));
    assert_false(plausible("00 00 0000 00000000"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_headers_both_ways),
        cmocka_unit_test(impossible_headers_are_refused),
        cmocka_unit_test(plausible_messages_for_getting_in_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

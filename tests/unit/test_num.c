/*
 * test_num.c - whole numbers, digit words, hex, durations and sizes.
 */
#include "base/num.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void check_i64(int64_t v)
{
    char t[KQ_NUM_MAX], want[32];
    snprintf(want, sizeof want, "%" PRId64, v);
    size_t n = kq_fmt_i64(t, v);
    t[n] = 0;
    assert_string_equal(t, want);
    int64_t back = 42;
    assert_true(kq_parse_i64(t, n, &back));
    assert_int_equal(back, v);
}

static void check_u64(uint64_t v)
{
    char t[KQ_NUM_MAX], want[32];
    snprintf(want, sizeof want, "%" PRIu64, v);
    size_t n = kq_fmt_u64(t, v);
    t[n] = 0;
    assert_string_equal(t, want);
    uint64_t back = 42;
    assert_true(kq_parse_u64(t, n, &back));
    assert_int_equal(back, v);
}

static void whole_numbers_of_every_length(void **state)
{
    (void)state;
    uint64_t p = 1;
    for (int digits = 1; digits <= 20; digits++, p *= 10) {
        for (uint64_t near = 0; near < 3; near++) {
            check_u64(p - 1 + near);
            check_i64((int64_t)(p - 1 + near));
            check_i64(-(int64_t)((p - 1 + near) >> 1));
        }
    }
    check_i64(INT64_MIN);
    check_i64(INT64_MAX);
    check_u64(UINT64_MAX);
    uint64_t r = 1;
    for (int i = 0; i < 200000; i++) {
        r = r * UINT64_C(6364136223846793005) + 1442695040888963407u;
        check_i64((int64_t)(r >> (i % 64)));
    }
}

static void reads_signs(void **state)
{
    (void)state;
    int64_t v;
    assert_true(kq_parse_i64("+42", 3, &v));
    assert_int_equal(v, 42);
    assert_true(kq_parse_i64("-042", 4, &v));
    assert_int_equal(v, -42);
    assert_true(kq_parse_i64("00000000000000000000000000000007", 32, &v));
    assert_int_equal(v, 7);
}

static void refuses_what_is_no_whole_number(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "-",
        "+",
        "--1",
        "-+1",
        "1.5",
        "12a",
        "1234567:9",
        "/2345678",
        "9223372036854775808",
        "-9223372036854775809",
        " 1",
        "1 ",
        "18446744073709551616",
        "100000000000000000000000",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t v = 42;
        if (kq_parse_i64(cases[i], strlen(cases[i]), &v) || v != 42)
            fail_msg("\"%s\" was read as %" PRId64, cases[i], v);
    }
    uint64_t u;
    assert_false(kq_parse_u64("-1", 2, &u));
    assert_false(kq_parse_u64("18446744073709551616", 20, &u));
}

static void digit_words_spell_numbers(void **state)
{
    (void)state;
    char t[16], want[16];
    for (uint32_t v = 0; v < 100000000; v += 9973) {
        snprintf(want, sizeof want, "%08u", v);
        kq_put8(t, v);
        assert_memory_equal(t, want, 8);
        uint64_t w = kq_load8(t) ^ KQ_BYTES8('0');
        assert_true(kq_digits8_ok(w));
        assert_int_equal(kq_digits8_value(w), v);
    }
    kq_put9(t, 987654321);
    assert_memory_equal(t, "987654321", 9);
    kq_put9(t, 1);
    assert_memory_equal(t, "000000001", 9);
    for (uint32_t v = 0; v < 10000; v++) {
        snprintf(want, sizeof want, "%04u", v);
        kq_put4(t, v);
        assert_memory_equal(t, want, 4);
        kq_put3(t, v % 1000);
        assert_memory_equal(t, want + 1, 3);
    }
}

static void digit_words_notice_other_bytes(void **state)
{
    (void)state;
    for (int at = 0; at < 8; at++) {
        for (int c = 0; c < 256; c++) {
            char t[8] = {'0', '9', '5', '0', '9', '1', '2', '9'};
            t[at] = (char)c;
            bool ok = kq_digits8_ok(kq_load8(t) ^ KQ_BYTES8('0'));
            assert_int_equal(ok, c >= '0' && c <= '9');
        }
    }
}

static void hex_both_ways(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x00, 0x2a, 0xff, 0x9c};
    char t[8];
    assert_int_equal(kq_fmt_hex(t, bytes, 4), 8);
    assert_memory_equal(t, "002aff9c", 8);
    uint8_t back[4];
    assert_true(kq_parse_hex("002AfF9c", 8, back));
    assert_memory_equal(back, bytes, 4);
    assert_true(kq_parse_hex("", 0, back));
    assert_false(kq_parse_hex("123", 3, back));
    assert_false(kq_parse_hex("0g", 2, back));
    assert_false(kq_parse_hex("g0", 2, back));
    assert_false(kq_parse_hex("@0", 2, back));
    assert_int_equal(kq_hex_value('F'), 15);
    assert_int_equal(kq_hex_value('\xe6'), -1);
}

static void durations(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ns; /* -1: refused */
    } cases[] = {
        {"250ms", 250000000},
        {"5s", 5000000000},
        {"5", 5000000000},
        {"2m", 120000000000},
        {"1h", 3600000000000},
        {"10us", 10000},
        {"3ns", 3},
        {"1.5s", 1500000000},
        {"0.000000001", 1},
        {".5", 500000000},
        {"1.m", 60000000000},
        {"0", 0},
        {"0s", 0},
        {"none", 0},
        {"0.1ns", 1}, /* not unlimited */
        {"0.0000000000001", 1},
        {"9223372036s", 9223372036000000000},
        {"9223372037s", -1},
        {"99999999999999999999", -1},
        {"", -1},
        {"s", -1},
        {".", -1},
        {".s", -1},
        {"-1s", -1},
        {"+1s", -1},
        {"5 s", -1},
        {"5x", -1},
        {"5S", -1},
        {"1.5.5s", -1},
        {"1e3", -1},
        {"5ms ", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t ns = -1;
        bool ok = kq_parse_duration(kq_strz(cases[i].text), &ns);
        if (ok != (cases[i].ns >= 0) || ns != cases[i].ns)
            fail_msg("\"%s\" gave %d and %" PRId64, cases[i].text, ok, ns);
    }
}

static void sizes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        uint64_t bytes;
    } cases[] = {
        {"64k", true, 65536},
        {"10M", true, 10485760},
        {"2G", true, UINT64_C(2147483648)},
        {"1T", true, UINT64_C(1099511627776)},
        {"1.5k", true, 1536},
        {"123", true, 123},
        {"64K", true, 65536},
        {"0", true, 0},
        {"none", true, 0},
        {"18446744073709551615", true, UINT64_MAX},
        {"16777216T", false, 0},
        {"18446744073709551616", false, 0},
        {"", false, 0},
        {"k", false, 0},
        {"-1", false, 0},
        {"+1", false, 0},
        {"1kB", false, 0},
        {"1 k", false, 0},
        {"1x", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t v = 0;
        bool ok = kq_parse_size(kq_strz(cases[i].text), &v);
        if (ok != cases[i].ok || v != cases[i].bytes)
            fail_msg("\"%s\" gave %d and %" PRIu64, cases[i].text, ok, v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_of_every_length),
        cmocka_unit_test(reads_signs),
        cmocka_unit_test(refuses_what_is_no_whole_number),
        cmocka_unit_test(digit_words_spell_numbers),
        cmocka_unit_test(digit_words_notice_other_bytes),
        cmocka_unit_test(hex_both_ways),
        cmocka_unit_test(durations),
        cmocka_unit_test(sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_utf8.c - every code point there and back, and what must be refused.
 */
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void every_code_point_there_and_back(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x110010; cp++) {
        char t[4];
        size_t n = kq_utf8_encode(t, cp);
        bool real = cp <= 0x10ffff && (cp < 0xd800 || cp > 0xdfff);
        assert_int_equal(n != 0, real);
        if (!real)
            continue;
        uint32_t back = 0xffffffff;
        assert_int_equal(kq_utf8_len(t[0]), n);
        assert_int_equal(kq_utf8_decode(t, n, &back), n);
        assert_int_equal(back, cp);
        assert_int_equal(kq_utf8_decode(t, n - 1, &back), 0);
    }
}

static void known_texts(void **state)
{
    (void)state;
    char t[4];
    assert_int_equal(kq_utf8_encode(t, 0xfc), 2);
    assert_memory_equal(t, "\303\274", 2);
    assert_int_equal(kq_utf8_encode(t, 0x20ac), 3);
    assert_memory_equal(t, "\342\202\254", 3);
    assert_int_equal(kq_utf8_encode(t, 0x1f600), 4);
    assert_memory_equal(t, "\360\237\230\200", 4);
}

static void prefix_ends_where_text_goes_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t good;
    } cases[] = {
        {"", 0},
        {"plain ascii text, longer than a word", 36},
        {"Z\303\274rich", 7},
        {"12345678\342\202\254", 11},
        {"1234567\342\202", 7},
        {"\300\200", 0},                     /* overlong NUL */
        {"\301\277", 0},                     /* overlong DEL */
        {"a\340\200\200", 1},                /* overlong in 3 bytes */
        {"\360\200\200\200", 0},             /* overlong in 4 bytes */
        {"\355\240\200", 0},                 /* surrogate */
        {"\364\220\200\200", 0},             /* above U+10FFFF */
        {"\365\200\200\200", 0},             /* no such lead byte */
        {"ok\200", 2},                       /* continuation alone */
        {"ok\303(", 2},                      /* continuation missing */
        {"\357\277\277\364\217\277\277", 7}, /* the last of 3 and 4 bytes */
        {"12345678abcdefg\377", 15},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t len = strlen(cases[i].text);
        assert_int_equal(kq_utf8_prefix(cases[i].text, len), cases[i].good);
        assert_int_equal(kq_utf8_valid(cases[i].text, len), cases[i].good == len);
    }
}

static void ascii_prefix_at_every_place(void **state)
{
    (void)state;
    char t[40];
    memset(t, 'a', sizeof t);
    for (size_t i = 0; i < sizeof t; i++) {
        t[i] = '\200';
        assert_int_equal(kq_utf8_ascii(t, sizeof t), i);
        assert_int_equal(kq_utf8_ascii(t, i), i);
        t[i] = 'a';
    }
    assert_int_equal(kq_utf8_ascii(t, sizeof t), sizeof t);
}

static void counts_characters_and_stray_bytes(void **state)
{
    (void)state;
    assert_int_equal(kq_utf8_count("Z\303\274rich", 7), 6);
    assert_int_equal(kq_utf8_count("a\377\303", 3), 3);
    assert_int_equal(kq_utf8_count("", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_there_and_back),
        cmocka_unit_test(known_texts),
        cmocka_unit_test(prefix_ends_where_text_goes_wrong),
        cmocka_unit_test(ascii_prefix_at_every_place),
        cmocka_unit_test(counts_characters_and_stray_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

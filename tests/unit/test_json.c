/*
 * test_json.c - the streaming writer by itself.
 */
#include "text/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void expect(struct kq_out *o, const char *want)
{
    kq_out_char(o, '\0');
    assert_string_equal(o->buf, want);
    kq_out_release(o);
}

static void expect_quoted(const char *s, size_t len, bool latin1, const char *want)
{
    struct kq_out o;
    kq_out_init_mem(&o);
    size_t n = kq_json_quote(&o, s, len, latin1);
    assert_int_equal(n, strlen(want));
    expect(&o, want);
}

static void commas(void **state)
{
    struct kq_out o;
    (void)state;
    kq_out_init_mem(&o);
    struct kq_json j = kq_json(&o);
    kq_json_obj_begin(&j);
    kq_json_key_i64(&j, "v", 1);
    kq_json_key(&j, "list");
    kq_json_arr_begin(&j);
    kq_json_i64(&j, INT64_MIN);
    kq_json_u64(&j, UINT64_MAX);
    kq_json_arr_begin(&j);
    kq_json_arr_end(&j);
    kq_json_obj_begin(&j);
    kq_json_obj_end(&j);
    kq_json_bool(&j, true);
    kq_json_arr_end(&j);
    kq_json_key(&j, "none");
    kq_json_strz(&j, NULL);
    kq_json_key_str(&j, "s", kq_strz("a\"b"));
    kq_json_key(&j, "raw");
    kq_json_raw(&j, "[1]", 3);
    kq_json_obj_end(&j);
    expect(&o, "{\"v\":1,\"list\":[-9223372036854775808,18446744073709551615,[],{},true],"
               "\"none\":null,\"s\":\"a\\\"b\",\"raw\":[1]}");
}

static void floats(void **state)
{
    struct kq_out o;
    (void)state;
    kq_out_init_mem(&o);
    struct kq_json j = kq_json(&o);
    kq_json_arr_begin(&j);
    kq_json_f64(&j, 0.1);
    kq_json_f64(&j, 3);
    kq_json_f64(&j, 1.0 / 3);
    kq_json_f64(&j, NAN);
    kq_json_f64(&j, -INFINITY);
    kq_json_arr_end(&j);
    expect(&o, "[0.1,3,0.3333333333333333,null,null]");
}

static void escapes(void **state)
{
    (void)state;
    expect_quoted("", 0, false, "\"\"");
    expect_quoted("plain text, long enough", 23, false, "\"plain text, long enough\"");
    expect_quoted("\"\\/\b\f\n\r\t", 8, false, "\"\\\"\\\\/\\b\\f\\n\\r\\t\"");
    expect_quoted("\0\x1f\x7f", 3, false, "\"\\u0000\\u001f\x7f\"");
    expect_quoted("12345678\"12345678", 17, false, "\"12345678\\\"12345678\"");
}

static void encodings(void **state)
{
    (void)state;
    expect_quoted("Z\303\274rich \360\237\230\200", 12, false,
                  "\"Z\303\274rich \360\237\230\200\"");
    expect_quoted("Z\374rich", 6, false, "\"Z\\u00fcrich\"");
    expect_quoted("cut \303", 5, false, "\"cut \\u00c3\"");
    expect_quoted("\355\240\200", 3, false, "\"\\u00ed\\u00a0\\u0080\"");
    expect_quoted("\303\274", 2, true, "\"\\u00c3\\u00bc\"");
}

/* Each of the 256 bytes at each place of a word, against a simple model. */
static void every_byte_everywhere(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        for (size_t at = 0; at < 17; at++) {
            char text[17], want[64], one[8];
            bool plain = c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
            memset(text, 'x', sizeof text);
            text[at] = (char)c;
            const char *letter = c ? strchr("\"\"\\\\\bb\ff\nn\rr\tt", c) : NULL;
            if (plain)
                snprintf(one, sizeof one, "%c", c);
            else if (letter)
                snprintf(one, sizeof one, "\\%c", letter[1]);
            else
                snprintf(one, sizeof one, "\\u%04x", (unsigned)c);
            snprintf(want, sizeof want, "\"%.*s%s%.*s\"", (int)at, "xxxxxxxxxxxxxxxxx", one,
                     (int)(16 - at), "xxxxxxxxxxxxxxxxx");
            expect_quoted(text, sizeof text, false, want);
        }
    }
}

/* Long text is written in pieces: no sequence may be cut in two. */
static void long_text(void **state)
{
    enum { COUNT = 5000 };
    char *text = malloc(3 * COUNT + 1), *want = malloc(3 * COUNT + 3);
    (void)state;
    for (int shift = 0; shift < 3; shift++) {
        memset(text, 'a', 3);
        for (int i = 0; i < COUNT - 1; i++)
            memcpy(text + shift + 3 * i, "\342\202\254", 3);
        size_t len = (size_t)shift + 3 * (COUNT - 1);
        text[len] = '\0';
        snprintf(want, 3 * COUNT + 3, "\"%s\"", text);
        expect_quoted(text, len, false, want);
    }
    free(text);
    free(want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas),
        cmocka_unit_test(floats),
        cmocka_unit_test(escapes),
        cmocka_unit_test(encodings),
        cmocka_unit_test(every_byte_everywhere),
        cmocka_unit_test(long_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

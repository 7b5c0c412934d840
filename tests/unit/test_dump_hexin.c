/*
 * test_dump_hexin.c - every notation of hex gives the same bytes.
 */
#include "hexin.h"

#include "hex.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* All bytes of the text, fed in pieces; -1 in *n for what is refused. */
static void read_hex(const char *text, size_t piece, struct kq_buf *all, int *lines,
                     struct kq_err *err)
{
    struct dump_hexin h;
    size_t len = strlen(text);
    int got = 0;
    *lines = 0;
    kq_buf_init(all, KQ_BUF_NOMAX);
    dump_hexin_init(&h);
    for (size_t at = 0; at < len && got >= 0; at += piece) {
        const char *p = text + at;
        size_t n = len - at < piece ? len - at : piece;
        while ((got = dump_hexin_next(&h, &p, &n, err)) > 0) {
            kq_buf_append(all, h.bytes.data, h.bytes.len);
            ++*lines;
        }
    }
    if (got >= 0 && (got = dump_hexin_end(&h, err)) > 0) {
        kq_buf_append(all, h.bytes.data, h.bytes.len);
        ++*lines;
    }
    if (got < 0)
        *lines = -1;
    dump_hexin_release(&h);
}

static void expect(const char *text, const char *want)
{
    struct hex h = unhex(want);
    struct kq_buf all;
    struct kq_err err = {0};
    int lines;
    for (size_t piece = 1; piece <= strlen(text); piece++) {
        read_hex(text, piece, &all, &lines, &err);
        if (lines < 0)
            fail_msg("'%s' is refused: %s", text, err.msg);
        assert_int_equal(all.len, h.n);
        assert_memory_equal(all.data, h.p, h.n);
        kq_buf_release(&all);
    }
    free(h.p);
}

static void reads_plain_digits(void **state)
{
    (void)state;
    expect("0102ff", "0102ff");
    expect("0x0102FF\n", "0102ff");
    expect("01 02\tff\r\n", "0102ff");
    expect("01:02:ff\n", "0102ff");
    expect("\\x01\\x02\\xff", "0102ff");
    expect("{0x01, 0x02,\n 0xff};\n", "0102ff");
    expect("# two messages\n0x01\n\n0x02\n", "0102");
}

static void reads_dumps(void **state)
{
    (void)state;
    expect("00000000: 0100 0000 0d00 0000 fa2a 0000 003a 207c  .........*...: |\n"
           "00000010: 6162                                     ab\n",
           "010000000d000000fa2a0000003a207c6162");
    expect("00000000  01 00 00 00 0d 00 00 00  fa 2a 00 00 00 3a 20 7c  |.........*...: ||\n"
           "00000010  61 62                                             |ab|\n"
           "00000012\n",
           "010000000d000000fa2a0000003a207c6162");
    expect("000000 01 00 00 00 0d\n000005\n", "010000000d");
}

static void keeps_lines_apart(void **state)
{
    (void)state;
    struct kq_buf all;
    struct kq_err err;
    int lines;
    read_hex("0102\n\n03\n04", 100, &all, &lines, &err);
    assert_int_equal(lines, 3);
    kq_buf_release(&all);
}

static void reads_lines_of_any_length(void **state)
{
    (void)state;
    size_t n = 300001;
    char *text = malloc(2 * n + 1);
    for (size_t i = 0; i < n; i++)
        snprintf(text + 2 * i, 3, "%02x", (unsigned)(i % 251));
    struct kq_buf all;
    struct kq_err err;
    int lines;
    read_hex(text, 4097, &all, &lines, &err);
    assert_int_equal(all.len, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(all.data[i], i % 251);
    kq_buf_release(&all);
    free(text);
}

static void refuses_what_is_not_hex(void **state)
{
    (void)state;
    struct kq_buf all;
    struct kq_err err = {0};
    int lines;
    read_hex("0102\n01zz\n", 100, &all, &lines, &err);
    assert_int_equal(lines, -1);
    assert_int_equal(err.code, KQ_EPROTO);
    assert_string_equal(err.msg, "line 2: \"zz\" is not hex");
    kq_buf_release(&all);
    read_hex("010\n", 100, &all, &lines, &err);
    assert_int_equal(lines, -1);
    assert_string_equal(err.msg, "line 1: odd number of hex digits at \"010\"");
    kq_buf_release(&all);
}

static void detects_hex(void **state)
{
    (void)state;
    const char *const yes[] = {"0x01", "01 02", "00000000: 0100 0d00  ....\n", "AB:cd\n"};
    const char *const no[] = {"", "hello", "\x01\x02", "select from t", "1"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(dump_hexin_detect((const uint8_t *)yes[i], strlen(yes[i])));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(dump_hexin_detect((const uint8_t *)no[i], strlen(no[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_plain_digits),      cmocka_unit_test(reads_dumps),
        cmocka_unit_test(keeps_lines_apart),       cmocka_unit_test(reads_lines_of_any_length),
        cmocka_unit_test(refuses_what_is_not_hex), cmocka_unit_test(detects_hex),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

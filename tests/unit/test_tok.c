/* Fields as values: what each type accepts, and that the rest is null. */
#include "text/tok.h"

#include "base/cal.h"
#include "obj/null.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void is_int(char letter, const char *text, int64_t want)
{
    union kq_tokval v;
    int type = kq_type_of_char((char)(letter | 0x20));
    if (!kq_tok(type, text, strlen(text), &v) || v.j != want)
        fail_msg("\"%c\"$\"%s\": %lld, expected %lld", letter, text, (long long)v.j,
                 (long long)want);
}

static void is_float(char letter, const char *text, double want)
{
    union kq_tokval v;
    int type = kq_type_of_char((char)(letter | 0x20));
    if (!kq_tok(type, text, strlen(text), &v) || !(v.f == want || (isnan(v.f) && isnan(want))))
        fail_msg("\"%c\"$\"%s\": %.17g, expected %.17g", letter, text, v.f, want);
}

/* Unparsable: said so, and null. */
static void is_bad(char letter, const char *text)
{
    union kq_tokval v, null;
    int type = kq_type_of_char((char)(letter | 0x20));
    bool ok = kq_tok(type, text, strlen(text), &v);
    null = kq_tok_null(type);
    bool is_null = kq_typeinfo(type)->class == KQ_CLASS_FLOAT ? isnan(v.f) : v.j == null.j;
    if (ok || !is_null)
        fail_msg("\"%c\"$\"%s\" was %s", letter, text, ok ? "accepted" : "not null");
}

static void test_integers(void **state)
{
    (void)state;
    is_int('J', "123456789", 123456789);
    is_int('J', " -5 ", -5);
    is_int('J', "", INT64_MIN);
    is_int('J', "0N", INT64_MIN);
    is_int('J', "-0W", -INT64_MAX);
    is_int('I', "192.168.1.34", -1062731486);
    is_int('I', "0Wi", INT32_MAX);
    is_int('H', "-32767", -32767);
    is_bad('H', "32768");
    is_bad('I', "1.5");
    is_bad('I', "1.2.3.256");
    is_bad('J', "12x");
    is_bad('J', "9223372036854775808");
}

static void test_bytes(void **state)
{
    (void)state;
    is_int('B', " Y ", 1);
    is_int('B', "    N ", 0);
    is_int('B', "true", 1);
    is_int('B', "", 0);
    for (const char *c = "txyTXY1"; *c; c++)
        is_int('B', (char[]){*c, 0}, 1);
    is_bad('B', "q");
    is_int('X', "2a", 0x2a);
    is_int('X', "0xF", 15);
    is_bad('X', "123");
    is_int('C', "x", 'x');
    is_int('C', "", ' ');
}

static void test_floats(void **state)
{
    (void)state;
    is_float('F', "3.14", 3.14);
    is_float('F', "-1e3", -1000);
    is_float('F', "0w", (double)INFINITY);
    is_float('F', "", (double)NAN);
    is_float('E', "3.14", (double)3.14f);
    is_float('Z', "2000.01.02T12:00:00.000", 1.5);
    is_float('Z', "2000-01-02", 1);
    is_float('Z', "0001.01.01T00:00:00.000", -730119);
    is_bad('F', "abc");
    is_bad('F', "1.2.3");
}

static void test_dates(void **state)
{
    (void)state;
    static const char *const jan2[] = {
        "2024.01.02",  "2024-01-02",           "2024/01/02",      "20240102",
        "240102",      "01/02/2024",           "1/2/2024",        "2Jan2024",
        "02-jan-2024", "2024-01-02T10:00:00Z", "2024.01.02D10:00"};
    for (size_t i = 0; i < sizeof jan2 / sizeof *jan2; i++)
        is_int('D', jan2[i], 8767);
    is_int('D', "20130315", 4822);
    is_int('M', "2024.01", 288);
    is_int('M', "202401", 288);
    is_int('M', "2024-01-15", 288);
    is_bad('D', "2024.02.30");
    is_bad('D', "30/30/2024");
    is_bad('D', "x");
    is_bad('M', "202413");
}

static void test_times(void **state)
{
    (void)state;
    is_int('T', "123456789", 45296789);
    is_int('T', "185540686", 68140686);
    is_int('T', "12", 43200000);
    is_int('T', "12:34", 45240000);
    is_int('T', "12:34:56.789", 45296789);
    is_int('T', "-00:00:01", -1000);
    is_int('U', "12:13:14", 733);
    is_int('V', "12:13:14", 43994);
    is_int('V', "121314", 43994);
    is_int('N', "1D02:00:00.000000005", INT64_C(93600000000005));
    is_int('N', "0D01", INT64_C(3600000000000));
    is_int('N', "-1D0130", -INT64_C(91800000000000));
    is_int('N', "12:00", INT64_C(43200000000000));
    is_int('T', "2024.01.02D12:00:00", 43200000);
    is_bad('T', "12:61");
    is_bad('T', "126100");
    is_bad('V', "noon");
}

static void test_timestamps(void **state)
{
    (void)state;
    int64_t day = 8767 * KQ_NS_PER_DAY;
    is_int('P', "2024.01.02D03:04:05.123456789", day + INT64_C(11045123456789));
    is_int('P', "2024-01-02T03:04:05.123456789Z", day + INT64_C(11045123456789));
    is_int('P', "2024-01-02 03:04:05", day + INT64_C(11045000000000));
    is_int('P', "2024-01-02T03:04:05+01:00", day + INT64_C(7445000000000));
    is_int('P', "2024-01-02", day);
    is_int('P', "20240102", day);
    is_int('P', "1704164645", day + INT64_C(11045000000000));
    is_int('P', "1704164645.5", day + INT64_C(11045500000000));
    is_int('P', "2015-10-28D03:55:58.6542", INT64_C(499319758654200000));
    is_bad('P', "2024-01-02T25:00");
    is_bad('P', "yesterday");
}

static void epoch(char letter, int64_t unit, const char *text, int64_t want)
{
    union kq_tokval v;
    int type = kq_type_of_char(letter);
    if (!kq_tok_epoch(type, unit, text, strlen(text), &v) || v.j != want)
        fail_msg("%c epoch \"%s\": %lld, expected %lld", letter, text, (long long)v.j,
                 (long long)want);
}

static void test_epoch(void **state)
{
    (void)state;
    int64_t day = 8767 * KQ_NS_PER_DAY;
    epoch('p', 1000000000, "1704164645", day + INT64_C(11045000000000));
    epoch('p', 1000000, "1704164645123", day + INT64_C(11045123000000));
    epoch('p', 1000000, "1704164645123.5", day + INT64_C(11045123500000));
    epoch('p', 1, "1704164645123456789", day + INT64_C(11045123456789));
    epoch('p', 1000000000, "", INT64_MIN);
    epoch('d', 1000, "1704164645123456", 8767);
    epoch('d', 1000000000, "-1", -10958);
    epoch('t', 1000000, "1704164645123", 11045123);
    epoch('m', 1000000, "1704164645123", 288);
    union kq_tokval v;
    assert_false(kq_tok_epoch(KQ_TIMESTAMP, 1000000000, "1e9", 3, &v));
    assert_int_equal(v.j, INT64_MIN);
    assert_false(kq_tok_epoch(KQ_TIMESTAMP, 1000000000, "9223372036854775807", 19, &v));
}

static void is_guid(const char *text, const char *want)
{
    static const char hex[] = "0123456789abcdef";
    union kq_tokval v;
    char got[33] = {0};
    if (!kq_tok(KQ_GUID, text, strlen(text), &v))
        fail_msg("%s: refused", text);
    for (int i = 0; i < 16; i++) {
        got[2 * i] = hex[v.g[i] >> 4];
        got[2 * i + 1] = hex[v.g[i] & 15];
    }
    assert_string_equal(got, want);
}

static void test_guids(void **state)
{
    (void)state;
    is_guid("8c680a01-5a49-5aab-5a65-d4bfddb6a661", "8c680a015a495aab5a65d4bfddb6a661");
    is_guid("8C680A015A495AAB5A65D4BFDDB6A661", "8c680a015a495aab5a65d4bfddb6a661");
    is_guid("2001:0DB8:85A3:0000:0000:8A2E:0370:7334", "20010db885a3000000008a2e03707334");
    is_guid("2001:0DB8:85A3::8A2E:0370:7334", "20010db885a3000000008a2e03707334");
    is_guid("::8A2E:0370:7334", "000000000000000000008a2e03707334");
    is_guid("::FFFF:192.0.2.1", "00000000000000000000ffffc0000201");
    is_guid("", "00000000000000000000000000000000");
    union kq_tokval v;
    static const char *const bad[] = {
        "8c680a01-5a49-5aab-5a65-d4bfddb6a66", "x", "1:2:3", "1:2:3:4:5:6:7:8:9", "1::2::3", ":::",
        "8c680a01 5a49-5aab-5a65-d4bfddb6a661"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (kq_tok(KQ_GUID, bad[i], strlen(bad[i]), &v))
            fail_msg("%s: accepted", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers), cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_floats),   cmocka_unit_test(test_dates),
        cmocka_unit_test(test_times),    cmocka_unit_test(test_timestamps),
        cmocka_unit_test(test_epoch),    cmocka_unit_test(test_guids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

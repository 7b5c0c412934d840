/* Literals: type, value and extent of every kind, and what is refused. */
#include "text/lit.h"

#include "base/cal.h"
#include "obj/cmp.h"
#include "obj/list.h"
#include "obj/null.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct kq_obj *number(const char *text, size_t *used)
{
    struct kq_err err = {0};
    struct kq_obj *o = kq_lit_number(text, strlen(text), used, &err);
    if (!o)
        fail_msg("%s: %s", text, err.msg);
    return o;
}

/* `text` is one whole literal of `type`; the object is the caller's. */
static struct kq_obj *whole(const char *text, int type)
{
    size_t used;
    struct kq_obj *o = number(text, &used);
    if (o->type != type || used != strlen(text))
        fail_msg("%s: type %d, %zu bytes", text, o->type, used);
    return o;
}

static void is_int(const char *text, int type, int64_t want)
{
    struct kq_obj *o = whole(text, -type);
    if (o->u.j != want)
        fail_msg("%s: %lld, expected %lld", text, (long long)o->u.j, (long long)want);
    kq_unref(o);
}

static void is_float(const char *text, int type, double want)
{
    struct kq_obj *o = whole(text, -type);
    if (!(o->u.f == want || (isnan(o->u.f) && isnan(want))))
        fail_msg("%s: %.17g, expected %.17g", text, o->u.f, want);
    kq_unref(o);
}

static void test_integers(void **state)
{
    (void)state;
    is_int("42", KQ_LONG, 42);
    is_int("-42", KQ_LONG, -42);
    is_int("42j", KQ_LONG, 42);
    is_int("42i", KQ_INT, 42);
    is_int("-7h", KQ_SHORT, -7);
    is_int("9223372036854775807", KQ_LONG, INT64_MAX);
    is_int("0N", KQ_LONG, INT64_MIN);
    is_int("0Nh", KQ_SHORT, INT16_MIN);
    is_int("0Ni", KQ_INT, INT32_MIN);
    is_int("0W", KQ_LONG, INT64_MAX);
    is_int("-0W", KQ_LONG, -INT64_MAX);
    is_int("0Wi", KQ_INT, INT32_MAX);
    is_int("-0Wh", KQ_SHORT, -INT16_MAX);
    is_int("1b", KQ_BOOLEAN, 1);
    is_int("0b", KQ_BOOLEAN, 0);
    is_int("0x2a", KQ_BYTE, 42);
    is_int("0xF", KQ_BYTE, 15);
}

static void test_floats(void **state)
{
    (void)state;
    is_float("1.5", KQ_FLOAT, 1.5);
    is_float("-.5", KQ_FLOAT, -0.5);
    is_float("1.", KQ_FLOAT, 1);
    is_float("1f", KQ_FLOAT, 1);
    is_float("1e10", KQ_FLOAT, 1e10);
    is_float("1.234568e+08", KQ_FLOAT, 1.234568e+08);
    is_float("1e-08", KQ_FLOAT, 1e-8);
    is_float("1e", KQ_REAL, 1);
    is_float("5.5e", KQ_REAL, 5.5);
    is_float("1e+15e", KQ_REAL, (double)1e15f);
    is_float("0n", KQ_FLOAT, (double)NAN);
    is_float("0w", KQ_FLOAT, (double)INFINITY);
    is_float("-0w", KQ_FLOAT, -(double)INFINITY);
    is_float("0Ne", KQ_REAL, (double)NAN);
    is_float("0we", KQ_REAL, (double)INFINITY);
    is_float("0Nz", KQ_DATETIME, (double)NAN);
    is_float("2000.01.04T05:36:57.600", KQ_DATETIME, 3 + 20217.6 / 86400);
}

static void test_times(void **state)
{
    (void)state;
    is_int("2000.01.01", KQ_DATE, 0);
    is_int("2024.02.29", KQ_DATE, 8825);
    is_int("0Nd", KQ_DATE, INT32_MIN);
    is_int("2001.01m", KQ_MONTH, 12);
    is_int("2000.01.04D05:36:57.600000000", KQ_TIMESTAMP, INT64_C(279417600000000));
    is_int("2000.01.02D", KQ_TIMESTAMP, KQ_NS_PER_DAY);
    is_int("0p", KQ_TIMESTAMP, 0);
    is_int("2000.01.02p", KQ_TIMESTAMP, KQ_NS_PER_DAY);
    is_int("-0Wp", KQ_TIMESTAMP, -INT64_MAX);
    is_int("12:01", KQ_MINUTE, 721);
    is_int("12:05:00", KQ_SECOND, 43500);
    is_int("12:04:59.123", KQ_TIME, 43499123);
    is_int("-00:00:00.009", KQ_TIME, -9);
    is_int("12:00t", KQ_TIME, 43200000);
    is_int("12t", KQ_TIME, 43200000);
    is_int("0t", KQ_TIME, 0);
    is_int("99:00", KQ_MINUTE, 5940);
    is_int("00:00:00.000000001", KQ_TIMESPAN, 1);
    is_int("0D05:36:57.600000000", KQ_TIMESPAN, INT64_C(20217600000000));
    is_int("1D", KQ_TIMESPAN, KQ_NS_PER_DAY);
    is_int("-106751D23:47:16.854775806", KQ_TIMESPAN, -INT64_C(9223372036854775806));
    is_int("0D", KQ_TIMESPAN, 0);
}

static void is_vector(const char *text, int type, int64_t n, const int64_t *want)
{
    struct kq_obj *o = whole(text, type);
    if (o->n != n)
        fail_msg("%s: %lld items", text, (long long)o->n);
    for (int64_t i = 0; i < n; i++)
        if (kq_int_at(o, i) != want[i])
            fail_msg("%s: item %lld is %lld", text, (long long)i, (long long)kq_int_at(o, i));
    kq_unref(o);
}
#define IS_VECTOR(text, type, ...) \
    is_vector(text, type, sizeof((int64_t[]){__VA_ARGS__}) / 8, (int64_t[]){__VA_ARGS__})

static void test_runs(void **state)
{
    (void)state;
    IS_VECTOR("1 0N 3i", KQ_INT, 1, INT32_MIN, 3);
    IS_VECTOR("2 -1", KQ_LONG, 2, -1);
    IS_VECTOR("1\t2  3h", KQ_SHORT, 1, 2, 3);
    IS_VECTOR("0W -0W 0Ni", KQ_INT, INT32_MAX, -INT32_MAX, INT32_MIN);
    IS_VECTOR("2000.01.01 0Nd", KQ_DATE, 0, INT32_MIN);
    IS_VECTOR("0N 2000.01.01", KQ_DATE, INT32_MIN, 0);
    IS_VECTOR("2000.01 2001.01m", KQ_MONTH, 0, 12);
    IS_VECTOR("2000.02 0Nm", KQ_MONTH, 1, INT32_MIN);
    IS_VECTOR("13:30 20:00t", KQ_TIME, 48600000, 72000000);
    IS_VECTOR("12:00 12:00:01", KQ_SECOND, 43200, 43201);
    IS_VECTOR("2000.01.01 2000.01.02D", KQ_TIMESTAMP, 0, KQ_NS_PER_DAY);
    IS_VECTOR("0101b", KQ_BOOLEAN, 0, 1, 0, 1);
    IS_VECTOR("0x0102ff", KQ_BYTE, 1, 2, 255);
    IS_VECTOR("0x123", KQ_BYTE, 1, 0x23);
}

static void test_float_runs(void **state)
{
    (void)state;
    struct kq_obj *o = whole("1 2.5 0N 0w", KQ_FLOAT);
    assert_true(kq_float_at(o, 0) == 1 && kq_float_at(o, 1) == 2.5);
    assert_true(isnan(kq_float_at(o, 2)) && isinf(kq_float_at(o, 3)));
    kq_unref(o);
    o = whole("0N 5.5e", KQ_REAL);
    assert_true(isnan(kq_float_at(o, 0)) && kq_float_at(o, 1) == 5.5);
    kq_unref(o);
    o = whole("0w 2000.01.01T00:00 0n", KQ_DATETIME);
    assert_true(isinf(kq_float_at(o, 0)) && kq_float_at(o, 1) == 0 && isnan(kq_float_at(o, 2)));
    kq_unref(o);
    o = whole("1 2 3f", KQ_FLOAT);
    assert_int_equal(o->n, 3);
    kq_unref(o);
}

static void ends_at(const char *text, size_t want)
{
    size_t used;
    kq_unref(number(text, &used));
    if (used != want)
        fail_msg("%s: %zu bytes used, expected %zu", text, used, want);
}

static void test_extent(void **state)
{
    (void)state;
    ends_at("1 2 3", 5);
    ends_at("1 2 +3", 3);
    ends_at("1-2", 1);
    ends_at("1 -2", 4);
    ends_at("1 - 2", 1);
    ends_at("1e5-2", 3);
    ends_at("1 2;3", 3);
    ends_at("0x01-1", 4);
    ends_at("1 0b", 4);
    ends_at("0 1 01b 1", 7);
    ends_at("2 0b", 1);
    ends_at("1_s", 1);
    ends_at("5 0:x", 1);
    ends_at("1 2 \n3", 3);
    ends_at("1 .f", 1);
}

static void test_starts(void **state)
{
    (void)state;
    assert_true(kq_lit_is_number("1", 1));
    assert_true(kq_lit_is_number("-1", 2));
    assert_true(kq_lit_is_number("-.1", 3));
    assert_true(kq_lit_is_number("0:00", 4));
    assert_false(kq_lit_is_number("-", 1));
    assert_false(kq_lit_is_number("-x", 2));
    assert_false(kq_lit_is_number("0:", 2));
    assert_false(kq_lit_is_number("1:0x00", 6));
    assert_false(kq_lit_is_number("2::", 3));
    assert_false(kq_lit_is_number("", 0));
}

static void refused(const char *text, const char *message, size_t at)
{
    struct kq_err err = {0};
    size_t used = 99;
    struct kq_obj *o = kq_lit_number(text, strlen(text), &used, &err);
    if (o)
        fail_msg("%s: accepted as type %d", text, o->type);
    assert_string_equal(err.msg, message);
    assert_int_equal(used, at);
}

static void test_refused(void **state)
{
    (void)state;
    refused("12:61", "bad literal '12:61'", 0);
    refused("1 2 12x", "bad literal '12x'", 4);
    refused("99999h", "bad literal '99999h'", 0);
    refused("9223372036854775808", "bad literal '9223372036854775808'", 0);
    refused("2024.02.30", "bad literal '2024.02.30'", 0);
    refused("1 2000.01.01", "bad literal '1'", 0);
    refused("2000.01.01 1.5", "'2000.01.01 1.5' mixes types", 0);
    refused("2000.01.01 12:00", "'2000.01.01 12:00' mixes types", 0);
    refused("1.5 2i", "bad literal '1.5'", 0);
    refused("0x0g", "bad literal '0x0g'", 0);
    refused("1i 2.5h", "bad literal '1i'", 0);
    refused("-0N", "bad literal '-0N'", 0);
}

static void test_guids(void **state)
{
    (void)state;
    static const char text[] = "8c680a01-5a49-5aab-5a65-d4bfddb6a661";
    size_t used;
    struct kq_err err;
    assert_true(kq_lit_is_guid(text, 36));
    assert_false(kq_lit_is_guid(text, 35));
    struct kq_obj *o = kq_lit_guid(text, 36, &used, &err);
    assert_int_equal(o->type, -KQ_GUID);
    assert_int_equal(o->u.g[0], 0x8c);
    assert_int_equal(o->u.g[15], 0x61);
    kq_unref(o);
    o = kq_lit_guid("8c680a01-5a49-5aab-5a65-d4bfddb6a661 0Ng x", 42, &used, &err);
    assert_int_equal(o->type, KQ_GUID);
    assert_int_equal(o->n, 2);
    assert_int_equal(used, 40);
    assert_true(kq_is_null_at(o, 1));
    kq_unref(o);
    o = number("0Ng", &used);
    assert_int_equal(o->type, -KQ_GUID);
    kq_unref(o);
}

static void is_string(const char *text, const char *want, size_t n)
{
    size_t used;
    struct kq_err err = {0};
    struct kq_obj *o = kq_lit_string(text, strlen(text), &used, &err);
    if (!o)
        fail_msg("%s: %s", text, err.msg);
    assert_int_equal(o->type, n == 1 ? -KQ_CHAR : KQ_CHAR);
    assert_int_equal(used, strlen(text));
    if (n == 1)
        assert_int_equal(o->u.j, (unsigned char)want[0]);
    else
        assert_memory_equal(kq_data(o), want, n);
    kq_unref(o);
}

static void test_strings(void **state)
{
    (void)state;
    is_string("\"abc\"", "abc", 3);
    is_string("\"\"", "", 0);
    is_string("\"a\"", "a", 1);
    is_string("\"\\\"\"", "\"", 1);
    is_string("\"Z\\303\\274rich\"", "Z\303\274rich", 7);
    is_string("\"\\\\\\n\\r\\t\"", "\\\n\r\t", 4);
    is_string("\"a\nb\"", "a\nb", 3);
    size_t used;
    struct kq_err err;
    assert_null(kq_lit_string("\"abc", 4, &used, &err));
    assert_string_equal(err.msg, "string without closing quote");
    assert_null(kq_lit_string("\"ab\\", 4, &used, &err));
    assert_null(kq_lit_string("\"a\\q\"", 5, &used, &err));
    assert_string_equal(err.msg, "bad escape '\\q' in string");
    assert_int_equal(used, 2);
    assert_null(kq_lit_string("\"\\777\"", 6, &used, &err));
}

static struct kq_obj *symbol(const char *text, size_t want_used)
{
    size_t used;
    struct kq_err err = {0};
    struct kq_obj *o = kq_lit_symbol(text, strlen(text), &used, &err);
    assert_non_null(o);
    assert_int_equal(used, want_used);
    return o;
}

static void test_symbols(void **state)
{
    (void)state;
    static const char *const atoms[] = {
        "`a", "`", "`.u.upd", "`:path/to-file", "`a_b1", "`:host:5010:user", "`\303\274"};
    for (size_t i = 0; i < sizeof atoms / sizeof *atoms; i++) {
        struct kq_obj *o = symbol(atoms[i], strlen(atoms[i]));
        assert_int_equal(o->type, -KQ_SYMBOL);
        assert_string_equal(kq_sym_text(o), atoms[i] + 1);
        kq_unref(o);
    }
    struct kq_obj *o = symbol("``quick``fox x", 12);
    assert_int_equal(o->type, KQ_SYMBOL);
    assert_int_equal(o->n, 4);
    assert_string_equal(kq_syms(o)[1], "quick");
    assert_string_equal(kq_syms(o)[2], "");
    kq_unref(o);
    kq_unref(symbol("`a`b;", 4));
    kq_unref(symbol("`a/b", 2));
}

static void test_names(void **state)
{
    (void)state;
    assert_int_equal(kq_lit_name_len("abc+1", 5), 3);
    assert_int_equal(kq_lit_name_len(".z.p;", 5), 4);
    assert_int_equal(kq_lit_name_len("a.b.", 4), 3);
    assert_int_equal(kq_lit_name_len("a_1 ", 4), 3);
    assert_int_equal(kq_lit_name_len("1a", 2), 0);
    assert_int_equal(kq_lit_name_len(".", 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers),   cmocka_unit_test(test_floats),
        cmocka_unit_test(test_times),      cmocka_unit_test(test_runs),
        cmocka_unit_test(test_float_runs), cmocka_unit_test(test_extent),
        cmocka_unit_test(test_starts),     cmocka_unit_test(test_refused),
        cmocka_unit_test(test_guids),      cmocka_unit_test(test_strings),
        cmocka_unit_test(test_symbols),    cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

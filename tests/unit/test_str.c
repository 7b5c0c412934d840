/*
 * test_str.c - slices: comparing, cutting, trimming and the distance behind "did you mean".
 */
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* cmocka has no assertion for slices. */
static void assert_str(struct kq_str got, const char *want)
{
    char text[128];
    snprintf(text, sizeof text, "%.*s", KQ_STR_FMT(got));
    assert_string_equal(text, want);
    assert_int_equal(got.len, strlen(want));
}

static void equality_is_by_bytes_and_length(void **state)
{
    (void)state;
    assert_true(kq_str_is(kq_str("abcdef", 3), "abc"));
    assert_false(kq_str_is(kq_str("abcdef", 4), "abc"));
    assert_false(kq_str_is(kq_strz("ab"), "abc"));
    assert_true(kq_str_eq(kq_str(NULL, 0), kq_strz("")));
    assert_false(kq_str_eq(kq_str("a\0b", 3), kq_str("a\0c", 3)));
}

static void starts_and_ends(void **state)
{
    (void)state;
    struct kq_str file = kq_strz("trades.csv.gz");
    assert_true(kq_str_starts(file, "trades"));
    assert_true(kq_str_starts(file, ""));
    assert_false(kq_str_starts(file, "rades"));
    assert_true(kq_str_ends(file, ".gz"));
    assert_false(kq_str_ends(file, ".csv"));
    assert_false(kq_str_ends(kq_strz("gz"), ".gz"));
}

static void trim_takes_blanks_at_both_ends(void **state)
{
    (void)state;
    assert_str(kq_str_trim(kq_strz(" \t a b\r\n")), "a b");
    assert_str(kq_str_trim(kq_strz("  \n")), "");
    assert_str(kq_str_trim(kq_strz("")), "");
    assert_str(kq_str_trim(kq_strz("x")), "x");
}

static void cut_splits_at_the_first_separator(void **state)
{
    (void)state;
    struct kq_str head, rest;
    assert_true(kq_str_cut(kq_strz("a:b:c"), ':', &head, &rest));
    assert_str(head, "a");
    assert_str(rest, "b:c");
    assert_true(kq_str_cut(rest, ':', &head, &rest)); /* in place, as in a loop */
    assert_str(head, "b");
    assert_str(rest, "c");
    assert_false(kq_str_cut(rest, ':', &head, &rest));
    assert_str(head, "c");
    assert_str(rest, "");
    assert_true(kq_str_cut(kq_strz(":"), ':', &head, &rest));
    assert_str(head, "");
    assert_str(rest, "");
    assert_false(kq_str_cut(kq_strz(""), ':', &head, &rest));
    assert_str(head, "");
}

static size_t distance(const char *a, const char *b)
{
    return kq_str_distance(kq_strz(a), kq_strz(b));
}

static void distance_counts_edits(void **state)
{
    (void)state;
    assert_int_equal(distance("timeout", "timeout"), 0);
    assert_int_equal(distance("timout", "timeout"), 1);
    assert_int_equal(distance("formta", "format"), 2);
    assert_int_equal(distance("kitten", "sitting"), 3);
    assert_int_equal(distance("", "abc"), 3);
    assert_int_equal(distance("abc", ""), 3);
    /* Too long to compare is far from everything, itself included. */
    const char *longest = "0123456789012345678901234567890123456789012345678901234567890123";
    assert_int_equal(distance(longest, longest), 64);
    assert_int_equal(distance(longest + 1, longest + 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equality_is_by_bytes_and_length),
        cmocka_unit_test(starts_and_ends),
        cmocka_unit_test(trim_takes_blanks_at_both_ends),
        cmocka_unit_test(cut_splits_at_the_first_separator),
        cmocka_unit_test(distance_counts_edits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

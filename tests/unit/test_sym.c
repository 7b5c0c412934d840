/*
 * test_sym.c - interning: equal text is one pointer, lengths are known, the table has a limit.
 */
#include "base/sym.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void equal_text_is_one_pointer(void **state)
{
    (void)state;
    char copy[] = "ibm.n and more";
    const char *a = kq_sym("ibm.n", 5);
    assert_ptr_equal(a, kq_sym(copy, 5));
    assert_ptr_equal(a, kq_symz("ibm.n"));
    assert_ptr_not_equal(a, kq_symz("ibm"));
    assert_ptr_not_equal(a, kq_symz("IBM.N"));
    assert_string_equal(a, "ibm.n");
    assert_int_equal(kq_sym_len(a), 5);
}

static void the_null_symbol_is_empty(void **state)
{
    (void)state;
    assert_ptr_equal(kq_sym("", 0), kq_sym_null);
    assert_ptr_equal(kq_sym(NULL, 0), kq_sym_null);
    assert_ptr_equal(kq_symz(""), kq_sym_null);
    assert_int_equal(kq_sym_len(kq_sym_null), 0);
    assert_string_equal(kq_sym_null, "");
}

/* Enough to make the table grow several times and the text need several blocks. */
static void symbols_stay_put_while_the_table_grows(void **state)
{
    (void)state;
    enum { N = 50000 };
    static const char *syms[N];
    char text[32];
    size_t before, after, bytes;
    kq_sym_stats(&before, &bytes);
    for (int i = 0; i < N; i++)
        syms[i] = kq_sym(text, (size_t)snprintf(text, sizeof text, "%dsym%d", i % 7, i));
    kq_sym_stats(&after, &bytes);
    assert_int_equal(after - before, N);
    assert_true(bytes > N * 12);
    for (int i = 0; i < N; i++) {
        int len = snprintf(text, sizeof text, "%dsym%d", i % 7, i);
        assert_string_equal(syms[i], text);
        assert_int_equal(kq_sym_len(syms[i]), len);
        assert_ptr_equal(syms[i], kq_symz(text));
    }
}

static void long_text_has_a_block_of_its_own(void **state)
{
    (void)state;
    static char text[300000];
    memset(text, 'x', sizeof text);
    const char *a = kq_sym(text, sizeof text);
    assert_non_null(a);
    assert_int_equal(kq_sym_len(a), sizeof text);
    assert_int_equal(a[sizeof text], 0);
    assert_ptr_equal(a, kq_sym(text, sizeof text));
    assert_ptr_not_equal(a, kq_sym(text, sizeof text - 1));
}

static void a_full_table_refuses_only_what_is_new(void **state)
{
    (void)state;
    size_t count, bytes, count_after;
    const char *known = kq_symz("known");
    kq_sym_stats(&count, &bytes);
    kq_sym_limit(bytes);
    assert_null(kq_sym("never seen", 10));
    assert_ptr_equal(kq_symz("known"), known);
    kq_sym_stats(&count_after, &bytes);
    assert_int_equal(count_after, count);
    kq_sym_limit((size_t)1 << 30);
    assert_non_null(kq_sym("never seen", 10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_text_is_one_pointer),
        cmocka_unit_test(the_null_symbol_is_empty),
        cmocka_unit_test(symbols_stay_put_while_the_table_grows),
        cmocka_unit_test(long_text_has_a_block_of_its_own),
        cmocka_unit_test(a_full_table_refuses_only_what_is_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

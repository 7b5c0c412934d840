/*
 * test_lst_auth.c - password files: plain, MD5, SHA-1, and broken ones.
 */
#include "auth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Digests of "secret" (RFC 1321 and FIPS 180 implementations agree on them). */
static bool digest(bool sha1, struct kq_str text, char *hex)
{
    bool known = kq_str_is(text, "secret");
    strcpy(hex, !known ? "0000000000000000000000000000000000000000"
                : sha1 ? "e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4"
                       : "5ebe2294ecd0e0f08eab7690d2a6ee69");
    return true;
}

static struct lst_users *users(const char *text)
{
    struct kq_err err = {0};
    struct lst_users *u = lst_users_parse(kq_strz(text), "users.txt", digest, &err);
    assert_non_null(u);
    return u;
}

static bool check(const struct lst_users *u, const char *user, const char *password)
{
    return lst_users_check(u, kq_strz(user), kq_strz(password));
}

static void plain_passwords_may_hold_colons(void **state)
{
    (void)state;
    struct lst_users *u = users("elmo:sesame\nbert:a:b\r\n\n");
    assert_true(check(u, "elmo", "sesame"));
    assert_true(check(u, "bert", "a:b"));
    assert_false(check(u, "elmo", "sesam"));
    assert_false(check(u, "elmo", "sesamee"));
    assert_false(check(u, "elmo", ""));
    assert_false(check(u, "oscar", "sesame"));
    lst_users_free(u);
}

static void digests_match_the_plain_password(void **state)
{
    (void)state;
    struct lst_users *u = users("m:5EBE2294ecd0e0f08eab7690d2a6ee69\n"
                                "s:e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4\n");
    assert_true(check(u, "m", "secret"));
    assert_true(check(u, "s", "secret"));
    assert_false(check(u, "m", "Secret"));
    assert_false(check(u, "s", "wrong"));
    lst_users_free(u);
}

static void an_empty_password_is_a_password(void **state)
{
    (void)state;
    struct lst_users *u = users("anon:\n");
    assert_true(check(u, "anon", ""));
    assert_false(check(u, "anon", "x"));
    lst_users_free(u);
}

static void a_line_without_colon_is_refused_with_its_number(void **state)
{
    (void)state;
    struct kq_err err = {0};
    assert_null(lst_users_parse(kq_strz("a:b\nnobody\n"), "users.txt", digest, &err));
    assert_int_equal(err.code, KQ_EUSAGE);
    assert_string_equal(err.msg, "users.txt:2: expected user:password");
}

static void a_missing_file_says_so(void **state)
{
    (void)state;
    struct kq_err err = {0};
    assert_null(lst_users_load("/nonexistent/users", digest, &err));
    assert_int_equal(err.code, KQ_EIO);
    assert_string_equal(err.msg,
                        "cannot open password file /nonexistent/users: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_passwords_may_hold_colons),
        cmocka_unit_test(digests_match_the_plain_password),
        cmocka_unit_test(an_empty_password_is_a_password),
        cmocka_unit_test(a_line_without_colon_is_refused_with_its_number),
        cmocka_unit_test(a_missing_file_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

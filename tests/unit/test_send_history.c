/*
 * test_send_history.c - which entries are secrets.  The file itself is tested
 * through the prompt.
 */
#include "history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void secret(const char *entry, bool want)
{
    if (send_history_is_secret(kq_strz(entry)) != want)
        fail_msg("<%s> should be %s", entry, want ? "a secret" : "none");
}

static void words_for_passwords(void **unused)
{
    (void)unused;
    secret("password:\"x\"", true);
    secret(".auth.Passwd", true);
    secret("f[`user;`PASSPHRASE]", true);
    secret("clientSecret", true);
    secret(".cfg.apiKey:1", true);
    secret("pass", false);
    secret("select from trade", false);
    secret("", false);
}

static void handles_with_a_login(void **unused)
{
    (void)unused;
    secret("hopen`:host:5010:user:pw", true);
    secret("hopen `::5010:user:pw", true);
    secret("hopen(\":host:5010:user:pw\";1000)", true);
    secret("h:hopen`:tcps://host:5010:user:pw", true);
    secret("hopen`:unix://5010:user:pw", true);
    secret("hopen`:unix://5010:user", false);
    secret("hopen`:host:5010", false);
    secret("hopen`:host:5010:user", false);
    secret("hopen`:host:5010:user:", false);
    secret("`:a:b`:c:d`:e:f", false);
    secret("a:b:c:d:e:1", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_for_passwords),
        cmocka_unit_test(handles_with_a_login),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

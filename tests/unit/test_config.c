/*
 * test_config.c - profiles, and what the word for the target stands for.
 */
#include "cli/config.h"
#include "cli/opt_conn.h"
#include "cli/opt_tls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct settings {
    struct kq_opt_conn conn;
    struct kq_opt_tls tls;
};

static const struct kq_optgroup groups[] = {
    KQ_GROUP_CONN(offsetof(struct settings, conn)),
    KQ_GROUP_TLS(offsetof(struct settings, tls)),
};
static const struct kq_tool tool = {
    .name = "kq-test", .bit = KQ_TOOL_SEND, .groups = groups, .n_groups = 2};

static char path[64];

/* Start every test with this configuration file. */
static void config(const char *text, mode_t mode)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    assert_int_equal(chmod(path, mode), 0);
}

struct run {
    struct settings s;
    struct kq_opts p;
    struct kq_profile prof;
    struct kq_err err;
    char *target;
};

static void run(struct run *r, char *word)
{
    memset(r, 0, sizeof *r);
    r->s.conn = (struct kq_opt_conn)KQ_CONN_DEFAULTS;
    r->p = (struct kq_opts){.tool = &tool, .base = &r->s};
    r->target = kq_config_target(&r->p, word, &r->prof, &r->err);
}

static void expect_error(char *word, const char *part)
{
    struct run r;
    run(&r, word);
    assert_null(r.target);
    assert_int_equal(r.err.code, KQ_EUSAGE);
    if (!strstr(r.err.msg, part))
        fail_msg("'%s' does not say '%s'", r.err.msg, part);
    assert_null(r.prof.store);
}

static void test_profile(void **state)
{
    (void)state;
    char prod[] = "@prod", db[] = "db:5010", none[] = "@none";
    struct run r;
    config("; comment\n[dev]\ntarget=:5001\nuser=devil\n\n [prod] \n# comment\n"
           "target = tcps://db.example.com:5010 \r\n user=reader\ntimeout= 5s\npassword = pw \n"
           "cacert = ~/ca.pem\ninsecure = yes\ntls=no\n[other]\nnonsense = 1\n",
           0600);
    setenv("HOME", "/home/u", 1);
    run(&r, prod);
    assert_string_equal(r.target, "tcps://db.example.com:5010");
    assert_string_equal(r.prof.password, "pw");
    assert_string_equal(r.s.conn.user, "reader");
    assert_int_equal(r.s.conn.timeout_ns, 5000000000);
    assert_string_equal(r.s.tls.files.ca_file, "/home/u/ca.pem");
    assert_true(r.s.tls.insecure);
    assert_false(r.s.tls.tls);
    assert_int_equal(kq_opts_origin(&r.p, "user"), KQ_FROM_PROFILE);
    kq_profile_release(&r.prof);

    run(&r, db);
    assert_ptr_equal(r.target, db);
    assert_null(r.prof.store);
    expect_error(none, "no profile 'none' in /tmp/kq-config-");
    expect_error(NULL, "no target given");
}

static void test_at_alone(void **state)
{
    (void)state;
    char at[] = "@";
    struct run r;
    config("[default]\ntarget = :5005\n", 0600);
    run(&r, at);
    assert_string_equal(r.target, ":5005");
    kq_profile_release(&r.prof);
    config("[prod]\ntarget = :5005\n", 0600);
    expect_error(at, "'@' needs a profile [default] or KQ_TARGET");
    setenv("KQ_TARGET", "env:1", 1);
    run(&r, at);
    assert_string_equal(r.target, "env:1");
    unlink(path);
    run(&r, at);
    assert_string_equal(r.target, "env:1");
    unsetenv("KQ_TARGET");
}

static void test_bad_files(void **state)
{
    (void)state;
    char p[] = "@p";
    config("[p]\ntarget=:1\nformat=csv\n", 0600);
    expect_error(p, ":3: unknown setting 'format'");
    config("[p]\ntarget\n", 0600);
    expect_error(p, ":2: neither [section] nor key = value");
    config("[p]\nuser=x\n", 0600);
    struct run r;
    run(&r, p);
    assert_null(r.target);
    assert_string_equal(r.err.msg, "profile 'p' has no target");
    kq_profile_release(&r.prof);
    config("[p]\ntarget=:1\ntimeout=soon\n", 0600);
    expect_error(p, ":3: option '--timeout': 'soon' is not a time");
    /* Readable by others is fine, unless there is a password in it. */
    config("[p]\ntarget=:1\n", 0644);
    run(&r, p);
    assert_string_equal(r.target, ":1");
    kq_profile_release(&r.prof);
    config("[p]\ntarget=:1\npassword=x\n", 0644);
    expect_error(p, "(mode 0644): chmod 600");
}

static int set_up(void **state)
{
    (void)state;
    strcpy(path, "/tmp/kq-config-XXXXXX");
    int fd = mkstemp(path);
    close(fd);
    return fd < 0 ? -1 : setenv("KQ_CONFIG", path, 1);
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_profile, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_at_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_files, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_cred.c - the credentials file, netrc, and the order of the sources.
 */
#include "base/mem.h"
#include "cli/cred.h"
#include "cli/opt_common.h"

#include <fcntl.h>
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

static const struct kq_optgroup groups[] = {KQ_GROUP_CONN(0)};
static const struct kq_tool tool = {
    .name = "kq-test", .bit = KQ_TOOL_SEND, .groups = groups, .n_groups = 1};

static struct kq_addr addr_of(const char *text)
{
    struct kq_addr a;
    struct kq_err err = {0};
    if (!kq_addr_parse(kq_strz(text), &a, &err))
        fail_msg("%s: %s", text, err.msg);
    return a;
}

/* "user/password" that a file gives for a target, or "-". */
static const char *lookup(bool netrc, const char *file, const char *target, const char *user)
{
    static char out[200];
    struct kq_cred c = {0};
    struct kq_addr a = addr_of(target);
    int line = 0;
    bool found = netrc ? kq_cred_netrc(kq_strz(file), &a, user, &c)
                       : kq_cred_match(kq_strz(file), &a, user, &c, &line);
    snprintf(out, sizeof out, "-");
    if (found)
        snprintf(out, sizeof out, "%s/%s", c.user ? c.user : "(any)", c.password);
    kq_cred_release(&c);
    kq_addr_release(&a);
    return out;
}

static const char file[] = "# comment:*:*:no\n"
                           "\n"
                           "tp1.example.com:5010:*:s3cret\n"
                           "tp1.example.com:*:ann:an\\:n\\\\1\n"
                           "unix:5010:feed:feed:pw\n"
                           "broken line\n"
                           "fe80\\:\\:1:5010:v6:six\r\n"
                           "localhost:5001:bob:\n"
                           "*:*:monitor:readonly";

static void test_credentials_lines(void **state)
{
    (void)state;
    assert_string_equal(lookup(false, file, "tp1.example.com:5010", NULL), "(any)/s3cret");
    assert_string_equal(lookup(false, file, "tp1.example.com:5010", "zoe"), "zoe/s3cret");
    assert_string_equal(lookup(false, file, "tp1.example.com:5011", "ann"), "ann/an:n\\1");
    assert_string_equal(lookup(false, file, "unix://5010", NULL), "feed/feed:pw");
    assert_string_equal(lookup(false, file, "[fe80::1]:5010", NULL), "v6/six");
    assert_string_equal(lookup(false, file, "5001", NULL), "bob/");
    assert_string_equal(lookup(false, file, "other:1", NULL), "monitor/readonly");
    assert_string_equal(lookup(false, file, "other:1", "ann"), "-");
    assert_string_equal(lookup(false, "", "other:1", NULL), "-");
    assert_string_equal(lookup(false, "a\na:\na:1\na:1:u\n:::", "a:1", NULL), "-");
}

static const char netrc[] = "machine db login ann password \"two words\" port 5010\n"
                            "# machine db login no password no\n"
                            "machine db\n\tlogin bob\n\tpassword pw2\n"
                            "macdef init\nmachine db login evil password evil\n\n"
                            "machine late password only\n"
                            "default login any password thing";

static void test_netrc(void **state)
{
    (void)state;
    assert_string_equal(lookup(true, netrc, "db:5010", NULL), "ann/two words");
    assert_string_equal(lookup(true, netrc, "db:5011", NULL), "bob/pw2");
    assert_string_equal(lookup(true, netrc, "db:5010", "bob"), "bob/pw2");
    assert_string_equal(lookup(true, netrc, "late:1", NULL), "(any)/only");
    assert_string_equal(lookup(true, netrc, "late:1", "me"), "me/only");
    assert_string_equal(lookup(true, netrc, "else:1", NULL), "any/thing");
    assert_string_equal(lookup(true, "machine db login a", "db:1", NULL), "-");
    assert_string_equal(lookup(true, "machine", "db:1", NULL), "-");
}

/* ---- the order, with real files ------------------------------------------ */

static char home[64];

static void put(const char *name, const char *text, mode_t mode)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", home, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    assert_int_equal(chmod(path, mode), 0);
}

static void drop(const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", home, name);
    unlink(path);
}

static int set_up(void **state)
{
    (void)state;
    char path[200];
    strcpy(home, "/tmp/kq-cred-XXXXXX");
    if (!mkdtemp(home))
        return -1;
    setenv("HOME", home, 1);
    setenv("USER", "login", 1);
    snprintf(path, sizeof path, "%s/.config", home);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/.config/kq", home);
    return mkdir(path, 0700);
}

static int tear_down(void **state)
{
    (void)state;
    char path[200];
    static const char *const names[] = {".config/kq/credentials", ".netrc", "kq", "pw", "link"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        drop(names[i]);
    snprintf(path, sizeof path, "%s/.config/kq", home);
    rmdir(path);
    snprintf(path, sizeof path, "%s/.config", home);
    rmdir(path);
    return rmdir(home);
}

/* "user/password from source", or the error. */
static const char *find(struct kq_opt_conn *o, enum kq_origin user_from, const char *target,
                        const char *profile_password)
{
    static char out[400];
    struct kq_opts p = {.tool = &tool, .base = o};
    for (struct kq_optrow r = {0}; kq_optrow_next(&tool, &r);) {
        if (strcmp(r.row->name, "user") == 0)
            p.origin[r.index] = (uint8_t)user_from;
    }
    struct kq_addr a = addr_of(target);
    struct kq_cred c;
    struct kq_err err = {0};
    if (kq_cred_find(&p, o, &a, profile_password, &c, &err)) {
        snprintf(out, sizeof out, "%s/%s from %s", c.user, c.password, c.from);
        kq_cred_release(&c);
    } else {
        snprintf(out, sizeof out, "%s", err.msg);
    }
    kq_addr_release(&a);
    return out;
}

static void test_order(void **state)
{
    (void)state;
    char path[200], want[300];
    struct kq_opt_conn o = KQ_CONN_DEFAULTS;
    assert_string_equal(find(&o, 0, "db:1", NULL), "login/ from nowhere");
    setenv("KQ_PASSWORD", "envpw", 1);
    assert_string_equal(find(&o, 0, "db:1", NULL), "login/envpw from KQ_PASSWORD");
    put(".netrc", "machine db login n password netpw", 0600);
    assert_string_equal(find(&o, 0, "db:1", NULL), "n/netpw from ~/.netrc");
    put("kq", "db:1:s:syspw\n", 0644);
    setenv("CREDENTIALS_DIRECTORY", home, 1);
    snprintf(want, sizeof want, "s/syspw from %s/kq line 1", home);
    assert_string_equal(find(&o, 0, "db:1", NULL), want);
    put(".config/kq/credentials", "db:1:c:filepw\n", 0600);
    snprintf(want, sizeof want, "c/filepw from %s/.config/kq/credentials line 1", home);
    assert_string_equal(find(&o, 0, "db:1", NULL), want);
    /* A user that was asked for must match. */
    assert_string_equal(find(&o, 0, "db:1:else", NULL), "else/envpw from KQ_PASSWORD");
    assert_string_equal(find(&o, 0, "db:1", "profpw"), "login/profpw from profile");
    assert_string_equal(find(&o, 0, "db:1:t:a:b", "profpw"), "t/a:b from target");
    put("pw", "linepw\nmore\n", 0644);
    snprintf(path, sizeof path, "%s/pw", home);
    o.password_file = path;
    assert_string_equal(find(&o, 0, "db:1:t:a", NULL), "t/linepw from password file");
    o.user = "opt";
    assert_string_equal(find(&o, KQ_FROM_ARGV, "db:1:t:a", NULL), "opt/linepw from password file");
    assert_string_equal(find(&o, KQ_FROM_PROFILE, "db:1:t:a", NULL), "t/linepw from password file");
    o.password_fd = open(path, O_RDONLY);
    assert_string_equal(find(&o, KQ_FROM_ARGV, "db:1", NULL), "opt/linepw from --password-fd");
    close((int)o.password_fd);
    unsetenv("KQ_PASSWORD");
    unsetenv("CREDENTIALS_DIRECTORY");
}

static void test_refused_files(void **state)
{
    (void)state;
    char path[200];
    struct kq_opt_conn o = KQ_CONN_DEFAULTS;
    put(".config/kq/credentials", "db:1:c:filepw\n", 0640);
    assert_non_null(strstr(find(&o, 0, "db:1", NULL), "credentials file refused"));
    assert_non_null(strstr(find(&o, 0, "db:1", NULL), "(mode 0640): chmod 600"));
    drop(".config/kq/credentials");
    snprintf(path, sizeof path, "%s/.config/kq/credentials", home);
    assert_int_equal(symlink("/dev/null", path), 0);
    assert_non_null(strstr(find(&o, 0, "db:1", NULL), "is a symbolic link"));
    drop(".config/kq/credentials");
    /* An open netrc matters only when it is about this host. */
    put(".netrc", "machine db login n password netpw", 0644);
    assert_non_null(strstr(find(&o, 0, "db:1", NULL), "chmod 600"));
    assert_string_equal(find(&o, 0, "other:1", NULL), "login/ from nowhere");
    o.credentials = "/nonexistent";
    assert_string_equal(find(&o, 0, "db:1", NULL), "no credentials file /nonexistent");
    o.credentials = home;
    assert_non_null(strstr(find(&o, 0, "db:1", NULL), "is not a regular file"));
}

static void test_hide(void **state)
{
    (void)state;
    char target[] = ":db:5010:bob:s3:cret";
    struct kq_addr a = addr_of(target);
    assert_true(kq_cred_hide(target, &a));
    assert_string_equal(target, ":db:5010:bob:");
    assert_memory_equal(target + sizeof target - 8, "\0\0\0\0\0\0\0", 8);
    assert_string_equal(a.password, "s3:cret");
    kq_addr_release(&a);
    char none[] = "db:5010:bob";
    a = addr_of(none);
    assert_false(kq_cred_hide(none, &a));
    kq_addr_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_credentials_lines),
        cmocka_unit_test(test_netrc),
        cmocka_unit_test_setup_teardown(test_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused_files, set_up, tear_down),
        cmocka_unit_test(test_hide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_opt.c - option parsing over a table made for the purpose.
 */
#include "base/mem.h"
#include "cli/opt.h"
#include "cli/opt_common.h"
#include "cli/opt_conn.h"
#include "cli/opt_format.h"
#include "text/jsonval.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct settings {
    struct kq_opt_common common;
    struct kq_opt_conn conn;
    struct kq_opt_format format;
    int calls;
    const char *last_call;
    struct {
        bool flag;
        int64_t number;
        int64_t times;
        int word;
        const char *text;
    } own;
};

static bool on_call(struct kq_opts *p, const struct kq_opt *o, char *value, void *group,
                    struct kq_err *err)
{
    (void)o, (void)group, (void)err;
    struct settings *s = p->base;
    s->calls++;
    s->last_call = value;
    p->numbers = true;
    return true;
}

#define OFF(f) (offsetof(struct settings, own.f) - offsetof(struct settings, own))
static const struct kq_opt own_rows[] = {
    {'b', "bold", KQ_OPT_FLAG, .off = OFF(flag), .help = "a flag"},
    {'n', "number", KQ_OPT_INT, .off = OFF(number), .lo = 1, .hi = 9, .arg = "N", .help = "1 to 9"},
    {'r', "repeat", KQ_OPT_INT, .off = OFF(times), .arg = "N", .help = "or inf"},
    {0, "word", KQ_OPT_ENUM, .off = OFF(word), .arg = "one|two|three", .help = "a word"},
    {'t', "text", KQ_OPT_STRING, KQ_OPT_OPTIONAL, .off = OFF(text), .arg = "TEXT", .help = "text"},
    {0, "call", KQ_OPT_CALL, .arg = "FUNC", .help = "numbers are operands from here"},
    {0, "other-tool", KQ_OPT_FLAG, .tools = KQ_TOOL_PIPE, .off = OFF(flag), .help = "not ours"},
};

static const struct kq_optgroup groups[] = {
    {"Own", own_rows, sizeof own_rows / sizeof own_rows[0], offsetof(struct settings, own),
     on_call},
    KQ_GROUP_FORMAT(offsetof(struct settings, format)),
    KQ_GROUP_RECORDS(offsetof(struct settings, common)),
    KQ_GROUP_CONN(offsetof(struct settings, conn)),
    KQ_GROUP_GENERAL(offsetof(struct settings, common)),
};

static const struct kq_tool tool = {
    .name = "kq-test", .bit = KQ_TOOL_SEND, .groups = groups, .n_groups = 5};

/* What a test looks at; argv words are copies, since parsing reorders them. */
struct run {
    struct settings s;
    struct kq_opts p;
    struct kq_err err;
    char *argv[20];
    char *words[20];
    int argc;
    bool ok;
};

static struct run *run_with(int stop_after, const char *words)
{
    struct run *r = kq_calloc(1, sizeof *r);
    r->s.common = (struct kq_opt_common)KQ_COMMON_DEFAULTS;
    r->s.conn = (struct kq_opt_conn)KQ_CONN_DEFAULTS;
    r->p = (struct kq_opts){.tool = &tool, .base = &r->s, .stop_after = stop_after};
    r->argv[r->argc++] = kq_strdup("kq-test");
    char *copy = kq_strdup(words);
    for (char *w = strtok(copy, " "); w; w = strtok(NULL, " "))
        r->argv[r->argc++] = kq_strdup(w);
    free(copy);
    memcpy(r->words, r->argv, sizeof r->words);
    r->ok = kq_opts_parse(&r->p, r->argc, r->argv, &r->err);
    return r;
}

static struct run *run(const char *words)
{
    return run_with(0, words);
}

static void done(struct run *r)
{
    for (int i = 0; i < r->argc; i++)
        free(r->words[i]);
    free(r);
}

static void expect_error(const char *words, const char *message)
{
    struct run *r = run(words);
    assert_false(r->ok);
    assert_int_equal(r->err.code, KQ_EUSAGE);
    assert_string_equal(r->err.msg, message);
    done(r);
}

static void test_kinds(void **state)
{
    (void)state;
    struct run *r = run("-b -n 3 --repeat=inf --word two -vv -T 250ms --max-size=64k -c5 -u bob");
    assert_true(r->ok);
    assert_true(r->s.own.flag);
    assert_int_equal(r->s.own.number, 3);
    assert_true(r->s.own.times == INT64_MAX);
    assert_int_equal(r->s.own.word, 1);
    assert_int_equal(r->s.common.verbose, 2);
    assert_int_equal(r->s.conn.timeout_ns, 250000000);
    assert_int_equal(r->s.common.max_size, 65536);
    assert_int_equal(r->s.common.count, 5);
    assert_string_equal(r->s.conn.user, "bob");
    assert_int_equal(kq_opts_origin(&r->p, "user"), KQ_FROM_ARGV);
    assert_int_equal(kq_opts_origin(&r->p, "retry"), KQ_FROM_DEFAULT);
    done(r);
}

static void test_letters_together(void **state)
{
    (void)state;
    struct run *r = run("-bqn3 -jb -s=json -46");
    assert_true(r->ok);
    assert_true(r->s.own.flag && r->s.common.quiet);
    assert_int_equal(r->s.own.number, 3);
    assert_int_equal(r->s.format.format, KQ_FORMAT_JSONL);
    assert_int_equal(r->s.common.stats, KQ_STATS_JSON);
    assert_int_equal(r->s.conn.family, 6);
    done(r);
}

static void test_optional_argument_is_attached_only(void **state)
{
    (void)state;
    struct run *r = run("--text word --wait --json=typed -s x");
    assert_true(r->ok);
    assert_string_equal(r->s.own.text, "");
    assert_int_equal(r->s.conn.wait_ns, 0);
    assert_int_equal(r->s.format.json, KQ_JSON_TYPED);
    assert_int_equal(r->s.common.stats, KQ_STATS_TEXT);
    assert_int_equal(r->p.n_operands, 2);
    assert_string_equal(r->p.operands[0], "word");
    assert_string_equal(r->p.operands[1], "x");
    done(r);
    r = run("--text=a=b");
    assert_string_equal(r->s.own.text, "a=b");
    done(r);
}

static void test_operands_anywhere(void **state)
{
    (void)state;
    struct run *r = run("one -b two - -- -n --bold");
    assert_true(r->ok);
    assert_true(r->s.own.flag);
    assert_int_equal(r->s.own.number, 0);
    assert_int_equal(r->p.n_operands, 5);
    assert_string_equal(r->p.operands[2], "-");
    assert_string_equal(r->p.operands[3], "-n");
    assert_string_equal(r->p.operands[4], "--bold");
    done(r);
}

static void test_stop_after(void **state)
{
    (void)state;
    struct run *r = run_with(2, "target -b f -1 -n 2");
    assert_true(r->ok);
    assert_true(r->s.own.flag);
    assert_int_equal(r->s.own.number, 0);
    assert_int_equal(r->p.n_operands, 5);
    assert_string_equal(r->p.operands[2], "-1");
    done(r);
}

static void test_numbers_as_operands(void **state)
{
    (void)state;
    struct run *r = run("t --call f -4 -.5 -b");
    assert_true(r->ok);
    assert_string_equal(r->s.last_call, "f");
    assert_int_equal(r->s.conn.family, 0);
    assert_true(r->s.own.flag);
    assert_int_equal(r->p.n_operands, 3);
    done(r);
}

static void test_posixly_correct(void **state)
{
    (void)state;
    setenv("POSIXLY_CORRECT", "1", 1);
    struct run *r = run("-b one -n 3");
    unsetenv("POSIXLY_CORRECT");
    assert_true(r->ok && r->s.own.flag);
    assert_int_equal(r->p.n_operands, 3);
    done(r);
}

static void test_beginnings_of_names(void **state)
{
    (void)state;
    struct run *r = run("--num=4 --tim 5");
    assert_true(r->ok);
    assert_int_equal(r->s.own.number, 4);
    assert_int_equal(r->s.conn.timeout_ns, 5000000000);
    done(r);
    expect_error("--re", "option '--re' could be '--retry-delay' or '--retry'");
    /* A full name is never ambiguous. */
    r = run("--retry 2");
    assert_true(r->ok);
    assert_int_equal(r->s.conn.retry, 2);
    done(r);
}

static void test_mistakes(void **state)
{
    (void)state;
    expect_error("--formt=csv", "unknown option '--formt'; did you mean '--format'?");
    expect_error("--zzzzzz", "unknown option '--zzzzzz'");
    expect_error("--=x", "unknown option '--'");
    expect_error("-Z", "unknown option '-Z'");
    expect_error("--other-tool", "unknown option '--other-tool'");
    expect_error("--bold=yes", "option '--bold' takes no argument");
    expect_error("-n", "option '-n' needs an argument N");
    expect_error("--word", "option '--word' needs an argument one|two|three");
    expect_error("-n 12", "option '--number': '12' is not a number from 1 to 9");
    expect_error("-r x", "option '--repeat': 'x' is not a whole number");
    expect_error("-r -1", "option '--repeat': '-1' is not a whole number");
    expect_error("--word=four", "option '--word': 'four' is none of one|two|three");
    expect_error("-T soon", "option '--timeout': 'soon' is not a time such as 250ms, 5s or 2m");
    expect_error("--max-size=big",
                 "option '--max-size': 'big' is not a size such as 64k, 10M or 2G");
    /* A format that another tool has. */
    struct run *r = run("-F tree");
    assert_false(r->ok);
    assert_non_null(strstr(r->err.msg, "'tree' is none of text|q|json"));
    done(r);
}

static void test_help_wins(void **state)
{
    (void)state;
    static const char *const lines[] = {"--help",        "-h",
                                        "-bh",           "--nonsense -h",
                                        "-n x --help a", "--help --nonsense"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct run *r = run(lines[i]);
        assert_true(r->ok);
        assert_true(r->p.want_help);
        done(r);
    }
    struct run *r = run("-- --help");
    assert_true(r->ok);
    assert_false(r->p.want_help);
    done(r);
}

static void test_ranks(void **state)
{
    (void)state;
    char five[] = "5s", six[] = "6s", seven[] = "7s", yes[] = "yes", maybe[] = "maybe";
    struct run *r = run("--connect-timeout=1s");
    /* The command line wins over everything, the profile over the environment. */
    assert_true(kq_opts_set(&r->p, "connect-timeout", five, KQ_FROM_PROFILE, &r->err));
    assert_int_equal(r->s.conn.connect_timeout_ns, 1000000000);
    assert_true(kq_opts_set(&r->p, "timeout", six, KQ_FROM_PROFILE, &r->err));
    setenv("KQ_TIMEOUT", seven, 1);
    setenv("KQ_USER", "eve", 1);
    setenv("KQ_SOMETHING", "else", 1);
    assert_true(kq_opts_env(&r->p, &r->err));
    assert_int_equal(r->s.conn.timeout_ns, 6000000000);
    assert_string_equal(r->s.conn.user, "eve");
    assert_int_equal(kq_opts_origin(&r->p, "user"), KQ_FROM_ENV);
    setenv("KQ_CONNECT_TIMEOUT", "soon", 1);
    setenv("KQ_COLOR", "blue", 1);
    assert_false(kq_opts_env(&r->p, &r->err));
    assert_string_equal(r->err.msg,
                        "KQ_COLOR: option '--color': 'blue' is none of auto|always|never");
    unsetenv("KQ_TIMEOUT"), unsetenv("KQ_USER"), unsetenv("KQ_SOMETHING");
    unsetenv("KQ_CONNECT_TIMEOUT"), unsetenv("KQ_COLOR");

    assert_true(kq_opts_set(&r->p, "qcon", yes, KQ_FROM_PROFILE, &r->err) == false);
    assert_string_equal(r->err.msg, "unknown setting 'qcon'");
    assert_false(kq_opts_set(&r->p, "color", maybe, KQ_FROM_PROFILE, &r->err));
    done(r);
}

static void test_every_row_is_sound(void **state)
{
    (void)state;
    for (struct kq_optrow r = {0}; kq_optrow_next(&tool, &r);) {
        const struct kq_opt *o = r.row;
        assert_true(o->letter || o->name[0]);
        assert_true(o->help[0]);
        assert_true(o->help[strnlen(o->help, sizeof o->help) - 1] != '.');
        assert_true(memchr(o->help, 0, sizeof o->help) && memchr(o->arg, 0, sizeof o->arg));
        assert_int_equal(kq_opt_takes_arg(o), o->arg[0] != 0);
        for (struct kq_optrow other = r; kq_optrow_next(&tool, &other);) {
            assert_false(o->letter && o->letter == other.row->letter);
            assert_false(o->name[0] && strcmp(o->name, other.row->name) == 0);
        }
    }
}

static void test_format_names(void **state)
{
    (void)state;
    for (int f = KQ_FORMAT_TEXT; f <= KQ_FORMAT_NONE; f++)
        assert_int_equal(kq_format_parse(kq_format_name(f)), f);
    assert_int_equal(kq_format_parse(kq_strz("tplog")), KQ_FORMAT_TPLOG);
    assert_int_equal(kq_format_parse(kq_strz("xml")), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_letters_together),
        cmocka_unit_test(test_optional_argument_is_attached_only),
        cmocka_unit_test(test_operands_anywhere),
        cmocka_unit_test(test_stop_after),
        cmocka_unit_test(test_numbers_as_operands),
        cmocka_unit_test(test_posixly_correct),
        cmocka_unit_test(test_beginnings_of_names),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_help_wins),
        cmocka_unit_test(test_ranks),
        cmocka_unit_test(test_every_row_is_sound),
        cmocka_unit_test(test_format_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Records of CSV and its relatives, whole and in pieces of every size. */
#include "text/csvin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct kq_csv_dialect rfc = KQ_CSVIN_RFC4180;

/* Records as text: fields as <...>, "!" after a record with an open quote. */
struct dump {
    char text[4096];
    size_t len;
};

static void dump_record(struct dump *d, const struct kq_csvin *c)
{
    for (size_t i = 0; i < c->n_fields && i < c->max_fields; i++)
        d->len += (size_t)snprintf(d->text + d->len, sizeof d->text - d->len, "<%.*s>",
                                   KQ_STR_FMT(c->field[i]));
    d->len += (size_t)snprintf(d->text + d->len, sizeof d->text - d->len, "@%llu%s\n",
                               (unsigned long long)c->line, c->open_quote ? "!" : "");
}

/* Feed `in` in pieces of `step` bytes, as a program would; every window lies elsewhere. */
static void feed(const struct kq_csv_dialect *dialect, struct kq_str in, size_t step,
                 struct dump *d)
{
    struct kq_csvin c;
    struct kq_err err;
    char *window = NULL;
    size_t have = 0;
    d->len = 0;
    d->text[0] = '\0';
    kq_csvin_init(&c, dialect, 8, 1000);
    for (size_t at = 0, n; at < in.len || !in.len; at += n) {
        n = in.len - at < step ? in.len - at : step;
        char *next = malloc(have + n + 1);
        if (have)
            memcpy(next, window, have);
        memcpy(next + have, in.s + at, n);
        free(window);
        window = next;
        kq_csvin_window(&c, window, have + n, at + n == in.len);
        while (kq_csvin_next(&c, &err) > 0)
            dump_record(d, &c);
        size_t rest = kq_csvin_rest(&c);
        memmove(window, window + have + n - rest, rest);
        have = rest;
        if (!in.len)
            break;
    }
    free(window);
    kq_csvin_release(&c);
}

static void gives(const struct kq_csv_dialect *dialect, struct kq_str in, const char *want)
{
    struct dump d;
    for (size_t step = 1; step <= in.len + 1; step++) {
        feed(dialect, in, step, &d);
        if (strcmp(d.text, want) != 0)
            fail_msg("%.*s in steps of %zu:\n%s\nexpected\n%s", KQ_STR_FMT(in), step, d.text, want);
    }
}
#define GIVES(d, text, want) gives(d, kq_str(text, sizeof(text) - 1), want)

static void test_plain(void **state)
{
    (void)state;
    GIVES(&rfc, "a,b\nc,d\n", "<a><b>@1\n<c><d>@2\n");
    GIVES(&rfc, "a,b\r\nc,d", "<a><b>@1\n<c><d>@2\n");
    GIVES(&rfc, "a,,\n,,\n", "<a><><>@1\n<><><>@2\n");
    GIVES(&rfc, "a\n\nb\r\n\r\n", "<a>@1\n<>@2\n<b>@3\n<>@4\n");
    GIVES(&rfc, "", "");
    GIVES(&rfc, "\n", "<>@1\n");
    GIVES(&rfc, "a,\r\n", "<a><>@1\n");
}

static void test_quotes(void **state)
{
    (void)state;
    GIVES(&rfc, "\"a,b\",c\n", "<a,b><c>@1\n");
    GIVES(&rfc, "\"a\"\"b\",\"\"\n", "<a\"b><>@1\n");
    GIVES(&rfc, "\"a\nb\",c\nd\n", "<a\nb><c>@1\n<d>@3\n");
    GIVES(&rfc, "\"a\r\nb\"\r\n", "<a\r\nb>@1\n");
    GIVES(&rfc, "qu\"ux,\"\"\"\"\n", "<qu\"ux><\">@1\n");
    GIVES(&rfc, "\"ab\"cd,e\n", "<abcd><e>@1\n");
    GIVES(&rfc, "a,\"bc\nd", "<a><bc\nd>@1!\n");
    GIVES(&rfc, "x,\"\n", "<x><\n>@1!\n");
}

static void test_dialects(void **state)
{
    (void)state;
    struct kq_csv_dialect tsv = {'\t', KQ_CSVIN_NONE, KQ_CSVIN_NONE, '\n'};
    GIVES(&tsv, "a\t\"b\tc,d\n", "<a><\"b><c,d>@1\n");
    struct kq_csv_dialect lines = {KQ_CSVIN_NONE, KQ_CSVIN_NONE, KQ_CSVIN_NONE, '\n'};
    GIVES(&lines, "a,\"b\nc\n", "<a,\"b>@1\n<c>@2\n");
    struct kq_csv_dialect nul = {',', '"', KQ_CSVIN_NONE, '\0'};
    GIVES(&nul, "a,b\nc\0d\0", "<a><b\nc>@1\n<d>@2\n");
    struct kq_csv_dialect escape = {';', '\'', '\\', '\n'};
    GIVES(&escape, "a\\;b;'c\\'d;e'\n", "<a;b><c'd;e>@1\n");
    GIVES(&escape, "a\\\\;b\\\n", "<a\\><b\n>@1\n");
    struct kq_csv_dialect high = {0xa7, '"', KQ_CSVIN_NONE, '\n'};
    GIVES(&high, "a\xa7z\n", "<a><z>@1\n");
}

/* Special bytes on either side of every block boundary. */
static void test_long_fields(void **state)
{
    (void)state;
    for (size_t n = 50; n < 140; n++) {
        char in[400], want[400];
        int len = snprintf(in, sizeof in, "%0*d,\"%0*d\"\"x\"\n1,2\n", (int)n, 7, (int)n, 8);
        snprintf(want, sizeof want, "<%0*d><%0*d\"x>@1\n<1><2>@2\n", (int)n, 7, (int)n, 8);
        gives(&rfc, kq_str(in, (size_t)len), want);
    }
}

static void test_limits(void **state)
{
    (void)state;
    struct kq_csvin c;
    struct kq_err err = {0};
    kq_csvin_init(&c, &rfc, 2, 10);
    kq_csvin_window(&c, "a,b,c,d\n", 8, false);
    assert_int_equal(kq_csvin_next(&c, &err), 1);
    assert_int_equal(c.n_fields, 4); /* two kept, all counted */
    assert_int_equal(c.field[1].s[0], 'b');
    kq_csvin_window(&c, "\"345678901234", 13, false);
    assert_int_equal(kq_csvin_next(&c, &err), -1);
    assert_string_equal(err.msg, "line 2: record longer than 10 bytes (is a quote not closed?)");
    assert_int_equal(err.code, KQ_EDATA);
    kq_csvin_release(&c);
}

static void test_reset(void **state)
{
    (void)state;
    struct kq_csvin c;
    struct kq_err err = {0};
    kq_csvin_init(&c, &rfc, 4, 100);
    kq_csvin_window(&c, "a\nb,\"", 5, false);
    assert_int_equal(kq_csvin_next(&c, &err), 1);
    assert_int_equal(kq_csvin_next(&c, &err), 0);
    kq_csvin_reset(&c);
    kq_csvin_window(&c, "x,y\n", 4, false);
    assert_int_equal(kq_csvin_next(&c, &err), 1);
    assert_int_equal(c.n_fields, 2);
    assert_int_equal(c.line, 1);
    kq_csvin_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),    cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_dialects), cmocka_unit_test(test_long_fields),
        cmocka_unit_test(test_limits),   cmocka_unit_test(test_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The fast lane reads what the careful way reads: the same bytes for any input. */
#include "intake.h"

#include "wire/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* All stages up to batches. */
struct rig {
    struct pipe_opts o;
    struct pipe_schema schema;
    struct pipe_builder builder;
    struct pipe_rejects rejects;
    struct pipe_intake intake;
};

static void rig_init(struct rig *r, const char *types, bool lane, int on_error)
{
    struct kq_err err = {0};
    memset(r, 0, sizeof *r);
    pipe_opts_init(&r->o);
    r->o.in.types = types;
    r->o.in.on_error = on_error;
    r->o.out.table = "t";
    pipe_rejects_init(&r->rejects, &r->o.in);
    assert_true(pipe_schema_init(&r->schema, &r->o, &err));
    assert_true(pipe_builder_init(&r->builder, &r->o, &r->schema, &err));
    assert_true(pipe_intake_init(&r->intake, &r->o, &r->schema, &r->builder, &r->rejects, &err));
    assert_true(pipe_intake_ready(&r->intake, &err));
    pipe_intake_file(&r->intake, "test");
    r->intake.no_lane = !lane;
}

static void rig_release(struct rig *r)
{
    pipe_intake_release(&r->intake);
    pipe_builder_release(&r->builder);
    pipe_schema_release(&r->schema);
    pipe_opts_release(&r->o);
}

/* Feed in pieces of `step` bytes; the batch, or NULL when no row came. */
static struct kq_rcbuf *feed(struct rig *r, const char *text, size_t len, size_t step)
{
    struct kq_err err = {0};
    char *window = calloc(1, len + PIPE_SLACK + 1);
    size_t have = 0;
    for (size_t at = 0; at < len;) {
        size_t n = len - at < step ? len - at : step;
        memcpy(window + have, text + at, n);
        have += n;
        at += n;
        for (ssize_t used = 1; used > 0;) {
            used = pipe_intake_take(&r->intake, window, have, at == len, &err);
            if (used < 0)
                fail_msg("%s", err.msg);
            have -= (size_t)used;
            memmove(window, window + used, have);
        }
    }
    assert_int_equal(have, 0);
    free(window);
    struct pipe_batch b = {0};
    if (!r->builder.rows)
        return NULL;
    assert_true(pipe_builder_cut(&r->builder, &b, 1, &err));
    return b.frames;
}

static void same(const char *types, const char *text, size_t len)
{
    struct rig fast, slow;
    rig_init(&fast, types, true, PIPE_NULL);
    rig_init(&slow, types, false, PIPE_NULL);
    struct kq_rcbuf *a = feed(&fast, text, len, 1 << 20), *b = feed(&slow, text, len, 1 << 20);
    struct kq_rcbuf *c = feed(&fast, text, len, 7);
    if (!a != !b || (a && (a->len != b->len || memcmp(a->data, b->data, a->len) != 0)))
        fail_msg("types %s: the lane differs for\n%.*s", types, (int)len, text);
    if (!b != !c || (c && (c->len != b->len || memcmp(c->data, b->data, c->len) != 0)))
        fail_msg("types %s: pieces differ for\n%.*s", types, (int)len, text);
    kq_rcbuf_unref(a);
    kq_rcbuf_unref(b);
    kq_rcbuf_unref(c);
    rig_release(&fast);
    rig_release(&slow);
}

static const char *const odd[] = {
    "",
    "0",
    "1",
    "-1",
    "-",
    "+5",
    "007",
    "12345678",
    "123456789",
    "1234567890123456",
    "12345678901234567",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "2147483647",
    "2147483648",
    "-2147483648",
    "0N",
    "0W",
    "-0W",
    "1.5",
    "1.",
    ".5",
    "-1.25",
    "123456.5",
    "1234567.5",
    "12345678.5",
    "123456789.25",
    "0.000001",
    "99999999.99999999",
    "1.23456789012345678",
    "1e5",
    "1.5e-3",
    "1.2.3",
    "12a",
    "a",
    "x y",
    " lead",
    "trail ",
    "  ",
    "\"q,q\"",
    "\"a\"\"b\"",
    "\"multi\nline\"",
    "qu\"ux",
    "2024.01.02",
    "2024-01-02",
    "2024/01/02",
    "20240102",
    "2024.13.02",
    "2024.02.30",
    "1707.01.01",
    "9999.12.31",
    "2024.01.02D03:04:05.123456789",
    "2024.01.02D03:04:05",
    "2024-01-02T03:04:05Z",
    "2024-01-02T03:04:05.5Z",
    "2024-01-02 03:04:05.000001",
    "2024-01-02T03:04:05+01:00",
    "2024.01.02D24:00:00",
    "2024.01.02D03:60:00",
    "2024.01.02D03:04:05.1234567890",
    "2024.01.02D03:04:05.",
    "2024.01.02D03:04",
    "9999.12.31D23:59:59",
    "1704164645",
    "12:34",
    "12:34:56",
    "12:34:56.7",
    "12:34:56.789",
    "12:34:56.7891",
    "12:34:56.123456789",
    "12:60:00",
    "99:00:00",
    "100:00:00",
    "-01:00:00",
    "0D12:34:56.5",
    "1D12:34:56",
    "0D",
    "123456",
    "123456789",
    "symbol_that_is_longer_than_sixteen",
    "exactly_sixteen_",
    "seventeen_letters",
    "\303\274ber",
    "tab\there",
    "semi;colon",
    "a\rb",
    "true",
    "1b",
    "8c680a01-5a49-5aab-5a65-d4bfddb6a661",
};
enum { N_ODD = sizeof odd / sizeof *odd };

static void test_each_type(void **state)
{
    (void)state;
    for (const char *t = "BGXHIJEFCSPMDZNUVT* "; *t; t++) {
        char types[4] = {*t, 'S', *t, 0}, text[400];
        for (size_t i = 0; i < N_ODD; i++) {
            int n = snprintf(text, sizeof text, "%s,%s,%s\n%s,x,1\r\n,,\n%s,y,%s", odd[i], odd[i],
                             odd[i], odd[i], odd[i], odd[i]);
            same(types, text, (size_t)n);
        }
    }
}

static uint32_t next(uint32_t *seed)
{
    return (*seed = *seed * 1664525 + 1013904223) >> 8;
}

static void test_random_records(void **state)
{
    (void)state;
    static const char *const all_types[] = {"PSFJ", "S", "J", "*S*", "TDNI", "F F", "PZMUV", "  S"};
    uint32_t seed = 42;
    char text[20000];
    for (int round = 0; round < 300; round++) {
        const char *types = all_types[next(&seed) % 8];
        size_t fields = strlen(types), len = 0;
        for (int row = 0; row < 60; row++) {
            size_t n = next(&seed) % 20 ? fields : next(&seed) % 6 + 1;
            for (size_t i = 0; i < n; i++)
                len += (size_t)sprintf(text + len, "%s%s", i ? "," : "", odd[next(&seed) % N_ODD]);
            len += (size_t)sprintf(text + len, next(&seed) % 4 ? "\n" : "\r\n");
        }
        same(types, text, len);
    }
}

static void test_nul_bytes(void **state)
{
    (void)state;
    static const char text[] = "a\0b,1\n\0,2\nc,\0\0\nd,4\n";
    same("SJ", text, sizeof text - 1);
    same("*J", text, sizeof text - 1);
}

/* With values instead of a comparison: what the kernels mean. */
static void test_values(void **state)
{
    (void)state;
    static const char text[] = "2000.01.02D00:00:01.5,ibm,-12.25,42,12:00:00.001,2000.01.03,-7\n"
                               ",,,,,,\n";
    struct rig r;
    struct kq_err err;
    rig_init(&r, "PSFJTDI", true, PIPE_STOP);
    struct kq_rcbuf *f = feed(&r, text, sizeof text - 1, 1 << 20);
    assert_int_equal(r.intake.line, 2);
    struct kq_obj *x = kq_decode(f, 8, f->len - 8, false, NULL, &err);
    assert_non_null(x);
    const struct kq_obj *cols = kq_child(x, 2);
    assert_int_equal(kq_int_at(kq_child(cols, 0), 0), INT64_C(86401500000000));
    assert_string_equal(kq_syms(kq_child(cols, 1))[0], "ibm");
    assert_true(kq_float_at(kq_child(cols, 2), 0) == -12.25);
    assert_int_equal(kq_int_at(kq_child(cols, 3), 0), 42);
    assert_int_equal(kq_int_at(kq_child(cols, 4), 0), 43200001);
    assert_int_equal(kq_int_at(kq_child(cols, 5), 0), 2);
    assert_int_equal(kq_int_at(kq_child(cols, 6), 0), -7);
    assert_int_equal(kq_int_at(kq_child(cols, 6), 1), INT32_MIN);
    kq_unref(x);
    kq_rcbuf_unref(f);
    rig_release(&r);
}

/* Floats with up to 15 digits, against the C library. */
static void test_floats(void **state)
{
    (void)state;
    uint32_t seed = 7;
    char text[64];
    for (int i = 0; i < 20000; i++) {
        struct kq_err err;
        uint64_t whole = next(&seed) % 100000000u, part = next(&seed) % 10000000u;
        int n = snprintf(text, sizeof text, "%llu.%0*llu\n", (unsigned long long)whole,
                         (int)(next(&seed) % 7 + 1), (unsigned long long)part);
        static struct rig r;
        if (i == 0)
            rig_init(&r, "F", true, PIPE_STOP);
        struct kq_rcbuf *f = feed(&r, text, (size_t)n, 100);
        struct kq_obj *x = kq_decode(f, 8, f->len - 8, false, NULL, &err);
        double got = kq_float_at(kq_child(kq_child(x, 2), 0), 0);
        if (got != strtod(text, NULL))
            fail_msg("%s: %.17g", text, got);
        kq_unref(x);
        kq_rcbuf_unref(f);
        if (i == 19999)
            rig_release(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),         cmocka_unit_test(test_each_type),
        cmocka_unit_test(test_random_records), cmocka_unit_test(test_nul_bytes),
        cmocka_unit_test(test_floats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_send_report.c - reports from figures that are known.
 */
#include "report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MS INT64_C(1000000)

static const struct kq_addr target = {.kind = KQ_ADDR_TCP, .host = "db", .port = 5010};

/* Everything half a millisecond apart. */
static const struct send_report known = {
    .start_ns = 10 * MS,
    .timing = {10 * MS, 10 * MS + MS / 2, 11 * MS, 0, 11 * MS + MS / 2},
    .sent_ns = 12 * MS,
    .first_byte_ns = 12 * MS + MS / 2,
    .end_ns = 13 * MS,
    .bytes_in = 18,
    .bytes_out = 19,
    .requests = 2,
    .answers = 2,
    .errors = 1,
    .target = &target,
    .status = 4,
};

static void expect(struct kq_out *o, const char *want)
{
    kq_out_char(o, 0);
    assert_string_equal(o->buf, want);
    kq_out_release(o);
}

static void test_time(void **state)
{
    (void)state;
    struct kq_out o;
    kq_out_init_mem(&o);
    send_report_time(&known, &o);
    expect(&o, "resolve 0.500 ms, connect 0.500 ms, handshake 0.500 ms, send 0.500 ms, "
               "first byte 0.500 ms, total 3.000 ms, in 18 B, out 19 B\n");
    struct send_report tls = known;
    tls.timing.secured_ns = 11 * MS + MS / 4;
    tls.zipped = 9;
    kq_out_init_mem(&o);
    send_report_time(&tls, &o);
    expect(&o,
           "resolve 0.500 ms, connect 0.500 ms, tls 0.250 ms, handshake 0.250 ms, send 0.500 ms, "
           "first byte 0.500 ms, total 3.000 ms, in 18 B, out 19 B, compressed 9 B\n");
    /* Nothing happened. */
    struct send_report none = {.start_ns = MS, .end_ns = 2 * MS, .target = &target};
    kq_out_init_mem(&o);
    send_report_time(&none, &o);
    expect(&o, "total 1.000 ms, in 0 B, out 0 B\n");
}

static void write_out(const char *template, const char *want_out, const char *want_err)
{
    struct kq_out o, e;
    kq_out_init_mem(&o);
    kq_out_init_mem(&e);
    send_report_write_out(&known, template, &o, &e);
    expect(&o, want_out);
    expect(&e, want_err);
}

static void test_write_out(void **state)
{
    (void)state;
    write_out("%{time_total} %{bytes_in} %{exitcode} %{target}\\n", "", "0.003000 18 4 db:5010\n");
    write_out("a%{stdout}b%{stderr}c", "b", "ac");
    write_out("%%{bytes_in} 100% %{nonsense} %{open", "", "%{bytes_in} 100% %{nonsense} %{open");
    write_out("\\t\\\\\\x\\", "", "\t\\x\\");
    write_out("%{time_tls}", "", "0.000000");
}

static void test_stats(void **state)
{
    (void)state;
    struct kq_out o;
    struct send_report r = known;
    r.latency = calloc(1, sizeof *r.latency);
    kq_stats_init(r.latency);
    kq_stats_add(r.latency, 100);
    kq_stats_add(r.latency, 100);
    kq_out_init_mem(&o);
    send_report_stats(&r, &o, false);
    expect(&o, "2 requests, 2 answers, 1 errors, 0 other messages\n"
               "18 bytes in, 19 bytes out, 0.003 s, 667 answers/s\n"
               "latency us: mean 0.1, min 0.1, p50 0.1, p95 0.1, p99 0.1, p99.9 0.1, max 0.1\n");
    kq_out_init_mem(&o);
    send_report_stats(&r, &o, true);
    expect(&o, "{\"v\":1,\"target\":\"db:5010\",\"bytes_in\":18,\"bytes_out\":19,"
               "\"bytes_compressed\":0,\"requests\":2,\"answers\":2,\"errors\":1,\"others\":0,"
               "\"seconds\":0.003,\"latency_us\":{\"mean\":0.1,\"min\":0.1,\"p50\":0.1,\"p95\":0.1,"
               "\"p99\":0.1,\"p99.9\":0.1,\"max\":0.1}}\n");
    send_report_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_write_out),
        cmocka_unit_test(test_stats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

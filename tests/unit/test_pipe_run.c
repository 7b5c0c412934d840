/* The whole of kq-pipe against a server that behaves, and servers that do not. */
#include "run.h"

#include "base/mem.h"
#include "obj/list.h"
#include "stub.h"
#include "wire/decode.h"
#include "wire/encode.h"
#include "wire/header.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROWS = 20000 };

static char dir[64];

/* The file of that name in the test's folder; the text stays. */
static char *path(const char *name)
{
    static char texts[16][200];
    char text[200];
    snprintf(text, sizeof text, "%s/%s", dir, name);
    int i = 0;
    while (texts[i][0] && strcmp(texts[i], text) != 0)
        i++;
    return strcpy(texts[i], text);
}

/* Rows "0,s0" to "n-1,s9" in the file `in`, the last line without a newline. */
static void make_input(int n)
{
    FILE *f = fopen(path("in"), "w");
    for (int i = 0; i < n; i++)
        fprintf(f, "%s%d,s%d", i ? "\n" : "", i, i % 10);
    fclose(f);
}

static void options(struct pipe_opts *o)
{
    pipe_opts_init(o);
    o->in.types = "JS";
    o->out.table = "t";
    o->out.batch = 500;
    o->conn.retry_delay_ns = 1000000;
    o->flow.ack_every = 4;
    o->flow.progress = KQ_WHEN_NEVER;
}

static int run(const struct pipe_opts *o, int port)
{
    static const struct kq_prog prog = {.name = "test"};
    struct pipe_address a = {0};
    struct kq_err err = {0};
    struct kq_out out;
    char text[20], *file = path("in");
    snprintf(text, sizeof text, "localhost:%d", port);
    assert_true(kq_addr_parse(kq_strz(text), &a.addr, &err));
    kq_conn_opts_init(&a.conn);
    kq_out_init_mem(&out);
    int status = pipe_run(&prog, o, &a, 1, &file, 1, &out);
    kq_out_release(&out);
    return status;
}

/* How often each row 0..n-1 is in the messages; returns the number of messages with rows. */
static int tally(const uint8_t *data, size_t len, int *seen, int n)
{
    int msgs = 0;
    struct kq_header h;
    memset(seen, 0, (size_t)n * sizeof *seen);
    for (size_t at = 0; at + 8 <= len; at += (size_t)h.total) {
        struct kq_err err;
        assert_true(kq_header_parse(data + at, &h, &err));
        struct kq_obj *x = kq_decode_bytes(data + at + 8, (size_t)h.total - 8, false, NULL, &err);
        assert_non_null(x);
        if (x->type == KQ_LIST && x->n == 3) {
            const struct kq_obj *rows = kq_child(kq_child(x, 2), 0);
            for (int64_t i = 0; i < rows->n; i++)
                seen[kq_int_at(rows, i)]++;
            msgs++;
        }
        kq_unref(x);
    }
    return msgs;
}

/* Every row between `least` and `most` times. */
static void check_rows(struct stub *s, int least, int most)
{
    static int seen[ROWS];
    uint8_t *data;
    size_t len;
    stub_stop(s, &data, &len);
    tally(data, len, seen, ROWS);
    for (int i = 0; i < ROWS; i++)
        if (seen[i] < least || seen[i] > most)
            fail_msg("row %d arrived %d times", i, seen[i]);
    free(data);
}

static void test_delivers(void **state)
{
    (void)state;
    struct stub s;
    struct pipe_opts o;
    options(&o);
    stub_start(&s, &(struct stub_plan){0});
    assert_int_equal(run(&o, s.port), KQ_OK);
    check_rows(&s, 1, 1);
}

static void test_sync(void **state)
{
    (void)state;
    struct stub s;
    struct pipe_opts o;
    options(&o);
    o.flow.sync = true;
    stub_start(&s, &(struct stub_plan){0});
    assert_int_equal(run(&o, s.port), KQ_OK);
    check_rows(&s, 1, 1);
}

static void test_rows_shape(void **state)
{
    (void)state;
    struct stub s;
    struct pipe_opts o;
    uint8_t *data;
    size_t len;
    options(&o);
    o.out.shape = PIPE_ROWS;
    o.common.count = 3;
    stub_start(&s, &(struct stub_plan){0});
    assert_int_equal(run(&o, s.port), KQ_OK);
    stub_stop(&s, &data, &len);
    /* ("insert";`t;(0;`s0)): 8 + 6 + 12 + 3 + 6 + 9 + 4 bytes, three times, and a chaser */
    assert_int_equal(len, 3 * 48 + 14);
    free(data);
}

static void test_reconnects(void **state)
{
    (void)state;
    struct pipe_opts o;
    options(&o);
    o.flow.reconnect = 5;
    for (int reset = 0; reset < 2; reset++) {
        struct stub s;
        stub_start(&s, &(struct stub_plan){.close_after = 11, .close_times = 2, .reset = reset});
        assert_int_equal(run(&o, s.port), KQ_OK);
        check_rows(&s, 1, 3);
    }
}

static void test_lost(void **state)
{
    (void)state;
    struct stub s;
    struct pipe_opts o;
    options(&o);
    stub_start(&s, &(struct stub_plan){.close_after = 11, .close_times = 1});
    assert_int_equal(run(&o, s.port), KQ_ELOST);
    check_rows(&s, 0, 1);
}

static void test_once_only(void **state)
{
    (void)state;
    struct stub s;
    struct pipe_opts o;
    options(&o);
    o.flow.once_only = true;
    stub_start(&s, &(struct stub_plan){.close_after = 11, .close_times = 1, .reset = true});
    assert_int_equal(run(&o, s.port), KQ_ELOST);
    check_rows(&s, 0, 1);
}

static void test_login_refused(void **state)
{
    (void)state;
    struct stub s;
    struct pipe_opts o;
    options(&o);
    o.flow.reconnect = INT64_MAX;
    stub_start(&s, &(struct stub_plan){.refuse = true});
    assert_int_equal(run(&o, s.port), KQ_EAUTH);
    check_rows(&s, 0, 0);
}

static void test_no_server(void **state)
{
    (void)state;
    struct stub s;
    struct pipe_opts o;
    options(&o);
    stub_start(&s, &(struct stub_plan){0});
    check_rows(&s, 0, 0);
    assert_int_equal(run(&o, s.port), KQ_ECONNECT);
    o.conn.retry = 3;
    assert_int_equal(run(&o, s.port), KQ_ECONNECT);
}

static void test_q_error(void **state)
{
    (void)state;
    struct stub s;
    struct pipe_opts o;
    options(&o);
    o.flow.sync = true;
    o.in.on_error = PIPE_SKIP_ROW;
    stub_start(&s, &(struct stub_plan){.error_at = 3});
    assert_int_equal(run(&o, s.port), KQ_EQ);
    check_rows(&s, 1, 1);
}

static void test_drain_timeout(void **state)
{
    (void)state;
    struct stub s;
    struct pipe_opts o;
    options(&o);
    o.flow.drain_ns = 100000000;
    stub_start(&s, &(struct stub_plan){.silent = true});
    assert_int_equal(run(&o, s.port), KQ_ETIMEOUT);
    check_rows(&s, 0, 1);
}

/* A server that confirms nothing: no more is read than fits the buffer. */
static void test_back_pressure(void **state)
{
    (void)state;
    struct stub s;
    struct pipe_opts o;
    options(&o);
    o.flow.buffer = 50000;
    o.conn.timeout_ns = 300000000;
    o.flow.state = path("state");
    stub_start(&s, &(struct stub_plan){.silent = true});
    assert_int_equal(run(&o, s.port), KQ_ETIMEOUT);
    check_rows(&s, 0, 1);
    char text[300] = {0};
    FILE *f = fopen(path("state"), "r");
    assert_non_null(f);
    assert_true(fread(text, 1, sizeof text - 1, f) > 0);
    fclose(f);
    int rows = 0;
    assert_int_equal(sscanf(text, "{\"v\":1,\"rows\":%d", &rows), 1);
    /* a row takes 11 bytes of a message */
    assert_in_range(rows, 4000, 5500);
}

/* Without a server everything goes to the spool; the next run sends it first. */
static void test_spool(void **state)
{
    (void)state;
    struct stub s;
    struct pipe_opts o;
    options(&o);
    o.flow.spool = path("spool");
    o.flow.reconnect = INT64_MAX;
    o.flow.drain_ns = 50000000;
    stub_start(&s, &(struct stub_plan){0});
    int port = s.port;
    check_rows(&s, 0, 0);
    assert_int_equal(run(&o, port), KQ_ETIMEOUT);

    make_input(0);
    stub_start(&s, &(struct stub_plan){.close_after = 11, .close_times = 2});
    o.flow.drain_ns = INT64_C(30000000000);
    assert_int_equal(run(&o, s.port), KQ_OK);
    check_rows(&s, 1, 3);

    stub_start(&s, &(struct stub_plan){0});
    assert_int_equal(run(&o, s.port), KQ_OK);
    check_rows(&s, 0, 0);
    make_input(ROWS);
}

static void test_spool_while_lost(void **state)
{
    (void)state;
    struct stub s;
    struct pipe_opts o;
    options(&o);
    o.flow.spool = path("spool2");
    o.flow.reconnect = 100;
    o.flow.buffer = 20000; /* most of it must come back from the disk */
    stub_start(&s, &(struct stub_plan){.close_after = 5, .close_times = 3, .reset = true});
    assert_int_equal(run(&o, s.port), KQ_OK);
    check_rows(&s, 1, 4);
}

static void test_rejected_row(void **state)
{
    (void)state;
    struct stub s;
    struct pipe_opts o;
    options(&o);
    FILE *f = fopen(path("in"), "a");
    fprintf(f, "\nx,y\n7,z\n");
    fclose(f);
    stub_start(&s, &(struct stub_plan){0});
    assert_int_equal(run(&o, s.port), KQ_EDATA);
    check_rows(&s, 1, 1); /* what came before is delivered, what came after is not */

    o.in.on_error = PIPE_SKIP_ROW;
    o.in.reject = path("reject");
    stub_start(&s, &(struct stub_plan){0});
    assert_int_equal(run(&o, s.port), KQ_EDATA);
    check_rows(&s, 1, 2);
    o.in.max_errors = 1;
    stub_start(&s, &(struct stub_plan){0});
    assert_int_equal(run(&o, s.port), KQ_OK);
    check_rows(&s, 1, 2);
    char text[300] = {0};
    f = fopen(path("reject"), "r");
    assert_non_null(fgets(text, sizeof text, f));
    fclose(f);
    assert_non_null(strstr(text, "in:20001: field 1: 'x' is not a long: x,y\n"));
    make_input(ROWS);
}

static struct kq_obj *syms(const char *a, const char *b)
{
    struct kq_obj *v = kq_vec_new(KQ_SYMBOL, 2);
    kq_syms(v)[0] = kq_symz(a);
    kq_syms(v)[1] = kq_symz(b);
    return v;
}

/* The server's meta decides types and order; the header says where the fields are. */
static void test_schema_of_server(void **state)
{
    (void)state;
    struct stub s;
    struct pipe_opts o;
    struct kq_err err;
    struct kq_obj *names = syms("c", "t");
    struct kq_obj *cols = kq_list_of(2, syms("n", "name"), kq_stringz("js"));
    struct kq_obj *answer = kq_list_of(2, names, cols);
    struct kq_buf b;
    kq_buf_init(&b, 4096);
    kq_buf_append(&b, (const uint8_t[]){98, 0, 99}, 3);
    assert_true(kq_encode(&b, names, NULL, &err) && kq_encode(&b, cols, NULL, &err));
    FILE *f = fopen(path("meta"), "w");
    fwrite(b.data, 1, b.len, f);
    fclose(f);
    f = fopen(path("in"), "w");
    fprintf(f, "name,other,n\n");
    for (int i = 0; i < ROWS; i++)
        fprintf(f, "x,?,%d\n", i);
    fclose(f);
    options(&o);
    o.in.types = NULL;
    o.in.schema = "server";
    o.in.header = true;
    stub_start(&s, &(struct stub_plan){.meta = path("meta")});
    assert_int_equal(run(&o, s.port), KQ_OK);
    check_rows(&s, 1, 1);
    kq_unref(answer);
    kq_buf_release(&b);
    make_input(ROWS);
}

static int setup(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/kq-pipe-XXXXXX");
    assert_non_null(mkdtemp(dir));
    make_input(ROWS);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    static const char *const files[] = {"in",     "state",      "spool",  "spool.pos",
                                        "spool2", "spool2.pos", "reject", "meta"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(path(files[i]));
    return rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_delivers),
        cmocka_unit_test(test_sync),
        cmocka_unit_test(test_rows_shape),
        cmocka_unit_test(test_reconnects),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_once_only),
        cmocka_unit_test(test_login_refused),
        cmocka_unit_test(test_no_server),
        cmocka_unit_test(test_q_error),
        cmocka_unit_test(test_drain_timeout),
        cmocka_unit_test(test_back_pressure),
        cmocka_unit_test(test_spool),
        cmocka_unit_test(test_spool_while_lost),
        cmocka_unit_test(test_rejected_row),
        cmocka_unit_test(test_schema_of_server),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

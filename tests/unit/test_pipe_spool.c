/* The spool: what is appended comes back, confirmed or not, after any end of the process. */
#include "spool.h"

#include "opts.h"
#include "wire/header.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[64], path[80], pos_path[90];

static struct pipe_spool *spool(void)
{
    struct kq_err err = {0};
    struct pipe_spool *s = pipe_spool_open(path, PIPE_SYNC_NEVER, &err);
    if (!s)
        fail_msg("%s", err.msg);
    return s;
}

static void append_bytes(struct pipe_spool *s, uint8_t fill, size_t n)
{
    struct kq_err err = {0};
    uint8_t *f = malloc(n + 14);
    uint32_t total = (uint32_t)n + 14, count = (uint32_t)n;
    memcpy(f, (const uint8_t[]){1, 0, 0, 0}, 4);
    memcpy(f + 4, &total, 4);
    memcpy(f + 8, (const uint8_t[]){4, 0}, 2);
    memcpy(f + 10, &count, 4);
    memset(f + 14, fill, n);
    if (!pipe_spool_append(s, f, n + 14, &err))
        fail_msg("%s", err.msg);
    free(f);
}

/* The record at `at` is `n` bytes of `fill`; where the next one is. */
static uint64_t holds(struct pipe_spool *s, uint64_t at, uint8_t fill, size_t n)
{
    struct kq_err err = {0};
    uint64_t next = 0;
    struct kq_rcbuf *r = pipe_spool_read(s, at, false, &next, &err);
    if (!r)
        fail_msg("%s", err.msg);
    assert_int_equal(r->len, n + 14);
    assert_int_equal(r->data[1], KQ_ASYNC);
    if (n) {
        assert_int_equal(r->data[14], fill);
        assert_int_equal(r->data[13 + n], fill);
    }
    kq_rcbuf_unref(r);
    return next;
}

static void confirm(struct pipe_spool *s, uint64_t at, uint64_t want_moved)
{
    struct kq_err err = {0};
    uint64_t moved;
    assert_true(pipe_spool_confirm(s, at, &moved, &err));
    assert_int_equal(moved, want_moved);
}

static off_t size_of(const char *p)
{
    struct stat st;
    assert_int_equal(stat(p, &st), 0);
    return st.st_size;
}

static void test_records(void **state)
{
    (void)state;
    struct pipe_spool *s = spool();
    assert_int_equal(pipe_spool_end(s), 8);
    append_bytes(s, 'a', 10);
    append_bytes(s, 'b', 0);
    append_bytes(s, 'c', 1000000); /* more than is read at first */
    uint64_t at = holds(s, 8, 'a', 10);
    at = holds(s, at, 'b', 0);
    at = holds(s, at, 'c', 1000000);
    assert_int_equal(at, pipe_spool_end(s));
    pipe_spool_close(s);
}

static void test_what_is_not_confirmed_stays(void **state)
{
    (void)state;
    struct pipe_spool *s = spool();
    append_bytes(s, 'a', 10);
    append_bytes(s, 'b', 20);
    confirm(s, 24, 0);
    pipe_spool_close(s);
    s = spool();
    assert_int_equal(pipe_spool_confirmed(s), 24);
    uint64_t end = holds(s, 24, 'b', 20);
    assert_int_equal(end, pipe_spool_end(s));
    confirm(s, end, 0);
    pipe_spool_close(s);
    assert_int_equal(size_of(path), 8); /* all confirmed: empty again */
    s = spool();
    assert_int_equal(pipe_spool_confirmed(s), pipe_spool_end(s));
    pipe_spool_close(s);
}

static void test_cut_off_record(void **state)
{
    (void)state;
    struct pipe_spool *s = spool();
    append_bytes(s, 'a', 10);
    append_bytes(s, 'b', 20);
    pipe_spool_close(s);
    for (off_t size = 49; size > 24; size -= 6) {
        assert_int_equal(truncate(path, size), 0);
        s = spool();
        assert_int_equal(pipe_spool_end(s), 24);
        assert_int_equal(size_of(path), 24);
        append_bytes(s, 'b', 20);
        assert_int_equal(holds(s, 24, 'b', 20), 50);
        pipe_spool_close(s);
    }
}

static void test_position_behind_the_end(void **state)
{
    (void)state;
    struct pipe_spool *s = spool();
    append_bytes(s, 'a', 10);
    append_bytes(s, 'b', 20);
    confirm(s, 24, 0);
    pipe_spool_close(s);
    /* As after a crash between emptying the log and resetting the position. */
    assert_int_equal(truncate(path, 8), 0);
    s = spool();
    assert_int_equal(pipe_spool_confirmed(s), 8);
    append_bytes(s, 'c', 100);
    assert_int_equal(holds(s, pipe_spool_confirmed(s), 'c', 100), 114);
    pipe_spool_close(s);
    unlink(pos_path); /* without a position everything counts as unconfirmed */
    s = spool();
    assert_int_equal(pipe_spool_confirmed(s), 8);
    pipe_spool_close(s);
}

static void put_position(uint64_t at)
{
    int fd = open(pos_path, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, &at, sizeof at), sizeof at);
    close(fd);
}

/* A position that a crash left behind means nothing in what is written later. */
static void test_position_of_another_log(void **state)
{
    (void)state;
    struct pipe_spool *s = spool();
    append_bytes(s, 'a', 10);
    confirm(s, 24, 0);
    append_bytes(s, 'b', 20);
    pipe_spool_close(s);
    assert_int_equal(truncate(path, 8), 0);
    s = spool();
    append_bytes(s, 'c', 10);
    append_bytes(s, 'd', 100);
    pipe_spool_close(s); /* nothing was confirmed: the position has not been written since */
    s = spool();
    assert_int_equal(pipe_spool_confirmed(s), 8);
    holds(s, 8, 'c', 10);
    pipe_spool_close(s);
    for (uint64_t at = 9; at < 24; at++) {
        put_position(at);
        s = spool();
        assert_int_equal(pipe_spool_confirmed(s), 8);
        assert_int_equal(pipe_spool_end(s), 8 + 16 + 106);
        pipe_spool_close(s);
    }
    put_position(24);
    s = spool();
    assert_int_equal(pipe_spool_confirmed(s), 24);
    pipe_spool_close(s);
}

static void test_large_logs_are_emptied_and_moved(void **state)
{
    (void)state;
    struct pipe_spool *s = spool();
    append_bytes(s, 'a', 2000000);
    confirm(s, pipe_spool_end(s), 2000006);
    assert_int_equal(pipe_spool_end(s), 8);
    for (int i = 0; i < 70; i++)
        append_bytes(s, (uint8_t)i, 1000000);
    uint64_t record = 1000006, most = 8 + 68 * record;
    confirm(s, most, 68 * record);
    assert_int_equal(pipe_spool_confirmed(s), 8);
    assert_int_equal(size_of(path), (off_t)(8 + 2 * record));
    assert_int_equal(holds(s, holds(s, 8, 68, 1000000), 69, 1000000), pipe_spool_end(s));
    append_bytes(s, 'z', 5);
    pipe_spool_close(s);
    s = spool();
    assert_int_equal(holds(s, 8 + 2 * record, 'z', 5), pipe_spool_end(s));
    pipe_spool_close(s);
}

static void test_several_messages_in_one_batch(void **state)
{
    (void)state;
    struct kq_err err = {0};
    struct pipe_spool *s = spool();
    static const uint8_t two[] = {1, 0, 0, 0,  10, 0, 0, 0,    0xff, 1, 1,
                                  1, 0, 0, 11, 0,  0, 0, 0xfb, 5,    0};
    assert_true(pipe_spool_append(s, two, sizeof two, &err));
    assert_int_equal(pipe_spool_end(s), 8 + 2 + 3);
    uint64_t next;
    struct kq_rcbuf *r = pipe_spool_read(s, 10, true, &next, &err);
    assert_non_null(r);
    assert_int_equal(r->len, 11);
    assert_int_equal(r->data[1], KQ_SYNC);
    kq_rcbuf_unref(r);
    pipe_spool_close(s);
}

static void refused(const char *content, size_t n, int code)
{
    struct kq_err err = {0};
    FILE *f = fopen(path, "w");
    fwrite(content, 1, n, f);
    fclose(f);
    assert_null(pipe_spool_open(path, PIPE_SYNC_NEVER, &err));
    assert_int_equal(err.code, code);
    assert_int_equal(size_of(path), (off_t)n); /* and untouched */
}

static void test_other_files(void **state)
{
    (void)state;
    struct kq_err err = {0};
    refused("hello", 5, KQ_EPROTO);
    refused("hello, I am no log at all", 25, KQ_EPROTO);
    assert_null(pipe_spool_open("/no/such/folder/log", PIPE_SYNC_NEVER, &err));
    assert_int_equal(err.code, KQ_EIO);
}

static int setup(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/kq-spool-XXXXXX");
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/log", dir);
    snprintf(pos_path, sizeof pos_path, "%s.pos", path);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(path);
    unlink(pos_path);
    return rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_records, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_not_confirmed_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cut_off_record, setup, teardown),
        cmocka_unit_test_setup_teardown(test_position_behind_the_end, setup, teardown),
        cmocka_unit_test_setup_teardown(test_position_of_another_log, setup, teardown),
        cmocka_unit_test_setup_teardown(test_large_logs_are_emptied_and_moved, setup, teardown),
        cmocka_unit_test_setup_teardown(test_several_messages_in_one_batch, setup, teardown),
        cmocka_unit_test_setup_teardown(test_other_files, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

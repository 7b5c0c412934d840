/*
 * test_record.c - what a tap hears can be read back from the file.
 */
#include "net/record.h"

#include "wire/wirefile.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static void next_is(struct kq_wirefile *f, enum kq_wire_event event, uint32_t conn,
                    const char *data)
{
    struct kq_wirerec rec;
    struct kq_err err;
    assert_int_equal(kq_wirefile_next(f, &rec, &err), 1);
    assert_int_equal(rec.event, event);
    assert_int_equal(rec.conn, conn);
    assert_int_equal(rec.len, strlen(data));
    assert_memory_equal(rec.data ? rec.data : (const uint8_t *)"", data, rec.len);
    assert_true(rec.when_ns > UINT64_C(1600000000000000000));
}

static void taps_of_both_sides_agree_on_direction(void **state)
{
    (void)state;
    char path[] = "/tmp/kq-test-record-XXXXXX";
    close(mkstemp(path));
    struct kq_record r;
    struct kq_recorded client, server, off;
    struct kq_err err = {0};
    assert_true(kq_record_open(&r, path, &err));
    kq_record_begin(&client, &r, "me", "db:5001", true);
    kq_record_begin(&server, &r, "1.2.3.4:5", "me", false);
    kq_record_begin(&off, NULL, "a", "b", true);
    struct kq_tap ours = kq_record_tap(&client), theirs = kq_record_tap(&server);
    struct kq_tap none = kq_record_tap(&off);
    kq_tap(&ours, KQ_TAP_OUT, "ask", 3);
    kq_tap(&theirs, KQ_TAP_OUT, "answer", 6);
    kq_tap(&none, KQ_TAP_OUT, "lost", 4);
    kq_tap(&ours, KQ_TAP_IN, "reply", 5);
    kq_record_end(&client, "reset");
    kq_record_end(&server, "");
    kq_record_end(&off, "");
    assert_true(kq_record_close(&r, path, &err));

    uint8_t bytes[1024];
    int fd = open(path, O_RDONLY);
    ssize_t n = read(fd, bytes, sizeof bytes);
    close(fd);
    unlink(path);
    assert_true(n > 0);
    struct kq_wirefile f;
    kq_wirefile_init(&f);
    kq_wirefile_feed(&f, bytes, (size_t)n);
    next_is(&f, KQ_WIRE_OPEN, 1, "me db:5001");
    next_is(&f, KQ_WIRE_OPEN, 2, "1.2.3.4:5 me");
    next_is(&f, KQ_WIRE_TO_SERVER, 1, "ask");
    next_is(&f, KQ_WIRE_TO_CLIENT, 2, "answer");
    next_is(&f, KQ_WIRE_TO_CLIENT, 1, "reply");
    next_is(&f, KQ_WIRE_CLOSE, 1, "reset");
    next_is(&f, KQ_WIRE_CLOSE, 2, "");
    assert_true(kq_wirefile_end(&f, &err));
    kq_wirefile_release(&f);
}

static void a_file_that_cannot_be_made_is_reported(void **state)
{
    (void)state;
    struct kq_record r;
    struct kq_err err = {0};
    assert_false(kq_record_open(&r, "/nonexistent/wire", &err));
    assert_int_equal(err.code, KQ_EIO);
    assert_string_equal(err.msg, "cannot create /nonexistent/wire: No such file or directory");
}

static void a_full_disk_is_reported_at_the_end(void **state)
{
    (void)state;
    struct kq_record r;
    struct kq_err err = {0};
    assert_true(kq_record_open(&r, "/dev/full", &err));
    assert_false(kq_record_close(&r, "/dev/full", &err));
    assert_int_equal(err.code, KQ_EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(taps_of_both_sides_agree_on_direction),
        cmocka_unit_test(a_file_that_cannot_be_made_is_reported),
        cmocka_unit_test(a_full_disk_is_reported_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

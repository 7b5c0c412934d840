/*
 * test_out.c - the output writer: memory, descriptors, lines, and errors that stick.
 */
#include "base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static void memory_collects_everything(void **state)
{
    (void)state;
    struct kq_out o;
    kq_out_init_mem(&o);
    kq_out_char(&o, 'a');
    kq_out_puts(&o, "bc");
    kq_out_fill(&o, '.', 3);
    kq_out_fill(&o, '!', 0);
    kq_out_printf(&o, "%05d|%s", 42, "x");
    kq_out_write(&o, "\0y", 2);
    assert_int_equal(o.len, 15);
    assert_memory_equal(o.buf, "abc...00042|x\0y", 15);

    /* Far beyond the first allocation nothing moves or is lost. */
    for (int i = 0; i < 10000; i++)
        kq_out_printf(&o, "%8d", i);
    assert_int_equal(o.len, 15 + 80000);
    assert_memory_equal(o.buf, "abc...", 6);
    assert_memory_equal(o.buf + o.len - 8, "    9999", 8);
    assert_true(kq_out_flush(&o));
    assert_int_equal(o.len, 15 + 80000);
    kq_out_release(&o);
}

/* What arrives at the other end of a pipe of plenty of room. */
static size_t drain(int fd, char *to, size_t room)
{
    ssize_t n = read(fd, to, room);
    return n < 0 ? 0 : (size_t)n;
}

static void descriptor_is_written_when_flushed(void **state)
{
    (void)state;
    int p[2];
    char got[64];
    struct kq_out o;
    assert_int_equal(pipe2(p, O_NONBLOCK), 0);
    kq_out_init_fd(&o, p[1]);
    kq_out_puts(&o, "first\n");
    kq_out_endline(&o);
    assert_int_equal(drain(p[0], got, sizeof got), 0);
    assert_true(kq_out_flush(&o));
    assert_int_equal(drain(p[0], got, sizeof got), 6);
    assert_memory_equal(got, "first\n", 6);

    o.by_line = true;
    kq_out_puts(&o, "second");
    assert_int_equal(drain(p[0], got, sizeof got), 0);
    kq_out_endline(&o);
    assert_int_equal(drain(p[0], got, sizeof got), 6);
    assert_int_equal(o.total, 12);
    kq_out_release(&o);
    close(p[0]);
    close(p[1]);
}

static void blocks_of_any_size_keep_their_order(void **state)
{
    (void)state;
    static char block[200000];
    static char got[600000];
    char name[] = "/tmp/kq-test-out.XXXXXX";
    int fd = mkstemp(name);
    struct kq_out o;
    assert_true(fd >= 0);
    unlink(name);
    memset(block, 'b', sizeof block);
    kq_out_init_fd(&o, fd);
    kq_out_puts(&o, "head");
    kq_out_write(&o, block, sizeof block);
    kq_out_fill(&o, 'f', 100000);
    kq_out_puts(&o, "tail");
    assert_true(kq_out_finish(&o, "scratch file", NULL));
    assert_int_equal(o.total, 300008);
    assert_int_equal(pread(fd, got, sizeof got, 0), 300008);
    assert_memory_equal(got, "headb", 5);
    assert_memory_equal(got + 200003, "bf", 2);
    assert_memory_equal(got + 300003, "ftail", 5);
    kq_out_release(&o);
    close(fd);
}

static void a_full_disk_is_reported_once_at_the_end(void **state)
{
    (void)state;
    struct kq_err err = {0};
    struct kq_out o;
    int fd = open("/dev/full", O_WRONLY);
    if (fd < 0)
        skip();
    kq_out_init_fd(&o, fd);
    for (int i = 0; i < 100000; i++)
        kq_out_puts(&o, "some text that fills the buffer more than once\n");
    assert_int_equal(o.errnum, ENOSPC);
    assert_int_equal(o.total, 0);
    assert_false(kq_out_finish(&o, "standard output", &err));
    assert_int_equal(err.code, KQ_EIO);
    assert_string_equal(err.msg, "cannot write standard output: No space left on device");
    assert_false(kq_out_flush(&o));
    kq_out_release(&o);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_collects_everything),
        cmocka_unit_test(descriptor_is_written_when_flushed),
        cmocka_unit_test(blocks_of_any_size_keep_their_order),
        cmocka_unit_test(a_full_disk_is_reported_once_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

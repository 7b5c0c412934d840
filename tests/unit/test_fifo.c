/*
 * test_fifo.c - fifos, pipes, files and stdin as sources of bytes.
 */
#include "net/fifo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct env {
    struct kq_loop *loop;
    struct kq_fifo *fifo;
    char dir[32], path[64];
    char got[256];
    int ends;
    int pause_after; /* bytes; 0: never */
};

static int setup(void **state)
{
    struct env *e = calloc(1, sizeof *e);
    e->loop = kq_loop_new(NULL);
    strcpy(e->dir, "/tmp/kq-test-XXXXXX");
    if (!mkdtemp(e->dir))
        return -1;
    snprintf(e->path, sizeof e->path, "%s/source", e->dir);
    *state = e;
    return 0;
}

static int teardown(void **state)
{
    struct env *e = *state;
    kq_fifo_free(e->fifo);
    kq_loop_free(e->loop);
    unlink(e->path);
    rmdir(e->dir);
    free(e);
    return 0;
}

/* Three bytes at a time, so that everything takes several calls. */
static void on_readable(void *arg)
{
    struct env *e = arg;
    struct kq_err err;
    size_t used = strlen(e->got);
    ssize_t n = kq_fifo_read(e->fifo, e->got + used, 3, &err);
    if (n == KQ_FIFO_ERROR)
        fail_msg("%s", err.msg);
    if (n == KQ_FIFO_EOF) {
        e->ends++;
        kq_fifo_pause(e->fifo);
    }
    if (e->pause_after && strlen(e->got) >= (size_t)e->pause_after)
        kq_fifo_pause(e->fifo);
}

static void must_open(struct env *e, const char *path, bool reopen)
{
    struct kq_err err;
    e->fifo = kq_fifo_open(e->loop, path, reopen, on_readable, e, &err);
    if (!e->fifo)
        fail_msg("%s", err.msg);
    kq_fifo_resume(e->fifo);
}

static void turns(struct env *e, int n)
{
    while (n-- > 0)
        kq_loop_poll(e->loop);
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void test_file(void **state)
{
    struct env *e = *state;
    write_file(e->path, "hello world");
    must_open(e, e->path, false);
    assert_int_equal(kq_fifo_size(e->fifo), 11);
    kq_loop_run(e->loop);
    assert_string_equal(e->got, "hello world");
    assert_int_equal(e->ends, 1);
}

static void test_pause(void **state)
{
    struct env *e = *state;
    write_file(e->path, "hello world");
    e->pause_after = 6;
    must_open(e, e->path, false);
    kq_loop_run(e->loop);
    assert_string_equal(e->got, "hello ");
    e->pause_after = 0;
    kq_fifo_resume(e->fifo);
    kq_loop_run(e->loop);
    assert_string_equal(e->got, "hello world");
}

static int writer(struct env *e)
{
    int fd = open(e->path, O_WRONLY | O_NONBLOCK);
    assert_true(fd >= 0);
    return fd;
}

/* No writer yet is not the end; the last writer leaving is. */
static void test_fifo(void **state)
{
    struct env *e = *state;
    assert_int_equal(mkfifo(e->path, 0600), 0);
    must_open(e, e->path, false);
    assert_int_equal(kq_fifo_size(e->fifo), -1);
    turns(e, 3);
    assert_int_equal(e->ends, 0);
    int a = writer(e), b = writer(e);
    assert_int_equal(write(a, "one ", 4), 4);
    close(a);
    turns(e, 3);
    assert_int_equal(e->ends, 0);
    assert_int_equal(write(b, "two", 3), 3);
    close(b);
    kq_loop_run(e->loop);
    assert_string_equal(e->got, "one two");
    assert_int_equal(e->ends, 1);
}

static void test_reopen(void **state)
{
    struct env *e = *state;
    assert_int_equal(mkfifo(e->path, 0600), 0);
    must_open(e, e->path, true);
    for (int i = 0; i < 3; i++) {
        int fd = writer(e);
        assert_int_equal(write(fd, "line ", 5), 5);
        close(fd);
        turns(e, 5);
    }
    assert_string_equal(e->got, "line line line ");
    assert_int_equal(e->ends, 0);
}

/* Standard input is read without being made non-blocking. */
static void test_stdin(void **state)
{
    struct env *e = *state;
    char c;
    int fds[2], saved = dup(STDIN_FILENO);
    assert_int_equal(pipe(fds), 0);
    dup2(fds[0], STDIN_FILENO);
    must_open(e, "-", false);
    assert_int_equal(kq_fifo_read(e->fifo, &c, 1, NULL), KQ_FIFO_AGAIN);
    assert_false(fcntl(STDIN_FILENO, F_GETFL) & O_NONBLOCK);
    assert_int_equal(write(fds[1], "typed", 5), 5);
    turns(e, 3);
    assert_string_equal(e->got, "typed");
    close(fds[1]);
    kq_loop_run(e->loop);
    assert_int_equal(e->ends, 1);
    kq_fifo_free(e->fifo);
    e->fifo = NULL;
    dup2(saved, STDIN_FILENO);
    close(saved);
    close(fds[0]);
}

static void test_device(void **state)
{
    struct env *e = *state;
    must_open(e, "/dev/null", false);
    turns(e, 3);
    assert_int_equal(e->ends, 1);
}

static void check_failure(struct env *e, const char *path, const char *message)
{
    struct kq_err err = {0};
    assert_null(kq_fifo_open(e->loop, path, false, on_readable, e, &err));
    assert_int_equal(err.code, KQ_EIO);
    assert_string_equal(err.msg, message);
}

static void test_failures(void **state)
{
    check_failure(*state, "/no/such/file", "cannot open /no/such/file: No such file or directory");
    check_failure(*state, "/", "cannot read /: it is a directory");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_file),  TEST(test_pause),  TEST(test_fifo),     TEST(test_reopen),
        TEST(test_stdin), TEST(test_device), TEST(test_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

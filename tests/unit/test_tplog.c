/*
 * test_tplog.c - first bytes of q files.
 */
#include "wire/tplog.h"

#include "hex.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static enum kq_qfile detect(const char *hex)
{
    struct hex h = unhex(hex);
    enum kq_qfile kind = kq_qfile_detect(h.p, h.n);
    free(h.p);
    return kind;
}

static void files_are_told_apart(void **state)
{
    (void)state;
    assert_int_equal(detect("ff01000000000000"), KQ_QFILE_LOG);
    assert_int_equal(detect("ff01000000000000 0000 03000000 f575706400"), KQ_QFILE_LOG);
    assert_int_equal(detect("ff01 f92a00000000000000"), KQ_QFILE_OBJECT);
    assert_int_equal(detect("ff01 0000 02000000"), KQ_QFILE_OBJECT);
    assert_int_equal(detect("fe20 0700 00000000 0300000000000000"), KQ_QFILE_VECTOR);
    assert_int_equal(detect("fd20"), KQ_QFILE_PAGED);
    assert_int_equal(detect("6b787a6970706564"), KQ_QFILE_ZIPPED);
    assert_int_equal(detect("ff"), KQ_QFILE_NONE);
    assert_int_equal(detect("01000000"), KQ_QFILE_NONE);
    assert_int_equal(detect(""), KQ_QFILE_NONE);
    assert_int_equal(kq_qfile_start(KQ_QFILE_LOG), 8);
    assert_int_equal(kq_qfile_start(KQ_QFILE_OBJECT), 2);
}

static void log_header(void **state)
{
    (void)state;
    struct kq_buf b;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    kq_tplog_put_header(&b);
    assert_int_equal(b.len, 8);
    assert_memory_equal(b.data, "\xff\x01\0\0\0\0\0\0", 8);
    kq_buf_release(&b);
}

static void vector_header(void **state)
{
    (void)state;
    struct hex h = unhex("fe20 0701 00000000 0300000000000000 0100");
    struct kq_qvector v;
    struct kq_err err = {0};
    assert_true(kq_qvector_parse(h.p, h.n, &v, &err));
    assert_int_equal(v.type, 7);
    assert_int_equal(v.attr, 1);
    assert_int_equal(v.count, 3);
    assert_false(kq_qvector_parse(h.p, 15, &v, &err));
    h.p[2] = 77;
    assert_false(kq_qvector_parse(h.p, h.n, &v, &err));
    assert_string_equal(err.msg, "q vector file of type 77 is not a simple vector");
    free(h.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_told_apart),
        cmocka_unit_test(log_header),
        cmocka_unit_test(vector_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

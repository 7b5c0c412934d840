/*
 * test_hex.c - hexdumps, checked against what xxd prints for the same bytes.
 */
#include "text/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void expect(struct kq_out *o, const char *want)
{
    kq_out_char(o, '\0');
    assert_string_equal(o->buf, want);
    kq_out_release(o);
}

static void dump(void **state)
{
    static const uint8_t p[] = "\1\0\0\0\x15\0\0\0abc~\x7f\xff\"\\xy\n";
    struct kq_out o;
    (void)state;
    kq_out_init_mem(&o);
    kq_hex_dump(&o, p, 19, 0, "");
    expect(&o, "00000000: 0100 0000 1500 0000 6162 637e 7fff 225c  ........abc~..\"\\\n"
               "00000010: 7879 0a                                  xy.\n");
}

static void dump_with_base(void **state)
{
    struct kq_out o;
    (void)state;
    kq_out_init_mem(&o);
    kq_hex_dump(&o, (const uint8_t *)"q", 1, UINT64_C(0x123456789a), "  ");
    expect(&o, "  000000123456789a: 71                                       q\n");
}

static void nothing(void **state)
{
    struct kq_out o;
    (void)state;
    kq_out_init_mem(&o);
    kq_hex_dump(&o, NULL, 0, 0, "");
    kq_hex_plain(&o, NULL, 0);
    expect(&o, "");
}

static void plain(void **state)
{
    enum { SIZE = 10000 };
    uint8_t *p = calloc(SIZE, 1);
    struct kq_out o;
    (void)state;
    p[0] = 0xab;
    p[SIZE - 1] = 0x0f;
    kq_out_init_mem(&o);
    kq_hex_plain(&o, p, SIZE);
    assert_int_equal(o.len, 2 * SIZE);
    assert_memory_equal(o.buf, "ab00", 4);
    assert_memory_equal(o.buf + 2 * SIZE - 4, "000f", 4);
    kq_out_release(&o);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dump),
        cmocka_unit_test(dump_with_base),
        cmocka_unit_test(nothing),
        cmocka_unit_test(plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_symscan.c - counting NULs: both versions against a plain loop.
 */
#include "wire/symscan.h"

#include "hex.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const uint8_t *plain_loop(const uint8_t *p, const uint8_t *end, uint64_t n)
{
    while (n) {
        if (p == end)
            return NULL;
        n -= *p++ == 0;
    }
    return p;
}

static void agrees_with_a_plain_loop(void **state)
{
    (void)state;
    uint64_t rnd = 3;
    for (unsigned round = 0; round < 3000; round++) {
        size_t len = test_random(&rnd) % 700, off = test_random(&rnd) % 8;
        uint8_t *block = malloc(len + off + 1), *p = block + off;
        unsigned often = 1 + round % 40;
        uint64_t nuls = 0;
        for (size_t i = 0; i < len; i++) {
            /* 0x80 and 0x01 beside zeros are what inexact bit tricks get wrong. */
            static const uint8_t others[] = {0x80, 0x01, 0xff, 'a'};
            p[i] = test_random(&rnd) % often ? others[test_random(&rnd) % 4] : 0;
            nuls += !p[i];
        }
        for (uint64_t n = 0; n <= nuls + 1; n += 1 + n / 4) {
            const uint8_t *want = plain_loop(p, p + len, n);
            assert_ptr_equal(kq_skip_texts(p, p + len, n), want);
            assert_ptr_equal(kq_skip_texts_portable(p, p + len, n), want);
        }
        assert_ptr_equal(kq_skip_texts(p, p + len, nuls), plain_loop(p, p + len, nuls));
        assert_null(kq_skip_texts(p, p + len, nuls + 1));
        assert_null(kq_skip_texts_portable(p, p + len, UINT64_MAX));
        free(block);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_a_plain_loop)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

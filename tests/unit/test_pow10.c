/*
 * test_pow10.c - the table of powers against plain long arithmetic.
 */
#include "base/pow10.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* 10^k once more, in base 2^32. */
enum { LIMBS = 80 };
struct big {
    uint32_t limb[LIMBS]; /* lowest first */
};

static void times(struct big *b, uint32_t f)
{
    uint64_t carry = 0;
    for (int i = 0; i < LIMBS; i++) {
        carry += (uint64_t)b->limb[i] * f;
        b->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    assert_int_equal(carry, 0);
}

static void divide(struct big *b, uint32_t by)
{
    uint64_t rest = 0;
    for (int i = LIMBS - 1; i >= 0; i--) {
        rest = rest << 32 | b->limb[i];
        b->limb[i] = (uint32_t)(rest / by);
        rest %= by;
    }
}

static int top_bit(const struct big *b)
{
    int i = LIMBS - 1;
    while (b->limb[i] == 0)
        i--;
    return 32 * i + 31 - __builtin_clz(b->limb[i]);
}

/* 64 bits from bit `low` upwards; bits below 0 are zeros. */
static uint64_t bits_at(const struct big *b, int low)
{
    uint64_t v = 0;
    for (int i = 63; i >= 0; i--) {
        int at = low + i;
        v = v << 1 | (at < 0 ? 0 : b->limb[at / 32] >> (at % 32) & 1);
    }
    return v;
}

static void check_row(int k, const struct big *b, int scale)
{
    int top = top_bit(b);
    struct kq_pow10 g = kq_pow10(k);
    assert_int_equal(kq_log2_pow10(k), top - scale);
    assert_int_equal(g.hi, bits_at(b, top - 63));
    assert_int_equal(g.lo, bits_at(b, top - 127));
    /* fnum.c relies on both: comparing with hi + 1, and a zero lo being exact. */
    assert_true(g.hi != UINT64_MAX);
    assert_true(g.lo != 0 || (k >= 0 && k <= 27));
}

static void power_table_is_right(void **state)
{
    (void)state;
    struct big up = {{1}}, down = {{0}};
    for (int k = 0; k <= KQ_POW10_MAX; k++) {
        check_row(k, &up, 0);
        if (k < KQ_POW10_MAX)
            times(&up, 10);
    }
    /* 10^-k as a fixed-point number; dividing by ten k times rounds down like
     * dividing once does. */
    enum { POINT = 32 * (LIMBS - 1) };
    down.limb[LIMBS - 1] = 1;
    for (int k = 0; k >= KQ_POW10_MIN; k--) {
        check_row(k, &down, POINT);
        divide(&down, 10);
    }
}

static void logarithms_are_right(void **state)
{
    (void)state;
    for (int e = -1074; e < 1024; e++) {
        char t[32];
        /* %e rounds, but no power of two is that close to a power of ten. */
        snprintf(t, sizeof t, "%.17e", ldexp(1, e));
        assert_int_equal(kq_log10_pow2(e), atoi(strchr(t, 'e') + 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_table_is_right),
        cmocka_unit_test(logarithms_are_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

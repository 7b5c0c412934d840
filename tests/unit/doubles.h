/*
 * doubles.h - doubles to try conversions with, the same in every run.
 */
#ifndef KQ_TEST_DOUBLES_H
#define KQ_TEST_DOUBLES_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t rnd(void)
{
    static uint64_t seed = UINT64_C(88172645463325252);
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static inline double from_bits(uint64_t bits)
{
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

/* Doubles of every kind in turn: what people have, and what is hard. */
static inline double sample(int i)
{
    uint64_t r = rnd();
    switch (i % 8) {
    case 0: return from_bits(r);                                       /* anything */
    case 1: return from_bits(r & UINT64_C(0x800fffffffffffff));        /* denormal */
    case 2: return (double)(r % 100000000) / 10000;                    /* a price */
    case 3: return (double)((int64_t)r >> (r % 63)) / 2;               /* halves: ties */
    case 4: return (double)(r >> (rnd() % 64));                        /* whole */
    case 5: return (double)(r % 1000) * pow(10, (int)(r >> 20) % 320); /* round */
    case 6: return ldexp(1, (int)(r % 2098) - 1074);                   /* powers of two */
    default: return (double)(r % 4096) / 1024;                         /* binary fractions */
    }
}

#endif

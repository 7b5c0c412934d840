/*
 * hex.h - test data as hex text, and a repeatable source of random numbers.
 */
#ifndef KQ_TEST_HEX_H
#define KQ_TEST_HEX_H

#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes in malloced memory of exactly their size, so that sanitizers see overreads. */
struct hex {
    uint8_t *p;
    size_t n;
};

/* Blanks and '|' between the digits are skipped. */
static inline struct hex unhex(const char *s)
{
    struct hex h = {malloc(strlen(s) / 2 + 1), 0};
    for (unsigned v; *s; s++) {
        if (isxdigit((unsigned char)*s) && sscanf(s, "%2x", &v) == 1) {
            h.p[h.n++] = (uint8_t)v;
            s++;
        }
    }
    h.p = realloc(h.p, h.n ? h.n : 1);
    return h;
}

static inline uint64_t test_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

#endif

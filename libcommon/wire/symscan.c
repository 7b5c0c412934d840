/*
 * symscan.c - NULs counted in blocks of 64 bytes, or in words of 8.
 *
 * Blocks are passed while they hold fewer NULs than are still wanted; the
 * block with the last one is looked at bit by bit.
 */
#include "wire/symscan.h"

#include "base/cpu.h"

#include "wire/cursor.h"

static const uint8_t *skip_bytes(const uint8_t *p, const uint8_t *end, uint64_t n)
{
    while (n && p < end)
        n -= *p++ == 0;
    return n ? NULL : p;
}

/* Bit 7 of each byte that is zero, exactly. */
static inline uint64_t zero_bytes(uint64_t w)
{
    const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
    return ~(((w & low) + low) | w | low);
}

static inline uint64_t count_marks(uint64_t marks)
{
    return (marks >> 7) * UINT64_C(0x0101010101010101) >> 56;
}

const uint8_t *kq_skip_texts_portable(const uint8_t *p, const uint8_t *end, uint64_t n)
{
    /* Marks of four words fit a byte each: one multiplication counts them all. */
    while (end - p >= 32) {
        uint64_t sum = 0;
        for (int i = 0; i < 4; i++)
            sum += zero_bytes(kq_load_u64(p + 8 * i, false)) >> 7;
        uint64_t count = sum * UINT64_C(0x0101010101010101) >> 56;
        if (count >= n)
            break;
        n -= count;
        p += 32;
    }
    while (end - p >= 8) {
        uint64_t count = count_marks(zero_bytes(kq_load_u64(p, false)));
        if (count >= n)
            break;
        n -= count;
        p += 8;
    }
    return skip_bytes(p, end, n);
}

#if KQ_CPU_AVX2
#include <immintrin.h>

__attribute__((target("avx2,popcnt"))) static inline uint64_t nul_mask(const uint8_t *p)
{
    const __m256i zero = _mm256_setzero_si256();
    __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
    uint32_t low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, zero));
    uint32_t high = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, zero));
    return (uint64_t)high << 32 | low;
}

__attribute__((target("avx2,popcnt"))) static const uint8_t *
skip_avx2(const uint8_t *p, const uint8_t *end, uint64_t n)
{
    for (; end - p >= 64; p += 64) {
        uint64_t mask = nul_mask(p);
        uint64_t count = (uint64_t)__builtin_popcountll(mask);
        if (count < n) {
            n -= count;
            continue;
        }
        while (--n)
            mask &= mask - 1;
        return p + __builtin_ctzll(mask) + 1;
    }
    return kq_skip_texts_portable(p, end, n);
}
#endif

const uint8_t *kq_skip_texts(const uint8_t *p, const uint8_t *end, uint64_t n)
{
    if (!n)
        return p;
#if KQ_CPU_AVX2
    if (end - p >= 128 && kq_cpu_avx2())
        return skip_avx2(p, end, n);
#endif
    return kq_skip_texts_portable(p, end, n);
}

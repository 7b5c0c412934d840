/*
 * cpu.h - what this processor can do, for kernels written twice.
 *
 * The answer comes from the dynamic linker, which asked the processor already.
 * The compiler's __builtin_cpu_supports would ask again in a constructor of
 * every program: CPUID traps under a hypervisor, and a few of them cost as
 * much as a tenth of a whole one-shot query.
 */
#ifndef KQ_BASE_CPU_H
#define KQ_BASE_CPU_H

#include <stdbool.h>

#if defined(__x86_64__) && __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#define KQ_CPU_AVX2 1

/* AVX2, BMI2 and POPCNT, enabled by the kernel too. */
static inline bool kq_cpu_avx2(void)
{
    return CPU_FEATURE_ACTIVE(AVX2) && CPU_FEATURE_ACTIVE(BMI2) && CPU_FEATURE_ACTIVE(POPCNT);
}
#else
#define KQ_CPU_AVX2 0
static inline bool kq_cpu_avx2(void)
{
    return false;
}
#endif

#endif

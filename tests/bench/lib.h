/*
 * lib.h - the harness of the benchmarks.
 *
 * A benchmark is a program tests/bench/bench_*.c that times a few functions and
 * prints a row for each; `make bench` puts the rows of all into one table.  A
 * time means little by itself on a busy machine, so a row can name the floor
 * it is compared with: the least that the same job costs here, measured in the
 * same run.
 */
#ifndef KQ_BENCH_LIB_H
#define KQ_BENCH_LIB_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BENCH_MAX_RUNS 1001

struct bench_time {
    double min_ns;
    double median_ns;
};

/* Monotonic nanoseconds. */
static inline int64_t bench_now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

/* Keep a result alive, so that the compiler cannot drop the work. */
static inline void bench_keep(const void *p)
{
    __asm__ volatile("" : : "g"(p) : "memory");
}

static inline int bench_compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Time `runs` calls (1..BENCH_MAX_RUNS, odd is best) of fn(arg), after one that warms up. */
static inline struct bench_time bench_run(int runs, void (*fn)(void *arg), void *arg)
{
    static double ns[BENCH_MAX_RUNS];
    if (runs < 1 || runs > BENCH_MAX_RUNS)
        abort();
    fn(arg);
    for (int i = 0; i < runs; i++) {
        int64_t start = bench_now_ns();
        fn(arg);
        ns[i] = (double)(bench_now_ns() - start);
    }
    qsort(ns, (size_t)runs, sizeof ns[0], bench_compare);
    return (struct bench_time){.min_ns = ns[0], .median_ns = ns[runs / 2]};
}

/* One row: `value` in `unit`, and its ratio to `floor` (same unit; 0: none). */
static inline void bench_row(const char *name, double value, const char *unit, double floor)
{
    printf("%-40s %12.3f %-8s ", name, value, unit);
    if (floor > 0)
        printf("%.2fx\n", value / floor);
    else
        printf("-\n");
    fflush(stdout);
}

/*
 * Time and print in one go.  The median is divided by `per_ns` for the unit:
 * 1e6 for "ms", the number of elements for "ns/elem".  Returns what it
 * printed, to be the floor of later rows.
 */
static inline double bench(const char *name, int runs, void (*fn)(void *arg), void *arg,
                           double per_ns, const char *unit, double floor)
{
    double value = bench_run(runs, fn, arg).median_ns / per_ns;
    bench_row(name, value, unit, floor);
    return value;
}

#endif

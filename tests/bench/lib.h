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

/* The same with the ratio that a race found, the one that is wanted (0: none), and a note. */
static inline void bench_goal_row(const char *name, double value, const char *unit, double ratio,
                                  double goal, const char *note)
{
    printf("%-40s %12.3f %-8s %.2fx%s", name, value, unit, ratio, note);
    if (goal > 0)
        printf("  goal %.2fx", goal);
    printf("\n");
    fflush(stdout);
}

enum { BENCH_RUNNERS = 4, BENCH_ROUNDS = 25 };

/* What came of a race. */
struct bench_race {
    double seconds[BENCH_RUNNERS]; /* median of each */
    double speed[BENCH_RUNNERS];   /* median over the rounds of the first one's time to its own */
};

static inline double bench_median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, bench_compare);
    return v[n / 2];
}

/*
 * Let `n` runners do the same job in turns: `run` does it once as runner i and
 * returns the seconds.  Whatever else the machine is busy with hits all of a
 * round alike, so speeds are compared within rounds.
 */
static inline struct bench_race bench_race(int n, double (*run)(void *arg, int i), void *arg)
{
    static double s[BENCH_RUNNERS][BENCH_ROUNDS], speed[BENCH_RUNNERS][BENCH_ROUNDS];
    struct bench_race result;
    for (int i = 0; i < n; i++)
        run(arg, i); /* warms up */
    for (int round = 0; round < BENCH_ROUNDS; round++) {
        for (int i = 0; i < n; i++)
            s[i][round] = run(arg, i);
        for (int i = 0; i < n; i++)
            speed[i][round] = s[0][round] / s[i][round];
    }
    for (int i = 0; i < n; i++) {
        result.seconds[i] = bench_median(s[i], BENCH_ROUNDS);
        result.speed[i] = bench_median(speed[i], BENCH_ROUNDS);
    }
    return result;
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

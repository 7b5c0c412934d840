/*
 * timing.c - clock arithmetic; reading the monotonic clock needs no system call.
 */
#include "net/timing.h"

#include <limits.h>
#include <time.h>

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S  INT64_C(1000000000)

int64_t kq_mono_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

int64_t kq_deadline_ms(int64_t timeout_ms)
{
    int64_t now = kq_mono_ns();
    if (timeout_ms <= 0 || timeout_ms > (KQ_NEVER - now) / NS_PER_MS)
        return KQ_NEVER;
    return now + timeout_ms * NS_PER_MS;
}

int kq_left_ms(int64_t deadline)
{
    if (deadline == KQ_NEVER)
        return -1;
    int64_t left = deadline - kq_mono_ns();
    if (left <= 0)
        return 0;
    int64_t ms = (left + NS_PER_MS - 1) / NS_PER_MS;
    return ms > INT_MAX ? INT_MAX : (int)ms;
}

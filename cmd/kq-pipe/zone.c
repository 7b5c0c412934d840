/*
 * zone.c - the offset of a day is remembered when it is the same from the day
 * before to the day after; only around a change is each time looked at.
 */
#include "zone.h"

#include "base/cal.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { DAY = 86400, EPOCH_2000 = 946684800 };

/* Names are paths below the folder of zone files, and nothing else. */
static bool is_name(const char *text)
{
    char path[4096];
    const char *dir = getenv("TZDIR");
    if (!*text || *text == '/' || strstr(text, ".."))
        return false;
    int n = snprintf(path, sizeof path, "%s/%s", dir ? dir : "/usr/share/zoneinfo", text);
    return n < (int)sizeof path && access(path, R_OK) == 0;
}

bool pipe_zone_init(struct pipe_zone *z, const char *text, struct kq_err *err)
{
    *z = (struct pipe_zone){0};
    if (!text || strcmp(text, "UTC") == 0 || strcmp(text, "Z") == 0)
        return true;
    if (kq_parse_time_ns(kq_strz(text + (text[0] == '+')), &z->offset_ns))
        return (z->offset_ns <= KQ_NS_PER_DAY && z->offset_ns >= -KQ_NS_PER_DAY) ||
               kq_fail(err, KQ_EUSAGE, "--time-zone: '%s' is more than a day", text);
    z->offset_ns = 0;
    if (!is_name(text))
        return kq_fail(err, KQ_EUSAGE,
                       "--time-zone: '%s' is neither UTC nor +hh:mm nor a zone of this system",
                       text);
    z->named = true;
    setenv("TZ", text, 1);
    tzset();
    return true;
}

/* Seconds east of UTC at an instant, in seconds since 2000. */
static int64_t at_instant(int64_t utc)
{
    struct tm tm;
    time_t t = (time_t)(utc + EPOCH_2000);
    return localtime_r(&t, &tm) ? tm.tm_gmtoff : 0;
}

/* At a local time, when it is `before` one day earlier and `after` one day later. */
static int64_t between(int64_t local, int64_t before, int64_t after)
{
    bool is_before = at_instant(local - before) == before;
    bool is_after = at_instant(local - after) == after;
    return is_before || !is_after ? before : after;
}

int64_t pipe_zone_offset(struct pipe_zone *z, int64_t local_ns)
{
    int64_t local = local_ns / KQ_NS_PER_SEC - (local_ns % KQ_NS_PER_SEC < 0);
    int64_t day = local / DAY - (local % DAY < 0);
    if (!z->named || (z->known && day == z->day))
        return z->offset_ns;
    int64_t before = at_instant((day - 1) * DAY), after = at_instant((day + 2) * DAY);
    z->known = before == after;
    z->day = day;
    z->offset_ns = (z->known ? before : between(local, before, after)) * KQ_NS_PER_SEC;
    return z->offset_ns;
}

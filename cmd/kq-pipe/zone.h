/*
 * zone.h - --time-zone: local times to UTC.
 *
 * A zone is an offset, or a name of the system's zone files with its summer
 * times.  The C library knows the names; the process has one zone at a time.
 */
#ifndef KQ_PIPE_ZONE_H
#define KQ_PIPE_ZONE_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct pipe_zone {
    int64_t offset_ns; /* east of UTC; of `day` for a named zone */
    bool named;
    bool known;  /* the offset holds for all of `day` */
    int64_t day; /* local, since 2000 */
};

/* "UTC", "Z", [+-]hh:mm or a name like Europe/Berlin; NULL is UTC.  KQ_EUSAGE. */
bool pipe_zone_init(struct pipe_zone *z, const char *text, struct kq_err *err);

/* Are times in it not those of UTC? */
static inline bool pipe_zone_matters(const struct pipe_zone *z)
{
    return z->named || z->offset_ns;
}

/*
 * How far east of UTC the zone is at a local time, both in ns, the time since
 * 2000.  Of an hour that occurs twice the first is meant; one that is left out
 * counts on from the one before.
 */
int64_t pipe_zone_offset(struct pipe_zone *z, int64_t local_ns);

#endif

/*
 * dayform.h - the many ways in which people write a day.
 *
 * q reads its own yyyy.mm.dd everywhere; text from elsewhere ("D"$, CSV, JSON)
 * also comes as 20240131, 1/31/2024, 31Jan24 or Jan 31 2024.
 */
#ifndef KQ_TEXT_DAYFORM_H
#define KQ_TEXT_DAYFORM_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Read a day (days since 2000-01-01):
 *
 *   yyyymmdd yymmdd           digits; two-digit years are 1950 to 2049
 *   yyyy.mm.dd                with . - or /
 *   yyyy/MMM/dd  dd/MMM/yyyy  MMM/dd/yyyy; MMM is the English month in any case;
 *                             / may be - or a blank or, beside digits, missing
 *   mm/dd/yyyy                or dd/mm/yyyy with `day_first`, as q after \z 1
 *
 * yyyy may be yy except in front.  False, *days untouched, for anything else.
 */
bool kq_dayform(struct kq_str s, bool day_first, int32_t *days);

#endif

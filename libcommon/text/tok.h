/*
 * tok.h - one field of text as a value of a given type: what "J"$"12" does.
 *
 * CSV columns, JSON members, forced literals (12:00t) and the evaluator's Tok
 * and 0: all read their fields here, so they agree on what a date may look
 * like.  Blanks around a field do not count.
 */
#ifndef KQ_TEXT_TOK_H
#define KQ_TEXT_TOK_H

#include "base/str.h"
#include "obj/types.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

union kq_tokval {
    int64_t j;     /* classes INT (sign-extended) and BYTE */
    double f;      /* class FLOAT; reals widened */
    uint8_t g[16]; /* guid */
};

/*
 * Read the field as `type` (positive code, any type of fixed width).  *v is
 * always set: what cannot be read is the type's null, or 0 where it has none,
 * as in q; then the result is false, for callers that want to complain.  An
 * empty field is a null and fine.  Accepted, beyond each type's q literal:
 *
 *   boolean    1 t T y Y x X are true, everything else false (strictly: 0 f F n N,
 *              and the words true, yes, false, no)
 *   guid       with or without dashes; IPv6 addresses
 *   byte       one or two hex digits, 0x in front allowed
 *   int        IPv4 addresses
 *   char       the first character (strictly: there is no second)
 *   numbers    0N 0W (0n 0w) and -0W, with the type's suffix or not
 *   date       all of dayform.h, and the date of a timestamp
 *   month      yyyymm, yyyy.mm with . - or /, and the month of a date
 *   times      h:mm[:ss[.f]], digits hhmmss and then fractions, days in front
 *              for a timespan; finer parts are cut off
 *   timestamp  a date, D, T or a blank, a time, Z or +hh:mm; seconds since
 *   datetime   1970 with decimals (9 to 11 digits before the point)
 */
bool kq_tok(int type, const char *s, size_t len, union kq_tokval *v);

/* Unix time in `unit_ns` units (1000000 for ms) as timestamp, datetime, date,
 * or the time of day for the time types; decimals allowed.  Same contract. */
bool kq_tok_epoch(int type, int64_t unit_ns, const char *s, size_t len, union kq_tokval *v);

/* The null of `type`, or 0 where it has none. */
union kq_tokval kq_tok_null(int type);

#endif

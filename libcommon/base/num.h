/*
 * num.h - whole numbers, hex, durations and sizes to and from text.
 *
 * The formatters are the hot path of every text format: they use no printf
 * and hardly a branch.  Floating point lives in fnum.h and fparse.h,
 * fixed-width digits in digits.h; all come with this header.
 */
#ifndef KQ_BASE_NUM_H
#define KQ_BASE_NUM_H

#include "base/digits.h"
#include "base/fnum.h"
#include "base/fparse.h"
#include "base/str.h"

/*
 * Decimal text at `dst`, which must have room for KQ_NUM_MAX bytes; returns
 * the bytes used, writes no NUL, may scribble on the rest of that room.
 */
size_t kq_fmt_u64(char *dst, uint64_t v);
size_t kq_fmt_i64(char *dst, int64_t v);

/* `n` bytes as 2 * n lower-case hex digits; exactly that room is used. */
size_t kq_fmt_hex(char *dst, const uint8_t *p, size_t n);

/*
 * The whole slice as a decimal number with an optional sign (u64: only '+').
 * False, with *v untouched, when it is empty, has other bytes or overflows.
 */
bool kq_parse_i64(const char *s, size_t len, int64_t *v);
bool kq_parse_u64(const char *s, size_t len, uint64_t *v);

/* 2 * n hex digits of either case to n bytes at `out`; false for an odd
 * number of them or any other byte (`out` is then unspecified). */
bool kq_parse_hex(const char *s, size_t len, uint8_t *out);
/* The value of one hex digit, -1 for anything else. */
int kq_hex_value(char c);

/*
 * A duration of the command line in ns: a number, decimals allowed, and ns us
 * ms s m or h ("250ms", "1.5s", "2m"); bare numbers are seconds.  "0" and
 * "none" give 0, which means unlimited.  False for anything else, negative
 * numbers, and more than 292 years.
 */
bool kq_parse_duration(struct kq_str s, int64_t *ns);

/*
 * A size of the command line in bytes: a number, decimals allowed, and k M G T
 * (either case) for powers of 1024; bare numbers are bytes.  "0" and "none"
 * give 0, which means unlimited.
 */
bool kq_parse_size(struct kq_str s, uint64_t *bytes);

#endif

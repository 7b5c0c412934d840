/*
 * log.h - what a tool has to say on stderr besides its final error.
 *
 * One line per call, "program: text", written at once so that lines of several
 * processes do not mix.  Control characters become '?': the text may quote a
 * peer.  The program name and the level are one of the globals of the house
 * (a log that must be passed to every function is not used).
 */
#ifndef KQ_BASE_LOG_H
#define KQ_BASE_LOG_H

#include <stdbool.h>

enum kq_log_level {
    KQ_LOG_QUIET = 0,  /* -q: errors only, and those come from cli/prog */
    KQ_LOG_NORMAL = 1, /* warnings and notes */
    KQ_LOG_V = 2,      /* -v: what happens */
    KQ_LOG_VV = 3,     /* -vv: frames */
    KQ_LOG_VVV = 4,    /* -vvv: bytes */
};

/* Once, at the start; `progname` must stay.  Until then the level is NORMAL
 * and lines have no prefix. */
void kq_log_init(const char *progname, int level);

/* True when lines of this level are printed: guards costly arguments. */
bool kq_log_on(int level);

/* One line, cut after 2000 bytes, when the level is on. */
void kq_log(int level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* NORMAL lines: "program: warning: text" and "program: text". */
void kq_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void kq_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif

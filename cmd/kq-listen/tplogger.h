/*
 * tplogger.h - --tplog: received async messages as a tickerplant log.
 *
 * A new file gets the log's header; an existing one is continued, so that a
 * restarted server goes on with the same log.  Records are the bodies of the
 * messages as they came, when they came plain and little-endian.
 */
#ifndef KQ_LISTEN_TPLOGGER_H
#define KQ_LISTEN_TPLOGGER_H

#include "base/err.h"
#include "base/out.h"
#include "obj/obj.h"
#include "wire/reader.h"

#include <stdbool.h>
#include <stdint.h>

struct lst_tplog {
    int fd; /* -1: none */
    struct kq_out out;
    int64_t records;
};

/* KQ_EIO when it cannot be opened or is no tickerplant log. */
bool lst_tplog_open(struct lst_tplog *t, const char *path, struct kq_err *err);

/* Append the message `msg`, whose value is `value`; flush `out` after the last of several. */
void lst_tplog_append(struct lst_tplog *t, const struct kq_msg *msg, const struct kq_obj *value);

/* Write what is buffered, and close. */
bool lst_tplog_close(struct lst_tplog *t, const char *path, struct kq_err *err);

#endif

/*
 * capture.h - a recording to read, whatever the file is.
 *
 * Records of wire bytes and lines of JSON are read as they are; packet captures
 * are turned into such a record by kq-dump, which knows them.
 */
#ifndef KQ_LISTEN_CAPTURE_H
#define KQ_LISTEN_CAPTURE_H

#include "base/err.h"

/* A descriptor to read a record of wire bytes or lines of JSON from, or -1 with `err`: KQ_EIO, or
 * KQ_EPROTO when kq-dump cannot make one of it. */
int lst_capture_open(const char *path, struct kq_err *err);

#endif

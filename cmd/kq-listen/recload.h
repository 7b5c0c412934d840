/*
 * recload.h - a recording from a file.
 */
#ifndef KQ_LISTEN_RECLOAD_H
#define KQ_LISTEN_RECLOAD_H

#include "recording.h"

/*
 * Read a record of wire bytes (-w), a capture that kq-dump can turn into one,
 * or message objects as lines of JSON (exact when they are typed).  NULL with
 * KQ_EIO or KQ_EPROTO, or with KQ_EUSAGE when it has no messages.
 */
struct lst_recording *lst_recording_load(const char *path, struct kq_err *err);

#endif

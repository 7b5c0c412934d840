/*
 * capture.h - libpcap: capture files, and capturing live.
 */
#ifndef KQ_DUMP_CAPTURE_H
#define KQ_DUMP_CAPTURE_H

#include "run.h"

/* Read the rest of `in` as pcap or pcapng.  False with KQ_EPROTO for a damaged file. */
bool dump_capture_file(struct dump_run *r, struct dump_input *in, struct kq_err *err);

/* Capture on the interface of the options, with the filter expression `bpf` (may be NULL).
 * False with KQ_ECONNECT when that is not possible. */
bool dump_capture_live(struct dump_run *r, const char *bpf, struct kq_err *err);

#endif

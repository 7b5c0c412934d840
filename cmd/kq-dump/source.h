/*
 * source.h - from files to messages: recognises what a file is and feeds it
 * through the engine for it.
 */
#ifndef KQ_DUMP_SOURCE_H
#define KQ_DUMP_SOURCE_H

#include "run.h"

/* Read one file (NULL or "-": standard input).  False: stop, read no more files. */
bool dump_source_file(struct dump_run *r, const char *path);

/* Capture live until a signal, an error or the end of --count. */
void dump_source_live(struct dump_run *r, const char *bpf);

#endif

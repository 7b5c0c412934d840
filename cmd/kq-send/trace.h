/*
 * trace.h - the frames that pass, on stderr: -vv, and with -vvv their bytes.
 */
#ifndef KQ_SEND_TRACE_H
#define KQ_SEND_TRACE_H

#include <stddef.h>

/* One or more whole frames that were sent ('>') or received ('<'). */
void send_trace(char direction, const void *frames, size_t n);

#endif

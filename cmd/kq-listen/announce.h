/*
 * announce.h - tells whoever waits for it that connections are accepted.
 */
#ifndef KQ_LISTEN_ANNOUNCE_H
#define KQ_LISTEN_ANNOUNCE_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/* Write the port to `path` (NULL: no), so that the file is complete or not there. KQ_EIO. */
bool lst_announce_file(const char *path, unsigned port, struct kq_err *err);

/* Write "PORT\n" to a descriptor (-1: no) and close it. KQ_EIO. */
bool lst_announce_fd(int fd, unsigned port, struct kq_err *err);

/* Send a state ("READY=1") to the service manager that $NOTIFY_SOCKET names, if any. */
void lst_announce_state(const char *state);

/* How often the service manager is to hear "WATCHDOG=1": half of what $WATCHDOG_USEC allows; 0: it
 * does not watch this process. */
int64_t lst_announce_watchdog_ms(void);

#endif

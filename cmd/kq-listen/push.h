/*
 * push.h - --push: records of a file become async messages to all clients.
 *
 * With a rule that answers .u.sub this makes a tickerplant without kdb+.  The
 * file holds IPC messages, a tickerplant log, or lines of q data or JSON; of
 * the lines that kq-dump writes the async messages are taken.  Nothing is sent
 * while nobody is logged in, and no faster than the slowest client reads.
 */
#ifndef KQ_LISTEN_PUSH_H
#define KQ_LISTEN_PUSH_H

#include "context.h"

#include <stdbool.h>
#include <stdint.h>

struct lst_pusher;

/* Open the file ("-": standard input).  NULL with KQ_EIO. */
struct lst_pusher *lst_pusher_new(struct lst_context *c, const char *path, struct kq_err *err);
void lst_pusher_free(struct lst_pusher *p);

/* There is a new client: it gets records after its first message, or when it goes on
 * saying nothing. */
void lst_pusher_welcome(struct lst_pusher *p);
/* A client was answered, or has read what it was sent. */
void lst_pusher_go_on(struct lst_pusher *p);

#endif

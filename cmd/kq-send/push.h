/*
 * push.h - messages that the server sends without being asked.
 *
 * Async messages are printed with --subscribe and noted under -v otherwise;
 * sync messages are answered with an error, since there is nobody here to
 * evaluate them.
 */
#ifndef KQ_SEND_PUSH_H
#define KQ_SEND_PUSH_H

#include "state.h"

/* Deal with a message that is no answer.  False after an error, which is printed. */
bool send_push(struct send_session *s, const struct kq_msg *msg);

/* Has --subscribe seen its --count messages? */
bool send_push_enough(const struct send_session *s);

/* Print what comes until --count, --timeout, a signal or the end of the
 * connection, which sets the exit status unless --allow-close. */
void send_subscribe(struct send_session *s);

#endif

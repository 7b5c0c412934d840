/*
 * request.h - from the command line to the messages that it asks to send.
 *
 * Everything that can be wrong with queries and arguments is found here,
 * before anything connects.  Standard input is read later, when the server
 * has accepted us, because it may stay open for hours.
 */
#ifndef KQ_SEND_REQUEST_H
#define KQ_SEND_REQUEST_H

#include "input.h"
#include "opts.h"

struct send_request {
    struct send_msgs msgs;
    bool lines; /* stdin is read line by line and is not among msgs */
};

/*
 * Fill *r from the options and the operands after TARGET.  False with
 * KQ_EUSAGE or KQ_EIO.  Release it in any case.
 */
bool send_request_init(struct send_request *r, const struct send_opts *o, char **operands,
                       int n_operands, struct kq_err *err);
void send_request_release(struct send_request *r);

/* Is one of the messages still to come from standard input? */
bool send_request_needs_stdin(const struct send_request *r);

/* Standard input was `text` (malloced, consumed): put its messages in place. */
bool send_request_stdin_take(struct send_request *r, const struct send_opts *o, char *text,
                             size_t len, struct kq_err *err);

#endif

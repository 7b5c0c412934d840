/*
 * filetarget.h - a file handle as the target: messages are appended to a file
 * as applying the handle in q does.
 */
#ifndef KQ_SEND_FILETARGET_H
#define KQ_SEND_FILETARGET_H

#include "base/err.h"
#include "net/addr.h"
#include "opts.h"
#include "request.h"

/*
 * Append the messages of `r` to the file of `a`, creating it and its folders,
 * in one write:
 *
 *      a string        its characters; with --async and a newline behind
 *      a byte vector   its bytes
 *      list of strings with --async one line each
 *      another list    each item in IPC encoding, as tickerplant logs are written
 *
 * Standard input is appended as it is.  KQ_EUSAGE for what q cannot write
 * either ('type), KQ_EIO when it did not reach the file.
 */
bool send_to_file(const struct kq_addr *a, const struct send_opts *o, struct send_request *r,
                  struct kq_err *err);

#endif

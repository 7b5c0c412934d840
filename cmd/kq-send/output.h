/*
 * output.h - received messages in the format that was asked for.
 *
 * Nothing is decoded that the format does not need: ipc writes the frame as it
 * came, none looks at nothing.  Values are decoded as views, so printing a
 * large table copies nothing.
 */
#ifndef KQ_SEND_OUTPUT_H
#define KQ_SEND_OUTPUT_H

#include "base/err.h"
#include "base/out.h"
#include "obj/obj.h"
#include "opts.h"
#include "text/style.h"
#include "wire/reader.h"

#include <regex.h>
#include <stdbool.h>

struct send_output {
    const struct send_opts *o;
    struct kq_out out;
    const char *name; /* of the data output, for messages */
    struct kq_style style;
    enum { SEND_COLOUR_UNKNOWN, SEND_COLOUR_YES, SEND_COLOUR_NO } colour; /* as far as asked */
    bool has_match;
    regex_t match;
    int status;    /* KQ_ENO after a result that --exit-status denies */
    size_t zipped; /* compressed size of the last message, 0: it was plain */
};

/* Open the data output (KQ_EIO) and see what it is. */
bool send_output_init(struct send_output *p, const struct send_opts *o, struct kq_err *err);
void send_output_release(struct send_output *p);

/* Fit text to the terminal, which may have changed its size; elsewhere nothing is ever cut. */
void send_output_fit(struct send_output *p);

/* Is the body of the message an error?  Looks no further than it must. */
bool send_is_error(const struct kq_msg *msg);

/* The value of a message, as views of its frame; KQ_EPROTO. */
struct kq_obj *send_decode(const struct send_output *p, const struct kq_msg *msg,
                           struct kq_err *err);

/*
 * Print the result that `msg` carries and ask --exit-status and --type-check
 * about it.  False with KQ_EPROTO when it cannot be decoded or is of the wrong
 * type.  Output errors stick in p->out.
 */
bool send_output_result(struct send_output *p, const struct kq_msg *msg, struct kq_err *err);

/* Print a value, which is that of `msg`, in the format, with its record end. */
bool send_output_value(struct send_output *p, const struct kq_msg *msg, const struct kq_obj *x,
                       struct kq_err *err);

/* Does the text form of `x` match --match (or is there none)? */
bool send_output_matches(const struct send_output *p, const struct kq_obj *x);

#endif

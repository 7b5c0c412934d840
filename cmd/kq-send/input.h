/*
 * input.h - bytes from files and standard input, and what messages they are.
 */
#ifndef KQ_SEND_INPUT_H
#define KQ_SEND_INPUT_H

#include "base/buf.h"
#include "base/err.h"
#include "obj/obj.h"
#include "opts.h"

#include <stdbool.h>

/* A message before it is encoded for the peer. */
struct send_msg {
    enum {
        SEND_MSG_TEXT,  /* a char vector */
        SEND_MSG_OBJ,   /* any object */
        SEND_MSG_FRAME, /* a whole frame, of which only the kind is changed */
        SEND_MSG_BODY,  /* an encoded object */
        SEND_MSG_STDIN, /* what standard input will turn out to hold */
    } form;
    struct kq_str bytes; /* TEXT, FRAME, BODY: borrowed */
    struct kq_obj *obj;  /* OBJ: owned */
};

/* Messages, and the memory that their bytes lie in. */
struct send_msgs {
    struct send_msg *at;
    size_t n;
    void **owned; /* blocks to free */
    size_t n_owned;
};

void send_msgs_release(struct send_msgs *m);
void send_msgs_push(struct send_msgs *m, struct send_msg one);
/* Keep a malloced block until release; returns it. */
void *send_msgs_own_take(struct send_msgs *m, void *block);

/*
 * Append the messages that `bytes` are.  The bytes must live as long as the
 * list.  KQ_EUSAGE when they are not what `input` says.
 */
bool send_input_parse(struct send_msgs *m, int input, struct kq_str bytes, struct kq_err *err);

/* The whole of a file ("-": standard input), malloced in *out; KQ_EIO. */
bool send_read_file(const char *path, struct kq_buf *out, struct kq_err *err);

/* Without the newlines that editors and echo put at the end. */
struct kq_str send_chomp(struct kq_str s);

#endif

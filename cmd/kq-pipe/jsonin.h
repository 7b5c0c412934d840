/*
 * jsonin.h - one line of JSON as the texts of its members.
 *
 * The only place that uses jansson.  Members become text and go the way of
 * csv fields, so a date in JSON is what a date in csv is.
 */
#ifndef KQ_PIPE_JSONIN_H
#define KQ_PIPE_JSONIN_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct pipe_json {
    void *root;          /* of the line read last; private */
    struct kq_buf texts; /* of numbers and nested values; private */
};

void pipe_json_init(struct pipe_json *j);
void pipe_json_release(struct pipe_json *j);

/*
 * Read a line that holds one object.  field[i] becomes the text of the member
 * names[i], which lives until the next line: strings as they are, numbers with
 * all their digits, 1 and 0 for true and false, nothing for null and members that are missing,
 * JSON text for lists and objects.  False with the reason in `why`.
 */
bool pipe_json_read(struct pipe_json *j, struct kq_str line, const char *const *names, size_t n,
                    struct kq_str *field, char *why, size_t why_size);

#endif

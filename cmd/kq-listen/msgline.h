/*
 * msgline.h - a line of JSON that tells of a message, as kq-dump and our log
 * write it, for --replay and --push.
 *
 * The line has been read to an object before; all that is asked here is
 * borrowed from that.
 */
#ifndef KQ_LISTEN_MSGLINE_H
#define KQ_LISTEN_MSGLINE_H

#include "obj/obj.h"

#include <stdbool.h>
#include <stdint.h>

/* Is this object a line of such a log, about a message or not? */
bool lst_msgline_is(const struct kq_obj *line);

/* enum kq_kind of the message; -1: the line is about something else, or no such line at all. */
int lst_msgline_kind(const struct kq_obj *line);

/* A member, or NULL; only of such a line. */
struct kq_obj *lst_msgline_member(const struct kq_obj *line, const char *name);

/* A member that is a number, rounded down. */
int64_t lst_msgline_number(const struct kq_obj *line, const char *name, int64_t otherwise);

/* When it was, ns since 2000 UTC; false: the line does not say. */
bool lst_msgline_time(const struct kq_obj *line, int64_t *ns);

#endif

/*
 * call.h - calls of .z handlers on behalf of a session.
 */
#ifndef KQ_LISTEN_CALL_H
#define KQ_LISTEN_CALL_H

#include "context.h"

/* Make `s` the one that .z.w, .z.u and .z.a speak of.  Returns who was that
 * before, for q_set_peer afterwards: calls nest. */
struct q_peer lst_set_peer(const struct lst_session *s);

/*
 * Call .z.NAME for a session, with its arguments.  False when it is not set;
 * else *result is its value, or NULL after an error, which went to stderr.
 */
bool lst_call(struct lst_session *s, const char *name, int n, struct kq_obj **args,
              struct kq_obj **result);

/* Call .z.NAME with the handle; its result is of no interest. */
void lst_call_with_handle(struct lst_session *s, const char *name);

/* Call .z.bm with what came and could not be read. */
void lst_call_bad(struct lst_session *s, const void *bytes, size_t len);

/* An error that has nobody to go to but the console. */
void lst_report_error(struct lst_context *c, const char *where);

#endif

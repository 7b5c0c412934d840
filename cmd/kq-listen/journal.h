/*
 * journal.h - one line per event on standard output (--log).
 *
 * The JSON form of a message has the members that kq-dump prints, so that one
 * filter serves both; events of a connection have "event" instead of "kind".
 */
#ifndef KQ_LISTEN_JOURNAL_H
#define KQ_LISTEN_JOURNAL_H

#include "base/out.h"
#include "obj/obj.h"
#include "sessions.h"
#include "text/jsonval.h"
#include "text/style.h"
#include "wire/reader.h"

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>

enum lst_journal_form { LST_JOURNAL_NONE, LST_JOURNAL_TEXT, LST_JOURNAL_JSON };

struct lst_journal {
    struct kq_out *out;
    enum lst_journal_form form;
    enum kq_json_mode mode;    /* of values in the JSON form */
    struct kq_style style;     /* of values */
    int time_format;           /* enum kq_time_format */
    bool hex;                  /* hexdump under each message */
    bool color;                /* of the text form */
    const regex_t *match;      /* messages whose text does not match are left out; or NULL */
    int64_t n;                 /* messages so far */
    int64_t first_ns, last_ns; /* for relative times */
};

/* What happened on a connection: "open", "close", "refused", "fault". `detail` may be NULL. */
void lst_journal_event(struct lst_journal *j, const char *event, const struct lst_session *s,
                       const char *detail);

/* Something without a connection: "listening", "port 5001". */
void lst_journal_note(struct lst_journal *j, const char *event, const char *detail);

/*
 * A message that came in, and its number in the log, or -1 when it is not
 * there.  `value` is NULL when it could not be decoded, then `error` says why.
 */
int64_t lst_journal_message(struct lst_journal *j, const struct lst_session *s,
                            const struct kq_msg *msg, const struct kq_obj *value,
                            const char *error);

/* A message that another server sent to our client, in --proxy and --replay. */
void lst_journal_push(struct lst_journal *j, const struct lst_session *s, const struct kq_msg *msg,
                      const struct kq_obj *value);

/* A request that was no IPC message: a line of the console client, HTTP, WebSocket. */
int64_t lst_journal_text(struct lst_journal *j, const struct lst_session *s, const char *text,
                         size_t len);

/* The answer to message `reply_to` (-1: not logged): an object (NULL: unknown), or the text of an
 * error; `elapsed_ns` < 0 is unknown. */
void lst_journal_reply(struct lst_journal *j, const struct lst_session *s,
                       const struct kq_obj *value, const char *error, size_t size,
                       int64_t elapsed_ns, int64_t reply_to);

#endif

/*
 * rules.h - canned answers: -R RE=VALUE and -f FILE.
 *
 * A rule has a regular expression over the text of a request (the characters
 * of a string request, the one-line form of anything else) and says what to
 * do instead of evaluating it.  The first rule that fits is used.
 *
 * A rule is `[KEY=WORD]... RE=VALUE`; the first `=` outside brackets that no
 * backslash precedes ends RE.  Keys: delay=DUR, times=N, kind=sync|async,
 * user=NAME, fault=SPEC (see fault.h).  VALUE is a q literal, 'text for a q
 * error, @FILE for a frame, a payload, JSON (in *.json) or q text, or one of the words close,
 * hang, echo and eval.
 */
#ifndef KQ_LISTEN_RULES_H
#define KQ_LISTEN_RULES_H

#include "base/err.h"
#include "base/out.h"
#include "base/str.h"
#include "fault.h"
#include "obj/obj.h"
#include "wire/header.h"

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>

enum lst_action {
    LST_VALUE,   /* answer `value` */
    LST_ERROR,   /* answer the q error `error` */
    LST_EVAL,    /* as if there were no rule */
    LST_ECHO,    /* the request comes back */
    LST_CLOSE,   /* close without an answer */
    LST_HANG,    /* never answer */
    LST_LITERAL, /* --default only: a request that is a q literal is its value */
    LST_EXEC,    /* --exec answers */
    LST_FORWARD, /* --proxy: the other server answers */
    LST_PLAY,    /* --replay: the recording answers */
};

struct lst_reply {
    enum lst_action action;
    struct kq_obj *value; /* LST_VALUE */
    char *error;          /* LST_ERROR */
};

struct lst_rule {
    regex_t re;
    struct lst_reply reply;
    int64_t delay_ns;
    int64_t times; /* uses left, -1: any number */
    int kind;      /* enum kq_kind, -1: any */
    char *user;    /* NULL: any */
    int fault;     /* number in `faults`, -1: none */
};

struct lst_rules {
    struct lst_rule *rule;
    size_t n;
    struct lst_faults *faults; /* where fault= is entered; NULL refuses the key */
};

/* One rule; KQ_EUSAGE names what is wrong with it. `where` ("rules.txt:3", "-R") is
 * put in front. */
bool lst_rules_add(struct lst_rules *r, struct kq_str text, const char *where, struct kq_err *err);
/* A file of them, one a line; empty lines and lines starting with # are passed over. */
bool lst_rules_load(struct lst_rules *r, const char *path, struct kq_err *err);
void lst_rules_release(struct lst_rules *r);

/* The text that rules and expectations look at, appended NUL-terminated: the
 * characters of a string request, else the one-line form. */
void lst_request_text(struct kq_out *o, const struct kq_obj *request);

/* The first rule that fits, with one of its uses taken; NULL: none. */
struct lst_rule *lst_rules_find(struct lst_rules *r, const char *text, enum kq_kind kind,
                                const char *user);

/* VALUE alone, as --default takes it (which also has `literal`). */
bool lst_reply_parse(struct lst_reply *reply, struct kq_str text, struct kq_err *err);
void lst_reply_release(struct lst_reply *reply);
/* `to` gets references of its own. */
void lst_reply_copy(struct lst_reply *to, const struct lst_reply *from);

#endif
